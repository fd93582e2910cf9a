// The places of a measure as they are now: found by their codes, compared with the version they were drawn on, and where
// the middle of every place of the layer lies.

import { sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Jurisdiction } from '../access/contract.ts';
import type { Snapshot } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import { type AskedLayer, findLayer } from '../filter/places.ts';
import { projection } from '../geometry/projection.ts';
import { loadMetricSystem } from '../placing/load.ts';
import type { EvaluationAnswer, MeasureGround } from './contract.ts';
import type { Middles } from './near.ts';

export type FoundGround = {
  readonly layer: AskedLayer;
  /** Numbered from 0, in the order of the codes; only those there are. */
  readonly places: readonly number[];
  readonly changes: EvaluationAnswer['layerChanges'];
};

const tableOf = ({ type }: Pick<AskedLayer, 'type'>) => sql.table(type === 'streets' ? 'segment' : 'area');

/**
 * In the present version of the layer, where it has them all; else in the one they were drawn on, if that is still there.
 * Null where neither has any of them.
 */
export async function findGround(
  database: Database,
  snapshot: Snapshot,
  { layer: code, version, codes }: MeasureGround,
): Promise<FoundGround | null> {
  const current = snapshot.layers.find((layer) => layer.code === code && layer.type !== 'points') as
    | AskedLayer
    | undefined;
  const drawn = await findLayer(database, snapshot, `${code}@${version}`).catch(() => null);
  if (!current && !drawn) return null;
  const now = current ? await shapesOf(database, snapshot, current, codes) : new Map<string, Shape>();
  if (current && drawn?.version === current.version) {
    const places = placesIn(now, codes);
    return places.length ? { layer: current, places, changes: null } : null;
  }
  const then = drawn ? await shapesOf(database, snapshot, drawn, codes) : new Map<string, Shape>();
  const gone = codes.filter((each) => !now.has(each));
  const reshaped = codes.filter((each) => {
    const [before, after] = [then.get(each), now.get(each)];
    return before && after && before.shape !== after.shape;
  });
  const changes = { drawnOn: version, reshaped, gone };
  const useThen = gone.length > 0 && drawn !== null && placesIn(then, codes).length > codes.length - gone.length;
  const [layer, shapes] = useThen ? [drawn, then] : [current!, now];
  const places = placesIn(shapes, codes);
  return places.length ? { layer, places, changes } : null;
}

/**
 * The places of a layer that a ground lies on, or that lie on it: those of its codes where it is of the same layer, else
 * by their middles. Null where the ground is not there any more.
 */
export async function placesUnder(
  database: Database,
  snapshot: Snapshot,
  ground: MeasureGround,
  layer: AskedLayer,
): Promise<readonly number[] | null> {
  const found = await findGround(database, snapshot, ground);
  if (!found) return null;
  if (found.layer.layerId === layer.layerId && found.layer.version === layer.version) return found.places;
  const same =
    found.layer.layerId === layer.layerId
      ? placesIn(await shapesOf(database, snapshot, layer, ground.codes), ground.codes)
      : [];
  const [of, ids] = [found.layer, found.places.map((place) => place + 1)];
  const { rows } = await sql<{ place: number }>`
    select distinct there.place_id as place
    from ${tableOf(of)} as under
    join ${tableOf(layer)} as there on there.jurisdiction_id = under.jurisdiction_id
      and there.geom_3857 && under.geom_3857
      and (ST_Covers(under.geom, ST_Centroid(there.geom)) or ST_Covers(there.geom, ST_Centroid(under.geom)))
    where under.jurisdiction_id = ${snapshot.jurisdictionId} and under.layer_id = ${of.layerId}
      and under.version = ${of.version} and under.place_id = any(${ids}::int[])
      and there.jurisdiction_id = ${snapshot.jurisdictionId} and there.layer_id = ${layer.layerId}
      and there.version = ${layer.version}`.execute(database.db);
  return [...new Set([...same, ...rows.map(({ place }) => place - 1)])];
}

type Shape = { readonly place: number; readonly shape: string };

async function shapesOf(
  { db }: Database,
  { jurisdictionId }: Snapshot,
  layer: AskedLayer,
  codes: readonly string[],
): Promise<Map<string, Shape>> {
  const { rows } = await sql<{ code: string; place: number; shape: string }>`
    select code, place_id as place, md5(ST_AsBinary(geom)) as shape from ${tableOf(layer)}
    where jurisdiction_id = ${jurisdictionId} and layer_id = ${layer.layerId} and version = ${layer.version}
      and code = any(${[...codes]}::text[])`.execute(db);
  return new Map(rows.map(({ code, place, shape }) => [code, { place, shape }]));
}

const placesIn = (shapes: ReadonlyMap<string, Shape>, codes: readonly string[]): number[] => [
  ...new Set(codes.flatMap((code) => (shapes.has(code) ? [shapes.get(code)!.place - 1] : []))),
];

export type MiddlesOf = (
  city: Pick<Jurisdiction, 'id' | 'srid'>,
  snapshot: Snapshot,
  layer: AskedLayer,
) => Promise<Middles>;

const KNOWN = 8;

/** Read once for a layer version. */
export function createMiddlesOf(database: Database): MiddlesOf {
  const known = new LRUCache<string, Promise<Middles>>({ max: KNOWN });
  return ({ id, srid }, { layersToken }, layer) => {
    const key = `${id}/${srid}/${layer.layerId}/${layer.version}/${layersToken}`;
    const before = known.get(key);
    if (before) return before;
    const made = readMiddles(database, id, srid, layer);
    known.set(key, made);
    made.catch(() => known.delete(key));
    return made;
  };
}

async function readMiddles(database: Database, id: number, srid: number, layer: AskedLayer) {
  const project = projection(await loadMetricSystem(database, srid));
  const { rows } = await sql<{ place: number; lon: number; lat: number }>`
    select place_id as place, ST_X(middle) as lon, ST_Y(middle) as lat
    from (select place_id, ST_Centroid(geom) as middle from ${tableOf(layer)}
      where jurisdiction_id = ${id} and layer_id = ${layer.layerId} and version = ${layer.version}) as middles`.execute(
    database.db,
  );
  const [x, y] = [new Float64Array(layer.features), new Float64Array(layer.features)];
  const at = new Float64Array(2);
  for (const { place, lon, lat } of rows) {
    project(lon, lat, at, 0);
    x[place - 1] = at[0]!;
    y[place - 1] = at[1]!;
  }
  return { x, y };
}
