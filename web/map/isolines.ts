// The lines on a grid of densities where it is just so dense: marching squares, joined into rings and open paths.

import { type Density, type Laid, toLat, toLon, toX, toY, worldM } from './heat.ts';

type Position = [lon: number, lat: number];

/** More corners of squares than these show nothing that the kernel has not smoothed away. */
const MOST_CORNERS = 70_000;

/** Sides of a square. */
const [TOP, RIGHT, BOTTOM, LEFT] = [0, 1, 2, 3] as const;
type Side = typeof TOP | typeof RIGHT | typeof BOTTOM | typeof LEFT;
/** By which corners are dense (8 top left, 4 top right, 2 bottom right, 1 bottom left): from side to side, the dense one on the right hand. */
const CROSSINGS: readonly (readonly (readonly [Side, Side])[])[] = [
  [],
  [[LEFT, BOTTOM]],
  [[BOTTOM, RIGHT]],
  [[LEFT, RIGHT]],
  [[RIGHT, TOP]],
  [],
  [[BOTTOM, TOP]],
  [[LEFT, TOP]],
  [[TOP, LEFT]],
  [[TOP, BOTTOM]],
  [],
  [[TOP, RIGHT]],
  [[RIGHT, LEFT]],
  [[RIGHT, BOTTOM]],
  [[BOTTOM, LEFT]],
  [],
];
/** Two corners opposite each other are dense: joined or apart, as the middle is. */
const SADDLES: Readonly<Record<number, readonly (readonly (readonly [Side, Side])[])[]>> = {
  5: [
    [
      [LEFT, BOTTOM],
      [RIGHT, TOP],
    ],
    [
      [LEFT, TOP],
      [RIGHT, BOTTOM],
    ],
  ],
  10: [
    [
      [TOP, LEFT],
      [BOTTOM, RIGHT],
    ],
    [
      [TOP, RIGHT],
      [BOTTOM, LEFT],
    ],
  ],
};

/** Where `density` is `level`: rings are closed, a path that leaves the grid is not. */
export function isolines(density: Laid, level: number): Position[][] {
  const stride = Math.max(1, Math.floor(Math.sqrt((density.columns * density.rows) / MOST_CORNERS)));
  const across = Math.floor((density.columns - 1) / stride) + 1;
  const down = Math.floor((density.rows - 1) / stride) + 1;
  const value = (column: number, row: number) => density.values[row * stride * density.columns + column * stride]!;
  /** Every side of every square by one number, the same for the two squares that share it. */
  const sideOf = (column: number, row: number, side: Side): number => {
    if (side === RIGHT) return 2 * (row * across + column + 1) + 1;
    if (side === BOTTOM) return 2 * ((row + 1) * across + column);
    return 2 * (row * across + column) + (side === LEFT ? 1 : 0);
  };
  const next = new Map<number, number>();
  for (let row = 0; row + 1 < down; row++) {
    for (let column = 0; column + 1 < across; column++) {
      const corners = [
        value(column, row),
        value(column + 1, row),
        value(column + 1, row + 1),
        value(column, row + 1),
      ] as const;
      const dense = corners.reduce((bits, corner) => bits * 2 + (corner >= level ? 1 : 0), 0);
      const isMiddleDense = corners.reduce((sum, corner) => sum + corner, 0) >= 4 * level;
      for (const [from, to] of SADDLES[dense]?.[isMiddleDense ? 1 : 0] ?? CROSSINGS[dense]!) {
        next.set(sideOf(column, row, from), sideOf(column, row, to));
      }
    }
  }
  const place = placesOn(density, stride);
  const crossing = (side: number): Position => {
    const [column, row] = [(side >> 1) % across, Math.floor((side >> 1) / across)];
    const isUpright = side % 2 === 1;
    const here = value(column, row);
    const there = isUpright ? value(column, row + 1) : value(column + 1, row);
    const share = (level - here) / (there - here);
    return isUpright ? place(column, row + share) : place(column + share, row);
  };
  return pathsOf(next).map((path) => path.map(crossing));
}

/** Corner numbers, whole or not, to places on the ground. */
function placesOn({ box, columns, rows }: Laid, stride: number): (column: number, row: number) => Position {
  const [west, east, north, south] = [toX(box[0]), toX(box[2]), toY(box[3]), toY(box[1])];
  return (column, row) => [
    toLon(west + ((column * stride + 0.5) / columns) * (east - west)),
    toLat(north + ((row * stride + 0.5) / rows) * (south - north)),
  ];
}

/** Follows each step to the next: open paths from their beginnings first, what is left are rings. */
function pathsOf(next: Map<number, number>): number[][] {
  const reached = new Set(next.values());
  const paths: number[][] = [];
  const follow = (first: number) => {
    const path = [first];
    for (let at = next.get(first); at !== undefined; at = next.get(at)) {
      next.delete(path.at(-1)!);
      path.push(at);
    }
    paths.push(path);
  };
  for (const first of [...next.keys()]) if (!reached.has(first)) follow(first);
  for (const first of [...next.keys()]) if (next.has(first)) follow(first);
  return paths;
}

/** A line round where it is so dense, and how far it reaches across. */
export type Ring = { readonly path: Position[]; readonly spanM: number };

const ringsKnown = new WeakMap<Density, readonly Ring[]>();

/** Round where half of the incidents lie. */
export function halfRings(density: Density): readonly Ring[] {
  const known = ringsKnown.get(density);
  if (known) return known;
  const rings = isolines(density, density.half).map((path) => ({ path, spanM: spanOf(path) }));
  ringsKnown.set(density, rings);
  return rings;
}

/** So small on the screen a ring is a speck that hides what it is round. */
export const LEAST_RING_PX = 12;
const TILE_PX = 512;

/** How wide something is at zoom 0; at zoom z it is 2^z times as wide. */
export const pixelsOf = (spanM: number, lat: number): number => (spanM / worldM(lat)) * TILE_PX;

/** Whether some rings are not drawn from as far as this. */
export const hidesRings = (density: Density, zoom: number): boolean =>
  halfRings(density).some(
    ({ spanM }) => pixelsOf(spanM, (density.box[1] + density.box[3]) / 2) * 2 ** Math.floor(zoom) < LEAST_RING_PX,
  );

function spanOf(path: readonly Position[]): number {
  const [lons, lats] = [path.map(([lon]) => lon), path.map(([, lat]) => lat)];
  const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b));
  const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b));
  const world = worldM((least(lats) + most(lats)) / 2);
  return Math.max(toX(most(lons)) - toX(least(lons)), toY(least(lats)) - toY(most(lats))) * world;
}

/** How much of the ground a density lies on is at least so dense, in km². */
export function areaAboveKm2({ values, cellKm2 }: Pick<Density, 'values' | 'cellKm2'>, level: number): number {
  let cells = 0;
  for (let i = 0; i < values.length; i++) cells += +(values[i]! >= level);
  return cells * cellKm2;
}

const halvesKnown = new WeakMap<Density, number>();

/** How much of the ground half of the incidents lie on: the legend says it again at every step. */
export function halfAreaKm2(density: Density): number {
  const km2 = halvesKnown.get(density) ?? areaAboveKm2(density, density.half);
  halvesKnown.set(density, km2);
  return km2;
}
