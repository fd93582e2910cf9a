// A change in words.

import type { DaysCompared } from '../../server/counts/contract.ts';
import type { Change } from './change.ts';
import type { Words } from './words.ts';

/** «sube 12 %», «baja», «sin cambio claro», «igual»; by day where the periods have unequal days, which are told. */
export function changeText(words: Words, change: Change, days?: DaysCompared): string {
  const { t, f } = words;
  if (!days) return wordsOf(words, change);
  return t('change.perDay', { change: wordsOf(words, change), now: f.int(days.now), before: f.int(days.before) });
}

function wordsOf({ t, f }: Words, { direction, percent }: Change): string {
  if (direction === 'same') return t('change.same');
  if (direction === 'unclear') return t('change.unclear');
  if (percent === null) return t(`change.${direction}`);
  return t(direction === 'up' ? 'change.upPercent' : 'change.downPercent', { percent: f.percent(percent) });
}
