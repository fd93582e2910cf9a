// The same brushes by falcon-vis, where somebody put it: one of its packages comes from a git repository, so that it cannot be
// installed with ours.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

/** One row each: the day, and what is counted by. */
export type BrushedColumns = Readonly<Record<'day' | 'area' | 'cell' | 'month', Int32Array>>;

export type FalconBrush = {
  /** What it takes to take hold of the days: it works out an index of all the rest. */
  readonly graspMs: number;
  /** Counts by area, hour of the week and month of days `from` … `until` − 1. */
  select(from: number, until: number): Promise<readonly (ArrayLike<number> | null)[]>;
};

/** The folder with its node_modules; how it is made stands in the note of the line that lacks it. */
const FOLDER = process.env.CUADRA_BENCH_FALCON;

export const HOW_TO =
  'set CUADRA_BENCH_FALCON to a folder where `npm install --ignore-scripts` was run on {"dependencies": {"falcon-vis": "0.17.4"}, ' +
  '"overrides": {"ndarray-imshow": "npm:ndarray@1.0.19"}}';

const SPARE = 1.05;
const BACK = 0.51;

type View = {
  readonly state: { readonly filter: ArrayLike<number> | null };
  activate(): Promise<void>;
  select(range: readonly [number, number]): Promise<void>;
  all(): Promise<unknown>;
};
type Module = {
  tableFromArrays(columns: BrushedColumns): unknown;
  ArrowDB: new (table: unknown) => unknown;
  FalconVis: new (db: unknown) => { view1D(dimension: object): Promise<View> };
};

/** Null where it is not there. */
export async function brushWithFalcon(
  { day, area, cell, month }: BrushedColumns,
  scratch: string,
): Promise<FalconBrush | null> {
  if (!FOLDER || !existsSync(join(FOLDER, 'node_modules/falcon-vis'))) return null;
  const { tableFromArrays, ArrowDB, FalconVis } = await bundled(FOLDER, scratch);
  const columns: BrushedColumns = { day, area, cell, month };
  const [first, last] = [day[0]!, day.at(-1)!];
  const falcon = new FalconVis(new ArrowDB(tableFromArrays(columns)));
  // A pixel a day. It places days on `pixels` and windows on one less: half a day back, with room behind the
  // last day that keeps the two within a pixel of each other, and before the first, which it would leave out, it answers of the same windows.
  const start = first - 1.5;
  const pixels = Math.ceil((last + 1 - start) * SPARE);
  const binConfig = { start, stop: start + pixels, step: 1 };
  const days = await falcon.view1D({ type: 'continuous', name: 'day', resolution: pixels, binConfig });
  const views = await Promise.all(
    (['area', 'cell', 'month'] as const).map((name) => {
      const range = [...new Set(columns[name])].sort((a, b) => a - b);
      return falcon.view1D({ type: 'categorical', name, range });
    }),
  );
  for (const view of [days, ...views]) await view.all();
  const began = performance.now();
  await days.activate();
  const graspMs = performance.now() - began;
  return {
    graspMs,
    async select(from, until) {
      await days.select([from - BACK, until - BACK]);
      return views.map(({ state }) => state.filter);
    },
  };
}

/** Its files name each other as bundlers understand, and two data bases it can ask are not wanted here. */
async function bundled(folder: string, scratch: string): Promise<Module> {
  const at = (rest: string) => join(folder, 'node_modules', rest);
  const [entry, none] = [join(scratch, 'falcon-entry.mjs'), join(scratch, 'none.mjs')];
  writeFileSync(none, 'export default class {}');
  const names = [at('falcon-vis/build/index.js'), at('apache-arrow/Arrow.mjs')].map((path) => JSON.stringify(path));
  writeFileSync(entry, `export * from ${names[0]};\nexport { tableFromArrays } from ${names[1]};\n`);
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@duckdb/duckdb-wasm': none, '@heavyai/connector': none } },
    ssr: { noExternal: true },
    build: { ssr: entry, outDir: join(scratch, 'falcon'), rollupOptions: { output: { entryFileNames: 'falcon.mjs' } } },
  });
  return (await import(pathToFileURL(join(scratch, 'falcon/falcon.mjs')).href)) as Module;
}
