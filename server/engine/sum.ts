// Answers about several sets of incidents added up: what a cube counted, plus what came since, less what went.

import type {
  Answers,
  Breakdown,
  CellCounts,
  CornerShares,
  DayCount,
  DayTally,
  PlaceCounts,
  Tally,
} from './answers.ts';
import { SLOTS } from './answers.ts';

type Part = { readonly sign: 1 | -1; readonly answers: Answers };
type Signed<T> = { readonly sign: 1 | -1; readonly found: T };

/** The parts must be of disjoint sets, or a part taken away of a set another part holds. */
export function sumOf(parts: readonly Part[]): Answers {
  const ask = <T>(question: (answers: Answers) => Promise<T>): Promise<Signed<T>[]> =>
    Promise.all(parts.map(async ({ sign, answers }) => ({ sign, found: await question(answers) })));
  return {
    async byPlace(plan, layer): Promise<PlaceCounts> {
      const all = await ask((answers) => answers.byPlace(plan, layer));
      const counts = new Uint32Array(layer.features + 1);
      for (const { sign, found } of all) addTo(counts, sign, found.counts);
      return { ...tally(all), counts };
    },
    async byDay(plan): Promise<DayTally> {
      const all = await ask((answers) => answers.byDay(plan));
      const sum = (of: (found: DayTally) => readonly DayCount[]) =>
        sorted(all.map(({ sign, found }) => [sign, of(found)]));
      const [days, months] = [sum((found) => found.days), sum((found) => found.months)];
      return { ...tally(all), days, months, quarters: sum(({ quarters }) => quarters) };
    },
    async bySlot(plan): Promise<Breakdown> {
      const all = await ask((answers) => answers.bySlot(plan));
      const slots = new Uint32Array(SLOTS);
      for (const { sign, found } of all) addTo(slots, sign, found.slots);
      const offences = sorted(all.map(({ sign, found }) => [sign, found.offences]));
      return { ...tally(all), slots, offences: new Map(offences) };
    },
    async byCell(plan, grid): Promise<CellCounts> {
      const all = await ask((answers) => answers.byCell(plan, grid));
      return { ...tally(all), ...all.map(({ sign, found }) => ({ ...found, sign })).reduce(merged, NO_CELLS) };
    },
    async byCorner(plan, grid): Promise<CornerShares> {
      const all = await ask((answers) => answers.byCorner(plan, grid));
      const shares = new Float64Array(grid.columns * grid.rows);
      for (const { sign, found } of all) addTo(shares, sign, found.shares);
      return { ...tally(all), shares };
    },
  };
}

type Cells = Pick<CellCounts, 'cells' | 'counts'>;
const NO_CELLS: Cells = { cells: new Uint32Array(0), counts: new Uint32Array(0) };

/** Both are ascending, and there may be millions of them; what comes to nothing is left out. */
function merged(sums: Cells, { sign, ...more }: Cells & { readonly sign: 1 | -1 }): Cells {
  if (sums.cells.length === 0 && sign === 1) return { cells: more.cells, counts: more.counts };
  const cells = new Uint32Array(sums.cells.length + more.cells.length);
  const counts = new Uint32Array(cells.length);
  let [i, j, held] = [0, 0, 0];
  while (i < sums.cells.length || j < more.cells.length) {
    const cell = Math.min(sums.cells[i] ?? Number.POSITIVE_INFINITY, more.cells[j] ?? Number.POSITIVE_INFINITY);
    let count = 0;
    if (sums.cells[i] === cell) count += sums.counts[i++]!;
    if (more.cells[j] === cell) count += sign * more.counts[j++]!;
    if (count >>> 0 === 0) continue;
    cells[held] = cell;
    counts[held++] = count;
  }
  return { cells: cells.slice(0, held), counts: counts.slice(0, held) };
}

function addTo<Sums extends Uint32Array | Float64Array>(sums: Sums, sign: 1 | -1, counts: Sums): void {
  for (let i = 0; i < counts.length; i++) sums[i]! += sign * counts[i]!;
}

function tally(all: readonly Signed<Tally>[]): Tally {
  const sum = (of: (found: Tally) => number) => all.reduce((total, { sign, found }) => total + sign * of(found), 0);
  return {
    matched: sum(({ matched }) => matched),
    unlocated: sum(({ unlocated }) => unlocated),
    withheld: sum(({ withheld }) => withheld),
    leftOut: sum(({ leftOut }) => leftOut),
    excluded: {
      partlyInRange: sum(({ excluded }) => excluded.partlyInRange),
      unknownHour: sum(({ excluded }) => excluded.unknownHour),
      unknownDay: sum(({ excluded }) => excluded.unknownDay),
    },
  };
}

/** Counts by key, ascending, without those that came to nothing. */
function sorted(parts: readonly (readonly [sign: 1 | -1, counts: Iterable<readonly [number, number]>])[]) {
  const sums = new Map<number, number>();
  for (const [sign, counts] of parts) {
    for (const [key, count] of counts) sums.set(key, (sums.get(key) ?? 0) + sign * count);
  }
  return [...sums].filter(([, count]) => count !== 0).sort(([a], [b]) => a - b);
}
