// Zones measured in metres on the ground: a circle round a point, a strip along a line, and how large a ring is. Pure.

import { MAX_POLYGON_VERTICES } from '../../server/filter/contract.ts';

export type LonLat = readonly [number, number];
type Metres = { readonly x: number; readonly y: number };

/** Corners of a circle: it lies within 0.2 % of its radius of them all. */
const CIRCLE_CORNERS = 48;
/** On either side of the line: a street with its pavements and the fronts of its blocks. */
export const STRETCH_HALF_WIDTH_M = 25;
/** A tenth of a metre: of a strip of 50 m a whole one would be too much. */
const DECIMALS = 6;
/** At a sharper turn the outer corner of a strip is cut off this many half widths away. */
const MITRE = 2;

/** Of WGS 84, at a latitude. */
function metresPerDegree(lat: number): { readonly lon: number; readonly lat: number } {
  const phi = (lat * Math.PI) / 180;
  return {
    lon: 111412.84 * Math.cos(phi) - 93.5 * Math.cos(3 * phi) + 0.118 * Math.cos(5 * phi),
    lat: 111132.92 - 559.82 * Math.cos(2 * phi) + 1.175 * Math.cos(4 * phi),
  };
}

/** A plane in metres with its origin at a place, and back. */
function planeAt([lon0, lat0]: LonLat) {
  const per = metresPerDegree(lat0);
  return {
    to: ([lon, lat]: LonLat): Metres => ({ x: (lon - lon0) * per.lon, y: (lat - lat0) * per.lat }),
    back: ({ x, y }: Metres): LonLat => [lon0 + x / per.lon, lat0 + y / per.lat],
  };
}

export const rounded = ([lon, lat]: LonLat): LonLat => [Number(lon.toFixed(DECIMALS)), Number(lat.toFixed(DECIMALS))];

/** Corners on the circle, from the east counter-clockwise. */
export function circleRing(center: LonLat, radiusM: number): readonly LonLat[] {
  const plane = planeAt(center);
  return Array.from({ length: CIRCLE_CORNERS }, (_, index) => {
    const angle = (2 * Math.PI * index) / CIRCLE_CORNERS;
    return rounded(plane.back({ x: radiusM * Math.cos(angle), y: radiusM * Math.sin(angle) }));
  });
}

export function distanceM(a: LonLat, b: LonLat): number {
  const { x, y } = planeAt([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]).to(b);
  return 2 * Math.hypot(x, y);
}

export const lengthM = (line: readonly LonLat[]): number =>
  line.slice(1).reduce((sum, place, index) => sum + distanceM(line[index]!, place), 0);

/**
 * The strip so many metres on either side of a line and beyond its two ends: what is placed at the corner that a stretch
 * ends at belongs to it. Null for a line of no length.
 */
export function stripRing(line: readonly LonLat[], halfWidthM: number): readonly LonLat[] | null {
  const plane = planeAt(line[Math.floor(line.length / 2)] ?? [0, 0]);
  const at = line.map(plane.to).filter((place, index, all) => {
    const before = all[index - 1];
    return !before || Math.hypot(place.x - before.x, place.y - before.y) > 0.5;
  });
  if (at.length < 2) return null;
  const along = at.slice(1).map((place, index) => unit(at[index]!, place));
  const side = (sign: number) =>
    at.map((place, index): Metres => {
      const [into, out] = [along[index - 1] ?? along[index]!, along[index] ?? along[index - 1]!];
      const end = index === 0 ? -1 : index === at.length - 1 ? 1 : 0;
      // To the left of the way, halfway between the two directions; longer the sharper the turn.
      const middle = { x: -(into.y + out.y), y: into.x + out.x };
      const long = Math.hypot(middle.x, middle.y) / 2;
      const reach = (sign * halfWidthM * Math.min(MITRE, 1 / Math.max(long, 1e-9))) / (2 * Math.max(long, 1e-9));
      return {
        x: place.x + middle.x * reach + end * halfWidthM * out.x,
        y: place.y + middle.y * reach + end * halfWidthM * out.y,
      };
    });
  return [...side(1), ...side(-1).reverse()].map(plane.back).map(rounded);
}

function unit(a: Metres, b: Metres): Metres {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  return { x: (b.x - a.x) / length, y: (b.y - a.y) / length };
}

export function ringKm2(ring: readonly LonLat[]): number {
  const plane = planeAt(ring[0] ?? [0, 0]);
  const at = ring.map(plane.to);
  const twice = at.reduce((sum, place, index) => {
    const next = at[(index + 1) % at.length]!;
    return sum + place.x * next.y - next.x * place.y;
  }, 0);
  return Math.abs(twice) / 2e6;
}

/** The middle of the box round a ring. */
export function middleOf(ring: readonly LonLat[]): LonLat {
  const middle = (values: readonly number[]) => (Math.min(...values) + Math.max(...values)) / 2;
  return [middle(ring.map(([lon]) => lon)), middle(ring.map(([, lat]) => lat))];
}

/**
 * A ring with so many corners at most, none of those left out farther from it than need be (Douglas and Peucker 1973, with a
 * reach that grows until they are few enough).
 */
export function simplified(ring: readonly LonLat[], most: number): readonly LonLat[] {
  const plane = planeAt(ring[0] ?? [0, 0]);
  const at = ring.map(plane.to);
  const kept = (reach: number): readonly LonLat[] => {
    const keeps = new Set([0, at.length - 1]);
    const open: [number, number][] = [[0, at.length - 1]];
    for (let part = open.pop(); part; part = open.pop()) {
      const [from, until] = part;
      let [farthest, distance] = [0, reach];
      for (let k = from + 1; k < until; k++) {
        const away = awayFrom(at[from]!, at[until]!, at[k]!);
        if (away > distance) [farthest, distance] = [k, away];
      }
      if (farthest === 0) continue;
      keeps.add(farthest);
      open.push([from, farthest], [farthest, until]);
    }
    return ring.filter((_, index) => keeps.has(index));
  };
  let reach = 1;
  let found = kept(reach);
  while (found.length > most) {
    reach *= 1.5;
    found = kept(reach);
  }
  return found;
}

/** How far a place is from a stretch. */
function awayFrom(a: Metres, b: Metres, place: Metres): number {
  const [x, y] = [b.x - a.x, b.y - a.y];
  const along = ((place.x - a.x) * x + (place.y - a.y) * y) / (x * x + y * y || 1);
  const part = Math.max(0, Math.min(1, along));
  return Math.hypot(place.x - a.x - part * x, place.y - a.y - part * y);
}

/** Why a ring cannot be asked about; null when it can. */
export const unusable = (ring: readonly LonLat[]): 'corners' | 'flat' | null =>
  ring.length > MAX_POLYGON_VERTICES ? 'corners' : new Set(ring.map(String)).size < 3 ? 'flat' : null;

/** «19.4326, -99.1332»: latitude first, as maps print it; null when it is something else. */
export function readCoordinates(text: string): LonLat | null {
  const match = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text);
  const [lat, lon] = [Number(match?.[1]), Number(match?.[2])];
  return match && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? [lon, lat] : null;
}
