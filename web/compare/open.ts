// Opening and leaving the comparison of two questions, and exchanging them.

import type { Filter } from '../../server/filter/contract.ts';
import type { App } from '../app.ts';
import { addYears } from '../store/days.ts';
import type { Beside, BesideMode } from '../store/url.ts';

/** Whether there is anything to compare on, and nobody else fixes what is asked. */
export const mayCompare = ({ store, reference }: Pick<App, 'store' | 'reference'>): boolean =>
  !store.embedded && store.page.value.tab === 'map' && reference.areaLayer.value !== null;

/** Begins with the same days of the year before, where the data reach back so far; else with the same question. */
export function openComparing({ store, answers, reference, isPlaying, pictures }: App): void {
  const { filter, view, shown } = store.page.peek();
  const covered = answers.covered.peek();
  const first = reference.firstDay.peek();
  const earlier = covered && { from: addYears(covered.from, -1), until: addYears(covered.until, -1) };
  const reaches = earlier !== null && first !== null && earlier.from >= first;
  const other: Filter = reaches ? { ...filter, period: null, ...earlier } : filter;
  const streets = view === 'streets' || pictures.drawn.peek() === 'streets';
  isPlaying.value = false;
  store.change({
    beside: { mode: 'swipe', filter: other },
    view: streets ? 'streets' : 'areas',
    shown: { ...shown, tilted: false },
  });
}

export const leaveComparing = ({ store }: Pick<App, 'store'>): void => store.change({ beside: null });

export function showAs({ store }: Pick<App, 'store'>, mode: BesideMode): void {
  const { beside } = store.page.peek();
  if (beside) store.change({ beside: { ...beside, mode } });
}

/** What was A is B: so the bar of filters changes either. */
export function exchange({ store }: Pick<App, 'store'>): void {
  const { beside, filter } = store.page.peek();
  if (beside) store.change({ filter: beside.filter, beside: { ...beside, filter } satisfies Beside });
}

/** B asks what A asks, to change one of them from there. */
export function makeAlike({ store }: Pick<App, 'store'>): void {
  const { beside, filter } = store.page.peek();
  if (beside) store.change({ beside: { ...beside, filter } });
}
