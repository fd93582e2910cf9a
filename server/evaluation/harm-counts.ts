// Incidents weighed by the harm of their offences: the sums of weights of every place in the months that are compared, and
// of their squares, which are the variance of such sums.

import { monthStart } from '../calendar/days.ts';
import type { Snapshot } from '../cube/store.ts';
import { BadInput } from '../errors.ts';
import type { AskedLayer } from '../filter/places.ts';
import type { Plan } from '../filter/plan.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import type { HarmWeights } from './contract.ts';
import type { Months } from './windows.ts';

/** By place id from 1; [0] = no place. */
export type Weighed = { readonly sums: Float64Array; readonly squares: Float64Array };
export type HarmCounts = {
  readonly matching: Weighed;
  readonly before: Weighed;
  readonly after: Weighed;
  /** Incidents of each place that carry no weight. */
  readonly withoutWeight: { readonly before: Float64Array; readonly after: Float64Array };
};
export type HarmGroups = {
  readonly source: string | null;
  /** Each weight with the offences that carry it; those of weight 0 are in `without`. */
  readonly groups: readonly { readonly weight: number; readonly offenceIds: readonly number[] }[];
  readonly without: readonly number[];
  /** As told: the node of the tree that the weight was given to, and what it weighs; 0 of what was given none. */
  readonly weights: readonly { readonly code: string; readonly weight: number }[];
  /** Codes that were given a weight and that no offence counted here has. */
  readonly unused: readonly string[];
};

/** Each distinct weight is a question of its own for each of the three periods. */
const MOST_WEIGHTS = 60;

/**
 * What each counted offence weighs: as given, the nearest above it in the tree; without any, the severity of the list of
 * offences. Null where all weigh the same, so that weighing would say nothing that counting does not.
 */
export function harmGroups(
  taxonomy: Taxonomy,
  { offences, choices }: Pick<Snapshot, 'offences' | 'choices'>,
  offenceIds: Plan['offenceIds'],
  given: HarmWeights | null,
): HarmGroups | null {
  const tree = taxonomy.withChoices(choices);
  const counted = offenceIds === null ? null : new Set(offenceIds);
  const byWeight = new Map<number, number[]>();
  const weights = new Map<string, number>();
  const without: number[] = [];
  for (const { offenceId, code } of offences) {
    if (counted && !counted.has(offenceId)) continue;
    const path = [code, ...tree.ancestors(code)];
    const node = given ? path.find((each) => Object.hasOwn(given.weights, each)) : (path[1] ?? code);
    const weight = node === undefined ? 0 : given ? given.weights[node]! : tree.severity(node);
    const told = node ?? path[1] ?? code;
    if (!weights.has(told)) weights.set(told, weight);
    if (weight > 0) byWeight.set(weight, [...(byWeight.get(weight) ?? []), offenceId]);
    else without.push(offenceId);
  }
  if (byWeight.size > MOST_WEIGHTS) throw new BadInput('harm', `at most ${MOST_WEIGHTS} different weights`);
  if (byWeight.size < 2 && (without.length === 0 || byWeight.size === 0)) return null;
  return {
    source: given?.source ?? null,
    groups: [...byWeight].map(([weight, ids]) => ({ weight, offenceIds: ids })),
    without,
    weights: [...weights]
      .map(([code, weight]) => ({ code, weight }))
      .sort((a, b) => b.weight - a.weight || (a.code < b.code ? -1 : 1)),
    unused: given ? Object.keys(given.weights).filter((code) => given.weights[code]! > 0 && !weights.has(code)) : [],
  };
}

export async function countHarm(
  { answers }: Pick<Snapshot, 'answers'>,
  plan: Plan,
  layer: AskedLayer,
  { groups, without }: HarmGroups,
  periods: Readonly<Record<'matching' | 'before' | 'after', Months>>,
): Promise<HarmCounts> {
  const counted = async (offenceIds: readonly number[], { from, until }: Months) => {
    const range = { from: monthStart(from), until: monthStart(until) };
    return (await answers.byPlace({ ...plan, offenceIds: [...offenceIds], range }, layer)).counts;
  };
  const weighed = async (months: Months): Promise<Weighed> => {
    const [sums, squares] = [new Float64Array(layer.features + 1), new Float64Array(layer.features + 1)];
    for (const { weight, offenceIds } of groups) {
      const counts = await counted(offenceIds, months);
      for (let place = 0; place < counts.length; place++) {
        sums[place]! += weight * counts[place]!;
        squares[place]! += weight ** 2 * counts[place]!;
      }
    }
    return { sums, squares };
  };
  const unweighed = async (months: Months) =>
    without.length ? Float64Array.from(await counted(without, months)) : new Float64Array(layer.features + 1);
  const [matching, before, after] = await Promise.all([
    weighed(periods.matching),
    weighed(periods.before),
    weighed(periods.after),
  ]);
  return {
    ...{ matching, before, after },
    withoutWeight: { before: await unweighed(periods.before), after: await unweighed(periods.after) },
  };
}
