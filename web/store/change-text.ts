// A change in words.

import type { Change } from './change.ts';
import type { Words } from './words.ts';

/** «sube 12 %», «baja», «sin cambio claro», «igual». */
export function changeText({ t, f }: Words, { direction, percent }: Change): string {
  if (direction === 'same') return t('change.same');
  if (direction === 'unclear') return t('change.unclear');
  if (percent === null) return t(`change.${direction}`);
  return t(direction === 'up' ? 'change.upPercent' : 'change.downPercent', { percent: f.percent(percent) });
}
