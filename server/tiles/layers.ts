// What tiles are made of: each source-layer with its SQL, properties and the rules for low zooms.

import { type RawBuilder, sql } from 'kysely';
import type { LayerType } from '../db/contract.ts';
import { EXTENT, type Tile, tileSquare } from './square.ts';

/** What a layer version is called in the database. */
export type TiledVersion = {
  readonly jurisdictionId: number;
  readonly layerId: number;
  readonly version: number;
  /** Which of its places there are for whoever asks: a condition; all of them unless said. */
  readonly only?: RawBuilder<unknown>;
};

/** All features of a source-layer in one tile, framed as readRecords (encode.ts) takes them apart. */
type TileRecords = { readonly features: number; readonly records: Buffer | null };

export type SourceLayer = {
  readonly name: 'areas' | 'labels' | 'streets' | 'points';
  /** Properties beside the id, as TileJSON names their types. */
  readonly fields: Readonly<Record<string, 'String' | 'Number'>>;
  readonly sql: (key: TiledVersion, tile: Tile) => RawBuilder<TileRecords>;
};

export type TileLayer = {
  readonly minZoom: number;
  /** Beyond it clients enlarge the tiles of this zoom: a unit is 0.6 m on the ground. */
  readonly maxZoom: number;
  readonly sourceLayers: readonly SourceLayer[];
};

/** How far features reach over the side of a tile, in its units, so that outlines do not show at its edge. */
const BUFFER = 64;

/** All streets from here on; below, the widest roads that fit the budget of the whole version. */
const ALL_STREETS_ZOOM = 12;
const STREET_BUDGET: Readonly<Record<number, number>> = { 8: 1000, 9: 1500, 10: 3000, 11: 6000 };

const areas: SourceLayer = {
  name: 'areas',
  fields: { name: 'String', class: 'String' },
  sql: (key, tile) =>
    records(sql`
      select place_id as rank, place_id, ${properties(sql`'name', name, 'class', class`)},
        ${clipped(tile, true)} as shape
      from area where ${inVersion(key)} and ${touches(tile)}`),
};

const labels: SourceLayer = {
  name: 'labels',
  fields: { name: 'String' },
  // Each label stands in exactly one tile; the largest areas come first, so they win where labels collide.
  sql: (key, tile) => {
    const { west, north, side } = tileSquare(tile);
    return records(sql`
      select -area_km2 as rank, place_id, ${properties(sql`'name', name`)}, label_3857 as shape
      from area where ${inVersion(key)} and ${touches(tile)}
        and ST_X(label_3857) >= ${west} and ST_X(label_3857) < ${west + side}
        and ST_Y(label_3857) <= ${north} and ST_Y(label_3857) > ${north - side}`);
  },
};

const streets: SourceLayer = {
  name: 'streets',
  fields: { name: 'String', class: 'Number' },
  // Wide roads come last, to be drawn over narrow ones.
  sql: (key, tile) =>
    records(sql`
      select -road_class as rank, place_id, ${properties(sql`'name', name, 'class', road_class`)},
        ${clipped(tile, false)} as shape
      from segment where ${inVersion(key)} and ${touches(tile)} and ${wideEnough(key, tile)}`),
};

const points: SourceLayer = {
  name: 'points',
  fields: { name: 'String' },
  sql: (key, tile) =>
    records(sql`
      select place_id as rank, place_id, ${properties(sql`'name', name`)}, geom_3857 as shape
      from reference_point where ${inVersion(key)} and ${touches(tile)}`),
};

const polygons: TileLayer = { minZoom: 0, maxZoom: 14, sourceLayers: [areas, labels] };
export const TILE_LAYERS: Readonly<Record<LayerType, TileLayer | null>> = {
  areas: polygons,
  context: { ...polygons, sourceLayers: [areas] },
  streets: { minZoom: 8, maxZoom: 14, sourceLayers: [streets] },
  // A city has a hundred thousand lamps: they are there when streets are.
  points: { minZoom: 12, maxZoom: 14, sourceLayers: [points] },
};

/** Frames the rows rank, place_id, properties, shape as one value: a tile costs the event loop one field to parse. */
function records(rows: RawBuilder<unknown>): RawBuilder<TileRecords> {
  return sql<TileRecords>`
    select count(*)::int as features, string_agg(
      int4send(place_id) || int4send(length(properties)) || properties || int4send(length(wkb)) || wkb,
      ''::bytea order by rank, place_id) as records
    from (
      select rank, place_id, properties, ST_AsBinary(shape, 'NDR') as wkb from (${rows}) as shaped
      where not ST_IsEmpty(shape)
    ) as drawn`;
}

const properties = (pairs: RawBuilder<unknown>) =>
  sql`convert_to(json_strip_nulls(json_build_object(${pairs}))::text, 'UTF8') as properties`;

/** The places of a version that there are for whoever asks. */
export const inVersion = ({ jurisdictionId, layerId, version, only = sql`true` }: TiledVersion) =>
  sql`jurisdiction_id = ${jurisdictionId} and layer_id = ${layerId} and version = ${version} and ${only}`;

const touches = (tile: Tile) => sql`geom_3857 && ${box(tile)}`;

function box(tile: Tile) {
  const { west, north, side } = tileSquare(tile);
  const reach = (side * BUFFER) / EXTENT;
  return sql`ST_MakeEnvelope(${west - reach}, ${north - side - reach}, ${west + side + reach}, ${north + reach}, 3857)`;
}

/** Douglas-Peucker (ST_Simplify) is quadratic on a zigzag: 3 s for 40,000 corners. Visvalingam takes 12 ms. */
const MOST_CORNERS_QUADRATIC = 5000;

/**
 * Simplified to one unit, an eighth of a pixel: neighbours are simplified apart, and the gaps that opens along a
 * shared border stay invisible. Small polygons keep a triangle rather than vanish.
 */
function clipped(tile: Tile, keepSmall: boolean) {
  const unit = tileSquare(tile).side / EXTENT;
  return sql`ST_ClipByBox2D(${simplified(sql`geom_3857`, unit, keepSmall)}, ${box(tile)})`;
}

/** `unit` in the reference system of the shape. */
export function simplified(shape: RawBuilder<unknown>, unit: number, keepSmall: boolean): RawBuilder<unknown> {
  return sql`case when ST_NPoints(${shape}) > ${MOST_CORNERS_QUADRATIC} then ST_SimplifyVW(${shape}, ${unit ** 2})
    else ST_Simplify(${shape}, ${unit}, ${keepSmall}) end`;
}

/**
 * At low zooms whole road classes, as many as fit the budget; where even the widest does not (a city whose streets
 * have no classes), its longest streets by name. A rule of the version, not of the tile: no seams between tiles.
 */
function wideEnough(key: TiledVersion, { z }: Tile) {
  if (z >= ALL_STREETS_ZOOM) return sql`true`;
  const budget = STREET_BUDGET[z] ?? 0;
  return sql`(
    road_class <= (
      select max(road_class) from (
        select road_class, sum(count(*)) over (order by road_class) as so_far
        from segment where ${inVersion(key)} group by road_class
      ) as classes where so_far <= ${budget}
    )
    or place_id in (
      select place_id from (
        select place_id, sum(length_m) over (partition by coalesce(name, place_id::text)) as street_m
        from segment
        where ${inVersion(key)} and road_class = (select min(road_class) from segment where ${inVersion(key)})
      ) as widest order by street_m desc, place_id limit ${budget}
    ))`;
}
