// The places of problems and measures: found by code, number or a ring drawn by hand, and drawn as GeoJSON.

import { sql } from 'kysely';
import type { Viewer } from '../access/contract.ts';
import type { Snapshot } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotAllowed } from '../errors.ts';
import { type MeasureGround, MOST_GROUND_PLACES } from '../evaluation/contract.ts';
import { type AskedLayer, findLayer } from '../filter/places.ts';
import { polygonOf } from '../filter/plan.ts';
import type { AskedPlace } from './contract.ts';
import { type At, liesInAreas } from './store.ts';

type Known = Pick<Snapshot, 'jurisdictionId' | 'layers'>;
const tableOf = ({ type }: Pick<AskedLayer, 'type'>) => sql.table(type === 'streets' ? 'segment' : 'area');
const versionOf = (known: Known, { layerId, version }: AskedLayer) =>
  sql`jurisdiction_id = ${known.jurisdictionId} and layer_id = ${layerId} and version = ${version}`;

/**
 * Throws BadInput for a place there is not, and for a ring in which no place has its middle; NotAllowed for places that
 * lie outside the areas of whoever is bound to some.
 */
export async function readPlace(
  database: Database,
  known: Known,
  viewer: Viewer,
  asked: AskedPlace,
): Promise<MeasureGround> {
  const { layer, codes } = await codesOf(database, known, asked);
  await refuseElsewhere(database, known, viewer, layer, codes);
  return { layer: layer.code, version: layer.version, codes: [...codes] };
}

type Places = { readonly layer: AskedLayer; readonly codes: readonly string[] };

async function codesOf(database: Database, known: Known, asked: AskedPlace): Promise<Places> {
  const version = 'version' in asked ? `@${asked.version}` : '';
  const layer = await findLayer(database, known, asked.layer + version, 'place');
  if ('ring' in asked) {
    polygonOf(asked.ring); // throws for a tangle
    const ring = [...asked.ring, asked.ring[0]!].map(([lon, lat]) => `${lon} ${lat}`).join(',');
    const { rows } = await sql<{ code: string }>`
      select code from ${tableOf(layer)} where ${versionOf(known, layer)}
        and ST_Covers(ST_MakeValid(ST_GeomFromText(${`POLYGON((${ring}))`}, 4326)), ST_Centroid(geom))
      order by code limit ${MOST_GROUND_PLACES + 1}`.execute(database.db);
    if (rows.length === 0) return { layer, codes: await codesRound(database, known, layer, ring) };
    if (rows.length > MOST_GROUND_PLACES)
      throw new BadInput('place', `a measure has at most ${MOST_GROUND_PLACES} places`);
    return { layer, codes: rows.map(({ code }) => code) };
  }
  const wanted = 'id' in asked ? sql`place_id = ${asked.id}` : sql`code = any(${[...new Set(asked.codes)]}::text[])`;
  const { rows } = await sql<{ code: string }>`
    select code from ${tableOf(layer)} where ${versionOf(known, layer)} and ${wanted} order by code`.execute(
    database.db,
  );
  const there = new Set(rows.map(({ code }) => code));
  const missing = 'codes' in asked ? asked.codes.find((code) => !there.has(code)) : undefined;
  if (rows.length === 0 || missing !== undefined) throw new BadInput('place', 'no such place in that layer');
  return { layer, codes: rows.map(({ code }) => code) };
}

/**
 * A zone smaller than the places there are holds the middle of none: then the areas that its own middle lies in, and the
 * streets that run through it, as where a lamp or a camera stands.
 */
async function codesRound({ db }: Database, known: Known, layer: AskedLayer, ring: string): Promise<string[]> {
  const zone = sql`ST_MakeValid(ST_GeomFromText(${`POLYGON((${ring}))`}, 4326))`;
  const { rows } = await sql<{ code: string }>`
    select code from ${tableOf(layer)} where ${versionOf(known, layer)}
      and ${layer.type === 'streets' ? sql`ST_Intersects(geom, ${zone})` : sql`ST_Covers(geom, ST_Centroid(${zone}))`}
    order by code limit ${MOST_GROUND_PLACES}`.execute(db);
  if (rows.length === 0) throw new BadInput('place', 'no place of that layer has its middle in the drawn zone');
  return rows.map(({ code }) => code);
}

/** Each place by a point on it, as a problem's own. */
async function refuseElsewhere(
  { db }: Database,
  known: Known,
  { scope }: Viewer,
  layer: AskedLayer,
  codes: readonly string[],
): Promise<void> {
  if (!scope.areas) return;
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from ${tableOf(layer)} s
    where ${versionOf(known, layer)} and s.code = any(${[...codes]}::text[]) and not ${liesInAreas(
      scope.areas,
      known.jurisdictionId,
      sql`ST_PointOnSurface(s.geom)`,
    )}`.execute(db);
  if (rows[0]!.n > 0) throw new NotAllowed('only about the areas one is bound to');
}

/** A point on it, by which areas are told; null where the layer has it no more. */
export async function pointOn(database: Database, known: Known, ground: MeasureGround | null): Promise<At> {
  const layer = ground && (await layerOf(database, known, ground));
  if (!layer) return null;
  const { rows } = await sql<{ lon: number | null; lat: number | null }>`
    select ST_X(at) as lon, ST_Y(at) as lat from (
      select ST_PointOnSurface(ST_Collect(geom)) as at from ${tableOf(layer)}
      where ${versionOf(known, layer)} and code = any(${[...ground.codes]}::text[])) as middle`.execute(database.db);
  const [found] = rows;
  return found && found.lon !== null ? [found.lon, found.lat!] : null;
}

/** Of each as drawn: on the version it was drawn on, else the present one. One look into each version of a layer. */
export async function shapesDrawn(
  database: Database,
  known: Known,
  grounds: readonly (MeasureGround | null)[],
): Promise<(GeoJSON.Geometry | null)[]> {
  const shapes = new Array<GeoJSON.Geometry | null>(grounds.length).fill(null);
  const asked = grounds.flatMap((ground, n) => (ground ? [{ ground, n }] : []));
  const versions = Map.groupBy(asked, ({ ground }) => `${ground.layer}@${ground.version}`);
  for (const of of versions.values()) {
    const layer = await layerOf(database, known, of[0]!.ground);
    if (!layer) continue;
    const each = of.flatMap(({ ground, n }) => ground.codes.map((code) => ({ n, code })));
    const { rows } = await sql<{ n: number; shape: GeoJSON.Geometry }>`
      select asked.n, ST_AsGeoJSON(ST_Collect(s.geom), 6)::jsonb as shape
      from ${tableOf(layer)} s
      join unnest(${each.map(({ n }) => n)}::int[], ${each.map(({ code }) => code)}::text[]) as asked (n, code)
        on asked.code = s.code
      where ${versionOf(known, layer)}
      group by asked.n`.execute(database.db);
    for (const { n, shape } of rows) shapes[n] = shape;
  }
  return shapes;
}

const layerOf = (database: Database, known: Known, { layer, version }: MeasureGround): Promise<AskedLayer | null> =>
  findLayer(database, known, `${layer}@${version}`)
    .catch(() => findLayer(database, known, layer))
    .catch(() => null);
