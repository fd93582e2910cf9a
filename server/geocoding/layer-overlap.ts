// Which areas of other layers an area or a street lies in, by points laid over it: no overlay of polygons, which would
// take minutes for a city.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import type { LayerVersion } from '../placing/packed-places.ts';
import type { Placer } from '../placing/place.ts';

/** An area lies in the one that holds at least this share of it. */
export const LEAST_SHARE = 0.95;
/** Points that fall in an area, about. */
const POINTS_IN_AREA = 400;
const MOST_PER_SIDE = 120;
const LEAST_PER_SIDE = 8;
const POINTS_AT_ONCE = 200_000;

export const keyOf = ({ layerId, version }: Pick<LayerVersion, 'layerId' | 'version'>): string =>
  `${layerId}@${version}`;

/** By layer version (see keyOf), the shares of an area that lie in each place of it. */
export type Shares = ReadonlyMap<string, ReadonlyMap<number, number>>;

type Frame = { id: number; west: number; south: number; east: number; north: number; filled: number | null };

/** Of each of these areas of `layer`; one that another covers whole may have none. */
export async function sharesOf(
  { db }: Database,
  jurisdictionId: number,
  layer: LayerVersion,
  placeIds: readonly number[],
  placer: Placer,
): Promise<Map<number, Shares>> {
  const { rows } = await sql<Frame>`
    select place_id as id, ST_XMin(geom) as west, ST_YMin(geom) as south, ST_XMax(geom) as east, ST_YMax(geom) as north,
      ST_Area(geom) / nullif(ST_Area(ST_Envelope(geom)), 0) as filled
    from area where jurisdiction_id = ${jurisdictionId} and layer_id = ${layer.layerId} and version = ${layer.version}
      and place_id = any(${[...placeIds]}::int[])`.execute(db);
  const found = new Map<number, Shares>();
  for (const group of groupsOf(rows)) {
    const lon = new Float64Array(group.reduce((sum, { side }) => sum + side * side, 0));
    const lat = new Float64Array(lon.length);
    let at = 0;
    for (const { frame, side } of group) {
      for (let i = 0; i < side * side; i++, at++) {
        lon[at] = frame.west + ((frame.east - frame.west) * ((i % side) + 0.5)) / side;
        lat[at] = frame.south + ((frame.north - frame.south) * (Math.floor(i / side) + 0.5)) / side;
      }
    }
    const placed = await placer.place(lon, lat);
    const own = placed.find((each) => keyOf(each) === keyOf(layer))!;
    at = 0;
    for (const { frame, side } of group) {
      found.set(
        frame.id,
        new Map(placed.map((each) => [keyOf(each), sharesIn(own, each, frame.id, at, at + side * side)])),
      );
      at += side * side;
    }
  }
  return found;
}

type Placed = { readonly placeIds: Int32Array };

function sharesIn(own: Placed, other: Placed, id: number, from: number, until: number): Map<number, number> {
  const counts = new Map<number, number>();
  let inside = 0;
  for (let i = from; i < until; i++) {
    if (own.placeIds[i] !== id) continue;
    inside++;
    const place = other.placeIds[i]!;
    if (place) counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return new Map([...counts].map(([place, count]) => [place, count / inside]));
}

type Sided = { readonly frame: Frame; readonly side: number };

function* groupsOf(frames: readonly Frame[]): Generator<Sided[]> {
  let group: Sided[] = [];
  let points = 0;
  for (const frame of frames) {
    const wanted = Math.ceil(Math.sqrt(POINTS_IN_AREA / Math.max(frame.filled ?? 1, 1e-6)));
    const side = Math.min(MOST_PER_SIDE, Math.max(LEAST_PER_SIDE, wanted));
    if (points > 0 && points + side * side > POINTS_AT_ONCE) {
      yield group;
      group = [];
      points = 0;
    }
    group.push({ frame, side });
    points += side * side;
  }
  if (group.length) yield group;
}
