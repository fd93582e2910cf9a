// Opens the database, embedded or real, checks that it can serve, and brings its schema up to date.

import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import { backUpBefore } from '../backup/before-upgrade.ts';
import { CannotStart } from '../errors.ts';
import { type Engine, startEngine } from './embedded.ts';
import { migrate } from './migrate.ts';
import type { Tables } from './tables.ts';
import { buildTemplate, templateFolder } from './template.ts';

const STATEMENT_LIMIT_MS = 30_000;
const MIGRATION_LIMIT_MS = 600_000;
const CONNECT_TIMEOUT_MS = 10_000;
const POOL_SIZE = 8;
const OLDEST_POSTGRES = 150_000;

export type Database = {
  readonly engine: 'embedded' | 'postgis';
  readonly db: Kysely<Tables>;
  readonly pool: pg.Pool;
  /** Jurisdictions being written in this process; only the embedded engine needs it (see lock.ts). */
  readonly writing: Set<number>;
  close(): Promise<void>;
};

export type OpenOptions = {
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly log: Logger;
  /** False = an older schema is brought up to date without a backup of what is there. */
  readonly backupFirst?: boolean;
};

// Dates stay text: a Date would be moved by the time zone of this machine, and incidents are local to their city.
const DATE_OID = 1082;
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === DATE_OID ? (text: string) => text : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/** Opens and migrates. Throws CannotStart, with one line for the operator, when this database cannot serve. */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  return options.databaseUrl === null ? openEmbedded(options) : openPostgres(options.databaseUrl, options);
}

async function openEmbedded(options: OpenOptions): Promise<Database> {
  const { dataDir, log } = options;
  const folder = join(dataDir, 'postgres');
  if (!existsSync(folder)) {
    await buildTemplate(log);
    const arriving = `${folder}.arriving`;
    rmSync(arriving, { recursive: true, force: true });
    cpSync(templateFolder(), arriving, { recursive: true });
    renameSync(arriving, folder);
  }
  const engine = await startEngine(folder, MIGRATION_LIMIT_MS, log);
  const pool = new pg.Pool({ ...engine.poolConfig, types, max: POOL_SIZE });
  try {
    return await ready('embedded', pool, options, engine);
  } catch (error) {
    await pool.end();
    await engine.stop();
    throw error;
  }
}

async function openPostgres(connectionString: string, options: OpenOptions): Promise<Database> {
  let pool: pg.Pool;
  try {
    pool = new pg.Pool({
      connectionString,
      types,
      max: POOL_SIZE,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: MIGRATION_LIMIT_MS,
      application_name: 'cuadra',
    });
    await checkServer(pool);
  } catch (error) {
    if (error instanceof CannotStart) throw error;
    throw new CannotStart(`DATABASE_URL cannot be reached: ${(error as Error).message}`);
  }
  try {
    return await ready('postgis', pool, options, null);
  } catch (error) {
    await pool.end();
    throw error;
  }
}

async function checkServer(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ version: number; name: string; postgis: string | null; trigrams: boolean }>(`
    select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
      (select coalesce(installed_version, default_version) from pg_available_extensions where name = 'postgis') as postgis,
      exists (select from pg_available_extensions where name = 'pg_trgm') as trigrams`);
  const server = rows[0]!;
  if (server.version < OLDEST_POSTGRES)
    throw new CannotStart(`PostgreSQL ${server.name} is too old: 15 or newer is needed`);
  if (server.postgis === null)
    throw new CannotStart('PostGIS is not installed on this PostgreSQL server (3.3 or newer)');
  if (!server.trigrams)
    throw new CannotStart('pg_trgm is not installed on this PostgreSQL server (it is part of postgresql-contrib)');
  const [major = 0, minor = 0] = server.postgis.split('.').map(Number);
  if (major < 3 || (major === 3 && minor < 3))
    throw new CannotStart(`PostGIS ${server.postgis} is too old: 3.3 or newer`);
}

async function ready(
  engine: Database['engine'],
  pool: pg.Pool,
  { dataDir, log, backupFirst = true }: OpenOptions,
  embedded: Engine | null,
): Promise<Database> {
  // Idle connections end when a server or the engine restarts; the pool opens new ones.
  pool.on('error', (error) => log.info({ reason: error.message }, 'an idle database connection ended'));
  // One in use tells its query; without a listener of its own it would end the process as well.
  pool.on('connect', (client) => client.on('error', () => {}));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const database: Database = {
    engine,
    db,
    pool,
    writing: new Set(),
    close: async () => {
      await db.destroy();
      await embedded?.stop();
    },
  };
  await migrate(db, async (applied, next) => {
    if (backupFirst && applied.length) await backUpBefore(database, next, dataDir, log);
  }).catch((error) => {
    throw isRefused(error) ? new CannotStart(`${NOT_ALLOWED}: ${(error as Error).message}`) : error;
  });
  await sql`select 1`.execute(db);
  embedded?.setStatementLimit(STATEMENT_LIMIT_MS);
  return database;
}

const NOT_ALLOWED =
  'the user of DATABASE_URL may not prepare the database; let it own the database, and let an administrator run "create extension postgis; create extension pg_trgm" there';

/** True when the database forbids what was tried (insufficient_privilege). */
function isRefused(error: unknown): boolean {
  return (error as { code?: unknown }).code === '42501';
}

/** True for the errors of a connection that went away under a query: the engine restarted, the server went down. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: string }).code ?? '';
  return (
    /^(57P0[123]|08\d{3}|ECONNREFUSED|ECONNRESET|EPIPE)$/.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      error.message,
    )
  );
}
