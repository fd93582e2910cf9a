// A delivery is one import, visible all at once or not at all: its rows carry a number above the head until publishing
// moves the head. What a killed import leaves above the head is removed before anybody writes again.

import { type Kysely, sql } from 'kysely';
import type { Logger } from 'pino';
import { analyzeAfter } from '../db/analyze.ts';
import { inLanes } from '../db/concurrently.ts';
import { raiseDataVersion, type Writer, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import { Conflict } from '../errors.ts';

import { CHUNK_ROWS } from './store.ts';

export type Head = { readonly delivery: number; readonly nextIncidentId: number };

export async function readHead(database: Database, jurisdictionId: number): Promise<Head> {
  const row = await database.db
    .selectFrom('data_state')
    .select(['head_delivery', 'next_incident_id'])
    .where('jurisdiction_id', '=', jurisdictionId)
    .executeTakeFirstOrThrow();
  return { delivery: row.head_delivery, nextIncidentId: Number(row.next_incident_id) };
}

export type Delivery = {
  readonly sourceId: number;
  readonly fileName: string;
  readonly fileSha256: string;
  readonly preset: string;
  readonly mode: 'add' | 'replace';
  readonly coversFrom: string | null;
  readonly coversUntil: string | null;
  readonly report: unknown;
  readonly via: Via;
  /** Over everything beside the file that decides what is stored; null for an undo. */
  readonly askedSha256: string | null;
  /** The delivery this one undoes. */
  readonly undoes: number | null;
  /** The day up to which the source says it is complete; null = as before. */
  readonly declaredThrough?: string | null;
};
/** Which way a delivery came in. */
export type Via = 'command' | 'page' | 'feed' | 'folder';

/** Makes delivery number `head.delivery + 1` and everything stored under it visible, in one transaction. */
export async function publish(
  writer: Writer,
  jurisdictionId: number,
  head: Head,
  nextIncidentId: number,
  delivery: Delivery,
): Promise<void> {
  const number = head.delivery + 1;
  await writer.publishing(async (trx) => {
    await trx
      .insertInto('delivery')
      .values({
        jurisdiction_id: jurisdictionId,
        delivery: number,
        source_id: delivery.sourceId,
        file_name: delivery.fileName,
        file_sha256: delivery.fileSha256,
        preset: delivery.preset,
        mode: delivery.mode,
        covers_from: delivery.coversFrom,
        covers_until: delivery.coversUntil,
        report: JSON.stringify(delivery.report),
        via: delivery.via,
        asked_sha256: delivery.askedSha256,
        undoes: delivery.undoes,
        first_incident_id: head.nextIncidentId,
        next_incident_id: nextIncidentId,
      })
      .execute();
    await trx
      .updateTable('data_state')
      .set({ head_delivery: number, next_incident_id: nextIncidentId })
      .where('jurisdiction_id', '=', jurisdictionId)
      .execute();
    const { sourceId, declaredThrough } = delivery;
    if (declaredThrough) await declareThrough(trx, jurisdictionId, sourceId, declaredThrough);
    await raiseDataVersion(trx, jurisdictionId);
  });
}

/** Keeps the day up to which a source says it is complete. */
export async function declareThrough(
  trx: Kysely<Tables>,
  jurisdictionId: number,
  sourceId: number,
  through: string,
): Promise<void> {
  await trx
    .updateTable('source')
    .set({ declared_through: through })
    .where('jurisdiction_id', '=', jurisdictionId)
    .where('source_id', '=', sourceId)
    .execute();
}

/** Tells the planner of so many rows that were stored or ended. */
export async function analyze(database: Database, rows: number): Promise<void> {
  await analyzeAfter(database, 'incident', rows);
  await analyzeAfter(database, 'placement', rows);
}

/** Removes what an import that never published left behind. Call under the jurisdiction's lock. */
export async function discardPending(database: Database, jurisdictionId: number): Promise<void> {
  const { db } = database;
  const head = await readHead(database, jurisdictionId);
  await discardPendingTotals(database, jurisdictionId, head.delivery);
  const { rows } = await sql<{ last: string | null }>`
    select max(incident_id) as last from incident where jurisdiction_id = ${jurisdictionId}`.execute(db);
  const last = Number(rows[0]?.last ?? 0);
  for (let first = head.nextIncidentId; first <= last; first += CHUNK_ROWS) {
    await sql`delete from incident where jurisdiction_id = ${jurisdictionId}
      and incident_id >= ${first} and incident_id < ${first + CHUNK_ROWS}`.execute(db);
  }
  // The embedded engine has nobody who would make room again later.
  if (database.engine === 'embedded' && last >= head.nextIncidentId) await sql`vacuum incident`.execute(db);
  await sql`delete from placement where jurisdiction_id = ${jurisdictionId}
    and first_incident_id >= ${head.nextIncidentId}`.execute(db);
  await untilNone(() =>
    sql`
    update incident set until_delivery = null where jurisdiction_id = ${jurisdictionId} and incident_id = any(array(
      select incident_id from incident where jurisdiction_id = ${jurisdictionId} and until_delivery > ${head.delivery}
      limit ${CHUNK_ROWS}))`.execute(db),
  );
}

/** The same of monthly totals, which deliveries of an authority's tables bring. */
async function discardPendingTotals({ db }: Database, jurisdictionId: number, head: number): Promise<void> {
  await untilNone(() =>
    sql`
    delete from monthly_total where jurisdiction_id = ${jurisdictionId} and ctid = any(array(
      select ctid from monthly_total where jurisdiction_id = ${jurisdictionId} and from_delivery > ${head}
      limit ${CHUNK_ROWS}))`.execute(db),
  );
  await untilNone(() =>
    sql`
    update monthly_total set until_delivery = null where jurisdiction_id = ${jurisdictionId} and ctid = any(array(
      select ctid from monthly_total where jurisdiction_id = ${jurisdictionId} and until_delivery > ${head}
      limit ${CHUNK_ROWS}))`.execute(db),
  );
}

async function untilNone(change: () => Promise<{ readonly numAffectedRows?: bigint | undefined }>): Promise<void> {
  while (Number((await change()).numAffectedRows ?? 0) === CHUNK_ROWS);
}

/**
 * Runs `deliver`, and removes what it stored when it fails. A writer whose connection died tries it with the lock of a new
 * one; where somebody else has taken over, he has removed it, and what lies above the head now is his.
 */
export async function orDiscard<T>(writer: Writer, jurisdictionId: number, deliver: () => Promise<T>): Promise<T> {
  try {
    return await deliver();
  } catch (error) {
    const discard = async () => {
      if (!(await writer.isLost())) await discardPending(writer, jurisdictionId);
      else await withJurisdictionLock(writer, jurisdictionId, (next) => discardPending(next, jurisdictionId));
    };
    // What stopped it is what is told; whoever writes next discards first.
    await discard().catch(() => {});
    throw error;
  }
}

/** At start: removes the leftovers of every jurisdiction that has any and nobody is writing to. */
export async function discardAllPending(database: Database, log: Logger): Promise<void> {
  await inLanes(database.engine, await withLeftovers(database), async (id) => {
    try {
      await withJurisdictionLock(database, id, (writer) => discardPending(writer, id));
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      log.info({ jurisdictionId: id }, 'an import is running in another process');
    }
  });
}

/** One question for all: the ends of indexes tell whether anything lies above a head. */
async function withLeftovers({ db }: Database): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select t.jurisdiction_id as id from data_state t
    where (select max(incident_id) from incident i where i.jurisdiction_id = t.jurisdiction_id) >= t.next_incident_id
      or (select max(until_delivery) from incident i where i.jurisdiction_id = t.jurisdiction_id) > t.head_delivery
      or (select max(from_delivery) from monthly_total m where m.jurisdiction_id = t.jurisdiction_id) > t.head_delivery
      or (select max(until_delivery) from monthly_total m where m.jurisdiction_id = t.jurisdiction_id) > t.head_delivery
    union
    select t.jurisdiction_id from data_state t
    join layer_version v on v.jurisdiction_id = t.jurisdiction_id
    where (select max(first_incident_id) from placement p where p.jurisdiction_id = v.jurisdiction_id
      and p.layer_id = v.layer_id and p.version = v.version) >= t.next_incident_id
    order by id`.execute(db);
  return rows.map(({ id }) => id);
}
