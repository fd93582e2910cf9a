// Invented ground for placing: areas that share borders, hold holes and overlap, a street grid, and awkward points.

/** Coordinates are multiples of this, so that midpoints of edges are exact and lie exactly on them. */
const UNIT = 2 ** -20;

/** Numbers in [0, 1) that are the same every time (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Position = readonly [x: number, y: number];
type Ring = readonly Position[];

const snap = (value: number) => Math.round(value / UNIT) * UNIT;

/** A mosaic of 24 × 24 jagged cells about (-99, 19): every fifth with a hole, some of two parts, some overlapping. */
export function mosaic(): { wkt: string[]; rings: Ring[] } {
  const random = randomOf(99);
  const size = 2 ** -7;
  const jitter = () => (random() - 0.5) * (size / 4);
  const corners = table(
    25,
    25,
    (i, j): Position => [snap(-99.1 + i * size + jitter()), snap(18.9 + j * size + jitter())],
  );
  const between = (a: Position, b: Position): Position[] => [
    a,
    ...[0.25, 0.5, 0.75].map(
      (t): Position => [snap(a[0] + (b[0] - a[0]) * t + jitter() / 2), snap(a[1] + (b[1] - a[1]) * t + jitter() / 2)],
    ),
    b,
  ];
  const level = table(24, 25, (i, j) => between(corners[i]![j]!, corners[i + 1]![j]!));
  const upright = table(25, 24, (i, j) => between(corners[i]![j]!, corners[i]![j + 1]!));
  const parts: Ring[][] = [];
  for (let i = 0; i < 24; i++) {
    for (let j = 0; j < 24; j++) {
      const right = upright[i + 1]![j]!;
      const outer = [...level[i]![j]!, ...right, ...level[i]![j + 1]!.toReversed(), ...upright[i]![j]!.toReversed()];
      const rings: Ring[] = [outer.filter((at, k) => k === 0 || String(at) !== String(outer[k - 1]))];
      if ((i * 24 + j) % 5 === 0) {
        const [x, y] = [snap(-99.1 + (i + 0.5) * size), snap(18.9 + (j + 0.5) * size)];
        const half = snap(size / 6);
        rings.push(square(x - half, y - half, x + half, y + half));
        if (j % 2 === 0) parts.push([square(x - half, y - half, x + half / 2, y + half)]);
      }
      parts.push(rings);
    }
  }
  for (let k = 0; k < 12; k++) {
    const [x, y] = [snap(-99.1 + random() * 0.15), snap(18.9 + random() * 0.15)];
    parts.push([square(x, y, x + size * 2, y + size * 3)]);
  }
  shuffle(parts, random);
  // Two parts of one place must not share a border: take those far apart in the mosaic.
  const areas = parts.slice(40).map((part) => [part]);
  for (const [k, part] of parts.slice(0, 40).entries()) {
    const partner = areas.slice(k * 8).find(([other]) => farApart(part[0]!, other![0]!));
    (partner ?? areas[k]!).push(part);
  }
  return {
    wkt: areas.map((polygons) => `MULTIPOLYGON(${polygons.map(polygonText).join(',')})`),
    rings: areas.flat(2),
  };
}

/** About 3,000 segments of 100 m on a turned grid, some laid twice, so that ties are common. */
export function streetGrid(): { wkt: string[]; lines: Ring[] } {
  const random = randomOf(7);
  const at = (i: number, j: number): Position => [
    snap(-99.05 + i * 0.0009 - j * 0.0002),
    snap(19 + j * 0.0009 + i * 0.0002),
  ];
  const lines: Ring[] = [];
  for (let i = 0; i < 40; i++) {
    for (let j = 0; j < 40; j++) {
      for (const end of [at(i + 1, j), at(i, j + 1)]) {
        const [x, y] = at(i, j);
        const middle: Position = [snap((x + end[0]) / 2 + random() * 1e-4), snap((y + end[1]) / 2 + random() * 1e-4)];
        if (random() < 0.9) lines.push(random() < 0.5 ? [at(i, j), end] : [at(i, j), middle, end]);
        if (random() < 0.05) lines.push([end, at(i, j)]);
      }
    }
  }
  shuffle(lines, random);
  return { wkt: lines.map((line) => `LINESTRING(${line.map((p) => p.join(' ')).join(',')})`), lines };
}

/** Points on corners, on edges, close to edges, and anywhere around; a few are unlocated. */
export function pointsOn(
  rings: readonly Ring[],
  count: number,
  seed: number,
): { lon: Float64Array; lat: Float64Array } {
  const random = randomOf(seed);
  const lon = new Float64Array(count);
  const lat = new Float64Array(count);
  const xs = rings.flat().map(([x]) => x);
  const ys = rings.flat().map(([, y]) => y);
  const [west, east] = [xs.reduce((a, b) => Math.min(a, b)), xs.reduce((a, b) => Math.max(a, b))];
  const [south, north] = [ys.reduce((a, b) => Math.min(a, b)), ys.reduce((a, b) => Math.max(a, b))];
  for (let i = 0; i < count; i++) {
    const ring = rings[Math.floor(random() * rings.length)]!;
    const corner = Math.floor(random() * (ring.length - 1));
    const [a, b] = [ring[corner]!, ring[corner + 1]!];
    const middle: Position = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    const near = () => (random() - 0.5) * 2e-5;
    const margin = 0.1;
    const anywhere: Position = [
      west - margin * (east - west) + random() * (1 + 2 * margin) * (east - west),
      south - margin * (north - south) + random() * (1 + 2 * margin) * (north - south),
    ];
    const kinds: Position[] = [a, middle, [middle[0] + near(), middle[1] + near()], anywhere, anywhere];
    [lon[i], lat[i]] = kinds[Math.floor(random() * kinds.length)]!;
  }
  lon[0] = Number.NaN;
  lat[0] = Number.NaN;
  return { lon, lat };
}

const square = (x0: number, y0: number, x1: number, y1: number): Ring => [
  [x0, y0],
  [x1, y0],
  [x1, y1],
  [x0, y1],
  [x0, y0],
];

const table = <T>(columns: number, rows: number, make: (i: number, j: number) => T): T[][] =>
  Array.from({ length: columns }, (_, i) => Array.from({ length: rows }, (_, j) => make(i, j)));

const polygonText = (rings: readonly Ring[]) =>
  `(${rings.map((ring) => `(${ring.map((p) => p.join(' ')).join(',')})`).join(',')})`;

const farApart = (a: Ring, b: Ring) => Math.abs(a[0]![0] - b[0]![0]) + Math.abs(a[0]![1] - b[0]![1]) > 0.1;

function shuffle<T>(items: T[], random: () => number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
}
