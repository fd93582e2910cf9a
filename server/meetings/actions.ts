// What was agreed in meetings, in the database: what, who, until when; open ones go along from week to week.

import { randomUUID } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import type { Scope } from '../access/contract.ts';
import { dayOf } from '../calendar/days.ts';
import { dayIn } from '../calendar/time-zone.ts';
import type { Database } from '../db/open.ts';
import { BadInput, Conflict, NotAllowed, NotFound } from '../errors.ts';
import {
  type ActionChange,
  type MeetingAction,
  MOST_ACTIONS_LISTED,
  MOST_OPEN_ACTIONS,
  type NewAction,
} from './contract.ts';
import { mondayOf, weekOf } from './weeks.ts';

type Row = Omit<MeetingAction, 'createdAt' | 'changedAt' | 'carried' | 'late'> & {
  readonly createdAt: Date;
  readonly changedAt: Date;
};
/** Who does it, when, by the clock of which place, and the places they are bound to. */
export type Acting = {
  readonly who: string;
  readonly now: Date;
  readonly timezone: string;
  readonly areas: Scope['areas'];
};

const columns = sql`action_id as id, revision, week, scope, what, owner, due::text as due, state,
  created_by as "createdBy", created_at as "createdAt", changed_by as "changedBy", changed_at as "changedAt"`;

/** By today's date: with data of months ago the week that is shown stays the same for many meetings. */
const toAction = (week: string, { now, timezone }: Pick<Acting, 'now' | 'timezone'>) => {
  const today = dayIn(timezone, now);
  const thisWeek = weekOf(dayOf(today));
  return ({ createdAt, changedAt, ...row }: Row): MeetingAction => {
    const isOpen = row.state === 'open';
    return {
      ...row,
      ...{ createdAt: createdAt.toISOString(), changedAt: changedAt.toISOString() },
      carried: row.week < week || (isOpen && weekOf(dayOf(dayIn(timezone, createdAt))) < thisWeek),
      late: isOpen && row.due !== null && row.due < today,
    };
  };
};

/** Whoever is bound to areas knows of what concerns these. */
function ofAreas(areas: Scope['areas']): RawBuilder<unknown> {
  if (!areas) return sql`true`;
  return sql`scope = any(${areas.codes.map((code) => `${areas.layer}:${code}`)}::text[])`;
}

/** Those of a week, and those of weeks before that were still open when it began; null = of every place. */
export async function listActions(
  { db }: Database,
  jurisdictionId: number,
  { areas, ...clock }: Omit<Acting, 'who'>,
  { week, scope }: { readonly week: string; readonly scope: string | null },
): Promise<MeetingAction[]> {
  checkWeek(week);
  const { rows } = await sql<Row>`
    select ${columns} from meeting_action
    where jurisdiction_id = ${jurisdictionId} and week <= ${week} and (ended_week is null or ended_week >= ${week})
      and (${scope}::text is null or scope = ${scope}) and ${ofAreas(areas)}
    order by state <> 'open', due nulls last, created_at, action_id limit ${MOST_ACTIONS_LISTED}`.execute(db);
  return rows.map(toAction(week, clock));
}

export async function addAction(
  { db }: Database,
  jurisdictionId: number,
  { week, scope, what, owner, due }: NewAction,
  { who, now, timezone, areas }: Acting,
): Promise<MeetingAction> {
  checkWeek(week);
  refuseElsewhere(areas, scope);
  const moment = now.toISOString();
  const { rows } = await sql<Row>`
    insert into meeting_action (jurisdiction_id, action_id, week, scope, what, owner, due, created_by, created_at,
      changed_by, changed_at)
    select ${jurisdictionId}::int, ${randomUUID()}, ${week}, ${scope}::text, ${what}, ${owner}, ${due}::date, ${who},
      ${moment}::timestamptz, ${who}, ${moment}::timestamptz
    where ${mayOpen(jurisdictionId)}
    returning ${columns}`.execute(db);
  if (!rows[0]) throw tooManyOpen();
  return toAction(week, { now, timezone })(rows[0]);
}

/** Throws Conflict where somebody else changed it since it was seen: nothing of theirs is lost. */
export async function changeAction(
  { db }: Database,
  jurisdictionId: number,
  id: string,
  { revision, ...change }: ActionChange,
  { who, now, timezone, areas }: Acting,
): Promise<MeetingAction> {
  const week = weekOf(dayOf(dayIn(timezone, now)));
  const mine = sql`jurisdiction_id = ${jurisdictionId} and action_id = ${id} and ${ofAreas(areas)}`;
  const found = await sql<Row>`select ${columns} from meeting_action where ${mine}`.execute(db);
  const before = found.rows[0];
  if (!before) throw new NotFound('nothing such was agreed');
  const after = { ...before, ...change };
  const opensAgain = before.state !== 'open' && after.state === 'open';
  if (opensAgain) {
    const { rows } = await sql<{ may: boolean }>`select ${mayOpen(jurisdictionId)} as may`.execute(db);
    if (!rows[0]!.may) throw tooManyOpen();
  }
  const { rows } = await sql<Row>`
    update meeting_action set revision = revision + 1, what = ${after.what}, owner = ${after.owner},
      due = ${after.due}::date, state = ${after.state},
      ended_week = case when ${after.state}::text = 'open' then null else coalesce(ended_week, greatest(week, ${week})) end,
      changed_by = ${who}, changed_at = ${now.toISOString()}::timestamptz
    where ${mine} and revision = ${revision}
    returning ${columns}`.execute(db);
  if (!rows[0]) throw new Conflict(`changed meanwhile by ${before.changedBy}`);
  return toAction(week, { now, timezone })(rows[0]);
}

/** Also of those that whoever asks does not see. */
const mayOpen = (jurisdictionId: number) => sql`(
  select count(*) from meeting_action where jurisdiction_id = ${jurisdictionId} and state = 'open'
) < ${MOST_OPEN_ACTIONS}`;
const tooManyOpen = () => new BadInput('state', `at most ${MOST_OPEN_ACTIONS} open agreements`);

function checkWeek(week: string): void {
  if (mondayOf(week) === null) throw new BadInput('week', 'no such week');
}

function refuseElsewhere(areas: Scope['areas'], scope: string | null): void {
  if (areas && !areas.codes.some((code) => scope === `${areas.layer}:${code}`))
    throw new NotAllowed('only about the areas one is bound to');
}
