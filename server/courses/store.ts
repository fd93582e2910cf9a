// Courses and their groups in the database: documents with a version; whoever changes one says which version they saw.

import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import { BadInput, Conflict, NotFound } from '../errors.ts';
import { type CourseBody, courseBody, type GroupBody, groupBody, MOST_COURSES, MOST_GROUPS } from './contract.ts';

export type StoredCourse = {
  readonly id: number;
  readonly version: number;
  readonly body: CourseBody;
  readonly changedAt: string;
  readonly changedBy: string;
};
export type StoredGroup = {
  readonly course: number;
  readonly id: number;
  readonly version: number;
  readonly body: GroupBody;
  /** Numbers of accounts. */
  readonly tutors: readonly number[];
  readonly key: string;
  readonly changedAt: string;
  readonly changedBy: string;
};
type Stamps = { readonly changed: Date; readonly changedBy: string; readonly version: number };
const stamps = sql`version, changed_at as changed, changed_by as "changedBy"`;
const stamped = ({ version, changed, changedBy }: Stamps) => ({ version, changedAt: changed.toISOString(), changedBy });

type CourseFound = Stamps & { readonly id: number; readonly body: unknown };
const toCourse = (row: CourseFound): StoredCourse => ({
  ...stamped(row),
  id: row.id,
  body: courseBody.parse(row.body),
});

export async function listCourses({ db }: Database, id: number): Promise<StoredCourse[]> {
  const { rows } = await sql<CourseFound>`
    select course_id as id, body, ${stamps} from course
    where jurisdiction_id = ${id} order by course_id limit ${MOST_COURSES}`.execute(db);
  return rows.map(toCourse);
}

/** Throws NotFound. */
export async function findCourse({ db }: Database, id: number, course: number): Promise<StoredCourse> {
  const { rows } = await sql<CourseFound>`
    select course_id as id, body, ${stamps} from course
    where jurisdiction_id = ${id} and course_id = ${course}`.execute(db);
  if (!rows[0]) throw new NotFound('no such course');
  return toCourse(rows[0]);
}

export async function addCourse(
  { db }: Database,
  id: number,
  body: CourseBody,
  who: string,
  now: Date,
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    // One at a time in a jurisdiction, so that no number is given twice.
    await sql`select from data_state where jurisdiction_id = ${id} for update`.execute(trx);
    const moment = now.toISOString();
    const { rows } = await sql<{ course: number }>`
      insert into course (jurisdiction_id, course_id, body, created_at, created_by, changed_at, changed_by)
      select ${id}::int, coalesce(max(course_id), 0) + 1, ${JSON.stringify(body)}::jsonb, ${moment}::timestamptz, ${who},
        ${moment}::timestamptz, ${who}
      from course where jurisdiction_id = ${id} having count(*) < ${MOST_COURSES}
      returning course_id as course`.execute(trx);
    if (!rows[0]) throw new BadInput('title', `at most ${MOST_COURSES} courses`);
    return rows[0].course;
  });
}

/** Throws Conflict where somebody changed it since `version`. */
export async function changeCourse(
  { db }: Database,
  id: number,
  course: number,
  { version, body }: { readonly version: number; readonly body: CourseBody },
  who: string,
  now: Date,
): Promise<void> {
  const { numAffectedRows } = await sql`
    update course set version = version + 1, body = ${JSON.stringify(body)}::jsonb,
      changed_at = ${now.toISOString()}::timestamptz, changed_by = ${who}
    where jurisdiction_id = ${id} and course_id = ${course} and version = ${version}`.execute(db);
  if (numAffectedRows) return;
  throw new Conflict('somebody changed this meanwhile: read it again');
}

type GroupFound = Stamps & {
  readonly course: number;
  readonly id: number;
  readonly body: unknown;
  readonly tutors: number[];
  readonly key: string;
};
const toGroup = (row: GroupFound): StoredGroup => ({
  ...{
    ...stamped(row),
    course: row.course,
    id: row.id,
    body: groupBody.parse(row.body),
    tutors: row.tutors,
    key: row.key,
  },
});
const groupColumns = sql`course_id as course, group_id as id, body, tutors, join_key as key, ${stamps}`;

/** Of one course, or of all of them for null. */
export async function listGroups({ db }: Database, id: number, course: number | null): Promise<StoredGroup[]> {
  const { rows } = await sql<GroupFound>`
    select ${groupColumns} from course_group
    where jurisdiction_id = ${id} and (${course}::int is null or course_id = ${course}::int)
    order by course_id, group_id`.execute(db);
  return rows.map(toGroup);
}

/** Throws NotFound. */
export async function findGroup({ db }: Database, id: number, course: number, group: number): Promise<StoredGroup> {
  const { rows } = await sql<GroupFound>`
    select ${groupColumns} from course_group
    where jurisdiction_id = ${id} and course_id = ${course} and group_id = ${group}`.execute(db);
  if (!rows[0]) throw new NotFound('no such group');
  return toGroup(rows[0]);
}

/** Throws NotFound for what is no key of a group any more. */
export async function groupOfKey({ db }: Database, id: number, key: string): Promise<StoredGroup> {
  const { rows } = await sql<GroupFound>`
    select ${groupColumns} from course_group where jurisdiction_id = ${id} and join_key = ${key}`.execute(db);
  if (!rows[0]) throw new NotFound('no such link, or it was changed');
  return toGroup(rows[0]);
}

const newKey = () => randomBytes(16).toString('base64url');

export async function addGroup(
  { db }: Database,
  id: number,
  course: number,
  { body, tutors }: Pick<StoredGroup, 'body' | 'tutors'>,
  who: string,
  now: Date,
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    await sql`select from data_state where jurisdiction_id = ${id} for update`.execute(trx);
    const moment = now.toISOString();
    const { rows } = await sql<{ group: number }>`
      insert into course_group (jurisdiction_id, course_id, group_id, body, tutors, join_key, created_at, created_by,
        changed_at, changed_by)
      select ${id}::int, ${course}::int, coalesce(max(group_id), 0) + 1, ${JSON.stringify(body)}::jsonb,
        ${[...tutors]}::int[], ${newKey()}, ${moment}::timestamptz, ${who}, ${moment}::timestamptz, ${who}
      from course_group where jurisdiction_id = ${id} and course_id = ${course} having count(*) < ${MOST_GROUPS}
      returning group_id as "group"`.execute(trx);
    if (!rows[0]) throw new BadInput('title', `at most ${MOST_GROUPS} groups`);
    return rows[0].group;
  });
}

/** Throws Conflict where somebody changed it since `version`. */
export async function changeGroup(
  { db }: Database,
  id: number,
  { course, id: group }: Pick<StoredGroup, 'course' | 'id'>,
  change: { readonly version: number; readonly body: GroupBody; readonly tutors: readonly number[] },
  who: string,
  now: Date,
): Promise<void> {
  const { numAffectedRows } = await sql`
    update course_group set version = version + 1, body = ${JSON.stringify(change.body)}::jsonb,
      tutors = ${[...change.tutors]}::int[], changed_at = ${now.toISOString()}::timestamptz, changed_by = ${who}
    where jurisdiction_id = ${id} and course_id = ${course} and group_id = ${group} and version = ${change.version}`.execute(
    db,
  );
  if (!numAffectedRows) throw new Conflict('somebody changed this meanwhile: read it again');
}

/** Throws NotFound, Conflict where somebody is in it. */
export async function removeGroup(
  { db }: Database,
  id: number,
  { course, id: group }: Pick<StoredGroup, 'course' | 'id'>,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const which = sql`course_id = ${course} and group_id = ${group}`;
    // Whoever enrols holds this row until they are in.
    const { rows } = await sql`
      select from course_group where jurisdiction_id = ${id} and ${which} for update`.execute(trx);
    if (!rows[0]) throw new NotFound('no such group');
    const { rows: members } = await sql`
      select from course_member where jurisdiction_id = ${id} and ${which} limit 1`.execute(trx);
    if (members[0]) throw new Conflict('people are in it: take them out first');
    await sql`delete from course_group where jurisdiction_id = ${id} and ${which}`.execute(trx);
  });
}

/** With its groups. Throws NotFound, Conflict where somebody is in one. */
export async function removeCourse({ db }: Database, id: number, course: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`
      select from course_group where jurisdiction_id = ${id} and course_id = ${course} for update`.execute(trx);
    const { rows: members } = await sql`
      select from course_member where jurisdiction_id = ${id} and course_id = ${course} limit 1`.execute(trx);
    if (members[0]) throw new Conflict('people are in it: take them out first, or archive it');
    await sql`delete from course_group where jurisdiction_id = ${id} and course_id = ${course}`.execute(trx);
    const { numAffectedRows } = await sql`
      delete from course where jurisdiction_id = ${id} and course_id = ${course}`.execute(trx);
    if (!numAffectedRows) throw new NotFound('no such course');
  });
}

/** The link there was enrols nobody any more. */
export async function renewKey(
  { db }: Database,
  id: number,
  { course, id: group }: Pick<StoredGroup, 'course' | 'id'>,
): Promise<void> {
  await sql`
    update course_group set join_key = ${newKey()}
    where jurisdiction_id = ${id} and course_id = ${course} and group_id = ${group}`.execute(db);
}
