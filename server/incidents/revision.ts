// Compares a delivery with what its source delivered before (DESIGN §6.3): what is there already, what replaces what,
// and, when the delivery replaces a period, what is gone.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import type { Head } from './deliveries.ts';
import { type KnownRecords, knownRecords } from './known-records.ts';

/** Ids read or changed in one statement. */
const PAGE = 50_000;

export type Covers = { readonly from: string; readonly until: string };

export type Revision = {
  /** True when this very record is stored; each stored record answers for one row of the file. */
  isStored(hash: bigint, key: string | null): boolean;
  /**
   * After the whole file: ends the stored records that a row with the same key replaces, and those inside `replaces`
   * that the file no longer has. Ended records stay, as history, until `delivery` is published or discarded; null = they
   * are only counted.
   */
  finish(
    delivery: number | null,
    replaces: Covers | null,
  ): Promise<{ changed: number; gone: number; goneByMonth: Map<string, GoneOf> }>;
};
export type GoneOf = { readonly gone: number; readonly before: number };

/** Opens the comparison with everything of the source that counts at `head`. */
export async function openRevision(
  database: Database,
  jurisdictionId: number,
  sourceId: number,
  head: Head,
): Promise<Revision> {
  const known = knownRecords(0);
  for await (const page of storedRecords(database, jurisdictionId, sourceId, head)) {
    for (const row of page) known.add(BigInt(row.record_hash));
  }
  const newByKey = new Map<string, number>();
  const nothingStored = known.remaining() === 0;
  return {
    isStored(hash, key) {
      if (nothingStored) return false;
      if (known.take(hash)) return true;
      if (key !== null) newByKey.set(key, (newByKey.get(key) ?? 0) + 1);
      return false;
    },
    finish: (delivery, replaces) =>
      endReplaced(database, { jurisdictionId, sourceId, head, delivery, replaces }, known, newByKey),
  };
}

type Ending = {
  readonly jurisdictionId: number;
  readonly sourceId: number;
  readonly head: Head;
  readonly delivery: number | null;
  readonly replaces: Covers | null;
};

async function endReplaced(
  database: Database,
  ending: Ending,
  known: KnownRecords,
  newByKey: Map<string, number>,
): ReturnType<Revision['finish']> {
  const { jurisdictionId, sourceId, head, delivery, replaces } = ending;
  const goneByMonth = new Map<string, { gone: number; before: number }>();
  let changed = 0;
  let gone = 0;
  if (known.remaining() === 0 || (newByKey.size === 0 && !replaces)) return { changed, gone, goneByMonth };
  for await (const page of storedRecords(database, jurisdictionId, sourceId, head)) {
    const ended: string[] = [];
    for (const row of page) {
      const isCovered = replaces !== null && row.occurred_on >= replaces.from && row.occurred_on < replaces.until;
      const month = goneByMonth.get(row.occurred_on.slice(0, 7)) ?? { gone: 0, before: 0 };
      if (isCovered) {
        month.before++;
        goneByMonth.set(row.occurred_on.slice(0, 7), month);
      }
      if (!known.take(BigInt(row.record_hash))) continue; // the file has it
      const replacing = row.source_key === null ? 0 : (newByKey.get(row.source_key) ?? 0);
      if (replacing > 0) {
        newByKey.set(row.source_key!, replacing - 1);
        changed++;
      } else if (isCovered) {
        month.gone++;
        gone++;
      } else continue;
      ended.push(row.incident_id);
    }
    if (ended.length === 0 || delivery === null) continue;
    await sql`update incident set until_delivery = ${delivery}
      where jurisdiction_id = ${jurisdictionId} and incident_id = any(${ended}::bigint[])`.execute(database.db);
  }
  return { changed, gone, goneByMonth };
}

type StoredRecord = { incident_id: string; record_hash: string; source_key: string | null; occurred_on: string };

/** What counts at the head, in pages by id: no cursor is held and no statement is long. */
async function* storedRecords(
  database: Database,
  jurisdictionId: number,
  sourceId: number,
  head: Head,
): AsyncGenerator<StoredRecord[]> {
  for (let first = 1; first < head.nextIncidentId; first += PAGE) {
    const { rows } = await sql<StoredRecord>`
      select incident_id, record_hash, source_key, occurred_on from incident
      where jurisdiction_id = ${jurisdictionId} and incident_id >= ${first} and incident_id < ${first + PAGE}
        and source_id = ${sourceId} and from_delivery <= ${head.delivery}
        and (until_delivery is null or until_delivery > ${head.delivery})`.execute(database.db);
    yield rows;
  }
}
