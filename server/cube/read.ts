// Reads the visible incidents of one data version out of the database, in short statements, into plain columns.

import { type Day, monthOf, monthStart, quarterOf, weekdayOf } from '../calendar/days.ts';
import { DATE_PRECISIONS, WITHHELD } from '../db/contract.ts';
import { copyOut } from '../db/copy.ts';
import type { Database } from '../db/open.ts';
import { HOURS, UNKNOWN_HOUR, UNKNOWN_WEEKDAY } from '../engine/answers.ts';
import type { StagedCombo, StagedGroup, StagedRows } from '../engine/build.ts';
import { GROUNDS, TIMES } from '../engine/layout.ts';
import type { DataState } from '../filter/catalogue.ts';
import type { CountedLayer } from '../filter/places.ts';
import { collectFacts, type SourceFacts } from '../filter/source-profile.ts';

/** Incident ids per statement: some tenths of a second on the embedded engine, which serves nobody else meanwhile. */
const INCIDENTS_PER_STATEMENT = 50_000;
const PLACEMENTS_PER_STATEMENT = 200_000;
const NO_POINT = -2_147_483_648;
const NO_MINUTE = -1;

const [MINUTE, HOUR, , MONTH, QUARTER] = [...DATE_PRECISIONS.keys()] as [number, number, number, number, number];

/** The rows of a cube, and what is known of their sources. */
export type ReadRows = StagedRows & { readonly facts: readonly SourceFacts[] };

/** Which incidents are read: those from an id on (the ids of a delivery and its blocks of places begin there), or these. */
export type Selection = { readonly first: number } | { readonly ids: readonly string[] };
const ALL: Selection = { first: 1 };

/** Throws when the signal is aborted; at most one statement runs on. */
export async function readRows(
  database: Database,
  jurisdictionId: number,
  state: DataState,
  layers: readonly CountedLayer[],
  { signal, selection = ALL }: { readonly signal?: AbortSignal; readonly selection?: Selection } = {},
): Promise<ReadRows> {
  const most = 'ids' in selection ? selection.ids.length : Math.max(0, state.nextIncidentId - selection.first);
  const placed: Uint32Array[] = [];
  for (const layer of layers) {
    placed.push(
      'ids' in selection
        ? await readPlacementsOf(database, jurisdictionId, layer, selection.ids)
        : await readPlacements(database, jurisdictionId, layer, selection.first, most),
    );
  }

  const group = new Uint32Array(most);
  const combo = new Uint32Array(most);
  const lon = new Int32Array(most);
  const lat = new Int32Array(most);
  const keys = layers.map((layer) => ({ layer, column: new Uint32Array(most) }));
  const groups = indexed<StagedGroup>();
  const combos = indexed<StagedCombo>();
  const facts = collectFacts();
  let row = 0;
  const add = (position: number, at: DataView, o: number) => {
    const precision = at.getInt16(o + F.precision);
    const exactDay = at.getInt32(o + F.day);
    const day = precision < MONTH ? exactDay : periodStart(exactDay, precision);
    const minute = at.getInt16(o + F.minute);
    const sourceId = at.getInt32(o + F.source);
    const offenceId = at.getInt32(o + F.offence);
    const time = precision >= MONTH ? precision - 1 : minute === NO_MINUTE || precision > HOUR ? 1 : 0;
    const weekday = time > 1 ? UNKNOWN_WEEKDAY : weekdayOf(day);
    const hour = time === 0 ? Math.floor(minute / 60) : UNKNOWN_HOUR;
    lon[row] = at.getInt32(o + F.lon);
    lat[row] = at.getInt32(o + F.lat);
    let isPlaced = false;
    for (let l = 0; l < keys.length; l++) {
      const place = placed[l]![position]!;
      keys[l]!.column[row] = place;
      isPlaced ||= place !== 0;
    }
    const isWithheld = at.getInt16(o + F.placePrecision) === WITHHELD;
    const ground = lon[row] !== NO_POINT ? 'point' : isWithheld ? 'withheld' : isPlaced ? 'name' : 'none';
    const slice = GROUNDS.indexOf(ground) * TIMES.length + time;
    group[row] = groups.of(day * SLICES + slice, () => ({ ground, time, day, rows: 0 }));
    groups.list[group[row]!]!.rows++;
    combo[row] = combos.of((offenceId * 65_536 + sourceId) * 8 * HOURS + weekday * HOURS + hour, () => ({
      offenceId,
      sourceId,
      weekday,
      hour,
    }));
    facts.addDay(sourceId, day, 1);
    facts.addPrecision(sourceId, precision, 1);
    if (time === 0 && precision === MINUTE) facts.addMinute(sourceId, minute, 1);
    row++;
  };
  for (const { from, statement } of incidentStatements(jurisdictionId, state, selection)) {
    signal?.throwIfAborted();
    await copyTuples(database, statement, FIELDS_BYTES, (at, o) => add(from + at.getInt32(o + F.position), at, o));
  }
  return { rows: row, group, combo, lon, lat, keys, groups: groups.list, combos: combos.list, facts: facts.facts() };
}

/** The first day of the month or quarter, whichever is known. */
function periodStart(day: Day, precision: number): Day {
  const month = monthOf(day);
  return monthStart(precision === QUARTER ? quarterOf(month) : month);
}

/** Offsets of the fields in a tuple of the statement below; binary COPY puts a length of four bytes before each. */
const F = {
  position: 6,
  day: 14,
  offence: 22,
  source: 30,
  minute: 38,
  precision: 44,
  placePrecision: 50,
  lon: 56,
  lat: 64,
} as const;
const FIELDS_BYTES = 68;
const SLICES = GROUNDS.length * TIMES.length;

/**
 * Statements, and the position from which each counts. COPY takes no parameters; what is put in are integers of our own
 * tables. No field is ever null, so tuples are alike. They come in the order of ids whatever plan the database chooses:
 * a cube of the same data is the same to the byte.
 */
function* incidentStatements(jurisdictionId: number, state: DataState, selection: Selection) {
  const { head, nextIncidentId } = state;
  const statement = (position: string, from: string) => `copy (
    select ${position}, (i.occurred_on - date '1970-01-01')::int4, i.offence_id::int4, i.source_id::int4,
      coalesce(i.minute_of_day, ${NO_MINUTE})::int2, i.date_precision::int2, i.place_precision::int2,
      coalesce(round(i.lon * 1e7)::int4, ${NO_POINT}), coalesce(round(i.lat * 1e7)::int4, ${NO_POINT})
    from ${from} and i.from_delivery <= ${head} and (i.until_delivery is null or i.until_delivery > ${head})
    order by i.incident_id
  ) to stdout (format binary)`;
  if ('ids' in selection) {
    const chosen = `${unnested(selection.ids)} join incident i on i.jurisdiction_id = ${jurisdictionId} and i.incident_id = one.id`;
    yield { from: 0, statement: statement('(one.n - 1)::int4', chosen) };
    return;
  }
  for (let first = selection.first; first < nextIncidentId; first += INCIDENTS_PER_STATEMENT) {
    const range = `incident i where i.jurisdiction_id = ${jurisdictionId} and i.incident_id >= ${first}
      and i.incident_id < ${first + INCIDENTS_PER_STATEMENT}`;
    yield { from: first - selection.first, statement: statement(`(i.incident_id - ${first})::int4`, range) };
  }
}

const unnested = (ids: readonly string[]) =>
  `unnest('{${ids.map(BigInt).join(',')}}'::bigint[]) with ordinality as one (id, n)`;

/** Place id by position; 0 where nothing is placed. */
async function readPlacements(
  database: Database,
  jurisdictionId: number,
  { layerId, version }: CountedLayer,
  first: number,
  most: number,
): Promise<Uint32Array> {
  const placed = new Uint32Array(most);
  for (let from = first; from < first + most; from += PLACEMENTS_PER_STATEMENT) {
    const statement = `copy (
      select first_incident_id::int8, place_ids from placement
      where jurisdiction_id = ${jurisdictionId} and layer_id = ${layerId} and version = ${version}
        and first_incident_id >= ${from} and first_incident_id < ${from + PLACEMENTS_PER_STATEMENT}
    ) to stdout (format binary)`;
    const bytes = await copyAll(database, statement);
    let at = COPY_HEADER_BYTES;
    while (bytes.readInt16BE(at) >= 0) {
      let position = Number(bytes.readBigInt64BE(at + 6)) - first;
      const arrayBytes = bytes.readInt32BE(at + 14);
      const end = at + 18 + arrayBytes;
      // dimensions, null flag and element type (4 bytes each), then length and lower bound, then length and value of each
      for (let o = at + 18 + 20; o < end; o += 8) {
        if (position < most) placed[position] = bytes.readInt32BE(o + 4);
        position++;
      }
      at = end;
    }
  }
  return placed;
}

/** The same for a few incidents by their ids: each looks up its own block. */
async function readPlacementsOf(
  database: Database,
  jurisdictionId: number,
  { layerId, version }: CountedLayer,
  ids: readonly string[],
): Promise<Uint32Array> {
  const placed = new Uint32Array(ids.length);
  const statement = `copy (
    select (one.n - 1)::int4, coalesce(block.place_id, 0)::int4
    from ${unnested(ids)} cross join lateral (
      select p.place_ids[one.id - p.first_incident_id + 1] as place_id from placement p
      where p.jurisdiction_id = ${jurisdictionId} and p.layer_id = ${layerId} and p.version = ${version}
        and p.first_incident_id <= one.id
      order by p.first_incident_id desc limit 1
    ) as block
  ) to stdout (format binary)`;
  await copyTuples(database, statement, PLACE_BYTES, (at, o) => {
    placed[at.getInt32(o + 6)] = at.getInt32(o + 14);
  });
  return placed;
}

const PLACE_BYTES = 18;
const COPY_HEADER_BYTES = 19;

/** Runs a binary COPY whose tuples all have the same length and shows each to `visit`. */
export async function copyTuples(
  database: Pick<Database, 'pool'>,
  statement: string,
  tupleBytes: number,
  visit: (at: DataView, offset: number) => void,
): Promise<void> {
  const client = await database.pool.connect();
  let broken = true;
  try {
    let rest: Buffer = Buffer.alloc(0);
    let skip = COPY_HEADER_BYTES;
    for await (const chunk of copyOut(client, statement)) {
      const bytes = rest.length ? Buffer.concat([rest, chunk]) : chunk;
      const at = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let offset = 0;
      if (skip && bytes.length >= skip) {
        offset = skip;
        skip = 0;
      }
      if (skip === 0) for (; offset + tupleBytes <= bytes.length; offset += tupleBytes) visit(at, offset);
      rest = bytes.subarray(offset);
    }
    broken = false;
  } finally {
    client.release(broken);
  }
}

async function copyAll(database: Database, statement: string): Promise<Buffer> {
  const client = await database.pool.connect();
  let broken = true;
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of copyOut(client, statement)) chunks.push(chunk);
    broken = false;
    return Buffer.concat(chunks);
  } finally {
    client.release(broken);
  }
}

/** A list in which each key has its place, in order of first appearance. */
function indexed<T>() {
  const list: T[] = [];
  const index = new Map<number, number>();
  return {
    list,
    of(key: number, make: () => T): number {
      let at = index.get(key);
      if (at === undefined) {
        at = list.length;
        list.push(make());
        index.set(key, at);
      }
      return at;
    },
  };
}
