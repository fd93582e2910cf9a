// Who may ask about a place of their own.

import type { App } from '../app.ts';

/** Not where only counts by area are shared, nor in a frame. */
export const mayAskPlace = ({ store, reference }: Pick<App, 'store' | 'reference'>): boolean =>
  !store.embedded && store.page.value.tab === 'map' && reference.jurisdiction.value?.shared !== 'totals';
