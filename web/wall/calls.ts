// The calls of the last 24 hours as a wall display keeps them: which are new, how old each is, and what fell out. Sources
// tell the hour and not the minute, so the window begins with a whole hour.

import { RAMP } from '../map/colors.ts';

/** As the listing of incidents tells them. */
export type WallCall = {
  readonly id: string;
  readonly offence: string;
  readonly label: string;
  readonly date: string;
  /** Null where only the day is known. */
  readonly hour: number | null;
  /** Null = without a place. */
  readonly at: readonly [number, number] | null;
};
export type Calls = {
  readonly calls: readonly WallCall[];
  /** Ids that came with the last answer and had not been seen before. */
  readonly fresh: ReadonlySet<string>;
};
/** A local hour of the city. */
export type LocalHour = { readonly date: string; readonly hour: number };

const HOURS = 24;
const HOUR_MS = 3_600_000;
/** More are not kept, however many a city has in a day. */
export const MOST_CALLS = 10_000;
/** So many hours old at most, by class: the darkest first. */
export const AGE_CLASSES = [1, 3, 6, 12, HOURS] as const;

/** The newest are the darkest. */
export const AGE_COLORS: readonly string[] = RAMP.toReversed();

export function localHour(milliseconds: number, timeZone: string): LocalHour {
  const options = { timeZone, dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' } as const;
  // Sweden writes dates as ISO 8601 does: 2026-05-02 08:14
  const [date = '', time = ''] = new Intl.DateTimeFormat('sv-SE', options).format(milliseconds).split(' ');
  return { date, hour: Number(time.slice(0, 2)) };
}

/** The hour that runs and the 24 before it. */
export const windowFrom = (now: number, timeZone: string): LocalHour => localHour(now - HOURS * HOUR_MS, timeZone);

const hoursOf = ({ date, hour }: LocalHour) => Date.parse(`${date}T00:00:00Z`) / HOUR_MS + hour;

/** Whole hours since the one it happened in; one known by its day alone is as old as that day's first hour, at most 24. */
export function ageOf(call: Pick<WallCall, 'date' | 'hour'>, now: LocalHour): number {
  const age = hoursOf(now) - hoursOf({ date: call.date, hour: call.hour ?? 0 });
  return Math.max(0, call.hour === null ? Math.min(HOURS, age) : age);
}

/** 0 … 4 into `AGE_CLASSES`. */
export const ageClass = (age: number): number => {
  const found = AGE_CLASSES.findIndex((most) => age <= most);
  return found < 0 ? AGE_CLASSES.length - 1 : found;
};

/** Of one known by its day alone, that day or the one before are within. */
const isWithin = (call: WallCall, from: LocalHour): boolean =>
  call.hour === null ? call.date >= from.date : hoursOf({ date: call.date, hour: call.hour }) >= hoursOf(from);

/**
 * What is shown after an answer. `isWhole` = the answer holds all of the window, so what it does not hold is gone; else it
 * holds the newest alone. Nothing is new in the first answer of all.
 */
export function withAnswer(
  before: Calls | null,
  answered: readonly WallCall[],
  { isWhole, from }: { readonly isWhole: boolean; readonly from: LocalHour },
): Calls {
  const known = new Map((before?.calls ?? []).map((call) => [call.id, call]));
  const fresh = new Set(before ? answered.map(({ id }) => id).filter((id) => !known.has(id)) : []);
  const all = isWhole
    ? answered
    : [...new Map([...known, ...answered.map((call) => [call.id, call] as const)]).values()];
  const calls = all
    .filter((call) => isWithin(call, from))
    .sort(newestFirst)
    .slice(0, MOST_CALLS);
  return { calls, fresh: new Set(calls.map(({ id }) => id).filter((id) => fresh.has(id))) };
}

/** As the window moves on. */
export function withoutOld(calls: Calls, from: LocalHour): Calls {
  const kept = calls.calls.filter((call) => isWithin(call, from));
  return kept.length === calls.calls.length ? calls : { ...calls, calls: kept };
}

function newestFirst(a: WallCall, b: WallCall): number {
  const [at, bt] = [a, b].map(({ date, hour }) => hoursOf({ date, hour: hour ?? -1 })) as [number, number];
  return bt - at || Number(b.id) - Number(a.id);
}

/** How many calls of each class of age, and how many have no place or no hour. */
export function summaryOf({ calls }: Calls, now: LocalHour) {
  const byAge = AGE_CLASSES.map(() => 0);
  for (const call of calls) byAge[ageClass(ageOf(call, now))]! += 1;
  return {
    byAge,
    total: calls.length,
    placeless: calls.filter(({ at }) => at === null).length,
    hourless: calls.filter(({ hour }) => hour === null).length,
  };
}
