// Records as a dispatch system sends them to checked incidents, by the same rules as the rows of a file.

import type { Bounds } from '../access/contract.ts';
import type { Incident } from '../incidents/contract.ts';
import { openMapper } from '../incidents/map-rows.ts';
import { type Columns, presetOf } from '../incidents/presets.ts';
import type { Taxonomy } from '../incidents/taxonomy.ts';
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

/** One result for each record, in order. */
export function readRecords(
  records: readonly unknown[],
  { preset: code, bounds, taxonomy }: { preset: string; bounds: Bounds | null; taxonomy: Taxonomy },
): ReadRecord[] {
  const preset = presetOf(code);
  let notes: string[] = [];
  const onNote = (code: string) => void notes.push(code);
  const dateOrder = preset.dateOrder ?? 'dmy';
  const mapper = openMapper({ columns: COLUMNS, preset, taxonomy, bounds, dateOrder, onNote });
  return records.map((record, index): ReadRecord => {
    const parsed = feedRecord.safeParse(record);
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      return { id: idOf(record), reason: `${String(issue.path[0] ?? 'record')}: ${issue.message}` };
    }
    const given = parsed.data;
    notes = [];
    const mapped = mapper.map({ line: index + 1, cells: CELLS.map(([, name]) => String(given[name] ?? '')) });
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
