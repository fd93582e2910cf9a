// What came and went since a cube was built, when it is little.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import type { DataState } from '../filter/catalogue.ts';

/** With more than this since the cube, a new cube answers faster. */
export const MOST_ADDED = 20_000;
const MOST_ENDED = 2000;

type Numbers = Pick<DataState, 'dataVersion' | 'head'>;

/** Every delivery raises the data version by one; what else raises it (layers, settings) can change any answer. */
export function onlyDeliveriesSince(then: Numbers, now: Numbers): boolean {
  return now.dataVersion - then.dataVersion === now.head - then.head;
}

/** Ids of the incidents that counted then and no longer do; null when more changed than can be counted beside a cube. */
export async function readRecent(
  { db }: Database,
  jurisdictionId: number,
  then: DataState,
  now: DataState,
): Promise<string[] | null> {
  if (!onlyDeliveriesSince(then, now) || now.nextIncidentId - then.nextIncidentId > MOST_ADDED) return null;
  const { rows: deliveries } = await sql<{ count: number; first: number | null }>`
    select count(*)::int as count, min(first_incident_id)::float8 as first from delivery
    where jurisdiction_id = ${jurisdictionId} and delivery > ${then.head} and delivery <= ${now.head}`.execute(db);
  const { count, first } = deliveries[0]!;
  if (count !== now.head - then.head || (first ?? 0) < then.nextIncidentId) return null;
  const { rows } = await sql<{ id: string }>`
    select incident_id as id from incident
    where jurisdiction_id = ${jurisdictionId} and until_delivery > ${then.head} and until_delivery <= ${now.head}
      and from_delivery <= ${then.head}
    limit ${MOST_ENDED + 1}`.execute(db);
  return rows.length > MOST_ENDED ? null : rows.map(({ id }) => id);
}
