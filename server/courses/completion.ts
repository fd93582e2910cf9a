// Whether somebody has completed a course: looked at whenever it is asked, and written down the first time it is so.

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
import { findCourse, listGroups, type StoredCourse, type StoredGroup } from './store.ts';

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

/** What each of these members has reached, by learner; what is completed by now is written down. */
export async function reachedBy(
  database: Database,
  jurisdictionId: number,
  course: StoredCourse,
  members: readonly StoredMember[],
): Promise<ReadonlyMap<number, Reached>> {
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
    const theirs = progressOf(course.body, group.body, lessons, state, answers.get(member.learner) ?? []);
    reached.set(member.learner, theirs);
    if (theirs.reachedAt !== null && member.completed === null)
      await writeCompleted(database, jurisdictionId, member, told(course, group, member, theirs.reachedAt));
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

/** Null where they have not, or are not enrolled. Throws NotFound for a course that is not there. */
export async function completionOf(
  database: Database,
  jurisdictionId: number,
  courseId: number,
  learner: number,
): Promise<Completion | null> {
  const member = await findMember(database, jurisdictionId, courseId, learner);
  if (!member) return null;
  if (member.completed) return member.completed;
  await reachedBy(database, jurisdictionId, await findCourse(database, jurisdictionId, courseId), [member]);
  return (await findMember(database, jurisdictionId, courseId, learner))?.completed ?? null;
}

/** Of all courses somebody is enrolled in. */
export async function completionsOf(
  database: Database,
  jurisdictionId: number,
  learner: number,
): Promise<readonly Completion[]> {
  const courses = await coursesOfLearner(database, jurisdictionId, learner);
  const all: (Completion | null)[] = [];
  for (const { course } of courses) all.push(await completionOf(database, jurisdictionId, course, learner));
  return all.filter((each) => each !== null);
}

/** Of everybody who is enrolled in a course. */
export async function completionsOfCourse(
  database: Database,
  jurisdictionId: number,
  courseId: number,
): Promise<readonly Completion[]> {
  const course = await findCourse(database, jurisdictionId, courseId);
  await reachedBy(database, jurisdictionId, course, await membersOfCourse(database, jurisdictionId, courseId));
  const members = await membersOfCourse(database, jurisdictionId, courseId);
  return members.flatMap(({ completed }) => (completed ? [completed] : []));
}
