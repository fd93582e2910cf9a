// Rows of a file to checked incidents, rejects with their reason, and notes of everything that was assumed.

import { createHash } from 'node:crypto';
import { textOf } from '../calendar/days.ts';
import type { Clocks } from '../calendar/time-zone.ts';
import type { Bounds } from '../geometry/contract.ts';
import type { BrokenRow, Row } from '../tables/read-csv.ts';
import { type Taxonomy, unconfirmedOf } from '../taxonomy/taxonomy.ts';
import type { DecimalMark, Note } from '../text/contract.ts';
import { decodeEntities } from '../text/entities.ts';
import { fold } from '../text/fold.ts';
import { isMissing } from '../text/missing.ts';
import { repairWords } from '../text/mojibake.ts';
import type { Incident } from './contract.ts';
import { withoutFraction } from './id-rule.ts';
import { remembering } from './memoize.ts';
import type { Columns, Field, Preset } from './presets.ts';
import { casesIn } from './quantity.ts';
import { openMoments } from './read-moments.ts';
import { openPlaceReader } from './read-place.ts';
import { openPoints } from './read-point.ts';
import { type DateReadings, PLAIN_READINGS } from './scan-dates.ts';
import { watchPiles, watchStrays } from './stray-points.ts';
import { isSupplement } from './supplements.ts';

/** A row that is not stored; never carries what a column about persons held. */
export type Reject = {
  readonly line: number;
  /** Name of the column, or null when the row as a whole is wrong. */
  readonly field: string | null;
  readonly value: string | null;
  readonly reason: 'no-month' | 'no-offence' | 'no-quantity' | 'supplement' | 'column-count' | BrokenRow['reason'];
  /** What the columns that are read held, by their names; empty when it is not certain which cell is whose. */
  readonly used: Readonly<Record<string, string>>;
};

export type Mapper = {
  /** Exactly one of an incident and a reject. */
  map(row: Row): Incident | Reject;
  /** From the next row on. */
  readDatesAs(readings: DateReadings): void;
  /** So far; unknown offences one by one, the commonest first. */
  notes(): Note[];
};

const MAX_WORDS = 200;
const MARK_LENGTH = 8;
const MAX_UNKNOWN_LISTED = 100;
/** A country has so many street names, and a file of it names them month after month. */
const MOST_PLACES = 300_000;
/** A row that adds up the others is none of them. */
const TOTAL = /^(?:gran\s+|grand\s+|sub\s*-?)?total(?:es)?(?:\s+general)?\s*:?$/;
/** What programs write where no day is known: where their calendars begin. */
const NO_DAYS = new Set(['1900-01-01', '1899-12-30', '1899-12-31', '1901-01-01', '1970-01-01', '1969-12-31']);
/** Nothing that is seen: two labels that differ by it are one. */
const UNSEEN = /[\u00ad\u200b-\u200d\u2060\ufeff]/g;
/** Most texts are as they should be, and this tells it of them in one pass. */
const UNTIDY = new RegExp(`${UNSEEN.source}|\\s\\s|[^\\S ]|^\\s|\\s$`);
/** Spreadsheets keep no more. */
const MOST_DIGITS = 15;
/** A long number as they write it. Rounded, as 9.01E+14, it names a thousand records; whole, it is one. */
const KEY_IN_POWERS = /^(\d)(?:[.,](\d+))?E\+(\d+)$/i;

export type MapperOptions = {
  readonly columns: Columns;
  readonly preset: Preset;
  readonly taxonomy: Taxonomy;
  /** How the columns of dates are read until told otherwise; plainly unless said. */
  readonly readings?: DateReadings;
  readonly clocks: Clocks;
  /** The mark of decimals in coordinates and quantities; null or unsaid = by what each number shows. */
  readonly numbers?: DecimalMark | null;
  /** The offence of every row; null or unsaid = its column says it. */
  readonly offence?: string | null;
  /** The zone of the city, which tells where points are expected while there are no bounds; UTC, which tells nothing, unless said. */
  readonly timezone?: string;
  /** Where points are expected, to recognise swapped axes. */
  readonly bounds: Bounds | null;
  /** Every id of the file is a whole number with `.0`; not unless said. */
  readonly floatIds?: boolean;
  /** The words of places that other tables of the file share; its own unless said. */
  readonly places?: ReturnType<typeof openPlaceWords>;
  /** Hears of every note as it is taken; a feed tells of them record by record. */
  readonly onNote?: (code: string) => void;
};

/** Reads the words of places; those that come again, from memory, in all tables of a file. */
export const openPlaceWords = () =>
  remembering((written) => {
    const text = decodeEntities(written);
    if (isMissing(text)) return null;
    const meant = repairWords(text);
    const place = words(meant);
    return { place, decoded: text !== written, repaired: meant !== text && place !== words(text) };
  }, MOST_PLACES);

/** Maps the rows of a file whose columns were found. */
export function openMapper(options: MapperOptions): Mapper {
  const { columns, preset, taxonomy, clocks, bounds, readings = PLAIN_READINGS, onNote } = options;
  const { numbers = null, offence: constant = null, places = openPlaceWords() } = options;
  const at = (field: Field): number => columns.fields[field]?.index ?? -1;
  const [offence, closing, quantity] = [at('offence'), at('closing'), at('quantity')];
  const { supplement } = columns.fields;
  /** Somewhere it is tomorrow already. */
  const latest = textOf(Math.floor(Date.now() / 86_400_000) + 1);
  const counted = new Map<string, { count: number; example: string | null }>();
  const unknown = new Map<string, number>();

  const note = (code: string, example: string | null): void => {
    onNote?.(code);
    const known = counted.get(code);
    if (known) known.count++;
    else counted.set(code, { count: 1, example: example === null ? null : cut(example) });
  };

  const isLabel = (text: string): boolean => taxonomy.leafOf(preset.scheme, text).known;
  const labels = remembering((written) => {
    const text = decodeEntities(written);
    if (isMissing(text) || TOTAL.test(fold(text).trim())) return null;
    const meant = repairWords(text, isLabel);
    const label = shortened(whole(meant));
    return {
      label,
      decoded: text !== written,
      repaired: meant !== text && label !== shortened(whole(text)),
      ...taxonomy.leafOf(preset.scheme, label),
    };
  });
  /** The letter of a closing code that does not count, as `F` or `(F) Falsa`; null for one that counts or is not there. */
  const unconfirmed = remembering((text) => {
    const letter = /^\(?\s*([a-z])\b/i.exec(text.trim())?.[1]?.toUpperCase() ?? null;
    return letter === null || preset.closingCounts === null || preset.closingCounts.includes(letter) ? null : letter;
  });
  const readPlace = openPlaceReader(at, (text) => {
    const read = places(text);
    if (read?.repaired) note('mojibake', text);
    if (read?.decoded) note('html-entities', text);
    return read?.place ?? null;
  });

  const expected = bounds ?? preset.bounds;
  const pointOf = openPoints(columns, expected, note, numbers);
  const strays = expected === null ? watchStrays(options.timezone ?? 'UTC') : null;
  const piles = watchPiles();
  const offenceOf = (cells: readonly string[]): string => constant ?? (offence < 0 ? '' : cells[offence]!);
  const keyOf = openKeys(columns, options.floatIds ?? false, note);
  let whenOf = openMoments(columns, { readings, clocks }, note);

  const reject = (row: Row, field: Field | null, reason: Reject['reason']): Reject => {
    const column = field && columns.fields[field];
    const value = column ? (row.cells[column.index] ?? null) : String(row.cells.length);
    const used = reason === 'column-count' ? {} : usedCells(row.cells);
    return { line: row.line, field: column?.name ?? null, value: value === null ? null : cut(value), reason, used };
  };
  const inFileOrder = Object.values(columns.fields).sort((a, b) => a.index - b.index);
  const usedCells = (cells: readonly string[]) =>
    Object.fromEntries(inFileOrder.map(({ name, index }) => [name, cut(cells[index] ?? '')]));

  return {
    readDatesAs(decided) {
      whenOf = openMoments(columns, { readings: decided, clocks }, note);
    },
    map(row) {
      const { cells, line } = row;
      if (cells.length !== columns.width) return reject(row, null, 'column-count');
      const when = whenOf(cells);
      if (when === null) return reject(row, columns.fields.date ? 'date' : 'month', 'no-month');
      if (when.occurredOn > latest) note('date-to-come', when.occurredOn);
      else if (NO_DAYS.has(when.occurredOn)) note('date-placeholder', when.occurredOn);
      const label = offenceOf(cells);
      const leaf = labels(label);
      if (leaf === null) return reject(row, 'offence', 'no-offence');
      if (leaf.repaired) note('mojibake', label);
      if (leaf.decoded) note('html-entities', label);
      if (!leaf.known) unknown.set(leaf.label, (unknown.get(leaf.label) ?? 0) + 1);
      if (supplement && isSupplement(supplement.name, cells[supplement.index]!)) {
        return reject(row, 'supplement', 'supplement');
      }
      if (quantity >= 0 && (row.filled?.has(quantity) || casesIn(cells[quantity]!, numbers) === null))
        return reject(row, 'quantity', 'no-quantity');
      const point = pointOf(cells);
      if (point !== null && point.lon !== null && point.lat !== null) {
        strays?.add(point.lon, point.lat);
        piles.add(point.lon, point.lat);
      }
      const closed = closing < 0 ? null : unconfirmed(cells[closing]!);
      if (closed !== null) note('call-unconfirmed', closed);
      const { placeText, placeParts } = readPlace(cells, point !== null && point.lon !== null);
      // Field by field: spreading other objects into one takes several times as long, for each row.
      return {
        line,
        key: keyOf(cells),
        occurredOn: when.occurredOn,
        minuteOfDay: when.minuteOfDay,
        datePrecision: when.datePrecision,
        untilOn: when.untilOn,
        untilMinute: when.untilMinute,
        reportedOn: when.reportedOn,
        reportedMinute: when.reportedMinute,
        offence: closed === null ? leaf.code : unconfirmedOf(leaf.code),
        label: leaf.label,
        lon: point?.lon ?? null,
        lat: point?.lat ?? null,
        placeText,
        placeParts,
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
        ...(strays?.notes() ?? []),
        ...piles.notes(),
        ...listed,
        ...(others ? [{ code: 'offence-unknown-others', count: others, example: null }] : []),
      ];
    },
  };
}

/** The id of a row with what belongs to it; null where it has none, or none that a spreadsheet left whole. */
function openKeys(
  { fields, keyWith = [] }: Columns,
  areFloats: boolean,
  note: (code: string, example: string) => void,
) {
  const at = fields.key?.index ?? -1;
  return (cells: readonly string[]): string | null => {
    let own = at < 0 ? '' : cells[at]!;
    if (isMissing(own)) return null;
    const powers = KEY_IN_POWERS.exec(own.trim());
    if (powers) {
      const [, first = '', others = '', power = ''] = powers;
      const isWhole =
        Number(power) < MOST_DIGITS &&
        others.replace(/0+$/, '').length <= Number(power) &&
        others.length >= Number(power);
      if (!isWhole) {
        note('key-destroyed', own);
        return null;
      }
      note('key-float', own);
      own = `${first}${others.slice(0, Number(power))}`;
    }
    if (areFloats) {
      note('key-float', own);
      own = withoutFraction(own);
    }
    if (keyWith.length === 0) return shortened(own.trim());
    return shortened([own, ...keyWith.map((index) => cells[index]!)].map((part) => part.trim()).join(' '));
  };
}

const whole = (text: string): string =>
  UNTIDY.test(text) ? text.replaceAll(UNSEEN, '').trim().replace(/\s+/g, ' ') : text;
const words = (text: string): string => cut(whole(text));

/** As much as is kept of a label or an id; two that only differ behind it stay two. */
function shortened(text: string): string {
  if (text.length <= MAX_WORDS) return text.toWellFormed();
  const mark = createHash('sha256').update(text).digest('hex').slice(0, MARK_LENGTH);
  return `${cut(text.slice(0, MAX_WORDS - MARK_LENGTH - 2))}… ${mark}`;
}

/** Where the cut leaves half a character, the database would take neither it nor what it stands in. */
function cut(text: string): string {
  return text.slice(0, MAX_WORDS).toWellFormed();
}
