// Outlines for the maps of a briefing: coarse enough for a figure on paper, and as lines of numbers, so that they are drawn
// without a map program and stay sharp in print.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import type { AskedLayer } from '../filter/places.ts';
import type { BriefingShapes } from './contract.ts';

type Position = readonly [number, number];

/** A figure is some 1,000 dots wide. */
const PARTS_OF_EXTENT = 1200;
const DECIMALS = 5;

const versionOf = (jurisdictionId: number, { layerId, version }: AskedLayer) =>
  sql`jurisdiction_id = ${jurisdictionId} and layer_id = ${layerId} and version = ${version}`;

/** Of areas; a street layer has none here, its lines come with the figures. */
export async function outlinesOf({ db }: Database, jurisdictionId: number, layer: AskedLayer): Promise<BriefingShapes> {
  const ofLayer = versionOf(jurisdictionId, layer);
  const extent = await sql<{ west: number | null; south: number; east: number; north: number }>`
    select ST_XMin(box) as west, ST_YMin(box) as south, ST_XMax(box) as east, ST_YMax(box) as north
    from (select ST_Extent(geom) as box from area where ${ofLayer}) as extent`.execute(db);
  const [box] = extent.rows;
  if (!box || box.west === null) return { bounds: null, shapes: [] };
  const grain = Math.max(box.east - box.west, box.north - box.south) / PARTS_OF_EXTENT;
  const { rows } = await sql<{ id: number; shape: GeoJSON.Geometry | null }>`
    select place_id as id, ST_AsGeoJSON(ST_SimplifyPreserveTopology(geom, ${grain}::float8), ${DECIMALS})::jsonb as shape
    from area where ${ofLayer} order by place_id`.execute(db);
  return {
    bounds: [box.west, box.south, box.east, box.north],
    shapes: rows.map(({ id, shape }) => ({ id, rings: shape ? ringsOf(shape) : [] })),
  };
}

function ringsOf(shape: GeoJSON.Geometry): Position[][] {
  if (shape.type === 'Polygon') return shape.coordinates as unknown as Position[][];
  if (shape.type === 'MultiPolygon') return shape.coordinates.flat() as unknown as Position[][];
  return [];
}

/** Of segments by their numbers. */
export async function linesOf(
  { db }: Database,
  jurisdictionId: number,
  layer: AskedLayer,
  ids: readonly number[],
): Promise<[number, Position[]][]> {
  const { rows } = await sql<{ id: number; shape: GeoJSON.LineString }>`
    select place_id as id, ST_AsGeoJSON(geom, ${DECIMALS})::jsonb as shape from segment
    where ${versionOf(jurisdictionId, layer)} and place_id = any(${[...ids]}::int[]) order by place_id`.execute(db);
  return rows.map(({ id, shape }) => [id, shape.coordinates as unknown as Position[]]);
}
