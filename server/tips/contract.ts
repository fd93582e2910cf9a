// What somebody may tell without a name, and how those who may read it are given it. Pure.

import * as z from 'zod';
import { date } from '../calendar/contract.ts';

/** In everyday words: whoever sends it knows no taxonomy. Never counted with incidents. */
export const TIP_KINDS = [
  'drugs',
  'extortion',
  'robbery',
  'armed',
  'vehicles',
  'kidnapping',
  'violence',
  'exploitation',
  'other',
] as const;
export type TipKind = (typeof TIP_KINDS)[number];

/** Six hours each, the first from midnight on. */
export const DAY_PARTS = ['night', 'morning', 'afternoon', 'evening'] as const;
export type DayPart = (typeof DAY_PARTS)[number];

export const TIP_STATES = ['new', 'seen', 'closed'] as const;
export type TipState = (typeof TIP_STATES)[number];

export const MOST_TIP_WORDS = 2000;
/** A form sent sooner after it was handed out is refused: nobody reads the questions and answers them faster. */
export const LEAST_FORM_AGE_MS = 3000;
export const MOST_KEEP_DAYS = 3650;
export const KEEP_DAYS = 180;

const layer = z.string().min(1).max(64);

/** Body of a tip. There is no field for who sends it, and none beside these is taken. */
export const newTip = z.strictObject({
  /** What the form was handed out with. */
  form: z.string().max(200),
  kind: z.enum(TIP_KINDS),
  /** A street or an area: never the point that was clicked. */
  place: z.union([
    z.strictObject({ layer, code: z.string().min(1).max(200) }),
    // As tiles name it: by its number in a version.
    z.strictObject({ layer, version: z.number().int().min(1), id: z.number().int().min(1).max(2_000_000_000) }),
  ]),
  /** Null = not known. */
  day: date.nullable(),
  dayPart: z.enum(DAY_PARTS).nullable(),
  words: z
    .string()
    .max(MOST_TIP_WORDS * 2)
    .transform(tidy)
    .refine((text) => [...text].length <= MOST_TIP_WORDS, 'too long'),
  /** Unseen on the page: only a program fills it in. */
  website: z.string().max(500).optional(),
});
export type NewTip = z.output<typeof newTip>;
export type NewTipPlace = NewTip['place'];

/** Lines as they were written, without signs that cannot be seen or turn what follows round. */
function tidy(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')
    .trim();
}

/** `GET /api/v1/:jurisdiction/tips/form`: null where the city takes none. */
export type TipForm = { readonly form: string | null; readonly keepDays: number | null };

export type TipRow = {
  readonly id: string;
  /** The hour it came in, ISO 8601. */
  readonly receivedAt: string;
  readonly kind: TipKind;
  readonly place: { readonly layer: string; readonly code: string; readonly name: string };
  /** The middle of that street or area. */
  readonly at: readonly [lon: number, lat: number];
  readonly day: string | null;
  readonly dayPart: DayPart | null;
  readonly words: string;
  readonly state: TipState;
};

export type TipsPage = {
  readonly rows: readonly TipRow[];
  /** `after` of the next page; null at the end. */
  readonly next: string | null;
};

export const MOST_TIPS = 500;
export const tipsQuery = z.strictObject({
  state: z.enum(TIP_STATES).optional(),
  kind: z.enum(TIP_KINDS).optional(),
  after: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:00:00\.000Z_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'not a page')
    .optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, 'not a whole number from 1')
    .transform((text) => Math.min(Number(text), MOST_TIPS))
    .default(100),
  lang: z.string().max(10).optional(),
});
export type TipsQuery = z.output<typeof tipsQuery>;

export const tipChange = z.strictObject({ state: z.enum(TIP_STATES) });

export const tipSettings = z.strictObject({
  isOn: z.boolean(),
  keepDays: z.number().int().min(1).max(MOST_KEEP_DAYS),
});
export type TipSettings = z.output<typeof tipSettings>;
