// Where the name of each area of a drawn file is written: once, inside it, the larger areas first.

type Position = readonly number[];
type Named = { readonly type: 'Feature'; readonly properties: { readonly name: string }; readonly geometry: object };

/** Points with names; what has no name or is no area is left out. */
export function namedPoints(features: readonly object[]): {
  readonly type: 'FeatureCollection';
  readonly features: Named[];
} {
  const found = features.flatMap((feature) => {
    const { properties, geometry } = feature as {
      properties?: { name?: unknown } | null;
      geometry?: { type?: string; coordinates?: unknown } | null;
    };
    const name = properties?.name;
    if (typeof name !== 'string' || name === '') return [];
    const shells = shellsOf(geometry?.type, geometry?.coordinates);
    const largest = shells.map((ring) => ({ ring, area: Math.abs(areaOf(ring)) })).sort((a, b) => b.area - a.area)[0];
    const at = largest && insideOf(largest.ring);
    return at ? [{ name, at, area: largest.area }] : [];
  });
  return {
    type: 'FeatureCollection',
    features: found
      .sort((a, b) => b.area - a.area)
      .map(({ name, at }) => ({ type: 'Feature', properties: { name }, geometry: { type: 'Point', coordinates: at } })),
  };
}

function shellsOf(type: string | undefined, coordinates: unknown): Position[][] {
  if (type === 'Polygon') return [(coordinates as Position[][])[0] ?? []];
  if (type === 'MultiPolygon') return (coordinates as Position[][][]).map(([shell = []]) => shell);
  return [];
}

function areaOf(ring: readonly Position[]): number {
  let sum = 0;
  for (let i = 1; i < ring.length; i++) {
    const [x = 0, y = 0] = ring[i]!;
    const [beforeX = 0, beforeY = 0] = ring[i - 1]!;
    sum += beforeX * y - x * beforeY;
  }
  return sum / 2;
}

/** The middle of the widest stretch inside, half way up: inside also of an area that bends round another. */
function insideOf(ring: readonly Position[]): [x: number, y: number] | null {
  const heights = ring.map(([, y = 0]) => y);
  const middle = (Math.min(...heights) + Math.max(...heights)) / 2;
  const crossings: number[] = [];
  for (let i = 1; i < ring.length; i++) {
    const [x = 0, y = 0] = ring[i]!;
    const [beforeX = 0, beforeY = 0] = ring[i - 1]!;
    if (y > middle !== beforeY > middle) crossings.push(x + ((middle - y) / (beforeY - y)) * (beforeX - x));
  }
  crossings.sort((a, b) => a - b);
  let best: { x: number; width: number } | null = null;
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const width = crossings[i + 1]! - crossings[i]!;
    if (!best || width > best.width) best = { x: (crossings[i]! + crossings[i + 1]!) / 2, width };
  }
  return best && [best.x, middle];
}
