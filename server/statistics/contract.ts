// The choices a method offers, and what it says when the data do not let it say anything: a reason, never a number that
// is none. Pure.

export const REASONS = [
  'empty',
  'too-few-places',
  'too-few-steps',
  'in-few-steps',
  'all-equal',
  'all-zero',
  'no-neighbours',
  'all-neighbours',
  'no-denominator',
  'no-pairs',
  'no-hours',
  'negative',
  'zero-in-quotient',
  'no-earlier-period',
  'too-large',
] as const;
export type Reason = (typeof REASONS)[number];

export type NotSaid = { readonly reason: Reason };
export type Said<T> = T & { readonly reason: null };
export type Answer<T> = Said<T> | NotSaid;

export const notSaid = (reason: Reason): NotSaid => ({ reason });
export const said = <T extends object>(result: T): Said<T> => ({ ...result, reason: null });

export const KERNELS = ['quartic', 'gaussian'] as const;
export type Kernel = (typeof KERNELS)[number];

/** `B`: each neighbour weighs 1. `W`: those of a place weigh 1 together (row-standardised). */
export const LOCAL_METHODS = ['gi-star', 'gi', 'lisa'] as const;
export type LocalMethod = (typeof LOCAL_METHODS)[number];
export const STYLES = ['B', 'W'] as const;
export type Style = (typeof STYLES)[number];

/**
 * `fdr`: Benjamini & Hochberg on the p of the normal distribution, as R does. `fdr-skew`: on p with the skewness of
 * counts, without which sparse cities show hot spots by chance (skewness.ts).
 */
export const CORRECTIONS = ['fdr-skew', 'fdr', 'none'] as const;
export type Correction = (typeof CORRECTIONS)[number];
/**
 * ±3 at 99 %, ±2 at 95 %, ±1 at 90 %; 0 else (the bins of Esri's hot-spot tool, which corrects each by its own level).
 */
export type HotClass = -3 | -2 | -1 | 0 | 1 | 2 | 3;

export const METRICS = ['manhattan', 'euclidean'] as const;
export type Metric = (typeof METRICS)[number];

/** How a kernel goes on at a junction of streets: nothing turns back, or a part does, and the density has no step there. */
export const SPLITS = ['discontinuous', 'continuous'] as const;
export type Split = (typeof SPLITS)[number];

export const PATTERNS = [
  'new',
  'consecutive',
  'intensifying',
  'persistent',
  'diminishing',
  'sporadic',
  'oscillating',
  'historical',
] as const;
export type Pattern = (typeof PATTERNS)[number];
export type Emerging = { readonly side: 'hot' | 'cold'; readonly pattern: Pattern } | null;

export type Quadrant = 'high-high' | 'low-high' | 'low-low' | 'high-low';
