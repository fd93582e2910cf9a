// Problems and what is done about them: what a problem, a measure, a note and an agreement are, what of them may be sent,
// and what is answered. Pure; the page imports this too.

import * as z from 'zod';
import type { Right, Scope } from '../access/contract.ts';
import { date } from '../calendar/contract.ts';
import { type EvaluationAnswer, ground, measureDesign, period } from '../evaluation/contract.ts';
import { filterQuery } from '../filter/contract.ts';

/** Scanning, analysis, response, assessment; and after these. */
export const PROBLEM_STATES = ['detect', 'analyse', 'respond', 'evaluate', 'closed'] as const;
export type ProblemState = (typeof PROBLEM_STATES)[number];

/** In the words of programmes there are in Mexico. */
export const MEASURE_TYPES = [
  'lighting',
  'patrol',
  'space',
  'mediation',
  'victims',
  'social',
  'youth',
  'cameras',
  'neighbours',
  'inspection',
  'traffic',
  'access',
  'campaign',
  'investigation',
  'other',
] as const;
export const FUNDS = ['own', 'fortamun', 'fasp', 'fofisp', 'state', 'private', 'none'] as const;
/** The priority objectives of the national programme of social prevention 2022–2024, in their order. */
export const OBJECTIVES = ['1', '2', '3', '4', '5'] as const;
export const AGREEMENT_STATES = ['open', 'done', 'dropped'] as const;

/** That a column of the database holds. */
const MOST_NUMBER = 2_000_000_000;
const short = z.string().trim().max(200);
const long = z.string().trim().max(4000);
const title = short.min(1, 'a title is needed');
/** What is counted: a FILTER without place and dates, as its query. */
const counted = z
  .record(z.string().max(20), z.string().max(4000))
  .refine((query) => Object.keys(query).every((name) => Object.hasOwn(filterQuery.shape, name)), 'not a filter')
  .refine((query) => !('within' in query), 'the place stands apart');

/** Codes of places, or a ring drawn by hand: then the places of the layer whose middle lies in it. */
export const place = z.union([
  ground,
  z.strictObject({
    layer: ground.shape.layer,
    ring: z
      .array(z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]))
      .min(3)
      .max(500),
  }),
  z.strictObject({
    layer: ground.shape.layer,
    id: z.number().int().min(1).max(MOST_NUMBER),
    version: ground.shape.version,
  }),
]);
export type AskedPlace = z.output<typeof place>;

/** The figures that led to it, as they were told that day. */
const figures = z.strictObject({
  dataVersion: z.number().int(),
  count: z.number().int().min(0),
  before: z.number().int().min(0).nullable(),
  from: date.nullable(),
  until: date.nullable(),
  told: long,
  /** Said by the server: they hold, finer than by area, what not every role is told so finely. */
  isSensitive: z.boolean().optional(),
});

const problemShape = {
  title,
  state: z.enum(PROBLEM_STATES),
  owner: short,
  target: long,
  who: long,
  where: long,
  when: long,
  how: long,
  filter: counted,
  /** The period whose figures drew attention to it. */
  selection: period.nullable(),
  place: ground.nullable(),
  placeName: short,
  figures: figures.nullable(),
};
export const problemBody = z.strictObject(problemShape);
export type ProblemBody = z.output<typeof problemBody>;

const measureShape = {
  ...measureDesign,
  type: z.enum(MEASURE_TYPES),
  title,
  description: long,
  placeName: short,
  responsible: short,
  costMxn: z.number().min(0).max(1e12).nullable(),
  fund: z.enum(FUNDS),
  indicator: short,
  baseline: short,
  goal: short,
  verification: short,
  objective: z.enum(OBJECTIVES).nullable(),
};
const noteShape = { text: long.min(1, 'a text is needed') };
const agreementShape = {
  what: long.min(1, 'a text is needed'),
  owner: short,
  due: date.nullable(),
  state: z.enum(AGREEMENT_STATES),
};
export const ITEM_BODIES = {
  measure: z.strictObject(measureShape),
  note: z.strictObject(noteShape),
  agreement: z.strictObject(agreementShape),
} as const;
export type ItemKind = keyof typeof ITEM_BODIES | 'evaluation' | 'file' | 'picture';
export type MeasureBody = z.output<typeof ITEM_BODIES.measure>;
export type NoteBody = z.output<typeof ITEM_BODIES.note>;
export type AgreementBody = z.output<typeof ITEM_BODIES.agreement>;
/** What was answered of a measure, as it was; never changed. */
export type KeptEvaluation = {
  readonly measure: number;
  readonly answer: EvaluationAnswer;
  /** It counts, by street, what not every role is told so finely. */
  readonly isSensitive: boolean;
};
export const FILE_KINDS = ['pdf', 'jpg', 'jpeg', 'png', 'webp', 'docx', 'xlsx', 'odt', 'ods', 'csv', 'txt'] as const;
export type FileKind = (typeof FILE_KINDS)[number];
/** Of one problem; those removed make room. */
export const MOST_PROBLEM_FILES = 20;
export type FileBody = {
  readonly name: string;
  readonly kind: FileKind;
  readonly bytes: number;
  readonly sha256: string;
  /** Its bytes are gone. */
  readonly isRemoved: boolean;
};
/** Of a PNG that the page draws of a map or a chart; it makes it smaller until it fits. */
export const MOST_PICTURE_BYTES = 500_000;
export const MOST_PICTURE_PX = 4000;
/** Of one problem; those removed make room. */
export const MOST_PROBLEM_PICTURES = 20;
const swatch = z.strictObject({
  text: short,
  color: z.string().regex(/^(#[0-9a-fA-F]{6})?$/, 'not a colour'),
  /** Of a line how wide it is; null = an area. */
  widthPx: z.number().min(0).max(20).nullable(),
  isHatched: z.boolean(),
  /** What stands on the places of this class, where figures were written on them. */
  number: z.number().int().min(1).max(99).nullable(),
});
/** What a picture shows, in words: method, parameters, what it says, of which data; it was true that day. */
const pictureAbout = z.strictObject({
  title,
  asked: z.array(z.string().trim().max(500)).max(12),
  told: z.array(z.string().trim().max(1000)).max(20),
  parameters: long,
  dataVersion: z.number().int(),
  legend: z.strictObject({
    title: short,
    entries: z.array(swatch).max(40),
    /** Figures under a ramp of colours, evenly apart. */
    ramp: z.array(z.string().trim().max(40)).max(12).nullable(),
    notes: z.array(z.string().trim().max(500)).max(20),
  }),
});
const pictured = z
  .record(z.string().max(20), z.string().max(24_000))
  .refine((query) => Object.keys(query).every((name) => Object.hasOwn(filterQuery.shape, name)), 'not a filter');
export const newPicture = z.strictObject({
  about: pictureAbout,
  /** Whose places it colours; null = points. */
  layer: ground.shape.layer.nullable(),
  /** What is counted in it, as its query. */
  filter: pictured,
  /** Of a comparison what stands beside it; null = nothing. */
  beside: pictured.nullable().default(null),
  png: z.base64().max(Math.ceil(MOST_PICTURE_BYTES / 3) * 4),
});
export type NewPicture = z.output<typeof newPicture>;
export type PictureBody = z.output<typeof pictureAbout> & {
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Rights without which it is not shown: it holds what not every role is told so finely. */
  readonly needs: readonly Right[];
  /** Those whoever made it is bound to; null = it shows the municipality. */
  readonly areas: Scope['areas'];
  /** Its bytes are gone. */
  readonly isRemoved: boolean;
};
type BodyOf = {
  measure: MeasureBody;
  note: NoteBody;
  agreement: AgreementBody;
  evaluation: KeptEvaluation;
  file: FileBody;
  picture: PictureBody;
};

const EMPTY = { owner: '', target: '', who: '', where: '', when: '', how: '', placeName: '' };
/** Body of a new problem; what is left out is empty. */
export const newProblem = z.strictObject({
  ...problemShape,
  state: problemShape.state.default('detect'),
  owner: short.default(EMPTY.owner),
  target: long.default(EMPTY.target),
  who: long.default(EMPTY.who),
  where: long.default(EMPTY.where),
  when: long.default(EMPTY.when),
  how: long.default(EMPTY.how),
  filter: counted.default({}),
  selection: period.nullable().default(null),
  place: place.nullable().default(null),
  placeName: short.default(EMPTY.placeName),
  figures: figures.nullable().default(null),
});
export type NewProblem = z.input<typeof newProblem>;

const version = z.number().int().min(1).max(MOST_NUMBER);
/** A change names the version it was made of, and only what it changes; the figures stay as they were told. */
export const problemPatch = z.strictObject({
  version,
  changes: z
    .strictObject({ ...problemShape, place: place.nullable() })
    .omit({ figures: true })
    .partial(),
});
export const newItem = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('measure'), body: z.strictObject({ ...measureShape, ground: place }) }),
  z.strictObject({ kind: z.literal('note'), body: ITEM_BODIES.note }),
  z.strictObject({ kind: z.literal('agreement'), body: ITEM_BODIES.agreement }),
]);
export const itemPatch = z.strictObject({ version, changes: z.record(z.string().max(40), z.unknown()) });
export const itemChanges = {
  measure: z.strictObject({ ...measureShape, ground: place }).partial(),
  note: ITEM_BODIES.note.partial(),
  agreement: ITEM_BODIES.agreement.partial(),
} as const;
/** `item` 0 = the problem itself: it becomes what it was before its last change. */
export const undoBody = z.strictObject({ item: z.number().int().min(0).max(MOST_NUMBER), version });
export const keepBody = z.strictObject({ measure: z.number().int().min(1).max(MOST_NUMBER) });

type Stamped = {
  readonly version: number;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly changedAt: string;
  readonly changedBy: string;
};
export type ItemRow<K extends ItemKind = ItemKind> = Stamped & {
  readonly id: number;
  readonly kind: K;
  /** Null where this viewer may not see it so finely. */
  readonly body: BodyOf[K] | null;
};
export type ProblemRow = Stamped & {
  readonly id: number;
  readonly body: ProblemBody;
  readonly at: readonly [lon: number, lat: number] | null;
};
/** `GET /problems`: how many measures, and of how many the time has begun by this day. */
export type ProblemsAnswer = {
  readonly rows: readonly (ProblemRow & { readonly measures: number; readonly openAgreements: number })[];
};
export type ProblemAnswer = ProblemRow & {
  readonly items: readonly ItemRow[];
  /** Megabytes of a file that may be added; null = this server takes none. */
  readonly filesMb: number | null;
};
export type ChangeRow = {
  readonly item: number;
  readonly version: number;
  readonly what: 'opened' | 'changed' | 'undone' | 'removed';
  readonly at: string;
  readonly who: string;
  readonly body: unknown;
};
/** 409: somebody changed the same fields; `theirs` is what stands now, `yours` what was sent. */
export type EditConflict = {
  readonly type: 'conflict';
  readonly version: number;
  readonly changedBy: string;
  readonly changedAt: string;
  readonly theirs: Readonly<Record<string, unknown>>;
  readonly yours: Readonly<Record<string, unknown>>;
};

export const evaluationQuery = z.strictObject({
  measure: z
    .string()
    .regex(/^[1-9]\d{0,5}$/, 'not a number')
    .transform(Number)
    .optional(),
  lang: z.string().max(10).optional(),
});
/** What differs between an evaluation that was kept and the same today. */
export type SinceKept = {
  readonly item: number;
  readonly keptAt: string;
  readonly keptBy: string;
  readonly dataVersion: number;
  readonly verdict: EvaluationAnswer['verdict'];
  readonly sentence: string;
  /** Counts that are others now: of deliveries that came, or were undone. */
  readonly counts: readonly {
    readonly what: 'treated' | 'control' | 'displacement';
    readonly was: readonly number[];
    readonly is: readonly number[];
  }[];
  readonly periodsMoved: boolean;
  readonly layerVersion: { readonly was: number; readonly is: number } | null;
  readonly designChanged: boolean;
  /** What is counted, and where, was changed since: counts may be others for that. */
  readonly filterChanged: boolean;
  readonly placeChanged: boolean;
};
export type ProblemEvaluation = EvaluationAnswer & {
  readonly measure: number;
  readonly kept: readonly SinceKept[];
};
