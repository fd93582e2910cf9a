// What goes on an image of the map besides the map.

import { kindNoun, usePage } from '../app.ts';
import type { Poster } from '../map/image.ts';
import { creditShown } from '../map/link.ts';
import { insideOf } from '../store/inside-of.ts';
import { filterInWords } from './filter-words.ts';
import { useLegend } from './legend-entries.ts';

/** Reads the page as it stands when called. */
export function usePoster(): () => Poster {
  const page = usePage();
  const legend = useLegend();
  const { answers, t, f } = page;
  return () => {
    const [city = '', ...question] = filterInWords(page);
    const summary = answers.summary.answered.value?.value;
    const matched = summary ? insideOf(summary) : 0;
    const credit = creditShown(page);
    const kind = answers.filter.value?.kind ?? 'incident';
    return {
      title: city,
      lines: [[`${f.int(matched)} ${kindNoun(t, kind, matched)}`, ...question].join(' · ')],
      legendTitle: legend?.title ?? '',
      entries: (legend?.entries ?? []).map((entry) => ({ ...entry, hatched: entry.swatch === 'is-hatch' })),
      ramp: legend?.ramp ?? null,
      notes: [...(legend?.notes ?? []), ...(credit ? [t('map.basemapCredit', { credit })] : [])],
      foot: t('print.printed', { date: f.moment(Date.now()) }),
    };
  };
}
