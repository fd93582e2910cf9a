// Decides how the columns of dates of a file are read, over the whole file; a file of plain dates with the year first is
// recognised by its first rows and need not be read twice.

import type { Clocks } from '../calendar/time-zone.ts';
import type { ClockForm, ClockOfDate } from '../tables/contract.ts';
import { Doubt } from '../tables/doubt.ts';
import type { Row } from '../tables/read-csv.ts';
import type { Note } from '../text/contract.ts';
import { isMissing } from '../text/missing.ts';
import { type ClockEvidence, HOURS_FROM_TO, openClockEvidence } from './clock-evidence.ts';
import type { DateOrder } from './contract.ts';
import { type DateReading, openEvidence, PLAIN_READING } from './date-evidence.ts';
import type { Columns, Field } from './presets.ts';
import { numbersOf } from './read-time.ts';

/** Each column of dates with the column of its times. */
export const MOMENT_FIELDS = [
  ['date', 'time'],
  ['dateUntil', 'timeUntil'],
  ['reportedDate', 'reportedTime'],
] as const satisfies readonly (readonly [Field, Field])[];
type DateField = (typeof MOMENT_FIELDS)[number][0];
type TimeField = (typeof MOMENT_FIELDS)[number][1];

export type DateReadings = {
  readonly dates: Readonly<Partial<Record<DateField, DateReading>>>;
  /** Columns of times that are all midnight: no hour is known. */
  readonly withoutHour: readonly TimeField[];
  /** How the numbers of columns of times are written; as hours unless said. */
  readonly clocks: Readonly<Partial<Record<TimeField, ClockForm>>>;
  /** Columns of times that hold ranges: their begin is read. */
  readonly ranges?: readonly TimeField[];
  readonly notes: readonly Note[];
};
export const PLAIN_READINGS: DateReadings = {
  dates: {},
  withoutHour: [],
  clocks: {},
  notes: [],
};

export const readingOf = ({ dates }: DateReadings, field: DateField): DateReading => dates[field] ?? PLAIN_READING;

const PLAIN = /^\d{4}[-/](\d{2})(?:[-/](\d{2})(?:[ T](\d{2}:\d{2})(?::\d{2}(?:\.\d{1,9})?)?)?)?$/;
const NUMBER = /^\d{1,4}$|^\d{0,2}[.,]\d+$/;
const MIDNIGHT = /^(?:0?0:?00|0?0?$|12:00(?::00)?(?:\.0+)?\s*a)/i;

/** A clock no twelve-hour one shows without saying which half of the day. */
const OTHER_HALF = /^(?:0?0:(?!00)|1[3-9]\D|2[0-4]\D)|[a-z]/i;

export type DateWatch = {
  /** Whether these rows, after those before them, show something only the whole file can settle. */
  needsWholeFile(rows: readonly Row[]): boolean;
};

/** Once it answers true, the rows before may have been read plainly, and the rest is read as the whole file shows. */
export function watchDates(
  { fields, width, clocksOfDates = {} }: Columns,
  clocks: Clocks,
  stated: DateOrder | null,
): DateWatch {
  const watched = MOMENT_FIELDS.map(([date, time]) => ({
    date: fields[date]?.index ?? -1,
    time: fields[time]?.index ?? -1,
    dayProven: false,
    clockProven: false,
    timeProven: false,
    halfProven: false,
    behindProven: false,
  })).filter(({ date, time }) => date >= 0 || time >= 0);
  return {
    needsWholeFile(rows) {
      if (stated === 'ydm' || Object.values(clocksOfDates).includes('discard')) return true;
      for (const each of watched) {
        const open = { day: false, clock: false, time: false, half: false, behind: false };
        for (const { cells } of rows) {
          if (cells.length !== width) continue;
          const time = each.time < 0 ? '' : cells[each.time]!.trim();
          const timed = time !== '' && !isMissing(time);
          if (timed && !each.timeProven) {
            if (MIDNIGHT.test(time)) open.time = true;
            else each.timeProven = true;
          }
          if (timed && !each.halfProven) {
            if (OTHER_HALF.test(time)) each.halfProven = true;
            else open.half ||= time.includes(':');
          }
          // 5 is an hour or five minutes past midnight, 0.5 noon or half past twelve: the column says which.
          if (timed && (NUMBER.test(time) || HOURS_FROM_TO.test(time))) return true;
          const text = each.date < 0 ? '' : cells[each.date]!.trim();
          if (isMissing(text)) continue;
          const plain = PLAIN.exec(text);
          if (!plain) return true;
          if (plain[2] === undefined) continue;
          if (plain[2] > '12') each.dayProven = true;
          else open.day = true;
          // A clock behind the date beside one of its own: the column says whether both are the same moment.
          if (clocks.converts && plain[3] !== undefined && timed) return true;
          if (plain[3] === undefined || timed) continue;
          if (OTHER_HALF.test(`${plain[3]}:`)) each.behindProven = true;
          else open.behind ||= plain[3] !== '00:00';
          if (each.clockProven) continue;
          if (clocks.converts) return true;
          if (plain[3] !== '00:00') each.clockProven = true;
          else if (each.time < 0) open.clock = true;
        }
        if (open.day && !each.dayProven) return true;
        if ((open.half && !each.halfProven) || (open.behind && !each.behindProven)) return true;
        if ((open.clock && !each.clockProven) || (open.time && !each.timeProven)) return true;
      }
      return false;
    },
  };
}

export type DateScan = {
  /** The columns of a table whose rows come next. */
  open(columns: Columns): (rows: readonly Row[]) => void;
  /** Throws DateDoubt, and Doubt of clocks unless what they leave open is read as `hours`. */
  decide(stated: DateOrder | null, open?: 'hours'): DateReadings;
};

/** Collects over all tables of a file. */
export function scanDates(clocks: Clocks): DateScan {
  const dates = new Map<DateField, ReturnType<typeof openEvidence>>();
  const times = new Map<TimeField, ReturnType<typeof openClockEvidence>>();
  const forms = new Map<TimeField, ClockForm>();
  const behind = new Map<DateField, ClockOfDate>();
  return {
    open({ fields, width, clocks: stated = {}, clocksOfDates = {} }) {
      const found = MOMENT_FIELDS.flatMap(([date, time]) => {
        const [dateColumn, timeColumn] = [fields[date], fields[time]];
        const tellsHalf = fields.half !== undefined;
        if (dateColumn && !dates.has(date)) dates.set(date, openEvidence(dateColumn.name, clocks, date, tellsHalf));
        if (clocksOfDates[date]) behind.set(date, clocksOfDates[date]);
        if (timeColumn && !times.has(time)) times.set(time, openClockEvidence(timeColumn.name, tellsHalf));
        if (stated[time]) forms.set(time, stated[time]);
        return [{ date, time, inDate: dateColumn?.index ?? -1, inTime: timeColumn?.index ?? -1 }];
      });
      return (rows) => {
        for (const { cells, line } of rows) {
          if (cells.length !== width) continue;
          for (const { date, time, inDate, inTime } of found) {
            const clock = inTime < 0 ? '' : cells[inTime]!.trim();
            const timed = !isMissing(clock);
            if (timed) times.get(time)!.add(clock);
            const text = inDate < 0 ? '' : cells[inDate]!.trim();
            if (isMissing(text)) continue;
            const numbers = numbersOf(text);
            if (timed && numbers?.rest !== '') dates.get(date)!.addBeside(text, clock);
            // Its own column tells the hour: what stands behind the date says nothing of the others.
            dates.get(date)!.add(text, line, numbers && timed ? { ...numbers, rest: '' } : numbers);
          }
        }
      };
    },
    decide(stated, open) {
      const decided = [...dates].map(([field, evidence]) => ({
        field,
        ...evidence.decide(stated, field === 'date', behind.get(field) ?? open),
      }));
      const found = [...times].map(([field, evidence]) => ({
        field,
        form: formOf(evidence, forms.get(field) ?? null, open),
      }));
      return {
        dates: Object.fromEntries(decided.map(({ field, reading }) => [field, reading])),
        withoutHour: [...times].flatMap(([field, evidence]) => (evidence.onlyMidnight() ? [field] : [])),
        ranges: [...times].flatMap(([field, evidence]) => (evidence.areRanges() ? [field] : [])),
        clocks: Object.fromEntries(found.map(({ field, form }) => [field, form])),
        notes: decided.flatMap(({ notes }) => notes),
      };
    },
  };
}

function formOf(evidence: ClockEvidence, stated: ClockForm | null, open?: 'hours'): ClockForm {
  try {
    return evidence.form(stated);
  } catch (error) {
    if (open && error instanceof Doubt) return open;
    throw error;
  }
}
