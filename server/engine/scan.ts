// Answers one question about one plan from a cube. Pure, and the same in a worker and in a test.

import { middleOfCell } from '../filter/ground-cell.ts';
import type { CountedLayer } from '../filter/places.ts';
import type { Plan, PlanWithin } from '../filter/plan.ts';
import {
  type Breakdown,
  type CellCounts,
  type CornerShares,
  type DayCount,
  type DayTally,
  type Grid,
  HOURS,
  type PlaceCounts,
  SLOTS,
  type Tally,
} from './answers.ts';
import { type Cube, type CubeView, type SliceView, viewCube } from './layout.ts';
import {
  addByCombo,
  addByKey,
  countRows,
  type Rows,
  rowsTrue,
  rowsWithAnyKey,
  rowsWithKey,
  rowsWithKeyOrTrue,
} from './loops.ts';
import { coveredBy } from './polygon.ts';
import { cellsMet, cornersMet, type Meeting } from './scan-ground.ts';
import { dayAt, maxOf, runsOf, slotTable, stretchesOf, type TruthRun, truthTable, unjudgedTable } from './truth.ts';

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

type Scanner = <Q extends CubeQuestion>(plan: Plan, question: Q) => AnswerTo<Q>;

/**
 * Scans a cube that can answer (see canAnswer). Keeps the truth table while only the range changes: a window that is moved
 * asks the same of every day, and a city may have more combinations than a short window has incidents.
 */
export function scannerOf(cube: Cube): Scanner {
  const view = viewCube(cube);
  let known: { readonly of: string; readonly truth: Uint8Array } | null = null;
  let scratch: Scratch | null = null;
  return <Q extends CubeQuestion>(plan: Plan, question: Q) => {
    const { sourceIds, offenceIds, hours, weekdays, byNight } = plan;
    const of = JSON.stringify([sourceIds, offenceIds, hours, weekdays, byNight]);
    if (known?.of !== of) known = { of, truth: truthTable(plan, view) };
    if (question.by === 'slot') scratch ??= scratchOf(view);
    return answerFrom({ view, plan, truth: known.truth, share: question.share }, question, scratch) as AnswerTo<Q>;
  };
}

/** One question asked of a cube. */
export const scan = <Q extends CubeQuestion>(cube: Cube, plan: Plan, question: Q): AnswerTo<Q> =>
  scannerOf(cube)(plan, question);

function answerFrom(asked: Asked, question: CubeQuestion, scratch: Scratch | null) {
  switch (question.by) {
    case 'place':
      return byPlace(asked, question.layer);
    case 'day':
      return byDay(asked);
    case 'slot':
      return bySlot(asked, scratch!);
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
  const visit = (rows: Rows, slice: SliceView) => {
    const matching = rowsTrue(view.combo, truth, rows);
    if (matching.length) found.push({ slice, rows: matching });
    return matching.length;
  };
  tally({ view, plan, truth }, visit, true);
  return found;
}

/** One of several equal parts of the rows; the parts together are all. */
export type ScanShare = { readonly index: number; readonly of: number };
type Asked = {
  readonly view: CubeView;
  readonly plan: Plan;
  readonly truth: Uint8Array;
  readonly share?: ScanShare | undefined;
};

/**
 * Hands every run of matching slices to `visit`, counts those that are excluded, and adds it all up. `inWhole` is for
 * visits that cost much however few rows they are of.
 */
function tally(
  { view, plan, truth, share }: Asked,
  visit: (rows: Rows, slice: SliceView) => number,
  inWhole = false,
): Tally {
  let matched = 0;
  let unlocated = 0;
  let withheld = 0;
  let leftOut = 0;
  const excluded = { partlyInRange: 0, unknownHour: 0, unknownDay: 0 };
  const judge = judgeOf(plan, view);
  const keep = keeperOf(plan, view);
  const slots = slotTable(plan);
  for (const slice of view.slices) {
    if (plan.within && !mayLieIn(plan.within, slice)) continue;
    if (keep && slice.ground === 'none') continue;
    const runs = runsOf(plan, slice).map((run) => (share ? shareOf(run, share) : run));
    const stretches = inWhole ? runs : runs.flatMap((run) => stretchesOf(run, slice, slots));
    for (const { fate, lo, hi } of stretches) {
      if (lo >= hi) continue;
      const there = rowsWithin(view, plan.within, lo, hi);
      const asked = keep ? keep(there) : there;
      const rows = judge ? judge(slice, asked) : asked;
      if (rows !== asked && fate === 'matched') {
        leftOut += countRows(view.combo, truth, asked) - countRows(view.combo, truth, rows);
      }
      if (fate !== 'matched') excluded[fate] += countRows(view.combo, truth, rows);
      else {
        const count = visit(rows, slice);
        matched += count;
        if (slice.ground === 'withheld') withheld += count;
        else if (slice.ground !== 'point') unlocated += count;
      }
    }
  }
  return { matched, unlocated, withheld, excluded, leftOut };
}

function shareOf({ fate, lo, hi }: TruthRun, { index, of }: ScanShare): TruthRun {
  const at = (part: number) => lo + Math.floor(((hi - lo) * part) / of);
  return { fate, lo: at(index), hi: at(index + 1) };
}

/** A drawn polygon needs a point; a place may be known without. */
const mayLieIn = (within: PlanWithin, { ground }: SliceView): boolean =>
  ground === 'point' || (ground !== 'none' && within.type === 'place');

function rowsWithin(view: CubeView, within: PlanWithin | null, lo: number, hi: number): Rows {
  if (within === null) return { lo, hi, list: null };
  let list: Uint32Array;
  if (within.type === 'place') {
    list = rowsWithKey(view.keys(within.layerId, within.version)!.column, within.placeId, lo, hi);
  } else {
    const covers = coveredBy(within);
    const { lon, lat } = view;
    list = new Uint32Array(hi - lo);
    let found = 0;
    if (within.cell) {
      const { width, height } = within.cell;
      for (let row = lo; row < hi; row++)
        if (covers(middleOfCell(lon[row]!, width), middleOfCell(lat[row]!, height))) list[found++] = row;
    } else for (let row = lo; row < hi; row++) if (covers(lon[row]!, lat[row]!)) list[found++] = row;
    list = list.subarray(0, found);
  }
  return { lo: 0, hi: list.length, list };
}

/** Of rows with keys those in the areas whoever asks is bound to; null where they are bound to none. */
function keeperOf({ scope }: Plan, view: CubeView): ((rows: Rows) => Rows) | null {
  if (!scope) return null;
  const keys = scope.placeIds.length ? view.keys(scope.layerId, scope.version)! : null;
  if (!keys) return () => ({ lo: 0, hi: 0, list: null });
  const kept = new Uint8Array(keys.features + 1);
  for (const id of scope.placeIds) kept[id] = 1;
  return (rows) => {
    const list = rowsTrue(keys.column, kept, rows);
    return { lo: 0, hi: list.length, list };
  };
}

/** Of rows of a slice those that are not left out, the same object where none is; null where nothing is judged. */
function judgeOf({ inside, sourceIds }: Plan, view: CubeView): ((slice: SliceView, rows: Rows) => Rows) | null {
  if (!inside) return null;
  const { combo } = view;
  const keys = view.keys(inside.layerId, inside.version)!.column;
  const judged = new Set(sourceIds.filter((id) => inside.placed.includes(id)));
  const areAll = judged.size === sourceIds.length;
  const unjudged = unjudgedTable(judged, view);
  return ({ ground }, rows) => {
    if (ground !== 'point' && judged.size === 0) return rows;
    // What has neither point nor words has no keys.
    if (ground === 'none' && areAll) return { lo: 0, hi: 0, list: null };
    const list =
      ground === 'point' || areAll
        ? rowsWithAnyKey(keys, rows)
        : rowsWithKeyOrTrue(ground === 'none' ? null : keys, combo, unjudged, rows);
    return { lo: 0, hi: list.length, list };
  };
}

function byPlace(asked: Asked, layer: CountedLayer): PlaceCounts {
  const { view, truth } = asked;
  const { column, features } = view.keys(layer.layerId, layer.version)!;
  const counts = new Uint32Array(features + 1);
  const named = new Uint32Array(features + 1);
  const kept = new Uint32Array(features + 1);
  const into = { point: counts, name: named, withheld: kept };
  const total = tally(asked, (rows, { ground }) => {
    if (ground === 'none') return countRows(view.combo, truth, rows);
    addByKey(into[ground], column, view.combo, truth, rows);
    return 0;
  });
  // Named, but no place of this layer: as little located as those without any words.
  const unlocated = total.unlocated + named[0]!;
  const withheld = kept[0]!;
  for (let place = 1; place < counts.length; place++) counts[place]! += named[place]! + kept[place]!;
  const located = counts.reduce((sum, count) => sum + count, 0);
  return { ...total, unlocated, withheld, matched: total.matched + named[0]! + withheld + located, counts };
}

function byDay(asked: Asked): DayTally {
  const { view, truth } = asked;
  const days = new Map<number, number>();
  const [months, quarters] = [new Map<number, number>(), new Map<number, number>()];
  const total = tally(asked, (rows, slice) => {
    const into = slice.time === 'month' ? months : slice.time === 'quarter' ? quarters : days;
    let sum = 0;
    eachDay(slice, rows, (day, ofDay) => {
      const count = countRows(view.combo, truth, ofDay);
      if (count) into.set(day, (into.get(day) ?? 0) + count);
      sum += count;
    });
    return sum;
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

/** Room to count combinations and offences in, kept: making it takes longer than a short window does to be counted. */
type Scratch = { readonly histogram: Uint32Array; readonly byOffence: Uint32Array };

const scratchOf = ({ dictionary: { offence } }: CubeView): Scratch => ({
  histogram: new Uint32Array(offence.length),
  byOffence: new Uint32Array(maxOf(offence) + 1),
});

function bySlot(asked: Asked, { histogram, byOffence }: Scratch): Breakdown {
  const { view, truth } = asked;
  const { weekday, hour, offence } = view.dictionary;
  const slots = new Uint32Array(SLOTS);
  byOffence.fill(0);
  const total = tally(
    asked,
    (rows) => {
      let sum = 0;
      histogram.fill(0);
      addByCombo(histogram, view.combo, rows);
      for (let combo = 0; combo < truth.length; combo++) {
        const count = histogram[combo]! * truth[combo]!;
        if (count === 0) continue;
        sum += count;
        slots[weekday[combo]! * HOURS + hour[combo]!]! += count;
        byOffence[offence[combo]!]! += count;
      }
      return sum;
    },
    true,
  );
  const offences = new Map<number, number>();
  byOffence.forEach((count, id) => void (count > 0 && offences.set(id, count)));
  return { ...total, slots, offences };
}

function byGround<Found>(asked: Asked, { visit, found }: Meeting<Found>): Tally & Found {
  const { combo } = asked.view;
  const total = tally(asked, (rows, slice) =>
    slice.ground === 'point' ? visit(rows) : countRows(combo, asked.truth, rows),
  );
  return { ...total, ...found() };
}
