// Where `npm ci` (prepare) leaves what every start would otherwise make anew, and what its names depend on.

import { readFileSync } from 'node:fs';

export const CACHE = new URL('../../.cache/', import.meta.url).pathname;

/** The exact versions of the embedded engine and its PostGIS. */
export function engineVersions(): string[] {
  const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return [dependencies['@electric-sql/pglite']!, dependencies['@electric-sql/pglite-postgis']!];
}
