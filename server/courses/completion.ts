// Whether somebody has completed a course: found anew whenever it is asked, so that a mark put right counts at once, and
// written down before what it stands on changes.

import { findJurisdictionById } from '../access/jurisdictions.ts';
import type { Database } from '../db/open.ts';
import type { Language } from '../i18n/contract.ts';
import { lessonsHere } from '../lessons/here.ts';
import { type Completion, type CourseBody, type CourseLesson, hoursOf } from './contract.ts';
import {
  answersOf,
  coursesOfLearner,
  findMember,
  membersOfCourse,
  type StoredMember,
  writeCompleted,
} from './members.ts';
import { progressOf, type Reached } from './progress.ts';
import { findCourse, listCourses, listGroups, type StoredCourse, type StoredGroup } from './store.ts';

/** The lessons there are here, by code. */
export async function courseLessons(
  database: Database,
  jurisdictionId: number,
  language: Language,
): Promise<ReadonlyMap<string, CourseLesson>> {
  const jurisdiction = await findJurisdictionById(database, jurisdictionId);
  const { lessons } = await lessonsHere(database, jurisdiction);
  return new Map(
    lessons[language].map(({ code, front, exercises }) => [
      code,
      {
        ...{ code, title: front.title, minutes: front.minutes, exercises: exercises.map(({ id }) => id) },
        texts: exercises.filter(({ kind }) => kind === 'text').map(({ id }) => id),
      },
    ]),
  );
}

export const lessonsIn = ({ modules }: CourseBody): string[] =>
  modules.flatMap(({ items }) => items.flatMap((item) => (item.kind === 'lesson' ? [item.lesson] : [])));

/** What each of these members has reached by now, by learner. Writes nothing. */
export async function reachedBy(
  database: Database,
  jurisdictionId: number,
  course: StoredCourse,
  members: readonly StoredMember[],
  now: Date,
): Promise<ReadonlyMap<number, Reached>> {
  const { timezone } = await findJurisdictionById(database, jurisdictionId);
  const learners = members.map(({ learner }) => learner);
  const [lessons, groups, answers] = await Promise.all([
    courseLessons(database, jurisdictionId, 'es'),
    listGroups(database, jurisdictionId, course.id),
    answersOf(database, jurisdictionId, learners, lessonsIn(course.body)),
  ]);
  const reached = new Map<number, Reached>();
  for (const member of members) {
    const group = groups.find(({ id }) => id === member.group)!;
    const state = { ...member, completedAt: member.completed?.completedAt ?? null };
    const theirs = progressOf(course.body, group.body, lessons, state, answers.get(member.learner) ?? [], {
      ...{ now, timezone },
    });
    reached.set(member.learner, theirs);
  }
  return reached;
}

const told = (
  course: StoredCourse,
  group: StoredGroup,
  { learner }: StoredMember,
  completedAt: string,
): Completion => ({
  ...{ courseId: course.id, title: course.body.title, hours: hoursOf(course.body), learner, completedAt },
  group: {
    ...{ id: group.id, title: group.body.title },
    ...{ municipality: group.body.municipality, state: group.body.state },
  },
});

/** What each of these members has completed: as it was written down, else as it is found now. */
async function completedOf(
  database: Database,
  jurisdictionId: number,
  course: StoredCourse,
  members: readonly StoredMember[],
  now: Date,
): Promise<readonly Completion[]> {
  const [reached, groups] = await Promise.all([
    reachedBy(database, jurisdictionId, course, members, now),
    listGroups(database, jurisdictionId, course.id),
  ]);
  return members.flatMap((member) => {
    if (member.completed) return [member.completed];
    const at = reached.get(member.learner)!.reachedAt;
    return at === null ? [] : [told(course, groups.find(({ id }) => id === member.group)!, member, at)];
  });
}

/** Writes down what these members have completed by now: before a course, a group or a lesson changes, or a certificate is issued. */
export async function keepCompleted(
  database: Database,
  jurisdictionId: number,
  course: StoredCourse,
  members: readonly StoredMember[],
  now: Date,
): Promise<void> {
  for (const completed of await completedOf(database, jurisdictionId, course, members, now))
    await writeCompleted(database, jurisdictionId, { course: course.id, learner: completed.learner }, completed);
}

/** As keepCompleted, of everybody in the courses in which one of these lessons stands. */
export async function keepCompletedWith(
  database: Database,
  jurisdictionId: number,
  codes: readonly string[],
  now: Date,
): Promise<void> {
  for (const course of await listCourses(database, jurisdictionId)) {
    if (!lessonsIn(course.body).some((code) => codes.includes(code))) continue;
    const members = await membersOfCourse(database, jurisdictionId, course.id);
    await keepCompleted(database, jurisdictionId, course, members, now);
  }
}

/** Null where they have not, or are not enrolled. Throws NotFound for a course that is not there. */
export async function completionOf(
  database: Database,
  jurisdictionId: number,
  courseId: number,
  learner: number,
  now: Date,
): Promise<Completion | null> {
  const member = await findMember(database, jurisdictionId, courseId, learner);
  if (!member) return null;
  const course = await findCourse(database, jurisdictionId, courseId);
  return (await completedOf(database, jurisdictionId, course, [member], now))[0] ?? null;
}

/** Of all courses somebody is enrolled in. */
export async function completionsOf(
  database: Database,
  jurisdictionId: number,
  learner: number,
  now: Date,
): Promise<readonly Completion[]> {
  const courses = await coursesOfLearner(database, jurisdictionId, learner);
  const all: (Completion | null)[] = [];
  for (const { course } of courses) all.push(await completionOf(database, jurisdictionId, course, learner, now));
  return all.filter((each) => each !== null);
}

/** Of everybody who is enrolled in a course. */
export async function completionsOfCourse(
  database: Database,
  jurisdictionId: number,
  courseId: number,
  now: Date,
): Promise<readonly Completion[]> {
  const course = await findCourse(database, jurisdictionId, courseId);
  const members = await membersOfCourse(database, jurisdictionId, courseId);
  return completedOf(database, jurisdictionId, course, members, now);
}
