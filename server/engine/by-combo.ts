// Where the rows of each combination lie, block by block of a slice: a question about few combinations then looks at their
// rows alone, however many others there are.

import type { CubeView, SliceView } from './layout.ts';

export type RowsByCombo = {
  readonly combos: number;
  readonly blockRows: number;
  /** The rows of each block by combination, and of one combination ascending; as steps from the first row of the block. */
  readonly order: Uint16Array;
  /** Per block and combination where its rows begin in the block's part of `order`; one more each, where the last end. */
  readonly starts: Uint16Array;
};

/** Steps and beginnings are of two bytes. */
const MOST_BLOCK_ROWS = 65_535;
const LEAST_BLOCK_ROWS = 8192;
/** As many rows in a block, so that the beginnings take less room than the steps. */
const ROWS_PER_COMBO = 4;

export const blockRowsFor = (combos: number): number =>
  Math.min(MOST_BLOCK_ROWS, Math.max(LEAST_BLOCK_ROWS, ROWS_PER_COMBO * combos));

/** Once the rows stand where they belong. */
export function sortByCombo({ combo, slices }: CubeView): void {
  for (const { firstRow, rows, byCombo } of slices) {
    if (!byCombo) continue;
    const { combos, blockRows, order, starts } = byCombo;
    const next = new Uint32Array(combos + 1);
    for (let block = 0, from = 0; from < rows; block++, from += blockRows) {
      const length = Math.min(blockRows, rows - from);
      const first = firstRow + from;
      next.fill(0);
      for (let i = 0; i < length; i++) next[combo[first + i]! + 1]! += 1;
      for (let of = 0; of < combos; of++) next[of + 1]! += next[of]!;
      starts.set(next, block * (combos + 1));
      for (let i = 0; i < length; i++) order[from + next[combo[first + i]!]!++] = i;
    }
  }
}

/** What a look at a row found by its combination takes more than one at a row in its turn, and what each run of them does. */
const LOOKS_A_ROW = 3;
const LOOKS_A_RUN = 4;

export type Block = { readonly lo: number; readonly hi: number };

/** Rows `lo` … `hi` − 1 of a slice, cut where its blocks end. */
export function* blocksOf({ firstRow, byCombo }: SliceView, lo: number, hi: number): Generator<Block> {
  const { blockRows } = byCombo!;
  for (let from = lo; from < hi; ) {
    const end = from - ((from - firstRow) % blockRows) + blockRows;
    yield { lo: from, hi: Math.min(hi, end) };
    from = end;
  }
}

/**
 * Of a block the rows whose combination the table holds true, by combination; null where looking at each in its turn is as
 * quick. What it answers stands until the next is asked for.
 */
export function pickerOf(truth: Uint8Array): (slice: SliceView, block: Block) => Uint32Array | null {
  let made: Uint32Array | null = null;
  let found = new Uint32Array(0);
  return ({ firstRow, byCombo }, { lo, hi }) => {
    made ??= runsTrue(truth);
    const runs = made;
    const { combos, blockRows, order, starts } = byCombo!;
    const block = Math.floor((lo - firstRow) / blockRows);
    const at = block * (combos + 1);
    let most = 0;
    for (let run = 0; run < runs.length; run += 2) most += starts[at + runs[run + 1]!]! - starts[at + runs[run]!]!;
    if (most * LOOKS_A_ROW + runs.length * (LOOKS_A_RUN / 2) >= hi - lo) return null;
    if (found.length < most) found = new Uint32Array(Math.max(most, 1024));
    const [from, first] = [block * blockRows, firstRow + block * blockRows];
    let count = 0;
    for (let run = 0; run < runs.length; run += 2) {
      const end = from + starts[at + runs[run + 1]!]!;
      for (let i = from + starts[at + runs[run]!]!; i < end; i++) {
        const row = first + order[i]!;
        found[count] = row;
        count += +(row >= lo) & +(row < hi);
      }
    }
    return found.subarray(0, count);
  };
}

/** Combinations one after the other that are true: the first, and the first that is not, of each run of them. */
function runsTrue(truth: Uint8Array): Uint32Array {
  const runs: number[] = [];
  const fours = new Uint32Array(truth.buffer, 0, truth.length >> 2);
  let before = 0;
  for (let of = 0; of < truth.length; of++) {
    // Most are not, of most questions.
    while (before === 0 && of % 4 === 0 && fours[of / 4] === 0) of += 4;
    if (of >= truth.length) break;
    if (truth[of] !== before) runs.push(of);
    before = truth[of]!;
  }
  if (before === 1) runs.push(truth.length);
  return Uint32Array.from(runs);
}
