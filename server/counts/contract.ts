// The answers of the API about incidents: counts per place, series, clock, ranking, heat.

import type { ShareLevel } from '../access/contract.ts';
import type { Excluded, Filler } from '../filter/contract.ts';

export type Totals = {
  readonly matched: number;
  readonly mapped: number;
  readonly unlocated: number;
  readonly outside: number;
  readonly withheld: number;
};

export type Denominator = { readonly year: number; readonly source: string };
export type RateUnit = 'per100kResidents' | 'perKm';

/**
 * Stands in an answer to a question with `inside`: it counts what has a point in some place of this layer version, or no
 * point at all; `leftOut` has a point elsewhere, or none and is of a source `placed`. Without, all that matches counts.
 */
export type Inside = { readonly layer: string; readonly layerVersion: number; readonly leftOut: number };

/** Rates need this many residents and incidents; below either the rate is null. */
export const MIN_RESIDENTS = 1000;
export const MIN_INCIDENTS_FOR_RATE = 10;
/** A change in per cent is given only from this earlier count on. */
export const MIN_PREVIOUS_FOR_CHANGE = 10;
/** Shorter segments count as this long, so that a stub with one incident does not lead the ranking. */
export const MIN_SEGMENT_M = 50;

export type CountsAnswer = {
  readonly dataVersion: number;
  readonly layer: string;
  readonly layerVersion: number;
  readonly ids: readonly string[];
  readonly counts: readonly number[];
  readonly rates: readonly (number | null)[] | null;
  /** What rates of this layer are, or would be where `rates` is null. */
  readonly rateUnit: RateUnit;
  readonly denominator: Denominator | null;
  readonly totals: Totals;
  readonly excluded: Excluded;
  /** The days the filter came to mean, half-open; null = open. */
  readonly from: string | null;
  readonly until: string | null;
  readonly inside?: Inside;
  /** In a drawn area, where whoever asks is not told of sensitive offences, nor how many there are: they are in no number. */
  readonly leavesOutSensitive?: true;
};

export const STEPS = ['day', 'week', 'month'] as const;
export type Step = (typeof STEPS)[number];
export type SeriesAnswer = {
  readonly dataVersion: number;
  readonly step: Step;
  /** Gap-free; weeks from Monday; `partial` = the bucket is not wholly inside the range or not yet complete. */
  readonly buckets: readonly { readonly from: string; readonly count: number; readonly partial: boolean }[];
  /** Matched but in no bucket: only their month is known and the step is shorter. */
  readonly unknownDay: number;
  /** Matched but in no bucket: only their quarter is known. */
  readonly unknownMonth: number;
  readonly inside?: Inside;
};

export type ClockAnswer = {
  readonly dataVersion: number;
  /** [weekday Monday first][hour] */
  readonly counts: readonly (readonly number[])[];
  readonly unknownHour: number;
  readonly unknownDay: number;
  readonly total: number;
  /** Minutes that hold more than three times the same minute of the hours beside them: written for want of a time. */
  readonly filler: readonly Filler[];
  readonly inside?: Inside;
};

/**
 * Why there is no earlier period to compare with: the range has an open end; a source counted began later than it; one is
 * silent for part of it; one told of it that does not reach the range; or one of the periods has none of the weekdays asked for.
 */
export const NO_PREVIOUS = ['open-range', 'before-data', 'gap', 'after-data', 'no-such-day'] as const;
export type NoPrevious = (typeof NO_PREVIOUS)[number];

/** Where weekdays are asked for and one of the periods has more of them: how many each has. Changes are by such a day. */
export type DaysCompared = { readonly before: number; readonly now: number };

export type TopRow = {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly count: number;
  readonly rate: number | null;
  /** Null where nothing is compared; see `previousReason`. */
  readonly previous: number | null;
  /** Percent, by day where `previousPeriod` tells of unequal days; null when the earlier count is under 10, or there is none. */
  readonly change: number | null;
  /** The streets a segment runs between; areas have none. */
  readonly crossings?: readonly [string, string];
};
export type TopAnswer = {
  readonly dataVersion: number;
  readonly layerVersion: number;
  readonly rows: readonly TopRow[];
  readonly previousPeriod: { readonly from: string; readonly until: string; readonly days?: DaysCompared } | null;
  readonly previousReason: NoPrevious | null;
  readonly inside?: Inside;
};

/** A count over a range of days and over the one it is compared with; null, with the reason, where there is none. */
export type Compared = {
  readonly from: string | null;
  readonly until: string | null;
  readonly matched: number;
  /** Of them, with a point in no place of the layer: those of other municipalities, for the most part. */
  readonly outside: number;
  readonly previous: {
    readonly from: string;
    readonly until: string;
    readonly matched: number;
    readonly outside: number;
    readonly days?: DaysCompared;
  } | null;
  readonly previousReason: NoPrevious | null;
};
/** `/summary?layer=L&FILTER`: the headline in one answer. */
export type SummaryAnswer = Compared & {
  readonly dataVersion: number;
  readonly totals: Totals;
  readonly excluded: Excluded;
  /** Day up to which the sources asked for are complete. */
  readonly through: string | null;
  /** The last 28 days of the range that are complete; null without such days, and where only the month is known. */
  readonly last28Days: (Compared & { readonly totals: Totals }) | null;
  /** Where only the month is known, the last whole month instead, beside the one before it. */
  readonly lastMonth: (Compared & { readonly totals: Totals }) | null;
};

export type HeatAnswer = {
  readonly dataVersion: number;
  readonly cellM: number;
  readonly points: readonly (readonly [lon: number, lat: number, weight: number])[];
  readonly inside?: Inside;
};

export type OffenceRow = {
  readonly code: string;
  readonly parent: string | null;
  readonly title: string;
  readonly labels: readonly string[];
  readonly incidents: number;
};
export type ThemeRow = {
  readonly code: string;
  readonly title: string;
  readonly offences: readonly string[];
  readonly default: boolean;
};
export type SourceRow = {
  readonly code: string;
  readonly kind: string;
  readonly title: string;
  readonly accuracyM: number | null;
  readonly datePrecision: string;
  readonly snapped: boolean;
  readonly streetPrecise: boolean;
  /** First day it has a record of, and the day after its last; a month known as such is had to its end. */
  readonly from: string | null;
  readonly until: string | null;
  readonly through: string | null;
  /** Stretches between its first record and its last in which it is silent and should not be: nothing is known of them. */
  readonly gaps: readonly { readonly from: string; readonly until: string }[];
  readonly delivered: string | null;
  /** Its records come as they happen, not as files. */
  readonly live: boolean;
  readonly incidents: number;
  /** More of its points lie outside the areas than in them: it is of a larger region than this municipality. */
  readonly elsewhere: boolean;
};

/** Media type of the compact form of CountsAnswer, for `Accept`. */
export const COUNTS_TYPE = 'application/vnd.cuadra.counts';
const COUNTS_MAGIC = 0x31_54_4e_43;

// "CNT1"

/**
 * CountsAnswer in little-endian bytes: uint32 magic "CNT1"; uint32 length of the header; the header, JSON in UTF-8 with
 * every field but ids, counts and rates, padded with spaces so that what follows begins on a multiple of 4; uint32 n;
 * uint32 ids[n]; uint32 counts[n]; and, where the header's `hasRates` is true, float32 rates[n] with NaN for null.
 */
export function encodeCounts({ ids, counts, rates, ...rest }: CountsAnswer): Uint8Array<ArrayBuffer> {
  const json = JSON.stringify({ ...rest, hasRates: rates !== null });
  const unpadded = new TextEncoder().encode(json);
  const headerBytes = Math.ceil(unpadded.length / 4) * 4;
  const n = ids.length;
  const bytes = new Uint8Array(8 + headerBytes + 4 + n * (rates ? 12 : 8));
  bytes.fill(0x20, 8, 8 + headerBytes);
  bytes.set(unpadded, 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, COUNTS_MAGIC, true);
  view.setUint32(4, headerBytes, true);
  const at = 8 + headerBytes;
  view.setUint32(at, n, true);
  for (let i = 0; i < n; i++) {
    view.setUint32(at + 4 + i * 4, Number(ids[i]), true);
    view.setUint32(at + 4 + (n + i) * 4, counts[i]!, true);
    if (rates) view.setFloat32(at + 4 + (2 * n + i) * 4, rates[i] ?? Number.NaN, true);
  }
  return bytes;
}

/** The answer again; rates come back with the precision of float32. Throws when the bytes are something else. */
export function decodeCounts(buffer: ArrayBuffer): CountsAnswer {
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== COUNTS_MAGIC) throw new Error('not counts');
  const headerBytes = view.getUint32(4, true);
  const { hasRates, ...rest } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, headerBytes)));
  const at = 8 + headerBytes;
  const n = view.getUint32(at, true);
  const ids = Array.from(new Uint32Array(buffer, at + 4, n), String);
  const counts = Array.from(new Uint32Array(buffer, at + 4 + n * 4, n));
  const read = (rate: number) => (Number.isNaN(rate) ? null : rate);
  const rates = hasRates ? Array.from<number, number | null>(new Float32Array(buffer, at + 4 + n * 8, n), read) : null;
  return { ...rest, ids, counts, rates };
}

/** One jurisdiction in the map above them. */
export type RegionRow = {
  readonly code: string;
  readonly name: string;
  readonly synthetic: boolean;
  /** Another authority's, by an agreement. */
  readonly shared?: ShareLevel;
  readonly residents: number | null;
  /** Year of the census they are of. */
  readonly residentsYear: number | null;
  /** In `from`–`until`, the complete months of the year asked; null = not known, for `reason`. */
  readonly count: number | null;
  readonly reason: 'no-data' | 'gap' | null;
  /** Per 100,000 residents and year; null where it would say nothing. */
  readonly rate: number | null;
  /** In the same months of the base year; null = not known, for `beforeReason`. */
  readonly before: number | null;
  readonly beforeReason: NoPrevious | null;
  readonly from: string | null;
  readonly until: string | null;
};
export type RegionAnswer = { readonly year: number; readonly base: number; readonly rows: readonly RegionRow[] };
/** Of those whose limit is known. */
export type RegionLimits = { readonly limits: readonly { readonly code: string; readonly geometry: object | null }[] };

/** The areas whoever asks is bound to; null = the whole jurisdiction. */
export type ScopeAnswer = {
  readonly areas: {
    readonly layer: string;
    /** Null: there is no such layer of areas any more. */
    readonly layerVersion: number | null;
    readonly rows: readonly { readonly id: string; readonly code: string; readonly name: string }[];
    /** Codes that no area of the present version has. */
    readonly missing: readonly string[];
  } | null;
};
