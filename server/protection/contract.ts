// What the public may know of the incidents: the rules of protection, and the rows of the file that could be published
// whole. Pure.

import * as z from 'zod';
import { KINDS } from '../db/contract.ts';

/** Turning one of these down says more about single people; the defaults are those of the methods page. */
export type ProtectionRules = {
  /** A published point, and an area that is named, stand for at least this many street segments and this length of street. */
  readonly segmentsPerPoint: number;
  readonly metresPerPoint: number;
  /** Where the addresses are known they are counted instead: for at least so many. */
  readonly addressesPerPoint: number;
  /** Where there are no streets: an area that is named is at least this large. */
  readonly squareKmPerArea: number;
  /** Counts of sensitive offences are multiples of this. */
  readonly base: number;
  /** Complete months that are still held back. */
  readonly monthsBehind: number;
};

/** Base five: OpenSAFELY, omopgenerics and PEDSnet round or suppress below five to eight. */
export const SAFE_RULES: ProtectionRules = {
  segmentsPerPoint: 4,
  metresPerPoint: 400,
  addressesPerPoint: 8,
  squareKmPerArea: 0.1,
  base: 5,
  monthsBehind: 0,
};

/** A point with the area it lies in (0 = in none): the only places at which ordinary incidents are published. */
export type PublicPoint = { readonly lon: number; readonly lat: number; readonly area: number };

/** One line of the published file: so many incidents of which it tells the same. */
export type ProtectedRow = {
  readonly source: string;
  readonly kind: string;
  /** A leaf of the taxonomy with its label; of sensitive offences the class, without one. */
  readonly offence: string;
  readonly label: string | null;
  /** `2024-03`, of sensitive offences the quarter, `2024-Q1`; the hour is not told. */
  readonly period: string;
  /** Layer and code of the area; null = no area is known. */
  readonly layer: string | null;
  readonly area: string | null;
  readonly lon: number | null;
  readonly lat: number | null;
  readonly count: number;
};

/** What became of the incidents: for the operator, never for the file, since it tells true counts. */
export type ProtectionAccount = {
  readonly incidents: number;
  /** In months that are not complete yet. */
  readonly tooRecent: number;
  /** With a point in none of the areas: other places' incidents. */
  readonly outside: number;
  /** Ordinary ones in the file: with a point, with an area alone, with none since theirs is too small, with none. */
  readonly atPoints: number;
  readonly byArea: number;
  readonly tooSmall: number;
  readonly withoutPlace: number;
  /** Sensitive ones, and how many the file gives in their stead. */
  readonly sensitive: number;
  readonly sensitiveTold: number;
};

/** The names of months and quarters as rows tell them. */
export const PERIOD = /^(\d{4})-(?:(0[1-9]|1[0-2])|Q([1-4]))$/;

const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
const code = z.string().min(1).max(80);
const rules = z.object({
  segmentsPerPoint: z.number(),
  metresPerPoint: z.number(),
  addressesPerPoint: z.number().default(SAFE_RULES.addressesPerPoint),
  squareKmPerArea: z.number(),
  base: z.number().int().min(2),
  monthsBehind: z.number().int().min(0).default(0),
}) satisfies z.ZodType<ProtectionRules>;

/** What an edition of the published file says of itself: with its rows and layers all there is to a public view. */
export const editionAbout = z.object({
  rules,
  /** Codes of the layers ordinary and sensitive incidents are counted in; null = none, the whole jurisdiction. */
  areas: code.nullable(),
  sensitiveAreas: code.nullable(),
  /** Places at which incidents are published. */
  points: z.number().int(),
  licence: z.string().max(2000).nullable(),
  /** By source, the last day of what is published; its months are complete. */
  sources: z
    .array(z.object({ code, kind: z.enum(KINDS), title: z.string().max(400), through: day.nullable() }))
    .max(1000),
});
export type EditionAbout = z.output<typeof editionAbout>;

/**
 * Streets that are told by one point: for each segment, in the order of its number from 1 on, the number of the one whose
 * middle that is; 0 = its streets are too few for a point. Empty where there are no streets.
 */
type CatchmentsOfStreets = readonly number[];

/** `GET /api/v1/:jurisdiction/catchments`. */
export type CatchmentsAnswer = {
  readonly layer: string | null;
  readonly version: number | null;
  readonly middles: CatchmentsOfStreets;
};

/** Everything of an edition but its layers. */
export type Edition = {
  readonly about: EditionAbout;
  readonly rows: readonly ProtectedRow[];
  /** What people say labels are, as the rows' offences need it: node by folded words, with a label as people write it. */
  readonly choices: readonly { readonly words: string; readonly label: string; readonly offence: string }[];
  readonly catchments: CatchmentsOfStreets;
};

/** `GET /api/v1/:jurisdiction/protection`. */
export type ProtectionAnswer = EditionAbout & {
  readonly dataVersion: number;
  readonly publishedAt: string;
  readonly rows: string;
  readonly layers: string;
};
