// The tiles of the Web Mercator grid: which ground each covers. Pure, for the thread that writes tiles.

/** Tile of the Web Mercator grid. */
export type Tile = { readonly z: number; readonly x: number; readonly y: number };

/** Units along a tile's side. */
export const EXTENT = 4096;
const WORLD_M = 2 * 20_037_508.342789244;

/** Web Mercator bounds and size of a tile, in metres of that projection. */
export function tileSquare({ z, x, y }: Tile): { west: number; north: number; side: number } {
  const side = WORLD_M / 2 ** z;
  return { west: x * side - WORLD_M / 2, north: WORLD_M / 2 - y * side, side };
}
