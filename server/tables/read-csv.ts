// A CSV file as a stream of batches of rows with their line numbers, in constant memory however the file is made.

import Papa from 'papaparse';
import { BadInput } from '../errors.ts';
import { withoutGuard } from '../text/contract.ts';
import { decodeFile } from './decode.ts';

const DELIMITERS = [',', ';', '\t', '|'];
/** A longer record is not data but an unclosed quote or garbage; memory never holds more than a few of these. */
const MAX_RECORD_CHARS = 256 * 1024;
const MAX_CELL_CHARS = 32 * 1024;
/** Each broken record costs another parse of the block: past this many, or past a tenth of the rows, it is no CSV file. */
const MAX_BROKEN = 5_000;
const FEW_BROKEN = 100;

export type Row = {
  readonly line: number;
  readonly cells: readonly string[];
  /** Cells that only repeat the one they are merged with: a number there was counted already. */
  readonly filled?: ReadonlySet<number>;
};
/** A record the parser could not make a row of. */
export type BrokenRow = {
  readonly line: number;
  readonly reason: 'unclosed-quote' | 'record-too-long' | 'cell-too-long' | 'no-record';
};
export type RowBatch = {
  readonly rows: readonly Row[];
  readonly broken: readonly BrokenRow[];
  /** Where a workbook's sheets are read as one: the first row of each, and its name. */
  readonly begins?: ReadonlyMap<Row, string>;
};

export type CsvRows = {
  /** Rows in file order; blank lines are left out, the header is the first row. */
  readonly batches: AsyncIterable<RowBatch>;
  /** Final when the batches are read. */
  readonly found: {
    encoding: string;
    legacyLines: number;
    nulBytes: number;
    delimiter: string;
    /** The last line has no end, as where a download broke off; or its writer leaves it out. */
    endsOpen: boolean;
    /** Rows that end in a carriage return alone, among others with line feeds. */
    partedRows: number;
  };
  readonly progress: () => { readonly bytesRead: number; readonly bytes: number };
};

/**
 * Reads a CSV file, gzipped or not: encoding, delimiter (, ; tab |) and line ends are found, quoted line breaks counted.
 * Throws BadInput('file') for what is not a text file.
 */
export async function readCsvRows(path: string): Promise<CsvRows> {
  const text = await decodeFile(path);
  const found = Object.assign(text.found, { delimiter: ',', endsOpen: false, partedRows: 0 });
  return { batches: parse(text.pieces, found), found, progress: text.progress };
}

type Parsed = { data: string[][]; errors: { type: string; row: number }[]; meta: { cursor: number } };
type Pending = { text: string; line: number /** Cells of the last row; null before any. */; width: number | null };

async function* parse(
  pieces: AsyncIterable<string>,
  found: Pick<CsvRows['found'], 'delimiter' | 'endsOpen' | 'partedRows'>,
): AsyncGenerator<RowBatch> {
  let parser: Papa.Parser | null = null;
  let newline: '\n' | '\r' = '\n';
  let brokenRows = 0;
  let goodRows = 0;
  // While a line without end is being skipped, nothing of it is kept.
  let skipping = false;
  const pending: Pending = { text: '', line: 1, width: null };

  const start = (): Papa.Parser => {
    newline = pending.text.includes('\n') || !pending.text.includes('\r') ? '\n' : '\r';
    const guess = Papa.parse(pending.text, { preview: 50, delimitersToGuess: DELIMITERS, skipEmptyLines: true });
    found.delimiter = DELIMITERS.includes(guess.meta.delimiter) ? guess.meta.delimiter : ',';
    return new Papa.Parser({ delimiter: found.delimiter, newline });
  };

  /** Gives up the first physical line of what is pending and goes on behind it. */
  const dropLine = (): void => {
    const end = pending.text.indexOf(newline);
    skipping = end < 0;
    pending.text = end < 0 ? '' : pending.text.slice(end + 1);
    if (end >= 0) pending.line++;
  };

  const giveUpLine = (broken: BrokenRow[], reason: BrokenRow['reason']): void => {
    brokenRows++;
    if (brokenRows > MAX_BROKEN || (brokenRows > FEW_BROKEN && brokenRows * 10 > goodRows)) {
      throw new BadInput('file', 'not a CSV file: its quotes do not match or its lines do not end');
    }
    broken.push({ line: pending.line, reason });
    dropLine();
  };

  const take = (last: boolean): RowBatch => {
    const rows: Row[] = [];
    const broken: BrokenRow[] = [];
    while (pending.text !== '') {
      if (skipping) {
        dropLine();
        continue;
      }
      parser ??= start();
      const before = rows.length;
      const onParted = (count: number): void => {
        found.partedRows += count;
      };
      const bad = takeRows(parser.parse(pending.text, 0, !last), pending, { newline, rows, broken, onParted });
      goodRows += rows.length - before;
      if (bad) {
        giveUpLine(broken, 'unclosed-quote');
      } else if (!last && pending.text.length > MAX_RECORD_CHARS) {
        giveUpLine(broken, pending.text.includes(newline) ? 'unclosed-quote' : 'record-too-long');
      } else break;
    }
    return { rows, broken };
  };

  for await (const piece of pieces) {
    pending.text = pending.text === '' ? piece : pending.text + piece;
    // The first rows show the delimiter and the line end; wait for enough of them.
    if (parser === null && pending.text.length < 4096) continue;
    const batch = take(false);
    if (batch.rows.length || batch.broken.length) yield batch;
  }
  found.endsOpen = pending.text !== '' && !/[\r\n]$/.test(pending.text);
  const batch = take(true);
  if (batch.rows.length || batch.broken.length) yield batch;
}

/**
 * Moves the good rows over and leaves in `pending` what was not parsed. A record whose quotes are wrong and which runs
 * over several lines has swallowed its neighbours: stops before it and answers true.
 */
function takeRows(parsed: Parsed, pending: Pending, into: Taking): boolean {
  const { newline, rows, broken, onParted } = into;
  const suspect = new Set(parsed.errors.filter((error) => error.type === 'Quotes').map((error) => error.row));
  const firstLine = pending.line;
  // Only quotes hold a line break within a cell, and what a spreadsheet is told.
  const hasQuotes = pending.text.includes('"');
  for (const [index, cells] of parsed.data.entries()) {
    const breaks = hasQuotes ? lineBreaks(cells, newline) : 0;
    if (suspect.has(index) && breaks > 0) {
      pending.text = fromLine(pending.text, pending.line - firstLine, newline);
      return true;
    }
    const end = cells.length - 1;
    let longest = 0;
    for (let at = 0; at <= end; at++) {
      const cell = cells[at]!;
      const plain = withoutFormula(withoutGuard(cell));
      if (plain !== cell) cells[at] = plain;
      longest = Math.max(longest, plain.length);
    }
    if (cells[end]!.endsWith('\r')) cells[end] = cells[end]!.slice(0, -1);
    if (longest > MAX_CELL_CHARS && cells.some((cell) => cell.length > MAX_CELL_CHARS))
      broken.push({ line: pending.line, reason: 'cell-too-long' });
    else if (end > 0 || cells[0]!.trim() !== '') {
      const parted = partedRows(cells, pending.width ?? parsed.data[index + 1]?.length ?? null);
      if (parted) onParted(parted.length - 1);
      for (const each of parted ?? [cells]) rows.push({ line: pending.line, cells: each });
      pending.width = rows.at(-1)!.cells.length;
    }
    pending.line += breaks + 1;
  }
  pending.text = pending.text.slice(parsed.meta.cursor);
  return false;
}

/** ="007" is what a spreadsheet is told so that it leaves the noughts: 007. */
function withoutFormula(cell: string): string {
  if (!cell.startsWith('="') || !cell.endsWith('"')) return cell;
  const text = cell.slice(2, -1);
  return text.includes('"') ? cell : text;
}

type Taking = {
  readonly newline: string;
  readonly rows: Row[];
  readonly broken: BrokenRow[];
  readonly onParted: (rows: number) => void;
};

/** The rows that a carriage return alone parts, where each is as wide as the rows beside it; null for one row. */
function partedRows(cells: readonly string[], width: number | null): string[][] | null {
  if (cells.length === width || !cells.some((cell) => cell.includes('\r'))) return null;
  const rows: string[][] = [[]];
  for (const cell of cells) {
    const [first = '', ...others] = cell.split('\r');
    rows.at(-1)!.push(first);
    for (const other of others) rows.push([other]);
  }
  const wide = rows[0]!.length;
  if (rows.length < (width === null ? 3 : 2) || wide < 2 || (width !== null && wide !== width)) return null;
  return rows.every((row) => row.length === wide) ? rows : null;
}

function lineBreaks(cells: readonly string[], newline: string): number {
  let breaks = 0;
  for (const cell of cells) {
    for (let at = cell.indexOf(newline); at >= 0; at = cell.indexOf(newline, at + 1)) breaks++;
  }
  return breaks;
}

function fromLine(text: string, lines: number, newline: string): string {
  let at = 0;
  for (let line = 0; line < lines; line++) at = text.indexOf(newline, at) + 1;
  return text.slice(at);
}
