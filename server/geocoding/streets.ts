// Streets and crossings by name: which segments a street has, where two streets meet, and what areas they lie in.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import type { LayerVersion } from '../placing/packed-places.ts';
import type { Placer } from '../placing/place.ts';
import { type Candidate, LEAST_SIMILAR, MARGIN } from './disambiguate.ts';
import { type FoldedName, tellAlike } from './fold-names.ts';
import { keyOf } from './layer-overlap.ts';

const SEGMENTS_PER_READ = 2000;
const SAME_CORE = 0.95;
/** The two roadways of an avenue make several crossings of one. */
const ONE_CROSSING_M = 60;
const M_PER_DEGREE = 111_320;
/** Where along a segment it is looked at: its ends may stand on the border of the area it lies in. */
const ALONG = [0.05, 0.5, 0.95];

export type NamedStreet = {
  readonly segments: readonly number[];
  readonly score: number;
  readonly how: 'exact' | 'similar';
};
export type Spot = { readonly lon: number; readonly lat: number };
type Segment = {
  readonly id: number;
  readonly ends: readonly [Spot, Spot];
  /** By layer version, the places of its points along. */
  readonly along: ReadonlyMap<string, readonly number[]>;
};
export type Segments = ReadonlyMap<number, Segment>;
/** An area a street is looked for in. */
export type SurroundingAreas = { readonly layer: string; readonly placeId: number };

/** All segments of the street of that name, or of the name most like it; null when several could be meant. */
export function chooseStreet(asked: FoldedName, candidates: readonly Candidate[]): NamedStreet | null {
  const of = (some: readonly Candidate[], score: number, how: NamedStreet['how']) =>
    some.length ? { segments: some.map(({ placeId }) => placeId), score, how } : null;
  const exact = candidates.filter(({ folded }) => folded === asked.folded);
  if (exact.length) return of(exact, 1, 'exact');
  const sameCore = candidates.filter(({ core }) => core === asked.core);
  if (sameCore.length) return of(sameCore, SAME_CORE, 'similar');
  const alike = candidates
    .filter(({ core, score }) => score >= LEAST_SIMILAR && tellAlike(core, asked.core))
    .sort((a, b) => b.score - a.score);
  const best = alike[0];
  if (!best) return null;
  const other = alike.find(({ core }) => core !== best.core);
  if (other && other.score > best.score - MARGIN) return null;
  return of(
    alike.filter(({ core }) => core === best.core),
    best.score,
    'similar',
  );
}

/** Reads segments and puts them on the layers of the placer. */
export async function readSegments(
  { db }: Database,
  jurisdictionId: number,
  layer: LayerVersion,
  ids: readonly number[],
  placer: Placer,
): Promise<Segments> {
  const segments = new Map<number, Segment>();
  const point = (along: number) => sql`ST_LineInterpolatePoint(geom, ${sql.lit(along)})`;
  const coordinates = (of: ReturnType<typeof sql>) => sql`ST_X(${of}), ST_Y(${of})`;
  const spots = [sql`ST_StartPoint(geom)`, sql`ST_EndPoint(geom)`, ...ALONG.map(point)].map(coordinates);
  for (let from = 0; from < ids.length; from += SEGMENTS_PER_READ) {
    const { rows } = await sql<{ id: number; xy: number[] }>`
      select place_id as id, array[${sql.join(spots)}] as xy from segment
      where jurisdiction_id = ${jurisdictionId} and layer_id = ${layer.layerId} and version = ${layer.version}
        and place_id = any(${ids.slice(from, from + SEGMENTS_PER_READ)}::int[])`.execute(db);
    const xys = rows.flatMap(({ xy }) => xy.slice(4));
    const lon = Float64Array.from({ length: xys.length / 2 }, (_, i) => xys[2 * i]!);
    const lat = Float64Array.from({ length: xys.length / 2 }, (_, i) => xys[2 * i + 1]!);
    const placed = await placer.place(lon, lat);
    rows.forEach(({ id, xy }, row) => {
      const first = row * ALONG.length;
      const along = new Map(
        placed.map((each) => [keyOf(each), [...each.placeIds.subarray(first, first + ALONG.length)]] as const),
      );
      const [x0, y0, x1, y1] = xy as [number, number, number, number];
      segments.set(id, {
        id,
        along,
        ends: [
          { lon: x0, lat: y0 },
          { lon: x1, lat: y1 },
        ],
      });
    });
  }
  return segments;
}

/** The segments of a street with their middle in the area; all of them without an area. */
export function segmentsIn(
  street: NamedStreet,
  segments: Segments,
  inside: SurroundingAreas | null,
): readonly Segment[] {
  const all = street.segments.flatMap((id) => segments.get(id) ?? []);
  return inside ? all.filter(({ along }) => along.get(inside.layer)?.[1] === inside.placeId) : all;
}

/** The place of a layer all of the segments lie in; 0 = none. */
export function placeOfAll(segments: readonly Segment[], layer: string): number {
  const places = new Set(segments.flatMap(({ along }) => along.get(layer) ?? [0]));
  const [place = 0] = places;
  return places.size === 1 ? place : 0;
}

/** Where two streets meet, by a segment in the area of one of them; null when nowhere, or at places far apart. */
export function crossingAt(
  a: NamedStreet,
  b: NamedStreet,
  segments: Segments,
  inside: SurroundingAreas | null,
): Spot | null {
  const ends = (street: NamedStreet, where: SurroundingAreas | null) =>
    new Map(segmentsIn(street, segments, where).flatMap((segment) => segment.ends.map((end) => [text(end), end])));
  const [ofA, ofB] = [ends(a, null), ends(b, null)];
  const near = inside ? new Set([...ends(a, inside).keys(), ...ends(b, inside).keys()]) : null;
  const shared = [...ofA].filter(([key]) => ofB.has(key) && (near?.has(key) ?? true)).map(([, spot]) => spot);
  shared.sort((one, other) => one.lon - other.lon || one.lat - other.lat);
  const [first] = shared;
  if (!first || shared.some((spot) => metres(first, spot) > ONE_CROSSING_M)) return null;
  return first;
}

const text = ({ lon, lat }: Spot) => `${lon} ${lat}`;

function metres(a: Spot, b: Spot): number {
  const x = (a.lon - b.lon) * Math.cos((a.lat * Math.PI) / 180);
  return Math.hypot(x, a.lat - b.lat) * M_PER_DEGREE;
}

/** Per spot the segment that begins or ends there with the lowest id: what placing a point there would answer. */
export async function segmentsAt(
  { db }: Database,
  jurisdictionId: number,
  layer: LayerVersion,
  spots: readonly Spot[],
): Promise<number[]> {
  if (spots.length === 0) return [];
  const { rows } = await sql<{ id: number | null }>`
    select (
      select min(s.place_id) from segment s
      where s.jurisdiction_id = ${jurisdictionId} and s.layer_id = ${layer.layerId} and s.version = ${layer.version}
        and s.geom_3857 && ST_Expand(ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 3857), 0.1)
        and (
          (ST_X(ST_StartPoint(s.geom)) = lon and ST_Y(ST_StartPoint(s.geom)) = lat)
          or (ST_X(ST_EndPoint(s.geom)) = lon and ST_Y(ST_EndPoint(s.geom)) = lat)
        )
    ) as id
    from unnest(${spots.map(({ lon }) => lon)}::float8[], ${spots.map(({ lat }) => lat)}::float8[])
      with ordinality as spot (lon, lat, n) order by n`.execute(db);
  return rows.map(({ id }) => id ?? 0);
}
