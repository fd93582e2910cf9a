// Records as a dispatch system sends them to checked incidents, by the same rules as the rows of a file. Each is read on
// its own, whatever is sent beside it: what a column would show of its dates must have been said of the feed.

import { openClocks } from '../calendar/time-zone.ts';
import type { Bounds } from '../geometry/contract.ts';
import type { DateOrder, Incident } from '../reading/contract.ts';
import { PLAIN_READING } from '../reading/date-evidence.ts';
import { type Mapper, openMapper } from '../reading/map-rows.ts';
import { type Columns, presetOf } from '../reading/presets.ts';
import { inOrder, numbersOf, type Orders } from '../reading/read-time.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import { feedRecord } from './contract.ts';

export type ReadRecord =
  | { readonly incident: Incident & { readonly key: string }; readonly notes: readonly string[] }
  | { readonly id: string | null; readonly reason: string };

/** The cells of a record, in order. */
const CELLS = [
  ['key', 'id'],
  ['date', 'date'],
  ['time', 'time'],
  ['dateUntil', 'dateUntil'],
  ['timeUntil', 'timeUntil'],
  ['reportedDate', 'reportedDate'],
  ['reportedTime', 'reportedTime'],
  ['offence', 'offence'],
  ['lon', 'lon'],
  ['lat', 'lat'],
  ['place', 'place'],
  ['street', 'street'],
  ['crossing', 'crossing'],
  ['neighbourhood', 'neighbourhood'],
  ['borough', 'borough'],
  ['closing', 'closing'],
] as const;
const COLUMNS: Columns = {
  width: CELLS.length,
  fields: Object.fromEntries(CELLS.map(([field, name], index) => [field, { index, name }])),
  personal: [],
};
const DATES = ['date', 'dateUntil', 'reportedDate'] as const;
/** Seconds or milliseconds of the years since 2001, which are nothing else. */
const EPOCH = /^(\d{10}|\d{13})$/;

export type FeedReading = {
  readonly preset: string;
  readonly bounds: Bounds | null;
  readonly taxonomy: Taxonomy;
  /** IANA zone of the place. */
  readonly timezone: string;
  /** What was said of the feed; null = nothing. */
  readonly dateOrder: DateOrder | null;
  readonly times: string | null;
};

/** One result for each record, in order. */
export function readRecords(records: readonly unknown[], options: FeedReading): ReadRecord[] {
  const preset = presetOf(options.preset);
  const stated = options.dateOrder ?? preset.dateOrder;
  const clocks = openClocks(options.timezone, options.times);
  const mappers = new Map<string, Mapper>();
  let notes: string[] = [];
  const onNote = (code: string) => void notes.push(code);
  const mapperFor = (texts: readonly string[], yearLast: Orders['yearLast']): Mapper => {
    const epochs = texts.map((text) => EPOCH.test(text));
    const key = `${yearLast} ${epochs}`;
    const known = mappers.get(key);
    if (known) return known;
    const orders: Orders = { yearFirst: stated === 'ydm' ? 'ydm' : 'ymd', yearLast };
    const dates = Object.fromEntries(DATES.map((field, i) => [field, { ...PLAIN_READING, orders, epoch: epochs[i]! }]));
    const readings = { dates, withoutHour: [], clocks: {}, notes: [] };
    const mapper = openMapper({ ...options, columns: COLUMNS, preset, clocks, readings, onNote });
    mappers.set(key, mapper);
    return mapper;
  };
  return records.map((record, index): ReadRecord => {
    const parsed = feedRecord.safeParse(record);
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      return { id: idOf(record), reason: `${String(issue.path[0] ?? 'record')}: ${issue.message}` };
    }
    const given = parsed.data;
    notes = [];
    const texts = DATES.map((field) => String(given[field] ?? '').trim());
    const order = stated === null ? orderOf(texts) : stated === 'ydm' ? null : stated;
    if (order === 'unknown') return { id: given.id, reason: 'date-order-unknown' };
    const cells = CELLS.map(([, name]) => String(given[name] ?? ''));
    const mapped = mapperFor(texts, order).map({ line: index + 1, cells });
    if ('reason' in mapped) return { id: given.id, reason: mapped.reason };
    if (mapped.key === null) return { id: given.id, reason: 'no-id' };
    if (notes.includes('day-unreadable')) return { id: given.id, reason: 'date: no such day' };
    const hasPoint = isGiven(given.lon) || isGiven(given.lat);
    if (hasPoint && mapped.lon === null && !notes.some((code) => code.startsWith('coordinates-'))) {
      notes.push('coordinates-unreadable');
    }
    return { incident: { ...mapped, key: mapped.key }, notes };
  });
}

const isGiven = (cell: string | number | null | undefined) => cell !== null && cell !== undefined && cell !== '';

/** So that the sender knows which one it was, where the id itself is sound. */
function idOf(record: unknown): string | null {
  const id = feedRecord.shape.id.safeParse((record as { id?: unknown } | null)?.id);
  return id.success ? id.data : null;
}

/** The one order all dates of a record can stand in, where they do not show two days. */
function orderOf(texts: readonly string[]): 'dmy' | 'mdy' | 'unknown' {
  let [dayFirst, monthFirst, differ] = [true, true, false];
  for (const text of texts) {
    const numbers = numbersOf(text);
    if (!numbers || numbers.form === 'year-first') continue;
    if (numbers.form === 'short-year') return 'unknown';
    const [dmy, mdy] = [inOrder(numbers, 'dmy'), inOrder(numbers, 'mdy')];
    dayFirst &&= dmy !== null;
    monthFirst &&= mdy !== null;
    differ ||= numbers.numbers[0] !== numbers.numbers[1];
  }
  if (dayFirst && monthFirst && differ) return 'unknown';
  return dayFirst ? 'dmy' : monthFirst ? 'mdy' : 'unknown';
}
