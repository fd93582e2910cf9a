// What the public may know of the incidents: the rules of protection, and the rows of the file that could be published
// whole. Pure.

/** Turning one of these down says more about single people; the defaults are those of the methods page. */
export type ProtectionRules = {
  /** A published point, and an area that is named, stand for at least this many street segments and this length of street. */
  readonly segmentsPerPoint: number;
  readonly metresPerPoint: number;
  /** Where there are no streets: an area that is named is at least this large. */
  readonly squareKmPerArea: number;
  /** Hours of a band in which the hour is told, a divisor of 24; null = the hour is not told. */
  readonly hoursPerBand: number | null;
  /** Counts of sensitive offences are multiples of this. */
  readonly base: number;
};

/** Base five: OpenSAFELY, omopgenerics and PEDSnet round or suppress below five to eight. */
export const SAFE_RULES: ProtectionRules = {
  segmentsPerPoint: 4,
  metresPerPoint: 400,
  squareKmPerArea: 0.1,
  hoursPerBand: 6,
  base: 5,
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
  /** `2024-03`, of sensitive offences the quarter, `2024-Q1`. */
  readonly period: string;
  /** `06-12`, local time; null = not known or not told. */
  readonly hours: string | null;
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
