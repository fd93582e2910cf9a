// `npm run bench -- [NAME…] [--rows N] [--json]`: measures against named baselines and prints one line each.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cluster, createDatabase, findPostgres, startCluster } from '../support/postgres.ts';
import { CDMX_INCIDENTS, realFile } from '../support/real-data.ts';
import { loadCdmx } from './cdmx.ts';
import { CITY, loadCity } from './city.ts';
import { type Bench, type BenchContext, type BenchLine, missingLine } from './contract.ts';

const DEFAULT_ROWS = 1_000_000;
const NAMES = [
  'central-query',
  'engine',
  'placing',
  'import-fgj',
  'import-readers',
  'http-counts',
  'map-repaint',
  'live-map',
  'brush',
  'playback',
  'feed',
  'import-again',
  'upload',
  'upload-live',
  'export',
  'backup',
  'protection',
  'row-security',
  'viewers',
  'learners',
  'many-jurisdictions',
  'analysis',
  'null-cities',
  'prevention',
];

const { values, positionals } = parseArgs({
  options: { rows: { type: 'string' }, json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const rows = Number(values.rows ?? DEFAULT_ROWS);
const unknown = positionals.filter((name) => !NAMES.includes(name));
if (unknown.length || !Number.isInteger(rows) || rows < 1) {
  console.error(`usage: npm run bench -- [${NAMES.join('|')}]… [--rows N] [--json]`);
  process.exit(2);
}

const cleanups: (() => Promise<void> | void)[] = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => cleanUp().then(() => process.exit(1)));
const context = createContext();
const lines: BenchLine[] = [];
let failures = 0;
for (const name of positionals.length ? positionals : NAMES) {
  context.say(`${name} …`);
  const began = performance.now();
  try {
    const { bench } = (await import(`./${name}.ts`)) as { bench: Bench };
    lines.push(...(await bench(context)));
  } catch (error) {
    failures++;
    context.say(String(error instanceof Error ? error.stack : error));
    lines.push(missingLine(name, rows, `failed: ${String(error)}`));
  }
  context.say(`${name} took ${((performance.now() - began) / 1000).toFixed(0)} s`);
}
await cleanUp();
console.log(values.json ? JSON.stringify(lines) : table(lines));
process.exit(failures ? 1 : 0);

async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

function createContext(): BenchContext {
  let cluster: Promise<Cluster | null> | undefined;
  let databases = 0;
  const cities = new Map<number, ReturnType<BenchContext['city']>>();
  let cdmx: ReturnType<BenchContext['cdmx']> | undefined;
  const say = (text: string) => console.error(text);
  const scratch = () => {
    const dir = mkdtempSync(join(tmpdir(), 'cuadra-bench-'));
    cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
    return dir;
  };
  const openCluster = async () => {
    if (!findPostgres()) return null;
    // Sized for a small server rather than for the smallest machine Debian can imagine.
    const started = await startCluster({ shared_buffers: '1GB', work_mem: '64MB', max_wal_size: '8GB' });
    cleanups.push(() => started.stop());
    return started;
  };
  const emptyDatabase = async () => {
    cluster ??= openCluster();
    const running = await cluster;
    return running && createDatabase(running.url, `bench_${++databases}`);
  };
  const loadedCity = async (size: number) => {
    const databaseUrl = await emptyDatabase();
    if (databaseUrl === null) return null;
    const home = { dataDir: scratch(), databaseUrl };
    say(`loading ${size.toLocaleString('en')} synthetic incidents into jurisdiction ${CITY}`);
    const { rowsPerSecond } = await loadCity(home, size, scratch());
    say(`loaded at ${rowsPerSecond.toLocaleString('en')} rows a second`);
    return home;
  };
  const loadedCdmx = async () => {
    if (realFile(CDMX_INCIDENTS) === null) return null;
    const databaseUrl = await emptyDatabase();
    if (databaseUrl === null) return null;
    say('importing the real Mexico City');
    return loadCdmx({ dataDir: scratch(), databaseUrl });
  };
  return {
    rows,
    say,
    scratch,
    emptyDatabase,
    city: (size = rows) => {
      const city = cities.get(size) ?? loadedCity(size);
      cities.set(size, city);
      return city;
    },
    cdmx: () => {
      cdmx ??= loadedCdmx();
      return cdmx;
    },
  };
}

function table(all: readonly BenchLine[]): string {
  const cells = all.map(({ name, rows: of, baseline, unit, ours, theirs, ratio, target, note }) => [
    name,
    of.toLocaleString('en'),
    baseline,
    ours ? `${ours.median} ${unit}` : '',
    theirs ? `${theirs.median} ${unit}` : '',
    ratio === null ? '–' : `${ratio.toPrecision(3)}×`,
    target === null ? '' : ratio !== null && ratio >= target ? `≥ ${target} yes` : `≥ ${target} NO`,
    note,
  ]);
  const head = ['name', 'rows', 'baseline', 'ours (median)', 'theirs', 'ratio', 'target', 'note'];
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  return [head, ...cells]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
