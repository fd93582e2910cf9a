// Reads a table of monthly totals, of any size, and keeps the lines of the areas a jurisdiction wants.

import { BadInput, TooLarge } from '../errors.ts';
import type { Row } from '../tables/read-csv.ts';
import { openTables, type Table } from '../tables/read-table.ts';
import type { RejectedRow } from '../tables/reject-file.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import type { Note } from '../text/contract.ts';
import { slug } from '../text/fold.ts';
import type { FoundArea, MonthlyLook } from './contract.ts';
import { type KeepRequest, openKeeping } from './keep.ts';
import { findLayout, type MonthlyLayout } from './layout.ts';
import { type MonthlyTotal, openTotals } from './map-rows.ts';
import { type Filled, monthInName, monthText, unpublishedFrom } from './published.ts';

const HEADER_WITHIN_ROWS = 10;
/** Kept in memory to be compared; a whole state over eleven years, at most. */
export const MOST_KEPT = 250_000;
const MAX_UNKNOWN_LISTED = 100;

export type MonthlyFileOptions = {
  readonly keep: KeepRequest;
  /** What its owner calls the file. */
  readonly fileName: string;
  readonly sheet: string | null;
  readonly unpackTo: string;
  readonly taxonomy: Taxonomy;
  readonly onReject: (reject: RejectedRow) => void;
  readonly onProgress: (fraction: number) => void;
};
export type MonthlyFile = Pick<MonthlyLook, 'level' | 'kind'> & {
  readonly read: number;
  readonly rejected: number;
  readonly leftOut: number;
  readonly totals: readonly MonthlyTotal[];
  readonly areas: readonly FoundArea[];
  readonly kept: readonly string[];
  readonly candidates: readonly FoundArea[];
  readonly notes: readonly Note[];
};

type Shares = { readonly own: Map<string, MonthlyTotal>; readonly state: Map<string, MonthlyTotal> };

/**
 * Streams the file; only the kept lines stay in memory. Throws BadInput naming `file`, `sheet` or `areas`, TooLarge when
 * more lines would be kept than fit.
 */
export async function readMonthlyFile(path: string, options: MonthlyFileOptions): Promise<MonthlyFile> {
  const { keep, fileName, sheet, unpackTo, taxonomy, onReject, onProgress } = options;
  const hasHeader = (rows: readonly (readonly string[])[]) => rows.some((cells) => findLayout(cells) !== null);
  const filled: Filled = new Map();
  const shares: Shares = { own: new Map(), state: new Map() };
  const notes: Note[] = [];
  let first: Pick<MonthlyLook, 'level' | 'kind'> | null = null;
  let keeping: ReturnType<typeof openKeeping> | null = null;
  let named = monthInName(fileName);
  let overfull = false;
  const others: string[] = [];
  let unread: BadInput | null = null;
  const count = { read: 0, rejected: 0, leftOut: 0 };
  const unknown = new Map<string, number>();

  for await (const table of openTables(path, { unpackTo, sheet, hasHeader })) {
    let lines: { readonly layout: MonthlyLayout; readonly of: ReturnType<typeof openTotals> } | null = null;
    const early: Row[] = [];
    notes.push(...table.leftOut);
    named ??= monthInName(table.file);
    for await (const batch of table.batches) {
      let rows = batch.rows;
      if (lines === null) {
        early.push(...rows);
        const header = early.findIndex(({ cells }) => findLayout(cells) !== null);
        if (header < 0 && early.length < HEADER_WITHIN_ROWS) continue;
        const layout = header < 0 || header >= HEADER_WITHIN_ROWS ? null : findLayout(early[header]!.cells);
        if (!layout) break; // a dictionary, a note
        first ??= { level: layout.level, kind: layout.kind };
        if (layout.level !== first.level || layout.kind !== first.kind) {
          throw new BadInput('file', 'the archive holds tables of different kinds: import them one by one');
        }
        keeping ??= openKeeping(keep, layout.level);
        lines = { layout, of: openTotals(layout, taxonomy) };
        rows = early.slice(header + 1);
      }
      const { layout, of } = lines;
      const reject = (row: RejectedRow) => {
        count.rejected++;
        onReject(row);
      };
      for (const { line, reason } of batch.broken) reject({ line, field: null, value: null, reason, used: {} });
      count.read += rows.length + batch.broken.length;
      for (const row of rows) {
        const area = of.areaOf(row);
        if ('reason' in area) {
          reject(area);
          continue;
        }
        note(filled, row, layout);
        const share = keeping!.meet(area);
        if (share === null) {
          count.leftOut++;
          continue;
        }
        const total = of.totalOf(row, area);
        if ('reason' in total) reject(total);
        else if (!take(shares[share], total)) reject(of.repeated(row));
        if (shares[share].size > MOST_KEPT) {
          if (share === 'own') throw tooMany();
          overfull = true;
          shares.state.clear();
        }
      }
      const { bytesRead, bytes } = table.progress();
      onProgress(bytes ? bytesRead / bytes : 1);
    }
    if (lines === null) {
      unread ??= early.length ? noTable(early) : new BadInput('file', 'the file is empty');
      others.push(table.file ?? '');
      continue;
    }
    for (const [words, times] of lines.of.unknown()) unknown.set(words, (unknown.get(words) ?? 0) + times);
    notes.push(...tableNotes(table));
  }
  if (!first || !keeping) throw unread ?? new BadInput('file', 'the file is empty');
  if (others.length)
    notes.push({ code: 'files-left-out', count: others.length, example: others.join(', ').slice(0, 200) });

  const kept = keeping.kept();
  const share = kept.length > 0 && shares.own.size > 0 ? 'own' : 'state';
  if (share === 'state' && kept.length > 0 && overfull) throw tooMany();
  const wanted = new Set(kept);
  const all = [...shares.own.values(), ...shares.state.values()];
  const taken = all.filter(({ area }) => wanted.has(area));
  const cut = cutUnpublished(taken, filled, named);
  return {
    ...first,
    ...count,
    leftOut: count.read - count.rejected - taken.length,
    totals: cut.totals,
    areas: keeping.found(),
    kept,
    candidates: keeping.candidates(),
    notes: [...notes, ...cut.notes, ...unknownNotes(unknown)],
  };
}

/** Whether a line is the first of its area, year and category. */
function take(totals: Map<string, MonthlyTotal>, total: MonthlyTotal): boolean {
  const key = totalKey(total);
  if (totals.has(key)) return false;
  totals.set(key, total);
  return true;
}

/** Equal for what is the same total, however its words are written. */
export function totalKey({ area, year, category, sex, age }: Omit<MonthlyTotal, 'offence' | 'counts'>): string {
  return `${area} ${year} ${slugged(category)} ${slugged(sex)} ${slugged(age)}`;
}
const slugs = new Map<string, string>();
function slugged(text: string): string {
  if (text === '') return '';
  let known = slugs.get(text);
  if (known === undefined) {
    if (slugs.size > 20_000) slugs.clear();
    known = slug(text);
    slugs.set(text, known);
  }
  return known;
}

function note(filled: Filled, { cells }: Row, { at, months }: MonthlyLayout): void {
  const year = Number(cells[at.year]);
  if (!Number.isInteger(year)) return;
  let known = filled.get(year);
  if (!known) {
    known = new Array<boolean>(12).fill(false);
    filled.set(year, known);
  }
  for (let month = 0; month < 12; month++) {
    if (!known[month] && /[1-9]/.test(cells[months[month]!]!)) known[month] = true;
  }
}

/** Takes what stands for months that were not published for what it is: nothing. */
function cutUnpublished(totals: readonly MonthlyTotal[], filled: Filled, named: string | null) {
  const { from, contradicted } = unpublishedFrom(filled, named);
  const notes: Note[] = contradicted ? [{ code: 'months-after-name', count: 1, example: named }] : [];
  if (from === null) return { totals, notes };
  let zeros = 0;
  const cut = totals.map((total): MonthlyTotal => {
    const unpublished = (month: number) => monthText(total.year, month) >= from;
    if (!unpublished(11)) return total;
    zeros += total.counts.filter((each, month) => each !== null && unpublished(month)).length;
    return { ...total, counts: total.counts.map((each, month) => (unpublished(month) ? null : each)) };
  });
  if (zeros) notes.push({ code: 'months-unpublished', count: zeros, example: from });
  return { totals: cut, notes };
}

function tableNotes({ file, found }: Table): Note[] {
  const others = found.sheet?.all.filter((name) => name !== found.sheet?.name) ?? [];
  return [
    ...(file === null ? [] : [{ code: 'file-in-archive', count: 1, example: file }]),
    ...(found.encoding === 'utf-8' ? [] : [{ code: 'encoding', count: found.legacyLines, example: found.encoding }]),
    ...(others.length
      ? [{ code: 'sheets-left-out', count: others.length, example: others.join(', ').slice(0, 200) }]
      : []),
  ];
}

function unknownNotes(unknown: ReadonlyMap<string, number>): Note[] {
  const listed = [...unknown].sort((a, b) => b[1] - a[1]).slice(0, MAX_UNKNOWN_LISTED);
  return listed.map(([example, count]) => ({ code: 'category-unknown', count, example }));
}

function noTable(early: readonly Row[]): BadInput {
  const columns = early[0]?.cells.join(', ').slice(0, 1000) ?? '';
  return new BadInput(
    'map',
    `not a table of monthly totals (Año, Clave_Ent, …, Enero … Diciembre); it has: ${columns}`,
  );
}

const tooMany = () => new TooLarge(`more than ${MOST_KEPT} lines to keep: choose fewer areas`);
