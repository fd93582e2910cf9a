// The loops that touch every row. No branch depends on the data (a mispredicted one costs more than all the rest): the
// filter is looked up in a truth table and added. Each comes twice: over a run of rows and over a list of rows.

type Column = Uint16Array | Uint32Array;
/** Rows `lo` … `hi` − 1; with `list`, the rows it names at those positions, which may be known to be true already. */
export type Rows = {
  readonly lo: number;
  readonly hi: number;
  readonly list: Uint32Array | null;
  readonly areTrue?: boolean;
};

/** How many of the rows the table holds true. */
export function countRows(combo: Column, truth: Uint8Array, { lo, hi, list, areTrue }: Rows): number {
  if (areTrue) return hi - lo;
  let count = 0;
  if (list) for (let i = lo; i < hi; i++) count += truth[combo[list[i]!]!]!;
  else for (let row = lo; row < hi; row++) count += truth[combo[row]!]!;
  return count;
}

/** Adds the rows that are true to `out` at their key. */
export function addByKey(
  out: Uint32Array,
  key: Column,
  combo: Column,
  truth: Uint8Array,
  { lo, hi, list, areTrue }: Rows,
): void {
  if (list && areTrue) for (let i = lo; i < hi; i++) out[key[list[i]!]!]! += 1;
  else if (list) {
    for (let i = lo; i < hi; i++) {
      const row = list[i]!;
      out[key[row]!]! += truth[combo[row]!]!;
    }
  } else for (let row = lo; row < hi; row++) out[key[row]!]! += truth[combo[row]!]!;
}

/** Adds every row to `out` at its combination; the truth table is applied to the histogram afterwards. */
export function addByCombo(out: Uint32Array, combo: Column, { lo, hi, list }: Rows): void {
  if (list) for (let i = lo; i < hi; i++) out[combo[list[i]!]!]! += 1;
  else for (let row = lo; row < hi; row++) out[combo[row]!]! += 1;
}

/** The rows of a run whose key is `id`. */
export function rowsWithKey(key: Column, id: number, lo: number, hi: number): Uint32Array {
  const list = new Uint32Array(hi - lo + 1); // one spare: the last candidate is written before it is known to count
  let found = 0;
  for (let row = lo; row < hi; row++) {
    list[found] = row;
    found += +(key[row] === id);
  }
  return list.subarray(0, found);
}

/** Those of the rows that have a key, where there are keys, or that the table holds true. */
export function rowsWithKeyOrTrue(key: Column | null, combo: Column, truth: Uint8Array, rows: Rows): Uint32Array {
  const { lo, hi, list } = rows;
  const found = new Uint32Array(hi - lo + 1);
  let count = 0;
  for (let i = lo; i < hi; i++) {
    const row = list ? list[i]! : i;
    found[count] = row;
    count += truth[combo[row]!]! | +(key !== null && key[row] !== 0);
  }
  return found.subarray(0, count);
}

/** Those of the rows that have a key: that lie in some place. */
export function rowsWithAnyKey(key: Column, { lo, hi, list }: Rows): Uint32Array {
  const found = new Uint32Array(hi - lo + 1);
  let count = 0;
  for (let i = lo; i < hi; i++) {
    const row = list ? list[i]! : i;
    found[count] = row;
    count += +(key[row] !== 0);
  }
  return found.subarray(0, count);
}

/** Those of the rows whose key the table holds true. */
export function rowsTrue(key: Column, truth: Uint8Array, { lo, hi, list }: Rows): Uint32Array {
  const found = new Uint32Array(hi - lo + 1);
  let count = 0;
  for (let i = lo; i < hi; i++) {
    const row = list ? list[i]! : i;
    found[count] = row;
    count += truth[key[row]!]!;
  }
  return found.subarray(0, count);
}

/** Ascending, in place or in another list: three rounds by eleven bits each, where comparing would take twenty. */
export function sortedKeys(keys: Uint32Array): Uint32Array {
  let [from, to]: [Uint32Array, Uint32Array] = [keys, new Uint32Array(keys.length)];
  for (let shift = 0; shift < 32; shift += 11) {
    const next = new Uint32Array(2049);
    for (let i = 0; i < from.length; i++) next[((from[i]! >>> shift) & 2047) + 1]! += 1;
    for (let digit = 1; digit < 2049; digit++) next[digit]! += next[digit - 1]!;
    for (let i = 0; i < from.length; i++) to[next[(from[i]! >>> shift) & 2047]!++] = from[i]!;
    [from, to] = [to, from];
  }
  return from;
}
