// A PostgreSQL cluster with PostGIS that lives in a temporary folder, listens on a Unix socket only and dies with us.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** The oldest PostgreSQL the project supports. */
export const OLDEST_MAJOR = 15;
const DEBIAN_ROOT = '/usr/lib/postgresql';
const START_TIMEOUT_MS = 30_000;

export type Cluster = {
  /** Connection string of the database `postgres`. */
  readonly url: string;
  /** The postmaster, for reading the memory and CPU it uses. */
  readonly pid: number;
  /** Ends it as a power cut of its machine would; the data stay. */
  cut(): Promise<void>;
  /** Starts it again after a cut. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
};

/** Folder of the newest installed PostgreSQL >= 15 that has PostGIS, or null. Debian's layout, then pg_config. */
export function findPostgres(): string | null {
  const majors = existsSync(DEBIAN_ROOT) ? readdirSync(DEBIAN_ROOT).map(Number) : [];
  const usable = majors.filter((major) => major >= OLDEST_MAJOR).sort((a, b) => a - b);
  // The oldest usable one first: it is the one that shows what we must not use.
  for (const major of usable) {
    const bin = `${DEBIAN_ROOT}/${major}/bin`;
    const postgis = `/usr/share/postgresql/${major}/extension/postgis.control`;
    if (existsSync(`${bin}/postgres`) && existsSync(postgis)) return bin;
  }
  return findByPgConfig();
}

function findByPgConfig(): string | null {
  try {
    const ask = (flag: string) => execFileSync('pg_config', [flag], { encoding: 'utf8', stdio: 'pipe' }).trim();
    const bin = ask('--bindir');
    const major = Number(/\d+/.exec(ask('--version'))?.[0]);
    const complete =
      existsSync(join(bin, 'postgres')) && existsSync(join(ask('--sharedir'), 'extension/postgis.control'));
    return complete && major >= OLDEST_MAJOR ? bin : null;
  } catch {
    return null;
  }
}

/** Starts a cluster; `settings` are postgresql.conf names. Throws when PostgreSQL or PostGIS is missing. */
export async function startCluster(settings: Record<string, string> = {}): Promise<Cluster> {
  const bin = findPostgres();
  if (!bin) throw new Error(`PostgreSQL ${OLDEST_MAJOR} or newer with PostGIS is not installed`);
  const dir = mkdtempSync(join(tmpdir(), 'cuadra-pg-'));
  // PostgreSQL refuses to run as root, so the cluster belongs to the user its package made.
  const owner = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  if (owner.uid !== undefined) chownSync(dir, owner.uid, owner.gid);
  const data = join(dir, 'data');
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8'];
  execFileSync(join(bin, 'initdb'), initdb, { ...owner, cwd: dir, stdio: 'pipe' });
  const options = { listen_addresses: '', fsync: 'off', unix_socket_directories: dir, ...settings };
  const args = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const url = `postgres://postgres@localhost/postgres?host=${encodeURIComponent(dir)}`;
  const guards: ChildProcess[] = [];
  const start = () => {
    const guard = spawnGuarded([join(bin, 'postgres'), '-D', data, ...args], dir, owner);
    guards.push(guard);
    return waitUntilReady(url, guard);
  };
  let pid = await start();
  return {
    get pid() {
      return pid;
    },
    url,
    cut: async () => {
      process.kill(pid, 'SIGQUIT'); // what pg_ctl stop -m immediate sends
      while (existsSync(join(data, 'postmaster.pid'))) await sleep(20);
    },
    startAgain: async () => {
      pid = await start();
    },
    stop: async () => {
      for (const guard of guards) await stopGuard(guard);
    },
  };
}

/** A database whose schema a suite has brought up to date before its tests; new ones are copies of it. */
export const PREPARED = 'template1';

/** Makes a database beside the one of `url`, a copy of `PREPARED`, and answers its connection string. */
export const createDatabase = (url: string, name: string) => copyDatabase(PREPARED, url, name);

/** The same, but with nothing in it: whoever opens it has all to make. */
export const createEmptyDatabase = (url: string, name: string) => copyDatabase('template0', url, name);

/** Makes a database as a copy of another of its cluster, to which nobody may be connected. */
export async function copyDatabase(template: string, url: string, name: string): Promise<string> {
  const create = `create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(template)}`;
  await withClient(url, (client) => client.query(create));
  return databaseBeside(url, name);
}

/** Connection string of the database `name` of the same cluster. */
export function databaseBeside(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

const APPLICATION = 'cuadra_application';

/** The connection string of a user who may connect and no more, made when there is none yet. */
export async function asApplication(url: string): Promise<string> {
  await withClient(url, (client) =>
    client.query(`do $$ begin create role ${APPLICATION} login; exception when duplicate_object then null; end $$`),
  );
  const other = new URL(url);
  other.username = APPLICATION;
  return other.href;
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
}

/** The shell waits for its input to end, which happens however we die, then stops the cluster and removes its folder. */
function spawnGuarded(command: string[], dir: string, owner: { uid?: number; gid?: number }): ChildProcess {
  const script = '"$@" </dev/null >log 2>&1 & p=$!; trap "" INT TERM; read _; kill -INT $p; wait $p; rm -rf "$PWD"';
  return spawn('/bin/sh', ['-c', script, 'guard', ...command], {
    ...owner,
    cwd: dir,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
}

async function waitUntilReady(url: string, guard: ChildProcess): Promise<number> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      return await withClient(url, async (client) => {
        const { rows } = await client.query<{ pid: number }>(
          "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid",
        );
        return rows[0]!.pid;
      });
    } catch (error) {
      if (Date.now() > deadline) {
        await stopGuard(guard);
        throw error;
      }
      await sleep(50);
    }
  }
}

async function withClient<T>(connectionString: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function stopGuard(guard: ChildProcess): Promise<void> {
  if (guard.exitCode !== null) return;
  const exited = new Promise((resolve) => guard.once('exit', resolve));
  guard.stdin?.end();
  await exited;
}
