// Rules and alerts in the database: each person's own; the same is told once.

import { randomUUID } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import { EVERYWHERE, type Jurisdiction, ROLES, type Viewer } from '../access/contract.ts';
import { seesAsMuch } from '../access/rights.ts';
import { dayIn } from '../calendar/time-zone.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotAllowed, NotFound } from '../errors.ts';
import type { Language } from '../i18n/contract.ts';
import type { AlertsAnswer } from './contract.ts';
import {
  type AlertFound,
  type AlertKind,
  type AlertRow,
  type AlertRule,
  MOST_RULES,
  type NewRule,
  type RuleChange,
} from './contract.ts';

const MOST_LISTED = 200;

/**
 * Whose rules these are: of an account, of whoever has the machine (0), or of those who try the sample city in a role
 * (below 0). Programs that came by a key have none.
 */
export function ownerOf({ account, entry, role }: Viewer): number {
  if (account) return account.id;
  if (entry?.kind === 'demo') return -1 - ROLES.indexOf(role);
  if (entry) throw new NotAllowed('alerts are of persons');
  return 0;
}

export const roleOfOwner = (owner: number) => ROLES[-1 - owner] ?? null;

export type StoredRule = AlertRule & {
  readonly owner: number;
  readonly language: Language;
  readonly createdOn: string;
  /** Of the data it last looked at; null = none, or it is not known. */
  readonly lookedVersion: number | null;
};
type Row = Omit<StoredRule, 'toFolder' | 'mutedUntil' | 'lookedTo'> & {
  readonly toFolder: boolean;
  readonly mutedUntil: string | null;
  readonly lookedTo: string | null;
};
const columns = sql`rule_id as id, account_id as owner, language, kind, title, filter, email, to_folder as "toFolder",
  muted_until::text as "mutedUntil", looked_to::text as "lookedTo", created_at::date::text as "createdOn",
  looked_version as "lookedVersion"`;

export const ruleTold = ({
  owner: _,
  language: __,
  createdOn: ___,
  lookedVersion: ____,
  ...rule
}: StoredRule): AlertRule => rule;

/** Of one person, or of everybody for null. */
export async function listRules({ db }: Database, id: number, owner: number | null): Promise<StoredRule[]> {
  const { rows } = await sql<Row>`
    select ${columns} from alert_rule
    where jurisdiction_id = ${id} and (${owner}::int is null or account_id = ${owner})
    order by created_at, rule_id`.execute(db);
  return rows;
}

export async function addRule(
  { db }: Database,
  id: number,
  owner: number,
  language: Language,
  { kind, title, filter, email, toFolder }: NewRule,
  now: Date,
): Promise<StoredRule> {
  const { rows } = await sql<Row>`
    insert into alert_rule (jurisdiction_id, rule_id, account_id, language, kind, title, filter, email, to_folder, created_at)
    select ${id}::int, ${randomUUID()}, ${owner}::int, ${language}, ${kind}, ${title}, ${JSON.stringify(filter)}::jsonb,
      ${email}::text, ${toFolder}::boolean, ${now.toISOString()}::timestamptz
    where (select count(*) from alert_rule where jurisdiction_id = ${id} and account_id = ${owner}) < ${MOST_RULES}
    returning ${columns}`.execute(db);
  if (!rows[0]) throw new BadInput('title', `at most ${MOST_RULES} rules`);
  return rows[0];
}

export async function changeRule(
  { db }: Database,
  id: number,
  owner: number,
  rule: string,
  change: RuleChange,
): Promise<StoredRule> {
  const sets = [
    ...(change.title === undefined ? [] : [sql`title = ${change.title}`]),
    ...(change.email === undefined ? [] : [sql`email = ${change.email}::text`]),
    ...(change.toFolder === undefined ? [] : [sql`to_folder = ${change.toFolder}::boolean`]),
    ...(change.mutedUntil === undefined ? [] : [sql`muted_until = ${change.mutedUntil}::date`]),
  ];
  const { rows } = await sql<Row>`
    update alert_rule set ${sql.join([...sets, sql`kind = kind`])}
    where jurisdiction_id = ${id} and account_id = ${owner} and rule_id = ${rule}
    returning ${columns}`.execute(db);
  if (!rows[0]) throw new NotFound('no such rule');
  return rows[0];
}

export async function removeRule({ db }: Database, id: number, owner: number, rule: string): Promise<void> {
  await sql`delete from alert where jurisdiction_id = ${id} and account_id = ${owner} and rule_id = ${rule}`.execute(
    db,
  );
  const { numAffectedRows } = await sql`
    delete from alert_rule where jurisdiction_id = ${id} and account_id = ${owner} and rule_id = ${rule}`.execute(db);
  if (!numAffectedRows) throw new NotFound('no such rule');
}

/** With whose rights an alert was found. Of those found before this was kept: with all there are. */
export type FoundAs = Pick<Viewer, 'role' | 'scope'>;
const FOUND_BY_ANYBODY: FoundAs = { role: 'administrator', scope: EVERYWHERE };

/** Of `hidden` only the number is told: they were found with rights that the viewer has no more. */
export async function listAlerts(
  { db }: Database,
  id: number,
  viewer: Viewer,
): Promise<Pick<AlertsAnswer, 'alerts' | 'hidden' | 'undelivered'>> {
  type Found = Omit<AlertRow, 'raisedAt' | 'dataVersion'> & {
    raisedAt: Date;
    dataVersion: string;
    foundAs: FoundAs | null;
    undelivered: boolean;
  };
  const { rows } = await sql<Found>`
    select a.alert_id as id, a.rule_id as rule, r.kind, r.title, r.filter, a.found, a.data_version as "dataVersion",
      a.raised_at as "raisedAt", a.seen_at is not null as seen, a.found_as as "foundAs",
      a.tries > 0 and (r.email is not null and a.mailed_at is null or r.to_folder and a.filed_at is null) as undelivered
    from alert a
    join alert_rule r on r.jurisdiction_id = ${id} and r.rule_id = a.rule_id
    where a.jurisdiction_id = ${id} and a.account_id = ${ownerOf(viewer)}
    order by a.raised_at desc, a.alert_id limit ${MOST_LISTED}`.execute(db);
  const alerts = rows
    .filter(({ foundAs }) => seesAsMuch(viewer, foundAs ?? FOUND_BY_ANYBODY))
    .map(({ raisedAt, dataVersion, foundAs: _, undelivered: __, ...row }) => ({
      ...{ ...row, dataVersion: Number(dataVersion), raisedAt: raisedAt.toISOString() },
    }));
  const undelivered = rows.filter((row) => row.undelivered).length;
  return { alerts, hidden: rows.length - alerts.length, undelivered };
}

/** One alert, or all of them for null. */
export async function markSeen(
  { db }: Database,
  id: number,
  owner: number,
  alert: string | null,
  seen: boolean,
  now: Date,
): Promise<void> {
  const moment = seen ? sql`coalesce(seen_at, ${now.toISOString()}::timestamptz)` : sql`null`;
  const { numAffectedRows } = await sql`
    update alert set seen_at = ${moment}
    where jurisdiction_id = ${id} and account_id = ${owner} and (${alert}::text is null or alert_id = ${alert})`.execute(
    db,
  );
  if (alert !== null && !numAffectedRows) throw new NotFound('no such alert');
}

/** Keeps what was found, once for a week, and that the week was looked at. */
export async function raiseAlert(
  { db }: Database,
  id: number,
  rule: StoredRule,
  {
    found,
    foundAs: { role, scope },
    sunday,
    dataVersion,
  }: {
    readonly found: AlertFound | null;
    readonly foundAs: FoundAs;
    readonly sunday: string;
    readonly dataVersion: number;
  },
  now: Date,
): Promise<void> {
  if (found)
    await sql`
      insert into alert (jurisdiction_id, alert_id, rule_id, account_id, about, on_day, data_version, found, raised_at, found_as)
      values (${id}, ${randomUUID()}, ${rule.id}, ${rule.owner}, ${found.week}, ${sunday}::date, ${dataVersion},
        ${JSON.stringify(found)}::jsonb, ${now.toISOString()}::timestamptz, ${JSON.stringify({ role, scope })}::jsonb)
      on conflict do nothing`.execute(db);
  // What was told stays as it was told; that it is otherwise by now is said beside it.
  const { rows } = await sql<{ told: AlertFound }>`
    select found as told from alert
    where jurisdiction_id = ${id} and rule_id = ${rule.id} and on_day = ${sunday}::date`.execute(db);
  const told = rows[0]?.told;
  const count = found?.count ?? null;
  if (told && (told.isNow ?? told).count !== count)
    await sql`
      update alert set found = ${JSON.stringify({ ...told, isNow: { count, dataVersion } })}::jsonb
      where jurisdiction_id = ${id} and rule_id = ${rule.id} and on_day = ${sunday}::date`.execute(db);
  await sql`
    update alert_rule set looked_to = greatest(looked_to, ${sunday}::date)
    where jurisdiction_id = ${id} and rule_id = ${rule.id}`.execute(db);
}

/** Every week a rule has to look at was looked at in this version of the data. */
export async function markLooked({ db }: Database, id: number, rule: string, dataVersion: number): Promise<void> {
  await sql`
    update alert_rule set looked_version = ${dataVersion}
    where jurisdiction_id = ${id} and rule_id = ${rule}`.execute(db);
}

/** By which alerts leave. */
export type Way = 'mail' | 'folder';

export type Unsent = {
  readonly id: string;
  readonly kind: AlertKind;
  readonly title: string;
  readonly found: AlertFound;
  readonly owner: number;
  readonly language: Language;
  readonly foundAs: FoundAs;
  readonly way: Way;
  /** The address of mail; empty for the folder. */
  readonly to: string;
};

const sentAt = (way: Way) => sql.ref(way === 'mail' ? 'mailed_at' : 'filed_at');
const takenAt = (way: Way) => sql.ref(way === 'mail' ? 'mail_taken_at' : 'file_taken_at');
const LONGEST_WAIT_MINUTES = 24 * 60;
/** What was taken and not told as sent by then, a server that died had: it is sent again. */
const TAKEN_MINUTES = 15;
/** What is older when a rule is given an address, or the server a way, is on the page alone. */
const NEWS_DAYS = 14;

/** What is to be sent by one way now: of rules that are not silenced, and no old story unless it was tried before. */
export async function listUnsent(
  { db }: Database,
  { id, timezone }: Pick<Jurisdiction, 'id' | 'timezone'>,
  way: Way,
  now: Date,
): Promise<Unsent[]> {
  const moment = sql`${now.toISOString()}::timestamptz`;
  const isAsked = way === 'mail' ? sql`r.email is not null` : sql`r.to_folder`;
  const { rows } = await sql<Omit<Unsent, 'foundAs'> & { foundAs: FoundAs | null }>`
    select a.alert_id as id, r.kind, r.title, a.found, a.account_id as owner, r.language,
      a.found_as as "foundAs", ${way}::text as way,
      ${way === 'mail' ? sql`r.email` : sql`''`} as "to"
    from alert a
    join alert_rule r on r.jurisdiction_id = ${id} and r.rule_id = a.rule_id
    where a.jurisdiction_id = ${id} and a.${sentAt(way)} is null and ${isAsked} and ${isFree(way, moment)}
      and (a.waits_until is null or a.waits_until <= ${moment})
      and (r.muted_until is null or r.muted_until <= ${dayIn(timezone, now)}::date)
      and (a.tries > 0 or a.raised_at >= ${moment} - ${NEWS_DAYS} * interval '1 day')
    order by a.raised_at, a.alert_id`.execute(db);
  return rows.map(({ foundAs, ...row }) => ({ ...row, foundAs: foundAs ?? FOUND_BY_ANYBODY }));
}

const isFree = (way: Way, moment: RawBuilder<unknown>) =>
  sql`(a.${takenAt(way)} is null or a.${takenAt(way)} < ${moment} - ${TAKEN_MINUTES} * interval '1 minute')`;

/** Takes them to be sent by one way: of several servers each goes to one. Answers those that were still there. */
export async function takeUnsent(
  { db }: Database,
  id: number,
  alerts: readonly string[],
  way: Way,
  now: Date,
): Promise<ReadonlySet<string>> {
  const moment = sql`${now.toISOString()}::timestamptz`;
  const { rows } = await sql<{ id: string }>`
    update alert a set ${takenAt(way)} = ${moment}
    where a.jurisdiction_id = ${id} and a.alert_id = any(${[...alerts]}::text[]) and a.${sentAt(way)} is null
      and ${isFree(way, moment)}
    returning a.alert_id as id`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** The other side has them. */
export async function markSent(
  { db }: Database,
  id: number,
  alerts: readonly string[],
  way: Way,
  now: Date,
): Promise<void> {
  await sql`
    update alert set ${sentAt(way)} = ${now.toISOString()}::timestamptz
    where jurisdiction_id = ${id} and alert_id = any(${[...alerts]}::text[])`.execute(db);
}

/** What could not be sent by a way is tried again by that way: after two minutes, then four, up to once a day. */
export async function giveBack(
  { db }: Database,
  id: number,
  alerts: readonly string[],
  way: Way,
  now: Date,
): Promise<void> {
  await sql`
    update alert set ${takenAt(way)} = null, tries = tries + 1,
      waits_until = ${now.toISOString()}::timestamptz
        + least(2 ^ least(tries + 1, 20), ${LONGEST_WAIT_MINUTES}::float8) * interval '1 minute'
    where jurisdiction_id = ${id} and alert_id = any(${[...alerts]}::text[])`.execute(db);
}
