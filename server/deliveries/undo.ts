// Undoes a delivery by another one that restores what its source told before: nothing is overwritten, both states can
// still be asked for, and undoing the undo brings the delivery back.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { analyzeAfter } from '../db/analyze.ts';
import { type Writer, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { Conflict } from '../errors.ts';
import type { UndoReport } from '../incidents/contract.ts';
import { analyze, discardPending, type Head, orDiscard, publish, readHead, type Via } from '../incidents/deliveries.ts';
import { findDelivery } from '../incidents/history.ts';
import { undoTotals } from '../official-totals/store.ts';

/** Rows ended or told again in one statement: as many as a block of `placement` holds. */
const PAGE = 4096;

/**
 * Only the last delivery of its source that stands can be undone, because every later one was compared with it; and the
 * newest one when it is an undo itself. Throws NotFound, or Conflict when it cannot be undone or somebody is writing.
 */
export async function undoDelivery(
  database: Database,
  jurisdiction: Jurisdiction,
  delivery: number,
  options: { readonly via: Via; readonly signal: AbortSignal },
): Promise<UndoReport> {
  return withJurisdictionLock(database, jurisdiction.id, async (writer) => {
    await discardPending(writer, jurisdiction.id);
    const undone = await findDelivery(writer, jurisdiction, delivery);
    if (!undone.canUndo) {
      throw new Conflict('only the last delivery of its source that stands can be undone; undo the later ones first');
    }
    const head = await readHead(writer, jurisdiction.id);
    return orDiscard(writer, jurisdiction.id, async () => {
      const going = await readUndone(writer, jurisdiction.id, delivery);
      const { ended, restored } = await takeBack(writer, jurisdiction.id, head, going, options.signal);
      const report: UndoReport = { undoes: delivery, undoneBy: head.delivery + 1, ended, restored };
      const incidentsTold = going.monthly ? 0 : restored;
      await publish(writer, jurisdiction.id, head, head.nextIncidentId + incidentsTold, {
        sourceId: going.sourceId,
        fileName: undone.fileName,
        fileSha256: undone.fileSha256,
        preset: undone.preset,
        mode: 'replace',
        coversFrom: undone.coversFrom,
        coversUntil: undone.coversUntil,
        report,
        via: options.via,
        askedSha256: null,
        undoes: delivery,
      });
      return report;
    });
  });
}

type Undone = {
  readonly delivery: number;
  readonly sourceId: number;
  readonly firstIncidentId: number;
  /** Of monthly totals; their delivery holds no incidents. */
  readonly monthly: boolean;
};

async function takeBack(database: Writer, jurisdictionId: number, head: Head, going: Undone, signal: AbortSignal) {
  if (going.monthly) {
    const by = { jurisdictionId, sourceId: going.sourceId, delivery: head.delivery + 1 };
    const moved = await undoTotals(database, by, going.delivery);
    await analyzeAfter(database, 'monthly_total', moved.ended + moved.restored);
    return moved;
  }
  const ended = await endSince(database, jurisdictionId, head, going, signal);
  const restored = await tellAgain(database, jurisdictionId, head, going, signal);
  await analyze(database, ended + restored);
  return { ended, restored };
}

async function readUndone({ db }: Database, jurisdictionId: number, delivery: number): Promise<Undone> {
  const row = await db
    .selectFrom('delivery as d')
    .innerJoin('source as s', (join) =>
      join.on('s.jurisdiction_id', '=', jurisdictionId).onRef('s.source_id', '=', 'd.source_id'),
    )
    .select(['d.source_id', 'd.first_incident_id', 's.monthly'])
    .where('d.jurisdiction_id', '=', jurisdictionId)
    .where('d.delivery', '=', delivery)
    .executeTakeFirstOrThrow();
  const { source_id: sourceId, first_incident_id: first, monthly } = row;
  return { delivery, sourceId, firstIncidentId: Number(first), monthly };
}

/** Ends what the source tells at the head and did not before the undone delivery; ids ascend with deliveries. */
async function endSince(
  { db }: Database,
  jurisdictionId: number,
  head: Head,
  { delivery, sourceId, firstIncidentId }: Undone,
  signal: AbortSignal,
): Promise<number> {
  let ended = 0;
  for (let first = firstIncidentId; first < head.nextIncidentId; first += PAGE) {
    signal.throwIfAborted();
    const { numAffectedRows } = await sql`
      update incident set until_delivery = ${head.delivery + 1}
      where jurisdiction_id = ${jurisdictionId} and incident_id >= ${first} and incident_id < ${first + PAGE}
        and source_id = ${sourceId} and from_delivery >= ${delivery} and from_delivery <= ${head.delivery}
        and until_delivery is null`.execute(db);
    ended += Number(numAffectedRows ?? 0);
  }
  return ended;
}

/** Tells again, under new ids, what the source told before the undone delivery and no longer does at the head. */
async function tellAgain(
  { db }: Writer,
  jurisdictionId: number,
  head: Head,
  { delivery, sourceId }: Undone,
  signal: AbortSignal,
): Promise<number> {
  const layers = await sql<{ layerId: number; version: number }>`
    select distinct layer_id as "layerId", version from placement where jurisdiction_id = ${jurisdictionId}`.execute(
    db,
  );
  let told = 0;
  for (let after = '0'; ; ) {
    signal.throwIfAborted();
    const { rows } = await sql<{ id: string }>`
      select incident_id as id from incident
      where jurisdiction_id = ${jurisdictionId} and source_id = ${sourceId} and from_delivery < ${delivery}
        and until_delivery >= ${delivery} and until_delivery <= ${head.delivery} and incident_id > ${after}
      order by incident_id limit ${PAGE}`.execute(db);
    if (rows.length === 0) return told;
    const ids = rows.map(({ id }) => id);
    after = ids.at(-1)!;
    const first = head.nextIncidentId + told;
    await db.transaction().execute(async (trx) => {
      const old = sql`unnest(${ids}::bigint[]) with ordinality as old (id, n)`;
      await sql`
        insert into incident (jurisdiction_id, incident_id, from_delivery, source_id, offence_id, label_no, occurred_on,
          minute_of_day, date_precision, until_on, until_minute, reported_on, reported_minute, place_precision, lon, lat,
          place_text_id, source_key, record_hash, keyed)
        select i.jurisdiction_id, ${first}::bigint + old.n - 1, ${head.delivery + 1}, i.source_id, i.offence_id, i.label_no,
          i.occurred_on, i.minute_of_day, i.date_precision, i.until_on, i.until_minute, i.reported_on,
          i.reported_minute, i.place_precision, i.lon, i.lat, i.place_text_id, i.source_key, i.record_hash, i.keyed
        from ${old} join incident i on i.jurisdiction_id = ${jurisdictionId} and i.incident_id = old.id`.execute(trx);
      for (const { layerId, version } of layers.rows) {
        await sql`
          insert into placement (jurisdiction_id, layer_id, version, first_incident_id, place_ids)
          select ${jurisdictionId}, ${layerId}, ${version}, ${first}, array_agg(coalesce(block.place_id, 0) order by old.n)
          from ${old} left join lateral (
            select p.place_ids[old.id - p.first_incident_id + 1] as place_id from placement p
            where p.jurisdiction_id = ${jurisdictionId} and p.layer_id = ${layerId} and p.version = ${version}
              and p.first_incident_id <= old.id
            order by p.first_incident_id desc limit 1
          ) as block on true`.execute(trx);
      }
    });
    told += ids.length;
  }
}
