// Names of places that were not found, and what people say they mean.

import * as z from 'zod';

/** A place a name may stand for; score 0–1. */
export type Suggestion = {
  readonly layer: string;
  readonly code: string;
  readonly name: string;
  /** The larger area it says it is part of. */
  readonly parent: string | null;
  readonly score: number;
};
/** A name that incidents without a point carry and that is no place of the layer. */
export type UnmatchedName = {
  /** The name as it is compared, and the borough it stands in ('' = not said): together the key of an alias. */
  readonly name: string;
  readonly within: string;
  /** Both as a source writes them. */
  readonly words: string;
  readonly withinWords: string | null;
  readonly incidents: number;
  /** The layer divides the place of that name in so many areas: none of them is meant. */
  readonly dividedInto: number;
  readonly suggestions: readonly Suggestion[];
};
/** `layer` and `code` null = the words name no place. */
export type AliasRow = {
  readonly name: string;
  readonly within: string;
  readonly words: string;
  readonly layer: string | null;
  readonly code: string | null;
  /** What the place is called now; null where there is none of that code. */
  readonly place: string | null;
};
export type PlaceNamesAnswer = {
  readonly layer: string | null;
  /** Incidents that count, without a point: all, in a place of the layer by name, and in none. */
  readonly withoutPoint: number;
  readonly matched: number;
  readonly unmatched: number;
  readonly names: readonly UnmatchedName[];
  readonly aliases: readonly AliasRow[];
};

const MOST_NAMES = 500;
export const placeNamesQuery = z.object({
  layer: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'not a layer')
    .optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'not a whole number')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= MOST_NAMES, `not between 1 and ${MOST_NAMES}`)
    .default(50),
});

const text = (most: number) => z.string().trim().min(1).max(most);
export const aliasKey = z.object({ name: text(200), within: z.string().trim().max(200).default('') });
export const aliasBody = z
  .strictObject({
    ...aliasKey.shape,
    words: text(200),
    layer: text(63).nullable(),
    code: text(200).nullable(),
  })
  .refine(({ layer, code }) => (layer === null) === (code === null), {
    path: ['code'],
    message: 'a place is a layer and a code',
  });
export type AliasBody = Readonly<z.output<typeof aliasBody>>;
