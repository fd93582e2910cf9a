// What a workbook says of its sheets beside the cells: which are hidden, which cells are merged into one, and which hold an
// error or a formula that was never calculated.

import { readFile, stat } from 'node:fs/promises';
import type { Note } from '../text/contract.ts';

/** Rows and columns from 0, both ends included. */
export type Merged = {
  readonly top: number;
  readonly bottom: number;
  readonly column: number;
};
export type SheetParts = {
  readonly hidden: boolean;
  readonly merged: readonly Merged[];
  /** Cells that hold an error, and formulas without a value: both read as empty. */
  readonly notes: readonly Note[];
};

/** A larger sheet is not looked through a second time. */
const MOST_BYTES = 150_000_000;
const WORKBOOK = 'xl/workbook.xml';
const RELATIONS = 'xl/_rels/workbook.xml.rels';

/** A sign that ends elements may stand in the name of a sheet. */
const ELEMENT = (name: string) => new RegExp(`<(?:\\w+:)?${name}\\b((?:"[^"]*"|'[^']*'|[^>"'])*)>`, 'g');
const ERROR = /<(?:\w+:)?c\b([^>]*?\bt="e"[^>]*)>/g;
const NEVER_CALCULATED = /<(?:\w+:)?c\b([^>]*)><(?:\w+:)?f\b(?:[^>]*\/>|[^>]*>[^<]*<\/(?:\w+:)?f>)<\/(?:\w+:)?c>/g;

/** By the names of the sheets; `pathOf` answers where a part of the archive was unpacked to. */
export async function readSheetParts(
  pathOf: (part: string) => string | null,
): Promise<ReadonlyMap<string, SheetParts>> {
  const text = async (part: string) => {
    const path = pathOf(part);
    if (path === null || (await stat(path)).size > MOST_BYTES) return '';
    return readFile(path, 'utf8');
  };
  const targets = new Map(
    elements(await text(RELATIONS), 'Relationship').map((relation) => [relation('Id'), relation('Target') ?? '']),
  );
  const found = new Map<string, SheetParts>();
  for (const sheet of elements(await text(WORKBOOK), 'sheet')) {
    const name = sheet('name');
    const target = targets.get(sheet('id'));
    if (name === undefined || target === undefined) continue;
    const cells = await text(target.startsWith('/') ? target.slice(1) : `xl/${target}`);
    found.set(unescaped(name), {
      hidden: /hidden/i.test(sheet('state') ?? ''),
      merged: elements(cells, 'mergeCell').flatMap((merged) => mergedOf(merged('ref') ?? '') ?? []),
      notes: [
        ...noteOf('cells-in-error', [...cells.matchAll(ERROR)]),
        ...noteOf('formulas-uncalculated', [...cells.matchAll(NEVER_CALCULATED)]),
      ],
    });
  }
  return found;
}

type Attributes = (name: string) => string | undefined;

function elements(text: string, name: string): Attributes[] {
  return [...text.matchAll(ELEMENT(name))].map(([, attributes]) => attributesOf(attributes!));
}

const attributesOf =
  (text: string): Attributes =>
  (name) =>
    new RegExp(`(?:^|[\\s:])${name}\\s*=\\s*(["'])(.*?)\\1`, 's').exec(text)?.[2];

function noteOf(code: string, cells: readonly RegExpMatchArray[]): Note[] {
  const [first] = cells;
  return first ? [{ code, count: cells.length, example: attributesOf(first[1]!)('r') ?? null }] : [];
}

/** A1:B7; null for one that does not reach over rows. */
function mergedOf(range: string): Merged | null {
  const [, from = '', top, bottom] = /^\$?([A-Z]{1,3})\$?(\d+):\$?[A-Z]{1,3}\$?(\d+)$/.exec(range) ?? [];
  if (from === '' || top === bottom) return null;
  return { top: Number(top) - 1, bottom: Number(bottom) - 1, column: columnOf(from) };
}

const LETTERS = 26;
const columnOf = (letters: string): number =>
  [...letters].reduce((column, letter) => column * LETTERS + letter.charCodeAt(0) - 64, 0) - 1;

const LAST_SIGN = 0x10ffff;
const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
/** As XML says it, once: what was written twice over is so named in the workbook. */
const unescaped = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (all, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return ENTITIES.get(name) ?? all;
    const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
    return code <= LAST_SIGN ? String.fromCodePoint(code) : all;
  });
