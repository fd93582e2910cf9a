// A server while map files come in: how long the questions of eight people take as a layer is published and all incidents
// are placed on it, and how much memory the server takes to preview the largest sensible files.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { JobState } from '../../server/jobs/contract.ts';
import { type Home, reportOf } from '../support/cli.ts';
import { realFile } from '../support/real-data.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { CITY } from './city.ts';
import { type BenchContext, type BenchLine, limitLine, line, missingLine, NO_POSTGIS, spreadOf } from './contract.ts';
import { residentMb } from './memory.ts';

const LATENCY = 'upload-live p95 while publishing';
const SECONDS = 20;
/** At most three times as long as without a publication. */
const LATENCY_TARGET = 1 / 3;
const MEMORY_LIMIT_MB = 200;
const SETTLE_MS = 3000;

type Subject = { readonly home: Home; readonly jurisdiction: string; readonly layer: string; readonly file: string };

export const bench = async (context: BenchContext): Promise<BenchLine[]> => [
  ...(await latency(context)),
  ...(await memory(context)),
];

async function latency(context: BenchContext): Promise<BenchLine[]> {
  const subject = await findSubject(context);
  if (!subject) return [missingLine(LATENCY, context.rows, NO_POSTGIS)];
  const server = await startServer(subject.home);
  try {
    const api = apiOf(server, subject.jurisdiction);
    await ask(server, subject);
    const idle = await ask(server, subject);
    let asking = true;
    let published = 0;
    const publishing = (async () => {
      for (; asking; published++) await publishOnce(api, subject.file, `live${published}`);
    })();
    const busy = await ask(server, subject);
    asking = false;
    await publishing;
    const refused = idle.failed + busy.failed;
    if (refused) throw new Error(`${refused} questions were refused`);
    const [ours, theirs] = [busy, idle].map(({ latenciesMs }) => spreadOf([percentile(latenciesMs, 95)])) as [
      ReturnType<typeof spreadOf>,
      ReturnType<typeof spreadOf>,
    ];
    const note = `${published} layers published and placed in ${SECONDS} s; ${busy.latenciesMs.length} questions, slowest ${Math.round(Math.max(...busy.latenciesMs))} ms`;
    const measured = { name: LATENCY, rows: context.rows, baseline: 'idle', unit: 'ms', ours, theirs };
    return [line({ ...measured, target: LATENCY_TARGET, note })];
  } finally {
    await server.stop();
  }
}

async function findSubject(context: BenchContext): Promise<Subject | null> {
  const cdmx = await context.cdmx();
  const colonias = realFile('cdmx/colonias_iecm.gpkg');
  if (cdmx && colonias) return { home: cdmx.home, jurisdiction: 'cdmx', layer: 'colonias', file: colonias };
  const home = await context.city();
  const file = join(context.scratch(), 'areas.geojson');
  await writeSquares(file, 1800, 100);
  return home && { home, jurisdiction: CITY, layer: 'areas', file };
}

type Asked = { readonly latenciesMs: readonly number[]; readonly failed: number };

async function ask(server: TestServer, { jurisdiction, layer }: Subject): Promise<Asked> {
  const script = join(import.meta.dirname, 'http-clients.ts');
  const args = [script, server.origin, jurisdiction, layer, String(SECONDS)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as Asked;
}

type Api = <T>(method: string, path: string, body?: object | FormData) => Promise<T>;

function apiOf({ origin }: TestServer, jurisdiction: string): Api {
  return async <T>(method: string, path: string, body?: object | FormData) => {
    const isForm = body instanceof FormData;
    const response = await fetch(`${origin}/api/v1/${jurisdiction}/${path}`, {
      method,
      ...(body && { body: isForm ? body : JSON.stringify(body) }),
      ...(body && !isForm && { headers: { 'Content-Type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  };
}

async function send(api: Api, path: string, name: string): Promise<string> {
  const form = new FormData();
  form.append('file', await openAsBlob(path), name);
  return (await api<{ upload: string }>('POST', 'uploads', form)).upload;
}

/** And removes the layer, so that the next publication finds what this one found. */
async function publishOnce(api: Api, file: string, layer: string): Promise<void> {
  const upload = await send(api, file, `areas${file.slice(file.lastIndexOf('.'))}`);
  await api('POST', `uploads/${upload}/preview`, { type: 'areas' });
  const { id } = await api<JobState>('POST', `uploads/${upload}/publish`, { layer });
  for (;;) {
    const { state } = await api<JobState>('GET', `jobs/${id}`);
    if (state === 'done') break;
    if (state !== 'waiting' && state !== 'running') throw new Error(`the publication is ${state}`);
    await sleep(200);
  }
  await api('DELETE', `layers/${layer}`);
}

/** Above what the server takes when nothing happens; its reader, a process of its own, is capped apart. */
async function memory({ emptyDatabase, scratch, say }: BenchContext): Promise<BenchLine[]> {
  const name = 'upload-live memory';
  const databaseUrl = await emptyDatabase();
  if (databaseUrl === null) return [missingLine(name, 0, NO_POSTGIS)];
  const folder = scratch();
  const home = { dataDir: folder, databaseUrl };
  await reportOf(home, ['jurisdiction', 'add', 'city', '--name', 'City', '--timezone', 'America/Mexico_City']);
  const server = await startServer(home);
  try {
    const api = apiOf(server, 'city');
    await sleep(SETTLE_MS);
    const idleMb = residentMb(server.pid);
    if (idleMb === null) return [missingLine(name, 0, 'no /proc to read it from')];
    const lines: BenchLine[] = [];
    for (const [what, areas, corners] of [
      ['100 MB of GeoJSON', 2000, 1150],
      ['a ring of a million corners', 1, 1_000_000],
    ] as const) {
      say(`previewing ${what}`);
      const file = join(folder, 'large.geojson');
      await writeSquares(file, areas, corners);
      let peakMb = 0;
      const timer = setInterval(() => {
        peakMb = Math.max(peakMb, residentMb(server.pid) ?? 0);
      }, 50);
      const upload = await send(api, file, 'large.geojson');
      const began = performance.now();
      const outcome = await api<{ read: number }>('POST', `uploads/${upload}/preview`, { type: 'areas' }).then(
        ({ read }) => `${read} areas read`,
        (error: Error) => /"detail":"([^"]*)/.exec(error.message)?.[1] ?? error.message,
      );
      clearInterval(timer);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      const note = `idle ${Math.round(idleMb)} MB; ${outcome} in ${seconds} s`;
      const ours = spreadOf([Math.max(1, Math.round(peakMb - idleMb))]);
      lines.push(limitLine({ name: `${name} ${what}`, rows: areas, unit: 'MB', ours, note }, MEMORY_LIMIT_MB));
    }
    return lines;
  } finally {
    await server.stop();
  }
}

/** Squares side by side as GeoJSON, their sides of many corners shared by neighbours; one area is a circle. */
async function writeSquares(path: string, areas: number, corners: number): Promise<void> {
  const out = createWriteStream(path);
  const columns = Math.ceil(Math.sqrt(areas));
  const perSide = Math.max(1, Math.floor(corners / 4));
  out.write('{"type":"FeatureCollection","features":[');
  for (let n = 0; n < areas; n++) {
    const [i, j] = [n % columns, Math.floor(n / columns)];
    const ring = areas === 1 ? circle(corners) : square(i, j, perSide);
    const feature = `{"type":"Feature","properties":{"clave":"C${n}"},"geometry":{"type":"Polygon","coordinates":[[${ring}]]}}`;
    if (!out.write(`${n ? ',' : ''}${feature}`)) await once(out, 'drain');
  }
  out.end(']}');
  await once(out, 'finish');
}

/** From the corner of the synthetic city, about half a kilometre each. */
const position = (x: number, y: number) => `[${(-99.24 + x * 0.0042).toFixed(12)},${(19.3 + y * 0.0042).toFixed(12)}]`;

function square(i: number, j: number, perSide: number): string {
  const ends = [
    [i, j],
    [i + 1, j],
    [i + 1, j + 1],
    [i, j + 1],
    [i, j],
  ] as const;
  const along = Array.from({ length: perSide * 4 + 1 }, (_, k) => {
    const side = Math.min(3, Math.floor(k / perSide));
    const [[x0, y0], [x1, y1]] = [ends[side]!, ends[side + 1]!];
    const share = k / perSide - side;
    return position(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share);
  });
  return along.join(',');
}

function circle(corners: number): string {
  const around = Array.from({ length: corners }, (_, k) => {
    const angle = (k / (corners - 1)) * 2 * Math.PI;
    return position(k === corners - 1 ? 1 : Math.cos(angle), k === corners - 1 ? 0 : Math.sin(angle));
  });
  return around.join(',');
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number(sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)]!.toPrecision(4));
}
