// A migrated, empty embedded database made once and copied for every new data folder: creating PostGIS takes ten
// seconds, copying it a tenth of one. Made by `npm ci` (prepare), or by the first start when that did not run.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import { CACHE, engineVersions } from '../embedded/cache.ts';
import { startEngine } from '../embedded/engine.ts';
import { migrate, migrationNames, migrationText } from './migrate.ts';

const BUILD_LIMIT_MS = 600_000;

/** Where the template of this schema and engine lives; the name changes with either. */
export function templateFolder(): string {
  const hash = createHash('sha256');
  for (const name of migrationNames()) hash.update(name).update(migrationText(name));
  hash.update(JSON.stringify(engineVersions()));
  return join(CACHE, `embedded-${hash.digest('hex').slice(0, 16)}`);
}

/** Makes the template unless it is there. Safe to run twice at once: the last rename wins over an equal folder. */
export async function buildTemplate(log: Logger): Promise<void> {
  const folder = templateFolder();
  if (existsSync(folder)) return;
  log.info('preparing the embedded database (once, about 15 s)');
  mkdirSync(CACHE, { recursive: true });
  const building = `${folder}.${process.pid}`;
  rmSync(building, { recursive: true, force: true });
  const engine = await startEngine(building, BUILD_LIMIT_MS, log);
  const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ ...engine.poolConfig, max: 1 }) }) });
  await migrate(db);
  await db.destroy();
  await engine.stop();
  if (existsSync(folder)) rmSync(building, { recursive: true, force: true });
  else renameSync(building, folder);
}

/** Files and folders alone, which is all that a template holds: asking of each what it is costs twice the copying. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const entries = await readdir(from, { withFileTypes: true });
  const copied = entries.map((entry) => {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    return entry.isDirectory() ? copyFolder(source, target) : copyFile(source, target);
  });
  await Promise.all(copied);
}
