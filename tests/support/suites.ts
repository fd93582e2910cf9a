// The suites of `npm test` in the order they begin, the longest first, and what each needs to be installed.

import { findChromium } from './browser.ts';
import { findPostgres, OLDEST_MAJOR } from './postgres.ts';

export type Need = {
  readonly name: string;
  readonly present: () => boolean;
  /** Debian packages that bring it. */
  readonly debianPackages: readonly string[];
  /** What to install where we do not install it ourselves. */
  readonly advice: string;
};

export const POSTGIS: Need = {
  name: `PostgreSQL ${OLDEST_MAJOR} or newer with PostGIS`,
  present: () => findPostgres() !== null,
  // The metapackage brings the pair of the release: PostgreSQL 15 and PostGIS 3.3 on Debian 12, 17 and 3.5 on 13.
  debianPackages: ['postgresql-postgis'],
  advice:
    'Debian, Ubuntu: apt-get install postgresql-postgis; macOS: brew install postgresql postgis; ' +
    'elsewhere: a server with PostGIS whose pg_config is on the PATH',
};

export const CHROMIUM: Need = {
  name: 'Chromium or Chrome',
  present: () => findChromium() !== null,
  debianPackages: ['chromium'],
  advice: 'Debian: apt-get install chromium; elsewhere: install Chrome, or name the program in CHROMIUM_PATH',
};

export type Suite = {
  readonly project: string;
  readonly needs: readonly Need[];
  /** A part of its files, as Vitest takes it: a suite that runs longer than all others would end alone. */
  readonly shard?: `${number}/${number}`;
};

export const SUITES: readonly Suite[] = [
  { project: 'e2e-own', needs: [CHROMIUM] },
  { project: 'server-embedded', needs: [] },
  { project: 'server-postgis', needs: [POSTGIS], shard: '1/2' },
  { project: 'e2e', needs: [CHROMIUM] },
  { project: 'db-postgis', needs: [POSTGIS] },
  { project: 'db-embedded', needs: [] },
  { project: 'server-postgis', needs: [POSTGIS], shard: '2/2' },
  { project: 'pure', needs: [] },
  { project: 'e2e-postgis', needs: [CHROMIUM, POSTGIS] },
];
