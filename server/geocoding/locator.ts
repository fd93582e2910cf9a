// Keeps what was found for each text, and answers it for incidents that are stored or placed.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { PLACE_PRECISIONS, type PlacePrecision } from '../db/contract.ts';
import type { Database } from '../db/open.ts';
import type { LayerVersion } from '../placing/packed-places.ts';
import type { PlacedLayer } from '../placing/place.ts';
import type { PlaceText } from '../reading/contract.ts';
import { keyOf } from './layer-overlap.ts';
import { type Matched, matchTexts } from './match.ts';

const TEXTS_AT_ONCE = 5000;

export type Locator = {
  /** Looks for the texts that were not looked for before; what `fill` and `precisionOf` then answer. */
  look(placeTextIds: Iterable<number>): Promise<void>;
  /** Puts the rows without a point (NaN) where their words say. `placeTextId` 0 = no words. */
  fill(placed: readonly PlacedLayer[], lon: Float64Array, placeTextId: Int32Array): void;
  precisionOf(placeTextId: number): PlacePrecision;
};

export function openLocator(database: Database, jurisdiction: Jurisdiction): Locator {
  const { id } = jurisdiction;
  const precisions = new Map<number, PlacePrecision>();
  const places = new Map<string, Map<number, number>>();

  const learn = async (ids: readonly number[]): Promise<void> => {
    const texts = await sql<{ id: number; precision: number | null }>`
      select place_text_id as id, place_precision as precision from place_text
      where jurisdiction_id = ${id} and place_text_id = any(${[...ids]}::int[])`.execute(database.db);
    const unknown = texts.rows.filter(({ precision }) => precision === null).map((row) => row.id);
    for (const row of texts.rows) if (row.precision !== null) precisions.set(row.id, PLACE_PRECISIONS[row.precision]!);
    for (const [textId, { precision }] of await matchStored(database, jurisdiction, unknown)) {
      precisions.set(textId, precision);
    }
    const found = await sql<{ id: number; layerId: number; version: number; placeId: number }>`
      select place_text_id as id, layer_id as "layerId", version, place_id as "placeId" from place_match
      where jurisdiction_id = ${id} and place_text_id = any(${[...ids]}::int[])`.execute(database.db);
    for (const { id: textId, placeId, ...layer } of found.rows) {
      const of = places.get(keyOf(layer)) ?? new Map<number, number>();
      places.set(keyOf(layer), of.set(textId, placeId));
    }
  };

  return {
    async look(placeTextIds) {
      const wanted = [...new Set(placeTextIds)].filter((textId) => textId > 0 && !precisions.has(textId));
      for (let from = 0; from < wanted.length; from += TEXTS_AT_ONCE) {
        await learn(wanted.slice(from, from + TEXTS_AT_ONCE));
      }
    },
    fill(placed, lon, placeTextId) {
      for (const layer of placed) {
        const of = places.get(keyOf(layer));
        if (!of) continue;
        for (let i = 0; i < layer.placeIds.length; i++) {
          if (Number.isNaN(lon[i]!)) layer.placeIds[i] = of.get(placeTextId[i]!) ?? 0;
        }
      }
    },
    precisionOf: (textId) => precisions.get(textId) ?? 'none',
  };
}

/** The ids of texts of rows without a point. */
export function textsWithoutPoint(lon: Float64Array, placeTextId: Int32Array, rows: number): Set<number> {
  const ids = new Set<number>();
  for (let i = 0; i < rows; i++) if (placeTextId[i]! > 0 && Number.isNaN(lon[i]!)) ids.add(placeTextId[i]!);
  return ids;
}

/** The texts of every incident without a point, of any time. */
export async function textsInUse({ db }: Database, jurisdictionId: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select distinct place_text_id as id from incident
    where jurisdiction_id = ${jurisdictionId} and lon is null and place_text_id is not null`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * Looks for stored texts and keeps what is found, over what was: on one layer version only, when `arriving` is given.
 * Answers what was found by text id.
 */
export async function matchStored(
  database: Database,
  jurisdiction: Jurisdiction,
  ids: readonly number[],
  arriving: LayerVersion | null = null,
): Promise<Map<number, Matched>> {
  const all = new Map<number, Matched>();
  for (let from = 0; from < ids.length; from += TEXTS_AT_ONCE) {
    const { rows } = await sql<PlaceText & { id: number }>`
      select place_text_id as id, text, parts from place_text
      where jurisdiction_id = ${jurisdiction.id} and place_text_id = any(${ids.slice(from, from + TEXTS_AT_ONCE)}::int[])`.execute(
      database.db,
    );
    const matched = await matchTexts(database, jurisdiction, rows, arriving);
    const found = new Map(rows.map((row, i) => [row.id, matched[i]!]));
    await keep(database, jurisdiction.id, found, arriving);
    for (const [id, each] of found) all.set(id, each);
  }
  return all;
}

async function keep(
  { db }: Database,
  jurisdictionId: number,
  found: ReadonlyMap<number, Matched>,
  arriving: LayerVersion | null,
): Promise<void> {
  const ids = [...found.keys()];
  const texts = [...found];
  const matches = texts.flatMap(([textId, { matches: of }]) =>
    of
      .filter(({ layer }) => arriving === null || keyOf(layer) === keyOf(arriving))
      .map((match) => ({ textId, ...match })),
  );
  const only = arriving ? sql`and layer_id = ${arriving.layerId} and version = ${arriving.version}` : sql``;
  await db.transaction().execute(async (trx) => {
    await sql`delete from place_match
      where jurisdiction_id = ${jurisdictionId} and place_text_id = any(${ids}::int[]) ${only}`.execute(trx);
    await sql`
      insert into place_match
        (jurisdiction_id, place_text_id, layer_id, version, place_id, place_precision, score, how)
      select ${jurisdictionId}, * from unnest(${matches.map(({ textId }) => textId)}::int[],
        ${matches.map(({ layer }) => layer.layerId)}::int[], ${matches.map(({ layer }) => layer.version)}::int[],
        ${matches.map(({ placeId }) => placeId)}::int[],
        ${matches.map(({ precision }) => PLACE_PRECISIONS.indexOf(precision))}::smallint[],
        ${matches.map(({ score }) => score)}::real[], ${matches.map(({ how }) => how)}::text[])`.execute(trx);
    await sql`
      update place_text set name = given.name, within_name = given.within, place_precision = given.precision
      from unnest(${ids}::int[], ${texts.map(([, { asked }]) => asked?.name ?? '')}::text[],
        ${texts.map(([, { asked }]) => asked?.borough?.core ?? '')}::text[],
        ${texts.map(([, { precision }]) => PLACE_PRECISIONS.indexOf(precision))}::smallint[])
        as given (id, name, within, precision)
      where place_text.jurisdiction_id = ${jurisdictionId} and place_text.place_text_id = given.id`.execute(trx);
  });
}
