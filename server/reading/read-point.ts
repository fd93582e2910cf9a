// Coordinates as sources write them, to a point in degrees or to none.

import type { Bounds } from '../geometry/contract.ts';
import { sexagesimalOf } from '../geometry/sexagesimal.ts';
import type { DecimalMark } from '../text/contract.ts';
import { isMissing } from '../text/missing.ts';
import { numberOf } from '../text/read-number.ts';
import { saysNoPoint, splitPoint } from './point-column.ts';
import type { Columns } from './presets.ts';

export type PointNote =
  | 'axes-swapped'
  | 'coordinates-sexagesimal'
  | 'coordinates-zero'
  | 'coordinates-placeholder'
  | 'coordinates-incomplete'
  | 'coordinates-unreadable'
  | 'coordinates-out-of-world'
  | 'coordinates-sign'
  | 'coordinates-far'
  | 'coordinates-axes';
/** Of these a file may have few before somebody must look. */
export const DOUBTED_POINTS: ReadonlySet<string> = new Set<PointNote>([
  ...(['coordinates-zero', 'coordinates-placeholder', 'coordinates-incomplete', 'coordinates-unreadable'] as const),
  ...(['coordinates-out-of-world', 'coordinates-sign', 'coordinates-far', 'coordinates-axes'] as const),
]);
export type ReadPoint = { readonly lon: number | null; readonly lat: number | null; readonly note: PointNote | null };

/** A point this far outside the bounds, in degrees, may still be a true one. */
const MARGIN_DEGREES = 0.5;
/** Nearer to zero than a tenth of a metre: a nothing that went through arithmetic. */
const ZERO_DEGREES = 1e-6;
/** Nobody lives so near a pole. */
const POLE_DEGREES = 89.9;
/** What word processors write for it. */
const MINUS = /^[\u2212\u2012\u2013\ufe63\uff0d]/;
const NOWHERE: ReadPoint = { lon: null, lat: null, note: null };

/**
 * Degrees as delivered. Axes are taken as swapped when the point makes no sense as written and makes sense the other way
 * round: within `bounds`, or within the world where there are none. What sources write for "no point" is no point; one
 * far outside the bounds stays, and is noted.
 */
export function readPoint(
  lonText: string,
  latText: string,
  bounds: Bounds | null,
  decimal: DecimalMark | null = null,
  onSexagesimal: () => void = () => {},
): ReadPoint {
  const noLon = isMissing(lonText);
  const noLat = isMissing(latText);
  if (noLon && noLat) return NOWHERE;
  if (noLon || noLat) return { ...NOWHERE, note: 'coordinates-incomplete' };
  const lon = degrees(lonText, decimal);
  const lat = degrees(latText, decimal);
  if (lon === null || lat === null) {
    const [x, y] = [sexagesimalOf(lonText), sexagesimalOf(latText)];
    const [ofX, ofY] = [x?.degrees ?? lon, y?.degrees ?? lat];
    const isOther = x?.axis === 'lat' && y?.axis === 'lon';
    const isMixed = !isOther && (x?.axis === 'lat' || y?.axis === 'lon');
    if (ofX === null || ofY === null || isMixed) return { ...NOWHERE, note: 'coordinates-unreadable' };
    onSexagesimal();
    const [east, north] = isOther ? [ofY, ofX] : [ofX, ofY];
    const read = readPoint(String(east), String(north), bounds);
    return isOther && read.note === null ? { ...read, note: 'axes-swapped' } : read;
  }
  const zeros = [lon, lat].filter((each) => Math.abs(each) <= ZERO_DEGREES).length;
  if (zeros === 2) return { ...NOWHERE, note: 'coordinates-zero' };
  if (bounds ? isNear(lon, lat, bounds) : isInWorld(lon, lat) && zeros === 0 && !isPlaceholder(lon, lat))
    return { lon, lat, note: null };
  const swappedDoes = bounds ? isNear(lat, lon, bounds) : isInWorld(lat, lon) && !isInWorld(lon, lat);
  if (swappedDoes) return { lon: lat, lat: lon, note: 'axes-swapped' };
  if (zeros === 1) return { ...NOWHERE, note: 'coordinates-zero' };
  if (!isInWorld(lon, lat)) return { ...NOWHERE, note: 'coordinates-out-of-world' };
  if (isPlaceholder(lon, lat)) return { ...NOWHERE, note: 'coordinates-placeholder' };
  const signed = bounds && [-lon, lon].some((x) => [-lat, lat].some((y) => isNear(x, y, bounds)));
  return { lon, lat, note: signed ? 'coordinates-sign' : 'coordinates-far' };
}

/** Reads the point of a row from its two columns or its one; null where it has none. `note` hears of each doubt. */
export function openPoints(
  { fields }: Columns,
  bounds: Bounds | null,
  note: (code: PointNote, example: string) => void,
  decimal: DecimalMark | null = null,
): (cells: readonly string[]) => ReadPoint | null {
  const { lon, lat, point: both } = fields;
  const told = (read: ReadPoint, text: string): ReadPoint => {
    if (read.note) note(read.note, text);
    return read;
  };
  if (both) {
    return (cells) => {
      const cell = cells[both.index]!;
      if (saysNoPoint(cell)) return NOWHERE;
      const split = splitPoint(cell);
      return told(
        split
          ? readPoint(split.lon, split.lat, bounds, null, () => note('coordinates-sexagesimal', cell))
          : { ...NOWHERE, note: 'coordinates-unreadable' },
        cell,
      );
    };
  }
  if (!lon || !lat) return () => null;
  return (cells) => {
    const [x, y] = [cells[lon.index]!, cells[lat.index]!];
    const read = readPoint(x, y, bounds, decimal, () => note('coordinates-sexagesimal', `${x}, ${y}`));
    return told(read, `${x}, ${y}`);
  };
}

/** -1, -1; 999, 999; a pole: what programs write where they have nothing to say. */
function isPlaceholder(lon: number, lat: number): boolean {
  return (lon === lat && Number.isInteger(lon)) || Math.abs(lat) >= POLE_DEGREES;
}

/** A number by its mark of decimals where it is said; else by the point or comma it has. */
export function degrees(text: string, decimal: DecimalMark | null): number | null {
  const trimmed = text.trim().replace(MINUS, '-');
  if (decimal !== null) return numberOf(trimmed, decimal);
  const number = Number(trimmed);
  if (!Number.isNaN(number)) return Number.isFinite(number) ? number : null;
  const comma = /^([+-]?\d+),(\d+)$/.exec(trimmed);
  return comma ? Number(`${comma[1]}.${comma[2]}`) : null;
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
