// Single incidents, newest first, as exact as the viewer may see them.

import { sql } from 'kysely';
import type { Jurisdiction, Viewer } from '../access/contract.ts';
import { DATE_PRECISIONS, type DatePrecision, PLACE_PRECISIONS, type PlacePrecision } from '../db/contract.ts';
import type { Database } from '../db/open.ts';
import { askPlainly } from '../db/planner-hints.ts';
import { askedIncidents } from '../engine/sql.ts';
import type { DataState } from '../filter/catalogue.ts';
import type { Plan } from '../filter/plan.ts';
import { lookedUp, type Slice } from '../filter/slices.ts';

/** Where a page ended: the last row's date and id. */
export type Cursor = { readonly occurredOn: string; readonly incidentId: number };

export type ListedIncident = {
  readonly id: string;
  readonly offence: string;
  readonly label: string;
  readonly date: string;
  readonly datePrecision: DatePrecision;
  readonly hour: number | null;
  /** Local day and hour until which it may have happened, where the source gives a range. */
  readonly dateUntil: string | null;
  readonly hourUntil: number | null;
  /** Local day and hour at which it was reported. */
  readonly reportedDate: string | null;
  readonly reportedHour: number | null;
  readonly kind: string;
  readonly source: string;
  readonly placePrecision: PlacePrecision;
  readonly lon: number | null;
  readonly lat: number | null;
};

type Row = Omit<ListedIncident, 'datePrecision' | 'placePrecision'> & {
  readonly datePrecision: number;
  readonly placePrecision: number;
};

/** Which incidents of a slice match, by ascending id. */
export async function findIncidents(
  database: Database,
  { id: jurisdictionId }: Jurisdiction,
  state: DataState,
  plan: Plan,
  slice: Slice,
): Promise<{ readonly id: string; readonly date: string }[]> {
  const question = sql<{ id: string; date: string }>`
    select incident_id::text as id, occurred_on as date
    from (${askedIncidents(jurisdictionId, state.head, plan, slice)}) as asked
    where fate = 'matched' order by incident_id`;
  return askPlainly(database, question, false);
}

export type Page = { readonly limit: number; readonly after: Cursor | null; readonly slice?: Slice };

/** At most `limit` incidents that match the plan as of `state`, after the cursor. */
export async function listIncidents(
  database: Database,
  _viewer: Viewer,
  { id: jurisdictionId }: Jurisdiction,
  state: Pick<DataState, 'head'>,
  plan: Plan,
  { limit, after, slice }: Page,
): Promise<ListedIncident[]> {
  const beyond = after
    ? sql`and (i.occurred_on, i.incident_id) < (${after.occurredOn}::date, ${after.incidentId}::bigint)`
    : sql``;
  const of = slice ?? (plan.inside || plan.scope ? lookedUp(jurisdictionId) : undefined);
  const question = sql<Row>`
    with asked as (${askedIncidents(jurisdictionId, state.head, plan, of)}),
    page as (
      select * from asked as i where fate = 'matched' ${beyond}
      order by i.occurred_on desc, i.incident_id desc limit ${limit}
    )
    select i.incident_id::text as id, o.code as offence, o.labels[coalesce(i.label_no, 1)] as label, i.occurred_on as date,
      i.date_precision as "datePrecision", i.minute_of_day / 60 as hour,
      i.until_on as "dateUntil", i.until_minute / 60 as "hourUntil",
      i.reported_on as "reportedDate", i.reported_minute / 60 as "reportedHour", s.kind, s.code as source,
      case when i.lon is null then coalesce(t.place_precision, i.place_precision) else i.place_precision end
        as "placePrecision", i.lon, i.lat
    from page as i
    join source s on s.jurisdiction_id = ${jurisdictionId} and s.source_id = i.source_id
    join offence o on o.jurisdiction_id = ${jurisdictionId} and o.offence_id = i.offence_id
    left join place_text t on t.jurisdiction_id = ${jurisdictionId} and t.place_text_id = i.place_text_id
    order by i.occurred_on desc, i.incident_id desc`;
  const rows = await askPlainly(database, question, of !== undefined || plan.within?.type !== 'place');
  return rows.map((row) => ({
    ...row,
    datePrecision: DATE_PRECISIONS[row.datePrecision]!,
    placePrecision: PLACE_PRECISIONS[row.placePrecision]!,
  }));
}
