// How close a small map goes to what a check found: near enough to see it, far enough to see all of it.

/** Of the height of a small map, which is 320 px. */
const WANTED_PX = 160;
const CLOSEST = 17;
/** Of a pixel on the equator at zoom 0, with tiles of 512 px. */
const EQUATOR_M_PER_PX = 40_075_016.686 / 512;

/** The zoom at which `sizeM` metres at this latitude are about half of the map; without a size as close as is useful. */
export function closeZoom(lat: number, sizeM: number): number {
  if (sizeM <= 0) return CLOSEST;
  const mPerPx = EQUATOR_M_PER_PX * Math.cos((lat * Math.PI) / 180);
  return Math.min(CLOSEST, Math.log2((mPerPx * WANTED_PX) / sizeM));
}
