// Who learns in which group, in the database: one row each, with all that is kept of them there.

import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../db/open.ts';
import { BadInput, Conflict, NotFound } from '../errors.ts';
import { solves } from '../lessons/answers.ts';
import { type Completion, MOST_MEMBERS } from './contract.ts';
import type { Answered } from './progress.ts';
import type { StoredGroup } from './store.ts';

type Since = Readonly<Record<string, string>>;
export type StoredMember = {
  readonly course: number;
  readonly learner: number;
  readonly group: number;
  readonly enrolledAt: string;
  readonly email: string | null;
  readonly way: 'link' | 'list';
  readonly ticked: Since;
  readonly attended: Since;
  readonly reminded: Since;
  readonly completed: Completion | null;
};
type Found = Omit<StoredMember, 'enrolledAt'> & { readonly enrolled: Date };
const columns = sql`course_id as course, account_id as learner, group_id as "group", enrolled_at as enrolled, email, way, ticked,
  attended, reminded, completed`;
const toMember = ({ enrolled, ...row }: Found): StoredMember => ({ ...row, enrolledAt: enrolled.toISOString() });

async function membersWhere({ db }: Database, id: number, which: RawBuilder<unknown>): Promise<StoredMember[]> {
  const { rows } = await sql<Found>`
    select ${columns} from course_member where jurisdiction_id = ${id} and ${which}
    order by course_id, account_id`.execute(db);
  return rows.map(toMember);
}

export const membersOfCourse = (database: Database, id: number, course: number): Promise<StoredMember[]> =>
  membersWhere(database, id, sql`course_id = ${course}`);
export const membersOfGroup = (
  database: Database,
  id: number,
  { course, id: group }: Pick<StoredGroup, 'course' | 'id'>,
): Promise<StoredMember[]> => membersWhere(database, id, sql`course_id = ${course} and group_id = ${group}`);
export const coursesOfLearner = (database: Database, id: number, learner: number): Promise<StoredMember[]> =>
  membersWhere(database, id, sql`account_id = ${learner}`);
/** Null = not enrolled. */
export const findMember = async (database: Database, id: number, course: number, learner: number) =>
  (await membersWhere(database, id, sql`course_id = ${course} and account_id = ${learner}`))[0] ?? null;

/**
 * Enrols, and says whether they were not before. Throws Conflict for who is in another group of the course, BadInput where
 * the group is full.
 */
export async function enrol(
  { db }: Database,
  id: number,
  { course, id: group }: Pick<StoredGroup, 'course' | 'id'>,
  { learner, way, email }: { readonly learner: number; readonly way: 'link' | 'list'; readonly email: string | null },
  now: Date,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    // Those who enrol at once are counted one after the other.
    const { rows: groups } = await sql`
      select from course_group where jurisdiction_id = ${id} and course_id = ${course} and group_id = ${group}
      for update`.execute(trx);
    if (!groups[0]) throw new NotFound('no such group');
    const { rows } = await sql<{ group: number }>`
      select group_id as "group" from course_member
      where jurisdiction_id = ${id} and course_id = ${course} and account_id = ${learner}`.execute(trx);
    if (rows[0]?.group === group) return false;
    if (rows[0]) throw new Conflict('enrolled in another group of this course');
    const { rows: counted } = await sql<{ n: number }>`
      select count(*)::int as n from course_member
      where jurisdiction_id = ${id} and course_id = ${course} and group_id = ${group}`.execute(trx);
    if (counted[0]!.n >= MOST_MEMBERS) throw new BadInput('group', `at most ${MOST_MEMBERS} learners in a group`);
    const { rows: enrolled } = await sql`
      insert into course_member (jurisdiction_id, course_id, account_id, group_id, enrolled_at, way, email)
      values (${id}::int, ${course}::int, ${learner}::int, ${group}::int, ${now.toISOString()}::timestamptz, ${way},
        ${email}::text)
      on conflict do nothing returning account_id`.execute(trx);
    // Two links at once: the other one came first.
    if (!enrolled[0]) throw new Conflict('enrolled in another group of this course');
    return true;
  });
}

/** Sets when something was ticked, attended or reminded of; null takes it away. Each by itself, so that none is lost. */
export async function setSince(
  { db }: Database,
  id: number,
  { course, learner }: Pick<StoredMember, 'course' | 'learner'>,
  what: 'ticked' | 'attended' | 'reminded',
  name: string,
  at: Date | null,
): Promise<void> {
  const column = sql.ref(what);
  // What is set already keeps the moment it has.
  const value = at
    ? sql`jsonb_build_object(${name}::text, ${at.toISOString()}::text) || ${column}`
    : sql`${column} - ${name}::text`;
  const { numAffectedRows } = await sql`
    update course_member set ${column} = ${value}
    where jurisdiction_id = ${id} and course_id = ${course} and account_id = ${learner}`.execute(db);
  if (!numAffectedRows) throw new NotFound('not enrolled in this course');
}

export async function setEmail(
  { db }: Database,
  id: number,
  { course, learner }: Pick<StoredMember, 'course' | 'learner'>,
  email: string | null,
): Promise<void> {
  await sql`
    update course_member set email = ${email}::text
    where jurisdiction_id = ${id} and course_id = ${course} and account_id = ${learner}`.execute(db);
}

/** Written down once: what was completed stays as it was called then. */
export async function writeCompleted(
  { db }: Database,
  id: number,
  { course, learner }: Pick<StoredMember, 'course' | 'learner'>,
  completed: Completion,
): Promise<void> {
  await sql`
    update course_member set completed = ${JSON.stringify(completed)}::jsonb
    where jurisdiction_id = ${id} and course_id = ${course} and account_id = ${learner} and completed is null`.execute(
    db,
  );
}

/** What was written down is taken back. False where nothing was. */
export async function clearCompleted(
  { db }: Database,
  id: number,
  { course, learner }: Pick<StoredMember, 'course' | 'learner'>,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update course_member set completed = null
    where jurisdiction_id = ${id} and course_id = ${course} and account_id = ${learner} and completed is not null`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0) > 0;
}

/** Removes all that is kept of somebody in a course; false where there was nothing. */
export async function removeMember({ db }: Database, id: number, course: number, learner: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from course_member
    where jurisdiction_id = ${id} and course_id = ${course} and account_id = ${learner}`.execute(db);
  return Number(numAffectedRows ?? 0) > 0;
}

/** What each of these learners answered to the exercises of these lessons, by learner. */
export async function answersOf(
  { db }: Database,
  id: number,
  learners: readonly number[],
  lessons: readonly string[],
): Promise<ReadonlyMap<number, readonly Answered[]>> {
  const { rows } = await sql<{
    learner: number;
    lesson: string;
    exercise: string;
    wrong: number;
    right: Date | null;
    waits: boolean;
    last: Date;
  }>`
    select account_id as learner, lesson, exercise,
      (count(*) filter (where is_right is false or marked_right is false))::int as wrong,
      min(case when is_right is null then marked_at else received_at end) filter (where ${solves(false)}) as right,
      (array_agg(is_right is null and marked_right is null order by received_at desc))[1] as waits,
      max(received_at) as last
    from lesson_answer
    where jurisdiction_id = ${id} and account_id = any(${[...learners]}::int[]) and lesson = any(${[...lessons]}::text[])
    group by account_id, lesson, exercise`.execute(db);
  const answered = rows.map(({ learner, right, last, waits, ...row }) => ({
    ...{ learner, ...row, rightAt: right?.toISOString() ?? null, lastAt: last.toISOString() },
    // Once one text was found right, later ones wait for nobody.
    waits: waits && right === null,
  }));
  return Map.groupBy(answered, ({ learner }) => learner);
}
