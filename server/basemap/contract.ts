// A basemap an operator added to this server: what is known of it, and which one a place on the ground is drawn over. Pure.

import * as z from 'zod';

export type BasemapBounds = readonly [west: number, south: number, east: number, north: number];

export const BASEMAP_KINDS = ['vector', 'raster'] as const;
/** Endings of the addresses of tiles, by what is in them. */
export const TILE_FORMATS = ['mvt', 'png', 'jpg', 'webp'] as const;
export type TileFormat = (typeof TILE_FORMATS)[number];

const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** What lies beside the file of a basemap, read from it when it was added. */
export const basemapFacts = z.object({
  name: z.string(),
  title: z.string(),
  /** Changes with the content of the file. */
  stamp: z.string().regex(/^[0-9a-f]{12}$/),
  /** What the file was called. */
  file: z.string(),
  bytes: z.number(),
  addedAt: z.string(),
  format: z.enum(TILE_FORMATS),
  minZoom: z.number().int(),
  maxZoom: z.number().int(),
  bounds: box,
  /** Plain text; null where neither the file nor the operator says whose map it is. */
  attribution: z.string().nullable(),
  /** Names of its layers, where its tiles are drawn here; empty for pictures, or where the file does not say. */
  layers: z.array(z.string()),
});
export type BasemapFacts = z.infer<typeof basemapFacts>;

/** As the API lists them. */
export const basemapRow = basemapFacts
  .pick({ name: true, title: true, minZoom: true, maxZoom: true, bounds: true, attribution: true, layers: true })
  .extend({
    kind: z.enum(BASEMAP_KINDS),
    tiles: z.string().describe('address of a tile, with {z}, {x} and {y} in it'),
  });
export type BasemapRow = z.infer<typeof basemapRow>;

/** Less of a place than this is not worth a map of its own. */
const LEAST_SHARE = 0.05;

/** Which part of `place` lies in `box`, 0 … 1; a place without width counts whole where it lies inside. */
export function shareOf(place: BasemapBounds, [west, south, east, north]: BasemapBounds): number {
  const across = Math.min(place[2], east) - Math.max(place[0], west);
  const along = Math.min(place[3], north) - Math.max(place[1], south);
  if (across < 0 || along < 0) return 0;
  const part = (length: number, whole: number) => (whole === 0 ? 1 : length / whole);
  return part(across, place[2] - place[0]) * part(along, place[3] - place[1]);
}

type Candidate = Pick<BasemapRow, 'name' | 'bounds' | 'maxZoom'>;

/** The basemap of a place: the one that shows most of it, then the most detailed, then the first by name. */
export function basemapFor<T extends Candidate>(basemaps: readonly T[], place: BasemapBounds | null): T | null {
  if (place === null) return null;
  const [best] = basemaps
    .map((basemap) => ({ basemap, share: Math.round(shareOf(place, basemap.bounds) * 100) / 100 }))
    .filter(({ share }) => share >= LEAST_SHARE)
    .sort(
      (a, b) =>
        b.share - a.share || b.basemap.maxZoom - a.basemap.maxZoom || (a.basemap.name < b.basemap.name ? -1 : 1),
    );
  return best?.basemap ?? null;
}
