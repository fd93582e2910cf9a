// The counts of all small maps, and the one scale they share.

import type { CountsAnswer } from '../../server/counts/contract.ts';
import type { Filter } from '../../server/filter/contract.ts';
import { type ClassBounds, classBounds, classOf } from '../map/classify.ts';
import { areaValues } from '../map/picture.ts';
import { coveredDays } from '../store/covered.ts';
import { daysBetween } from '../store/days.ts';
import type { LegendChoice } from '../store/url.ts';
import type { Slice } from './slices.ts';

const DAYS_PER_YEAR = 365.25;
const AT_ONCE = 4;

export type SmallMap = {
  readonly slice: Slice;
  readonly answer: CountsAnswer;
  readonly values: readonly (number | null)[];
  readonly byRate: boolean;
};
export type Many = {
  readonly maps: readonly (SmallMap & { readonly classes: ReadonlyMap<string, number> })[];
  readonly bounds: ClassBounds;
  readonly byRate: boolean;
};
type Sources = readonly { readonly from: string | null; readonly until: string | null }[];

/** A few at a time, in the order of the slices. Rejects as `countsOf` does. */
export async function fetchSlices(
  slices: readonly Slice[],
  countsOf: (patch: Partial<Filter>) => Promise<CountsAnswer>,
  onOne: (done: number) => void,
): Promise<readonly { readonly slice: Slice; readonly answer: CountsAnswer }[]> {
  const answers: CountsAnswer[] = [];
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < slices.length) {
      const mine = next++;
      answers[mine] = await countsOf(slices[mine]!.patch);
      onOne(++done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return slices.map((slice, i) => ({ slice, answer: answers[i]! }));
}

/** Classes over the values of all maps together: a colour means the same in each. Streets are counted. */
export function onOneScale(
  found: readonly { readonly slice: Slice; readonly answer: CountsAnswer }[],
  choice: LegendChoice,
  sources: Sources,
): Many {
  const measured = (wanted: LegendChoice): readonly SmallMap[] =>
    found.map(({ slice, answer }) => {
      const covered = coveredDays(answer, sources as never);
      const years = covered && daysBetween(covered.from, covered.until) / DAYS_PER_YEAR;
      return { slice, answer, ...areaValues(answer, wanted, years) };
    });
  const asWished = measured(choice);
  // A map without a single rate would be of another measure than its neighbours.
  const isMixed = asWished.some(({ byRate, answer }) => !byRate && answer.ids.length > 0);
  const maps = choice.measure === 'rate' && isMixed ? measured({ ...choice, measure: 'count' }) : asWished;
  const all = maps.flatMap(({ values }) => values.filter((value) => value !== null));
  const bounds = classBounds(all, choice.method, choice.classes);
  const classesOf = ({ answer, values }: SmallMap) =>
    new Map(answer.ids.map((id, i) => [id, values[i] == null ? 0 : classOf(values[i], bounds)] as const));
  return {
    maps: maps.map((map) => ({ ...map, classes: classesOf(map) })),
    bounds,
    byRate: maps.some(({ byRate }) => byRate),
  };
}

/** The place with the highest value; null where there is none. */
export function highest({ answer, values }: Pick<SmallMap, 'answer' | 'values'>): string | null {
  let best = -1;
  values.forEach((value, i) => {
    if ((value ?? 0) > (best < 0 ? 0 : (values[best] ?? 0))) best = i;
  });
  return best < 0 ? null : (answer.ids[best] ?? null);
}
