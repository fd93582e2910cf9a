// A window brushed along the trend: all numbers of the screen from the columns the page holds, in the page's own worker in
// headless Chromium; and against crossfilter2 and falcon-vis on the same brushes, in one process.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tableFromIPC } from '@uwdata/flechette';
import crossfilter from 'crossfilter2';
import type { Page } from 'playwright-core';
import { answerHere, openHere, type Tree } from '../../server/columns/answer-here.ts';
import type { ColumnPlaces } from '../../server/columns/contract.ts';
import type { CountsAnswer, OffenceRow } from '../../server/counts/contract.ts';
import { addDays, daysBetween } from '../../web/store/days.ts';
import { findChromium, openBrowser, openPage } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import { type BrushedColumns, brushWithFalcon, HOW_TO } from './brush-falcon.ts';
import { CITY } from './city.ts';
import { type BenchContext, type BenchLine, limitLine, line, missingLine, NO_POSTGIS, spreadOf } from './contract.ts';

const NAME = 'brush';
const WINDOW_DAYS = 90;
const STEPS = 60;
const STEP_LIMIT_MS = 16;
const READY_LIMIT_MS = 2000;
const WIRE_LIMIT_MB = 8;
const HEAP_LIMIT_MB = 150;
/** The limits of size and time are for this many rows. */
const ROWS_OF_LIMITS = 1_300_000;
const LEAST_TIMES_CROSSFILTER = 5;
const LEAST_TIMES_FALCON = 2;
const DAY_MS = 86_400_000;

type Window = { readonly from: string; readonly until: string };
type Loaded = {
  readonly bytes: Uint8Array;
  readonly wireMb: number;
  readonly places: ColumnPlaces;
  readonly tree: Tree;
  readonly roots: string;
  readonly origin: string;
};

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  const home = await context.city();
  if (home?.databaseUrl == null) return [missingLine(NAME, context.rows, NO_POSTGIS)];
  const server = await startServer({ ...home, readyTimeoutMs: 240_000 });
  try {
    const loaded = await load(server.origin);
    const rows = tableFromIPC(loaded.bytes).numRows;
    const wire = { min: loaded.wireMb, median: loaded.wireMb };
    const size = limitLine(
      { name: `${NAME}: columns on the wire`, rows, unit: 'MB', ours: wire, note: 'gzip, as sent' },
      WIRE_LIMIT_MB * Math.max(1, rows / ROWS_OF_LIMITS),
    );
    return [size, ...(await inWorker(context, loaded, rows)), ...(await againstOthers(context, loaded, rows))];
  } finally {
    await server.stop();
  }
}

const api = (rest: string) => `/api/v1/${CITY}/${rest}`;

async function load(origin: string): Promise<Loaded> {
  const json = async <T>(rest: string) => (await fetch(origin + api(rest))).json() as Promise<T>;
  const offences = await json<OffenceRow[]>('offences');
  const roots = offences
    .filter(({ parent }) => parent === null)
    .map(({ code }) => code)
    .join();
  const response = await fetch(`${origin}${api(`incidents.arrow?offence=${roots}`)}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return {
    ...{ bytes, roots, origin, wireMb: gzipSync(bytes, { level: 4 }).length / 1e6 },
    places: await json<ColumnPlaces>('incident-places.json'),
    tree: { offences: offences.map(({ code, parent }) => ({ code, parent })), themes: [] },
  };
}

/** What the screen shows of a window: map, ranking, clock, trend and headline. */
const questionsOf = ({ from, until }: Window, roots: string) => {
  const asked = `offence=${roots}&from=${from}&until=${until}`;
  return [
    ...[`counts?layer=areas&${asked}`, `top?layer=areas&limit=300&by=count&${asked}`, `clock?${asked}`],
    ...[`series?step=month&${asked}`, `summary?layer=areas&${asked}`],
  ].map(api);
};

function windowsOf(first: string, last: string): readonly Window[] {
  const room = daysBetween(first, last) - WINDOW_DAYS;
  return Array.from({ length: STEPS }, (_, step) => {
    const from = addDays(first, Math.floor((step * room) / (STEPS - 1)));
    return { from, until: addDays(from, WINDOW_DAYS) };
  });
}

const daysIn = (bytes: Uint8Array) => tableFromIPC(bytes).getChild('date')!.toArray() as unknown as ArrayLike<unknown>;
const textOfDay = (value: unknown) => new Date(Number(value)).toISOString().slice(0, 10);
const p95 = (samples: readonly number[]) => samples.toSorted((a, b) => a - b)[Math.ceil(samples.length * 0.95) - 1]!;

/** The worker as it was built, told what the page tells it. */
async function inWorker(context: BenchContext, { bytes, roots, origin }: Loaded, rows: number) {
  if (!findChromium()) return [missingLine(`${NAME}: in the worker`, rows, 'Chromium is not installed')];
  const built = readdirSync(join(import.meta.dirname, '../../dist/assets')).find((name) =>
    /^worker-.*\.js$/.test(name),
  );
  if (!built) return [missingLine(`${NAME}: in the worker`, rows, 'the page is not built')];
  context.say('brushing in Chromium');
  const days = daysIn(bytes);
  const windows = windowsOf(textOfDay(days[0]), textOfDay(days[days.length - 1]));
  const browser = await openBrowser({ drawsMaps: false });
  try {
    const { page, close } = await openPage(browser, origin);
    await page.goto(`${origin}/?tab=data`);
    const heapOfWorkerMb = await watchWorkers(page);
    const measured = await page.evaluate(
      async ({ script, columns, whole, places, steps }) => {
        const worker = new Worker(script, { type: 'module' });
        let last = 0;
        const waiting = new Map<number, (answer: { readonly answer?: unknown; readonly error?: string }) => void>();
        worker.onmessage = ({ data }) => {
          waiting.get(data.id)?.(data);
          waiting.delete(data.id);
        };
        const send = (told: object) =>
          new Promise<unknown>((resolve, reject) => {
            const id = ++last;
            waiting.set(id, ({ answer, error }) => (error ? reject(new Error(error)) : resolve(answer)));
            worker.postMessage({ ...told, id });
          });
        // In the cache of the browser once, so that what is measured begins when they have arrived.
        await (await fetch(columns)).arrayBuffer();
        await (await fetch(places)).arrayBuffer();
        const [offences, themes] = [places, places].map((path, i) =>
          path.replace(/[^/]+$/, ['offences', 'themes'][i]!),
        );
        const began = performance.now();
        await send({ columns: whole, places, offences, themes, headers: {} });
        const readyMs = performance.now() - began;
        const samples: number[] = [];
        for (const paths of [...steps, ...steps]) {
          const from = performance.now();
          const answers = (await send({ paths })) as unknown[];
          samples.push(performance.now() - from);
          if (answers.includes(null)) throw new Error('a question was left to the server');
        }
        return { readyMs, samples: samples.slice(steps.length) };
      },
      {
        script: `${origin}/assets/${built}`,
        columns: origin + api(`incidents.arrow?kind=incident&offence=${roots}`),
        whole: origin + api('incidents.arrow?kind=incident'),
        places: origin + api('incident-places.json'),
        steps: windows.map((window) => questionsOf(window, roots)),
      },
    );
    const heapMb = await heapOfWorkerMb();
    await close();
    const slow = p95(measured.samples);
    const note = `median ${spreadOf(measured.samples).median} ms; counts, ranking, clock, trend and headline of ${STEPS} windows of ${WINDOW_DAYS} days`;
    const ready = { min: measured.readyMs, median: measured.readyMs };
    return [
      limitLine(
        { name: `${NAME}: a step in the worker, p95`, rows, unit: 'ms', ours: { min: slow, median: slow }, note },
        STEP_LIMIT_MS,
      ),
      limitLine(
        {
          name: `${NAME}: columns ready`,
          rows,
          unit: 'ms',
          ours: ready,
          note: 'from the browser cache to the first answer',
        },
        READY_LIMIT_MS * Math.max(1, rows / ROWS_OF_LIMITS),
      ),
      limitLine(
        {
          name: `${NAME}: heap of the worker`,
          rows,
          unit: 'MB',
          ours: { min: heapMb, median: heapMb },
          note: 'objects and arrays after the brushes, garbage and all',
        },
        HEAP_LIMIT_MB * Math.max(1, rows / ROWS_OF_LIMITS),
      ),
    ];
  } finally {
    await browser.close();
  }
}

/** What the workers begun from now on hold, together, when the answer is called. */
async function watchWorkers(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  const workers: string[] = [];
  const answered = new Map<string, (megabytes: number) => void>();
  session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
    if (targetInfo.type === 'worker') workers.push(sessionId);
  });
  session.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
    const { result } = JSON.parse(message) as { result: { usedSize: number; backingStorageSize?: number } };
    answered.get(sessionId)?.((result.usedSize + (result.backingStorageSize ?? 0)) / 1e6);
  });
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  return async () => {
    const message = JSON.stringify({ id: 1, method: 'Runtime.getHeapUsage' });
    const heaps = workers.map(async (sessionId) => {
      const heap = new Promise<number>((resolve) => answered.set(sessionId, resolve));
      await session.send('Target.sendMessageToTarget', { sessionId, message });
      return heap;
    });
    return (await Promise.all(heaps)).reduce((sum, each) => sum + each, 0);
  };
}

/** What is counted of each row: its day, area, hour of the week and month; of those known to the day. */
function brushedColumns(bytes: Uint8Array): BrushedColumns & { readonly noArea: number | undefined } {
  const table = tableFromIPC(bytes);
  const column = (name: string) => table.getChild(name)!.toArray() as unknown as ArrayLike<unknown>;
  const [date, known, weekday] = [column('date'), column('known'), column('weekday')];
  const [hour, area] = [column('hour'), column('in_areas')];
  const codes = new Map<unknown, number>();
  const rows = Array.from({ length: table.numRows }, (_, i) => i)
    .filter((i) => known[i] === 'hour' || known[i] === 'day')
    .sort((a, b) => Number(date[a]) - Number(date[b]));
  const of = (value: (row: number) => number) => Int32Array.from(rows, value);
  const day = of((i) => Math.round(Number(date[i]) / DAY_MS));
  const cell = of((i) => (weekday[i] === null || hour[i] === null ? -1 : Number(weekday[i]) * 24 + Number(hour[i])));
  const areas = of((i) => {
    if (!codes.has(area[i])) codes.set(area[i], codes.size);
    return codes.get(area[i])!;
  });
  return { day, area: areas, cell, month: day.map((each) => Math.floor(each / 30.44)), noArea: codes.get(null) };
}

/** Counts by area, hour of the week and month of one window. */
type Brush = (window: Window) => Promise<unknown> | unknown;

/** The same brushes on the day, with counts by area, by hour of the week and by month; one after the other, in turn. */
async function againstOthers(context: BenchContext, loaded: Loaded, rows: number) {
  const { bytes, roots } = loaded;
  const columns = brushedColumns(bytes);
  const { day, noArea } = columns;
  const windows = windowsOf(textOfDay(day[0]! * DAY_MS), textOfDay(day.at(-1)! * DAY_MS));
  const dayNumber = (text: string) => daysBetween('1970-01-01', text);
  /** Columns just opened, which know nothing of the brushes yet. */
  const ours = async (): Promise<Brush> => {
    const here = await openHere(bytes, loaded.places, loaded.tree);
    return async (window) => {
      const [counts, , clock, series] = questionsOf(window, roots);
      return [await answerHere(here, counts!), await answerHere(here, clock!), await answerHere(here, series!)];
    };
  };

  const crossed = crossfilter(Array.from(day, (_, i) => i));
  const byDay = crossed.dimension((i) => day[i]!);
  const groups = [columns.area, columns.cell, columns.month].map((of) => crossed.dimension((i) => of[i]!).group());
  const theirs: Brush = ({ from, until }) => {
    byDay.filterRange([dayNumber(from), dayNumber(until)]);
    return groups.map((group) => group.all());
  };
  const check = (window: Window, found: readonly number[], mine: unknown) => {
    const { ids, totals } = (mine as readonly CountsAnswer[])[0]!;
    const sum = found.reduce((all, count) => all + count, 0);
    if (found.length !== ids.length || sum !== totals.mapped)
      throw new Error(`the counts differ in ${window.from}: ${ids.length}/${totals.mapped}, ${found.length}/${sum}`);
  };
  const twice = [...windows, ...windows];
  const times = await inTurn(twice, await ours(), theirs, (window, mine, other) => {
    const [byArea] = other as [readonly { readonly key: unknown; readonly value: unknown }[]];
    const found = byArea.filter(({ key, value }) => key !== noArea && Number(value) > 0);
    check(
      window,
      found.map(({ value }) => Number(value)),
      mine,
    );
  });
  const crossfiltered = line({
    ...{ name: `${NAME}: against crossfilter2`, rows, baseline: 'crossfilter2 1.5.4, the same brushes in order' },
    ...{ unit: 'ms', target: LEAST_TIMES_CROSSFILTER },
    ...{ ours: spreadOf(times.ours.slice(windows.length)), theirs: spreadOf(times.theirs.slice(windows.length)) },
    note: 'by area, hour of the week and month, the second time along; theirs moves its window by little, as it likes best',
  });

  const name = `${NAME}: against falcon-vis`;
  const falcon = await brushWithFalcon(columns, context.scratch());
  if (!falcon) return [crossfiltered, missingLine(name, rows, HOW_TO)];
  const areas = [...new Set(columns.area)].sort((a, b) => a - b);
  const withFalcon: Brush = ({ from, until }) => falcon.select(dayNumber(from), dayNumber(until));
  const steps = await inTurn(windows, await ours(), withFalcon, (window, mine, other) => {
    const [byArea] = other as [ArrayLike<number>];
    const found = areas.map((code, i) => (code === noArea ? 0 : byArea[i]!));
    check(
      window,
      found.filter((count) => count > 0),
      mine,
    );
  });
  const all = (samples: readonly number[]) => samples.reduce((sum, each) => sum + each, 0);
  const [oursWhole, theirsWhole] = [all(steps.ours), falcon.graspMs + all(steps.theirs)];
  const step = `a step alone ${spreadOf(steps.ours).median} ms beside ${spreadOf(steps.theirs).median} ms of bare counts`;
  return [
    crossfiltered,
    line({
      ...{ name, rows, baseline: 'falcon-vis 0.17.4, taking hold of the days and the same brushes' },
      ...{ unit: 'ms', ours: spreadOf([oursWhole]), theirs: spreadOf([theirsWhole]), target: LEAST_TIMES_FALCON },
      note: `a whole brush of ${windows.length} steps; theirs takes hold in ${Math.round(falcon.graspMs)} ms; ${step}`,
    }),
  ];
}

/** Milliseconds of each window by either. */
async function inTurn(
  windows: readonly Window[],
  ours: Brush,
  theirs: Brush,
  check: (window: Window, ours: unknown, theirs: unknown) => void,
) {
  const times = { ours: [] as number[], theirs: [] as number[] };
  for (const window of windows) {
    let began = performance.now();
    const mine = await ours(window);
    times.ours.push(performance.now() - began);
    began = performance.now();
    const other = await theirs(window);
    times.theirs.push(performance.now() - began);
    check(window, mine, other);
  }
  return times;
}
