// Who has completed what: a module of lessons once each of its exercises is solved, where the portal keeps the answers; a
// course once it says so. And who may issue certificates of it: whoever manages courses, and tutors to those of their groups.

import { sql } from 'kysely';
import type { Jurisdiction, Viewer } from '../access/contract.ts';
import { mayManage, teaches } from '../courses/access.ts';
import { completionsOf, completionsOfCourse, keepCompleted } from '../courses/completion.ts';
import type { Completion } from '../courses/contract.ts';
import { findMember, membersOfCourse } from '../courses/members.ts';
import { findCourse, listGroups } from '../courses/store.ts';
import type { Database } from '../db/open.ts';
import { learnerOf, solves } from '../lessons/answers.ts';
import type { LessonCatalogue } from '../lessons/catalogue.ts';
import { lessonsOfProgram } from '../lessons/here.ts';
import type { Completed } from './contract.ts';

type Solved = { readonly learner: number; readonly exercise: string; readonly at: Date };

const courseIn = (key: string): number | null => {
  const number = /^course:(\d{1,9})$/.exec(key)?.[1];
  return number === undefined ? null : Number(number);
};

/** Whether the viewer may issue a certificate of a course to a learner (null: no longer known) and revoke it. */
export async function mayCertify(
  database: Database,
  { id }: Jurisdiction,
  viewer: Viewer,
  { course, learner }: { readonly course: string; readonly learner: number | null },
): Promise<boolean> {
  if (mayManage(viewer)) return true;
  // Nobody who teaches certifies themselves.
  if (learner !== null && learner === learnerOf(viewer)) return false;
  const number = courseIn(course);
  const member = number === null || learner === null ? null : await findMember(database, id, number, learner);
  if (!member) return false;
  return (await listGroups(database, id, number)).some((group) => group.id === member.group && teaches(viewer, group));
}

/** Whether there is anybody to whom the viewer may issue one. */
export const mayCertifySome = async (database: Database, { id }: Jurisdiction, viewer: Viewer): Promise<boolean> =>
  mayManage(viewer) || (await listGroups(database, id, null)).some((group) => teaches(viewer, group));

/** What one learner has completed. */
export async function completedBy(
  database: Database,
  jurisdiction: Jurisdiction,
  learner: number,
  now: Date,
): Promise<Completed[]> {
  const courses = await completionsOf(database, jurisdiction.id, learner, now);
  return [...(await ofModules(database, jurisdiction, learner)), ...courses.map(asCompleted)];
}

/** Writes down that a course is completed, as a certificate is about to say. */
export async function keepForCertificate(
  database: Database,
  { id }: Jurisdiction,
  { course, learner }: Completed,
  now: Date,
): Promise<void> {
  const number = courseIn(course);
  const member = number === null ? null : await findMember(database, id, number, learner);
  if (member) await keepCompleted(database, id, await findCourse(database, id, member.course), [member], now);
}

/** What everybody has completed to whom the viewer may issue certificates. */
export async function completedByThose(
  database: Database,
  jurisdiction: Jurisdiction,
  viewer: Viewer,
  now: Date,
): Promise<Completed[]> {
  const taught = (await listGroups(database, jurisdiction.id, null)).filter((group) => teaches(viewer, group));
  const completed: Completed[] = mayManage(viewer) ? await ofModules(database, jurisdiction, null) : [];
  for (const course of new Set(taught.map((group) => group.course))) {
    const groups = taught.filter((group) => group.course === course).map(({ id }) => id);
    const all = await completionsOfCourse(database, jurisdiction.id, course, now);
    const own = mayManage(viewer) ? null : learnerOf(viewer);
    const theirs = all.filter(({ group, learner }) => groups.includes(group.id) && learner !== own);
    completed.push(...theirs.map(asCompleted));
  }
  return completed;
}

/** Of the courses and learners the viewer may issue certificates to: `LEARNER COURSE`; null = of all. */
export async function certifiableBy(
  database: Database,
  { id }: Jurisdiction,
  viewer: Viewer,
): Promise<ReadonlySet<string> | null> {
  if (mayManage(viewer)) return null;
  const taught = (await listGroups(database, id, null)).filter((group) => teaches(viewer, group));
  const keys = new Set<string>();
  for (const course of new Set(taught.map((group) => group.course)))
    for (const { learner, group } of await membersOfCourse(database, id, course))
      if (learner !== learnerOf(viewer) && taught.some((each) => each.course === course && each.id === group))
        keys.add(`${learner} course:${course}`);
  return keys;
}

const asCompleted = ({ courseId, title, hours, learner, completedAt }: Completion): Completed => ({
  ...{ course: `course:${courseId}`, title: { es: title, en: title }, hours, learner, completedAt },
});

/** Of one learner, or of everybody (null). Lessons of one's own are of courses: no tutor changes what a module asks of all. */
async function ofModules(database: Database, jurisdiction: Jurisdiction, learner: number | null): Promise<Completed[]> {
  const { rows } = await sql<Solved>`
    select account_id as learner, lesson || '/' || exercise as exercise, min(received_at) as at
    from lesson_answer
    where jurisdiction_id = ${jurisdiction.id} and ${solves(true)}
      and (${learner}::int is null or account_id = ${learner}::int)
    group by account_id, lesson, exercise`.execute(database.db);
  return modulesDone(lessonsOfProgram(jurisdiction), rows);
}

/** Completed when the last of its exercises was. */
function modulesDone({ modules, lessons }: LessonCatalogue, solved: readonly Solved[]): Completed[] {
  const byLearner = Map.groupBy(solved, ({ learner }) => learner);
  return modules.flatMap(({ code, title }) => {
    const own = lessons.es.filter(({ front }) => front.module === code);
    const wanted = own.flatMap((lesson) => lesson.exercises.map(({ id }) => `${lesson.code}/${id}`));
    const minutes = own.reduce((sum, { front }) => sum + front.minutes, 0);
    if (wanted.length === 0) return [];
    return [...byLearner].flatMap(([learner, answers]) => {
      const when = new Map(answers.map(({ exercise, at }) => [exercise, at.getTime()]));
      if (!wanted.every((exercise) => when.has(exercise))) return [];
      const last = Math.max(...wanted.map((exercise) => when.get(exercise)!));
      const course = `lessons:${code}`;
      // Half hours: what a lesson is said to take is no more exact.
      const hours = Math.max(0.5, Math.round(minutes / 30) / 2);
      return [{ course, title, hours, learner, completedAt: new Date(last).toISOString() }];
    });
  });
}
