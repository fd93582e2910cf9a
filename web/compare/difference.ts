// Where A and B differ by more than chance explains: the rule of the page's analysis of change, with its false findings held
// over all places together, whatever the two questions differ in.

import type { CountsAnswer } from '../../server/counts/contract.ts';
import { type Change, changes } from '../../server/statistics/poisson-change.ts';

/** `up` = more in A than chance explains. */
export type PlaceDifference = Pick<Change, 'direction'> & {
  readonly id: string;
  readonly a: number;
  readonly b: number;
};
/** They count different kinds of things; one incident may be in both; of a part of either there are no data. */
export type Unjudged = 'kinds' | 'shared' | 'gaps';
export type Difference = {
  readonly places: readonly PlaceDifference[];
  readonly whole: PlaceDifference['direction'];
  readonly more: number;
  readonly fewer: number;
  /** Why no place is told to differ; null where chance was asked about. */
  readonly unjudged: Unjudged | null;
};
type Counts = Pick<CountsAnswer, 'ids' | 'counts'>;

/** So likely is a false finding among those that are told, at most. */
export const LEVEL = 0.05;

/**
 * What is asked for longer is compared by what happened per hour that is asked for. Places where nothing happened in either
 * are left out.
 */
export function differenceOf(
  a: Counts,
  b: Counts,
  hours: { readonly a: number; readonly b: number; readonly unjudged: Unjudged | null },
): Difference {
  const [ofA, ofB] = [a, b].map(({ ids, counts }) => new Map(ids.map((id, i) => [id, counts[i] ?? 0])));
  const ids = [...new Set([...a.ids, ...b.ids])].filter((id) => (ofA!.get(id) ?? 0) + (ofB!.get(id) ?? 0) > 0);
  const counts = (of: ReadonlyMap<string, number>) => ids.map((id) => of.get(id) ?? 0);
  const lengths = { lengthBefore: hours.b, lengthAfter: hours.a, level: LEVEL };
  const found = changes(counts(ofB!), counts(ofA!), lengths);
  const told = (direction: PlaceDifference['direction']) => (hours.unjudged ? 'none' : direction);
  const places = found.map(({ after, before, direction }, i) => ({
    ...{ id: ids[i]!, a: after, b: before, direction: told(direction) },
  }));
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  const whole = told(changes([sum(counts(ofB!))], [sum(counts(ofA!))], lengths)[0]!.direction);
  const count = (direction: PlaceDifference['direction']) =>
    places.filter((place) => place.direction === direction).length;
  return { places, whole, more: count('up'), fewer: count('down'), unjudged: hours.unjudged };
}

/** Those that differ clearly, the largest differences first. */
export const clearest = ({ places }: Difference, most: number): readonly PlaceDifference[] =>
  places
    .filter(({ direction }) => direction !== 'none')
    .sort((x, y) => Math.abs(y.a - y.b) - Math.abs(x.a - x.b) || Number(x.id) - Number(y.id))
    .slice(0, most);
