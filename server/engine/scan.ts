// Answers one question about one plan from a cube. Pure, and the same in a worker and in a test.

import type { CountedLayer } from '../filter/places.ts';
import type { Plan } from '../filter/plan.ts';
import {
  type Breakdown,
  type CellCounts,
  type CornerShares,
  type DayCount,
  type DayTally,
  type Grid,
  type PlaceCounts,
  SLOTS,
  type Tally,
} from './answers.ts';
import { type Block, blocksOf, pickerOf } from './by-combo.ts';
import { type Keyed, keyedByPlace, keyedBySlot, type Scratch, scratchOf } from './keyed.ts';
import { type Cube, type CubeGround, type CubeView, type SliceView, viewCube } from './layout.ts';
import { countRows, type Rows, rowsTrue } from './loops.ts';
import { bytesOf, evenly, type RunningTotals, runningTotals, type Stretch, stretchWithin } from './running-totals.ts';
import { cellsMet, cornersMet, type Meeting } from './scan-ground.ts';
import { type Sifted, siftOf } from './sift.ts';
import { dayAt, type Fate, lowerBound, runsOf, slotTable, stretchesOf, type TruthRun, truthTable } from './truth.ts';

export type CubeQuestion = (
  | { readonly by: 'place'; readonly layer: CountedLayer }
  | { readonly by: 'day' }
  | { readonly by: 'slot' }
  | { readonly by: 'cell' | 'corner'; readonly grid: Grid }
) & { readonly share?: ScanShare | undefined };
export type AnswerTo<Q extends CubeQuestion> = Q extends { by: 'place' }
  ? PlaceCounts
  : Q extends { by: 'day' }
    ? DayTally
    : Q extends { by: 'slot' }
      ? Breakdown
      : Q extends { by: 'corner' }
        ? CornerShares
        : CellCounts;

/** True when the cube holds every layer version the plan and the question, if there is one, need. */
export function canAnswer({ layout }: Cube, plan: Plan, question: CubeQuestion | null): boolean {
  const holds = (layerId: number, version: number) =>
    layout.layers.some((layer) => layer.layerId === layerId && layer.version === version);
  if (plan.within?.type === 'place' && !holds(plan.within.layerId, plan.within.version)) return false;
  if (plan.inside && !holds(plan.inside.layerId, plan.inside.version)) return false;
  if (plan.scope?.placeIds.length && !holds(plan.scope.layerId, plan.scope.version)) return false;
  return question?.by !== 'place' || holds(question.layer.layerId, question.layer.version);
}

/** How many rows of a cube have days that a plan asks about. */
export function rowsAsked(cube: Cube): (plan: Plan) => number {
  const { slices } = viewCube(cube);
  return (plan) =>
    slices.reduce((sum, slice) => runsOf(plan, slice).reduce((all, { lo, hi }) => all + Math.max(0, hi - lo), sum), 0);
}

type Scanner = <Q extends CubeQuestion>(plan: Plan, question: Q) => AnswerTo<Q>;

export type ScannerOptions = {
  /** Running totals stand no closer than so many rows. */
  readonly leastRows?: number;
  /** All that are kept together. */
  readonly mostBytes?: number;
};
const LEAST_ROWS = 1024;
const MOST_BYTES = 40_000_000;
/** For one question. */
const MOST_NUMBERS = 4_000_000;
/** As many as one screen asks, and a few of those before. */
const MOST_ASKINGS = 16;

/** The same question of the same incidents, whatever the days are. */
type Asking = { scanned: number; running: Map<SliceView, RunningTotals> | null };

/**
 * Scans a cube that can answer (see canAnswer). Keeps the truth table while only the range changes; and where a window is
 * moved, and as many rows were scanned for it as there are, running totals, of which the next are subtractions.
 */
export function scannerOf(
  cube: Cube,
  { leastRows = LEAST_ROWS, mostBytes = MOST_BYTES }: ScannerOptions = {},
): Scanner {
  const view = viewCube(cube);
  let known: { readonly of: string; readonly truth: Uint8Array } | null = null;
  let made: Scratch | null = null;
  const scratch = () => {
    made ??= scratchOf(view);
    return made;
  };
  const askings = new Map<string, Asking>();
  return <Q extends CubeQuestion>(plan: Plan, question: Q) => {
    const { sourceIds, offenceIds, hours, weekdays, byNight, within, inside, scope } = plan;
    const of = JSON.stringify([sourceIds, offenceIds, hours, weekdays, byNight]);
    if (known?.of !== of) known = { of, truth: truthTable(plan, view) };
    const asked: Asked = { view, plan, truth: known.truth, scratch, share: question.share };
    if (question.by === 'cell' || question.by === 'corner' || question.share)
      return answerFrom(asked, question) as AnswerTo<Q>;
    const key = JSON.stringify([of, within, inside, scope, question]);
    const asking = askings.get(key) ?? { scanned: 0, running: null };
    askings.delete(key);
    askings.set(key, asking);
    if (asking.scanned >= view.combo.length) asking.running ??= runningOf(asked, question, leastRows);
    forget(askings, mostBytes);
    return answerFrom({ ...asked, asking }, question) as AnswerTo<Q>;
  };
}

/** Drops what was asked longest ago, until the totals of the rest are no more than so many bytes. */
function forget(askings: Map<string, Asking>, mostBytes: number): void {
  let bytes = 0;
  for (const [index, [key, { running }]] of [...askings].reverse().entries()) {
    for (const totals of running?.values() ?? []) bytes += bytesOf(totals);
    if (bytes > mostBytes || index >= MOST_ASKINGS) askings.delete(key);
  }
}

/** One question asked of a cube. */
export const scan = <Q extends CubeQuestion>(cube: Cube, plan: Plan, question: Q): AnswerTo<Q> =>
  scannerOf(cube)(plan, question);

function answerFrom(asked: Asked, question: CubeQuestion) {
  switch (question.by) {
    case 'place':
      return byPlace(asked, question.layer);
    case 'day':
      return byDay(asked);
    case 'slot':
      return bySlot(asked);
    case 'cell':
      return byGround(asked, cellsMet(asked.view, asked.truth, question.grid));
    case 'corner':
      return byGround(asked, cornersMet(asked.view, asked.truth, question.grid));
  }
}

/** Rows that match, ascending; all of one slice. */
export type MatchedRows = { readonly slice: SliceView; readonly rows: Uint32Array };

/** Every row that matches, slice by slice. The plan needs no more layers than canAnswer finds in the cube. */
export function matchesOf(cube: Cube, plan: Plan): MatchedRows[] {
  const view = viewCube(cube);
  const truth = truthTable(plan, view);
  const found: MatchedRows[] = [];
  const rows = (rows: Rows, slice: SliceView) => {
    const matching = rowsTrue(view.combo, truth, rows);
    if (matching.length) found.push({ slice, rows: matching });
    return matching.length;
  };
  tally({ view, plan, truth, scratch: () => scratchOf(view) }, { rows, inWhole: true, inOrder: true });
  return found;
}

/** One of several equal parts of the rows; the parts together are all. */
export type ScanShare = { readonly index: number; readonly of: number };
type Asked = {
  readonly view: CubeView;
  readonly plan: Plan;
  readonly truth: Uint8Array;
  readonly scratch: () => Scratch;
  readonly share?: ScanShare | undefined;
  readonly asking?: Asking;
};
type Visit = {
  /** Of the rows of one stretch; answers how many match, as far as they are not told by the answer itself. */
  rows(rows: Rows, slice: SliceView): number;
  /** The same of a stretch whose sums are known. */
  known?(stretch: Stretch, slice: SliceView): number;
  /** For visits that cost much however few rows they are of. */
  readonly inWhole?: boolean;
  /** For visits that need the rows of a stretch ascending. */
  readonly inOrder?: boolean;
};

/** Hands every run of matching slices to `visit`, counts those that are excluded, and adds it all up. */
function tally({ view, plan, truth, share, asking }: Asked, visit: Visit): Tally {
  let matched = 0;
  let unlocated = 0;
  let withheld = 0;
  let leftOut = 0;
  const excluded = { partlyInRange: 0, unknownHour: 0, unknownDay: 0 };
  const sift = siftOf(plan, view, truth);
  // Only some weekdays can leave out whole days.
  const slots = plan.weekdays.length ? slotTable(plan) : null;
  const pick = visit.inOrder || !sift.among ? null : pickerOf(truth);
  const add = (count: number, { ground }: SliceView) => {
    matched += count;
    if (ground === 'withheld') withheld += count;
    else if (ground !== 'point') unlocated += count;
  };
  for (const slice of view.slices) {
    if (!sift.mayHold(slice)) continue;
    const count = (fate: Fate, { lo, hi }: Block, sifted: Sifted) => {
      if (asking) asking.scanned += hi - lo;
      if (fate !== 'matched') excluded[fate] += countRows(view.combo, truth, sifted.rows);
      else {
        leftOut += sifted.leftOut();
        add(visit.rows(sifted.rows, slice), slice);
      }
    };
    const through = ({ fate, lo, hi }: TruthRun) => {
      if (lo < hi) count(fate, { lo, hi }, sift.rowsOf(slice, lo, hi));
    };
    const inTurn = (run: TruthRun) => {
      if (run.lo >= run.hi) return;
      for (const each of slots && !visit.inWhole ? stretchesOf(run, slice, slots) : [run]) through(each);
    };
    /** Block by block those rows alone that match, where they are few; what lies between such blocks in its turn. */
    const byCombo = (run: TruthRun) => {
      let { lo } = run;
      if (pick && sift.among && slice.byCombo && lo < run.hi)
        for (const block of blocksOf(slice, lo, run.hi)) {
          const list = pick(slice, block);
          if (!list) continue;
          inTurn({ ...run, lo, hi: block.lo });
          count(run.fate, block, sift.among(slice, { lo: 0, hi: list.length, list, areTrue: true }));
          lo = block.hi;
        }
      inTurn({ ...run, lo });
    };
    const running = asking?.running?.get(slice);
    for (const run of runsOf(plan, slice).map((each) => (share ? shareOf(each, share) : each))) {
      const stretch = running && visit.known ? stretchWithin(running, run.lo, run.hi) : null;
      if (stretch) {
        through({ ...run, hi: stretch.lo });
        if (run.fate !== 'matched') excluded[run.fate] += stretch.passed;
        else {
          leftOut += stretch.leftOut;
          add(visit.known!(stretch, slice), slice);
        }
        through({ ...run, lo: stretch.hi });
      } else byCombo(run);
    }
  }
  return { matched, unlocated, withheld, excluded, leftOut };
}

function shareOf({ fate, lo, hi }: TruthRun, { index, of }: ScanShare): TruthRun {
  const at = (part: number) => lo + Math.floor(((hi - lo) * part) / of);
  return { fate, lo: at(index), hi: at(index + 1) };
}

/** The running totals of a question, slice by slice; by day at each of its days, else every so many rows. */
function runningOf(asked: Asked, question: CubeQuestion, leastRows: number): Map<SliceView, RunningTotals> {
  const { view, plan, truth } = asked;
  const sift = siftOf(plan, view, truth);
  const keyed =
    question.by === 'place' ? keyedByPlace(asked, question.layer) : question.by === 'slot' ? keyedBySlot(asked) : null;
  /** So far apart that all slices together have no more numbers than there is room for. */
  const farApart = (width: number) => Math.ceil((view.combo.length * width) / MOST_NUMBERS);
  const found = new Map<SliceView, RunningTotals>();
  for (const slice of view.slices) {
    if (!sift.mayHold(slice) || (question.by !== 'day' && slice.rows < leastRows)) continue;
    const width = keyed?.isKeyed(slice) ? keyed.width : 0;
    const at = question.by === 'day' ? slice.starts : evenly(slice, Math.max(leastRows, farApart(width)));
    const add = (byKey: Uint32Array, lo: number, hi: number) => {
      const sifted = sift.rowsOf(slice, lo, hi);
      if (width) keyed!.add(byKey, sifted.rows);
      return { passed: countRows(view.combo, truth, sifted.rows), leftOut: sifted.leftOut() };
    };
    found.set(slice, runningTotals(at, width, add));
  }
  return found;
}

/** Counts by key apart for each ground; the rest of the tally is of slices that have no keys. */
function keyedTally(asked: Asked, keyed: Keyed) {
  const into = new Map<CubeGround, Uint32Array<ArrayBuffer>>();
  const of = (ground: CubeGround): Uint32Array<ArrayBuffer> => {
    const counts = into.get(ground) ?? new Uint32Array(keyed.width);
    into.set(ground, counts);
    return counts;
  };
  const total = tally(asked, {
    rows(rows, slice) {
      if (!keyed.isKeyed(slice)) return countRows(asked.view.combo, asked.truth, rows);
      keyed.add(of(slice.ground), rows);
      return 0;
    },
    known(stretch, slice) {
      if (!keyed.isKeyed(slice)) return stretch.passed;
      stretch.addTo(of(slice.ground));
      return 0;
    },
    inWhole: keyed.isInWhole,
  });
  return { total, of, grounds: [...into.keys()] };
}

function byPlace(asked: Asked, layer: CountedLayer): PlaceCounts {
  const { total, of, grounds } = keyedTally(asked, keyedByPlace(asked, layer));
  const counts = of('point');
  let located = counts.reduce((sum, count) => sum + count, 0);
  const nowhere = { name: 0, withheld: 0 };
  for (const ground of grounds) {
    if (ground !== 'name' && ground !== 'withheld') continue;
    const more = of(ground);
    // Named, but no place of this layer: as little located as those without any words.
    nowhere[ground] = more[0]!;
    for (let place = 1; place < counts.length; place++) {
      counts[place]! += more[place]!;
      located += more[place]!;
    }
  }
  const { name, withheld } = nowhere;
  const matched = total.matched + name + withheld + located;
  return { ...total, unlocated: total.unlocated + name, withheld, matched, counts };
}

function byDay(asked: Asked): DayTally {
  const { view, truth } = asked;
  const days = new Map<number, number>();
  const [months, quarters] = [new Map<number, number>(), new Map<number, number>()];
  const intoOf = ({ time }: SliceView) => (time === 'month' ? months : time === 'quarter' ? quarters : days);
  const add = (into: Map<number, number>, day: number, count: number) => {
    if (count) into.set(day, (into.get(day) ?? 0) + count);
    return count;
  };
  const total = tally(asked, {
    rows(rows, slice) {
      const into = intoOf(slice);
      let sum = 0;
      eachDay(slice, rows, (day, ofDay) => {
        sum += add(into, day, countRows(view.combo, truth, ofDay));
      });
      return sum;
    },
    known({ lo, hi, passed }, slice) {
      const totals = asked.asking!.running!.get(slice)!.passed;
      const into = intoOf(slice);
      for (let d = lowerBound(slice.starts, lo); slice.starts[d]! < hi; d++)
        add(into, slice.dayList[d]!, totals[d + 1]! - totals[d]!);
      return passed;
    },
    inOrder: true,
  });
  return { ...total, days: inOrder(days), months: inOrder(months), quarters: inOrder(quarters) };
}

/** Cuts rows, which are in day order, by day. */
function eachDay(slice: SliceView, { lo, hi, list }: Rows, visit: (day: number, rows: Rows) => void): void {
  let at = lo;
  for (let d = lo < hi ? dayAt(slice, list ? list[lo]! : lo) : 0; d < slice.days && at < hi; d++) {
    const end = slice.starts[d + 1]!;
    const begin = at;
    if (list) while (at < hi && list[at]! < end) at++;
    else at = Math.min(hi, Math.max(at, end));
    if (at > begin) visit(slice.dayList[d]!, { lo: begin, hi: at, list });
  }
}

const inOrder = (counts: ReadonlyMap<number, number>): DayCount[] => [...counts].sort(([a], [b]) => a - b);

function bySlot(asked: Asked): Breakdown {
  const { total, of, grounds } = keyedTally(asked, keyedBySlot(asked));
  const all = new Uint32Array(SLOTS + asked.scratch().offences);
  const matched = { point: 0, name: 0, withheld: 0, none: 0 };
  for (const ground of grounds) {
    const counts = of(ground);
    for (let slot = 0; slot < SLOTS; slot++) matched[ground] += counts[slot]!;
    for (let key = 0; key < all.length; key++) all[key]! += counts[key]!;
  }
  const offences = new Map<number, number>();
  all.subarray(SLOTS).forEach((count, id) => void (count > 0 && offences.set(id, count)));
  return {
    ...total,
    matched: matched.point + matched.name + matched.withheld + matched.none,
    unlocated: matched.name + matched.none,
    withheld: matched.withheld,
    slots: all.slice(0, SLOTS),
    offences,
  };
}

function byGround<Found>(asked: Asked, { visit, found }: Meeting<Found>): Tally & Found {
  const { combo } = asked.view;
  const total = tally(asked, {
    rows: (rows, slice) => (slice.ground === 'point' ? visit(rows) : countRows(combo, asked.truth, rows)),
  });
  return { ...total, ...found() };
}
