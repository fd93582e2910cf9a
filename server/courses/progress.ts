// What somebody has reached in a course, from what they answered, ticked and attended; and since when it is all of it. Pure.

import type { CourseBody, CourseItem, CourseLesson, CourseProgress, GroupBody } from './contract.ts';

/** What one learner answered to one exercise, all tries together. */
export type Answered = {
  readonly lesson: string;
  readonly exercise: string;
  /** Wrong answers. */
  readonly wrong: number;
  /** When it was first right, ISO 8601; of a text, when the tutor found it so. Null = not yet. */
  readonly rightAt: string | null;
  /** Whether a text of it waits for the tutor. */
  readonly waits: boolean;
  readonly lastAt: string;
};
/** By name, since when (ISO 8601). */
type Since = Readonly<Record<string, string>>;
type MemberState = { readonly ticked: Since; readonly attended: Since; readonly completedAt: string | null };

export type Reached = CourseProgress & {
  /** When the last thing the course needs was there; null = something is missing. */
  readonly reachedAt: string | null;
};

export function progressOf(
  course: CourseBody,
  group: GroupBody,
  lessons: ReadonlyMap<string, CourseLesson>,
  { ticked, attended, completedAt }: MemberState,
  answers: readonly Answered[],
): Reached {
  const ofLesson = Map.groupBy(answers, ({ lesson }) => lesson);
  const items = course.modules.flatMap((module) =>
    module.items.map((item) => itemOf(item, course.passPercent, lessons, ticked, ofLesson)),
  );
  const byId = new Map(items.map((each) => [each.id, each]));
  const shares = course.modules
    .filter((module) => module.items.length > 0)
    .map((module) => ({
      weight: module.hours,
      share: module.items.reduce((sum, { id }) => sum + byId.get(id)!.share, 0) / module.items.length,
    }));
  const weight = shares.reduce((sum, each) => sum + each.weight, 0);
  // Modules that say no hours count alike.
  const part =
    weight > 0
      ? shares.reduce((sum, each) => sum + each.share * each.weight, 0) / weight
      : shares.reduce((sum, each) => sum + each.share, 0) / Math.max(shares.length, 1);
  const sat = attendanceOf(group, attended, course.attendancePercent);
  const isAll = items.length > 0 && items.every(({ doneAt }) => doneAt !== null) && sat.isEnough;
  const reachedAt = isAll
    ? latest([...items.map(({ doneAt }) => doneAt!), ...(sat.enoughAt ? [sat.enoughAt] : [])])
    : null;
  const lasts = answers.map(({ lastAt }) => lastAt);
  return {
    // Whoever lacks something has not all of it, however little it is.
    percent: completedAt !== null || isAll ? 100 : Math.min(99, Math.floor(100 * part + 1e-9)),
    done: items.flatMap(({ id, doneAt }) => (doneAt === null ? [] : [id])),
    waiting: answers.filter(({ waits }) => waits).length,
    attendedHours: sat.hours,
    sessionHours: sat.of,
    lastAnswerAt: lasts.length ? latest(lasts) : null,
    completedAt: completedAt ?? reachedAt,
    reachedAt,
  };
}

const latest = (moments: readonly string[]) => moments.reduce((last, each) => (each > last ? each : last));

function itemOf(
  item: CourseItem,
  passPercent: number,
  lessons: ReadonlyMap<string, CourseLesson>,
  ticked: Since,
  ofLesson: ReadonlyMap<string, readonly Answered[]>,
): { readonly id: string; readonly share: number; readonly doneAt: string | null } {
  const byTick = { id: item.id, share: ticked[item.id] ? 1 : 0, doneAt: ticked[item.id] ?? null };
  if (item.kind === 'resource') return byTick;
  const lesson = lessons.get(item.lesson);
  // A lesson that is not here any more can be done by nobody.
  if (!lesson) return { id: item.id, share: 0, doneAt: null };
  if (lesson.exercises.length === 0) return byTick;
  const rights = (ofLesson.get(lesson.code) ?? [])
    .flatMap(({ exercise, rightAt }) => (rightAt !== null && lesson.exercises.includes(exercise) ? [rightAt] : []))
    .sort();
  const needed = Math.ceil((lesson.exercises.length * passPercent) / 100 - 1e-9);
  return { id: item.id, share: Math.min(1, rights.length / needed), doneAt: rights[needed - 1] ?? null };
}

function attendanceOf({ sessions }: GroupBody, attended: Since, percent: number) {
  const of = sessions.reduce((sum, { hours }) => sum + hours, 0);
  const needed = (of * percent) / 100;
  const theirs = sessions
    .flatMap(({ id, hours }) => (attended[id] ? [{ hours, at: attended[id] }] : []))
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  let hours = 0;
  let enoughAt: string | null = null;
  for (const each of theirs) {
    hours += each.hours;
    if (needed > 0 && enoughAt === null && hours >= needed - 1e-9) enoughAt = each.at;
  }
  return { of, hours, isEnough: hours >= needed - 1e-9, enoughAt };
}
