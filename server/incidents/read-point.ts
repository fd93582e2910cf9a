// Coordinates as sources write them, to a point in degrees or to none.

import type { Bounds } from '../access/contract.ts';
import { isMissing } from './missing.ts';

export type PointNote =
  | 'axes-swapped'
  | 'coordinates-zero'
  | 'coordinates-incomplete'
  | 'coordinates-unreadable'
  | 'coordinates-out-of-world';
export type ReadPoint = { readonly lon: number | null; readonly lat: number | null; readonly note: PointNote | null };

/** A point this far outside the bounds, in degrees, may still be a true one. */
const MARGIN_DEGREES = 0.5;
const NOWHERE: ReadPoint = { lon: null, lat: null, note: null };

/**
 * Degrees rounded to seven decimals (1 cm). Axes are taken as swapped when the point makes no sense as written and
 * makes sense the other way round: within `bounds`, or within the world where there are none.
 */
export function readPoint(lonText: string, latText: string, bounds: Bounds | null): ReadPoint {
  const noLon = isMissing(lonText);
  const noLat = isMissing(latText);
  if (noLon && noLat) return NOWHERE;
  if (noLon || noLat) return { ...NOWHERE, note: 'coordinates-incomplete' };
  const x = degrees(lonText);
  const y = degrees(latText);
  if (x === null || y === null) return { ...NOWHERE, note: 'coordinates-unreadable' };
  if (x === 0 && y === 0) return { ...NOWHERE, note: 'coordinates-zero' };
  const makesSense = bounds ? isNear(x, y, bounds) : isInWorld(x, y);
  const swappedDoes = bounds ? isNear(y, x, bounds) : isInWorld(y, x);
  if (!makesSense && swappedDoes) return { lon: rounded(y), lat: rounded(x), note: 'axes-swapped' };
  if (!isInWorld(x, y)) return { ...NOWHERE, note: 'coordinates-out-of-world' };
  return { lon: rounded(x), lat: rounded(y), note: null };
}

function degrees(text: string): number | null {
  const trimmed = text.trim();
  const number = Number(trimmed);
  if (!Number.isNaN(number)) return Number.isFinite(number) ? number : null;
  const comma = /^([+-]?\d+),(\d+)$/.exec(trimmed);
  return comma ? Number(`${comma[1]}.${comma[2]}`) : null;
}

function rounded(value: number): number {
  return Math.round(value * 1e7) / 1e7;
}

function isInWorld(lon: number, lat: number): boolean {
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
}

function isNear(lon: number, lat: number, [west, south, east, north]: Bounds): boolean {
  return (
    lon >= west - MARGIN_DEGREES &&
    lon <= east + MARGIN_DEGREES &&
    lat >= south - MARGIN_DEGREES &&
    lat <= north + MARGIN_DEGREES
  );
}
