// Which of the places of a like name is meant, or that it cannot be told.

import { ESTATE, type FoldedName, tellAlike, wholeOf } from './fold-names.ts';

/** A place whose name is like the one asked for. */
export type Candidate = FoldedName & {
  readonly placeId: number;
  /** Similarity of the cores by trigrams, 0–1. */
  readonly score: number;
};
/** `how` it was found: by its very name, or by a similar one. */
export type Choice = { readonly placeId: number; readonly score: number; readonly how: 'exact' | 'similar' };

/** Names less alike than this are different names. */
export const LEAST_SIMILAR = 0.75;
/** Of two names nearly as alike as each other neither is taken. */
export const MARGIN = 0.1;
/** A name that only lacks the kind of place is nearly the name itself. */
const SAME_CORE = 0.95;

/**
 * The one place of exactly that name; else the one whose name differs only in saying what kind of place it is; else the
 * most similar one, if it is similar enough and no other is nearly as similar. Null when several could be meant.
 */
export function choose(asked: FoldedName, candidates: readonly Candidate[]): Choice | null {
  const exact = candidates.filter(({ folded }) => folded === asked.folded);
  if (exact.length) return only(exact, 1, 'exact');
  const sameCore = candidates.filter(({ core }) => core === asked.core);
  // Without a kind on one side; the quarter and the village of one name are two places, and so are a neighbourhood and
  // the housing estate called after it.
  const alike = sameCore.filter(
    ({ folded, core }) => folded === core || (asked.folded === asked.core && folded !== `${core} ${ESTATE}`),
  );
  if (sameCore.length) return only(alike, SAME_CORE, 'similar');
  if (candidates.some(({ core }) => core !== wholeOf(core) && wholeOf(core) === asked.core)) return null;
  const [best, next] = candidates
    .filter(({ core, score }) => score >= LEAST_SIMILAR && tellAlike(core, asked.core))
    .sort((a, b) => b.score - a.score || a.placeId - b.placeId);
  if (!best || (next && next.score > best.score - MARGIN)) return null;
  return { placeId: best.placeId, score: best.score, how: 'similar' };
}

function only(candidates: readonly Candidate[], score: number, how: Choice['how']): Choice | null {
  const [one, another] = candidates;
  return one && !another ? { placeId: one.placeId, score, how } : null;
}
