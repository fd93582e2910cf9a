// Briefings: what a page of text and figures is made of, what of it may be sent, and the figures as they are kept. Pure; the
// page imports this too.

import * as z from 'zod';
import type { Scope } from '../access/contract.ts';
import { date } from '../calendar/contract.ts';
import type { Denominator, RateUnit, Totals } from '../counts/contract.ts';
import { filterQuery } from '../filter/contract.ts';
import type { MeetingRow } from '../meetings/contract.ts';
import type { EditConflict } from '../problems/contract.ts';

/** What a part of a briefing is; all but `text` are answered from the data. */
export const BLOCK_KINDS = [
  ...(['text', 'headline', 'offences', 'trend', 'map', 'heat', 'hotspots', 'table', 'clock'] as const),
  ...(['meeting', 'problems'] as const),
] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];
export type FigureKind = Exclude<BlockKind, 'text'>;

export const MOST_BLOCKS = 40;
/** Rows of a table of places. */
export const MOST_TABLE_ROWS = 50;
/** A map of streets draws so many, those with most. */
export const MOST_STREETS_DRAWN = 400;
/** The months that a trend of a briefing's own period shows, up to its end. */
export const TREND_MONTHS_TOLD = 25;

const shortText = z.string().trim().max(200);
const asked = z
  .record(z.string().max(20), z.string().max(20_000))
  .refine((query) => Object.keys(query).every((name) => Object.hasOwn(filterQuery.shape, name)), 'not a filter')
  .refine((query) => filterQuery.safeParse(query).success, 'not a filter');

/** Days, half-open. */
const days = z
  .strictObject({ from: date, until: date })
  .refine(({ from, until }) => from < until, { path: ['until'], message: 'not after from' });

const block = z.strictObject({
  kind: z.enum(BLOCK_KINDS),
  /** Where it stands among the others: the lower the further up. */
  at: z.number().min(-1e9).max(1e9),
  title: shortText.default(''),
  text: z.string().max(4000).default(''),
  filter: asked.default({}),
  /** Whether it is of the days of the briefing, not of those of its own filter. */
  follows: z.boolean().default(true),
  /** Of maps and tables. */
  layer: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'not a layer')
    .nullable()
    .default(null),
  by: z.enum(['count', 'rate']).default('count'),
  limit: z.number().int().min(1).max(MOST_TABLE_ROWS).default(10),
  /** Where a map or a table stands half as wide, beside the next. */
  half: z.boolean().default(false),
});
export type BriefingBlock = z.output<typeof block>;

const blockId = z.string().regex(/^[a-z0-9]{1,12}$/, 'not a name of a block');
const blocks = z
  .record(blockId, block)
  .refine((all) => Object.keys(all).length <= MOST_BLOCKS, `at most ${MOST_BLOCKS} parts`);

const shape = {
  title: shortText.min(1, 'a title is needed'),
  state: z.enum(['open', 'archived']),
  period: days.nullable(),
  blocks,
};
export const briefingBody = z.strictObject(shape);
export type BriefingBody = z.output<typeof briefingBody>;

/** Body of a new briefing, or of a template of one's own. */
export const newBriefing = z.strictObject({
  ...shape,
  state: shape.state.default('open'),
  period: shape.period.default(null),
  blocks: shape.blocks.default({}),
  isTemplate: z.boolean().default(false),
});
export type NewBriefing = z.input<typeof newBriefing>;

const version = z.number().int().min(1).max(2_000_000_000);
/** A change names the version it was made of, and only what it changes; a part that is null is taken out. */
export const briefingPatch = z.strictObject({
  version,
  changes: z.strictObject({
    title: shape.title.optional(),
    state: shape.state.optional(),
    period: shape.period.optional(),
    blocks: z.record(blockId, block.nullable()).optional(),
  }),
});
export type BriefingPatch = z.input<typeof briefingPatch>;
/** The version to go back to: it is written anew, and nothing is forgotten. */
export const restoreBody = z.strictObject({ version, to: version });
/** The parts whose figures are asked for anew; all of them unless said. */
export const renewBody = z.strictObject({ blocks: z.array(blockId).max(MOST_BLOCKS).optional() });
export const shapesQuery = z.object({
  layer: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}@[1-9]\d{0,5}$/, 'not a layer (LAYER@VERSION)'),
  lang: z.string().max(10).optional(),
});

type TwoTongues = { readonly es: string; readonly en: string };
type DaysCount = { readonly from: string; readonly until: string; readonly count: number };
/** Whether a count stands out beside an earlier one; over a table the false ones are held together. */
export type BriefingVerdict = 'up' | 'down' | 'unclear' | 'unknown';
type Beside = { readonly count: number; readonly before: DaysCount | null; readonly verdict: BriefingVerdict };

/** What lies nowhere is said of every figure. */
type OfDays = {
  readonly from: string | null;
  readonly until: string | null;
  readonly totals: Totals;
  /** The day up to which the sources are complete, and the days asked for that they do not tell of: later, or earlier. */
  readonly through: string | null;
  readonly missingDays: number;
};
export type PlaceTold = {
  readonly code: string;
  readonly name: string;
  readonly crossings?: readonly [string, string];
  readonly count: number;
  readonly rate: number | null;
  readonly before: number | null;
};
type OfLayer = OfDays & {
  readonly layer: string;
  readonly layerVersion: number;
  readonly isStreets: boolean;
  readonly unit: RateUnit;
  readonly denominator: Denominator | null;
};
export type ProblemTold = {
  readonly id: number;
  readonly title: string;
  readonly state: string;
  readonly owner: string;
  readonly placeName: string;
  readonly openAgreements: number;
  readonly measures: readonly {
    readonly title: string;
    readonly type: string;
    readonly from: string;
    readonly until: string | null;
    /** What its last kept evaluation said; null where none was kept. */
    readonly sentences: TwoTongues | null;
  }[];
};

export type FigureData =
  | (OfDays & {
      readonly kind: 'headline';
      readonly last: Beside;
      readonly year: Beside;
    })
  | (OfDays & {
      readonly kind: 'trend';
      readonly buckets: readonly { readonly from: string; readonly count: number; readonly partial: boolean }[];
      readonly unknownMonth: number;
    })
  | (OfLayer & { readonly kind: 'table'; readonly rows: readonly PlaceTold[]; readonly places: number })
  | (OfLayer & {
      readonly kind: 'map';
      readonly places: readonly (readonly [id: number, count: number, rate: number | null])[];
      /** Those with most, in that order, by name. */
      readonly first: readonly (Pick<PlaceTold, 'name' | 'code' | 'crossings' | 'count' | 'rate'> & {
        readonly id: number;
      })[];
      /** Of a map of streets, those drawn, as lines of longitude and latitude. */
      readonly lines: readonly (readonly [id: number, line: readonly (readonly [number, number])[]])[];
    })
  | (OfDays & {
      readonly kind: 'clock';
      readonly counts: readonly (readonly number[])[];
      readonly unknownHour: number;
      readonly unknownDay: number;
    })
  | (OfDays & {
      readonly kind: 'offences';
      readonly rows: readonly (Beside & { readonly code: string; readonly titles: TwoTongues })[];
      readonly others: Beside | null;
      readonly all: Beside;
    })
  | (OfDays & {
      readonly kind: 'heat';
      /** Of a square, in metres and degrees. */
      readonly cellM: number;
      readonly cell: { readonly width: number; readonly height: number };
      /** The middles of squares with something, the fullest first, with how many lie there. */
      readonly points: readonly (readonly [lon: number, lat: number, count: number])[];
      /** In squares beyond those drawn. */
      readonly leftOut: number;
    })
  | (OfLayer & {
      readonly kind: 'hotspots';
      /** Why there are none to tell of: all alike, no neighbours … */
      readonly reason: string | null;
      /** Places that stand out: class 3, 2, 1 = hot at 99, 95, 90 %, negative = cold; and z. */
      readonly classes: readonly (readonly [id: number, at: number, z: number])[];
      readonly first: readonly (Pick<PlaceTold, 'name' | 'code' | 'crossings' | 'count'> & { readonly id: number })[];
      readonly lines: readonly (readonly [id: number, line: readonly (readonly [number, number])[]])[];
      readonly parameters: Readonly<Record<'method' | 'weights' | 'correction' | 'reference', string>>;
    })
  | (OfDays & {
      readonly kind: 'meeting';
      readonly week: string;
      /** Share of false arrows that the table may hold. */
      readonly level: number;
      /** Titles are null of the whole and of what has no row of its own. */
      readonly rows: readonly (Omit<MeetingRow, 'title'> & { readonly titles: TwoTongues | null })[];
    })
  | { readonly kind: 'problems'; readonly all: number; readonly rows: readonly ProblemTold[] };

export type BriefingFigure = {
  readonly dataVersion: number;
  readonly madeAt: string;
  readonly madeBy: string;
  readonly data: FigureData;
};

type Stamped = {
  readonly id: number;
  readonly version: number;
  readonly isTemplate: boolean;
  /** The areas its figures are of, LAYER:CODE,CODE; null = the whole municipality. */
  readonly areas: string | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly changedAt: string;
  readonly changedBy: string;
};
export type BriefingRow = Stamped & Pick<BriefingBody, 'title' | 'state' | 'period'>;
/** The open ones first, then the newest; of the archive only so many are listed, and `leftOut` says how many are not. */
export type BriefingsAnswer = { readonly rows: readonly BriefingRow[]; readonly leftOut: number };
export type BriefingAnswer = Stamped & {
  readonly body: BriefingBody;
  /** By part; null where this viewer is not told so finely, absent where it is not answered yet. */
  readonly figures: Readonly<Record<string, BriefingFigure | null>>;
  /** Parts that could not be answered, with the reason: a layer that is gone, an offence that is not there. */
  readonly refused: Readonly<Record<string, string>>;
  /** Of the data now. */
  readonly dataVersion: number;
};
/** `GET …/now`: the same questions asked of the data there are. */
export type BriefingNow = {
  readonly dataVersion: number;
  readonly figures: Readonly<Record<string, FigureData>>;
  readonly refused: Readonly<Record<string, string>>;
};
export type BriefingChanges = {
  readonly changes: readonly {
    readonly version: number;
    readonly at: string;
    readonly who: string;
    readonly title: string;
    readonly parts: number;
  }[];
};
/** 409: somebody changed the same; `theirs` and `yours` by `title`, `period`, `state`, or `blocks.` and a part. */
export type BriefingConflict = EditConflict;
/** Outlines of a layer, coarse enough for paper. */
export type BriefingShapes = {
  readonly bounds: readonly [number, number, number, number] | null;
  readonly shapes: readonly {
    readonly id: number;
    readonly rings: readonly (readonly (readonly [number, number])[])[];
  }[];
};

/** The areas somebody is bound to as a briefing tells its own: only where both are the same are its figures theirs to make. */
export const areasTold = ({ areas }: Pick<Scope, 'areas'>): string | null =>
  areas && `${areas.layer}:${[...areas.codes].sort().join()}`;

/** Parts in the order they stand in. */
export const partsInOrder = (blocks: BriefingBody['blocks']): (readonly [id: string, block: BriefingBlock])[] =>
  Object.entries(blocks).sort(([a, one], [b, two]) => one.at - two.at || (a < b ? -1 : 1));
