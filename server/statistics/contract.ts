// What a method says when the data do not let it say anything: a reason, never a number that is none. Pure.

export const REASONS = [
  'empty',
  'too-few-places',
  'too-few-steps',
  'all-equal',
  'all-zero',
  'no-neighbours',
  'no-denominator',
  'no-pairs',
  'negative',
  'zero-in-quotient',
  'too-large',
] as const;
export type Reason = (typeof REASONS)[number];

export type NotSaid = { readonly reason: Reason };
export type Said<T> = T & { readonly reason: null };
export type Answer<T> = Said<T> | NotSaid;

export const notSaid = (reason: Reason): NotSaid => ({ reason });
export const said = <T extends object>(result: T): Said<T> => ({ ...result, reason: null });
