// What is told in the small world of the meeting: thefts for two years, and calls.

import { dayOf, textOf } from '../../server/calendar/days.ts';
import { HEAD, seeded, type WorldIncident } from './small-world.ts';

/** Two years of some three thefts a day to Sunday 29 December 2024, and ten times as many on its last two days. */
const LAST_DAY = dayOf('2024-12-29');
const random = seeded(21);
const incident = (day: number, area: number): WorldIncident => ({
  ...{ source: 2, offence: 2, day: textOf(day), minute: 600, datePrecision: 0, point: [-98.985, 19.05] },
  ...{ from: HEAD, until: null, area, segment: 1 + Math.floor(random() * 3) },
});
export const incidents: WorldIncident[] = [];
for (let day = dayOf('2023-01-02'); day <= LAST_DAY; day++) {
  const many = day > LAST_DAY - 2 ? 30 : Math.floor(random() * 7);
  for (let i = 0; i < many; i++) incidents.push(incident(day, 1 + Math.floor(random() * 2)));
}
/** Calls about violence at home, of which not every role is told below areas: one a day, and many on the last two. */
export const calls: WorldIncident[] = [];
for (let day = dayOf('2023-01-02'); day <= LAST_DAY; day++)
  for (let i = 0; i < (day > LAST_DAY - 2 ? 15 : 1); i++) calls.push({ ...incident(day, 1), source: 3, offence: 1 });
export const counted = (from: string, until: string, area?: number) =>
  incidents.filter((each) => each.day >= from && each.day < until && (area === undefined || each.area === area)).length;
