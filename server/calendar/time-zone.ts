// Wall clocks of a time zone: what they show at a moment, and which moment they mean. Minutes are counted since 1970.

import { BadInput } from '../errors.ts';
import { textOf } from './days.ts';

export type Zone = {
  /** What wall clocks show at a moment of UTC. */
  toWall(utcMinute: number): number;
  /** The moment a wall clock means; the first of two, and as before the change where clocks skip it. */
  toUtc(wallMinute: number): number;
  /** `gap`: clocks never show it, they were put forward; `fold`: they show it twice, they were put back. */
  oddity(wallMinute: number): 'gap' | 'fold' | null;
};

const DAY_MINUTES = 1440;

/** Throws BadInput('times') for a zone there is not. */
export function openZone(name: string): Zone {
  const format = formatOf(name);
  const asked = (utcMinute: number): number => {
    const parts = format.formatToParts(utcMinute * 60_000);
    const text = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const match = /([+-])(\d{2}):(\d{2})/.exec(text);
    return match ? (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) : 0;
  };
  /** When a day of UTC begins, and the one before ends. */
  const midnights = new Map<number, number>();
  const atMidnight = (day: number): number => {
    const known = midnights.get(day) ?? asked(day * DAY_MINUTES);
    midnights.set(day, known);
    return known;
  };
  /** By day of UTC; null on a day with a change. */
  const known = new Map<number, number | null>();
  const offsetAt = (utcMinute: number): number => {
    const day = Math.floor(utcMinute / DAY_MINUTES);
    let offset = known.get(day);
    if (offset === undefined) {
      const first = atMidnight(day);
      offset = first === atMidnight(day + 1) ? first : null;
      known.set(day, offset);
    }
    return offset ?? asked(utcMinute);
  };
  /** Around it: where both are the same, clocks are not changed here. */
  const before = (wallMinute: number): number => offsetAt(wallMinute - DAY_MINUTES);
  const after = (wallMinute: number): number => offsetAt(wallMinute + DAY_MINUTES);
  /** Those of the offsets under which the wall clock does show this. */
  const fitting = (wallMinute: number, ...offsets: readonly number[]) =>
    offsets.filter((each) => offsetAt(wallMinute - each) === each);
  return {
    toWall: (utcMinute) => utcMinute + offsetAt(utcMinute),
    toUtc: (wallMinute) => {
      const first = before(wallMinute);
      return wallMinute - (fitting(wallMinute, first, after(wallMinute))[0] ?? first);
    },
    oddity: (wallMinute) => {
      const [first, then] = [before(wallMinute), after(wallMinute)];
      if (first === then) return null;
      const fit = fitting(wallMinute, first, then);
      if (fit.length === 1) return null;
      return fit.length === 0 ? 'gap' : 'fold';
    },
  };
}

/** The local day of a moment, as YYYY-MM-DD. Throws BadInput('times') for a zone there is not. */
export function dayIn(timezone: string, at: Date): string {
  return textOf(Math.floor(openZone(timezone).toWall(Math.floor(at.getTime() / 60_000)) / DAY_MINUTES));
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  } catch {
    throw new BadInput('times', `no such time zone: ${timeZone.slice(0, 60)}`);
  }
}

/** What the clocks of a source mean, by what was chosen for it. */
export type Clocks = {
  readonly local: Zone;
  /** The moment of a wall clock written with or without an offset; null = it is local as it stands. */
  utcOf(wallMinute: number, offset: number | null): number | null;
  /** Offsets are written but do not count. */
  readonly ignoresOffsets: boolean;
  /** Clocks without an offset are not local. */
  readonly converts: boolean;
};

/** `times`: `local`, `utc`, a zone, or null = local unless an offset is written. Throws BadInput('times'). */
export function openClocks(timezone: string, times: string | null): Clocks {
  const source = times === null || times === 'local' ? null : openZone(times === 'utc' ? 'UTC' : times);
  return {
    local: openZone(timezone),
    utcOf: (wallMinute, offset) => {
      if (times === 'local') return null;
      return offset === null ? (source?.toUtc(wallMinute) ?? null) : wallMinute - offset;
    },
    ignoresOffsets: times === 'local',
    converts: source !== null,
  };
}
