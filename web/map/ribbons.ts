// Lines as narrow polygons, which is what columns stand on: tiles hold streets as lines alone.

import { worldM } from './heat.ts';

type Position = readonly [lon: number, lat: number];

/** At a sharp bend the corner is cut off here, at so many half widths. */
const LONGEST_CORNER = 2;
const M_PER_DEGREE = 40_075_016.686 / 360;

/** The ring round a line, so far from it on either side; null for what has no length. */
export function ribbonOf(line: readonly Position[], halfWidthM: number): Position[] | null {
  const lat = line[0]?.[1] ?? 0;
  const [mPerLon, mPerLat] = [worldM(lat) / 360, M_PER_DEGREE];
  const metres = line
    .map(([lon, y]) => [lon * mPerLon, y * mPerLat] as const)
    .filter(([x, y], i, all) => i === 0 || Math.hypot(x - all[i - 1]![0], y - all[i - 1]![1]) > 0);
  if (metres.length < 2) return null;
  /** The direction of each stretch. */
  const ways = metres.slice(1).map(([x, y], i) => {
    const [dx, dy] = [x - metres[i]![0], y - metres[i]![1]];
    const length = Math.hypot(dx, dy);
    return [dx / length, dy / length] as const;
  });
  const sides = metres.map(([x, y], i) => {
    const [before, after] = [ways[Math.max(0, i - 1)]!, ways[Math.min(ways.length - 1, i)]!];
    // Square to the mean of both directions; the longer, the sharper the bend.
    const [nx, ny] = [-(before[1] + after[1]), before[0] + after[0]];
    const size = Math.hypot(nx, ny);
    const [ux, uy] = size > 0 ? [nx / size, ny / size] : [-before[1], before[0]];
    const along = Math.max(1 / LONGEST_CORNER, ux * -before[1] + uy * before[0]);
    const [ox, oy] = [(ux * halfWidthM) / along, (uy * halfWidthM) / along];
    return { left: [x + ox, y + oy] as const, right: [x - ox, y - oy] as const };
  });
  const ring = [...sides.map(({ left }) => left), ...sides.map(({ right }) => right).reverse()];
  return [...ring, ring[0]!].map(([x, y]) => [x / mPerLon, y / mPerLat]);
}
