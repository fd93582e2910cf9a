// The bytes between the database and the worker that places incidents: points as PostgreSQL packs them, place ids as
// COPY takes them. Pure; the thread that answers people only passes them on.

/** Ids in one row of `placement`. */
export const BLOCK = 4096;
/** Ids read, placed and written in one go: short statements, and about 2 MB of memory. */
export const RANGE = 12 * BLOCK;

/**
 * Position, longitude, latitude, flags and the place its words name, big-endian, as int4send, float8send and int2send
 * write them.
 */
const RECORD = 4 + 8 + 8 + 2 + 4;
/** Its point may be placed on this layer. */
export const USABLE = 1;
/** It counts today. */
export const VISIBLE = 2;

export type Points = {
  readonly lon: Float64Array<ArrayBuffer>;
  readonly lat: Float64Array<ArrayBuffer>;
  /** The place named by the words of an incident without a point; 0 = none. */
  readonly named: Int32Array;
  /** Of those that count today: WITH_POINT or WITHOUT_POINT; 0 for the others. */
  readonly counts: Uint8Array;
};
export const WITH_POINT = 1;
const WITHOUT_POINT = 2;

/**
 * The points by position, out of a binary COPY of one value that holds their records; NaN where there is no incident, no
 * point, or one that may not be placed.
 */
export function unpackPoints(copied: Uint8Array): Points {
  const view = new DataView(copied.buffer, copied.byteOffset, copied.byteLength);
  const SIGNATURE_AND_FLAGS = 15;
  // Then a header of a given length, the number of fields (one) and the length of the value: -1 where there is none.
  const at = SIGNATURE_AND_FLAGS + 4 + view.getInt32(SIGNATURE_AND_FLAGS) + 2;
  const end = at + 4 + Math.max(0, view.getInt32(at));
  let length = 0;
  for (let record = at + 4; record < end; record += RECORD) length = Math.max(length, view.getInt32(record) + 1);
  const lon = new Float64Array(length).fill(Number.NaN);
  const lat = new Float64Array(length).fill(Number.NaN);
  const named = new Int32Array(length);
  const counts = new Uint8Array(length);
  for (let record = at + 4; record < end; record += RECORD) {
    const position = view.getInt32(record);
    const [x, y, flags] = [view.getFloat64(record + 4), view.getFloat64(record + 12), view.getInt16(record + 20)];
    const hasPoint = !Number.isNaN(x);
    if (flags & VISIBLE) counts[position] = hasPoint ? WITH_POINT : WITHOUT_POINT;
    if (!hasPoint) named[position] = view.getInt32(record + 22);
    else if (flags & USABLE) {
      lon[position] = x;
      lat[position] = y;
    }
  }
  return { lon, lat, named, counts };
}

/** Rows of `placement` as COPY reads them, a block of ids in each. */
export function* placementRows(key: readonly number[], firstId: number, placeIds: Int32Array): Generator<Buffer> {
  for (let from = 0; from < placeIds.length; from += BLOCK) {
    const block = placeIds.subarray(from, from + BLOCK).join(',');
    yield Buffer.from(`${key.join('\t')}\t${firstId + from}\t{${block}}\n`);
  }
}
