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

/** Layers by name, as the operator wishes; null = chosen by how many areas they have. */
export type LayerWish = { readonly finest: string | null; readonly coarse: string | null };
export type PublicLayers = {
  readonly finest: CatalogueLayer | null;
  readonly coarse: CatalogueLayer | null;
  readonly streets: CatalogueLayer | null;
};

/** Sensitive offences are counted in areas of which there are this many times fewer than of the finest. */
const COARSER_BY = 4;
const SEGMENTS_PER_READ = 2000;

/**
 * The layer with the most areas is the finest; the coarse one has at most a quarter as many and at least two, else
 * sensitive offences are counted for the jurisdiction as a whole. Throws BadInput for a layer that is no layer of areas.
 */
export function choosePublicLayers(layers: Catalogue['layers'], wish: LayerWish): PublicLayers {
  const areas = layers.filter(({ type, features }) => type === 'areas' && features > 0);
  const named = (code: string, option: string) => {
    const layer = areas.find((each) => each.code === code);
    if (!layer) throw new BadInput(option, `no such layer of areas: ${code.slice(0, 60)}`);
    return layer;
  };
  const byCount = [...areas].sort((a, b) => b.features - a.features || a.layerId - b.layerId);
  const finest = wish.finest === null ? (byCount[0] ?? null) : named(wish.finest, 'areas');
  const coarser = byCount.filter(({ features }) => features >= 2 && features * COARSER_BY <= (finest?.features ?? 0));
  return {
    finest,
    coarse: wish.coarse === null ? (coarser[0] ?? null) : named(wish.coarse, 'sensitive-areas'),
    streets: layers.find(({ type, features }) => type === 'streets' && features > 0) ?? null,
  };
}

/** The areas' codes, and the catchments of the streets. */
export async function readGeography(
  database: Database,
  { id, srid }: { readonly id: number; readonly srid: number },
  { finest, coarse, streets }: PublicLayers,
  rules: ProtectionRules,
): Promise<Geography> {
  const codesOf = async (layer: CatalogueLayer | null) =>
    layer && { code: layer.code, codes: (await readPlaces(database, id, layer)).codes };
  const segments: ProtectedSegment[] = [];
  if (streets) {
    const areaAt = finest ? await areaFinder(database, id, srid, finest) : () => 0;
    for await (const { middle_lon: lon, middle_lat: lat, ...street } of readSegments(database, id, streets)) {
      segments.push({ ...street, lon, lat, area: areaAt(lon, lat), addresses: null });
    }
  }
  const inside = finest ? segments.filter(({ area }) => area !== 0) : segments;
  return {
    finest: await codesOf(finest),
    coarse: await codesOf(coarse),
    catchments: layCatchments(inside, rules),
  };
}

async function areaFinder(database: Database, id: number, srid: number, { layerId, version }: CatalogueLayer) {
  const places = await loadPlaces(database, id, { layerId, version, layer: '', type: 'areas' });
  const metric = await loadMetricSystem(database, srid);
  const [index] = buildIndexes({ metric, limit: null, layers: [{ type: 'areas', places }] });
  return (lon: number, lat: number) => index!.find(lon, lat);
}

type StoredSegment = {
  readonly id: number;
  readonly lengthM: number;
  readonly middle_lon: number;
  readonly middle_lat: number;
  readonly from: string;
  readonly to: string;
};

async function* readSegments(database: Database, id: number, { layerId, version }: CatalogueLayer) {
  for (let last = 0; ; ) {
    const { rows } = await sql<StoredSegment>`
      select place_id as id, length_m as "lengthM",
        ST_X(ST_LineInterpolatePoint(geom, 0.5)) as middle_lon, ST_Y(ST_LineInterpolatePoint(geom, 0.5)) as middle_lat,
        ST_AsText(ST_StartPoint(geom), 7) as from, ST_AsText(ST_EndPoint(geom), 7) as to
      from segment
      where jurisdiction_id = ${id} and layer_id = ${layerId} and version = ${version} and place_id > ${last}
      order by place_id limit ${SEGMENTS_PER_READ}`.execute(database.db);
    yield* rows;
    if (rows.length < SEGMENTS_PER_READ) return;
    last = rows.at(-1)!.id;
  }
}
