// What files of incidents are told to be, what importing them would do and did, and what became of each delivery.

import * as z from 'zod';
import { date } from '../calendar/contract.ts';
import { KINDS, type Kind } from '../db/contract.ts';
import type { DryRunReport } from '../incidents/contract.ts';
import { areaCode, MOST_AREAS, type MonthlyDryRun, type MonthlyLook } from '../official-totals/contract.ts';
import { DATE_ORDERS, type DateQuestion, type Incident, timesChoice } from '../reading/contract.ts';
import { ID_RULES } from '../tables/contract.ts';
import { CODE } from '../taxonomy/contract.ts';
import { DECIMAL_MARKS } from '../text/contract.ts';

/** A column of a file that was looked at; one about persons shows nothing of what it holds. */
export type DetectedColumn = {
  readonly name: string;
  /** What it would be read as; null = it would not be read. */
  readonly field: string | null;
  readonly personal: boolean;
  readonly samples: readonly string[];
  /** What it could be read as, by its name and cells, while it is not. */
  readonly looksLike?: string;
};
/** A row as it would be read: an incident, or why it would be rejected. */
export type ParsedExample = {
  readonly line: number;
  readonly incident: Incident | null;
  readonly reason: string | null;
};
/** What a file seems to be. */
export type Detection = {
  /** The file of an archive that was looked at; null where the file is the table. */
  readonly file: string | null;
  readonly encoding: string;
  readonly delimiter: string | null;
  readonly sheet: string | null;
  readonly sheets: readonly string[];
  readonly headerLine: number;
  readonly preset: string;
  /** 0–1. */
  readonly confidence: number;
  readonly candidates: readonly { readonly preset: string; readonly confidence: number }[];
  readonly columns: readonly DetectedColumn[];
  readonly examples: readonly ParsedExample[];
  /** The date and time of the first example that can be read, as the file writes them. */
  readonly dateExample: string | null;
  /** What the first rows leave open of the order of dates; the whole file may still show it. */
  readonly dateQuestion: DateQuestion | null;
  /** A number of each column of numbers as the file writes it and as it is read; null = not at all. */
  readonly numberExamples: readonly {
    readonly field: 'lon' | 'lat' | 'quantity';
    readonly text: string;
    readonly value: number | null;
  }[];
  /** Only of a table of monthly totals, which holds no incidents. */
  readonly monthly?: MonthlyLook;
};

const text = (most: number) => z.string().trim().min(1).max(most);
/** How a file is to be imported, as the page sends it. A check that asks a `question` is answered by one of these. */
export const importMapping = z.strictObject({
  preset: z.string().regex(CODE, 'not a preset code').describe('the layout of the file'),
  source: z.string().regex(CODE, 'not a source code').nullable().default(null),
  kind: z.enum(KINDS).nullable().default(null),
  map: z
    .record(text(200), text(40))
    .default({})
    .describe(
      'column of the file → field, or `discard`; over what the preset finds. Answers the questions `quantity` (column → `quantity`: a row counts as often as it says; `discard`: once), `unread-dates` and `clock` (column → `hours`, `hhmm`, `hhmmss`, `hmm`, `decimal` or `fraction`: what 5, 930, 8.3 or 0.5 mean in a column of times; column → `date:hours` or `date:discard`: whether the clocks behind its dates are read)',
    ),
  sheet: text(100)
    .nullable()
    .default(null)
    .describe('sheet of a workbook; null = all with the same header, and where headers differ the question `sheets`'),
  replaces: z
    .strictObject({ from: date, until: date })
    .refine(({ from, until }) => from < until, 'until is not after from')
    .nullable()
    .default(null)
    .describe('period the file replaces, until exclusive; null = it only adds'),
  through: date.nullable().default(null).describe('day up to which the source is complete; null = found from the data'),
  dateOrder: z
    .enum(DATE_ORDERS)
    .nullable()
    .default(null)
    .describe(
      'order of day and month where the file does not show it; null = as the preset says, else a `dateQuestion`',
    ),
  times: timesChoice
    .nullable()
    .default(null)
    .describe(
      'what times without an offset mean: `local`, `utc` or an IANA zone; null = local, and those with an offset are converted',
    ),
  numbers: z
    .enum(DECIMAL_MARKS)
    .nullable()
    .default(null)
    .describe('mark of decimals in coordinates and quantities; null = by what each number shows'),
  offence: text(200)
    .nullable()
    .default(null)
    .describe('offence of every row, of a file of one; null = a column says it'),
  idRule: z
    .enum(ID_RULES)
    .nullable()
    .default(null)
    .describe(
      'what a record is known again by: its id, its id within the month or the file, or nothing; null = its id, and where that proves none the question `ids`. Answers the question `overlap` too: by `id+file`, equal rows of two files or sheets are different records',
    ),
  confirmPoints: z
    .boolean()
    .default(false)
    .describe(
      'somebody has looked at the points that are none or lie where none is expected: answers the question `points`',
    ),
  areas: z
    .array(areaCode)
    .min(1)
    .max(MOST_AREAS)
    .nullable()
    .default(null)
    .describe("areas a table of monthly totals is kept of; null = as before, else the one of the jurisdiction's name"),
});
export type ImportMapping = Readonly<z.output<typeof importMapping>>;

/** What an import is asked with. */
export const commitBody = z.strictObject({
  confirmed: z.boolean().default(false).describe('records that go were seen and agreed to'),
  checked: text(40)
    .nullable()
    .default(null)
    .describe(
      '`checked` of the report of the check that was agreed to; 409 when the file would be read otherwise by now. null = as it was checked last, if it was',
    ),
});

export type SavedPreset = { readonly name: string; readonly mapping: ImportMapping; readonly savedAt: string };
/** A layout Cuadra knows. */
export type KnownPreset = {
  readonly code: string;
  readonly title: string;
  readonly kind: Kind;
  readonly source: string;
  readonly accuracyM: number | null;
};
/** What a column may be mapped to, beside `discard`. */
export type PresetsAnswer = {
  readonly presets: readonly KnownPreset[];
  readonly saved: readonly SavedPreset[];
  readonly fields: readonly string[];
};
/** A file that waits to be imported. */
export type WaitingImport = {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly mapping: ImportMapping;
  /** The file as the mapping reads it. */
  readonly detection: Detection;
  /** Name of the saved preset the mapping comes from. */
  readonly savedPreset: string | null;
};

/** What importing a file would do, incidents or monthly totals. */
export type ImportDryRun = DryRunReport &
  Partial<Pick<MonthlyDryRun, 'monthly'>> & {
    /** Names the mapping it was checked with; an import says it again. */
    readonly checked?: string;
  };
