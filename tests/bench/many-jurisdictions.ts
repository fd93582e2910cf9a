// Hundreds of small cities on one installation: how soon it serves, how soon it lists them, what it asks while nobody
// asks it anything, and how long `check` takes over them.

import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { openDatabase } from '../../server/db/open.ts';
import { reportOf } from '../support/cli.ts';
import { quietLog } from '../support/log.ts';
import { addManyCities } from '../support/many-cities.ts';
import { createDatabase, findPostgres, startCluster } from '../support/postgres.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type BenchContext, type BenchLine, limitLine, missingLine, NO_POSTGIS, spreadOf, timeMs } from './contract.ts';

const NAME = 'many-jurisdictions';
const CITIES = 500;
const INCIDENTS = 1000;
const START_LIMIT_S = 5;
const LIST_LIMIT_MS = 50;
const IDLE_LIMIT_PER_S = 1;
const LISTS = 20;
/** What a start leaves to do in the background is not what an idle server asks. */
const SETTLE_MS = 5000;
const IDLE_MS = 30_000;

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  const rows = CITIES * INCIDENTS;
  if (!findPostgres()) return [missingLine(NAME, rows, NO_POSTGIS)];
  const cluster = await startCluster({ shared_buffers: '256MB', shared_preload_libraries: 'pg_stat_statements' });
  try {
    const databaseUrl = await createDatabase(cluster.url, 'many');
    const home = { dataDir: context.scratch(), databaseUrl };
    const database = await openDatabase({ ...home, log: quietLog });
    await addManyCities(database.db, { first: 1, cities: CITIES, incidents: INCIDENTS });
    await sql`analyze`.execute(database.db);
    await database.close();

    const say = (what: string) => context.say(`  ${what}`);
    const starts: number[] = [];
    let server: TestServer | undefined;
    for (const which of ['first start', 'start again']) {
      await server?.stop();
      server = await startServer({ ...home, readyTimeoutMs: 600_000 });
      starts.push(Math.round(server.readyMs) / 1000);
      say(`${which}: ${starts.at(-1)} s`);
    }
    const { origin } = server!;
    const ask = async () => (await fetch(`${origin}/api/v1/jurisdictions`)).text();
    const firstListMs = Math.round(await timeMs(ask));
    const listsMs: number[] = [];
    for (let i = 0; i < LISTS; i++) listsMs.push(await timeMs(ask));
    say(`list: first ${firstListMs} ms, then ${spreadOf(listsMs).median} ms`);
    const perSecond = await idleQueries(cluster.url);
    say(`idle: ${perSecond} queries a second`);
    await server!.stop();
    const { ok, comparisons } = await reportOf<{ ok: boolean; comparisons: number }>(home, ['check']);
    if (!ok) throw new Error('check found differences');
    const checkS = (await timeMs(() => reportOf(home, ['check']))) / 1000;
    say(`check: ${checkS.toFixed(1)} s`);

    const limited = (what: string, unit: string, samples: readonly number[], limit: number, note = '') =>
      limitLine({ name: `${NAME} ${what}`, rows, unit, ours: spreadOf(samples), note }, limit);
    const checked = `${(checkS / CITIES).toFixed(3)} s a city, ${comparisons} comparisons`;
    return [
      limited('start', 's', starts, START_LIMIT_S, `${CITIES} cities; the first and the second`),
      limited('list', 'ms', listsMs, LIST_LIMIT_MS, `the first after the start ${firstListMs} ms`),
      limited('idle', 'queries/s', [perSecond], IDLE_LIMIT_PER_S),
      missingLine(`${NAME} check`, rows, `${checkS.toFixed(1)} s: ${checked}`),
    ];
  } finally {
    await cluster.stop();
  }
}

/** Statements a second that reach the database of the cities. */
async function idleQueries(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const counted = async () => {
    const { rows } = await client.query<{ calls: number }>(`
      select coalesce(sum(calls), 0)::int as calls from pg_stat_statements s
      join pg_database d on d.oid = s.dbid where d.datname = 'many'`);
    return rows[0]!.calls;
  };
  try {
    await client.query('create extension if not exists pg_stat_statements');
    await sleep(SETTLE_MS);
    const before = await counted();
    await sleep(IDLE_MS);
    return Number((((await counted()) - before) / (IDLE_MS / 1000)).toPrecision(3));
  } finally {
    await client.end();
  }
}
