// Which places lie near which, by their middles in metres: a grid that is made once for a layer version. Pure.

export type Middles = { readonly x: Float64Array; readonly y: Float64Array };
/** Places are numbered from 0. */
export type NearPlaces = {
  /** Those within so many metres of any of the places, without these, ascending. */
  within(places: readonly number[], metres: number): number[];
  /** The place and its nearest, together so many. */
  cluster(seed: number, size: number): number[];
};

const A_CELL = 3;

export function openNear({ x, y }: Middles): NearPlaces {
  const count = x.length;
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < count; i++) {
    west = Math.min(west, x[i]!);
    east = Math.max(east, x[i]!);
    south = Math.min(south, y[i]!);
    north = Math.max(north, y[i]!);
  }
  const side = Math.max(1, Math.sqrt((Math.max(1, east - west) * Math.max(1, north - south) * A_CELL) / (count || 1)));
  const columns = Math.max(1, Math.ceil((east - west) / side) || 1);
  const rows = Math.max(1, Math.ceil((north - south) / side) || 1);
  const clamp = (value: number, most: number) => Math.min(Math.max(value, 0), most - 1);
  const column = (at: number) => clamp(Math.floor((at - west) / side), columns);
  const row = (at: number) => clamp(Math.floor((at - south) / side), rows);
  const starts = new Uint32Array(columns * rows + 1);
  for (let i = 0; i < count; i++) starts[row(y[i]!) * columns + column(x[i]!) + 1]! += 1;
  for (let cell = 0; cell < columns * rows; cell++) starts[cell + 1]! += starts[cell]!;
  const filled = starts.slice();
  const members = new Uint32Array(count);
  for (let i = 0; i < count; i++) members[filled[row(y[i]!) * columns + column(x[i]!)]!++] = i;

  const nearOf = (
    place: number,
    metres: number,
    visit: (other: number, distance: number) => void,
    isKnown?: (other: number) => boolean,
  ) => {
    const [px, py] = [x[place]!, y[place]!];
    for (let r = row(py - metres); r <= row(py + metres); r++)
      for (let c = column(px - metres); c <= column(px + metres); c++)
        for (let k = starts[r * columns + c]!; k < starts[r * columns + c + 1]!; k++) {
          const other = members[k]!;
          if (isKnown?.(other)) continue;
          const distance = Math.hypot(x[other]! - px, y[other]! - py);
          if (distance <= metres) visit(other, distance);
        }
  };
  return {
    within(places, metres) {
      const isFound = new Uint8Array(count);
      for (const place of places)
        nearOf(
          place,
          metres,
          (other) => {
            isFound[other] = 1;
          },
          (other) => isFound[other] === 1,
        );
      for (const place of places) isFound[place] = 0;
      const found: number[] = [];
      for (let place = 0; place < count; place++) if (isFound[place]) found.push(place);
      return found;
    },
    cluster(seed, size) {
      const wanted = Math.min(size, count);
      if (wanted <= 1) return [seed];
      const widest = Math.hypot(east - west, north - south) + side;
      for (let metres = side * (1 + Math.sqrt(wanted / A_CELL)); ; metres *= 2) {
        const found: [distance: number, place: number][] = [];
        nearOf(seed, metres, (other, distance) => found.push([distance, other]));
        if (found.length >= wanted || metres > widest) {
          found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
          return found.slice(0, wanted).map(([, place]) => place);
        }
      }
    },
  };
}
