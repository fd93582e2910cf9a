// What is asked of an evaluation, and what it answers: the comparison and how it was chosen, the numbers, and one verdict
// that follows from them. Pure; the page imports this too.

import * as z from 'zod';
import type { NotPlaced } from '../analysis/contract.ts';
import { date } from '../calendar/contract.ts';

const code = z.string().min(1).max(200);
export const MOST_GROUND_PLACES = 2000;
export const MOST_CONTROLS = 200;
const MOST_WEIGHED = 300;

/** Places of one version of a layer: named by their codes, which outlast a version. */
export const ground = z.strictObject({
  layer: z.string().min(1).max(64),
  version: z.number().int().min(1),
  codes: z.array(code).min(1).max(MOST_GROUND_PLACES),
});
export type MeasureGround = z.output<typeof ground>;

export const period = z
  .strictObject({ from: date, until: date })
  .refine(({ from, until }) => from < until, 'the end does not lie after the beginning');
export type DatedPeriod = z.output<typeof period>;

/** What offences weigh, by a code of the tree of offences: a leaf weighs what the nearest above it does; the rest nothing. */
export const harmWeights = z.strictObject({
  /** Where the weights are from: a statute, an index, a decision. */
  source: z.string().trim().min(1, 'the source of the weights is needed').max(200),
  weights: z
    .record(code, z.number().min(0).max(1e6))
    .refine((weights) => Object.keys(weights).length <= MOST_WEIGHED, `at most ${MOST_WEIGHED} weights`)
    .refine((weights) => Object.values(weights).some((weight) => weight > 0), 'some weight above 0 is needed'),
});
export type HarmWeights = z.output<typeof harmWeights>;

/** What of a measure its evaluation stands on. */
export const measureDesign = {
  ground,
  from: date,
  /** The day after the last; null = still going on. */
  until: date.nullable(),
  /** The period whose figures chose the place: never its «before». Null = it was not chosen by figures. */
  selection: period.nullable(),
  /** Chosen by hand; null = those proposed. */
  controls: z.array(code).min(1).max(MOST_CONTROLS).nullable(),
  /** How far around crime may have moved, between the middles of streets; areas: those that touch. 0 = not looked at. */
  ringM: z.number().int().min(0).max(5000),
  /** Weights of its own; without, the severities of the list of offences. */
  harm: harmWeights.nullable().optional(),
};
export type MeasureDesign = { readonly [K in keyof typeof measureDesign]: z.output<(typeof measureDesign)[K]> };

/**
 * fell, rose: more than in comparable places, and more than chance and the usual ups and downs of such places allow.
 * unclear: it does not stand out. too-few: fewer than 20 in a cell. nothing-to-compare: too few places of the kind to
 * tell what is usual. not-begun: no complete month yet. too-short: over, without a complete
 * month. no-before: no earlier months to compare with. place-gone: the
 * layer does not have the place any more.
 */
export const VERDICTS = [
  'fell',
  'rose',
  'unclear',
  'too-few',
  'nothing-to-compare',
  'not-begun',
  'too-short',
  'no-before',
  'place-gone',
] as const;
export type Verdict = (typeof VERDICTS)[number];
/** Around the place: more than elsewhere, fewer, as elsewhere, or not to be told; null = not looked at. */
export type Displaced = 'moved' | 'spread' | 'as-elsewhere' | 'unclear' | null;

/** In crimes of the period after; negative: fewer than the comparable places lead to expect. */
export type ScatteredEstimate = {
  readonly estimate: number;
  /** As published: of the counts alone. */
  readonly poisson: {
    readonly variance: number;
    readonly se: number;
    readonly z: number | null;
    readonly low: number;
    readonly high: number;
  };
  /** With the usual ups and downs of such places on top. */
  readonly se: number;
  readonly z: number | null;
  readonly low: number;
  readonly high: number;
};

export type PlaceSum = {
  /** Of the version that is counted by. */
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly before: number;
  readonly after: number;
  readonly matching: number;
};

/**
 * The same with every incident weighed by the harm of its offence, in weights. The least number that tells is not one of
 * incidents but of those that would tell as much if all weighed the same (Kish): a single grave one is no 20.
 */
export type HarmAnswer = {
  /** Null = the severities of the list of offences. */
  readonly source: string | null;
  readonly weights: readonly { readonly code: string; readonly weight: number }[];
  /** Codes with a weight that no offence counted here has. */
  readonly unused: readonly string[];
  readonly verdict: Extract<Verdict, 'fell' | 'rose' | 'unclear' | 'too-few' | 'nothing-to-compare'>;
  readonly displaced: Displaced;
  readonly sentence: string;
  readonly treated: readonly [before: number, after: number];
  /** Brought to the size of the treated. */
  readonly control: readonly [before: number, after: number] | null;
  /** As many incidents of one weight would tell as much: the least of treated and controls, before and after. */
  readonly effective: number;
  /** Incidents of the treated that carry no weight. */
  readonly withoutWeight: readonly [before: number, after: number];
  readonly local: ScatteredEstimate | null;
  readonly ring: ScatteredEstimate | null;
  readonly total: ScatteredEstimate | null;
  readonly placebo: { readonly places: number; readonly asGood: number; readonly p: number } | null;
};

export type EvaluationAnswer = {
  readonly dataVersion: number;
  readonly layer: string;
  readonly layerVersion: number;
  readonly verdict: Verdict;
  readonly displaced: Displaced;
  /** One sentence in the language asked for. */
  readonly sentence: string;
  /** Half-open, whole months; null where there are none. */
  readonly periods: {
    readonly before: DatedPeriod | null;
    readonly after: DatedPeriod | null;
    /** In which places of a like level were looked for. */
    readonly matching: DatedPeriod | null;
    readonly matchedOn: 'selection' | 'earlier' | 'before';
    /** Before and after are the same months of the year. */
    readonly isSeasonal: boolean;
    /** Of the measure, outside its whole months. */
    readonly daysLeftOut: number;
  };
  readonly counts: {
    readonly treated: readonly [before: number, after: number];
    readonly control: readonly [before: number, after: number];
    readonly displacement: readonly [before: number, after: number] | null;
    readonly displacementControl: readonly [before: number, after: number] | null;
    /** How many treated places the controls amount to, by their level while matching. */
    readonly controlSize: number;
    readonly displacementControlSize: number | null;
  } | null;
  readonly local: ScatteredEstimate | null;
  readonly ring: ScatteredEstimate | null;
  readonly total: ScatteredEstimate | null;
  /** The published quotients: gross, net and total net effect are positive for fewer crimes, the others negative. */
  readonly quotients: Readonly<
    Record<'grossEffect' | 'netEffect' | 'successMeasure' | 'bufferMeasure' | 'wdq' | 'totalNetEffect', number | null>
  > | null;
  /** The smallest drop that would stand out, in crimes and of what there were before. */
  readonly smallestDetectable: { readonly drop: number; readonly share: number | null } | null;
  /** Null before it begins, and where all that is counted weighs the same. */
  readonly harm: HarmAnswer | null;
  /** How much places of the kind go up and down beyond chance: standard deviation of a change, as a share of the count. */
  readonly scatter: number | null;
  readonly placebo: {
    readonly places: number;
    /** Fake measures that looked at least as good. */
    readonly asGood: number;
    readonly p: number;
    /** The standardised change of each, lowest first; and of the place itself. */
    readonly z: readonly number[];
    readonly ownZ: number;
    /** The same place with the measure at dates when there was none. */
    readonly dates: readonly {
      readonly from: string;
      readonly estimate: number;
      readonly low: number;
      readonly high: number;
    }[];
  } | null;
  readonly design: {
    readonly treated: readonly PlaceSum[];
    readonly controls: readonly PlaceSum[];
    readonly controlsBy: 'proposed' | 'hand';
    /** Others that could be controls, the most alike first; not kept with an evaluation. */
    readonly alike: readonly PlaceSum[];
    readonly displacement: readonly { readonly id: string; readonly code: string }[];
    readonly ringM: number;
    /** No place of like level was there: the controls are the nearest there are. */
    readonly levelsDiffer: boolean;
    /** Left out as places of other measures at the time. */
    readonly otherMeasures: number;
    /** Controls that lie around the place or under another measure: chosen by hand, never proposed. */
    readonly controlsNear: number;
    /** Other measures of the time on the treated places themselves: what these did cannot be told apart. */
    readonly measuresHere: number;
    /** Other measures of the time whose places are not there any more: they may be among the controls. */
    readonly measuresNotFound: number;
  };
  /** Of the whole jurisdiction, in no place of the layer; null where nothing is compared. */
  readonly leftOut: { readonly before: NotPlaced; readonly after: NotPlaced | null } | null;
  /** By month: counts of the treated, of the controls brought to their size, of the ring. */
  readonly months: readonly {
    readonly month: string;
    readonly treated: number;
    readonly control: number;
    readonly displacement: number | null;
  }[];
  readonly layerChanges: {
    readonly drawnOn: number;
    /** Codes whose shape is another in the present version; and codes there are no more. */
    readonly reshaped: readonly string[];
    readonly gone: readonly string[];
  } | null;
  /**
   * Sources that do not tell of all months up to the last: only months are compared of which all others tell, and of those
   * that ended none. Not there in what was kept before this was said.
   */
  readonly behind?: readonly { readonly source: string; readonly title: string; readonly through: string }[];
  /** Offences this viewer is not told of by street are left out. */
  readonly leavesOutSensitive: boolean;
  readonly parameters: { readonly query: Readonly<Record<string, string>>; readonly reference: string };
};

export const REFERENCE_OF_EVALUATION =
  'Wheeler & Ratcliffe 2018, doi 10.1186/s40163-018-0085-5; Bowers & Johnson 2003; variance between places from placebo places; placebo p after Abadie, Diamond & Hainmueller 2010';
/** Fake measures without which nothing is called a success: fewer cannot show 2.5 %. */
export const LEAST_PLACEBOS = 39;
export const MOST_PLACEBOS = 200;
