// A backup of a whole city and its way back, beside PostgreSQL's own pg_dump and pg_restore of the same database, and how
// people are answered while a backup of an embedded installation is made.

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Home, reportOf } from '../support/cli.ts';
import { findPostgres } from '../support/postgres.ts';
import { startServer } from '../support/server.ts';
import { CITY, loadCity } from './city.ts';
import {
  type BenchContext,
  type BenchLine,
  limitLine,
  line,
  missingLine,
  NO_POSTGIS,
  spreadOf,
  timeMs,
} from './contract.ts';
import { findSubject, type Subject } from './subject.ts';

const NAME = 'backup';
const ROUNDS = 2;
const EMBEDDED_ROWS = 60_000;
/** Tiles and /readyz answer within 3 s whatever else goes on. */
const ANSWER_LIMIT_MS = 3000;

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  const subject = await findSubject(context);
  const bin = findPostgres();
  const lines = subject && bin ? await onPostgis(context, subject, bin) : [missingLine(NAME, 0, NO_POSTGIS)];
  return [...lines, await onEmbedded(context)];
}

async function onPostgis(context: BenchContext, { home, rows, note }: Subject, bin: string): Promise<BenchLine[]> {
  const folder = context.scratch();
  const [file, dump] = [join(folder, 'city.backup'), join(folder, 'city.dump')];
  const written = { ours: [] as number[], theirs: [] as number[] };
  const read = { ours: [] as number[], theirs: [] as number[] };
  const before = await rowsPerTable(home.databaseUrl!);
  const checked = await seconds(() => reportOf(home, ['check']));
  for (let round = 0; round < ROUNDS; round++) {
    context.say(`round ${round + 1}: backup, pg_dump, restore, pg_restore`);
    written.ours.push(await seconds(() => reportOf(home, ['backup', file, '--force'])));
    written.theirs.push(await seconds(async () => run(bin, 'pg_dump', ['-Fc', '-f', dump, home.databaseUrl!])));
    const [ours, theirs] = [await context.emptyDatabase(), await context.emptyDatabase()];
    read.ours.push(await seconds(() => reportOf({ dataDir: context.scratch(), databaseUrl: ours }, ['restore', file])));
    read.theirs.push(await seconds(async () => run(bin, 'pg_restore', ['-d', theirs!, dump])));
    for (const url of [ours!, theirs!]) {
      const after = await rowsPerTable(url);
      if (JSON.stringify(after) !== JSON.stringify(before))
        throw new Error(`restored ${JSON.stringify(after)} instead of ${JSON.stringify(before)}`);
    }
  }
  const megabytes = (path: string) => Math.round(statSync(path).size / 1e6);
  const sizes = `${megabytes(file)} MB, pg_dump ${megabytes(dump)} MB; ${note}`;
  const told = { rows, unit: 's', target: null };
  const backedUp = { ...told, name: NAME, baseline: 'pg_dump -Fc', note: sizes };
  const restored = {
    ...told,
    name: 'restore',
    baseline: 'pg_restore',
    note: `ours proves itself by check, ${checked.toFixed(0)} s of it`,
  };
  return [
    line({ ...backedUp, ours: spreadOf(written.ours), theirs: spreadOf(written.theirs) }),
    line({ ...restored, ours: spreadOf(read.ours), theirs: spreadOf(read.theirs) }),
  ];
}

async function onEmbedded(context: BenchContext): Promise<BenchLine> {
  const home: Home = { dataDir: context.scratch(), databaseUrl: null };
  context.say(`answers beside a backup of an embedded ${EMBEDDED_ROWS.toLocaleString('en')} incidents`);
  await loadCity(home, EMBEDDED_ROWS, context.scratch(), false);
  const server = await startServer(home);
  try {
    let isOver = false;
    const began = performance.now();
    const saving = reportOf(home, ['backup', join(context.scratch(), 'city.backup')]).finally(() => {
      isOver = true;
    });
    const answers: number[] = [];
    while (!isOver) {
      answers.push(
        await timeMs(() =>
          Promise.all([
            fetch(`${server.origin}/readyz`).then((answer) => answer.text()),
            fetch(`${server.origin}/api/v1/${CITY}/incidents?limit=1`).then((answer) => answer.text()),
          ]),
        ),
      );
      await sleep(20);
    }
    await saving;
    const note = `slowest of ${answers.length} answers beside it; it took ${((performance.now() - began) / 1000).toFixed(1)} s`;
    const slowest = spreadOf([Math.max(...answers)]);
    return limitLine(
      { name: `${NAME}, embedded`, rows: EMBEDDED_ROWS, unit: 'ms', ours: slowest, note },
      ANSWER_LIMIT_MS,
    );
  } finally {
    await server.stop();
  }
}

const seconds = async (work: () => Promise<unknown>) => (await timeMs(work)) / 1000;

function run(bin: string, program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(join(bin, program), args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
}

/** Of every table of ours, by its name. */
async function rowsPerTable(url: string): Promise<Readonly<Record<string, number>>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(`
      select relname as name from pg_class where relkind in ('r', 'p') and not relispartition
        and relnamespace = 'public'::regnamespace and relname not in ('spatial_ref_sys', 'job') order by 1`);
    const counts: Record<string, number> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${pg.escapeIdentifier(name)}`);
      counts[name] = rows[0]!.n;
    }
    return counts;
  } finally {
    await client.end();
  }
}
