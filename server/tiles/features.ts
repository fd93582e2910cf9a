// The places of a layer version by name, and finding them by what people type.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import type { FeatureRow } from '../layers/contract.ts';
import { inVersion } from './layers.ts';
import type { Version } from './versions.ts';

/** A place beside its name, crossings and code as search compares them. */
export type SearchableFeature = { readonly row: FeatureRow; readonly words: string };

type PlaceRow = {
  place_id: number;
  code: string;
  name: string | null;
  lon: number;
  lat: number;
  population?: number | null;
  area_km2?: number;
  length_m?: number;
  crossing_from?: string | null;
  crossing_to?: string | null;
};

/** At most `limit` places of the version, by name as Spanish sorts it, then by id. */
export async function listFeatures(database: Database, version: Version, limit: number): Promise<SearchableFeature[]> {
  const { only: _, ...whole } = version;
  const there = inVersion(version);
  const areas = sql<PlaceRow>`
    with places as (
      select *, ST_Transform(label_3857, 4326) as at from area where ${there} order by place_id limit ${limit}
    ), latest as (
      select distinct on (place_id) place_id, residents from population where ${inVersion(whole)} order by place_id, year desc
    )
    select place_id, code, name, ST_X(at) as lon, ST_Y(at) as lat, residents as population, area_km2
    from places left join latest using (place_id)`;
  const segments = sql<PlaceRow>`
    select place_id, code, name, ST_X(at) as lon, ST_Y(at) as lat, length_m, crossing_from, crossing_to
    from (
      select *, ST_LineInterpolatePoint(geom, 0.5) as at from segment where ${there} order by place_id limit ${limit}
    ) as places`;
  const points = sql<PlaceRow>`
    select place_id, code, name, ST_X(geom) as lon, ST_Y(geom) as lat
    from reference_point where ${there} order by place_id limit ${limit}`;
  const query = { areas, context: areas, streets: segments, points }[version.type];
  const { rows } = await query.execute(database.db);
  const { compare } = new Intl.Collator('es', { numeric: true });
  return rows
    .sort((a, b) => compare(a.name ?? '', b.name ?? '') || a.place_id - b.place_id)
    .map((place) => {
      const row = toFeature(place);
      return { row, words: fold([row.name, ...(row.crossings ?? []), row.code].join(' ')) };
    });
}

function toFeature(place: PlaceRow): FeatureRow {
  const { population, area_km2, length_m, crossing_from, crossing_to } = place;
  return {
    id: String(place.place_id),
    code: place.code,
    name: place.name ?? '',
    ...(population == null ? {} : { population }),
    ...(area_km2 == null ? {} : { areaKm2: rounded(area_km2, 4) }),
    ...(length_m == null ? {} : { lengthM: rounded(length_m, 1) }),
    ...(crossing_from && crossing_to ? { crossings: [crossing_from, crossing_to] } : {}),
    at: [rounded(place.lon, 6), rounded(place.lat, 6)],
  };
}

const rounded = (value: number, decimals: number) => Number(value.toFixed(decimals));

/**
 * The places that hold every word of `query` somewhere in name, crossings or code, whatever its accents and case;
 * those whose name begins with the query come first. An empty query finds all.
 */
export function searchFeatures(list: readonly SearchableFeature[], query: string, limit: number): FeatureRow[] {
  const wanted = fold(query).trim();
  if (wanted === '') return list.slice(0, limit).map(({ row }) => row);
  const words = wanted.split(/\s+/);
  const first: FeatureRow[] = [];
  const others: FeatureRow[] = [];
  for (const feature of list) {
    if (first.length >= limit) break;
    if (!words.every((word) => feature.words.includes(word))) continue;
    (feature.words.startsWith(wanted) ? first : others).push(feature.row);
  }
  return [...first, ...others].slice(0, limit);
}

/** Without accents and case; ñ becomes n, as people type it. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
