// Makes an edition of the published file what the public view shows: one stored incident per count, so that every answer
// comes about as any other does, from these alone. Only what changed is written, and one publication shows all of it.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { monthStart } from '../calendar/days.ts';
import { inLanes } from '../db/concurrently.ts';
import { DATE_PRECISIONS, PLACE_PRECISIONS, type PlacePrecision } from '../db/contract.ts';
import { raiseDataVersion, type Writer } from '../db/lock.ts';
import { BadInput } from '../errors.ts';
import { readPlaces } from '../filter/places.ts';
import { writePlacement } from '../geocoding/placement.ts';
import { analyze, discardPending, type Head, readHead } from '../incidents/deliveries.ts';
import { ensureOffences, type Offence, offenceIn } from '../incidents/dictionaries.ts';
import { CHUNK_ROWS, type Chunk, emptyChunk, storeChunk } from '../incidents/store.ts';
import { openPlacerOf, type PlacedLayer } from '../placing/place.ts';
import { RANGE } from '../placing/placement-codec.ts';
import { NO_DAY } from '../reading/batch.ts';
import { type Edition, PERIOD, type ProtectedRow } from './contract.ts';
import type { PublicLayer } from './public-layers.ts';
import { compareShown, dropEnded, rowHash } from './shown-rows.ts';

export type Stored = { readonly added: number; readonly ended: number; readonly kept: number };

/** Everything the rows stand on: those among `layers` that are not current yet have been written beside the others. */
export type StoredOn = { readonly layers: readonly PublicLayer[]; readonly titleOf: (offence: string) => string };

/** Answers null when the view shows all of this already: then nothing is published, and nothing can be learnt from it. */
export async function storeEdition(
  writer: Writer,
  view: Jurisdiction,
  edition: Edition,
  { layers, titleOf }: StoredOn,
): Promise<Stored | null> {
  await discardPending(writer, view.id);
  const head = await readHead(writer, view.id);
  await dropEnded(writer, view.id, head, CHUNK_ROWS);
  const sources = await ensureSources(writer, view.id, edition);
  const offenceOf = await offencesOfRows(writer, view.id, edition.rows, titleOf);
  const places = await placesOfRows(writer, view, edition.rows, layers);
  const hashes = BigInt64Array.from(edition.rows, rowHash);
  const { rowOf, left, ended } = await compareShown(writer, view.id, head, edition.rows, hashes);
  const fresh = await unshown(writer, view.id, layers);
  const isUnchanged = ended.length === 0 && left.every((count) => count === 0) && fresh.length === 0;
  if (isUnchanged && (await isSaid(writer, view.id, head, edition, layers))) return null;

  for (const layer of fresh) await placeKept(writer, view.id, layer, places(layer), rowOf);
  const placesIn = layers.map(places);
  let next = head.nextIncidentId;
  function* chunks(): Generator<Filled> {
    const empty = (sourceId: number): Filled => ({ sourceId, chunk: emptyChunk(), first: next, rows: [] });
    let filling = empty(0);
    for (const [index, row] of edition.rows.entries()) {
      const sourceId = sources.get(`${row.source} ${row.kind}`)!;
      for (let more = left[index]!; more > 0; more--) {
        if (filling.sourceId !== sourceId || filling.chunk.rows === CHUNK_ROWS) {
          yield filling;
          filling = empty(sourceId);
        }
        filling.rows.push(index);
        fill(filling.chunk, row, offenceOf(index), hashes[index]!);
        next++;
      }
    }
    yield filling;
  }
  const beside = besides(writer);
  // While the database takes one chunk, another is filled, and where it has more connections stored as well.
  await inLanes(writer.engine, chunks(), async ({ sourceId, chunk, first, rows }) => {
    if (chunk.rows === 0) return;
    const delivering = { jurisdictionId: view.id, delivery: head.delivery + 1, sourceId, keyed: false };
    const placed = layers.map(
      (layer, l): PlacedLayer => ({ ...layerVersion(layer), placeIds: Int32Array.from(rows, placesIn[l]!) }),
    );
    const isBeside = beside.take();
    await storeChunk(writer, delivering, chunk, first, placed, isBeside).finally(() => beside.give(isBeside));
  });
  await end(writer, view.id, head, ended);
  await show(writer, view.id, head, next, edition, layers, [...sources.values()]);
  const added = next - head.nextIncidentId;
  await analyze(writer, added + ended.length);
  return { added, ended: ended.length, kept: rowOf.reduce((sum, row) => sum + +(row !== 0), 0) };
}

/** Rows that become incidents from `first` on, by the indexes of the rows they are of. */
type Filled = { readonly sourceId: number; readonly chunk: Chunk; readonly first: number; readonly rows: number[] };

/** Of two chunks that are stored at once one is stored on the writer's own connection, the other beside it. */
function besides({ engine }: Pick<Writer, 'engine'>) {
  let isOwnFree = true;
  return {
    take(): boolean {
      const isBeside = !isOwnFree && engine !== 'embedded';
      if (!isBeside) isOwnFree = false;
      return isBeside;
    },
    give(isBeside: boolean): void {
      if (!isBeside) isOwnFree = true;
    },
  };
}

/** The offence of each row by its index, each looked up once. */
async function offencesOfRows(
  writer: Writer,
  id: number,
  rows: readonly ProtectedRow[],
  titleOf: StoredOn['titleOf'],
): Promise<(row: number) => Offence> {
  const leaves: { readonly code: string; readonly label: string }[] = [];
  const numbers = new Map<string, Map<string | null, number>>();
  const leafOf = Int32Array.from(rows, ({ offence, label }) => {
    const labels = numbers.get(offence) ?? new Map<string | null, number>();
    numbers.set(offence, labels);
    const known = labels.get(label) ?? leaves.push({ code: offence, label: label ?? titleOf(offence) }) - 1;
    labels.set(label, known);
    return known;
  });
  const offences = await ensureOffences(writer, id, leaves);
  const found = leaves.map((leaf) => offenceIn(offences, leaf));
  return (row) => found[leafOf[row]!]!;
}

const layerVersion = ({ layerId, version, code, type }: PublicLayer) => ({ layerId, version, layer: code, type });

/** The place of each row in a layer: named by the row, or that of its point; what is withheld is nowhere else. */
async function placesOfRows(
  writer: Writer,
  view: Jurisdiction,
  rows: readonly ProtectedRow[],
  layers: readonly PublicLayer[],
): Promise<(layer: PublicLayer) => (row: number) => number> {
  const points = new Map<number, Map<number, number>>();
  const degrees: (readonly [number, number])[] = [];
  const pointOf = Int32Array.from(rows, ({ lon, lat }) => {
    if (lon === null || lat === null) return -1;
    const column = points.get(lon) ?? new Map<number, number>();
    points.set(lon, column);
    const known = column.get(lat) ?? degrees.push([lon, lat]) - 1;
    column.set(lat, known);
    return known;
  });
  const placer = await openPlacerOf(writer, view, layers.map(layerVersion));
  const found = await placer
    .place(
      Float64Array.from(degrees, ([lon]) => lon),
      Float64Array.from(degrees, ([, lat]) => lat),
    )
    .finally(() => placer.close());
  const named = new Map<string, ReadonlyMap<string, number>>();
  for (const layer of layers.filter(({ code }) => rows.some((row) => row.layer === code))) {
    const { codes } = await readPlaces(writer, view.id, layer);
    named.set(layer.code, new Map(codes.map((code, place) => [code, place])));
  }
  for (const { layer, area } of rows) {
    if (layer !== null && area !== null && !named.get(layer)?.has(area))
      throw new BadInput('file', `there is no area ${area} in the layer ${layer}`);
  }
  return (layer) => {
    const byPoint = found[layers.indexOf(layer)]!.placeIds;
    return (at) => {
      const { layer: of, area } = rows[at]!;
      if (of === layer.code && area !== null) return named.get(of)!.get(area)!;
      return pointOf[at]! < 0 ? 0 : byPoint[pointOf[at]!]!;
    };
  };
}

const [MONTH, QUARTER] = [DATE_PRECISIONS.indexOf('month'), DATE_PRECISIONS.indexOf('quarter')];

type Period = { readonly day: number; readonly precision: number };
const periods = new Map<string, Period>();

/** Each read once: there are as many as months. */
function periodOf(period: string): Period {
  const known = periods.get(period) ?? readPeriod(period);
  periods.set(period, known);
  return known;
}

/** The first day of a month or quarter, and which it is. */
function readPeriod(period: string): Period {
  const [, year, month, quarter] = PERIOD.exec(period) ?? [];
  if (year === undefined) throw new BadInput('file', `not a month or quarter: ${period.slice(0, 20)}`);
  const first = (Number(year) - 1970) * 12;
  return quarter === undefined
    ? { day: monthStart(first + Number(month) - 1), precision: MONTH }
    : { day: monthStart(first + (Number(quarter) - 1) * 3), precision: QUARTER };
}

/** Appends one incident that tells what the row tells. */
function fill(chunk: Chunk, row: ProtectedRow, { offenceId, labelNo }: Offence, hash: bigint): void {
  const at = chunk.rows++;
  const { day, precision } = periodOf(row.period);
  const place: PlacePrecision =
    row.lon !== null ? 'street' : precision === QUARTER ? 'withheld' : row.area !== null ? 'area' : 'none';
  chunk.offenceId[at] = offenceId;
  chunk.labelNo[at] = labelNo;
  chunk.placeTextId[at] = 0;
  chunk.day[at] = day;
  chunk.minute[at] = -1;
  chunk.datePrecision[at] = precision;
  chunk.untilDay[at] = NO_DAY;
  chunk.untilMinute[at] = -1;
  chunk.reportedDay[at] = NO_DAY;
  chunk.reportedMinute[at] = -1;
  chunk.placePrecision[at] = PLACE_PRECISIONS.indexOf(place);
  chunk.lon[at] = row.lon ?? Number.NaN;
  chunk.lat[at] = row.lat ?? Number.NaN;
  chunk.recordHash[at] = hash;
  chunk.keys[at] = null;
}

/** The sources by code and kind; what is new of those that are there already is told when the edition is shown. */
async function ensureSources({ db }: Writer, id: number, { about }: Edition): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  for (const { code, kind, title } of about.sources) {
    const { rows } = await sql<{ id: number }>`
      insert into source (jurisdiction_id, source_id, code, kind, title, preset, snapped)
      select ${id}, coalesce(max(source_id), 0) + 1, ${code}, ${kind}, ${title}, 'protected', true
      from source where jurisdiction_id = ${id}
      on conflict (jurisdiction_id, code, kind) do update set preset = excluded.preset
      returning source_id as id`.execute(db);
    ids.set(`${code} ${kind}`, rows[0]!.id);
  }
  return ids;
}

/** Layers of which the view shows another version, or none. */
async function unshown({ db }: Writer, id: number, layers: readonly PublicLayer[]): Promise<PublicLayer[]> {
  const rows = await db
    .selectFrom('layer')
    .select(['layer_id as layerId', 'current_version as version'])
    .where('jurisdiction_id', '=', id)
    .execute();
  return layers.filter((layer) => !rows.some((row) => row.layerId === layer.layerId && row.version === layer.version));
}

/** Whether the view says the same of itself already, and shows no layer beyond these. */
async function isSaid(
  { db }: Writer,
  id: number,
  head: Head,
  { about, choices, catchments }: Edition,
  layers: readonly PublicLayer[],
) {
  const said = await db
    .selectFrom('delivery')
    .select('report')
    .where('jurisdiction_id', '=', id)
    .where('delivery', '=', head.delivery)
    .executeTakeFirst();
  const shown = await db
    .selectFrom('layer')
    .select('layer_id')
    .where('jurisdiction_id', '=', id)
    .where('current_version', 'is not', null)
    .execute();
  const { rows: same } = await sql<{ same: boolean }>`
    select ${said ? JSON.stringify(said.report) : '{}'}::jsonb = ${JSON.stringify({ about, choices, catchments })}::jsonb as same`.execute(
    db,
  );
  return same[0]!.same && shown.length === layers.length;
}

/** The places of incidents that stay, on a layer version that is new. */
async function placeKept(
  writer: Writer,
  id: number,
  layer: PublicLayer,
  placeOf: (row: number) => number,
  rowOf: Int32Array,
): Promise<void> {
  for (let from = 1; from < rowOf.length; from += RANGE) {
    const placeIds = rowOf.slice(from, from + RANGE).map((row) => (row === 0 ? 0 : placeOf(row - 1)));
    const client = await writer.pool.connect();
    try {
      await writePlacement(client, id, layer, from, placeIds);
    } finally {
      client.release();
    }
  }
}

async function end({ db }: Writer, id: number, head: Head, ended: readonly number[]): Promise<void> {
  for (let from = 0; from < ended.length; from += CHUNK_ROWS) {
    await sql`update incident set until_delivery = ${head.delivery + 1}
      where jurisdiction_id = ${id} and incident_id = any(${ended.slice(from, from + CHUNK_ROWS)}::bigint[])`.execute(
      db,
    );
  }
}

/** In one transaction: rows, layers, sources and what is said of them. Each source has a delivery, as it has elsewhere. */
function show(
  writer: Writer,
  id: number,
  head: Head,
  nextIncidentId: number,
  { about, choices, catchments }: Edition,
  layers: readonly PublicLayer[],
  sourceIds: readonly number[],
): Promise<void> {
  return writer.publishing(async (trx) => {
    for (const [at, { title, through }] of about.sources.entries()) {
      await trx
        .updateTable('source')
        .set({ title, declared_through: through })
        .where('jurisdiction_id', '=', id)
        .where('source_id', '=', sourceIds[at]!)
        .execute();
    }
    await trx.deleteFrom('offence_choice').where('jurisdiction_id', '=', id).execute();
    if (choices.length > 0) {
      await sql`
        insert into offence_choice (jurisdiction_id, words, label, offence)
        select ${id}, words, label, offence
        from unnest(${choices.map(({ words }) => words)}::text[], ${choices.map(({ label }) => label)}::text[],
          ${choices.map(({ offence }) => offence)}::text[]) as given (words, label, offence)`.execute(trx);
    }
    await trx.updateTable('layer').set({ current_version: null }).where('jurisdiction_id', '=', id).execute();
    for (const { layerId, version, title } of layers) {
      const ofLayer = { jurisdiction_id: id, layer_id: layerId };
      await trx
        .updateTable('layer')
        .set({ current_version: version, title })
        .where((eb) => eb.and(ofLayer))
        .execute();
      await trx
        .updateTable('layer_version')
        .set({ published_at: new Date() })
        .where((eb) => eb.and({ ...ofLayer, version }))
        .where('published_at', 'is', null)
        .execute();
    }
    await trx.deleteFrom('delivery').where('jurisdiction_id', '=', id).execute();
    for (const [at, source_id] of sourceIds.entries()) {
      // Read from the last alone; those of a large city are long.
      const said = at === sourceIds.length - 1 ? { about, choices, catchments } : { about, choices };
      await trx
        .insertInto('delivery')
        .values({
          ...{ jurisdiction_id: id, delivery: head.delivery + 1 + at, source_id, mode: 'replace', via: 'command' },
          ...{ file_name: 'protected', file_sha256: '', preset: 'protected', asked_sha256: null, undoes: null },
          ...{ covers_from: null, covers_until: null, report: JSON.stringify(said) },
          ...{ first_incident_id: head.nextIncidentId, next_incident_id: nextIncidentId },
        })
        .execute();
    }
    await sql`
      update data_state set head_delivery = head_delivery + ${sourceIds.length}, next_incident_id = ${nextIncidentId},
        data_version = data_version + ${sourceIds.length}
      where jurisdiction_id = ${id}`.execute(trx);
    // Once more than there are deliveries: layers may have changed with them.
    await raiseDataVersion(trx, id);
  });
}
