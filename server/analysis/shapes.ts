// The shapes of layer versions: who is whose neighbour, where the middles lie, which cells are in it; each worked out
// once.

import { sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import { forAll, inTurn } from '../db/costly.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import type { AskedLayer } from '../filter/places.ts';
import { loadLimit, loadMetricSystem, loadPlaces } from '../placing/load.ts';
import type { Answer } from '../statistics/contract.ts';
import type { Links } from '../statistics/weights.ts';
import type { Analyst } from './analyst.ts';
import { type DegreeGrid, MOST_PLACES } from './contract.ts';
import type { Middles, NeighbourGround, StreetEnds } from './neighbourhood.ts';

type City = { readonly id: number; readonly srid: number };
/** What is known of the shapes of a layer version, worked out once. */
export type Shapes = {
  readonly neighbours: (city: City, layer: AskedLayer, rule: string) => Promise<Answer<{ readonly weights: Links }>>;
  readonly middles: (city: City, layer: AskedLayer) => Promise<Middles>;
  readonly junctions: (city: City, layer: AskedLayer) => Promise<StreetEnds>;
  readonly raster: (city: City, layer: AskedLayer, grid: DegreeGrid) => Promise<Int32Array>;
  readonly spread: (city: City, layer: AskedLayer, grid: DegreeGrid, values: Float64Array) => Promise<Float64Array>;
  /** A point in each place, degrees: in the middle of a street, inside an area whatever its form. */
  readonly points: (city: City, layer: AskedLayer) => Promise<{ lon: Float64Array; lat: Float64Array }>;
  /** By place, 1 where that point lies in one of these places of another layer; `placeIds` null: in any. */
  readonly under: (city: City, layer: AskedLayer, of: Under) => Promise<Uint8Array>;
  /** The cells in the limit of the city; null where it has none. Read anew each time: a limit has no version. */
  readonly insideLimit: (city: City, grid: DegreeGrid) => Promise<Int32Array | null>;
};

type Under = {
  readonly layerId: number;
  readonly version: number;
  readonly type: 'areas' | 'streets';
  readonly placeIds: readonly number[] | null;
};

/** Neighbours of a large layer are a hundred megabytes, and every distance has its own. */
const MOST_KNOWN_BYTES = 200 * 2 ** 20;

/** Of the typed arrays in it. */
function bytesOf(found: object): number {
  if (ArrayBuffer.isView(found)) return Math.max(1, found.byteLength);
  return Object.values(found).reduce((sum, each) => sum + (each instanceof Object ? bytesOf(each) : 0), 1);
}

const shapesIn = (type: string) => sql.table(type === 'streets' ? 'segment' : 'area');
const pointIn = (type: string) => sql.raw(type === 'streets' ? 'ST_Centroid(geom)' : 'ST_PointOnSurface(geom)');

export function createShapes(database: Database, analyst: Analyst): Shapes {
  const known = new LRUCache<string, object>({
    ...{ max: 1000, maxSize: MOST_KNOWN_BYTES, maxEntrySize: MOST_KNOWN_BYTES },
    sizeCalculation: bytesOf,
  });
  const making = new Map<string, Promise<object>>();
  const once = <T extends object>(city: City, layer: AskedLayer, what: string, make: () => Promise<T>): Promise<T> => {
    if (layer.features > MOST_PLACES)
      throw new BadInput('layer', `a layer of an analysis has at most ${MOST_PLACES} places`);
    const key = `${city.id}/${city.srid}/${layer.layerId}/${layer.version}/${what}`;
    const before = known.get(key);
    if (before) return Promise.resolve(before as T);
    const begun = making.get(key);
    if (begun) return begun as Promise<T>;
    const made = forAll(make);
    making.set(key, made);
    made
      .then((found) => void known.set(key, found))
      .catch(() => {})
      .finally(() => making.delete(key));
    return made;
  };
  const groundOf = async ({ id, srid }: City, layer: AskedLayer): Promise<NeighbourGround> => {
    const { layerId, version, code, features } = layer;
    const type = layer.type === 'streets' ? 'streets' : 'areas';
    // In turn: the shapes of a city at once would hold every connection, and small questions would wait in vain.
    const places = await inTurn(database, () => loadPlaces(database, id, { layerId, version, layer: code, type }));
    const metric = await loadMetricSystem(database, srid);
    return { places, features, type, metric };
  };
  return {
    neighbours(city, layer, rule) {
      if (/^(network|junctions)/.test(rule) && layer.type !== 'streets')
        throw new BadInput('weights', 'only streets have distances along a network');
      return once(city, layer, rule, async () => analyst('neighbours', { ground: await groundOf(city, layer), rule }));
    },
    middles: (city, layer) =>
      once(city, layer, 'middles', async () => analyst('middles', { ground: await groundOf(city, layer) })),
    junctions: (city, layer) =>
      once(city, layer, 'junctions', async () => analyst('junctionsOf', { ground: await groundOf(city, layer) })),
    raster: (city, layer, grid) =>
      once(city, layer, `raster ${Object.values(grid)}`, async () =>
        analyst('raster', { ground: await groundOf(city, layer), grid }),
      ),
    spread: async (city, layer, grid, values) =>
      analyst('spread', { ground: await groundOf(city, layer), grid, values }),
    points: (city, layer) =>
      once(city, layer, 'points', async () => {
        const { rows } = await inTurn(database, () =>
          sql<{ place: number; lon: number; lat: number }>`
            select place_id as place, ST_X(at) as lon, ST_Y(at) as lat
            from (select place_id, ${pointIn(layer.type)} as at from ${shapesIn(layer.type)}
              where jurisdiction_id = ${city.id} and layer_id = ${layer.layerId} and version = ${layer.version}) places
          `.execute(database.db),
        );
        const [lon, lat] = [new Float64Array(layer.features), new Float64Array(layer.features)];
        for (const row of rows) [lon[row.place - 1], lat[row.place - 1]] = [row.lon, row.lat];
        return { lon, lat };
      }),
    under: (city, layer, { layerId, version, type, placeIds }) =>
      once(city, layer, `under ${layerId}@${version} ${placeIds ?? 'all'}`, async () => {
        const named = placeIds ? sql`and place_id = any(${[...placeIds]}::int[])` : sql``;
        const { rows } = await inTurn(database, () =>
          sql<{ place: number }>`
            select distinct places.place as place
            from (select place_id as place, ${pointIn(layer.type)} as at from ${shapesIn(layer.type)}
              where jurisdiction_id = ${city.id} and layer_id = ${layer.layerId} and version = ${layer.version}) places
            join (select geom from ${shapesIn(type)}
              where jurisdiction_id = ${city.id} and layer_id = ${layerId} and version = ${version} ${named}) around
              on ST_Covers(around.geom, places.at)`.execute(database.db),
        );
        const found = new Uint8Array(layer.features);
        for (const { place } of rows) found[place - 1] = 1;
        return found;
      }),
    async insideLimit({ id, srid }, grid) {
      const places = await loadLimit(database, id);
      if (!places) return null;
      const metric = await loadMetricSystem(database, srid);
      return analyst('raster', { ground: { places, features: 1, type: 'areas', metric }, grid });
    },
  };
}
