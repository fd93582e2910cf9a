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
export type PublicLayerWish = {
  readonly finest: string | null;
  readonly coarse: string | null;
  readonly addresses: string | null;
};
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
  const addresses = await findAddresses(database, id, wish.addresses);
  const segments = streets ? await readSegments(database, jurisdiction, streets, addresses) : [];
  const finestFirst = [...areas].sort((a, b) => b.features - a.features || a.layerId - b.layerId);
  let found: Found = { finest: null, catchments: layCatchments(segments, rules), named: new Set() };
  const coarseRules = coarserThan(rules);
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
    geography: {
      ...{ ...found, finest: await codesOf(finest), coarse: await codesOf(coarse) },
      namedCoarse: coarse
        ? (await divideInto(database, jurisdiction, coarse, segments, coarseRules)).named
        : new Set<number>(),
    },
  };
}

/** An area that sensitive offences are counted in stands for as many times more as such areas are fewer. */
function coarserThan(rules: ProtectionRules): ProtectionRules {
  const { segmentsPerPoint, metresPerPoint, addressesPerPoint, squareKmPerArea } = rules;
  return {
    ...{ ...rules, segmentsPerPoint: segmentsPerPoint * COARSER_BY, metresPerPoint: metresPerPoint * COARSER_BY },
    ...{ addressesPerPoint: addressesPerPoint * COARSER_BY, squareKmPerArea: squareKmPerArea * COARSER_BY },
  };
}

/** A layer of points that is called so holds the addresses of the city. */
const ADDRESSES = /^(domicilios|direcciones|numeros(_exteriores)?|addresses)([_-].*)?$/;

type Addresses = { readonly layerId: number; readonly version: number };

async function findAddresses({ db }: Database, id: number, wished: string | null): Promise<Addresses | null> {
  const { rows } = await sql<Addresses & { code: string }>`
    select layer_id as "layerId", code, current_version as version from layer
    where jurisdiction_id = ${id} and type = 'points' and current_version is not null order by layer_id`.execute(db);
  const found = rows.find(({ code }) => (wished === null ? ADDRESSES.test(code) : code === wished));
  if (!found && wished !== null) throw new BadInput('addresses', `no such layer of points: ${wished.slice(0, 60)}`);
  return found ?? null;
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
  const areaAt = await placeFinder(database, id, srid, { ...finest, type: 'areas' });
  const placed = segments.map((segment) => ({ ...segment, area: areaAt(segment.lon, segment.lat) }));
  const catchments = layCatchments(
    placed.filter(({ area }) => area !== 0),
    rules,
  );
  return { finest, catchments, named: new Set(catchments.pointsIn.keys()) };
}

async function placeFinder(
  database: Database,
  id: number,
  srid: number,
  { layerId, version, type }: Pick<CatalogueLayer, 'layerId' | 'version'> & { readonly type: 'areas' | 'streets' },
) {
  const places = await loadPlaces(database, id, { layerId, version, layer: '', type });
  const metric = await loadMetricSystem(database, srid);
  const [index] = buildIndexes({ metric, limit: null, layers: [{ type, places }] });
  return (lon: number, lat: number) => index!.find(lon, lat);
}

/** The segments of the city, in no area yet; with their addresses where there is a layer of them. */
async function readSegments(
  database: Database,
  { id, srid }: { readonly id: number; readonly srid: number },
  { layerId, version }: CatalogueLayer,
  addresses: Addresses | null,
): Promise<ProtectedSegment[]> {
  const counted = addresses && (await countAddresses());
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
    segments.push(...rows.map((row) => (counted ? { ...row, addresses: counted.get(row.id) ?? 0 } : row)));
    if (rows.length < SEGMENTS_PER_READ) return segments;
  }

  /** By segment, as incidents are placed; several at one place, as the flats of a house, are one. */
  async function countAddresses(): Promise<ReadonlyMap<number, number>> {
    const segmentAt = await placeFinder(database, id, srid, { layerId, version, type: 'streets' });
    const found = new Map<number, number>();
    const places = new Set<string>();
    for (let after = 0; ; ) {
      const { rows } = await sql<{ id: number; lon: number; lat: number }>`
        select place_id as id, ST_X(geom) as lon, ST_Y(geom) as lat from reference_point
        where jurisdiction_id = ${id} and layer_id = ${addresses!.layerId} and version = ${addresses!.version}
          and place_id > ${after}
        order by place_id limit ${SEGMENTS_PER_READ}`.execute(database.db);
      for (const { lon, lat } of rows) {
        const key = `${lon.toFixed(5)} ${lat.toFixed(5)}`;
        const segment = places.has(key) ? 0 : segmentAt(lon, lat);
        places.add(key);
        if (segment !== 0) found.set(segment, (found.get(segment) ?? 0) + 1);
      }
      if (rows.length < SEGMENTS_PER_READ) return found;
      after = rows.at(-1)!.id;
    }
  }
}
