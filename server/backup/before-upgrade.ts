// Before a new version changes the schema, what is there is saved: the upgrade that went wrong is undone by `restore`.

import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Database } from '../db/open.ts';
import { CannotStart } from '../errors.ts';
import { writeBackup } from './write.ts';

const KEPT = 3;
const OURS = /^before-[\w-]+\.cuadra$/;

/** What `openDatabase` is given to save an installation before its schema changes. */
export const savingBefore =
  ({ dataDir, log }: { readonly dataDir: string; readonly log: Logger }) =>
  (database: Database, next: string) =>
    backUpBefore(database, next, dataDir, log);

/**
 * Writes `backups/before-NNNN-….cuadra` when the database holds a jurisdiction; the newest three stay. Throws CannotStart
 * when it cannot be written: the upgrade must not begin then.
 */
async function backUpBefore(database: Database, next: string, dataDir: string, log: Logger): Promise<void> {
  const { rows } = await database.pool.query('select from jurisdiction limit 1');
  if (rows.length === 0) return;
  const folder = join(dataDir, 'backups');
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const file = join(folder, `before-${next.slice(0, 4)}-${stamp}-${process.pid}.cuadra`);
  log.info({ file }, 'the schema changes; backing up first');
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const watch = { signal: new AbortController().signal, onProgress: () => {} };
    const { bytes } = await writeBackup(database, file, { force: false }, watch);
    log.info({ file, bytes }, 'backed up');
  } catch (error) {
    const why = (error as Error).message;
    throw new CannotStart(`the upgrade did not begin: ${why}. Nothing was changed; CUADRA_BACKUP=0 upgrades without`);
  }
  const older = (await readdir(folder))
    .filter((name) => OURS.test(name))
    .sort(byTime)
    .slice(0, -KEPT);
  for (const name of older) await rm(join(folder, name), { force: true });
}

/** By the moment in the name, then by the whole name. */
function byTime(a: string, b: string): number {
  const key = (name: string) => `${/-(\d{14})-/.exec(name)?.[1] ?? ''} ${name}`;
  return key(a) < key(b) ? -1 : 1;
}
