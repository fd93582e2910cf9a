// The deliveries of a jurisdiction: what each brought, which of them stand, and what the data were at an earlier one.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotFound } from '../errors.ts';
import type { DeliveryRow } from './contract.ts';

/** A delivery as far as it matters for which ones stand. */
export type DeliveryStep = { readonly delivery: number; readonly undoes: number | null };

/**
 * Of the deliveries of one source, in order, those that stand: not undone, or undone and then told again by undoing the
 * undo. The last of them is the one that can be undone.
 */
export function standing(steps: readonly DeliveryStep[]): number[] {
  const undoneBy = new Map<number, number>();
  const stand: number[] = [];
  for (const { delivery, undoes } of steps) {
    const redone = undoes === null ? undefined : undoneBy.get(undoes);
    if (undoes === null) stand.push(delivery);
    else if (redone !== undefined) stand.push(redone);
    else undoneBy.set(delivery, stand.pop()!);
  }
  return stand;
}

/** The visible deliveries, newest first; of what a feed sends in small ones, the last of each local day. */
export async function listDeliveries({ db }: Database, { id, timezone }: Jurisdiction): Promise<DeliveryRow[]> {
  const { rows } = await sql<Omit<DeliveryRow, 'stands' | 'canUndo'>>`
    select d.delivery, s.code as source, s.kind, d.file_name as "fileName", d.file_sha256 as "fileSha256", d.preset,
      d.mode, d.via, d.undoes, d.covers_from as "coversFrom", d.covers_until as "coversUntil",
      to_json(d.created_at) #>> '{}' as "createdAt", d.report
    from (
      select *, row_number() over (
        partition by source_id, via, (created_at at time zone ${timezone}::text)::date order by delivery desc
      ) as nth
      from delivery where jurisdiction_id = ${id}
    ) as d
    join source s on s.jurisdiction_id = ${id} and s.source_id = d.source_id
    join data_state t on t.jurisdiction_id = ${id} and d.delivery <= t.head_delivery
    where d.via <> 'feed' or d.nth = 1
    order by d.delivery`.execute(db);
  const bySource = Map.groupBy(rows, ({ source, kind }) => `${kind}/${source}`);
  const stand = new Set<number>();
  const undoable = new Set<number>();
  for (const steps of bySource.values()) {
    const standingSteps = standing(steps);
    for (const delivery of standingSteps) stand.add(delivery);
    const [last, lastStanding] = [steps.at(-1)!, standingSteps.at(-1)];
    if (last.undoes !== null) undoable.add(last.delivery);
    if (lastStanding !== undefined) undoable.add(lastStanding);
  }
  return rows
    .map((row) => ({
      ...row,
      stands: stand.has(row.delivery),
      canUndo: row.via !== 'feed' && undoable.has(row.delivery),
    }))
    .reverse();
}

/** Throws NotFound. */
export async function findDelivery(
  database: Database,
  jurisdiction: Jurisdiction,
  number: number,
): Promise<DeliveryRow> {
  const found = (await listDeliveries(database, jurisdiction)).find(({ delivery }) => delivery === number);
  if (!found) throw new NotFound(`no delivery ${number}`);
  return found;
}

/**
 * The last delivery visible at a delivery's number, or at the end of a local day (YYYY-MM-DD); 0 = before the first.
 * Throws BadInput('asOf').
 */
export async function deliveryAsOf({ db }: Database, { id, timezone }: Jurisdiction, asOf: string): Promise<number> {
  const number = /^\d{1,9}$/.test(asOf) ? Number(asOf) : null;
  const { rows } = await sql<{ head: number; delivery: number | null }>`
    select t.head_delivery as head, (
        select max(d.delivery) from delivery d
        where d.jurisdiction_id = ${id} and d.delivery <= t.head_delivery
          and (d.created_at at time zone ${timezone}::text)::date <= ${number === null ? asOf : null}::date
      ) as delivery
    from data_state t where t.jurisdiction_id = ${id}`.execute(db);
  const { head = 0, delivery = null } = rows[0] ?? {};
  if (number !== null && number > head) throw new BadInput('asOf', `there are ${head} deliveries`);
  return number ?? delivery ?? 0;
}
