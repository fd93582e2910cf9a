// Which of the rows of a slice a plan asks about at all, before any is counted: those that lie where it looks, that whoever
// asks may see, and that are not left out.

import { middleOfCell } from '../filter/ground-cell.ts';
import type { Plan, PlanWithin } from '../filter/plan.ts';
import type { CubeView, SliceView } from './layout.ts';
import { countRows, type Rows, rowsTrue, rowsWithAnyKey, rowsWithKey, rowsWithKeyOrTrue } from './loops.ts';
import { coveredBy } from './polygon.ts';
import { unjudgedTable } from './truth.ts';

export type Sift = {
  /** False where no row of the slice can be asked about. */
  mayHold(slice: SliceView): boolean;
  /** Of rows `lo` … `hi` − 1 of a slice those asked about. */
  rowsOf(slice: SliceView, lo: number, hi: number): Sifted;
  /** The same of some of its rows, in any order; null where these are better looked up by where they lie. */
  readonly among: ((slice: SliceView, rows: Rows) => Sifted) | null;
};
/** `leftOut` counts what the table holds true among the rows that would be asked about, were they not left out. */
export type Sifted = { readonly rows: Rows; leftOut(): number };

export function siftOf(plan: Plan, view: CubeView, truth: Uint8Array): Sift {
  const { within } = plan;
  const keep = keeperOf(plan, view);
  const judge = judgeOf(plan, view);
  const among = (slice: SliceView, there: Rows): Sifted => {
    const asked = keep ? keep(there) : there;
    const rows = judge ? judge(slice, asked) : asked;
    const leftOut = () =>
      rows === asked ? 0 : countRows(view.combo, truth, asked) - countRows(view.combo, truth, rows);
    return { rows, leftOut };
  };
  return {
    mayHold: (slice) => !(within && !mayLieIn(within, slice)) && !(keep && slice.ground === 'none'),
    rowsOf: (slice, lo, hi) => among(slice, rowsWithin(view, within, lo, hi)),
    among: within ? null : among,
  };
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
