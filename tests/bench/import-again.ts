// The real file once more: through the page's own door against the command line, the same rows a second time, and a
// revision that alters one row in a hundred.

import { createReadStream, createWriteStream, openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished, pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import type { WaitingImport } from '../../server/imports/contract.ts';
import type { IncidentsReport } from '../../server/incidents/import.ts';
import type { JobState } from '../../server/jobs/contract.ts';
import { type Home, reportOf } from '../support/cli.ts';
import { CDMX_INCIDENTS, importCdmxIncidents, loadCdmxLayers, REAL_DATA, realFile } from '../support/real-data.ts';
import { startServer } from '../support/server.ts';
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

const NAME = 'import-again';
const ROUNDS = 2;
/** Within a tenth of the command line. */
const PAGE_TARGET = 0.9;
const AGAIN_TARGET = 4;
const ONE_IN = 100;
const POLL_MS = 100;
const PERIOD = '2019-01-01..2025-02-01';

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  const file = realFile(CDMX_INCIDENTS);
  if (!file) return [missingLine(NAME, 0, `no real data at ${REAL_DATA}`)];
  const first = await layersOnly(context);
  if (!first) return [missingLine(NAME, 0, NO_POSTGIS)];
  const seconds = { page: [] as number[], command: [] as number[] };
  let home = first;
  let rows = 0;
  for (let round = 0; round < ROUNDS; round++) {
    if (round > 0) home = (await layersOnly(context))!;
    context.say('through the page');
    const throughPage = (await layersOnly(context))!;
    seconds.page.push(await importByPage(throughPage, file));
    context.say('by the command line');
    seconds.command.push((await timeMs(async () => ({ stored: rows } = await importCdmxIncidents(home)))) / 1000);
    const [a, b] = [await countRows(throughPage), await countRows(home)];
    if (a !== b || a !== rows) throw new Error(`the page stored ${a} rows, the command ${b}`);
  }
  const command = spreadOf(seconds.command);
  const lines = [
    line({
      name: `${NAME} through the page`,
      rows,
      baseline: 'the command line',
      unit: 's',
      ours: spreadOf(seconds.page),
      theirs: command,
      target: PAGE_TARGET,
      note: `${ROUNDS} rounds; from the first byte sent until the job is done`,
    }),
  ];

  const unpacked = join(context.scratch(), 'same-rows.csv');
  await pipeline(createReadStream(file), createGunzip(), createWriteStream(unpacked));
  const into = ['--jurisdiction', 'cdmx', '--preset', 'fgj-cdmx'];
  for (const [what, path, target] of [
    ['the same file', file, AGAIN_TARGET],
    ['the same rows in another file', unpacked, null],
  ] as const) {
    context.say(what);
    let report: IncidentsReport | null = null;
    const again = await timeMs(async () => {
      report = await reportOf<IncidentsReport>(home, ['import', 'incidents', path, ...into]);
    });
    const { stored, changed, gone } = report!;
    const written = (await countRows(home)) - rows + stored + changed + gone;
    if (written !== 0) throw new Error(`${what}: ${written} rows were written`);
    lines.push(
      line({
        name: `${NAME} ${what}`,
        rows,
        baseline: 'its first import',
        unit: 's',
        ours: spreadOf([again / 1000]),
        theirs: command,
        target,
        note: '0 rows written',
      }),
    );
  }

  context.say('a revision with one row in a hundred altered');
  const revised = join(context.scratch(), 'revised.csv');
  const altered = await alter(unpacked, revised);
  const mode = ['--mode', 'replace', '--period', PERIOD];
  const report = await reportOf<IncidentsReport>(home, ['import', 'incidents', revised, ...into, ...mode]);
  if (report.stored > altered || report.stored !== report.gone) {
    throw new Error(`${altered} altered, ${report.stored} stored, ${report.gone} gone`);
  }
  lines.push(
    limitLine(
      {
        name: `${NAME} revision, rows written`,
        rows,
        unit: 'rows',
        ours: spreadOf([report.stored]),
        note: `${report.gone} let go, ${report.unchanged} unchanged, ${report.seconds} s; limit = rows altered in the file`,
      },
      altered,
    ),
  );
  return lines;
}

async function layersOnly(context: BenchContext): Promise<Home | null> {
  const databaseUrl = await context.emptyDatabase();
  if (databaseUrl === null) return null;
  const home = { dataDir: context.scratch(), databaseUrl };
  await loadCdmxLayers(home);
  return home;
}

/** Seconds from the first byte sent until the job is done. */
async function importByPage(home: Home, file: string): Promise<number> {
  const server = await startServer(home);
  const api = `${server.origin}/api/v1/cdmx`;
  const json = async <T>(response: Response): Promise<T> => {
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  try {
    const blob = await openAsBlob(file);
    const took = await timeMs(async () => {
      const body = new FormData();
      body.append('file', blob, 'carpetas.csv.gz');
      const { id } = await json<WaitingImport>(await fetch(`${api}/imports`, { method: 'POST', body }));
      let job = await json<JobState>(await fetch(`${api}/imports/${id}/commit`, { method: 'POST' }));
      while (job.state === 'waiting' || job.state === 'running') {
        await sleep(POLL_MS);
        job = await json<JobState>(await fetch(`${api}/jobs/${job.id}`));
      }
      if (job.state !== 'done') throw new Error(`the import ended ${job.state}: ${job.problem}`);
    });
    return took / 1000;
  } finally {
    await server.stop();
    server.remove();
  }
}

/** Copies a file with the fourth decimal of the latitude of every hundredth record altered; answers how many had one. */
async function alter(from: string, to: string): Promise<number> {
  const out = createWriteStream(to);
  let altered = 0;
  let number = 0;
  for await (const text of createInterface({ input: createReadStream(from), crlfDelay: Number.POSITIVE_INFINITY })) {
    let copied = text;
    if (++number > 1 && number % ONE_IN === 0) {
      copied = text.replace(/(,\d{2}\.\d{3})(\d)(\d*,-\d)/, (_, before: string, digit: string, after: string) =>
        [before, (Number(digit) + 1) % 10, after].join(''),
      );
      if (copied !== text) altered++;
    }
    if (!out.write(`${copied}\n`)) await new Promise<void>((resolve) => out.once('drain', () => resolve()));
  }
  out.end();
  await finished(out);
  return altered;
}

async function countRows({ databaseUrl }: Home): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl! });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>('select count(*)::int as count from incident');
    return rows[0]!.count;
  } finally {
    await client.end();
  }
}
