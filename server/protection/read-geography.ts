// Reads what protection must know of a jurisdiction's layers: its areas, and its streets divided into catchments.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import type { Catalogue, CatalogueLayer } from '../filter/catalogue.ts';
import { readPlaces } from '../filter/places.ts';
import { loadMetricSystem, loadPlaces } from '../placing/load.ts';
import { buildIndexes } from '../placing/packed-places.ts';
import { layCatchments, type ProtectedSegment } from './catchments.ts';
import type { ProtectionRules } from './contract.ts';
import type { Geography } from './derive.ts';

/** Layers by name, as the operator wishes; null = chosen by what their areas hold. */
export type PublicLayerWish = { readonly finest: string | null; readonly coarse: string | null };
export type PublicLayers = {
  readonly finest: CatalogueLayer | null;
  readonly coarse: CatalogueLayer | null;
  readonly streets: CatalogueLayer | null;
};

/** Sensitive offences are counted in areas of which there are this many times fewer than of the finest. */
const COARSER_BY = 4;
/** A layer of which fewer areas can be named is too fine: that of blocks, say. */
const LEAST_NAMED = 0.5;
const SEGMENTS_PER_READ = 2000;

/**
 * The finest layer is that of the most areas of which at least half can be named; the coarse one has at most a quarter as
 * many and at least two, else sensitive offences are counted for the jurisdiction as a whole. Throws BadInput for a layer
 * that is no layer of areas.
 */
export async function readGeography(
  database: Database,
  jurisdiction: { readonly id: number; readonly srid: number },
  layers: Catalogue['layers'],
  wish: PublicLayerWish,
  rules: ProtectionRules,
): Promise<{ readonly layers: PublicLayers; readonly geography: Geography }> {
  const { id } = jurisdiction;
  const areas = layers.filter(({ type, features }) => type === 'areas' && features > 0);
  const named = (code: string, option: string) => {
    const layer = areas.find((each) => each.code === code);
    if (!layer) throw new BadInput(option, `no such layer of areas: ${code.slice(0, 60)}`);
    return layer;
  };
  const wished = wish.finest === null ? null : named(wish.finest, 'areas');
  const wishedCoarse = wish.coarse === null ? null : named(wish.coarse, 'sensitive-areas');
  const streets = layers.find(({ type, features }) => type === 'streets' && features > 0) ?? null;
  const segments = streets ? await readSegments(database, id, streets) : [];
  const finestFirst = [...areas].sort((a, b) => b.features - a.features || a.layerId - b.layerId);
  let found: Found = { finest: null, catchments: layCatchments(segments, rules), named: new Set() };
  for (const finest of wished ? [wished] : finestFirst) {
    found = await divideInto(database, jurisdiction, finest, segments, rules);
    if (found.named.size >= finest.features * LEAST_NAMED) break;
  }
  const { finest } = found;
  const coarser = finestFirst.filter(
    ({ features }) => features >= 2 && features * COARSER_BY <= (finest?.features ?? 0),
  );
  const coarse = wishedCoarse ?? coarser[0] ?? null;
  const codesOf = async (layer: CatalogueLayer | null) =>
    layer && { code: layer.code, codes: (await readPlaces(database, id, layer)).codes };
  return {
    layers: { finest, coarse, streets },
    geography: { ...found, finest: await codesOf(finest), coarse: await codesOf(coarse) },
  };
}

type Found = Pick<Geography, 'catchments' | 'named'> & { readonly finest: CatalogueLayer | null };

/** The streets by the areas of a layer; those named hold a catchment, without streets those large enough. */
async function divideInto(
  database: Database,
  { id, srid }: { readonly id: number; readonly srid: number },
  finest: CatalogueLayer,
  segments: readonly ProtectedSegment[],
  rules: ProtectionRules,
): Promise<Found> {
  if (segments.length === 0) {
    const { rows } = await sql<{ id: number }>`
      select place_id as id from area where jurisdiction_id = ${id} and layer_id = ${finest.layerId}
        and version = ${finest.version} and area_km2 >= ${rules.squareKmPerArea}`.execute(database.db);
    return { finest, catchments: layCatchments([], rules), named: new Set(rows.map((row) => row.id)) };
  }
  const areaAt = await areaFinder(database, id, srid, finest);
  const placed = segments.map((segment) => ({ ...segment, area: areaAt(segment.lon, segment.lat) }));
  const catchments = layCatchments(
    placed.filter(({ area }) => area !== 0),
    rules,
  );
  return { finest, catchments, named: new Set(catchments.pointsIn.keys()) };
}

async function areaFinder(database: Database, id: number, srid: number, { layerId, version }: CatalogueLayer) {
  const places = await loadPlaces(database, id, { layerId, version, layer: '', type: 'areas' });
  const metric = await loadMetricSystem(database, srid);
  const [index] = buildIndexes({ metric, limit: null, layers: [{ type: 'areas', places }] });
  return (lon: number, lat: number) => index!.find(lon, lat);
}

/** The segments of the city, in no area yet. */
async function readSegments(
  database: Database,
  id: number,
  { layerId, version }: CatalogueLayer,
): Promise<ProtectedSegment[]> {
  const segments: ProtectedSegment[] = [];
  for (;;) {
    const { rows } = await sql<ProtectedSegment>`
      select place_id as id, 0 as area, length_m as "lengthM",
        ST_X(ST_LineInterpolatePoint(geom, 0.5)) as lon, ST_Y(ST_LineInterpolatePoint(geom, 0.5)) as lat,
        ST_AsText(ST_StartPoint(geom), 7) as from, ST_AsText(ST_EndPoint(geom), 7) as to
      from segment
      where jurisdiction_id = ${id} and layer_id = ${layerId} and version = ${version}
        and place_id > ${segments.at(-1)?.id ?? 0}
      order by place_id limit ${SEGMENTS_PER_READ}`.execute(database.db);
    segments.push(...rows);
    if (rows.length < SEGMENTS_PER_READ) return segments;
  }
}
