// What an installation of one jurisdiction holds, as a sum that two of the same content share.

import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../../server/db/open.ts';

/** `pending` = rows and blocks of places above the head; `ended` = rows that end above it. */
export type Seen = { readonly head: number; readonly sum: string; readonly pending: number; readonly ended: number };

/** What counts, as one sum over its content and places, and what lies above the head. */
export async function seen({ db }: Database): Promise<Seen> {
  const hash = createHash('sha256');
  const { rows: state } = await sql<{ head: number; next: number; pending: number; ended: number; blocks: number }>`
    select head_delivery as head, next_incident_id::int as next,
      (select count(*)::int from incident where from_delivery > head_delivery) as pending,
      (select count(*)::int from incident where until_delivery > head_delivery) as ended,
      (select count(*)::int from placement where first_incident_id >= next_incident_id) as blocks
    from data_state`.execute(db);
  const { head, pending, ended, blocks } = state[0]!;
  const { rows } = await sql<{ line: string }>`
    select concat_ws(' ', i.source_key, occurred_on, minute_of_day, lon, lat, o.code, p.place) as line
    from incident i join offence o using (jurisdiction_id, offence_id)
    left join (
      select first_incident_id + n - 1 as incident_id, place from placement, unnest(place_ids) with ordinality as u (place, n)
    ) as p using (incident_id)
    where from_delivery <= ${head} and (until_delivery is null or until_delivery > ${head})`.execute(db);
  for (const line of rows.map((row) => row.line).sort()) hash.update(`${line}\n`);
  return { head, sum: hash.digest('hex'), pending: pending + blocks, ended };
}
