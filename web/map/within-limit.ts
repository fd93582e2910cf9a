// Heat within the municipality: what is felt beyond its limit of incidents near it is no heat of there.

import { type Density, type Laid, toX, toY } from './heat.ts';

type Position = readonly number[];

/** Without colour where the middle of a cell lies outside; as it was where no limit is known. */
export function withinLimit(density: Density, limit: GeoJSON.Geometry | null): Density {
  const polygons =
    limit?.type === 'Polygon' ? [limit.coordinates] : limit?.type === 'MultiPolygon' ? limit.coordinates : [];
  if (!polygons.length) return density;
  const { columns, rows, values } = density;
  const inside = new Float32Array(values.length);
  let max = 0;
  crossingsOf(polygons.flat(), density).forEach((crossings, row) => {
    if (row >= rows) return;
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const first = Math.max(0, Math.ceil(crossings[i]!));
      const last = Math.min(columns - 1, Math.floor(crossings[i + 1]!));
      for (let at = row * columns + first; at <= row * columns + last; at++) {
        inside[at] = values[at]!;
        max = Math.max(max, values[at]!);
      }
    }
  });
  return { ...density, values: inside, max };
}

/** For each row of cells, at which columns its middle crosses a ring; whole numbers are the middles of cells. */
function crossingsOf(rings: readonly (readonly Position[])[], { box, columns, rows }: Laid): number[][] {
  const [west, east, north, south] = [toX(box[0]), toX(box[2]), toY(box[3]), toY(box[1])];
  const found: number[][] = Array.from({ length: rows }, () => []);
  for (const ring of rings) {
    const at = ring.map(([lon = 0, lat = 0]) => ({
      x: ((toX(lon) - west) / (east - west)) * columns - 0.5,
      y: ((toY(lat) - north) / (south - north)) * rows - 0.5,
    }));
    for (let i = 1; i < at.length; i++) {
      const [a, b] = [at[i - 1]!, at[i]!];
      const [top, bottom] = a.y <= b.y ? [a, b] : [b, a];
      const [first, end] = [Math.max(0, Math.ceil(top.y)), Math.min(rows, Math.ceil(bottom.y))];
      for (let row = first; row < end; row++) {
        found[row]!.push(top.x + ((row - top.y) / (bottom.y - top.y)) * (bottom.x - top.x));
      }
    }
  }
  return found;
}
