// Writes everything an installation holds into one file, of one moment, while others go on reading it.

import { createHash } from 'node:crypto';
import { createWriteStream, readFileSync } from 'node:fs';
import { access, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import pg from 'pg';
import { withEveryWriterHeldOff } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { setLocally } from '../db/set-locally.ts';
import { BadInput } from '../errors.ts';
import { ownSchema, type StoredTable, savedTables } from './catalogue.ts';
import { type AboutBackup, type BackupManifest, FORMAT } from './contract.ts';
import { countLines, tableRows } from './rows.ts';
import { type Entry, packTar } from './tar.ts';

/** What is written without the writers' lock (feeds, saved readings) is small: read in one transaction. */
const READ_AT_ONCE_BYTES = 1024 * 1024;
const PACKAGE = new URL('../../package.json', import.meta.url);

export type BackupWatch = {
  readonly signal: AbortSignal;
  readonly onProgress: (step: string, fraction: number | null) => void;
};
export type BackupReport = {
  readonly file: string;
  readonly bytes: number;
  readonly jurisdictions: number;
  readonly rows: Readonly<Record<string, number>>;
};

type Reading = {
  readonly about: AboutBackup;
  readonly tables: readonly StoredTable[];
  readonly rows: (table: StoredTable) => AsyncIterable<Buffer> | Iterable<Buffer>;
};

/**
 * Writes the backup beside its name and gives it the name when it is whole. `force` = an existing file is replaced.
 * Throws BadInput when the file cannot be written; nothing is left then.
 */
export async function writeBackup(
  database: Database,
  file: string,
  { force }: { readonly force: boolean },
  watch: BackupWatch,
): Promise<BackupReport> {
  if (!force && (await exists(file))) throw new BadInput('file', `${file} exists already; --force replaces it`);
  const part = `${file}.part`;
  const rows: Record<string, number> = {};
  try {
    await rm(part, { force: true });
    const about = await readingOf(database, async (reading) => {
      const madeAt = new Date(reading.about.madeAt);
      await pipeline(
        Readable.from(packTar(entriesOf(reading, rows, watch), madeAt), { objectMode: false }),
        createGzip({ level: constants.Z_BEST_SPEED }),
        createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true }),
        { signal: watch.signal },
      );
      return reading.about;
    });
    const { size } = await stat(part);
    await rename(part, file);
    await syncFolder(dirname(file));
    return { file, bytes: size, jurisdictions: about.jurisdictions.length, rows };
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw explained(error, file);
  }
}

async function* entriesOf(
  reading: Reading,
  counted: Record<string, number>,
  watch: BackupWatch,
): AsyncGenerator<Entry> {
  const about = Buffer.from(JSON.stringify(reading.about));
  const manifest: BackupManifest = { aboutSha256: createHash('sha256').update(about).digest('hex'), tables: [] };
  yield { name: 'backup.json', bytes: about };
  const all = reading.tables.reduce((sum, table) => sum + table.bytes, 1);
  let before = 0;
  for (const table of reading.tables) {
    const hash = createHash('sha256');
    let [rows, pieces] = [0, 0];
    watch.onProgress(table.name, before / all);
    for await (const bytes of reading.rows(table)) {
      watch.signal.throwIfAborted();
      hash.update(bytes);
      rows += countLines(bytes);
      yield { name: `${table.name}/${String(++pieces).padStart(6, '0')}.copy`, bytes };
    }
    before += table.bytes;
    counted[table.name] = rows;
    manifest.tables.push({ name: table.name, rows, sha256: hash.digest('hex') });
  }
  yield { name: 'manifest.json', bytes: Buffer.from(JSON.stringify(manifest)) };
}

/**
 * One moment of the database. PostgreSQL keeps it in one transaction that only reads. The embedded engine has one
 * session, which no transaction may hold for long: what anybody may write is read in a first, short one, and for the rest
 * the writers of every jurisdiction are held off.
 */
async function readingOf<T>(database: Database, work: (reading: Reading) => Promise<T>): Promise<T> {
  if (database.engine === 'postgis') {
    return inTransaction(database.background, 'isolation level repeatable read read only', async (client) => {
      const schema = await ownSchema(client);
      const tables = await savedTables(client, schema);
      const about = aboutOf(await migrationsIn(client), await jurisdictionsOf(client, schema), tables);
      return work({ about, tables, rows: (table) => tableRows((use) => use(client), schema, table, null) });
    });
  }
  const schema = await ownSchema(database.background.pool);
  const ids = (await jurisdictionsOf(database.background.pool, schema)).map(({ id }) => id);
  return withEveryWriterHeldOff(database, ids, async () => {
    const kept = new Map<string, Buffer[]>();
    const short = <R>(use: (client: pg.PoolClient) => Promise<R>) => inTransaction(database.background, '', use);
    const opening = await short(async (client) => {
      const tables = await savedTables(client, schema);
      const audited = await entriesOfAudit(client, schema);
      for (const table of tables) {
        if (table.bytes > READ_AT_ONCE_BYTES) continue;
        const pieces: Buffer[] = [];
        for await (const piece of tableRows((use) => use(client), schema, table, ids)) pieces.push(piece);
        kept.set(table.name, pieces);
      }
      const jurisdictions = await jurisdictionsOf(client, schema);
      return { tables, audited, migrations: await migrationsIn(client), jurisdictions };
    });
    const jurisdictions = opening.jurisdictions.filter(({ id }) => ids.includes(id));
    return work({
      about: aboutOf(opening.migrations, jurisdictions, opening.tables),
      tables: opening.tables,
      rows: (table) => kept.get(table.name) ?? tableRows(short, schema, table, ids, opening.audited),
    });
  });
}

function aboutOf(
  migrations: string[],
  jurisdictions: { id: number; code: string }[],
  tables: readonly StoredTable[],
): AboutBackup {
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string };
  return {
    format: FORMAT,
    program: version,
    madeAt: new Date().toISOString(),
    migrations,
    jurisdictions,
    tables: tables.map(({ name, columns }) => ({ name, columns: columns.map((column) => column.name) })),
  };
}

/** How many rows the head of the audit counts; null where the schema is older. */
async function entriesOfAudit(client: pg.PoolClient, schema: string): Promise<string | null> {
  const head = `${pg.escapeIdentifier(schema)}.audit_head`;
  const { rows } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [head]);
  if (!rows[0]!.there) return null;
  return (await client.query<{ entries: string }>(`select entries from ${head}`)).rows[0]?.entries ?? null;
}

async function migrationsIn(client: pg.PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select name from kysely_migration order by name');
  return rows.map(({ name }) => name);
}

async function jurisdictionsOf(
  client: pg.PoolClient | pg.Pool,
  schema: string,
): Promise<{ id: number; code: string }[]> {
  const { rows } = await client.query<{ id: number; code: string }>(
    `select jurisdiction_id as id, code from ${pg.escapeIdentifier(schema)}.jurisdiction order by 1`,
  );
  return rows;
}

/** The text of a value depends on these two; they are the same for every backup. */
async function inTransaction<T>(
  database: Database,
  characteristics: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await database.pool.connect();
  let failed = true;
  try {
    await client.query(`begin ${characteristics}`);
    await setLocally(client, database, { timezone: 'UTC', datestyle: 'ISO, YMD' });
    const done = await work(client);
    await client.query('commit');
    failed = false;
    return done;
  } finally {
    // A connection in the middle of something is not given to others.
    client.release(failed);
  }
}

function explained(error: unknown, file: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
    return new BadInput('file', `no room for the backup ${file}; nothing was left behind`);
  const unwritable = ['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR', 'EROFS', 'EPERM', 'EEXIST', 'EIO', 'ENAMETOOLONG'];
  return code && unwritable.includes(code) ? new BadInput('file', `the backup cannot be written: ${message}`) : error;
}

/** The new name survives a power cut; where folders cannot be synced there is nothing more to do. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );
