// When a row says that it happened, until when it may have happened, and when it was reported, as local time: a moment
// with an offset is converted, one that a change to summer time skips or repeats stays as written and is noted.

import { dayOf } from '../calendar/days.ts';
import type { Clocks } from '../calendar/time-zone.ts';
import type { DatePrecision } from '../db/contract.ts';
import type { ClockForm } from '../tables/contract.ts';
import { isMissing } from '../text/missing.ts';
import { HOURS_FROM_TO, readTimeAs } from './clock-evidence.ts';
import type { Incident } from './contract.ts';
import { type DateReading, serialMs, wallOf } from './date-evidence.ts';
import { remembering } from './memoize.ts';
import type { Columns, Field } from './presets.ts';
import { epochMs, type ReadDate, type ReadTime, readDate, readDay, readMonth, splitOffset } from './read-time.ts';
import { type DateReadings, readingOf } from './scan-dates.ts';

export type Moments = Pick<
  Incident,
  'occurredOn' | 'minuteOfDay' | 'datePrecision' | 'untilOn' | 'untilMinute' | 'reportedOn' | 'reportedMinute'
>;
type Moment = { readonly day: string; readonly minute: number | null };
type Told = (code: string, example: string) => void;
type Clock = ReadTime & { readonly offset: number | null };
/** A moment of a cell: local, and as it was written. */
type Read = Moment & {
  readonly precision: DatePrecision;
  readonly written: Moment & { readonly offset: number | null };
};

const DAY_MINUTES = 1440;
const MIDNIGHT = /^(?:0?0:00(?::00(?:[.,]0+)?)?|12:00(?::00)?(?:[.,]0+)?\s*a\.?\s*m\.?)$/i;

export type MomentOptions = {
  readonly readings: DateReadings;
  readonly clocks: Clocks;
};

/** Answers of the cells of a row when it was, or null when not even the month can be read; `note` hears of what was assumed. */
export function openMoments(
  columns: Columns,
  { readings, clocks }: MomentOptions,
  note: Told,
): (cells: readonly string[]) => Moments | null {
  const at = (field: Field): number => columns.fields[field]?.index ?? -1;
  const [year, month, dayOfMonth] = [at('year'), at('month'), at('day')];
  const readClock = (text: string, form: ClockForm): Clock | 'none' | null => {
    if (isMissing(text) || /^nat\b/i.test(text)) return 'none';
    const { clock, offset } = splitOffset(text.trim());
    const time = readTimeAs(clock, form);
    return time && { ...time, offset };
  };
  /** Of a range the begin; its end is told to be left out. */
  const beginOf = (text: string): Clock | null => {
    const isRange = HOURS_FROM_TO.test(text.trim());
    const time = isRange ? readTimeAs(text.trim().replace(/\s*[-\u2013].*$/, ''), 'hours') : null;
    return time && { ...time, note: 'hour-range', offset: null };
  };
  const times = remembering((text) => readClock(text, 'hours'));
  const ofColumn = (field: 'time' | 'timeUntil' | 'reportedTime') => {
    const form = readings.clocks[field] ?? 'hours';
    if (readings.ranges?.includes(field)) return remembering((text) => beginOf(text) ?? readClock(text, form));
    return form === 'hours' ? times : remembering((text) => readClock(text, form));
  };
  const clocksOf = { time: ofColumn('time'), timeUntil: ofColumn('timeUntil'), reportedTime: ofColumn('reportedTime') };
  const [inHour, inMinute, inHalf] = [at('time'), at('minute'), at('half')];
  /** The cell of the time with what stands of it in columns of their own. */
  const wholeTime = (cells: readonly string[]): string => {
    const hour = cells[inHour]!;
    const minute = inMinute < 0 ? '' : cells[inMinute]!.trim();
    const half = inHalf < 0 ? '' : cells[inHalf]!.trim();
    const isHour = /^\s*\d{1,2}\s*$/.test(hour) && /^\d{1,2}$/.test(minute);
    const clock = isHour ? `${hour.trim()}:${minute.padStart(2, '0')}` : hour;
    return /^[ap](?:\b|\.?\s*m)/i.test(half) && !isMissing(clock) ? `${clock.trim()} ${half}` : clock;
  };
  const isSilent = (field: 'time' | 'timeUntil' | 'reportedTime') => readings.withoutHour.includes(field);

  const days = remembering(dayOf);
  /** Local day and minute of a clock on a day as written; notes what became of it. */
  const toLocal = (day: string, minute: number, offset: number | null, text: string): Moment => {
    const wall = days(day) * DAY_MINUTES + minute;
    const utc = clocks.utcOf(wall, offset);
    if (utc === null) {
      if (offset !== null) note('time-zone-ignored', text);
      const oddity = clocks.local.oddity(wall);
      if (oddity) note(`time-in-${oddity}`, text);
      return { day, minute };
    }
    const local = wallOf(clocks.local.toWall(utc));
    note('times-converted', `${text} → ${local.day} ${clockText(local.minute)}`);
    return local;
  };

  /** Minutes a clock stands off from here; null where it is of here as it stands. */
  const shiftOf = (day: string, minute: number, offset: number | null): number | null => {
    const wall = days(day) * DAY_MINUTES + minute;
    const utc = clocks.utcOf(wall, offset);
    return utc === null ? null : clocks.local.toWall(utc) - wall;
  };

  /** Reads the moment of a column of dates and its column of times; null where not even the month can be read. */
  const openPair = (
    dateField: 'date' | 'dateUntil' | 'reportedDate',
    timeField: 'time' | 'timeUntil' | 'reportedTime',
  ) => {
    const [inDate, inTime] = [at(dateField), at(timeField)];
    const reading = readingOf(readings, dateField);
    const silent = isSilent(timeField);
    const dates = remembering((text) => dateOf(text, reading));
    const ownTimes = clocksOf[timeField];

    return (cells: readonly string[], instead: (() => ReadDate | null) | null): Read | null => {
      const dateText = inDate < 0 ? '' : cells[inDate]!;
      const read = (inDate < 0 ? null : dates(dateText)) ?? instead?.() ?? null;
      if (read === null) return null;
      // Of the other moments their own note tells it.
      if (read.note && dateField === 'date') note(read.note, dateText);
      const { date, precision, rest } = read;
      const only = (day: string): Read => ({
        day,
        minute: null,
        precision,
        written: { day, minute: null, offset: null },
      });
      const ownText = inTime < 0 ? '' : timeField === 'time' ? wholeTime(cells) : cells[inTime]!;
      let own = ownTimes(ownText);
      if (own === null) note('hour-unreadable', ownText);
      if (silent && own !== 'none' && own !== null) {
        note('midnight-is-no-hour', ownText);
        own = 'none';
      }
      if (precision === 'month') return only(date);
      if (own !== 'none') {
        const clock = rest === '' || reading.withoutClock ? null : times(rest);
        const shown = clock === 'none' ? null : clock;
        const shift = shown && shiftOf(date, shown.minute, read.offset);
        const isAlike = shift !== null && own?.offset === null && hourOf(own) === hourOf(shown!, shift);
        // Midnight behind the date is there for want of better, unless all its column shows here what stands beside it.
        const isMidnight = MIDNIGHT.test(rest);
        const isSame = isAlike && (reading.showsHoursBeside ?? !isMidnight);
        const behind = isMidnight && !isSame ? null : shown;
        // Where times are said to be of another zone, a clock that shows here the hour beside it is: that one is of here.
        const hasZone = behind && (read.offset !== null || isSame) && !clocks.ignoresOffsets;
        // Its own column says the same hour without a zone: that behind the date stands there by habit.
        const isByHabit = hasZone && own !== null && own.offset === null && hourOf(own) === hourOf(behind);
        if (isByHabit && shift) note('time-zone-ignored', dateText);
        const converted = hasZone && !isByHabit;
        if (dateField === 'date' && !hasZone && behind && own && hourOf(own) !== hourOf(behind))
          note('clocks-differ', `${dateText} ≠ ${ownText}`);
        const day = converted ? toLocal(date, behind.minute, read.offset, dateText).day : date;
        if (own === null) return only(day);
        if (own.note) note(own.note, ownText);
        // What was written as a day of UTC is a day here now, and the clock beside it is of here.
        const text = `${dateText} ${ownText}`;
        const local =
          converted && own.offset === null ? { day, minute: own.minute } : toLocal(day, own.minute, own.offset, text);
        return { ...local, precision: own.precision, written: { day, minute: own.minute, offset: own.offset } };
      }
      // A file with a column for the hour writes midnight behind the date for want of better.
      if (rest === '' || reading.withoutClock || (inTime >= 0 && MIDNIGHT.test(rest))) return only(date);
      const clock = times(rest);
      if (clock === null || clock === 'none') {
        if (clock === null) note('hour-unreadable', rest);
        return only(date);
      }
      const isZoned = clocks.utcOf(0, read.offset) !== null;
      if (isZoned ? reading.zonedMidnights === 'written' : reading.plainMidnights) {
        note('midnight-is-no-hour', dateText);
        return only(date);
      }
      if (clock.note) note(clock.note, dateText);
      const local = toLocal(date, clock.minute, read.offset, dateText);
      if (isZoned && reading.zonedMidnights === 'local') return only(local.day);
      return {
        ...local,
        precision: clock.precision,
        written: { day: date, minute: clock.minute, offset: read.offset },
      };
    };
  };

  const occurredOf = openPair('date', 'time');
  const untilOf = openPair('dateUntil', 'timeUntil');
  const reportedOf = openPair('reportedDate', 'reportedTime');
  const [date, dateUntil, timeUntil, reportedDate] = [at('date'), at('dateUntil'), at('timeUntil'), at('reportedDate')];

  /** The month where the date says nothing. */
  const monthOf = (cells: readonly string[]): ReadDate | null => {
    if (month < 0) return null;
    const read = readMonth(cells[month]!, year < 0 ? '' : cells[year]!);
    // A column of days also may hold their names.
    const number =
      read && dayOfMonth >= 0 ? Number(/^\s*(\d{1,2})(?:[.,]0)?\s*$/.exec(cells[dayOfMonth]!)?.[1] ?? 0) : 0;
    const whole = read && number > 0 ? readDay(read.date, number) : null;
    if (whole) return whole;
    if (read && (date >= 0 || number > 0)) note('day-unreadable', cells[date >= 0 ? date : dayOfMonth]!);
    return read;
  };

  /** Another moment of the row; what cannot be read to the day is noted and left out. */
  const other = (cells: readonly string[], column: number, read: typeof untilOf, unreadable: string): Moment | null => {
    const text = cells[column]!;
    if (isMissing(text) || /^nat\b/i.test(text)) return null;
    const moment = read(cells, null);
    if (moment !== null && moment.precision !== 'month') return moment;
    note(unreadable, text);
    return null;
  };

  const endOf = (cells: readonly string[], begin: Read): Moment | null => {
    if (dateUntil >= 0) {
      const until = other(cells, dateUntil, untilOf, 'until-unreadable');
      if (until === null || !isBefore(until, begin)) return until;
      note('until-before', cells[dateUntil]!);
      return null;
    }
    if (timeUntil < 0 || begin.precision === 'month' || isSilent('timeUntil')) return null;
    const text = cells[timeUntil]!;
    const clock = clocksOf.timeUntil(text);
    if (clock === null) note('hour-unreadable', text);
    if (clock === null || clock === 'none') return null;
    if (clock.note) note(clock.note, text);
    const { day, minute, offset } = begin.written;
    const isNext = minute !== null && clock.minute < minute;
    if (isNext) note('until-next-day', text);
    return toLocal(isNext ? dayAfter(day) : day, clock.minute, clock.offset ?? offset, text);
  };

  return (cells) => {
    const begin = occurredOf(cells, () => monthOf(cells));
    if (begin === null) return null;
    const until = endOf(cells, begin);
    const reported = reportedDate < 0 ? null : other(cells, reportedDate, reportedOf, 'reported-unreadable');
    if (reported && isBefore(reported, begin)) note('reported-before', cells[reportedDate]!);
    return {
      occurredOn: begin.day,
      minuteOfDay: begin.minute,
      datePrecision: begin.precision,
      untilOn: until?.day ?? null,
      untilMinute: until?.minute ?? null,
      reportedOn: reported?.day ?? null,
      reportedMinute: reported?.minute ?? null,
    };
  };
}

/** A cell as the column is read; numbers of seconds become a clock of UTC. */
function dateOf(text: string, { orders, epoch, serial = false, besideMonth = null }: DateReading): ReadDate | null {
  if (isMissing(text)) return null;
  const counted = serial ? serialMs(text.trim()) : null;
  if (counted !== null) {
    const { day, minute } = wallOf(Math.floor(counted / 60_000));
    return { date: day, precision: 'day', rest: minute === 0 ? '' : clockText(minute), offset: null, note: null };
  }
  const ms = epoch ? epochMs(text.trim()) : null;
  if (ms === null) return readDate(text, orders, besideMonth);
  const { day, minute } = wallOf(Math.floor(ms / 60_000));
  return { date: day, precision: 'day', rest: clockText(minute), offset: 0, note: null };
}

/** The hour of the day, of a clock that is put forward by `shift` minutes. */
const hourOf = ({ minute }: { readonly minute: number }, shift = 0): number =>
  Math.floor(((((minute + shift) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES) / 60);

function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** Certainly before: days alone, or two times of the same day. */
function isBefore(a: Moment, b: Moment): boolean {
  return a.day < b.day || (a.day === b.day && (a.minute ?? DAY_MINUTES) < (b.minute ?? 0));
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
