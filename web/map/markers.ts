// The markers 1–5: the first rows of the list, at the places they stand for, or beside them where they would cover each other.

import type { TopRow } from '../../server/counts/contract.ts';
import type { FeatureRow } from '../../server/layers/contract.ts';

const MARKED = 5;
/** Two discs and a little between them. */
const APART_PX = 26;
const ROUNDS = 40;

export type Pixel = { readonly x: number; readonly y: number };
type At = readonly [number, number];

export function markerFeatures(
  rows: readonly TopRow[],
  places: ReadonlyMap<string, FeatureRow>,
  pixelOf: (at: At) => Pixel,
  placeOf: (pixel: Pixel) => [number, number],
): GeoJSON.FeatureCollection<GeoJSON.Point> {
  const marked = rows.slice(0, MARKED).flatMap((row, index) => {
    const place = places.get(row.id);
    return place?.code === row.code && place.at ? [{ rank: index + 1, at: place.at }] : [];
  });
  const wanted = marked.map(({ at }) => pixelOf(at));
  const pixels = spread(wanted, APART_PX);
  return {
    type: 'FeatureCollection',
    features: marked.map(({ rank, at }, index) => ({
      type: 'Feature',
      properties: { rank: String(rank) },
      geometry: {
        type: 'Point',
        coordinates: pixels[index] === wanted[index] ? [...at] : placeOf(pixels[index]!),
      },
    })),
  };
}

/** Points pushed apart until none is nearer to another than so many pixels; those that are alone stay where they are. */
export function spread(points: readonly Pixel[], apartPx: number): Pixel[] {
  const now = [...points];
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false;
    for (let a = 0; a < now.length; a++) {
      for (let b = a + 1; b < now.length; b++) {
        const [one, other] = [now[a]!, now[b]!];
        const [dx, dy] = [other.x - one.x, other.y - one.y];
        const far = Math.hypot(dx, dy);
        if (far >= apartPx - 0.01) continue;
        moved = true;
        // At the very same spot there is no direction to go: each pair takes one of its own.
        const angle = far > 0 ? Math.atan2(dy, dx) : a + 2 * b;
        const push = (apartPx - far) / 2;
        const [x, y] = [Math.cos(angle) * push, Math.sin(angle) * push];
        now[a] = { x: one.x - x, y: one.y - y };
        now[b] = { x: other.x + x, y: other.y + y };
      }
    }
    if (!moved) break;
  }
  return now;
}
