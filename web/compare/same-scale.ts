// One scale for both maps that are compared: classes over the values of A and B together, where both are measured alike.

import type { CountsAnswer } from '../../server/counts/contract.ts';
import { classBounds } from '../map/classify.ts';
import { areaValues, type HeldAreas } from '../map/picture.ts';
import type { LegendChoice } from '../store/url.ts';

export type Measured = { readonly answer: CountsAnswer; readonly years: number | null };

/** Null where one of them has rates and the other has none: a colour would mean two things. */
export function sharedBounds(a: Measured, b: Measured, choice: LegendChoice): HeldAreas | null {
  const [ofA, ofB] = [a, b].map(({ answer, years }) => areaValues(answer, choice, years)) as [
    ReturnType<typeof areaValues>,
    ReturnType<typeof areaValues>,
  ];
  if (ofA.byRate !== ofB.byRate) return null;
  const values = [...ofA.values, ...ofB.values].filter((value) => value !== null);
  const bounds = classBounds(values, choice.method, choice.classes);
  return { bounds, measure: ofA.byRate ? 'rate' : 'count', isSampled: false };
}
