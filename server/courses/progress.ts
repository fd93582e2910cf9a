// What somebody has reached in a course, from what they answered, ticked and attended; and since when it is all of it. Pure.

import { dayOf } from '../calendar/days.ts';
import { dayIn, openZone } from '../calendar/time-zone.ts';
import type { CourseBody, CourseItem, CourseLesson, CourseProgress, CourseSession, GroupBody } from './contract.ts';

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

/** When it is looked at, and by which clock the sessions are. */
export type Moment = { readonly now: Date; readonly timezone: string };

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
  moment: Moment,
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
  const sat = attendanceOf(group, attended, course.attendancePercent, moment);
  const isAll = items.length > 0 && items.every(({ doneAt }) => doneAt !== null) && sat.isEnough;
  const reachedAt = isAll
    ? latest([...items.map(({ doneAt }) => doneAt!), ...(sat.enoughAt ? [sat.enoughAt] : [])])
    : null;
  const lasts = answers.map(({ lastAt }) => lastAt);
  return {
    // Whoever lacks something has not all of it, however little it is.
    percent: completedAt !== null || isAll ? 100 : Math.min(99, Math.floor(100 * part + 1e-9)),
    done: items.flatMap(({ id, doneAt }) => (doneAt === null ? [] : [id])),
    // Of a text whose exercise is no text any more nobody could be shown what was asked.
    waiting: answers.filter((each) => each.waits && lessons.get(each.lesson)?.texts.includes(each.exercise)).length,
    attendanceAfter: sat.after,
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

/** Of a session, on the clocks of its city. */
const beginOf = ({ day, time }: CourseSession, timezone: string): string => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return new Date(openZone(timezone).toUtc(dayOf(day) * 1440 + hours * 60 + minutes) * 60_000).toISOString();
};

/**
 * A share of the hours can be told once all of them were: while there are no sessions, or before the group is over, nobody
 * has attended enough. Each counts from its own day, whenever it was typed in.
 */
function attendanceOf({ sessions, until }: GroupBody, attended: Since, percent: number, { now, timezone }: Moment) {
  const of = sessions.reduce((sum, { hours }) => sum + hours, 0);
  const needed = (of * percent) / 100;
  const theirs = sessions.filter(({ id }) => attended[id]).sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  let hours = 0;
  let last: CourseSession | null = null;
  for (const each of theirs) {
    if (hours < needed - 1e-9) last = each;
    hours += each.hours;
  }
  if (percent === 0) return { of, hours, isEnough: true, enoughAt: null, after: null };
  const lastDay = [...sessions.map(({ day }) => day), ...(until === null ? [] : [until])].sort().at(-1) ?? null;
  const isOver = sessions.length > 0 && lastDay !== null && lastDay < dayIn(timezone, now);
  return {
    ...{ of, hours, isEnough: isOver && hours >= needed - 1e-9, enoughAt: last && beginOf(last, timezone) },
    after: isOver ? null : lastDay,
  };
}

const placeOf = ({ day, time }: CourseSession) => `${day} ${time}`;
