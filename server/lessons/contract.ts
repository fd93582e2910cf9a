// What a lesson is: its front matter, its exercises and the rules that find their right answers in the data; and what the
// page is told of it. Pure.

import * as z from 'zod';

export const MOST_ANSWER_CHARACTERS = 4000;
/** As many wrong answers to an exercise, then the right one is shown to whoever asks. */
export const TRIES_BEFORE_SHOWN = 3;

/** What a question of a rule may begin with: reading alone, and nothing that is kept of it. */
export const QUESTIONS = [
  ...(['counts', 'summary', 'series', 'clock', 'top', 'offences', 'layers', 'themes', 'sources', 'hotspots'] as const),
  ...(['concentration', 'change', 'emerging', 'rates', 'stability', 'scoring', 'clocks', 'trend', 'problems'] as const),
] as const;

const question = z
  .string()
  .max(1000)
  .refine((text) => (QUESTIONS as readonly string[]).includes(text.split('?')[0]!), 'no question a rule may ask');
/** `totals.matched`, `rows[code=A].count`, `[layer=A].features`, `buckets[max count].from`, `counts.sum`. */
const path = z.string().regex(/^([^.[\]]+|(?=\[))(\[[^[\]]+\])?(\.[^.[\]]+(\[[^[\]]+\])?)*$/, 'no way into an answer');
const NO_RULE = 'no rule: {ask, take}, {constant}, {sum}, {difference}, {ratio} or {percent}';

/** How a right answer is found: by asking the portal, as whoever learns, and taking one thing from what it says. */
export type Rule =
  | { readonly ask: string; readonly take: string }
  | { readonly constant: number | string }
  | { readonly sum: readonly Rule[] }
  | { readonly difference: readonly [Rule, Rule] }
  | { readonly ratio: readonly [Rule, Rule] }
  | { readonly percent: readonly [Rule, Rule] };

export const rule: z.ZodType<Rule> = z.lazy(() =>
  z.union(
    [
      z.strictObject({ ask: question, take: path }),
      z.strictObject({ constant: z.union([z.number(), z.string().max(200)]) }),
      z.strictObject({ sum: z.array(rule).min(2).max(12) }),
      z.strictObject({ difference: z.tuple([rule, rule]) }),
      z.strictObject({ ratio: z.tuple([rule, rule]) }),
      z.strictObject({ percent: z.tuple([rule, rule]) }),
    ],
    NO_RULE,
  ),
);

const because = z.string().min(1).max(600);
const text = z.string().min(1).max(1200);
const wrong = z.array(z.strictObject({ rule, because })).max(8).default([]);
/** `5` of the unit, or `2%` of the right value. */
const tolerance = z
  .union([z.number().min(0), z.string().regex(/^\d+(\.\d+)?%$/, 'neither a number nor a percentage in quotes ("2%")')])
  .default(0);
const NAMED = 'small letters a to z, digits and hyphens, a letter first';
const base = { id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, NAMED), ask: text, hint: text.optional() };

/** Kinds of exercises, by what is answered. */
export const exercise = z.discriminatedUnion('kind', [
  z.strictObject({ ...base, kind: z.literal('number'), rule, tolerance, unit: z.string().max(40).optional(), wrong }),
  z.strictObject({ ...base, kind: z.literal('place'), layer: z.string().max(64), rule, wrong }),
  z.strictObject({
    ...base,
    kind: z.literal('month'),
    /** A day of the month meant. */
    rule,
    wrong,
  }),
  z.strictObject({
    ...base,
    kind: z.literal('filter'),
    /** The filter wanted, as it would stand in an address: whatever finds the same incidents is right. */
    wanted: z.string().max(600),
    wrong: z
      .array(z.strictObject({ filter: z.string().max(600), because }))
      .max(8)
      .default([]),
  }),
  z.strictObject({
    ...base,
    kind: z.literal('order'),
    /** Put from most to least by their rules. */
    items: z.array(z.strictObject({ text, rule })).min(3).max(7),
  }),
  z.strictObject({
    ...base,
    kind: z.literal('choice'),
    /** Right for good, or right where what its rule finds lies between the limits. */
    options: z
      .array(
        z.strictObject({
          text,
          right: z.union([
            z.boolean(),
            z.strictObject({ rule, atLeast: z.number().optional(), below: z.number().optional() }),
          ]),
          because,
        }),
      )
      .min(2)
      .max(7),
  }),
  z.strictObject({
    ...base,
    kind: z.literal('text'),
    /** Shown beside one's own words: the learner judges, and the tutor may. */
    model: z.string().min(1).max(3000),
  }),
  z.strictObject({
    ...base,
    kind: z.literal('study'),
    /** What must be found afterwards; each with what to do where it is not. */
    checks: z
      .array(z.strictObject({ rule, atLeast: z.number(), because }))
      .min(1)
      .max(6),
  }),
]);
export type Exercise = z.output<typeof exercise>;
export const EXERCISE_KINDS = [
  'number',
  'place',
  'month',
  'filter',
  'order',
  'choice',
  'text',
  'study',
] as const satisfies readonly Exercise['kind'][];
export type ExerciseKind = Exercise['kind'];

export const LEARNERS = ['planner', 'commander', 'gis', 'data', 'citizen'] as const;
export type Learner = (typeof LEARNERS)[number];

export const MODULE_CODE = z
  .string()
  .regex(/^[1-9]\d?-[a-z-]{1,40}$/, 'a number, a hyphen and small letters a to z, as in 7-patrol');

export const frontMatter = z.strictObject({
  title: z.string().min(1).max(120),
  module: MODULE_CODE,
  order: z.number().int().min(1).max(99),
  minutes: z.number().int().min(3).max(240),
  roles: z.array(z.enum(LEARNERS)).min(1),
  goals: z.array(z.string().min(1).max(200)).min(1).max(6),
  /** `demo`: only the sample city, whose truth is known. */
  city: z.enum(['demo', 'any']).default('any'),
  needs: z.array(z.string().max(60)).default([]),
  /** Values found in the data, by name: `{name}` stands for them in texts, map states and questions. */
  values: z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,29}$/), rule).default({}),
});
export type FrontMatter = z.output<typeof frontMatter>;

/** Body of an answer. `id` is made by the page, so that an answer that is sent twice is one. */
export const lessonAnswer = z.strictObject({
  id: z.uuid(),
  /** When it was given, which may be long before it could be sent. */
  givenAt: z.iso.datetime(),
  answer: z.union([
    z.number(),
    z.string().max(MOST_ANSWER_CHARACTERS),
    z.array(z.number().int().min(0).max(6)).max(7),
    z.null(),
  ]),
});
export type LessonAnswer = z.output<typeof lessonAnswer>;

/** What came of an answer. `right` null: nobody can say but the learner. */
export type Marked = {
  readonly right: boolean | null;
  readonly because: string | null;
  /** The right answer, once it was found or tried for often enough; of a text, the model. */
  readonly shown: string | null;
  /** Of a filter that finds other incidents: the parts in which it is another. */
  readonly differs: readonly QuestionPart[];
  readonly tries: number;
};

export const QUESTION_PARTS = ['period', 'offence', 'hours', 'place', 'kind'] as const;
export type QuestionPart = (typeof QUESTION_PARTS)[number];

export type ExerciseShown = {
  readonly id: string;
  readonly kind: ExerciseKind;
  readonly ask: string;
  readonly hint: string | null;
  readonly unit: string | null;
  readonly layer: string | null;
  /** Of a choice and an order, in the order they are shown. */
  readonly options: readonly string[];
};
export type LessonPart = { readonly html: string } | { readonly exercise: ExerciseShown };

export type LessonRow = {
  readonly code: string;
  readonly module: string;
  readonly title: string;
  readonly minutes: number;
  readonly roles: readonly Learner[];
  readonly goals: readonly string[];
  readonly city: 'demo' | 'any';
  readonly exercises: readonly string[];
  /** Of these, those the learner has answered right. */
  readonly done: readonly string[];
};
export type LessonsAnswer = {
  readonly modules: readonly { readonly code: string; readonly title: string }[];
  readonly lessons: readonly LessonRow[];
  /** Whether the portal remembers what this learner answers; else the page does. */
  readonly kept: boolean;
};
export type LessonShown = Omit<LessonRow, 'done'> & {
  readonly parts: readonly LessonPart[];
  readonly done: readonly string[];
  /** What the data do not have, so that the lesson cannot be done here; null where it can. */
  readonly lacks: string | null;
};
