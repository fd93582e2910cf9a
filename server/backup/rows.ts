// The rows of one table as COPY text, in short statements by primary key, cut into pieces of about 2 MB.

import pg from 'pg';
import { copyOut } from '../db/copy.ts';
import type { StoredTable } from './catalogue.ts';

const PIECE_BYTES = 2 * 1024 * 1024;
const FIRST_ROWS = 200;
const MOST_ROWS = 20_000;
const MOST_GROWTH = 8;
const NEWLINE = 0x0a;

/**
 * Pieces of whole lines, in the order of the key. `use` lends a connection for one statement; the last line read says
 * where the next begins. `only` = rows of these jurisdictions alone, where the table is of jurisdictions; `entries` = of the
 * audit as many as its head counted, whatever was added since.
 */
export async function* tableRows(
  use: <T>(work: (client: pg.PoolClient) => Promise<T>) => Promise<T>,
  schema: string,
  table: StoredTable,
  only: readonly number[] | null,
  entries: string | null = null,
): AsyncGenerator<Buffer> {
  let limit = FIRST_ROWS;
  let after: string[] | null = null;
  for (;;) {
    const statement = copyStatement(schema, table, only, entries, after, limit);
    const pieces = await use((client) => wholeLines(copyOut(client, statement)));
    yield* pieces;
    const rows = pieces.reduce((sum, piece) => sum + countLines(piece), 0);
    if (table.key.length === 0 || rows < limit) return;
    after = keyOf(table, pieces.at(-1)!);
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const wanted = Math.round((limit * PIECE_BYTES) / bytes);
    limit = Math.max(1, Math.min(wanted, limit * MOST_GROWTH, MOST_ROWS));
  }
}

/** Rows in COPY text: a line break within a value is written as `\n`. */
export function countLines(text: Buffer): number {
  let lines = 0;
  for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}

function copyStatement(
  schema: string,
  { name, columns, key }: StoredTable,
  only: readonly number[] | null,
  entries: string | null,
  after: readonly string[] | null,
  limit: number,
): string {
  const id = pg.escapeIdentifier;
  const typeOf = (column: string) => columns.find((each) => each.name === column)?.type;
  const conditions = [
    ...(only && typeOf('jurisdiction_id') ? [`jurisdiction_id = any('{${only.map(Number).join(',')}}')`] : []),
    ...(entries !== null && name === 'audit_entry' ? [`entry <= ${Number(entries)}`] : []),
    ...(after
      ? [
          `(${key.map(id).join(', ')}) > (${after.map((value, i) => `${pg.escapeLiteral(value)}::${typeOf(key[i]!)}`).join(', ')})`,
        ]
      : []),
  ];
  const where = conditions.length ? `where ${conditions.join(' and ')}` : '';
  const inOrder = key.length ? `order by ${key.map(id).join(', ')} limit ${limit}` : '';
  const list = columns.map((column) => id(column.name)).join(', ');
  return `copy (select ${list} from ${id(schema)}.${id(name)} ${where} ${inOrder}) to stdout`;
}

async function wholeLines(chunks: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  let held: Buffer[] = [];
  let length = 0;
  const cut = (text: Buffer) => {
    const end = text.lastIndexOf(NEWLINE) + 1;
    if (end) pieces.push(text.subarray(0, end));
    held = end < text.length ? [text.subarray(end)] : [];
    length = text.length - end;
  };
  for await (const chunk of chunks) {
    held.push(chunk);
    length += chunk.length;
    if (length >= PIECE_BYTES) cut(Buffer.concat(held));
  }
  if (length) cut(Buffer.concat(held));
  return pieces;
}

/** The values of the primary key in the last line. */
function keyOf({ columns, key }: StoredTable, piece: Buffer): string[] {
  const begin = piece.lastIndexOf(NEWLINE, piece.length - 2) + 1;
  const fields = piece.toString('utf8', begin, piece.length - 1).split('\t');
  return key.map((name) => unescaped(fields[columns.findIndex((column) => column.name === name)]!));
}

const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function unescaped(field: string): string {
  return field.replace(/\\(.)/gs, (_all, letter: string) => ESCAPED[letter] ?? letter);
}
