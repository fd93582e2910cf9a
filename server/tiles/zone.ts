// How a drawn zone lies on the areas of a layer: how much of it is of the city, and who lives there as far as the
// residents of the areas let it be told.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import { polygonOf } from '../filter/plan.ts';
import type { Position } from '../geometry/contract.ts';
import type { ZoneAnswer } from '../layers/contract.ts';
import { inVersion } from './layers.ts';
import type { Version } from './versions.ts';

/** One area that the zone reaches; `share` = the part of it that lies in the zone, 0 … 1. */
export type ReachedArea = { readonly share: number; readonly areaKm2: number; readonly residents: number | null };

/** An area with no more of it outside is taken for whole: a hand does not follow a border to the metre. */
const WHOLE = 0.98;
/** The part of a zone whose areas may have no known residents. */
const UNKNOWN_AT_MOST = 0.05;

/**
 * Residents in proportion to the part of each area that lies in the zone, which is right where they live evenly spread.
 * None are told where that would say little: where most of them come from areas of which the lesser part is inside.
 */
export function residentsWithin(
  areas: readonly ReachedArea[],
): Pick<ZoneAnswer, 'insideKm2' | 'whole' | 'cut' | 'residents' | 'reason'> {
  const sum = (of: (area: ReachedArea) => number) => areas.reduce((total, area) => total + of(area), 0);
  const insideKm2 = sum(({ share, areaKm2 }) => share * areaKm2);
  const whole = areas.filter(({ share }) => share >= WHOLE).length;
  const unknownKm2 = sum(({ share, areaKm2, residents }) => (residents === null ? share * areaKm2 : 0));
  const living = sum(({ share, residents }) => share * (residents ?? 0));
  const mostlyInside = sum(({ share, residents }) => (share >= 0.5 ? share * (residents ?? 0) : 0));
  const reason =
    insideKm2 === 0 || unknownKm2 > UNKNOWN_AT_MOST * insideKm2
      ? 'unknown'
      : mostlyInside * 2 < living
        ? 'parts'
        : null;
  return { insideKm2, whole, cut: areas.length - whole, residents: reason ? null : Math.round(living), reason };
}

/** `year` = of the census to take; null = the latest there is. Throws BadInput for a tangle. */
export async function readZone(
  { db }: Database,
  version: Version,
  ring: readonly Position[],
  year: number | null,
): Promise<ZoneAnswer> {
  polygonOf(ring);
  const there = inVersion(version);
  const { only: _, ...every } = version;
  const corners = [...ring, ring[0]!].map(([lon, lat]) => `${lon} ${lat}`).join(',');
  const zone = sql`ST_CollectionExtract(ST_MakeValid(ST_GeomFromText(${`POLYGON((${corners}))`}, 4326)), 3)`;
  const census = await sql<{ year: number; source: string }>`
    select year, min(source) as source from population
    where ${inVersion(every)} and ${year === null ? sql`true` : sql`year = ${year}`}
    group by year order by year desc limit 1`.execute(db);
  const { rows } = await sql<ReachedArea>`
    with zone as materialized (select ${zone} as geom), reached as (
      select place_id, area_km2 as "areaKm2",
        case when ST_Covers(zone.geom, area.geom) then 1
          else ST_Area(ST_Intersection(area.geom, zone.geom)) / nullif(ST_Area(area.geom), 0) end as share
      from area, zone
      where ${there} and area.geom && zone.geom and ST_Intersects(area.geom, zone.geom)
    ), counted as (
      select place_id, residents from population
      where ${inVersion(every)} and year = ${census.rows[0]?.year ?? 0}
    )
    select share, "areaKm2", residents from reached left join counted using (place_id) where share > 0`.execute(db);
  const whole = await sql<{ zoneKm2: number; layerKm2: number }>`
    select ST_Area(${zone}::geography) / 1e6 as "zoneKm2", coalesce(sum(area_km2), 0) as "layerKm2"
    from area where ${there}`.execute(db);
  return {
    ...{ layer: version.layer, layerVersion: version.version },
    ...{ zoneKm2: whole.rows[0]!.zoneKm2, layerKm2: whole.rows[0]!.layerKm2 },
    ...residentsWithin(rows),
    census: census.rows[0] ?? null,
  };
}
