// A group as its tutors see it: how far everybody is, where they fail, and the texts that wait to be read.

import type { Jurisdiction } from '../access/contract.ts';
import { accountNames } from '../accounts/store.ts';
import type { Database } from '../db/open.ts';
import type { Language } from '../i18n/contract.ts';
import type { LessonAnswer } from '../lessons/contract.ts';
import { lessonsHere } from '../lessons/here.ts';
import { placesNamed } from '../lessons/place-names.ts';
import type { Lesson } from '../lessons/read-lesson.ts';
import { type FoundValue, filled } from '../lessons/rules.ts';
import { lessonsIn, reachedBy } from './completion.ts';
import type { ExerciseRow, GroupAnswer, GroupRow, MarkedText, WaitingText } from './contract.ts';
import { firstTriesIn, firstTriesOf, hardnessOf, type MistakeFound, markedTexts, waitingTexts } from './marks.ts';
import { membersOfCourse, membersOfGroup } from './members.ts';
import type { StoredCourse, StoredGroup } from './store.ts';

const MOST_MISTAKES = 3;

/** Groups of one course, with how far their members are together. */
export async function groupRows(
  database: Database,
  jurisdictionId: number,
  course: StoredCourse,
  groups: readonly StoredGroup[],
  now: Date,
): Promise<GroupRow[]> {
  const members = await membersOfCourse(database, jurisdictionId, course.id);
  const wanted = members.filter(({ group }) => groups.some(({ id }) => id === group));
  const reached = await reachedBy(database, jurisdictionId, course, wanted, now);
  const names = await accountNames(
    database,
    groups.flatMap(({ tutors }) => tutors),
  );
  return groups.map(({ id, version, body, tutors, key, changedAt, changedBy }) => {
    const theirs = wanted.filter(({ group }) => group === id).map(({ learner }) => reached.get(learner)!);
    return {
      ...{ id, version, body, key, changedAt, changedBy, members: theirs.length },
      tutors: tutors.flatMap((tutor) => names.get(tutor)?.name ?? []),
      completed: theirs.filter(({ completedAt }) => completedAt !== null).length,
      meanPercent: theirs.length
        ? Math.round(theirs.reduce((sum, { percent }) => sum + percent, 0) / theirs.length)
        : 0,
    };
  });
}

/** `valuesOf`: what stands for the names in the texts of a lesson, as the tutor's own portal answers. */
export async function groupAnswer(
  database: Database,
  jurisdiction: Jurisdiction,
  course: StoredCourse,
  group: StoredGroup,
  language: Language,
  now: Date,
  valuesOf: (lesson: Lesson) => Promise<ReadonlyMap<string, FoundValue>>,
): Promise<GroupAnswer> {
  const members = await membersOfGroup(database, jurisdiction.id, group);
  const learners = members.map(({ learner }) => learner);
  const codes = lessonsIn(course.body);
  const [reached, names, [row], hardness, { texts: waiting, inAll }, marked, tries, { lessons }] = await Promise.all([
    reachedBy(database, jurisdiction.id, course, members, now),
    accountNames(database, learners),
    groupRows(database, jurisdiction.id, course, [group], now),
    hardnessOf(database, jurisdiction.id, learners, codes),
    waitingTexts(database, jurisdiction.id, learners, codes),
    markedTexts(database, jurisdiction.id, learners, codes),
    firstTriesOf(database, jurisdiction.id, learners, codes),
    lessonsHere(database, jurisdiction),
  ]);
  const nameOf = (learner: number) => names.get(learner)?.name ?? null;
  const exercises: ExerciseRow[] = [];
  const texts: WaitingText[] = [];
  const looked: MarkedText[] = [];
  for (const code of codes) {
    const lesson = lessons[language].find((each) => each.code === code);
    const hard = hardness.filter((each) => each.lesson === code);
    const theirs = waiting.filter((each) => each.lesson === code);
    const done = marked.texts.filter((each) => each.lesson === code);
    if (!lesson || hard.length + theirs.length + done.length === 0) continue;
    const values = await valuesOf(lesson);
    for (const exercise of lesson.exercises) {
      const ask = filled(exercise.ask, values);
      const found = hard.find((each) => each.exercise === exercise.id);
      const about = { lesson: code, exercise: exercise.id, ask };
      if (found) {
        const { tried, right, wrong } = found;
        const told = await mistakesTold(database, jurisdiction.id, exercise, values, found.mistakes);
        const theirTries = tries.filter((each) => each.lesson === code && each.exercise === exercise.id);
        const first = exercise.kind === 'text' ? null : firstTriesIn(theirTries).right;
        exercises.push({ ...about, kind: exercise.kind, tried, right, wrong, first, mistakes: told });
      }
      if (exercise.kind !== 'text') continue;
      for (const each of done.filter((one) => one.exercise === exercise.id))
        looked.push({ ...each, ...about, name: nameOf(each.learner) });
      for (const { answer, learner, text, givenAt } of theirs.filter((each) => each.exercise === exercise.id))
        texts.push({
          ...about,
          answer,
          learner,
          name: nameOf(learner),
          model: filled(exercise.model, values),
          text,
          givenAt,
        });
    }
  }
  return {
    group: row!,
    members: members.map(({ learner, enrolledAt, attended }) => {
      const { reachedAt: _, ...progress } = reached.get(learner)!;
      return {
        ...{ learner, name: nameOf(learner), hasEnded: names.get(learner)?.disabled ?? learner !== 0, enrolledAt },
        ...{ attended: Object.keys(attended), progress },
        first: firstTriesIn(tries.filter((each) => each.learner === learner)),
      };
    }),
    exercises,
    waiting: texts,
    waitingInAll: inAll,
    marked: looked.sort((a, b) => (a.markedAt < b.markedAt ? 1 : -1)),
    markedInAll: marked.inAll,
  };
}

/** The wrong answers given most, as one would say them. */
async function mistakesTold(
  database: Database,
  jurisdictionId: number,
  exercise: Lesson['exercises'][number],
  values: ReadonlyMap<string, FoundValue>,
  mistakes: readonly MistakeFound[],
): Promise<ExerciseRow['mistakes']> {
  const most = [...mistakes].sort((a, b) => b.learners - a.learners).slice(0, MOST_MISTAKES);
  const codes = most.map(({ answer }) => String(answer));
  const places =
    exercise.kind === 'place'
      ? await placesNamed(database, jurisdictionId, filled(exercise.layer, values), codes)
      : new Map<string, string>();
  const written = (answer: LessonAnswer['answer']): string => {
    if (exercise.kind === 'choice') return filled(exercise.options[Number(answer)]?.text ?? '', values);
    if (exercise.kind === 'order' && Array.isArray(answer))
      return answer.map((index) => filled(exercise.items[index]?.text ?? '', values)).join(' > ');
    return places.get(String(answer)) ?? String(answer ?? '');
  };
  return most.map(({ answer, because, learners }) => ({ answer: written(answer), because, learners }));
}
