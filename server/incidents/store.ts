// Writes new incident rows and their placement: one short transaction per chunk, as binary COPY.

import { copyIn } from '../db/copy.ts';
import type { Writer } from '../db/lock.ts';
import { writePlacement } from '../geocoding/placement.ts';
import type { PlacedLayer } from '../placing/place.ts';
import { type Batch, NO_DAY } from '../reading/batch.ts';
import type { Offence } from './dictionaries.ts';

/** Rows in a chunk: the embedded engine holds a whole COPY in memory, and a chunk must not hold it for two seconds. */
export const CHUNK_ROWS = 20_000;

const COLUMNS = [
  'jurisdiction_id',
  'incident_id',
  'from_delivery',
  'source_id',
  'offence_id',
  'label_no',
  'occurred_on',
  'minute_of_day',
  'date_precision',
  'until_on',
  'until_minute',
  'reported_on',
  'reported_minute',
  'place_precision',
  'lon',
  'lat',
  'place_text_id',
  'source_key',
  'record_hash',
  'keyed',
];
const COPY_STATEMENT = `copy incident (${COLUMNS.join(', ')}) from stdin (format binary)`;
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** Most bytes of a row without its key: 2 for the field count, 4 for each length, 77 of values. */
const ROW_BYTES = 2 + COLUMNS.length * 4 + 77;
const DAYS_FROM_1970_TO_2000 = 10_957;
const MAX_KEY_BYTES = 1024;
/** Of a character as UTF-16 counts them. */
const MOST_BYTES = 3;
const TWO_POW_32 = 2 ** 32;
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Rows that will become incidents, gathered from batches until a chunk is full. */
export type Chunk = {
  rows: number;
  readonly offenceId: Int32Array;
  readonly labelNo: Int16Array;
  readonly day: Int32Array;
  readonly minute: Int16Array;
  readonly datePrecision: Uint8Array;
  readonly untilDay: Int32Array;
  readonly untilMinute: Int16Array;
  readonly reportedDay: Int32Array;
  readonly reportedMinute: Int16Array;
  readonly placePrecision: Uint8Array;
  readonly lon: Float64Array;
  readonly lat: Float64Array;
  /** 0 = none. */
  readonly placeTextId: Int32Array;
  readonly recordHash: BigInt64Array;
  readonly keys: (string | null)[];
};

/** `most` = the rows it must hold; what a feed sends in a second is little. */
export function emptyChunk(most = CHUNK_ROWS): Chunk {
  return {
    rows: 0,
    offenceId: new Int32Array(most),
    labelNo: new Int16Array(most),
    day: new Int32Array(most),
    minute: new Int16Array(most),
    datePrecision: new Uint8Array(most),
    untilDay: new Int32Array(most),
    untilMinute: new Int16Array(most),
    reportedDay: new Int32Array(most),
    reportedMinute: new Int16Array(most),
    placePrecision: new Uint8Array(most),
    lon: new Float64Array(most),
    lat: new Float64Array(most),
    placeTextId: new Int32Array(most),
    recordHash: new BigInt64Array(most),
    keys: [],
  };
}

/** Appends a row of a batch; answers whether the chunk is now full. */
export function append(chunk: Chunk, batch: Batch, row: number, offence: Offence, placeTextId: number): boolean {
  const at = chunk.rows++;
  chunk.offenceId[at] = offence.offenceId;
  chunk.labelNo[at] = offence.labelNo;
  chunk.placeTextId[at] = placeTextId;
  chunk.day[at] = batch.day[row]!;
  chunk.minute[at] = batch.minute[row]!;
  chunk.datePrecision[at] = batch.datePrecision[row]!;
  chunk.untilDay[at] = batch.untilDay[row]!;
  chunk.untilMinute[at] = batch.untilMinute[row]!;
  chunk.reportedDay[at] = batch.reportedDay[row]!;
  chunk.reportedMinute[at] = batch.reportedMinute[row]!;
  chunk.placePrecision[at] = batch.placePrecision[row]!;
  chunk.lon[at] = batch.lon[row]!;
  chunk.lat[at] = batch.lat[row]!;
  chunk.recordHash[at] = batch.recordHash[row]!;
  chunk.keys[at] = batch.keys[row] ?? null;
  return chunk.rows === CHUNK_ROWS;
}

export type Delivering = {
  readonly jurisdictionId: number;
  readonly delivery: number;
  readonly sourceId: number;
  /** Its records are found by their ids. */
  readonly keyed: boolean;
};

/**
 * Stores a chunk under consecutive ids from `firstIncidentId`, with the places its rows fell in. `beside` = not on the
 * writer's own connection, so that words are looked up on that one meanwhile; the fence holds on any.
 */
export async function storeChunk(
  writer: Writer,
  delivering: Delivering,
  chunk: Chunk,
  firstIncidentId: number,
  placed: readonly PlacedLayer[],
  beside = false,
): Promise<void> {
  const own = () => writer.pool.connect();
  const client = beside ? await writer.beside.connect().catch(own) : await own();
  let failed: Error | undefined;
  try {
    await client.query('begin');
    await writer.fence(client);
    await copyIn(client, COPY_STATEMENT, [encode(delivering, chunk, firstIncidentId)]);
    for (const layer of placed) {
      await writePlacement(client, delivering.jurisdictionId, layer, firstIncidentId, layer.placeIds);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch((lost) => {
      failed = lost;
    });
    throw error;
  } finally {
    client.release(failed);
  }
}

function encode(delivering: Delivering, chunk: Chunk, firstIncidentId: number): Buffer {
  const { jurisdictionId, delivery, sourceId, keyed } = delivering;
  const { rows } = chunk;
  let keyBytes = 0;
  for (let row = 0; row < rows; row++) keyBytes += Math.min(MAX_KEY_BYTES, (chunk.keys[row]?.length ?? 0) * MOST_BYTES);
  // As much behind the last key as any may take: writing one asks for that room.
  const bytes = Buffer.allocUnsafe(SIGNATURE.length + rows * ROW_BYTES + keyBytes + MAX_KEY_BYTES + 2);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = SIGNATURE.copy(bytes);
  const int32 = (value: number) => {
    view.setInt32(at, 4);
    view.setInt32(at + 4, value);
    at += 8;
  };
  const int16 = (value: number) => {
    view.setInt32(at, 2);
    view.setInt16(at + 4, value);
    at += 6;
  };
  const int64 = (high: number, low: number) => {
    view.setInt32(at, 8);
    view.setInt32(at + 4, high);
    view.setInt32(at + 8, low);
    at += 12;
  };
  const float64 = (value: number) => {
    view.setInt32(at, 8);
    view.setFloat64(at + 4, value);
    at += 12;
  };
  const absent = () => {
    view.setInt32(at, -1);
    at += 4;
  };
  const day = (value: number) => (value === NO_DAY ? absent() : int32(value - DAYS_FROM_1970_TO_2000));
  const minute = (value: number) => (value < 0 ? absent() : int16(value));
  const { buffer, byteOffset } = chunk.recordHash;
  const hashes = new DataView(buffer, byteOffset);
  for (let row = 0; row < rows; row++) {
    const id = firstIncidentId + row;
    view.setInt16(at, COLUMNS.length);
    at += 2;
    int32(jurisdictionId);
    int64(Math.floor(id / TWO_POW_32), id % TWO_POW_32);
    int32(delivery);
    int32(sourceId);
    int32(chunk.offenceId[row]!);
    int16(chunk.labelNo[row]!);
    day(chunk.day[row]!);
    minute(chunk.minute[row]!);
    int16(chunk.datePrecision[row]!);
    day(chunk.untilDay[row]!);
    minute(chunk.untilMinute[row]!);
    day(chunk.reportedDay[row]!);
    minute(chunk.reportedMinute[row]!);
    int16(chunk.placePrecision[row]!);
    if (Number.isNaN(chunk.lon[row]!)) {
      absent();
      absent();
    } else {
      float64(chunk.lon[row]!);
      float64(chunk.lat[row]!);
    }
    if (chunk.placeTextId[row] === 0) absent();
    else int32(chunk.placeTextId[row]!);
    const key = chunk.keys[row];
    if (key) {
      const length = bytes.write(key, at + 4, MAX_KEY_BYTES, 'utf8');
      view.setInt32(at, length);
      at += 4 + length;
    } else absent();
    int64(hashes.getInt32(row * 8 + 4, LITTLE_ENDIAN), hashes.getInt32(row * 8, LITTLE_ENDIAN));
    view.setInt32(at, 1);
    view.setUint8(at + 4, keyed ? 1 : 0);
    at += 5;
  }
  at = bytes.writeInt16BE(-1, at);
  return bytes.subarray(0, at);
}
