// Opens a file of incidents: finds its header and columns and streams checked incidents and rejects.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clocks, openClocks, openZone } from '../calendar/time-zone.ts';
import { BadInput } from '../errors.ts';
import type { Bounds } from '../geometry/contract.ts';
import type { IdRule } from '../tables/contract.ts';
import { cutNotes } from '../tables/cut-file.ts';
import { distinctNames } from '../tables/distinct-names.ts';
import type { Row, RowBatch } from '../tables/read-csv.ts';
import { openTables, type Table } from '../tables/read-table.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import type { DecimalMark, Note } from '../text/contract.ts';
import type { DateOrder, Incident } from './contract.ts';
import { watchFloatIds, watchOverlaps } from './id-rule.ts';
import { type Mapper, openMapper, openPlaceWords, type Reject } from './map-rows.ts';
import { withPointColumn } from './point-column.ts';
import { type Columns, checkMap, FIELDS, type Field, findColumns, presetOf, watchHeader } from './presets.ts';
import { casesIn, type QuantityWatch, watchQuantity } from './quantity.ts';
import { type DateReadings, PLAIN_READINGS, scanDates, watchDates } from './scan-dates.ts';
import { watchSupplements } from './supplements.ts';
import { checkNoZoneUnread, looksLikeDay, notesOfUnread } from './unread-columns.ts';
import { checkNoDateUnread, checkNoUtcBehindDates } from './unread-dates.ts';

/** Titles and blank lines may stand above the header. */
const HEADER_WITHIN_ROWS = 10;
/** A winter's and a summer's noon, as minutes since 1970. */
const SEASONS = ['2024-01-15', '2024-07-15'].map((day) => Date.parse(`${day}T12:00:00Z`) / 60_000);

export type IncidentFileOptions = {
  readonly preset: string;
  /** Column of the file → field, over what the preset finds. */
  readonly map: Readonly<Record<string, string>>;
  readonly bounds: Bounds | null;
  readonly taxonomy: Taxonomy;
  /** Where the incidents are, as an IANA zone; UTC unless said. */
  readonly timezone?: string;
  /** The order of day and month, and what times without an offset mean; null = as the preset and the file say. */
  readonly dateOrder?: DateOrder | null;
  readonly times?: string | null;
  /** The mark of decimals in coordinates and quantities; null = by what each number shows. */
  readonly numbers?: DecimalMark | null;
  /** The offence of every row; null = a column says it. */
  readonly offence?: string | null;
  /** Sheet of a workbook; null = the first with a header. */
  readonly sheet?: string | null;
  /** What tells records apart, where somebody said it. */
  readonly idRule?: IdRule | null;
  /** A folder for what archives hold; the caller removes it. */
  readonly unpackTo: string;
};

export type IncidentRows = {
  readonly incidents: Incident[];
  readonly rejects: Reject[];
  /** The file of an archive they stand in; null where the file is the table. */
  readonly file: string | null;
  /** Share of the file read, 0–1. */
  readonly fraction: number;
};

export type IncidentFile = {
  readonly rows: AsyncIterable<IncidentRows>;
  /** Complete when the rows are read. */
  readonly notes: () => Note[];
  /** The column each field is read from; empty before the first rows. */
  readonly columns: () => Readonly<Partial<Record<Field, string>>>;
};

type Reading = {
  readonly table: Table;
  opened: Opened | null;
  rows: number;
  lastIsShort: boolean;
  /** Once all its rows are read: a table that is done is not kept, an archive may hold many. */
  done: { readonly columns: Columns; readonly notes: readonly Note[] } | null;
};

type Opened = {
  readonly checkNoOtherHeader: ReturnType<typeof watchHeader>;
  readonly mapper: Mapper;
  readonly columns: Columns;
  readonly needsWholeFile: (rows: readonly Row[]) => boolean;
  readonly quantity: QuantityWatch;
  readonly supplements: ReturnType<typeof watchSupplements>;
  readonly unread: readonly Note[];
};

/**
 * Streams a file in constant memory (a workbook in that of its sheets): every row is an incident or a reject. Throws
 * BadInput naming `file`, `sheet`, `preset` or `map` when the file cannot be read that way.
 */
export function openIncidentFile(path: string, options: IncidentFileOptions): IncidentFile {
  const preset = presetOf(options.preset);
  const clocks = openClocks(options.timezone ?? 'UTC', options.times ?? null);
  const dateOrder = options.dateOrder ?? preset.dateOrder;
  const numbers = options.numbers ?? null;
  const ofOneOffence = Boolean(options.offence);
  const tablesIn = (unpackTo: string) =>
    openTables(path, {
      unpackTo,
      sheet: options.sheet ?? null,
      together: true,
      hasHeader: (rows) => rows.some((cells) => 'columns' in findColumns(cells, preset, options.map, ofOneOffence)),
    });
  /** What the whole file shows of its dates; null while nothing of it was needed. */
  let readings: DateReadings | null = null;
  /** Whether all ids of the file are decimals; read of all of it only where the first rows say so. */
  let floatIds = false;
  const read: Reading[] = [];
  const leftOut: Note[] = [];
  const aside: { readonly file: string; readonly refusal: BadInput }[] = [];
  const overlaps = watchOverlaps(options.idRule ?? null);
  const places = openPlaceWords();
  /** Cases beyond the first of their rows. */
  let several = 0;

  const openWith = (columns: Columns, header: readonly string[], data: readonly Row[]): Opened => ({
    checkNoOtherHeader: watchHeader(header),
    mapper: openMapper({ ...options, columns, preset, clocks, readings: readings ?? PLAIN_READINGS, floatIds, places }),
    columns,
    needsWholeFile: watchDates(columns, clocks, dateOrder).needsWholeFile,
    quantity: watchQuantity(header, columns, options.map, numbers),
    supplements: watchSupplements(header, options.map),
    unread: notesOfUnread(header, columns, data, options.map),
  });

  /** Leaves a table out that only describes the others of its archive. */
  const setAside = (reading: Reading, refusal: BadInput): void => {
    read.splice(read.indexOf(reading), 1);
    aside.push({ file: reading.table.file!, refusal });
  };

  async function* rowsOf(table: Table): AsyncGenerator<IncidentRows> {
    const reading: Reading = { table, opened: null, rows: 0, lastIsShort: false, done: null };
    read.push(reading);
    let overlap = overlaps.open(table.file ?? table.found.sheet?.name ?? '');
    const early: Row[] = [];
    for await (const batch of table.batches) {
      const incidents: Incident[] = [];
      const rejects: Reject[] = batch.broken.map(({ line, reason }) => ({
        ...{ line, reason, field: null, value: null, used: {} },
      }));
      let data = batch.rows;
      if (reading.opened === null) {
        early.push(...data);
        const found = headerOf(table, early, options, preset);
        if (found instanceof BadInput) {
          setAside(reading, found);
          return;
        }
        if (found === null) continue;
        const { header } = found;
        data = early.splice(0).slice(found.row + 1);
        checkNoDateUnread(header, found.columns, data, options.map, preset.code === 'generic');
        if (!options.times) {
          checkNoZoneUnread(header, found.columns, data, options.map);
          checkNoUtcBehindDates(found.columns, data, clocks.local);
        }
        const first = watchFloatIds();
        first.look(found.columns, data);
        if (read.length === 1 && first.areAll()) {
          const ids = watchFloatIds();
          const apart = join(options.unpackTo, 'ids');
          await mkdir(apart, { recursive: true });
          await scanTables(tablesIn(apart), preset, options, (columns) => (rows) => ids.look(columns, rows));
          floatIds = ids.areAll();
        }
        reading.opened = openWith(withPointColumn(found.columns, header, data, options.map), header, data);
      }
      if (readings === null && reading.opened.needsWholeFile(data)) {
        const apart = join(options.unpackTo, 'dates');
        await mkdir(apart, { recursive: true });
        readings = await readingsOf(tablesIn(apart), { preset, options, clocks, dateOrder });
        reading.opened.mapper.readDatesAs(readings);
      }
      reading.opened.quantity.look(data);
      reading.opened.supplements.look(data);
      reading.rows += data.length;
      reading.lastIsShort = isShort(batch, reading.opened.columns.width);
      const quantityAt = reading.opened.columns.fields.quantity?.index;
      for (const row of data) {
        const sheet = batch.begins?.get(row);
        if (sheet !== undefined) {
          overlap.check();
          overlap = overlaps.open(table.file === null ? sheet : `${table.file} · ${sheet}`);
        }
        const mapped = reading.opened.mapper.map(row);
        if ('reason' in mapped) {
          reading.opened.checkNoOtherHeader(row);
          rejects.push(mapped);
        } else {
          const cases = quantityAt === undefined ? 1 : (casesIn(row.cells[quantityAt]!, numbers) ?? 1);
          several += cases - 1;
          for (let each = 0; each < cases; each++) incidents.push(mapped);
          if (table.file !== null || batch.begins?.size) overlap.look(mapped);
        }
      }
      const { bytesRead, bytes } = table.progress();
      yield { incidents, rejects, file: table.file, fraction: bytes ? bytesRead / bytes : 1 };
    }
    overlap.check();
    if (reading.opened !== null) {
      reading.done = { columns: reading.opened.columns, notes: tableNotes(reading) };
      reading.opened = null;
      return;
    }
    const refusal = noHeader(early, options, preset);
    if (!isBeside(table, early)) throw refusal;
    setAside(reading, refusal);
  }

  async function* rows(): AsyncGenerator<IncidentRows> {
    for await (const table of tablesIn(options.unpackTo)) {
      leftOut.push(...table.leftOut);
      yield* rowsOf(table);
    }
    if (read.length === 0 && aside[0]) throw aside[0].refusal;
  }

  return {
    rows: rows(),
    notes: () => [
      ...(readings?.notes ?? []),
      ...zoneNotes(preset.zone, options.timezone ?? null),
      ...(several ? [{ code: 'rows-of-several', count: several, example: null }] : []),
      ...merged([
        ...read.flatMap((reading) => reading.done?.notes ?? tableNotes(reading)),
        ...leftOut,
        ...aside.map(({ file }) => ({ code: 'files-left-out', count: 1, example: file })),
      ]),
    ],
    columns: () =>
      Object.fromEntries(
        FIELDS.flatMap((field) => {
          const column = (read[0]?.done ?? read[0]?.opened)?.columns.fields[field];
          return column ? [[field, column.name]] : [];
        }),
      ),
  };
}

type Scanning = {
  readonly preset: PresetOf;
  readonly options: IncidentFileOptions;
  readonly clocks: Clocks;
  readonly dateOrder: DateOrder | null;
};

/** Reads the dates of all tables of a file. Throws DateDoubt when they stay open. */
async function readingsOf(
  tables: AsyncIterable<Table>,
  { preset, options, clocks, dateOrder }: Scanning,
): Promise<DateReadings> {
  const scan = scanDates(clocks);
  await scanTables(tables, preset, options, scan.open);
  return scan.decide(dateOrder);
}

/** Hands all rows of all tables of a file to what `open` makes of the columns of each. */
async function scanTables(
  tables: AsyncIterable<Table>,
  preset: PresetOf,
  options: IncidentFileOptions,
  open: (columns: Columns) => (rows: readonly Row[]) => void,
): Promise<void> {
  for await (const table of tables) {
    const early: Row[] = [];
    let add: ReturnType<typeof open> | null = null;
    for await (const { rows } of table.batches) {
      if (add) add(rows);
      else {
        early.push(...rows);
        const found = headerOf(table, early, options, preset);
        if (found instanceof BadInput) break;
        if (found === null) continue;
        add = open(found.columns);
        add(early.splice(0).slice(found.row + 1));
      }
    }
  }
}

/** Whether the last line of a batch lacks cells or the end of its quotes. */
function isShort({ rows, broken }: RowBatch, width: number): boolean {
  const [row, other] = [rows.at(-1), broken.at(-1)];
  if (other && (!row || other.line > row.line)) return other.reason === 'unclosed-quote';
  return row !== undefined && row.cells.length < width;
}

function tableNotes({ table: { file, found, notes }, opened, rows, lastIsShort }: Reading): Note[] {
  const left = found.sheet?.all.filter((name) => !found.sheet?.read.includes(name)) ?? [];
  const together = found.sheet && found.sheet.read.length > 1 ? found.sheet.read : [];
  return [
    ...(file === null ? [] : [{ code: 'file-in-archive', count: 1, example: file }]),
    ...(together.length
      ? [{ code: 'sheets-together', count: together.length, example: together.join(', ').slice(0, 200) }]
      : []),
    ...(left.length ? [{ code: 'sheets-left-out', count: left.length, example: left.join(', ').slice(0, 200) }] : []),
    ...fileNotes(found, opened?.columns),
    ...(notes?.() ?? []),
    ...(opened?.unread ?? []),
    ...(opened?.quantity.notes() ?? []),
    ...(opened?.supplements.notes() ?? []),
    ...cutNotes(rows, lastIsShort && found.endsOpen === true),
    ...(opened?.mapper.notes() ?? []),
  ];
}

/** A layout of another place: its hours stay as they are written. */
function zoneNotes(zone: string | null, timezone: string | null): Note[] {
  if (zone === null || timezone === null) return [];
  const [there, here] = [openZone(zone), openZone(timezone)];
  const alike = SEASONS.every((minute) => there.toWall(minute) === here.toWall(minute));
  return alike ? [] : [{ code: 'zone-of-layout', count: 1, example: `${zone} ≠ ${timezone}` }];
}

/** Notes of several files as of one; those that list by example stay apart. */
function merged(notes: readonly Note[]): Note[] {
  const listed = new Set(['offence-unknown', 'file-in-archive', 'files-left-out']);
  const known = new Map<string, Note>();
  for (const note of notes) {
    const key = listed.has(note.code) ? `${note.code} ${note.example}` : note.code;
    const before = known.get(key);
    known.set(key, before ? { ...before, count: before.count + note.count } : note);
  }
  return [...known.values()];
}

type PresetOf = ReturnType<typeof presetOf>;

/** The first row that has the columns; null while more rows may come. Throws BadInput('map') when none of the first has. */
function findHeader(
  early: readonly Row[],
  options: IncidentFileOptions,
  preset: PresetOf,
): { columns: Columns; header: readonly string[]; row: number } | null {
  for (const [index, row] of early.slice(0, HEADER_WITHIN_ROWS).entries()) {
    const header = distinctNames(row.cells);
    const found = findColumns(header, preset, options.map, Boolean(options.offence));
    if (!('columns' in found)) continue;
    checkMap(options.map, header);
    return { columns: found.columns, header, row: index };
  }
  if (early.length < HEADER_WITHIN_ROWS) return null;
  throw noHeader(early, options, preset);
}

/** As `findHeader`; what it would throw of a table that only describes the others of its archive. */
function headerOf(table: Table, early: readonly Row[], options: IncidentFileOptions, preset: PresetOf) {
  try {
    return findHeader(early, options, preset);
  } catch (error) {
    if (error instanceof BadInput && isBeside(table, early)) return error;
    throw error;
  }
}

const ROWS_OF_DATA = 200;
const SHARE_OF_DATA = 0.5;

/** A file of an archive whose rows hold neither days nor numbers: a text to read, or a list of what the columns mean. */
function isBeside({ file }: Table, rows: readonly Row[]): boolean {
  if (file === null) return false;
  const looked = rows.slice(1, ROWS_OF_DATA);
  const isData = (cell: string) => /^[+-]?\d+(?:[.,]\d+)?$/.test(cell.trim()) || looksLikeDay(cell, '');
  return looked.filter(({ cells }) => cells.some(isData)).length <= looked.length * SHARE_OF_DATA;
}

function noHeader(early: readonly Row[], options: IncidentFileOptions, preset: PresetOf): BadInput {
  if (!early[0]) return new BadInput('file', 'the file is empty');
  const header = distinctNames(early[0].cells);
  checkMap(options.map, header);
  const found = findColumns(header, preset, options.map, Boolean(options.offence));
  const missing = 'missing' in found ? found.missing : [];
  const hint = missing.join() === 'offence' ? '; where every row is the same offence, say --offence LABEL' : '';
  return new BadInput(
    'map',
    `no column for ${missing.join(', ')} with preset ${preset.code}; the columns are: ${header.join(', ').slice(0, 1000)}${hint}`,
  );
}

function fileNotes(
  found: { encoding: string; legacyLines: number; nulBytes: number; partedRows?: number },
  columns: Columns | undefined,
): Note[] {
  const notes: Note[] = [];
  if (found.encoding !== 'utf-8') notes.push({ code: 'encoding', count: found.legacyLines, example: found.encoding });
  if (found.nulBytes) notes.push({ code: 'nul-bytes', count: found.nulBytes, example: null });
  if (found.partedRows) notes.push({ code: 'line-ends-mixed', count: found.partedRows, example: null });
  if (columns?.personal.length) {
    notes.push({
      code: 'personal-columns',
      count: columns.personal.length,
      example: columns.personal.join(', ').slice(0, 200),
    });
  }
  return notes;
}
