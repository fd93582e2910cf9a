// Reminds learners of what is due: a session tomorrow, a group that closes, two weeks without an answer. Each once, by the
// ways of alerts: mail for who gave an address, a file where a folder is set.

import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Jurisdiction } from '../access/contract.ts';
import { findJurisdictionById } from '../access/jurisdictions.ts';
import { accountById } from '../accounts/store.ts';
import { type AlertWays, type Digest, leaveFile, sendMail } from '../alerts/tell.ts';
import { dayOf } from '../calendar/days.ts';
import { dayIn } from '../calendar/time-zone.ts';
import { type Database, isConnectionLost } from '../db/open.ts';
import { LANGUAGES, LOCALES } from '../i18n/contract.ts';
import { createTranslator } from '../i18n/translator.ts';
import { reachedBy } from './completion.ts';
import { membersOfCourse, type StoredMember } from './members.ts';
import { listCourses, listGroups, type StoredCourse, type StoredGroup } from './store.ts';

type Deps = {
  readonly database: Database;
  readonly ways: AlertWays;
  /** Whether people sign in; else whoever reaches the server is the one learner. */
  readonly hasAccounts: boolean;
  readonly log: Logger;
  readonly now: () => Date;
};

const LOOK_EVERY_MS = 3600_000;
const CLOSES_WITHIN_DAYS = 7;
const IDLE_DAYS = 14;

/** What somebody is reminded of; `about` names it, so that it is told once. */
export type Due =
  | {
      readonly kind: 'session';
      readonly about: string;
      readonly title: string;
      readonly day: string;
      readonly time: string;
      readonly place: string;
    }
  | { readonly kind: 'closing'; readonly about: string; readonly day: string; readonly percent: number }
  | { readonly kind: 'idle'; readonly about: string; readonly percent: number };

/** Of one member by now, in local days; whoever has completed the course is reminded of nothing but its sessions. */
export function dueOf(
  { body: { sessions, until } }: Pick<StoredGroup, 'body'>,
  member: Pick<StoredMember, 'enrolledAt' | 'ticked' | 'reminded'>,
  {
    percent,
    lastAnswerAt,
    completedAt,
  }: { readonly percent: number; readonly lastAnswerAt: string | null; readonly completedAt: string | null },
  now: Date,
  timezone: string,
): readonly Due[] {
  const today = dayIn(timezone, now);
  const due: Due[] = sessions
    .filter(({ day }) => dayOf(day) - dayOf(today) === 1)
    .map(({ id, title, day, time, place }) => ({
      kind: 'session',
      about: `session:${id}:${day}`,
      title,
      day,
      time,
      place,
    }));
  const days = until === null ? null : dayOf(until) - dayOf(today);
  const isOver = days !== null && days < 0;
  if (completedAt === null && days !== null && days >= 0 && days <= CLOSES_WITHIN_DAYS)
    due.push({ kind: 'closing', about: `closing:${until}`, day: until!, percent });
  const lastAt = [member.enrolledAt, lastAnswerAt ?? '', ...Object.values(member.ticked)].sort().at(-1)!;
  const last = dayIn(timezone, new Date(lastAt));
  // Of the same silence once.
  if (completedAt === null && !isOver && dayOf(today) - dayOf(last) >= IDLE_DAYS)
    due.push({ kind: 'idle', about: `idle:${last}`, percent });
  return due.filter(({ about }) => !isTaken(member.reminded[about], now));
}

export function keepReminding(deps: Deps, lookEveryMs = LOOK_EVERY_MS): { close(): Promise<void> } {
  let working: Promise<void> = Promise.resolve();
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking || (deps.ways.smtpUrl === null && deps.ways.folder === null)) return;
    isLooking = true;
    working = remindAll(deps).finally(() => {
      isLooking = false;
    });
  }, lookEveryMs);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await working;
    },
  };
}

async function remindAll(deps: Deps): Promise<void> {
  const background = deps.database.background;
  try {
    const { rows } = await sql<{ id: number }>`
      select jurisdiction_id as id from jurisdiction order by jurisdiction_id`.execute(background.db);
    for (const { id } of rows)
      await remind(deps, id).catch((error: unknown) => {
        if (isConnectionLost(error)) throw error;
        // What is wrong with one city keeps no other from being reminded.
        deps.log.error({ err: error, jurisdictionId: id }, 'nobody was reminded in this jurisdiction');
      });
  } catch (error) {
    if (isConnectionLost(error)) deps.log.info({ err: error }, 'nobody was reminded: the database went away');
    else deps.log.error({ err: error }, 'nobody was reminded');
  }
}

/** Reminds everybody of one jurisdiction; answers how many were told. */
export async function remind(deps: Deps, id: number): Promise<number> {
  const background = deps.database.background;
  const jurisdiction = await findJurisdictionById(background, id);
  const courses = (await listCourses(background, id)).filter(({ body }) => body.state === 'open');
  let told = 0;
  for (const course of courses) {
    const groups = await listGroups(background, id, course.id);
    const members = await membersOfCourse(background, id, course.id);
    const reached = await reachedBy(background, id, course, members, deps.now());
    for (const member of members) {
      const group = groups.find((each) => each.id === member.group)!;
      const due = dueOf(group, member, reached.get(member.learner)!, deps.now(), jurisdiction.timezone);
      if (due.length > 0 && (await tell(deps, jurisdiction, course, member, due))) told++;
    }
  }
  return told;
}

async function tell(
  { database: { background }, ways, hasAccounts, log, now }: Deps,
  jurisdiction: Jurisdiction,
  course: StoredCourse,
  member: StoredMember,
  due: readonly Due[],
): Promise<boolean> {
  const byMail = ways.smtpUrl !== null && member.email !== null;
  if (!byMail && ways.folder === null) return false;
  if (!(await mayStillLearn(background, member.learner, jurisdiction, hasAccounts))) return false;
  const { id } = jurisdiction;
  const mine: Due[] = [];
  for (const each of due) if (await take(background, id, member, each.about, now())) mine.push(each);
  if (mine.length === 0) return false;
  const again = mine.filter(({ about }) => about in member.reminded).map(({ about }) => about);
  if (again.length > 0)
    log.warn({ jurisdictionId: id, course: course.id, again }, 'reminders a server began to send and did not end');
  const digest = reminderOf(course, mine, jurisdiction, ways.portal);
  try {
    if (byMail) await sendMail(ways, member.email!, digest);
    else await leaveFile(ways.folder!, jurisdiction, member.learner, digest, now());
    for (const { about } of mine) await noteSent(background, id, member, about, now());
    return true;
  } catch (error) {
    log.warn({ err: error, jurisdictionId: id, course: course.id }, 'a reminder was not sent; tried again later');
    for (const { about } of mine) await giveBackReminder(background, id, member, about);
    return false;
  }
}

async function mayStillLearn(database: Database, learner: number, { code }: Jurisdiction, hasAccounts: boolean) {
  if (learner === 0) return !hasAccounts;
  const account = await accountById(database, learner);
  if (!account || account.disabled) return false;
  return account.scope.jurisdictions?.includes(code) ?? true;
}

/**
 * Of several servers each reminder goes to one, which says since when it is sending it; one that was killed meanwhile never
 * says that it was sent, and it is sent again.
 */
async function take(
  { db }: Database,
  id: number,
  { course, learner, reminded }: StoredMember,
  about: string,
  now: Date,
): Promise<boolean> {
  const { rows } = await sql`
    update course_member
    set reminded = reminded || jsonb_build_object(${about}::text, ${`${SENDING}${now.toISOString()}`}::text)
    where jurisdiction_id = ${id} and course_id = ${course} and account_id = ${learner}
      and reminded ->> ${about}::text is not distinct from ${reminded[about] ?? null}::text
    returning account_id`.execute(db);
  return rows.length > 0;
}

async function noteSent({ db }: Database, id: number, { course, learner }: StoredMember, about: string, now: Date) {
  await sql`
    update course_member set reminded = reminded || jsonb_build_object(${about}::text, ${now.toISOString()}::text)
    where jurisdiction_id = ${id} and course_id = ${course} and account_id = ${learner}`.execute(db);
}

const SENDING = 'sending since ';
/** Sent, or being sent by a server that may still live. */
const isTaken = (since: string | undefined, now: Date): boolean =>
  since !== undefined &&
  (!since.startsWith(SENDING) || Date.parse(since.slice(SENDING.length)) > now.getTime() - LOOK_EVERY_MS / 2);

async function giveBackReminder({ db }: Database, id: number, { course, learner }: StoredMember, about: string) {
  await sql`
    update course_member set reminded = reminded - ${about}::text
    where jurisdiction_id = ${id} and course_id = ${course} and account_id = ${learner}`.execute(db);
}

/** In both languages: which one somebody reads is kept nowhere. */
export function reminderOf(
  { id, body }: Pick<StoredCourse, 'id' | 'body'>,
  due: readonly Due[],
  { code }: Pick<Jurisdiction, 'code'>,
  portal: string | null,
): Digest {
  const parts = LANGUAGES.map((language) => {
    const t = createTranslator(language);
    const format = new Intl.DateTimeFormat(LOCALES[language], { timeZone: 'UTC', dateStyle: 'full' });
    const day = (text: string) => format.format(Date.parse(`${text}T00:00:00Z`));
    const lines = due.map((each) => {
      if (each.kind === 'session')
        return t('courses.remindSession', {
          title: each.title,
          day: day(each.day),
          time: each.time,
          place: each.place,
        });
      if (each.kind === 'closing') return t('courses.remindClosing', { day: day(each.day), percent: each.percent });
      return t('courses.remindIdle', { percent: each.percent });
    });
    const link = portal && t('alerts.openIt', { link: `${portal}/?city=${code}&tab=courses&course=${id}` });
    return [body.title, ...lines, ...(link ? [link] : []), t('courses.remindWhy')].join('\n\n');
  });
  return {
    subject: LANGUAGES.map((language) =>
      createTranslator(language)('courses.remindSubject', { course: body.title }),
    ).join(' / '),
    text: parts.join('\n\n----\n\n'),
  };
}
