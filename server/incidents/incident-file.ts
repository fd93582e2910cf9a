// Opens a file of incidents: finds its header and columns and streams checked incidents and rejects.

import type { Bounds } from '../access/contract.ts';
import { BadInput } from '../errors.ts';
import type { Incident, Note } from './contract.ts';
import { type Mapper, openMapper, type Reject } from './map-rows.ts';
import { type Columns, checkMap, FIELDS, type Field, findColumns, presetOf } from './presets.ts';
import { type Row, readRows } from './read-csv.ts';
import { dateOrderOf } from './read-time.ts';
import type { Taxonomy } from './taxonomy.ts';

/** Titles and blank lines may stand above the header. */
const HEADER_WITHIN_ROWS = 10;

export type IncidentFileOptions = {
  readonly preset: string;
  /** Column of the file → field, over what the preset finds. */
  readonly map: Readonly<Record<string, string>>;
  readonly bounds: Bounds | null;
  readonly taxonomy: Taxonomy;
};

export type IncidentRows = {
  readonly incidents: Incident[];
  readonly rejects: Reject[];
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

/**
 * Streams a file in constant memory: every row is an incident or a reject. Throws BadInput naming `file`, `preset` or
 * `map` when the file cannot be read that way.
 */
export async function openIncidentFile(path: string, options: IncidentFileOptions): Promise<IncidentFile> {
  const preset = presetOf(options.preset);
  const csv = await readRows(path);
  let opened: { mapper: Mapper; columns: Columns; monthFirst: boolean } | null = null;

  const openWith = (columns: Columns, first: readonly Row[]) => {
    const date = columns.fields.date?.index;
    const shown = date === undefined ? 'dmy' : dateOrderOf(first.map((row) => row.cells[date] ?? ''));
    const dateOrder = preset.dateOrder ?? shown;
    const { taxonomy, bounds } = options;
    return {
      mapper: openMapper({ columns, preset, taxonomy, dateOrder, bounds }),
      columns,
      monthFirst: preset.dateOrder === null && shown === 'mdy',
    };
  };

  async function* rows(): AsyncGenerator<IncidentRows> {
    const early: Row[] = [];
    for await (const batch of csv.batches) {
      const incidents: Incident[] = [];
      const rejects: Reject[] = batch.broken.map(({ line, reason }) => ({ line, field: null, value: null, reason }));
      let data = batch.rows;
      if (opened === null) {
        early.push(...data);
        const found = findHeader(early, options, preset);
        if (found === null) continue;
        data = early.splice(0).slice(found.row + 1);
        opened = openWith(found.columns, data);
      }
      for (const row of data) {
        const mapped = opened.mapper.map(row);
        if ('reason' in mapped) rejects.push(mapped);
        else incidents.push(mapped);
      }
      const { bytesRead, bytes } = csv.progress();
      yield { incidents, rejects, fraction: bytes ? bytesRead / bytes : 1 };
    }
    if (opened === null) throw noHeader(early, options, preset);
  }

  return {
    rows: rows(),
    notes: () => [
      ...fileNotes(csv.found, opened?.columns),
      ...(opened?.monthFirst
        ? [{ code: 'dates-month-first', count: 1, example: opened.columns.fields.date?.name ?? null }]
        : []),
      ...(opened?.mapper.notes() ?? []),
    ],
    columns: () =>
      Object.fromEntries(
        FIELDS.flatMap((field) => {
          const column = opened?.columns.fields[field];
          return column ? [[field, column.name]] : [];
        }),
      ),
  };
}

type PresetOf = ReturnType<typeof presetOf>;

/** The first row that has the columns; null while more rows may come. Throws BadInput('map') when none of the first has. */
function findHeader(
  early: readonly Row[],
  options: IncidentFileOptions,
  preset: PresetOf,
): { columns: Columns; row: number } | null {
  for (const [index, row] of early.slice(0, HEADER_WITHIN_ROWS).entries()) {
    const found = findColumns(row.cells, preset, options.map);
    if (!('columns' in found)) continue;
    checkMap(options.map, row.cells);
    return { columns: found.columns, row: index };
  }
  if (early.length < HEADER_WITHIN_ROWS) return null;
  throw noHeader(early, options, preset);
}

function noHeader(early: readonly Row[], options: IncidentFileOptions, preset: PresetOf): BadInput {
  const header = early[0]?.cells;
  if (!header) return new BadInput('file', 'the file is empty');
  checkMap(options.map, header);
  const found = findColumns(header, preset, options.map);
  const missing = 'missing' in found ? found.missing.join(', ') : '';
  return new BadInput(
    'map',
    `no column for ${missing} with preset ${preset.code}; the columns are: ${header.join(', ').slice(0, 1000)}`,
  );
}

function fileNotes(
  found: { encoding: string; legacyLines: number; nulBytes: number },
  columns: Columns | undefined,
): Note[] {
  const notes: Note[] = [];
  if (found.encoding !== 'utf-8') notes.push({ code: 'encoding', count: found.legacyLines, example: found.encoding });
  if (found.nulBytes) notes.push({ code: 'nul-bytes', count: found.nulBytes, example: null });
  if (columns?.personal.length) {
    notes.push({
      code: 'personal-columns',
      count: columns.personal.length,
      example: columns.personal.join(', ').slice(0, 200),
    });
  }
  return notes;
}
