// Puts a backup in the place of what is there: read through and believed first, loaded beside, then swapped in.

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { copyIn } from '../db/copy.ts';
import { readSpread, spreadAll } from '../db/distribute.ts';
import { withEveryWriterHeldOff } from '../db/lock.ts';
import { migrationNames } from '../db/migrate.ts';
import type { Database } from '../db/open.ts';
import { BadInput, Conflict } from '../errors.ts';
import { discardAllPending } from '../incidents/deliveries.ts';
import { OF_INSTALLATION, type StoredTable, savedTables, storedTables } from './catalogue.ts';
import type { AboutBackup } from './contract.ts';
import { readBackup } from './read.ts';
import { countLines } from './rows.ts';
import { analyzeStaging, dropStaging, makeStaging, migrateStaging, STAGING, swapIn } from './staging.ts';
import type { BackupWatch } from './write.ts';

export type RestoreReport = {
  readonly restored: string;
  readonly madeAt: string;
  readonly program: string;
  readonly jurisdictions: readonly string[];
  readonly rows: Readonly<Record<string, number>>;
};

type Verified = { readonly about: AboutBackup; readonly rows: Record<string, number> };

/**
 * Readers see the old content until the new is whole; writers are held off. `replace` = even when there are jurisdictions.
 * Throws BadInput for a file that is no whole backup or of a newer schema, Conflict when something is there or written.
 */
export async function restoreBackup(
  { database, log }: { readonly database: Database; readonly log: Logger },
  path: string,
  { replace }: { readonly replace: boolean },
  watch: BackupWatch,
): Promise<RestoreReport> {
  const file = await openRegular(path);
  try {
    const verified = await verify(file, watch);
    const { about, rows } = verified;
    const { rows: present } = await database.pool.query<{ id: number; code: string }>(
      'select jurisdiction_id as id, code from jurisdiction order by 1',
    );
    if (present.length && !replace) {
      const codes = present.map(({ code }) => code).slice(0, 5);
      throw new Conflict(`there is data already (${codes.join(', ')}); --replace puts the backup in the place of all`);
    }
    const locked = [...present, ...about.jurisdictions].map(({ id }) => id);
    await withEveryWriterHeldOff(database, locked, async () => {
      const { spread } = await readSpread(database.db);
      await replaceAll(database.background, file, verified, locked, watch);
      // The tables that took the place of those that were spread lie on one machine.
      if (spread.length) await spreadAll(database.background.db);
      await database.secureAgain();
    });
    await discardAllPending(database, log);
    const { madeAt, program, jurisdictions } = about;
    return { restored: path, madeAt, program, jurisdictions: jurisdictions.map(({ code }) => code), rows };
  } finally {
    await file.close();
  }
}

/** At start: removes what a killed restore left, unless one is running in another process. */
export async function discardHalfRestored(database: Database): Promise<void> {
  const { rows } = await database.pool.query('select from pg_namespace where nspname = $1', [STAGING]);
  if (rows.length)
    await withEveryWriterHeldOff(database, [], () => dropStaging(database.background.pool), 0).catch(unlessBusy);
}

function unlessBusy(error: unknown): void {
  if (!(error instanceof Conflict)) throw error;
}

async function openRegular(path: string): Promise<FileHandle> {
  // Without O_NONBLOCK opening a pipe nobody writes to would wait for ever.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new BadInput('file', 'the backup is not a file');
}

/** Reads the whole file before anything is changed. */
async function verify(file: FileHandle, watch: BackupWatch): Promise<Verified> {
  const rows: Record<string, number> = {};
  let about: AboutBackup | null = null;
  for await (const piece of readBackup(file)) {
    watch.signal.throwIfAborted();
    about ??= checkSchema(piece.about);
    if (piece.table === null) for (const { name } of about.tables) rows[name] = 0;
    else rows[piece.table]! += countLines(piece.rows);
    watch.onProgress(`verify ${piece.table ?? ''}`, null);
  }
  if (!about) throw new BadInput('file', 'the backup is empty');
  return { about, rows };
}

function checkSchema(about: AboutBackup): AboutBackup {
  const known = migrationNames();
  const unknown = about.migrations.filter((name) => !known.includes(name));
  if (unknown.length)
    throw new BadInput(
      'file',
      `the backup was made by a newer Cuadra (${about.program.slice(0, 20)}, schema ${unknown.at(-1)!.slice(0, 60)}): install that or a newer one, then restore`,
    );
  return about;
}

async function replaceAll(
  database: Database,
  file: FileHandle,
  { about, rows }: Verified,
  locked: readonly number[],
  watch: BackupWatch,
): Promise<void> {
  const client = await database.pool.connect();
  let failure: unknown = null;
  try {
    const token = await shutOut(client);
    await makeStaging(client);
    const all = migrationNames();
    await migrateStaging(
      database,
      client,
      all.filter((name) => about.migrations.includes(name)),
    );
    checkTables(about, await savedTables(client, STAGING));
    await load(client, file, about, rows, watch);
    watch.onProgress('indexes', null);
    await migrateStaging(
      database,
      client,
      all.filter((name) => !about.migrations.includes(name)),
    );
    await analyzeStaging(client, await storedTables(client, STAGING));
    watch.signal.throwIfAborted();
    watch.onProgress('swap', null);
    await swapIn(database, client, { ids: locked, token, tables: about.tables.map(({ name }) => name) });
  } catch (error) {
    failure = explained(error);
    await dropStaging(client).catch(() => {}); // else the next start or restore does
    throw failure;
  } finally {
    client.release(failure !== null);
  }
}

/** Whoever wrote before and lost his lock can store nothing more; whoever takes one over puts another token there. */
async function shutOut(client: pg.PoolClient): Promise<string> {
  const token = crypto.randomUUID();
  await client.query('update data_state set writer_token = $1', [token]);
  return token;
}

/** Only what the schema of its migrations has is loaded: the file's names never become part of a statement. */
function checkTables(about: AboutBackup, tables: readonly StoredTable[]): void {
  const shape = (columns: readonly string[]) => [...columns].sort().join();
  const same = tables.every(({ name, columns }) => {
    const given = about.tables.find((each) => each.name === name);
    return given && shape(given.columns) === shape(columns.map((column) => column.name));
  });
  if (!same || about.tables.length !== tables.length)
    throw new BadInput('file', 'the tables of the backup are not those of its schema');
}

async function load(
  client: pg.PoolClient,
  file: FileHandle,
  verified: AboutBackup,
  counts: Readonly<Record<string, number>>,
  watch: BackupWatch,
): Promise<void> {
  const id = pg.escapeIdentifier;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 1);
  // Their migration has put a row there.
  for (const { name } of verified.tables)
    if (OF_INSTALLATION.includes(name)) await client.query(`delete from ${STAGING}.${id(name)}`);
  const columnsOf = new Map(verified.tables.map(({ name, columns }) => [name, columns.map(id).join(', ')]));
  let loaded = 0;
  for await (const { about, table, rows } of readBackup(file)) {
    watch.signal.throwIfAborted();
    if (table === null) {
      if (JSON.stringify(about) !== JSON.stringify(verified))
        throw new BadInput('file', 'the file was changed meanwhile');
      continue;
    }
    await copyIn(client, `copy ${STAGING}.${id(table)} (${columnsOf.get(table)!}) from stdin`, [rows]);
    loaded += countLines(rows);
    watch.onProgress(table, loaded / total);
  }
  const { rows: found } = await client.query<{ id: number }>(
    `select jurisdiction_id as id from ${STAGING}.jurisdiction order by 1`,
  );
  if (found.map((row) => row.id).join() !== verified.jurisdictions.map((each) => each.id).join())
    throw new BadInput('file', 'the jurisdictions of the backup are not those it names');
}

/** Rows the tables do not take (classes 22 and 23) are the file's fault; tables others depend on, the operator's to know. */
function explained(error: unknown): unknown {
  const { code, message } = error as { code?: string; message: string };
  if (/^(22|23)/.test(code ?? '')) return new BadInput('file', `the rows of the backup do not fit: ${message}`);
  if (code === '2BP01')
    return new Conflict(`something of yours depends on the tables and would be lost (${message}); remove it first`);
  if (code === '53100') return new Conflict('the disk of the database is full; nothing was changed');
  return error;
}
