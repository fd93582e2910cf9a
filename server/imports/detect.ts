// Looks at the beginning of a file and says what it seems to be: which layout, where the header stands, what each column
// would be read as, with examples.

import { openClocks } from '../calendar/time-zone.ts';
import { BadInput } from '../errors.ts';
import type { Bounds } from '../geometry/contract.ts';
import { MONTHLY_PRESET } from '../official-totals/contract.ts';
import { findLayout } from '../official-totals/layout.ts';
import type { DateOrder, DateQuestion } from '../reading/contract.ts';
import { DateDoubt } from '../reading/date-doubt.ts';
import { openMapper } from '../reading/map-rows.ts';
import { withPointColumn } from '../reading/point-column.ts';
import {
  type Columns,
  checkMap,
  FIELDS,
  type Field,
  findColumns,
  isPersonal,
  type Preset,
  presetCodes,
  presetOf,
} from '../reading/presets.ts';
import { casesIn } from '../reading/quantity.ts';
import { degrees } from '../reading/read-point.ts';
import { type DateReadings, PLAIN_READINGS, scanDates } from '../reading/scan-dates.ts';
import { looksOfUnread } from '../reading/unread-columns.ts';
import { distinctNames } from '../tables/distinct-names.ts';
import type { Row } from '../tables/read-csv.ts';
import { openTables, type Table } from '../tables/read-table.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import type { DecimalMark } from '../text/contract.ts';
import { foldName } from '../text/fold.ts';
import { isMissing } from '../text/missing.ts';
import type { DetectedColumn, Detection, ImportMapping, ParsedExample } from './contract.ts';
import { detectMonthly } from './detect-monthly.ts';

const HEADER_WITHIN_ROWS = 10;
const SAMPLE_ROWS = 200;
const SAMPLES_SHOWN = 5;
const MAX_SAMPLE_CHARS = 60;
/** The generic preset reads nearly anything, so it never outdoes a layout that is recognised. */
const GENERIC_CONFIDENCE = 0.4;

export type DetectOptions = {
  readonly unpackTo: string;
  readonly sheet: string | null;
  readonly bounds: Bounds | null;
  /** IANA zone of the place; UTC unless said. */
  readonly timezone?: string;
  /** What its owner calls the file. */
  readonly name?: string;
  readonly taxonomy: Taxonomy;
  /** How it is to be read, instead of guessing. */
  readonly mapping?: Partial<ImportMapping>;
};

type Candidate = {
  readonly preset: Preset;
  readonly confidence: number;
  readonly columns: Columns;
  readonly row: number;
};
/** Of a layout whose only lack is the offence: somebody may still say it. */
const WITHOUT_OFFENCE = 0.5;
const SURE_WITHOUT = 0.7;
const SOME_OFFENCE = '·';

/**
 * Reads no more than the first rows of each table, up to the first that is recognised: an archive may hold a dictionary
 * beside the data. Throws BadInput('file') for what cannot be read at all, BadInput('map') for a mapping that does not fit
 * the file.
 */
export async function detectFile(path: string, options: DetectOptions): Promise<Detection> {
  const isMonthly = options.mapping?.preset === MONTHLY_PRESET;
  const stated = options.mapping?.preset;
  const presets = (isMonthly ? [] : stated === undefined ? presetCodes() : [stated]).map(presetOf);
  const map = options.mapping?.map ?? {};
  const ofOneOffence = Boolean(options.mapping?.offence);
  let unrecognised: Detection | null = null;
  const hasHeader = (rows: readonly (readonly string[])[]) =>
    rows.some(
      (cells) =>
        findLayout(cells) !== null ||
        presets.some((preset) => 'columns' in findColumns(cells, preset, map, ofOneOffence)),
    );
  for await (const table of openTables(path, { unpackTo: options.unpackTo, sheet: options.sheet, hasHeader })) {
    const rows = await firstRows(table);
    if (rows.length === 0) continue;
    if (isMonthly || stated === undefined) {
      const monthly = detectMonthly(table, rows, options.name ?? null, options.taxonomy);
      if (monthly) return monthly;
      if (isMonthly) continue;
    }
    const whole = presets.flatMap((preset) => candidateOf(preset, rows, options) ?? []);
    const partial = whole.length === 0 ? presets.flatMap((preset) => withoutOffence(preset, rows, options) ?? []) : [];
    const isGeneric = ({ preset }: Candidate) => Number(preset.code === 'generic');
    const candidates = [...whole, ...partial].sort(
      (a, b) => b.confidence - a.confidence || isGeneric(b) - isGeneric(a),
    );
    const seen = describe(table, rows, candidates, options);
    if (whole.length > 0 || stated !== undefined) return seen;
    if (unrecognised === null || unrecognised.confidence < seen.confidence) unrecognised = seen;
  }
  if (unrecognised) return unrecognised;
  throw isMonthly ? new BadInput('preset', 'not a table of monthly totals') : new BadInput('file', 'the file is empty');
}

async function firstRows(table: Table): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of table.batches) {
    rows.push(...batch.rows);
    if (rows.length >= HEADER_WITHIN_ROWS + SAMPLE_ROWS) break;
  }
  return rows.slice(0, HEADER_WITHIN_ROWS + SAMPLE_ROWS);
}

/**
 * Confidence from 0 to 1: the share of the layout's own columns that are there, times how many of the sample's rows can be
 * read that way (half of it is given for the columns alone). Null when needed columns are missing.
 */
function candidateOf(preset: Preset, rows: readonly Row[], options: DetectOptions): Candidate | null {
  for (const [row, first] of rows.slice(0, HEADER_WITHIN_ROWS).entries()) {
    const cells = distinctNames(first.cells);
    const map = options.mapping?.map ?? {};
    const found = findColumns(cells, preset, map, Boolean(options.mapping?.offence));
    if (!('columns' in found)) continue;
    const data = rows.slice(row + 1);
    const columns = withPointColumn(found.columns, cells, data, map);
    const share = preset.code === 'generic' ? GENERIC_CONFIDENCE : signatureShare(preset, cells);
    const { examples } = parse(preset, columns, data, options);
    const readable = examples.filter(({ incident }) => incident !== null).length / Math.max(1, examples.length);
    const confidence = Math.round(share * (0.5 + readable / 2) * 100) / 100;
    return { preset, confidence, columns, row };
  }
  return null;
}

/** As what a file of one offence, which no column names, would be read if somebody said which. */
function withoutOffence(preset: Preset, rows: readonly Row[], options: DetectOptions): Candidate | null {
  const found = candidateOf(preset, rows, { ...options, mapping: { ...options.mapping, offence: SOME_OFFENCE } });
  // Half a layout without its offences is none.
  if (!found || (preset.code !== 'generic' && found.confidence < SURE_WITHOUT)) return null;
  return { ...found, confidence: Math.round(found.confidence * WITHOUT_OFFENCE * 100) / 100 };
}

function signatureShare({ signature, not, oneOf }: Preset, header: readonly string[]): number {
  const has = (names: readonly string[]) =>
    header.some((cell) => names.some((name) => foldName(cell) === foldName(name)));
  if (not.some((name) => has([name])) || (oneOf.length > 0 && !has(oneOf))) return 0;
  return signature.filter(has).length / signature.length;
}

type Told = Pick<Detection, 'examples' | 'dateExample' | 'dateQuestion' | 'numberExamples'>;

/** The first `shown` rows as they would be read, and what their dates leave open. */
function parse(
  preset: Preset,
  columns: Columns,
  rows: readonly Row[],
  options: DetectOptions,
  shown: number = rows.length,
): Told {
  const { taxonomy, bounds, timezone = 'UTC', mapping } = options;
  const clocks = openClocks(timezone, mapping?.times ?? null);
  const scan = scanDates(clocks);
  scan.open(columns)(rows);
  const { readings, question } = decided(scan.decide, mapping?.dateOrder ?? preset.dateOrder);
  const { numbers = null, offence = null } = mapping ?? {};
  const mapper = openMapper({ columns, preset, taxonomy, bounds, clocks, readings, numbers, offence });
  const examples = rows.slice(0, shown).map((row): ParsedExample => {
    const mapped = mapper.map(row);
    return 'reason' in mapped
      ? { line: row.line, incident: null, reason: mapped.reason }
      : { line: row.line, incident: mapped, reason: null };
  });
  const at = examples.findIndex(({ incident }) => incident !== null);
  const cellOf = (field: Field) => rows[at]?.cells[columns.fields[field]?.index ?? -1]?.trim() ?? '';
  const written: readonly Field[] = columns.fields.date ? ['date', 'time'] : ['year', 'month'];
  const dateExample = written.map(cellOf).join(' ').trim().slice(0, MAX_SAMPLE_CHARS);
  const numberExamples = numbersIn(rows, columns, numbers);
  return { examples, dateExample: dateExample || null, dateQuestion: question, numberExamples };
}

/** Of each column of numbers the first cell that has a mark, else the first that is filled. */
function numbersIn(
  rows: readonly Row[],
  { fields }: Columns,
  decimal: DecimalMark | null,
): Detection['numberExamples'] {
  const read = { lon: degrees, lat: degrees, quantity: casesIn };
  return (['lon', 'lat', 'quantity'] as const).flatMap((field) => {
    const index = fields[field]?.index ?? -1;
    const filled = rows.map(({ cells }) => cells[index]?.trim() ?? '').filter((cell) => !isMissing(cell));
    const text = filled.find((cell) => /[.,]/.test(cell)) ?? filled[0];
    return text === undefined
      ? []
      : [{ field, text: text.slice(0, MAX_SAMPLE_CHARS), value: read[field](text, decimal) }];
  });
}

/** What the first rows leave open the whole file may still show; until then its examples are read day first. */
function decided(
  decide: (stated: DateOrder | null, open?: 'hours') => DateReadings,
  stated: DateOrder | null,
): { readings: DateReadings; question: DateQuestion | null } {
  try {
    // What the clocks leave open is asked of the whole file.
    return { readings: decide(stated, 'hours'), question: null };
  } catch (error) {
    if (!(error instanceof DateDoubt)) throw error;
    try {
      return { readings: decide(stated ?? 'dmy', 'hours'), question: error.question };
    } catch {
      return { readings: PLAIN_READINGS, question: error.question };
    }
  }
}

function describe(
  { file, found }: Table,
  rows: readonly Row[],
  candidates: readonly Candidate[],
  options: DetectOptions,
): Detection {
  const best = candidates[0];
  const headerRow = best?.row ?? widestRow(rows);
  const header = distinctNames(rows[headerRow]!.cells);
  checkMap(options.mapping?.map ?? {}, header);
  const data = rows.slice(headerRow + 1);
  const told = best
    ? parse(best.preset, best.columns, data, options, SAMPLES_SHOWN)
    : { examples: [], dateExample: null, dateQuestion: null, numberExamples: [] };
  const personal = header.filter(isPersonal);
  const looks = looksOfUnread(header, best?.columns ?? { fields: {}, personal }, data, options.mapping?.map ?? {});
  const fieldAt = new Map(
    FIELDS.flatMap((field) => {
      const column = best?.columns.fields[field];
      return column ? [[column.index, field] as const] : [];
    }),
  );
  return {
    file,
    encoding: found.encoding,
    delimiter: found.delimiter,
    sheet: found.sheet?.name ?? null,
    sheets: found.sheet?.all ?? [],
    headerLine: rows[headerRow]!.line,
    preset: best?.preset.code ?? options.mapping?.preset ?? 'generic',
    confidence: best?.confidence ?? 0,
    candidates: candidates.map(({ preset, confidence }) => ({ preset: preset.code, confidence })),
    columns: header.map((name, index): DetectedColumn => {
      const isOfPersons = personal.includes(name);
      const look = looks.find((each) => each.index === index);
      return {
        name: name.trim(),
        field: fieldAt.get(index) ?? null,
        personal: isOfPersons,
        samples: isOfPersons ? [] : samplesOf(data, index),
        ...(look ? { looksLike: look.field } : {}),
      };
    }),
    ...told,
  };
}

/** Where no header is recognised, the first row with the most filled cells. */
function widestRow(rows: readonly Row[]): number {
  const filled = rows
    .slice(0, HEADER_WITHIN_ROWS)
    .map(({ cells }) => cells.filter((cell) => cell.trim() !== '').length);
  return filled.indexOf(Math.max(...filled));
}

function samplesOf(rows: readonly Row[], index: number): string[] {
  const values = rows.map(({ cells }) => (cells[index] ?? '').trim().slice(0, MAX_SAMPLE_CHARS));
  return [...new Set(values.filter((value) => value !== ''))].slice(0, SAMPLES_SHOWN);
}
