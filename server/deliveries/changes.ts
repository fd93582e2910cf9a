// What one delivery changed in what its source had told before: by offence and month, and field by field.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import type { ChangedField, DeliveryChanges } from '../incidents/contract.ts';
import { changesOfTotals } from '../official-totals/store.ts';

/** Examples and cells given at most. */
const MAX_EXAMPLES = 100;
const MAX_CELLS = 5000;

/**
 * `totals`: how many more or fewer records of an offence a month has since the delivery, for the months the source had
 * told of before; the largest differences first. `fields`: records of one id in both states that differ in it; ids that
 * repeat are left out and counted in `repeatedIds`.
 */
export async function changesOf(
  database: Database,
  { id: jurisdictionId }: Jurisdiction,
  delivery: number,
): Promise<DeliveryChanges> {
  const { db } = database;
  const monthly = await changesOfTotals(database, jurisdictionId, delivery);
  if (monthly.length) {
    const fields = { date: 0, time: 0, until: 0, reported: 0, offence: 0, point: 0, place: 0 };
    return { totals: monthly, fields, repeatedIds: 0, examples: [] };
  }
  const asked = sql`
    d as (select * from delivery where jurisdiction_id = ${jurisdictionId} and delivery = ${delivery}),
    added as (
      select i.* from d join incident i on i.jurisdiction_id = ${jurisdictionId} and i.source_id = d.source_id
        and i.incident_id >= d.first_incident_id and i.incident_id < d.next_incident_id
    ),
    ended as (
      select i.* from d join incident i on i.jurisdiction_id = ${jurisdictionId} and i.source_id = d.source_id
        and i.until_delivery = d.delivery
    )`;
  const totals = await sql<DeliveryChanges['totals'][number]>`
    with ${asked},
    before as (
      select max(i.occurred_on) as last_day
      from d join incident i on i.jurisdiction_id = ${jurisdictionId} and i.source_id = d.source_id
        and i.incident_id < d.first_incident_id and i.from_delivery < d.delivery
    ),
    cells as (
      select to_char(occurred_on, 'YYYY-MM') as month, offence_id, sum(added)::int as added, sum(ended)::int as ended
      from (
        select occurred_on, offence_id, 1 as added, 0 as ended from added
        union all
        select occurred_on, offence_id, 0, 1 from ended
      ) as told
      join before on date_trunc('month', occurred_on::timestamp) <= last_day
      group by 1, 2
    )
    select c.month, o.code as offence, c.added, c.ended, c.added - c.ended as difference
    from cells c join offence o on o.jurisdiction_id = ${jurisdictionId} and o.offence_id = c.offence_id
    where c.added <> c.ended
    order by abs(c.added - c.ended) desc, c.month, o.code limit ${MAX_CELLS}`.execute(db);

  const pairs = sql`
    with ${asked},
    old as (select *, count(*) over (partition by source_key) as times from ended where source_key is not null),
    new as (
      select *, count(*) over (partition by source_key) as times
      from added where source_key in (select source_key from old)
    ),
    pair as (
      select o.source_key, o.incident_id as old_id, n.incident_id as new_id,
        o.occurred_on <> n.occurred_on as date,
        (o.minute_of_day, o.date_precision) is distinct from (n.minute_of_day, n.date_precision) as time,
        (o.until_on, o.until_minute) is distinct from (n.until_on, n.until_minute) as until,
        (o.reported_on, o.reported_minute) is distinct from (n.reported_on, n.reported_minute) as reported,
        o.offence_id <> n.offence_id as offence,
        (o.lon, o.lat) is distinct from (n.lon, n.lat) as point,
        o.place_text_id is distinct from n.place_text_id as place
      from old o join new n on n.source_key = o.source_key
      where o.times = 1 and n.times = 1
    )`;
  const counted = await sql<Record<ChangedField, number> & { repeated: number }>`
    ${pairs}
    select count(*) filter (where date)::int as date, count(*) filter (where time)::int as time,
      count(*) filter (where until)::int as until, count(*) filter (where reported)::int as reported,
      count(*) filter (where offence)::int as offence, count(*) filter (where point)::int as point,
      count(*) filter (where place)::int as place,
      (select count(distinct o.source_key)::int from old o join new n on n.source_key = o.source_key
        where o.times > 1 or n.times > 1) as repeated
    from pair`.execute(db);
  const state = (alias: string) => {
    const i = sql.ref(alias);
    const clock = (minute: string) => sql`to_char(${i}.${sql.ref(minute)} * interval '1 minute', 'HH24:MI')`;
    return sql`jsonb_build_object('date', ${i}.occurred_on, 'time', ${clock('minute_of_day')},
      'until', nullif(concat_ws(' ', ${i}.until_on, ${clock('until_minute')}), ''),
      'reported', nullif(concat_ws(' ', ${i}.reported_on, ${clock('reported_minute')}), ''),
      'offence', (select code from offence f where f.jurisdiction_id = ${jurisdictionId} and f.offence_id = ${i}.offence_id),
      'point', case when ${i}.lon is not null then jsonb_build_array(${i}.lon, ${i}.lat) end,
      'place', (select text from place_text t where t.jurisdiction_id = ${jurisdictionId}
        and t.place_text_id = ${i}.place_text_id))`;
  };
  const examples = await sql<DeliveryChanges['examples'][number]>`
    ${pairs}
    select p.source_key as key, ${state('o')} as before, ${state('n')} as after
    from pair p
    join incident o on o.jurisdiction_id = ${jurisdictionId} and o.incident_id = p.old_id
    join incident n on n.jurisdiction_id = ${jurisdictionId} and n.incident_id = p.new_id
    order by p.source_key limit ${MAX_EXAMPLES}`.execute(db);

  const { repeated = 0, ...fields } = counted.rows[0]!;
  return { totals: totals.rows, fields, repeatedIds: repeated, examples: examples.rows };
}
