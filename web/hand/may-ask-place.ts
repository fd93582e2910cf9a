// Who may ask about a place of their own, and what the ways to draw it are called.

import type { App } from '../app.ts';

/** Not where only counts by area are shared, nor in a frame. */
export const mayAskPlace = ({ store, reference }: Pick<App, 'store' | 'reference'>): boolean =>
  !store.embedded && store.page.value.tab === 'map' && reference.jurisdiction.value?.shared !== 'totals';

export const DRAWN_WORDS = {
  polygon: { title: 'seen.drawPolygon', how: 'seen.drawPolygonHow' },
  lasso: { title: 'seen.drawLasso', how: 'seen.drawLassoHow' },
  circle: { title: 'seen.drawCircle', how: 'seen.drawCircleHow' },
  stretch: { title: 'seen.drawStretch', how: 'seen.drawStretchHow' },
} as const;
