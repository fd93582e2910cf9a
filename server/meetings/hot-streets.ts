// The streets with most incidents in 28 days, and how those chosen a week ago did: how many of the week's incidents came
// to pass on them.

import type { Day } from '../calendar/days.ts';
import { textOf } from '../calendar/days.ts';
import { measureOf } from '../counts/rates.ts';
import { topOf } from '../counts/top.ts';
import type { Answers } from '../engine/answers.ts';
import type { AskedLayer, Places } from '../filter/places.ts';
import type { Plan } from '../filter/plan.ts';
import type { MeetingAnswer, MeetingStreet, StreetScore } from './contract.ts';

/** As many as a shift can be sent to; the same number is scored. */
const MOST_STREETS = 10;
const DAYS = 28;

export async function hotStreets(
  answers: Answers,
  plan: Plan,
  layer: AskedLayer,
  places: Places,
  monday: Day,
): Promise<{ readonly streets: NonNullable<MeetingAnswer['streets']>; readonly score: StreetScore | null }> {
  const counted = (from: Day, until: Day) => answers.byPlace({ ...plan, range: { from, until } }, layer);
  const until = monday + 7;
  const [now, before, week] = await Promise.all([
    counted(until - DAYS, until),
    counted(monday - DAYS, monday),
    counted(monday, until),
  ]);
  const rows = topOf(now, null, places, measureOf(places, null), MOST_STREETS).map(
    ({ id, code, name, count, crossings }): MeetingStreet => ({
      id,
      code,
      name,
      count,
      ...(crossings && { crossings }),
    }),
  );
  return {
    streets: { from: textOf(until - DAYS), until: textOf(until), layer: layer.code, rows },
    score: scoreOf(before.counts, week.counts, places.lengthM),
  };
}

/** Of two streets with as many incidents the one with the lower id was chosen; null where nothing could be caught. */
export function scoreOf(
  before: ArrayLike<number>,
  week: ArrayLike<number>,
  lengthM: ArrayLike<number> | null,
): StreetScore | null {
  const chosen = Array.from({ length: before.length }, (_, id) => id)
    .filter((id) => id > 0 && before[id]! > 0)
    .sort((a, b) => before[b]! - before[a]! || a - b)
    .slice(0, MOST_STREETS);
  let all = 0;
  let length = 0;
  for (let id = 1; id < week.length; id++) {
    all += week[id]!;
    length += lengthM?.[id] || 0;
  }
  if (chosen.length === 0 || all === 0) return null;
  const caught = chosen.reduce((sum, id) => sum + week[id]!, 0);
  const onThem = chosen.reduce((sum, id) => sum + (lengthM?.[id] || 0), 0);
  return { streets: chosen.length, caught, all, lengthShare: length > 0 ? onThem / length : 0 };
}
