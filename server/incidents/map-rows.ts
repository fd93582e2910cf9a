// Rows of a file to checked incidents, rejects with their reason, and notes of everything that was assumed.

import type { Bounds } from '../access/contract.ts';
import type { DatePrecision, Incident, Note } from './contract.ts';
import { isMissing } from './missing.ts';
import { repairWords } from './mojibake.ts';
import type { Columns, Field, Preset } from './presets.ts';
import type { BrokenRow, Row } from './read-csv.ts';
import { type PointNote, readPoint } from './read-point.ts';
import { type DateOrder, type ReadDate, type ReadTime, readDate, readMonth, readTime } from './read-time.ts';
import { type Taxonomy, unconfirmedOf } from './taxonomy.ts';

/** A row that is not stored; never carries what a column about persons held. */
export type Reject = {
  readonly line: number;
  /** Name of the column, or null when the row as a whole is wrong. */
  readonly field: string | null;
  readonly value: string | null;
  readonly reason: 'no-month' | 'no-offence' | 'column-count' | BrokenRow['reason'];
  /** What the columns that are read held, by their names; empty when it is not certain which cell is whose. */
  readonly used: Readonly<Record<string, string>>;
};

export type Mapper = {
  /** Exactly one of an incident and a reject. */
  map(row: Row): Incident | Reject;
  /** So far; unknown offences one by one, the commonest first. */
  notes(): Note[];
};

const MAX_WORDS = 200;
const MAX_CACHED = 50_000;
const MAX_UNKNOWN_LISTED = 100;
/** A long number after a spreadsheet has rounded it: 9.01E+14 names a thousand records. */
const DESTROYED_KEY = /^\d(?:[.,]\d+)?E\+\d+$/i;

export type MapperOptions = {
  readonly columns: Columns;
  readonly preset: Preset;
  readonly taxonomy: Taxonomy;
  readonly dateOrder: DateOrder;
  /** Where points are expected, to recognise swapped axes. */
  readonly bounds: Bounds | null;
};

/** Maps the rows of a file whose columns were found. */
export function openMapper({ columns, preset, taxonomy, dateOrder, bounds }: MapperOptions): Mapper {
  const at = (field: Field): number => columns.fields[field]?.index ?? -1;
  const [key, date, time, year, month] = [at('key'), at('date'), at('time'), at('year'), at('month')];
  const [offence, lon, lat, place, closing] = [at('offence'), at('lon'), at('lat'), at('place'), at('closing')];
  const expected = bounds ?? preset.bounds;
  const counted = new Map<string, { count: number; example: string | null }>();
  const unknown = new Map<string, number>();

  const note = (code: string, example: string | null): void => {
    const known = counted.get(code);
    if (known) known.count++;
    else counted.set(code, { count: 1, example: example === null ? null : example.slice(0, MAX_WORDS) });
  };

  const dates = remembering((text): ReadDate | null => (isMissing(text) ? null : readDate(text, dateOrder)));
  const times = remembering((text): ReadTime | 'none' | null =>
    isMissing(text) || /^nat\b/i.test(text) ? 'none' : readTime(text),
  );
  const isLabel = (text: string): boolean => taxonomy.leafOf(preset.scheme, text).known;
  const labels = remembering((text) => {
    if (isMissing(text)) return null;
    const label = words(repairWords(text, isLabel));
    return { label, repaired: label !== words(text), ...taxonomy.leafOf(preset.scheme, label) };
  });
  /** The letter of a closing code that does not count, as `F` or `(F) Falsa`; null for one that counts or is not there. */
  const unconfirmed = remembering((text) => {
    const letter = /^\(?\s*([a-z])\b/i.exec(text.trim())?.[1]?.toUpperCase() ?? null;
    return letter === null || preset.closingCounts === null || preset.closingCounts.includes(letter) ? null : letter;
  });
  const places = remembering((text) => {
    if (isMissing(text)) return null;
    const place = words(repairWords(text));
    return { place, repaired: place !== words(text) };
  });

  const whenOf = (cells: readonly string[]): Pick<Incident, 'occurredOn' | 'minuteOfDay' | 'datePrecision'> | null => {
    const dateText = date < 0 ? '' : cells[date]!;
    let day = date < 0 ? null : dates(dateText);
    if (day === null && month >= 0) {
      day = readMonth(cells[month]!, year < 0 ? '' : cells[year]!);
      if (day && date >= 0) note('day-unreadable', dateText);
    }
    if (day === null) return null;
    if (day.note) note(day.note, dateText);
    let timeText = time < 0 ? '' : cells[time]!;
    let clock = times(timeText);
    // A file with a column for the hour writes midnight behind the date for want of better.
    if (clock === 'none' && day.rest !== '' && !(time >= 0 && /^0?0:00(?::00)?\b/.test(day.rest))) {
      timeText = day.rest;
      clock = times(timeText);
    }
    if (clock === null) note('hour-unreadable', timeText);
    else if (clock !== 'none' && clock.note) note(clock.note, timeText);
    const known = clock !== 'none' && clock !== null && day.precision === 'day' ? clock : null;
    const datePrecision: DatePrecision = known?.precision ?? day.precision;
    return { occurredOn: day.date, minuteOfDay: known?.minute ?? null, datePrecision };
  };

  const reject = (row: Row, field: Field | null, reason: Reject['reason']): Reject => {
    const column = field && columns.fields[field];
    const value = column ? (row.cells[column.index] ?? null) : String(row.cells.length);
    const used = reason === 'column-count' ? {} : usedCells(row.cells);
    return { line: row.line, field: column?.name ?? null, value: value?.slice(0, MAX_WORDS) ?? null, reason, used };
  };
  const inFileOrder = Object.values(columns.fields).sort((a, b) => a.index - b.index);
  const usedCells = (cells: readonly string[]) =>
    Object.fromEntries(inFileOrder.map(({ name, index }) => [name, (cells[index] ?? '').slice(0, MAX_WORDS)]));

  return {
    map(row) {
      const { cells, line } = row;
      if (cells.length !== columns.width) return reject(row, null, 'column-count');
      const when = whenOf(cells);
      if (when === null) return reject(row, columns.fields.date ? 'date' : 'month', 'no-month');
      const leaf = labels(cells[offence]!);
      if (leaf === null) return reject(row, 'offence', 'no-offence');
      if (leaf.repaired) note('mojibake', cells[offence]!);
      if (!leaf.known) unknown.set(leaf.label, (unknown.get(leaf.label) ?? 0) + 1);
      const point = lon < 0 || lat < 0 ? null : readPoint(cells[lon]!, cells[lat]!, expected);
      if (point?.note) note(point.note satisfies PointNote, `${cells[lon]}, ${cells[lat]}`);
      const where = place < 0 ? null : places(cells[place]!);
      if (where?.repaired) note('mojibake', cells[place]!);
      const closed = closing < 0 ? null : unconfirmed(cells[closing]!);
      if (closed !== null) note('call-unconfirmed', closed);
      let ownKey = key < 0 || isMissing(cells[key]!) ? null : cells[key]!.trim().slice(0, MAX_WORDS);
      if (ownKey !== null && DESTROYED_KEY.test(ownKey)) {
        note('key-destroyed', ownKey);
        ownKey = null;
      }
      return {
        line,
        key: ownKey,
        occurredOn: when.occurredOn,
        minuteOfDay: when.minuteOfDay,
        datePrecision: when.datePrecision,
        offence: closed === null ? leaf.code : unconfirmedOf(leaf.code),
        label: leaf.label,
        lon: point?.lon ?? null,
        lat: point?.lat ?? null,
        placeText: where?.place ?? null,
      };
    },
    notes() {
      const general = [...counted].map(([code, { count, example }]) => ({ code, count, example }));
      const offences = [...unknown].sort((a, b) => b[1] - a[1]);
      const listed = offences
        .slice(0, MAX_UNKNOWN_LISTED)
        .map(([label, count]) => ({ code: 'offence-unknown', count, example: label }));
      const others = offences.slice(MAX_UNKNOWN_LISTED).reduce((sum, [, count]) => sum + count, 0);
      return [
        ...general,
        ...listed,
        ...(others ? [{ code: 'offence-unknown-others', count: others, example: null }] : []),
      ];
    },
  };
}

function words(text: string): string {
  return text.trim().replace(/\s+/g, ' ').slice(0, MAX_WORDS);
}

/** Answers repeated cells from memory. Keys are copies: a cell is a view into the block it was read from. */
function remembering<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const own = Buffer.from(text).toString();
    const value = read(own);
    if (known.size >= MAX_CACHED) known.clear();
    known.set(own, value);
    return value;
  };
}
