// The cells that times are counted in: hours, weekdays, months of the year, days of the month, days since wages are paid;
// and how much of each there was in a range, so that a cell that came more often is not taken for a fuller one.

import { excludedIn } from '../analysis/values.ts';
import { type Day, monthOf, monthStart, weekdayOf } from '../calendar/days.ts';
import { type Answers, type Breakdown, HOURS, SLOTS, UNKNOWN_HOUR, UNKNOWN_WEEKDAY } from '../engine/answers.ts';
import { slotTable } from '../engine/truth.ts';
import type { Plan, Range } from '../filter/plan.ts';
import { type ClockUnit, MOST_SINCE_PAYDAY } from './contract.ts';

/** `excluded`: of which it is not known whether they are meant, and so in neither. */
export type Counted = { readonly counts: Float64Array; readonly unknown: number; readonly excluded: number };

const CELLS: Readonly<Record<ClockUnit, number>> = {
  ...{ hour: 24, weekday: 7, week: 168 },
  ...{ month: 12, monthday: 31, payday: MOST_SINCE_PAYDAY + 1 },
};
const isOfDays = (unit: ClockUnit): unit is 'month' | 'monthday' | 'payday' =>
  unit === 'month' || unit === 'monthday' || unit === 'payday';

/** The 15th and the last day of the month; the Friday before where that is a weekend. */
function paidOn(day: Day): Day {
  return day - Math.max(0, weekdayOf(day) - 4);
}

function daysSincePayday(day: Day): number {
  const month = monthOf(day);
  // The next month's 15th never is paid in this one; its days may have been paid at the end of the month before.
  const paydays = [month, month - 1].flatMap((each) => [monthStart(each + 1) - 1, monthStart(each) + 14]).map(paidOn);
  return day - paydays.find((payday) => payday <= day)!;
}

export function cellOfDay(unit: 'month' | 'monthday' | 'payday', day: Day): number {
  if (unit === 'month') return ((monthOf(day) % 12) + 12) % 12;
  if (unit === 'monthday') return day - monthStart(monthOf(day));
  return Math.min(daysSincePayday(day), MOST_SINCE_PAYDAY);
}

export async function countedIn(answers: Answers, plan: Plan, unit: ClockUnit): Promise<Counted> {
  if (!isOfDays(unit)) return bySlots(unit, await answers.bySlot(plan));
  const { days, months, quarters, excluded } = await answers.byDay(plan);
  const counts = new Float64Array(CELLS[unit]);
  const sum = (list: typeof days) => list.reduce((all, [, count]) => all + count, 0);
  const known = unit === 'month' ? [...days, ...months] : days;
  for (const [day, count] of known) counts[cellOfDay(unit, day)]! += count;
  const unknown = sum(quarters) + (unit === 'month' ? 0 : sum(months));
  return { counts, unknown, excluded: excludedIn({ excluded }) };
}

function bySlots(
  unit: 'hour' | 'weekday' | 'week',
  { slots, excluded }: Pick<Breakdown, 'slots' | 'excluded'>,
): Counted {
  const counts = new Float64Array(CELLS[unit]);
  let unknown = 0;
  for (let slot = 0; slot < SLOTS; slot++) {
    const [weekday, hour] = [Math.floor(slot / HOURS), slot % HOURS];
    const isKnown = (unit === 'weekday' || hour !== UNKNOWN_HOUR) && weekday !== UNKNOWN_WEEKDAY;
    if (!isKnown) unknown += slots[slot]!;
    else counts[cellOfSlot(unit, weekday, hour)]! += slots[slot]!;
  }
  return { counts, unknown, excluded: excludedIn({ excluded }) };
}

const cellOfSlot = (unit: 'hour' | 'weekday' | 'week', weekday: number, hour: number): number =>
  unit === 'hour' ? hour : unit === 'weekday' ? weekday : weekday * UNKNOWN_HOUR + hour;

/** Of the hours that the plan asks for in a range, how many are in each cell. */
export function hoursIn(range: Range, plan: Plan, unit: ClockUnit): Float64Array {
  const isAsked = slotTable(plan);
  const hours = new Float64Array(CELLS[unit]);
  for (let day = range.from; day < range.until; day++) {
    const weekday = weekdayOf(day);
    for (let hour = 0; hour < UNKNOWN_HOUR; hour++)
      if (isAsked[weekday * HOURS + hour])
        hours[isOfDays(unit) ? cellOfDay(unit, day) : cellOfSlot(unit, weekday, hour)]! += 1;
  }
  return hours;
}
