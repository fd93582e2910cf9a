// What lies on the parts of a fine grid, folded with a kernel to the centres of coarser cells: any kernel part by part, the
// quartic by sums that grow, the gaussian first along rows and then along columns.

/** A grid whose cells are cut into parts, and maybe more of these around it. */
export type Parts = {
  readonly columns: number;
  readonly rows: number;
  readonly cuts: number;
  readonly wide: number;
  readonly high: number;
  /** The part in the middle of the first cell, both ways. */
  readonly middle: number;
  readonly widthM: number;
  readonly heightM: number;
};

/** Cells cut into an odd number of parts each way, with a rim of so many parts around. */
export function partsOf(of: Omit<Parts, 'wide' | 'high' | 'middle'>, rim: number): Parts {
  const { columns, rows, cuts } = of;
  return { ...of, wide: columns * cuts + 2 * rim, high: rows * cuts + 2 * rim, middle: rim + (cuts - 1) / 2 };
}

/** What lies on parts, folded with a kernel to the centres of the cells. */
export function foldByParts(
  binned: Float64Array,
  parts: Parts,
  density: (squared: number) => number,
  radiusM: number,
): Float64Array {
  const { columns, rows, cuts, wide, high, middle, widthM, heightM } = parts;
  // A kernel wider than all that there is needs no table for what lies beyond.
  const [reach, up] = [Math.min(Math.ceil(radiusM / widthM), wide), Math.min(Math.ceil(radiusM / heightM), high)];
  const across = 2 * reach + 1;
  const table = new Float64Array((up + 1) * across);
  const halves = new Int32Array(up + 1);
  for (let row = 0; row <= up; row++) {
    for (let k = 0; k < across; k++)
      table[row * across + k] = density(((k - reach) * widthM) ** 2 + (row * heightM) ** 2);
    halves[row] = reach;
    while (halves[row]! > 0 && table[row * across + reach + halves[row]!] === 0) halves[row]!--;
  }
  const folded = new Float64Array(columns * rows);
  for (let y = 0; y < high; y++) {
    const lowest = firstWithin(y - middle, up, cuts);
    const highest = lastWithin(y - middle, up, cuts, rows);
    for (let x = 0; x < wide; x++) {
      const weight = binned[y * wide + x]!;
      if (weight === 0) continue;
      for (let row = lowest; row <= highest; row++) {
        const away = Math.abs(row * cuts + middle - y);
        const half = halves[away]!;
        const first = firstWithin(x - middle, half, cuts);
        const last = lastWithin(x - middle, half, cuts, columns);
        let value = away * across + reach + first * cuts + middle - x;
        const base = row * columns;
        for (let column = first; column <= last; column++, value += cuts)
          folded[base + column]! += weight * table[value]!;
      }
    }
  }
  return folded;
}

/**
 * Along a row of parts the quartic kernel of a cell is a polynomial of how far east a part is: the sums of weights, and of these
 * with the second and fourth power of that way, tell what the row comes to. The farther north the cell, the shorter the stretch
 * that is within reach of it, so that a cell after the other the sums of the stretch before only grow.
 */
export function foldQuartic(binned: Float64Array, parts: Parts, radiusM: number): Float64Array {
  const { columns, rows, cuts, wide, high, middle, widthM, heightM } = parts;
  const [reach, up] = [Math.min(Math.floor(radiusM / widthM), wide), Math.min(Math.floor(radiusM / heightM), high)];
  const step = widthM / radiusM;
  const folded = new Float64Array(columns * rows);
  const line = new Float64Array(wide + 2 * reach);
  const filled = new Int32Array(line.length + 1);
  const square = Float64Array.from({ length: reach + 1 }, (_, east) => (east * step) ** 2);
  const near = nearOf(up);
  for (let y = 0; y < high; y++) {
    rowsNear(y, parts, up, near, (away) => {
      const left = 1 - ((away * heightM) / radiusM) ** 2;
      return left > 0 ? { left, half: Math.min(reach, Math.floor(Math.sqrt(left) / step)) } : null;
    });
    if (near.count === 0) continue;
    line.set(binned.subarray(y * wide, (y + 1) * wide), reach);
    for (let x = 0; x < line.length; x++) filled[x + 1] = filled[x]! + (line[x] === 0 ? 0 : 1);
    if (filled[line.length] === 0) continue;
    const { count, half, left, at } = near;
    for (let column = 0; column < columns; column++) {
      const x = column * cuts + middle + reach;
      if (filled[x + reach + 1] === filled[x - reach]) continue;
      let sum = line[x]!;
      let squares = 0;
      let fourths = 0;
      let east = 0;
      for (let k = 0; k < count; k++) {
        const end = half[k]!;
        while (east < end) {
          east++;
          const weight = line[x - east]! + line[x + east]!;
          const bySquare = weight * square[east]!;
          sum += weight;
          squares += bySquare;
          fourths += bySquare * square[east]!;
        }
        // Σ w·(left − u²)², u being how far east each part is.
        const rest = left[k]!;
        const value = rest * (rest * sum - 2 * squares) + fourths;
        folded[at[2 * k]! + column]! += value;
        const other = at[2 * k + 1]!;
        if (other >= 0) folded[other + column]! += value;
      }
    }
  }
  const peak = 3 / (Math.PI * radiusM * radiusM);
  for (let i = 0; i < folded.length; i++) folded[i] = Math.max(0, peak * folded[i]!);
  return folded;
}

type Near = { count: number; readonly half: Int32Array; readonly left: Float64Array; readonly at: Int32Array };

const nearOf = (up: number): Near => ({
  count: 0,
  half: new Int32Array(up + 1),
  left: new Float64Array(up + 1),
  at: new Int32Array(2 * up + 2),
});

/**
 * The rows of cells within reach of a row of parts, the farthest first; those as far to the other side with them, else −1.
 * What `of` says of none is left out.
 */
function rowsNear(
  y: number,
  { columns, rows, cuts, middle }: Parts,
  up: number,
  near: Near,
  of: (away: number) => { readonly left: number; readonly half: number } | null,
): void {
  const rowAt = (part: number) => {
    const row = (part - middle) / cuts;
    return Number.isInteger(row) && row >= 0 && row < rows ? row * columns : -1;
  };
  near.count = 0;
  for (let away = up; away >= 0; away--) {
    const [south, north] = [rowAt(y - away), away === 0 ? -1 : rowAt(y + away)];
    if (south < 0 && north < 0) continue;
    const said = of(away);
    if (!said) continue;
    near.half[near.count] = said.half;
    near.left[near.count] = said.left;
    near.at[2 * near.count] = Math.max(south, north);
    near.at[2 * near.count + 1] = Math.min(south, north);
    near.count++;
  }
}

/** What lies on parts within a radius of the middle of each cell. */
export function foldDisc(binned: Float64Array, parts: Parts, radiusM: number): Float64Array {
  const { columns, rows, cuts, wide, high, middle, widthM, heightM } = parts;
  const [reach, up] = [Math.min(Math.floor(radiusM / widthM), wide), Math.min(Math.floor(radiusM / heightM), high)];
  const folded = new Float64Array(columns * rows);
  // Of each part what lies before it, with room for the reach to both sides.
  const before = new Float64Array(wide + 2 * reach + 1);
  const near = nearOf(up);
  const halfAt = (away: number) =>
    Math.min(reach, Math.floor(Math.sqrt(radiusM ** 2 - (away * heightM) ** 2) / widthM));
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) before[x + reach + 1] = before[x + reach]! + binned[y * wide + x]!;
    const all = before[wide + reach]!;
    if (all === 0) continue;
    before.fill(all, wide + reach);
    rowsNear(y, parts, up, near, (away) => ({ left: 0, half: halfAt(away) }));
    for (let k = 0; k < near.count; k++) {
      const [half, base, other] = [near.half[k]!, near.at[2 * k]!, near.at[2 * k + 1]!];
      const [first, last] = [middle + reach - half, middle + reach + half + 1];
      if (other < 0)
        for (let column = 0, x = 0; column < columns; column++, x += cuts)
          folded[base + column]! += before[x + last]! - before[x + first]!;
      else
        for (let column = 0, x = 0; column < columns; column++, x += cuts) {
          const sum = before[x + last]! - before[x + first]!;
          folded[base + column]! += sum;
          folded[other + column]! += sum;
        }
    }
  }
  return folded;
}

/** A gaussian goes first along rows, then along columns: it is the product of both. */
export function foldInTwo(
  binned: Float64Array,
  parts: Parts,
  { sigmaM, radiusM }: { readonly sigmaM: number; readonly radiusM: number },
): Float64Array {
  const { columns, rows, cuts, wide, high, middle, widthM, heightM } = parts;
  const along = (stepM: number) =>
    Float64Array.from({ length: Math.ceil(radiusM / stepM) + 1 }, (_, k) =>
      k * stepM > radiusM
        ? 0
        : Math.exp(-((k * stepM) ** 2) / (2 * sigmaM * sigmaM)) / (sigmaM * Math.sqrt(2 * Math.PI)),
    );
  const [east, north] = [along(widthM), along(heightM)];
  const folded = new Float64Array(columns * rows);
  const line = new Float64Array(columns);
  for (let y = 0; y < high; y++) {
    const lowest = firstWithin(y - middle, north.length - 1, cuts);
    const highest = lastWithin(y - middle, north.length - 1, cuts, rows);
    if (lowest > highest) continue;
    let isEmpty = true;
    for (let x = 0; x < wide; x++) {
      const weight = binned[y * wide + x]!;
      if (weight === 0) continue;
      isEmpty = false;
      const first = firstWithin(x - middle, east.length - 1, cuts);
      const last = lastWithin(x - middle, east.length - 1, cuts, columns);
      for (let column = first; column <= last; column++)
        line[column]! += weight * east[Math.abs(column * cuts + middle - x)]!;
    }
    if (isEmpty) continue;
    for (let row = lowest; row <= highest; row++) {
      const share = north[Math.abs(row * cuts + middle - y)]!;
      const base = row * columns;
      for (let column = 0; column < columns; column++) folded[base + column]! += share * line[column]!;
    }
    line.fill(0);
  }
  return folded;
}

/** The first and the last cell whose middle is at most so many parts away. */
const firstWithin = (at: number, reach: number, cuts: number) => Math.max(0, Math.ceil((at - reach) / cuts));
const lastWithin = (at: number, reach: number, cuts: number, cells: number) =>
  Math.min(cells - 1, Math.floor((at + reach) / cuts));
