// What a benchmark gets and what it answers; the JSON of `npm run bench -- --json` is an array of these lines.

import type { Home } from '../support/cli.ts';
import type { LoadedCdmx } from './cdmx.ts';

export type Spread = { readonly min: number; readonly median: number };

/** `ratio` = theirs.median / ours.median, so higher is always better; `target` is the least it should be. */
export type BenchLine = {
  readonly name: string;
  readonly rows: number;
  readonly baseline: string;
  readonly unit: string;
  readonly ours: Spread | null;
  readonly theirs: Spread | null;
  readonly ratio: number | null;
  readonly target: number | null;
  readonly note: string;
};

export type BenchContext = {
  /** Synthetic incidents to measure with. */
  readonly rows: number;
  /** Tells the person waiting what happens now. */
  readonly say: (text: string) => void;
  /** Connection string of an empty database on a temporary real PostGIS, or null when that is not installed. */
  readonly emptyDatabase: () => Promise<string | null>;
  /** An installation on real PostGIS with the synthetic city, of this many incidents (default `rows`); null as above. */
  readonly city: (rows?: number) => Promise<Home | null>;
  /** The real Mexico City on real PostGIS; null as above, or when the real data are not there. */
  readonly cdmx: () => Promise<LoadedCdmx | null>;
  /** A new folder, removed at the end. */
  readonly scratch: () => string;
};

export type Bench = (context: BenchContext) => Promise<BenchLine[]>;

type Judged = Omit<BenchLine, 'ratio' | 'note'> & {
  readonly ours: Spread;
  readonly theirs: Spread;
  readonly note?: string;
};

/** A line with both sides measured. */
export function line(measured: Judged): BenchLine {
  return { note: '', ...measured, ratio: significant(measured.theirs.median / measured.ours.median) };
}

/** A line about a limit that is not another program: `limit` in the unit of the measurement. */
export function limitLine(measured: Omit<Judged, 'baseline' | 'theirs' | 'target'>, limit: number): BenchLine {
  return line({ ...measured, baseline: 'limit', theirs: { min: limit, median: limit }, target: 1 });
}

/** A line that could not be measured, and why. */
export function missingLine(name: string, rows: number, why: string): BenchLine {
  return { name, rows, baseline: '', unit: '', ours: null, theirs: null, ratio: null, target: null, note: why };
}

export const NO_POSTGIS = 'PostgreSQL with PostGIS is not installed';

export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
  return { min: significant(sorted[0]!), median: significant(median) };
}

function significant(value: number): number {
  return Number(value.toPrecision(4));
}

/** Runs both sides in turn, so that a busy machine is busy for both; the first round of each warms up and is dropped. */
export async function interleave(
  rounds: number,
  ours: () => Promise<unknown>,
  theirs: () => Promise<unknown>,
): Promise<{ ours: Spread; theirs: Spread }> {
  const times = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    times.ours.push(await timeMs(ours));
    times.theirs.push(await timeMs(theirs));
  }
  return { ours: spreadOf(times.ours.slice(1)), theirs: spreadOf(times.theirs.slice(1)) };
}

export async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
