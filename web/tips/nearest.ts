// Which of the streets near a click is meant, and whether the click lies within the municipality. Pure.

type Position = readonly [lon: number, lat: number];
type Lines = { readonly geometry: GeoJSON.Geometry };

/** The one whose line runs nearest to the place; null of none. */
export function nearestFeature<T extends Lines>(features: readonly T[], at: Position): T | null {
  let best: T | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const feature of features) {
    for (const line of linesOf(feature.geometry)) {
      for (let i = 1; i < line.length; i++) {
        const distance = distanceTo(at, line[i - 1]!, line[i]!);
        if (distance < least) [best, least] = [feature, distance];
      }
    }
  }
  return best;
}

const linesOf = (geometry: GeoJSON.Geometry): readonly (readonly GeoJSON.Position[])[] =>
  geometry.type === 'LineString'
    ? [geometry.coordinates]
    : geometry.type === 'MultiLineString'
      ? geometry.coordinates
      : [];

/** Squared, in degrees of latitude: to be compared, not read. */
function distanceTo([lon, lat]: Position, from: GeoJSON.Position, until: GeoJSON.Position): number {
  const shrink = Math.cos((lat * Math.PI) / 180);
  const [x, y] = [(from[0]! - lon) * shrink, from[1]! - lat];
  const [dx, dy] = [(until[0]! - from[0]!) * shrink, until[1]! - from[1]!];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, -(x * dx + y * dy) / length));
  return (x + along * dx) ** 2 + (y + along * dy) ** 2;
}

/** Null where no limit is known. */
export function isWithin(limit: GeoJSON.Geometry | null, [lon, lat]: Position): boolean | null {
  const polygons =
    limit?.type === 'Polygon' ? [limit.coordinates] : limit?.type === 'MultiPolygon' ? limit.coordinates : [];
  if (polygons.length === 0) return null;
  return polygons.some((rings) => rings.reduce((inside, ring) => inside !== isInRing(ring), false));

  function isInRing(ring: readonly GeoJSON.Position[]): boolean {
    let inside = false;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [x, y] = ring[i] as [number, number];
      const [px, py] = ring[j] as [number, number];
      if (y > lat !== py > lat && lon < ((px - x) * (lat - y)) / (py - y) + x) inside = !inside;
    }
    return inside;
  }
}
