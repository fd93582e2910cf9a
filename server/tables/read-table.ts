// Opens whatever data staff are handed, as tables of rows: a text file or GeoJSON (gzipped or not), a workbook, or a zip of
// them.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BadInput } from '../errors.ts';
import { withArchive, type ZipLimits } from '../files/unzip.ts';
import type { Note } from '../text/contract.ts';
import { type RowBatch, readCsvRows } from './read-csv.ts';
import { beginsAsJson, readGeojson } from './read-geojson.ts';
import { readWorkbook, type SheetChoice } from './read-xlsx.ts';
import { readSheetParts } from './workbook-parts.ts';

/** The rows of a text file or of one sheet. */
export type Table = {
  /** Rows in file order; blank lines are left out. */
  readonly batches: AsyncIterable<RowBatch>;
  /** Final when the batches are read. */
  readonly found: Found;
  readonly progress: () => { readonly bytesRead: number; readonly bytes: number };
  /** What was found of the file itself; final when the batches are read. */
  readonly notes?: () => Note[];
  /** Name in the archive; null where the file is the table. */
  readonly file: string | null;
  /** With the first table, whatever it is: the files of the archive that may hold data and are no table here. */
  readonly leftOut: readonly Note[];
};
type Opened = Omit<Table, 'leftOut'>;
export type Found = {
  readonly encoding: string;
  readonly legacyLines: number;
  readonly nulBytes: number;
  /** The last line of a text has no end. */
  readonly endsOpen?: boolean;
  /** Rows of a text that another line end than its own has ended. */
  readonly partedRows?: number;
  /** Null in a workbook. */
  readonly delimiter: string | null;
  /** The sheet that was taken and the names of all; null in a text file. */
  readonly sheet: { readonly name: string; readonly read: readonly string[]; readonly all: readonly string[] } | null;
};

export type TableOptions = SheetChoice & {
  /** A folder for what archives hold; the caller removes it. */
  readonly unpackTo: string;
};

/** What an archive of deliveries may hold; text of records packs well. */
const ARCHIVE: ZipLimits = { entries: 200, bytes: 2_000_000_000, ratio: 200 };
/** Held in memory by the library that reads it. */
const WORKBOOK: ZipLimits = { entries: 2000, bytes: 300_000_000, ratio: 200 };
const DATA_FILE = /\.(csv|tsv|txt|xlsx|geojson|geojsonl|geojsons|ndjson|jsonl)(\.gz)?$/i;
/** Beside a file of data this describes it, as a rule. */
const JSON_FILE = /\.json(\.gz)?$/i;
/** What may hold data, too, and is not opened inside an archive. */
const OTHER_DATA = /\.(json(\.gz)?|xls|ods|dbf|parquet|mdb|accdb|sav|dta|xml|kml|kmz|gml|gpkg|shp|zip|7z|rar)$/i;

/**
 * Tables in the order of their names, each to be read before the next. Throws BadInput('file') for what is none of
 * these, TooLarge for what inflates too far.
 */
export async function* openTables(path: string, options: TableOptions): AsyncGenerator<Table> {
  if ((await kindOf(path)) === 'text') {
    yield { ...(await textTable(path, null)), leftOut: [] };
    return;
  }
  const inside = await withArchive(path, async ({ paths }) => paths);
  if (inside.includes('xl/workbook.xml')) {
    yield { ...(await workbookTable(path, null, options)), leftOut: [] };
    return;
  }
  refuseOffice(inside);
  const names = inside.filter((each) => !each.startsWith('__MACOSX/') && !basename(each).startsWith('.')).sort();
  const data = names.filter((each) => DATA_FILE.test(each));
  const files = (data.length ? data : names.filter((each) => JSON_FILE.test(each))).map((each, i) => ({
    path: each,
    as: `${i}`,
  }));
  if (files.length === 0) throw new BadInput('file', 'the archive holds no CSV, TSV or XLSX file, nor GeoJSON');
  refuseTwice(files.map((each) => each.path));
  const left = names.filter((each) => OTHER_DATA.test(each) && !files.some(({ path }) => path === each));
  await withArchive(path, ({ extract }) => extract(files, options.unpackTo), ARCHIVE);
  const copies = await copiesIn(files, options.unpackTo);
  left.push(...copies);
  for (const { path: name, as } of files) {
    if (copies.includes(name)) continue;
    const unpacked = join(options.unpackTo, as);
    const isText = (await kindOf(unpacked)) === 'text';
    const table = await (isText
      ? textTable(unpacked, basename(name))
      : workbookTable(unpacked, basename(name), options));
    yield { ...table, leftOut: as === '0' ? notesOfLeftOut(left) : [] };
  }
}

/** Other documents are archives too, and to who hands them in they are a table. Throws BadInput('file'). */
function refuseOffice(paths: readonly string[]): void {
  const isOf = (path: string) => paths.includes(path);
  if (isOf('xl/workbook.bin')) throw new BadInput('file', 'a binary workbook of Excel (.xlsb): save it as .xlsx');
  if (isOf('word/document.xml') || isOf('ppt/presentation.xml'))
    throw new BadInput('file', 'a document of Word or PowerPoint: save its table as .xlsx or CSV');
  if (isOf('mimetype') && isOf('content.xml'))
    throw new BadInput('file', 'an OpenDocument file (.ods, .odt): save its table as .xlsx or CSV');
}

/** The same records as CSV and as GeoJSON would count twice. Throws BadInput('file'). */
function refuseTwice(paths: readonly string[]): void {
  const stem = (path: string) => path.replace(DATA_FILE, '').replace(JSON_FILE, '').toLowerCase();
  for (const path of paths) {
    const same = paths.filter((each) => stem(each) === stem(path));
    if (same.length < 2) continue;
    const named = same.map((each) => basename(each)).join(', ');
    throw new BadInput(
      'file',
      `the archive holds one table in several forms (${named}): save the one that is meant by itself`,
    );
  }
}

/** Files that are another over again to the last byte, as «a (1).csv» of «a.csv»: all but one of each. */
async function copiesIn(files: readonly { readonly path: string; readonly as: string }[], folder: string) {
  const sizes = await Promise.all(files.map(async ({ as }) => (await stat(join(folder, as))).size));
  const seen = new Set<string>();
  const copies: string[] = [];
  for (const [i, { path, as }] of files.entries()) {
    if (sizes.filter((size) => size === sizes[i]).length < 2) continue;
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(folder, as)), hash);
    const digest = hash.digest('hex');
    if (seen.has(digest)) copies.push(path);
    seen.add(digest);
  }
  return copies;
}

const notesOfLeftOut = (paths: readonly string[]): Note[] =>
  paths.length
    ? [
        {
          code: 'files-left-out',
          count: paths.length,
          example: paths
            .map((each) => basename(each))
            .join(', ')
            .slice(0, 200)
            .toWellFormed(),
        },
      ]
    : [];

async function textTable(path: string, file: string | null): Promise<Opened> {
  if (await beginsAsJson(path)) {
    const { batches, found, progress, notes } = await readGeojson(path);
    return { batches, found: Object.assign(found, { delimiter: null, sheet: null }), progress, notes, file };
  }
  const { batches, found, progress } = await readCsvRows(path);
  return { batches, found: Object.assign(found, { sheet: null }), progress, file };
}

async function workbookTable(path: string, file: string | null, options: TableOptions): Promise<Opened> {
  // The library inflates without limits, so what it will meet is measured first.
  await mkdir(options.unpackTo, { recursive: true });
  const folder = await mkdtemp(join(options.unpackTo, 'book-'));
  const parts = await withArchive(
    path,
    async ({ paths, extract }) => {
      const files = paths.map((each, i) => ({ path: each, as: `${i}` }));
      await extract(files, folder);
      return readSheetParts((part) => {
        const at = paths.indexOf(part);
        return at < 0 ? null : join(folder, `${at}`);
      });
    },
    WORKBOOK,
  );
  await rm(folder, { recursive: true });
  const { rows, begins, name, read, all, notes } = await readWorkbook(path, options, parts);
  const found = { encoding: 'utf-8', legacyLines: 0, nulBytes: 0, delimiter: null, sheet: { name, read, all } };
  async function* batches() {
    yield { rows, broken: [], begins };
  }
  return { batches: batches(), found, progress: () => ({ bytesRead: 1, bytes: 1 }), notes: () => notes, file };
}

/** By its first bytes. An OLE container is an old workbook, or a new one behind a password. */
async function kindOf(path: string): Promise<'text' | 'zip'> {
  const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new BadInput('file', `cannot be opened (${error.code ?? 'unknown'})`);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0).catch(() => {
      throw new BadInput('file', 'not a file');
    });
    const head = buffer.subarray(0, bytesRead).toString('hex');
    if (head === 'd0cf11e0a1b11ae1') {
      throw new BadInput('file', 'a workbook with a password, or of Excel 97–2003: save it as .xlsx without password');
    }
    return head.startsWith('504b0304') || head.startsWith('504b0506') ? 'zip' : 'text';
  } finally {
    await handle.close();
  }
}
