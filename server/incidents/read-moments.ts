// When a row says that it happened, until when it may have happened, and when it was reported. All of it is local time as
// the source writes it: an hour that a change to summer time skips or repeats stays as written.

import type { DatePrecision, Incident } from './contract.ts';
import { isMissing } from './missing.ts';
import type { Columns, Field } from './presets.ts';
import { type DateOrder, type ReadDate, type ReadTime, readDate, readMonth, readTime } from './read-time.ts';
import { remembering } from './remembering.ts';

export type Moments = Pick<
  Incident,
  'occurredOn' | 'minuteOfDay' | 'datePrecision' | 'untilOn' | 'untilMinute' | 'reportedOn' | 'reportedMinute'
>;
type Moment = { readonly day: string; readonly minute: number | null };
type Told = (code: string, example: string) => void;

const MINUTES_OF_DAY = 1440;

/** Answers of the cells of a row when it was, or null when not even the month can be read; `note` hears of what was assumed. */
export function openMoments(
  columns: Columns,
  dateOrder: DateOrder,
  note: Told,
): (cells: readonly string[]) => Moments | null {
  const at = (field: Field): number => columns.fields[field]?.index ?? -1;
  const [date, time, year, month] = [at('date'), at('time'), at('year'), at('month')];
  const [dateUntil, timeUntil] = [at('dateUntil'), at('timeUntil')];
  const [reportedDate, reportedTime] = [at('reportedDate'), at('reportedTime')];

  const dates = remembering((text): ReadDate | null => (isMissing(text) ? null : readDate(text, dateOrder)));
  const times = remembering((text): ReadTime | 'none' | null =>
    isMissing(text) || /^nat\b/i.test(text) ? 'none' : readTime(text),
  );

  /** The time in its own column, else behind the date; null where there is none that can be read. */
  const clockOf = (cells: readonly string[], column: number, rest: string): ReadTime | null => {
    let text = column < 0 ? '' : cells[column]!;
    let clock = times(text);
    // A file with a column for the hour writes midnight behind the date for want of better.
    if (clock === 'none' && rest !== '' && !(column >= 0 && /^0?0:00(?::00)?\b/.test(rest))) {
      text = rest;
      clock = times(text);
    }
    if (clock === null) note('hour-unreadable', text);
    else if (clock !== 'none' && clock.note) note(clock.note, text);
    return clock === 'none' ? null : clock;
  };

  const occurredOf = (cells: readonly string[]) => {
    const dateText = date < 0 ? '' : cells[date]!;
    let day = date < 0 ? null : dates(dateText);
    if (day === null && month >= 0) {
      day = readMonth(cells[month]!, year < 0 ? '' : cells[year]!);
      if (day && date >= 0) note('day-unreadable', dateText);
    }
    if (day === null) return null;
    if (day.note) note(day.note, dateText);
    const clock = clockOf(cells, time, day.rest);
    const known = clock !== null && day.precision === 'day' ? clock : null;
    const datePrecision: DatePrecision = known?.precision ?? day.precision;
    return { occurredOn: day.date, minuteOfDay: known?.minute ?? null, datePrecision };
  };

  /** Another moment of the row; what cannot be read to the day is noted and left out. */
  const momentOf = (cells: readonly string[], inDate: number, inTime: number, unreadable: string): Moment | null => {
    const text = cells[inDate]!;
    if (isMissing(text) || /^nat\b/i.test(text)) return null;
    const day = dates(text);
    if (day?.precision !== 'day') {
      note(unreadable, text);
      return null;
    }
    if (day.note) note(day.note, text);
    return { day: day.date, minute: clockOf(cells, inTime, day.rest)?.minute ?? null };
  };

  const untilOf = (cells: readonly string[], begin: Moment, precision: DatePrecision): Moment | null => {
    if (dateUntil >= 0) {
      const until = momentOf(cells, dateUntil, timeUntil, 'until-unreadable');
      if (until === null || !isBefore(until, begin)) return until;
      note('until-before', cells[dateUntil]!);
      return null;
    }
    const clock = timeUntil < 0 || precision === 'month' ? null : clockOf(cells, timeUntil, '');
    if (clock === null) return null;
    if (begin.minute === null || clock.minute >= begin.minute) return { day: begin.day, minute: clock.minute };
    note('until-next-day', cells[timeUntil]!);
    return { day: dayAfter(begin.day), minute: clock.minute };
  };

  return (cells) => {
    const occurred = occurredOf(cells);
    if (occurred === null) return null;
    const begin = { day: occurred.occurredOn, minute: occurred.minuteOfDay };
    const until = untilOf(cells, begin, occurred.datePrecision);
    const reported = reportedDate < 0 ? null : momentOf(cells, reportedDate, reportedTime, 'reported-unreadable');
    if (reported && isBefore(reported, begin)) note('reported-before', cells[reportedDate]!);
    return {
      ...occurred,
      untilOn: until?.day ?? null,
      untilMinute: until?.minute ?? null,
      reportedOn: reported?.day ?? null,
      reportedMinute: reported?.minute ?? null,
    };
  };
}

/** Certainly before: days alone, or two times of the same day. */
function isBefore(a: Moment, b: Moment): boolean {
  return a.day < b.day || (a.day === b.day && (a.minute ?? MINUTES_OF_DAY) < (b.minute ?? 0));
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
