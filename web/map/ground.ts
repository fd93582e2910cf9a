// What lies under the data of a map, beside the layers themselves: the limit of the municipality and a basemap.

import { type Ask, paths } from '../store/api.ts';
import { type Basemap, fetchBasemap, type Wanted } from './basemap.ts';

export type Ground = { readonly limit: GeoJSON.Geometry | null; readonly basemap: Basemap | null };

/** Never fails: a map does without what cannot be had. */
export async function fetchGround(ask: Ask, city: string | null, wanted: Wanted, signal: AbortSignal): Promise<Ground> {
  const limitOf = async () => {
    try {
      return city === null ? null : (await ask(paths.limit(city, wanted.largest ?? null), signal)).limit;
    } catch {
      return null;
    }
  };
  const [limit, basemap] = await Promise.all([limitOf(), fetchBasemap(ask, wanted, signal)]);
  return { limit, basemap };
}
