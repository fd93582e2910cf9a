// What lies on the parts of a fine grid, folded with a kernel to the centres of coarser cells: any kernel part by part, the
// quartic by running sums, the gaussian first along rows and then along columns.

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

/** Running sums of weights with the powers 0 to 4 of how far east they are. */
const POWERS = 5;

/**
 * Along a row of parts the quartic kernel is a polynomial of how far east a part is, so that what lies within reach of a cell
 * needs no looking at part by part: differences of running sums of the powers give it. These begin anew every few radii,
 * and count in radii, so that nothing is lost in large numbers.
 */
export function foldQuartic(binned: Float64Array, parts: Parts, radiusM: number): Float64Array {
  const { columns, rows, cuts, wide, high, middle, widthM, heightM } = parts;
  const [reach, up] = [Math.min(Math.floor(radiusM / widthM), wide), Math.min(Math.floor(radiusM / heightM), high)];
  const step = widthM / radiusM;
  const folded = new Float64Array(columns * rows);
  const across = Math.max(1, Math.ceil((4 * reach) / cuts));
  const sums = new Float64Array(POWERS * ((across - 1) * cuts + 2 * reach + 2));
  const filled = new Int32Array(sums.length / POWERS);
  for (let begin = 0; begin < columns; begin += across) {
    const end = Math.min(begin + across, columns);
    const first = Math.max(0, begin * cuts + middle - reach);
    const last = Math.min(wide - 1, (end - 1) * cuts + middle + reach);
    for (let y = 0; y < high; y++) {
      const lowest = firstWithin(y - middle, up, cuts);
      const highest = lastWithin(y - middle, up, cuts, rows);
      if (lowest > highest || !sumPowers(binned, y * wide + first, last - first + 1, step, sums, filled)) continue;
      for (let row = lowest; row <= highest; row++) {
        const { other, isDone } = mirrored(row, y, parts, lowest, highest);
        if (isDone) continue;
        const north = ((row * cuts + middle - y) * heightM) / radiusM;
        const left = 1 - north * north;
        if (left <= 0) continue;
        const half = Math.min(reach, Math.floor(Math.sqrt(left) / step));
        const base = row * columns;
        const otherBase = (other ?? 0) * columns;
        for (let column = begin; column < end; column++) {
          const x = column * cuts + middle - first;
          const from = Math.max(0, x - half);
          const to = Math.min(last - first, x + half) + 1;
          if (filled[from] === filled[to]) continue;
          const a = POWERS * from;
          const b = POWERS * to;
          const east = x * step;
          const square = east * east;
          const rest = left - square;
          // Σ w·(left − (u − east)²)², u being how far east each part is.
          const sum =
            rest * rest * (sums[b]! - sums[a]!) +
            4 * east * rest * (sums[b + 1]! - sums[a + 1]!) +
            (6 * square - 2 * left) * (sums[b + 2]! - sums[a + 2]!) -
            4 * east * (sums[b + 3]! - sums[a + 3]!) +
            (sums[b + 4]! - sums[a + 4]!);
          folded[base + column]! += sum;
          if (other !== null) folded[otherBase + column]! += sum;
        }
      }
    }
  }
  const peak = 3 / (Math.PI * radiusM * radiusM);
  return folded.map((sum) => Math.max(0, peak * sum));
}

/** Running sums of what lies in a stretch of a row, each before its part; false where nothing does. */
function sumPowers(
  binned: Float64Array,
  begin: number,
  length: number,
  step: number,
  sums: Float64Array,
  filled: Int32Array,
): boolean {
  let count = 0;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let s4 = 0;
  for (let x = 0; x <= length; x++) {
    const at = POWERS * x;
    filled[x] = count;
    sums[at] = s0;
    sums[at + 1] = s1;
    sums[at + 2] = s2;
    sums[at + 3] = s3;
    sums[at + 4] = s4;
    const weight = x < length ? binned[begin + x]! : 0;
    if (weight === 0) continue;
    const east = x * step;
    const square = east * east;
    count++;
    s0 += weight;
    s1 += weight * east;
    s2 += weight * square;
    s3 += weight * square * east;
    s4 += weight * square * square;
  }
  return count > 0;
}

/** What lies on parts within a radius of the middle of each cell. */
export function foldDisc(binned: Float64Array, parts: Parts, radiusM: number): Float64Array {
  const { columns, rows, cuts, wide, high, middle, widthM, heightM } = parts;
  const up = Math.min(Math.floor(radiusM / heightM), high);
  const folded = new Float64Array(columns * rows);
  const before = new Float64Array(wide + 1);
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) before[x + 1] = before[x]! + binned[y * wide + x]!;
    if (before[wide] === 0) continue;
    const lowest = firstWithin(y - middle, up, cuts);
    const highest = lastWithin(y - middle, up, cuts, rows);
    for (let row = lowest; row <= highest; row++) {
      const { other, isDone } = mirrored(row, y, parts, lowest, highest);
      if (isDone) continue;
      const north = (row * cuts + middle - y) * heightM;
      const half = Math.floor(Math.sqrt(radiusM * radiusM - north * north) / widthM);
      const base = row * columns;
      const otherBase = (other ?? 0) * columns;
      for (let column = 0; column < columns; column++) {
        const x = column * cuts + middle;
        const sum = before[Math.min(wide, x + half + 1)]! - before[Math.max(0, x - half)]!;
        folded[base + column]! += sum;
        if (other !== null) folded[otherBase + column]! += sum;
      }
    }
  }
  return folded;
}

/**
 * As far from a row of parts to the other side, the same comes to a second row of cells, where there is one: it is done with
 * the first.
 */
function mirrored(row: number, y: number, { cuts, middle }: Parts, lowest: number, highest: number) {
  const away = row * cuts + middle - y;
  const other = row - (2 * away) / cuts;
  if (away === 0 || other < lowest || other > highest || !Number.isInteger(other))
    return { other: null, isDone: false };
  return { other, isDone: away < 0 };
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
