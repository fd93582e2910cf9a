// Opens the database, embedded or real, checks that it can serve, and brings its schema up to date.

import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import { type Engine, startEngine } from '../embedded/engine.ts';
import { CannotStart } from '../errors.ts';
import { migrate } from './migrate.ts';
import { putUpRowSecurity, type RowSecurity, readRowSecurity } from './row-security.ts';
import type { Tables } from './tables.ts';
import { buildTemplate, copyFolder, templateFolder } from './template.ts';
import { EVERYBODY, scopedPool, tenantsNow } from './tenants.ts';

const STATEMENT_LIMIT_MS = 30_000;
const MIGRATION_LIMIT_MS = 600_000;
const POOL_SIZE = 8;
const WRITERS_AT_ONCE = 8;
/** Two jobs and the queue itself. */
const BACKGROUND_POOL_SIZE = 7;
/**
 * How long a question waits for a connection before it is told to come back. The embedded engine runs one transaction
 * at a time, and those of an import may take two seconds.
 */
const PATIENCE_MS = { postgis: 3000, embedded: 8000 } as const;
const BACKGROUND_PATIENCE_MS = 30_000;
/** A machine that vanished is noticed after about a minute, and its lock is free: not after hours, as by default. */
const WRITERS_KEEPALIVE = '-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3';
/** While the portal starts: somebody waits to hear what is wrong. */
const CHECK_WITHIN_MS = 10_000;
const OLDEST_POSTGRES = 150_000;

export type Database = {
  readonly engine: 'embedded' | 'postgis';
  /** Citus is installed in it, so that its tables may lie on several machines. */
  readonly hasCitus: boolean;
  /** Row security as it holds for this role; null on the embedded engine, which one process has to itself. */
  readonly rowSecurity: RowSecurity | null;
  readonly db: Kysely<Tables>;
  readonly pool: pg.Pool;
  /** What writers take their one connection from (see lock.ts), so that none ever waits behind who only reads. */
  readonly writers: pg.Pool;
  /** For a writer's chunks while its own connection does something else. */
  readonly beside: pg.Pool;
  /** The same with connections of its own and more patience, for work nobody waits for: questions cannot starve it. */
  readonly background: Database;
  /** Jurisdictions being written in this process; only the embedded engine needs it (see lock.ts). */
  readonly writing: Set<number>;
  /** Puts up row security anew, where new tables took the place of others; nothing where there is none. */
  secureAgain(): Promise<void>;
  close(): Promise<void>;
};

export type OpenOptions = {
  readonly databaseUrl: string | null;
  /** Of whoever owns the tables; then the role of `databaseUrl` is bound by row security. */
  readonly adminUrl?: string | null;
  /** What is asked is asked by the owner: for commands, some of which make tables. */
  readonly asOwner?: boolean;
  readonly dataDir: string;
  readonly log: Logger;
  /** Runs before an older schema is changed by the migration `next`; what it throws stops the upgrade. */
  readonly beforeUpgrade?: (database: Database, next: string) => Promise<void>;
  /** A data folder to copy where the embedded database has none yet; else it begins empty. */
  readonly template?: string | null;
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

/** True when the folder holds no embedded database yet. */
export function isFresh(dataDir: string): boolean {
  return !existsSync(embeddedFolder(dataDir));
}

const embeddedFolder = (dataDir: string) => join(dataDir, 'postgres');

async function openEmbedded(options: OpenOptions): Promise<Database> {
  const { dataDir, log, template = null } = options;
  const folder = embeddedFolder(dataDir);
  if (isFresh(dataDir)) {
    if (template) await copyFolder(join(template, 'cubes'), join(dataDir, 'cubes'));
    else await buildTemplate(log);
    const arriving = `${folder}.arriving`;
    await rm(arriving, { recursive: true, force: true });
    await copyFolder(template ? embeddedFolder(template) : templateFolder(), arriving);
    await rename(arriving, folder);
  }
  const engine = await startEngine(folder, MIGRATION_LIMIT_MS, log);
  try {
    const open: OpenPool = (given) => openPool({ ...engine.poolConfig, ...given }, log);
    return await ready('embedded', open, options, engine, false);
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

async function openPostgres(connectionString: string, options: OpenOptions): Promise<Database> {
  const { adminUrl = null, asOwner = false, log } = options;
  const opening =
    (url: string): OpenPool =>
    (given) =>
      openPool(
        {
          connectionString: url,
          statement_timeout: MIGRATION_LIMIT_MS,
          application_name: 'cuadra',
          keepAlive: true,
          ...given,
        },
        log,
      );
  const { hasCitus, role } = await askFirst(opening(connectionString), 'DATABASE_URL', checkServer);
  if (adminUrl === null) return ready('postgis', opening(connectionString), options, null, hasCitus);
  if (hasCitus) throw new CannotStart(`DATABASE_ADMIN_URL: ${NOT_ON_CITUS}`);
  await askFirst(opening(adminUrl), 'DATABASE_ADMIN_URL', (pool) => pool.query('select 1'));
  const open = opening(asOwner ? adminUrl : connectionString);
  return ready('postgis', open, options, null, hasCitus, { open: opening(adminUrl), role, isOwn: asOwner });
}

const NOT_ON_CITUS =
  'row security is not there on a database that is spread over several machines: leave this setting out';

/** By a pool of its own. Throws CannotStart naming the setting where nobody answers there. */
async function askFirst<T>(open: OpenPool, setting: string, ask: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const pool = open({ max: 1, connectionTimeoutMillis: CHECK_WITHIN_MS });
  try {
    return await ask(pool);
  } catch (error) {
    if (error instanceof CannotStart) throw error;
    throw new CannotStart(`${setting} cannot be reached: ${(error as Error).message}`);
  } finally {
    await pool.end();
  }
}

/** Who owns the tables, and the role that is to be bound; `isOwn`: what is asked is asked by the owner. */
type Owner = { readonly open: OpenPool; readonly role: string; readonly isOwn: boolean };

type OpenPool = (options: pg.PoolConfig) => pg.Pool;

/** A connection that may be cut at any moment: whoever uses it hears of it from its query, nobody else needs to. */
class Client extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // Without a listener of its own from the first moment an error would end the process.
    this.on('error', () => {});
  }
}

function openPool(options: pg.PoolConfig, log: Logger): pg.Pool {
  const pool = new pg.Pool({ types, ...options, Client });
  // Idle connections end when a server or the engine restarts; the pool opens new ones.
  pool.on('error', (error) => log.info({ reason: error.message }, 'an idle database connection ended'));
  return pool;
}

type Server = {
  version: number;
  name: string;
  role: string;
  postgis: string | null;
  trigrams: boolean;
  citus: boolean;
};

async function checkServer(pool: pg.Pool): Promise<{ readonly hasCitus: boolean; readonly role: string }> {
  const { rows } = await pool.query<Server>(`
    select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
      current_user::text as role,
      (select coalesce(installed_version, default_version) from pg_available_extensions where name = 'postgis') as postgis,
      exists (select from pg_available_extensions where name = 'pg_trgm') as trigrams,
      exists (select from pg_extension where extname = 'citus') as citus`);
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
  return { hasCitus: server.citus, role: server.role };
}

async function ready(
  engine: Database['engine'],
  open: OpenPool,
  { beforeUpgrade }: OpenOptions,
  embedded: Engine | null,
  hasCitus: boolean,
  owner: Owner | null = null,
): Promise<Database> {
  /** Only where the rows are bound is there something to say; the owner sees them all. */
  let isBound = false;
  const seen = (tenants: () => string) => () => (isBound ? tenants() : null);
  const pools = {
    questions: scopedPool(open({ max: POOL_SIZE, connectionTimeoutMillis: PATIENCE_MS[engine] }), seen(tenantsNow)),
    background: scopedPool(
      open({ max: BACKGROUND_POOL_SIZE, connectionTimeoutMillis: BACKGROUND_PATIENCE_MS }),
      seen(forEverybody),
    ),
  };
  const isOwned = owner !== null && !owner.isOwn;
  // Whoever is bound by row security may not COPY into a table, so what is written is written by the owner.
  const openForWriters = isOwned ? owner.open : open;
  const writersHave = { max: WRITERS_AT_ONCE, connectionTimeoutMillis: BACKGROUND_PATIENCE_MS };
  /** The embedded engine has one session however many connections there are. */
  const writers =
    engine === 'embedded'
      ? pools.background
      : scopedPool(openForWriters({ ...writersHave, options: WRITERS_KEEPALIVE }), seen(forEverybody));
  const beside = isOwned ? openForWriters(writersHave) : pools.background;
  const further = [writers, beside].filter((pool) => pool !== pools.background);
  const over = (pool: pg.Pool) => new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const [db, backgroundDb] = [over(pools.questions), over(pools.background)];
  const close = async () => {
    await Promise.all([db.destroy(), backgroundDb.destroy()]);
    await Promise.all(further.map((pool) => pool.end()));
    await embedded?.stop();
  };
  const asOwner = async <T>(work: (db: Kysely<Tables>, pool: pg.Pool) => Promise<T>): Promise<T> => {
    if (!isOwned) return work(backgroundDb, pools.background);
    const pool = owner.open({ max: BACKGROUND_POOL_SIZE, connectionTimeoutMillis: BACKGROUND_PATIENCE_MS });
    try {
      return await work(over(pool), pool);
    } finally {
      await pool.end();
    }
  };
  const writing = new Set<number>();
  const shared = { engine, hasCitus, rowSecurity: null, writers, beside, writing, close } as const;
  const secureAgain = async () => owner && (await asOwner((by) => putUpRowSecurity(by, owner.role)));
  const background = inBackground({ ...shared, db: backgroundDb, pool: pools.background, secureAgain });
  try {
    await asOwner(async (by, pool) => {
      const upgraded = inBackground({ ...background, db: by, pool });
      await migrate(by, async (applied, next) => {
        if (applied.length) await beforeUpgrade?.(upgraded, next);
      });
      if (owner) await putUpRowSecurity(by, owner.role);
    }).catch((error) => {
      throw isRefused(error) ? new CannotStart(`${NOT_ALLOWED}: ${(error as Error).message}`) : error;
    });
    await sql`select 1`.execute(db);
    const rowSecurity = engine === 'postgis' ? await readRowSecurity(db) : null;
    isBound = rowSecurity?.isOn ?? false;
    if (isOwned && !isBound) throw new CannotStart(NOT_BOUND);
    embedded?.setStatementLimit(STATEMENT_LIMIT_MS);
    const inTheBackground = inBackground({ ...background, rowSecurity });
    return { ...inTheBackground, db, pool: pools.questions, background: inTheBackground };
  } catch (error) {
    await Promise.all([pools.questions, pools.background, ...further].map((pool) => pool.end()));
    throw error;
  }
}

const forEverybody = () => EVERYBODY;

/** Where this database is asked for its background, it is itself. */
function inBackground(
  given: Omit<Database, 'background' | 'secureAgain'> & { secureAgain(): Promise<unknown> },
): Database {
  const database: Database = {
    ...given,
    async secureAgain() {
      await given.secureAgain();
    },
    get background(): Database {
      return database;
    },
  };
  return database;
}

const NOT_BOUND =
  'DATABASE_ADMIN_URL is set, but the user of DATABASE_URL owns the tables, is a superuser or passes over row security: let it be another user, with nothing but the right to connect';

const NOT_ALLOWED =
  'the user of DATABASE_URL may not prepare the database; let it own the database or set DATABASE_ADMIN_URL to whoever does, and let an administrator run "create extension postgis; create extension pg_trgm" there';

/** True when the database forbids what was tried (insufficient_privilege). */
function isRefused(error: unknown): boolean {
  return (error as { code?: unknown }).code === '42501';
}

/** SQLSTATEs of a server that goes, comes, or has no connection to give; and what the network says of one. */
const LOST_CODES =
  /^(57P0[1-5]|08\w{3}|53300|25P03|ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|E(HOST|NET)UNREACH|ENETDOWN|EAI_AGAIN)$/;
const LOST_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|Connection ended/;

/** True when all connections were busy for longer than a question waits for one: nothing was lost, nothing begun. */
export const isBusy = (error: unknown): boolean =>
  error instanceof Error && (error.message === ALL_ARE_BUSY || isBusy(error.cause));
/** As pg says it of its pool. */
const ALL_ARE_BUSY = 'timeout exceeded when trying to connect';

/** True for the errors of a connection that went away under a query: the engine restarted, the server went down. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = '', syscall } = error as { code?: string; syscall?: string };
  // A server that is down has taken its socket file with it, or its name: whatever a connect says, it is not there.
  if (syscall === 'connect' || LOST_CODES.test(code) || LOST_WORDS.test(error.message)) return true;
  return isConnectionLost(error.cause);
}
