// `npm run soak -- --minutes N [--engine embedded|postgis] [--heap] [--json]`: the real server on a fresh data folder with
// the demo city, eight people who ask all sorts of things, one of them listening to events, and a dispatch centre sending 20
// calls a second. Prints, minute by minute, what the server holds, and ends with status 1 unless that stays flat. It talks to
// nobody but the server it started, and ends it.

import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Home, reportOf } from '../support/cli.ts';
import { createDatabase, startCluster } from '../support/postgres.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type Heap, watchHeaps } from './heaps.ts';
import { type Held, heldBy } from './memory.ts';
import { feedEvenly, listen, type Tally, visit } from './soak-clients.ts';
import { percentile } from './subject.ts';

const MOST_MINUTES = 240;
const READING_CLIENTS = 8;
const CALLS_PER_SECOND = 20;
const MINUTE_MS = 60_000;
const SAMPLE_EVERY_MS = 5000;
const READY_WITHIN_MS = 600_000;
/** Resident memory may end this much above where it was after warming up; giving some back is no fault. */
const FLAT_WITHIN = 0.1;
/** The first part of the time warms up: caches fill, the engine touches its buffers. */
const WARM_UP_SHARE = 0.2;
const LEAST_SAMPLES = 4;

type Minute = Held & {
  readonly minute: number;
  readonly feedP95Ms: number | null;
  readonly queryP95Ms: number | null;
  readonly calls: number;
  readonly questions: number;
  readonly events: number;
  readonly errors: number;
  readonly load: number;
  readonly heaps: readonly Heap[];
};

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    engine: { type: 'string', default: 'embedded' },
    heap: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= MOST_MINUTES) || !['embedded', 'postgis'].includes(values.engine)) {
  console.error(
    `usage: npm run soak -- --minutes N (at most ${MOST_MINUTES}) [--engine embedded|postgis] [--heap] [--json]`,
  );
  process.exit(2);
}
const say = (text: string) => console.error(text);

const cluster = values.engine === 'postgis' ? await startCluster() : null;
const databaseUrl = cluster && (await createDatabase(cluster.url, 'soak'));
let server: TestServer | null = null;
let failed = true;
try {
  const inspector: Record<string, string> = values.heap ? { NODE_OPTIONS: '--inspect=127.0.0.1:0' } : {};
  server = await startServer({ databaseUrl, env: { CUADRA_DEMO: '1', ...inspector }, readyTimeoutMs: READY_WITHIN_MS });
  say(`ready after ${Math.round(server.readyMs / 1000)} s`);
  failed = !(await soak(server));
} finally {
  await server?.stop();
  server?.remove();
  await cluster?.stop();
}
process.exit(failed ? 1 : 0);

/** Whether memory stayed flat and nothing was refused. */
async function soak({ origin, pid, dataDir, log }: TestServer): Promise<boolean> {
  const home: Home = { dataDir, databaseUrl };
  const { key } = await reportOf<{ key: string }>(home, [
    ...['feed', 'add', 'cad', '--jurisdiction', 'demo', '--preset', 'c5-911'],
  ]);
  const heaps = values.heap ? await watchHeaps(log()) : null;
  const ended = new AbortController();
  const tally: Tally = { feedMs: [], questionsMs: [], events: 0, errors: [] };
  const people = [
    ...Array.from({ length: READING_CLIENTS - 1 }, (_, person) => visit(origin, person, tally, ended.signal)),
    listen(origin, tally, ended.signal),
    feedEvenly(origin, key, CALLS_PER_SECOND, tally, ended.signal),
  ];
  const began = performance.now();
  const samples: { readonly atMs: number; readonly rssMb: number }[] = [];
  const told: Minute[] = [];
  let sampling = began;
  for (let minute = 1; minute <= Math.ceil(minutes); minute++) {
    const until = began + Math.min(minute, minutes) * MINUTE_MS;
    while (sampling + SAMPLE_EVERY_MS <= until) {
      sampling += SAMPLE_EVERY_MS;
      await sleep(Math.max(0, sampling - performance.now()));
      samples.push({ atMs: sampling - began, rssMb: heldBy(pid).rssMb });
    }
    told.push(await lookAt(minute, pid, tally, heaps));
    say(lineOf(told.at(-1)!));
    for (const error of new Set(tally.errors.splice(0))) say(`  ${error}`);
    tally.feedMs.length = tally.questionsMs.length = tally.events = 0;
  }
  ended.abort();
  await Promise.all(people);
  heaps?.close();
  return judge(samples, told, log());
}

async function lookAt(
  minute: number,
  pid: number,
  { feedMs, questionsMs, events, errors }: Tally,
  heaps: Awaited<ReturnType<typeof watchHeaps>> | null,
): Promise<Minute> {
  return {
    minute,
    ...heldBy(pid),
    feedP95Ms: feedMs.length ? Math.round(percentile(feedMs, 95)) : null,
    queryP95Ms: questionsMs.length ? Math.round(percentile(questionsMs, 95)) : null,
    calls: feedMs.length,
    questions: questionsMs.length,
    events,
    errors: errors.length,
    load: loadavg()[0]!,
    heaps: heaps ? await heaps.read() : [],
  };
}

function lineOf({ minute, heaps, ...m }: Minute): string {
  const main = [
    `${minute} min: ${m.rssMb} MB resident (engine ${m.engineMb}, heaps and buffers ${m.anonymousMb}, arenas ${m.mallocMb}, files ${m.filesMb})`,
    `${m.fds} fds, ${m.threads} threads`,
    `feed p95 ${m.feedP95Ms} ms of ${m.calls}, questions p95 ${m.queryP95Ms} ms of ${m.questions}`,
    `${m.events} events, ${m.errors} errors, load ${m.load.toFixed(1)}`,
  ].join('; ');
  const inside = heaps.map(
    (heap) =>
      `\n  ${heap.of}: heap ${heap.usedMb} of ${heap.heapMb} MB, external ${heap.externalMb}, buffers ${heap.buffersMb}`,
  );
  return main + inside.join('');
}

function judge(
  samples: readonly { readonly atMs: number; readonly rssMb: number }[],
  told: readonly Minute[],
  log: readonly string[],
): boolean {
  const warm = samples.filter(({ atMs }) => atMs > minutes * MINUTE_MS * WARM_UP_SHARE);
  if (warm.length < LEAST_SAMPLES) throw new Error('too short to say anything');
  const { slope, at } = fitted(warm);
  const from = at(warm[0]!.atMs);
  const until = at(warm.at(-1)!.atMs);
  const change = until / from - 1;
  const flat = change <= FLAT_WITHIN;
  const errors = told.reduce((sum, minute) => sum + minute.errors, 0);
  const warnings = log.filter((line) => /^\{"level":[456]0/.test(line));
  for (const line of warnings.slice(0, 5)) say(line);
  const verdict = {
    engine: values.engine,
    minutes,
    flat,
    changePercent: Number((change * 100).toFixed(1)),
    slopeMbPerMinute: Number((slope * MINUTE_MS).toFixed(2)),
    fromMb: Math.round(from),
    untilMb: Math.round(until),
    errors,
    warnings: warnings.length,
  };
  if (values.json) console.log(JSON.stringify({ ...verdict, perMinute: told }));
  else {
    console.log(
      `${flat ? 'flat' : 'NOT flat'} within ${FLAT_WITHIN * 100} %: ${verdict.fromMb} → ${verdict.untilMb} MB (${verdict.changePercent} %), ${verdict.slopeMbPerMinute} MB a minute after warming up; ${errors} errors, ${warnings.length} warnings in the log`,
    );
  }
  return flat && errors === 0;
}

/** Least squares: MB per millisecond, and the line's value at a time. */
function fitted(points: readonly { readonly atMs: number; readonly rssMb: number }[]) {
  const mean = (of: (point: (typeof points)[number]) => number) =>
    points.reduce((sum, p) => sum + of(p), 0) / points.length;
  const [x, y] = [mean(({ atMs }) => atMs), mean(({ rssMb }) => rssMb)];
  const slope = mean(({ atMs, rssMb }) => (atMs - x) * (rssMb - y)) / mean(({ atMs }) => (atMs - x) ** 2);
  return { slope, at: (atMs: number) => y + slope * (atMs - x) };
}
