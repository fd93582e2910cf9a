// Lines of a table of monthly totals to checked totals, or rejects with their reason.

import type { Row } from '../tables/read-csv.ts';
import type { RejectedRow } from '../tables/reject-file.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import { isMissing } from '../text/missing.ts';
import { repairWords } from '../text/mojibake.ts';
import { openCategories } from './categories.ts';
import type { MonthlyColumn, MonthlyLayout } from './layout.ts';

/** A year of one category in one area; `counts` from January to December, null = not published. */
export type MonthlyTotal = {
  readonly area: string;
  readonly year: number;
  /** The source's own words, `Tipo / Subtipo / Modalidad`. */
  readonly category: string;
  readonly sex: string;
  readonly age: string;
  readonly offence: string;
  readonly counts: readonly (number | null)[];
};
export type LineArea = { readonly code: string; readonly name: string; readonly state: string };

const MAX_WORDS = 200;
const MAX_CACHED = 50_000;
const MOST_A_MONTH = 10_000_000;
const EARLIEST_YEAR = 1990;
const LATEST_YEAR = 2100;

/** Reads lines of one layout. The area comes first: most lines of a national table are about others. */
export function openTotals(layout: MonthlyLayout, taxonomy: Taxonomy) {
  const { at, names } = layout;
  const nodeOf = openCategories(taxonomy);
  const unknown = new Map<string, number>();
  const words = remembering((text) => repairWords(text).trim().replace(/\s+/g, ' ').slice(0, MAX_WORDS));
  const cell = ({ cells }: Row, column: MonthlyColumn) => (at[column] < 0 ? '' : cells[at[column]]!);

  const reject = (row: Row, index: number | null, reason: string): RejectedRow => ({
    line: row.line,
    field: index === null ? null : names[index]!,
    value: (index === null ? String(row.cells.length) : row.cells[index]!).slice(0, MAX_WORDS),
    reason,
    used:
      reason === 'column-count'
        ? {}
        : Object.fromEntries(names.map((name, i) => [name, (row.cells[i] ?? '').slice(0, MAX_WORDS)])),
  });

  return {
    areaOf(row: Row): LineArea | RejectedRow {
      if (row.cells.length !== layout.width) return reject(row, null, 'column-count');
      const state = padded(cell(row, 'state'), 2);
      if (state === null) return reject(row, at.state, 'area-unreadable');
      const stateName = words(cell(row, 'stateName'));
      if (layout.level === 'state') return { code: state, name: stateName || state, state: stateName || state };
      const code = municipalityOf(state, cell(row, 'area'));
      if (code === null) return reject(row, at.area, 'area-unreadable');
      return { code, name: words(cell(row, 'areaName')) || code, state: stateName || state };
    },
    totalOf(row: Row, { code }: LineArea): MonthlyTotal | RejectedRow {
      const year = wholeNumber(cell(row, 'year'), LATEST_YEAR);
      if (year === null || year < EARLIEST_YEAR) return reject(row, at.year, 'year-unreadable');
      if (isMissing(cell(row, 'type'))) return reject(row, at.type, 'no-offence');
      const counts: (number | null)[] = [];
      for (const index of layout.months) {
        const text = row.cells[index]!;
        const count = isMissing(text.trim()) ? null : wholeNumber(text, MOST_A_MONTH);
        if (count === null && !isMissing(text.trim())) return reject(row, index, 'count-unreadable');
        counts.push(count);
      }
      const named = (['interest', 'type', 'subtype', 'modality'] as const).map((column) => words(cell(row, column)));
      const category = named
        .slice(1)
        .filter(Boolean)
        .join(' / ')
        .slice(0, 3 * MAX_WORDS);
      const { offence, known } = nodeOf(named as [string, string, string, string]);
      if (!known) unknown.set(category, (unknown.get(category) ?? 0) + 1);
      return {
        area: code,
        year,
        category,
        sex: words(cell(row, 'sex')),
        age: words(cell(row, 'age')),
        offence,
        counts,
      };
    },
    /** Categories met that the tree does not know, with how many lines each has. */
    unknown: (): ReadonlyMap<string, number> => unknown,
    repeated: (row: Row) => reject(row, at.type, 'row-repeated'),
  };
}

/** `1001` is `01001`; a code of the municipality alone goes behind its state's. */
function municipalityOf(state: string, text: string): string | null {
  const digits = wholeNumber(text, 99_999);
  if (digits === null || digits === 0) return null;
  const code = digits < 1000 ? state + String(digits).padStart(3, '0') : String(digits).padStart(5, '0');
  return code.startsWith(state) ? code : null;
}

function padded(text: string, digits: number): string | null {
  const number = wholeNumber(text, 10 ** digits - 1);
  return number === null || number === 0 ? null : String(number).padStart(digits, '0');
}

/** `1,204`, `12.0` and ` 7 ` are whole numbers too. */
function wholeNumber(text: string, most: number): number | null {
  const match = /^(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.0+)?$/.exec(text.trim());
  const number = match ? Number(match[1]!.replaceAll(',', '')) : null;
  return number !== null && number <= most ? number : null;
}

function remembering(read: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= MAX_CACHED) known.clear();
    const own = Buffer.from(text).toString(); // a cell is a view into the block it was read from
    const value = read(own);
    known.set(own, value);
    return value;
  };
}
