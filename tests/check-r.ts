// `npm run check:r [-- NAME …]`: starts the demo city, asks every analysis as the tab «Análisis» does, saves its table and
// «Copiar como R», and has R run each script: it must end without an error and find what the table says. Needs Rscript with
// sf, spdep, spatstat and jsonlite (Debian's r-cran-…); without them this says so and ends well.

import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createTranslator } from '../server/i18n/translator.ts';
import { foundOf } from '../web/analysis/found.ts';
import { type Given, queryOf, readAsked } from '../web/analysis/params.ts';
import { scriptOf } from '../web/analysis/r-script.ts';
import { tableCsv, tableOf } from '../web/analysis/rows.ts';
import { createFormats } from '../web/store/formats.ts';
import { startServer } from './support/server.ts';

const YEARS = 'from=2023-01-01&until=2026-01-01';
const YEAR = 'from=2025-01-01&until=2026-01-01';
/** Few enough for every pair of them. */
const FEW = 'from=2025-01-01&until=2026-01-01&offence=patrimonio.robo.casa';

/** What differs from how the form opens, the filter, and how far R may be off. */
type Question = {
  readonly given: Given;
  readonly filter?: string;
  /** Of what is compared, by its name; else 1e-4 of figures that are rounded to four places. */
  readonly within?: Readonly<Record<string, number>>;
};
const hotspots = (given: Given): Question => ({ given });
/** The surface shares each point between the cells around it, and says by how much that may be off; R takes every point. */
const density = (given: Given): Question => ({
  ...{ given: { task: 'density', ...given }, filter: FEW, within: { peak: 0.01, km2_at_least: 0.01 } },
});
const QUESTIONS: Readonly<Record<string, Question>> = {
  'gi-star areas': hotspots({}),
  'gi-star areas fdr': hotspots({ correction: 'fdr' }),
  'gi areas rook': hotspots({ method: 'gi', weights: 'rook', correction: 'none' }),
  'gi areas dealt': hotspots({ method: 'gi', permutations: '999' }),
  'lisa areas W': hotspots({ method: 'lisa', style: 'W', correction: 'fdr' }),
  'lisa areas B knn': hotspots({ method: 'lisa', style: 'B', weights: 'knn:6' }),
  'gi-star areas distance': hotspots({ weights: 'distance:1500' }),
  'gi-star areas rates': hotspots({ value: 'rate', correction: 'fdr' }),
  'lisa areas rates': hotspots({ method: 'lisa', value: 'rate' }),
  'gi-star streets': hotspots({ places: 'streets' }),
  'lisa streets touching': hotspots({ places: 'streets', method: 'lisa', weights: 'queen', correction: 'fdr' }),
  'gi streets rates': hotspots({ places: 'streets', method: 'gi', value: 'rate' }),
  'gi-star streets knn': hotspots({ places: 'streets', weights: 'knn:8' }),
  'gi-star streets distance': hotspots({ places: 'streets', weights: 'distance:300' }),
  'gi-star streets network': hotspots({ places: 'streets', weights: 'network:400' }),
  'squares gi-star': { given: { task: 'grid-hotspots' } },
  'squares gi': { given: { task: 'grid-hotspots', method: 'gi', correction: 'fdr', cell: '400' } },
  'squares lisa': { given: { task: 'grid-hotspots', method: 'lisa', cell: '500' } },
  'hexagons gi-star': { given: { task: 'grid-hotspots', shape: 'h3' } },
  'hexagons lisa': { given: { task: 'grid-hotspots', shape: 'h3', method: 'lisa', resolution: '8' } },
  density: density({}),
  'density gaussian': density({ kernel: 'gaussian', radius: '800' }),
  'density edges': density({ edge: 'uniform' }),
  'density residents': density({ over: 'residents', radius: '1000' }),
  'street density': { given: { task: 'street-density' }, filter: FEW },
  'street density continuous': { given: { task: 'street-density', split: 'continuous', along: '60' }, filter: FEW },
  'street density gaussian': { given: { task: 'street-density', kernel: 'gaussian' }, filter: FEW },
  'near repeats': { given: { task: 'near-repeat' }, filter: FEW },
  'near repeats euclidean': {
    given: { task: 'near-repeat', metric: 'euclidean', distances: '0,150,300' },
    filter: FEW,
  },
  'concentration areas': { given: { task: 'concentration' } },
  'concentration streets': { given: { task: 'concentration', places: 'streets' } },
  'change areas': { given: { task: 'change' } },
  'change streets': { given: { task: 'change', places: 'streets' }, filter: FEW },
  'change weekends': { given: { task: 'change' }, filter: 'from=2025-11-01&until=2025-12-01&weekday=6,7' },
  'emerging areas': { given: { task: 'emerging' } },
  'emerging streets': { given: { task: 'emerging', places: 'streets', step: '28d' } },
  'emerging rates': { given: { task: 'emerging', value: 'rate' } },
  'trend areas': { given: { task: 'trend' }, filter: YEARS },
  'trend without wave': { given: { task: 'trend', season: 'none', step: '28d' }, filter: YEARS },
  'stability areas': { given: { task: 'stability' }, filter: YEARS },
  'stability streets': { given: { task: 'stability', places: 'streets', share: '0.25' }, filter: YEARS },
  'rates areas': { given: { task: 'rates' } },
  // Some smoothed rates are small, and rounded to four places.
  'rates streets': { given: { task: 'rates', places: 'streets', level: '0.01' }, within: { smoothed: 1e-3 } },
  'clocks before': { given: { task: 'clocks' } },
  'clocks week others': { given: { task: 'clocks', unit: 'week', against: 'other-offences' }, filter: FEW },
  'clocks months even': { given: { task: 'clocks', unit: 'month', against: 'even' } },
  'clocks payday': { given: { task: 'clocks', unit: 'payday', against: 'even' }, filter: FEW },
  'clocks month days': { given: { task: 'clocks', unit: 'monthday' } },
  'clocks places': { given: { task: 'clocks', against: 'other-places' }, filter: `${YEAR}&within=sectores:S01` },
  aoristic: { given: { task: 'aoristic' }, filter: FEW },
  'scoring areas': { given: { task: 'scoring' }, filter: YEARS },
  'scoring streets': { given: { task: 'scoring', places: 'streets' }, filter: YEARS },
};
const PACKAGES = ['sf', 'spdep', 'spatstat', 'jsonlite'];
const ROUNDED = 1e-4;

const named = process.argv.slice(2);
const names = Object.keys(QUESTIONS).filter((name) => !named.length || named.some((each) => name.includes(each)));
if (!hasPackages()) {
  console.log(`check:r skipped: Rscript with ${PACKAGES.join(', ')} is not installed`);
  process.exit(0);
}

const words = { t: createTranslator('en'), f: createFormats('en') };
const folder = mkdtempSync(join(tmpdir(), 'cuadra-r-'));
const server = await startServer({ dataDir: join(folder, 'data'), env: { CUADRA_DEMO: '1' }, readyTimeoutMs: 240_000 });
let wrong = 0;
try {
  const [city] = await ask<{ readonly bounds: [number, number, number, number] }[]>('jurisdictions');
  const layers = new Map<string, ReadonlyMap<string, { readonly name: string; readonly code: string }>>();
  for (const layer of ['colonias', 'streets']) {
    type Features = {
      readonly features: readonly { readonly id: string; readonly name: string; readonly code: string }[];
    };
    const { features } = await ask<Features>(`demo/layers/${layer}/features`);
    layers.set(layer, new Map(features.map((each) => [each.id, each])));
  }
  const shapes = await publicShapes();
  for (const name of names) {
    const began = performance.now();
    const { verdict, isWrong } = await judged(name, { bounds: city!.bounds, layers, shapes });
    wrong += +isWrong;
    console.log(
      `${isWrong ? 'WRONG' : 'ok   '} ${name.padEnd(26)} ${((performance.now() - began) / 1000).toFixed(1)} s  ${verdict}`,
    );
  }
} finally {
  await server.stop();
  if (wrong) console.log(`what R was given lies in ${folder}`);
  else rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
console.log(`${names.length - wrong} as R has it, ${wrong} not`);
process.exitCode = wrong ? 1 : 0;

function hasPackages(): boolean {
  try {
    execFileSync('Rscript', ['-e', PACKAGES.map((name) => `stopifnot(requireNamespace("${name}"))`).join(';')], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

async function textOf(path: string): Promise<string> {
  const response = await fetch(`${server.origin}/api/v1/${path}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 400)}`);
  return text;
}
/** The public view of a new city is made after it is open. */
async function publicShapes(): Promise<string> {
  for (let tries = 0; tries < 60; tries++) {
    const response = await fetch(`${server.origin}/api/v1/demo/protected-layers.geojson`);
    if (response.ok) return response.text();
    await response.body?.cancel();
    await sleep(2000);
  }
  throw new Error('the demo has no public view');
}
async function ask<T>(path: string): Promise<T> {
  return JSON.parse(await textOf(path)) as T;
}

type Ground = {
  readonly bounds: readonly [number, number, number, number];
  readonly layers: ReadonlyMap<string, ReadonlyMap<string, { readonly name: string; readonly code: string }>>;
  readonly shapes: string;
};

async function judged(
  name: string,
  { bounds, layers, shapes }: Ground,
): Promise<{ verdict: string; isWrong: boolean }> {
  const { given, filter = YEAR, within = {} } = QUESTIONS[name]!;
  const asked = readAsked(given);
  const isStreets = given.places === 'streets' || given.task === 'street-density';
  const layer = isStreets ? 'streets' : 'colonias';
  const own = queryOf(asked, layer, 'colonias');
  const path = `demo/${asked.task}?${new URLSearchParams(own)}&${filter}`;
  const found = foundOf(`/api/v1/${path}`, await ask(path))!;
  if (found.answer.reason !== null) return { verdict: `no answer: ${found.answer.reason}`, isWrong: true };
  const naming = (id: string) => layers.get(layer)!.get(id) ?? { name: `#${id}`, code: `#${id}` };
  const table = tableOf(found, words, naming);
  const at = join(folder, name.replaceAll(' ', '-'));
  mkdirSync(at);
  const script = scriptOf(found, {
    ...{ city: 'demo', origin: server.origin, file: 'table.csv', language: 'en' },
    ...{ columns: table.columns.map(({ code }) => code), rows: table.rows.length, layer, isStreets, bounds },
  });
  writeFileSync(join(at, 'table.csv'), tableCsv(table, found.answer.parameters, ['']));
  writeFileSync(join(at, 'script.R'), script);
  if (script.includes('incidents.csv'))
    writeFileSync(join(at, 'incidents.csv'), await textOf(`demo/incidents.csv?${filter}`));
  if (script.includes('protected-layers.geojson')) writeFileSync(join(at, 'protected-layers.geojson'), shapes);
  let printed: string;
  try {
    // The server's connections are looked after meanwhile.
    printed = (await promisify(execFile)('Rscript', ['script.R'], { cwd: at, timeout: 300_000 })).stdout;
  } catch (error) {
    const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
    return { verdict: `R ended with: ${(stderr || message).trim().split('\n').slice(-3).join(' | ')}`, isWrong: true };
  }
  const apart = [...printed.matchAll(/^Largest difference from Cuadra: (\S+) (\S+)/gm)].map(
    ([, what, value]) => [what!, Number(value)] as const,
  );
  const isWrong = apart.length === 0 || apart.some(([what, value]) => !(value <= (within[what] ?? ROUNDED)));
  return {
    verdict: apart.map(([what, value]) => `${what} ${value.toPrecision(2)}`).join(', ') || 'compares nothing',
    isWrong,
  };
}
