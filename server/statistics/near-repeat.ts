// Near repeats: do incidents follow each other nearer, in space and time, than chance would have it (Knox 1964, doi
// 10.2307/2985220), with the dates dealt out anew (as NearRepeat and Ratcliffe's calculator; a band holds its lower
// limit and not its upper one). Metres and days.

import { type Answer, type Metric, notSaid, said } from './contract.ts';
import { gridOf, type PlanarPoints } from './neighbours.ts';
import { randomFrom, shuffle } from './random.ts';

export type KnoxOptions = {
  /** Rising limits; band k is from limit k to before limit k + 1. The last may be infinite. */
  readonly distancesM: readonly number[];
  readonly days: readonly number[];
  readonly metric: Metric;
  readonly runs: number;
  readonly seed: number;
};
export type KnoxTable = {
  /** Pairs, a row for each band of distance, a column for each of time. */
  readonly observed: readonly (readonly number[])[];
  /** What independence of place and time leads to expect of the pairs: row × column ÷ all. */
  readonly expected: readonly (readonly number[])[];
  /** Observed ÷ the mean, and ÷ the median, of the runs; null where that is 0 or nothing was dealt. */
  readonly ratio: readonly (readonly (number | null)[])[];
  readonly medianRatio: readonly (readonly (number | null)[])[];
  /** (Runs with at least as many, and one) ÷ (runs and one); null without runs. */
  readonly p: readonly (readonly (number | null)[])[];
  readonly pairs: number;
};

/** Which band a value lies in, −1 below the first and the number of bands beyond the last. */
export function bandOf(limits: readonly number[], value: number): number {
  let band = -1;
  while (band + 1 < limits.length && value >= limits[band + 1]!) band++;
  return band;
}

/** More close pairs than this do not fit into the memory a question may take. */
const MOST_CLOSE_PAIRS = 40_000_000;

export function knox(points: PlanarPoints, day: ArrayLike<number>, options: KnoxOptions): Answer<KnoxTable> {
  const { distancesM, days, runs } = options;
  const count = day.length;
  if (count === 0) return notSaid('empty');
  if (count < 2) return notSaid('no-pairs');
  const space = distancesM.length - 1;
  const time = days.length - 1;
  const close = closePairs(points, options);
  if (!close) return notSaid('too-large');
  // The pairs beyond the last finite distance need not be looked at: all pairs by time, less the close ones.
  const isOpen = distancesM.at(-1) === Number.POSITIVE_INFINITY;
  const whole = isOpen ? allByTime(day, days) : null;
  const dated = countingBy(day, days);
  const columns = time + 1;
  const table = (dates: Dates): Float64Array => {
    // A row for each band and one for what is nearer than the first; a column for each and one for what is in none.
    const tally = new Uint32Array((space + 1) * columns);
    dated.count(tally, columns, close, dates);
    const cells = new Float64Array(space * time);
    for (let column = 0; column < time; column++) {
      let near = 0;
      for (let row = 0; row <= space; row++) near += tally[row * columns + column]!;
      for (let row = 0; row < space; row++) cells[row * time + column] = tally[(row + 1) * columns + column]!;
      if (whole) cells[(space - 1) * time + column]! += whole[column]! - near;
    }
    return cells;
  };
  const observed = table(dated.dates);
  const pairs = observed.reduce((sum, cell) => sum + cell, 0);
  if (pairs === 0) return notSaid('no-pairs');
  const random = randomFrom(options.seed);
  const dealt = dated.dates.slice();
  const simulated = Array.from({ length: runs }, () => {
    shuffle(dealt, random);
    return table(dealt);
  });
  const rowSum = (row: number) => sumOf(time, (column) => observed[row * time + column]!);
  const columnSum = (column: number) => sumOf(space, (row) => observed[row * time + column]!);
  const each = <T>(value: (cell: number, row: number, column: number) => T): T[][] =>
    Array.from({ length: space }, (_, row) =>
      Array.from({ length: time }, (_, column) => value(row * time + column, row, column)),
    );
  return said({
    observed: each((cell) => observed[cell]!),
    expected: each((_cell, row, column) => (rowSum(row) * columnSum(column)) / pairs),
    ratio: each((cell) => {
      const mean = sumOf(runs, (run) => simulated[run]![cell]!) / Math.max(runs, 1);
      return mean > 0 ? observed[cell]! / mean : null;
    }),
    medianRatio: each((cell) => {
      if (runs === 0) return null;
      const sorted = simulated.map((run) => run[cell]!).sort((a, b) => a - b);
      const middle = (sorted[(runs - 1) >> 1]! + sorted[runs >> 1]!) / 2;
      return middle > 0 ? observed[cell]! / middle : null;
    }),
    p: each((cell) =>
      runs === 0 ? null : (sumOf(runs, (run) => (simulated[run]![cell]! >= observed[cell]! ? 1 : 0)) + 1) / (runs + 1),
    ),
    pairs,
  });
}

type Dates = Int32Array | Float64Array;
type Close = {
  readonly count: number;
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  readonly band: Uint8Array;
};
type Counting = {
  readonly dates: Dates;
  /** Adds one for each pair, by its row and the column of its days. */
  readonly count: (tally: Uint32Array, columns: number, close: Close, dates: Dates) => void;
};

/** Whole days further apart than this are not looked up in a table. */
const MOST_DAYS_APART = 1_000_000;

/** Pairs are counted some millions of times over: of whole days the column is looked up by how far they are apart. */
function countingBy(day: ArrayLike<number>, days: readonly number[]): Counting {
  const time = days.length - 1;
  const columnAt = (apart: number) => {
    const band = bandOf(days, apart);
    return band < 0 || band >= time ? time : band;
  };
  let [least, most, areWhole] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true];
  for (let i = 0; i < day.length; i++) {
    least = Math.min(least, day[i]!);
    most = Math.max(most, day[i]!);
    areWhole &&= Number.isInteger(day[i]!);
  }
  if (!areWhole || most - least > MOST_DAYS_APART)
    return {
      dates: Float64Array.from({ length: day.length }, (_, i) => day[i]!),
      count: (tally, columns, { count, first, second, band }, dates) => {
        for (let k = 0; k < count; k++)
          tally[band[k]! * columns + columnAt(Math.abs(dates[first[k]!]! - dates[second[k]!]!))]! += 1;
      },
    };
  const columnOf = Uint8Array.from({ length: most - least + 1 }, (_, apart) => columnAt(apart));
  return {
    dates: Int32Array.from({ length: day.length }, (_, i) => day[i]! - least),
    count: (tally, columns, { count, first, second, band }, dates) => {
      for (let k = 0; k < count; k++)
        tally[band[k]! * columns + columnOf[Math.abs(dates[first[k]!]! - dates[second[k]!]!)]!]! += 1;
    },
  };
}

/** The pairs nearer than the last finite limit, and which band each is in, from 1; 0 is nearer than the first. */
function closePairs({ x, y }: PlanarPoints, { distancesM, metric }: KnoxOptions) {
  const reach = distancesM.findLast((limit) => limit !== Number.POSITIVE_INFINITY)!;
  const grid = gridOf({ x, y }, Math.max(reach, 1));
  let room = 1024;
  let first = new Uint32Array(room);
  let second = new Uint32Array(room);
  let band = new Uint8Array(room);
  let count = 0;
  for (let i = 0; i < x.length; i++)
    grid.near(x[i]!, y[i]!, reach, (j) => {
      if (j <= i) return;
      const [east, north] = [Math.abs(x[j]! - x[i]!), Math.abs(y[j]! - y[i]!)];
      const distance = metric === 'manhattan' ? east + north : Math.hypot(east, north);
      if (distance >= reach || count === MOST_CLOSE_PAIRS) return;
      if (count === room) {
        room *= 2;
        first = grown(first, room);
        second = grown(second, room);
        const bands = new Uint8Array(room);
        bands.set(band);
        band = bands;
      }
      first[count] = i;
      second[count] = j;
      band[count++] = bandOf(distancesM, distance) + 1;
    });
  return count === MOST_CLOSE_PAIRS ? null : { count, first, second, band };
}

const grown = (array: Uint32Array<ArrayBuffer>, room: number) => {
  const larger = new Uint32Array(room);
  larger.set(array);
  return larger;
};

/** How many pairs of dates lie in each band, which no dealing changes. */
function allByTime(day: ArrayLike<number>, days: readonly number[]): Float64Array {
  const sorted = Float64Array.from({ length: day.length }, (_, i) => day[i]!).sort();
  const below = (limit: number) => {
    let pairs = 0;
    let first = 0;
    for (let i = 0; i < sorted.length; i++) {
      while (sorted[i]! - sorted[first]! >= limit) first++;
      pairs += i - first;
    }
    return pairs;
  };
  const upTo = days.map((limit) => (limit <= 0 ? 0 : below(limit)));
  return Float64Array.from({ length: days.length - 1 }, (_, k) => upTo[k + 1]! - upTo[k]!);
}

const sumOf = (count: number, value: (i: number) => number): number => {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += value(i);
  return sum;
};
