// The question in words, line by line, for paper, images and files: what, when, where, from whom.

import type { Filter } from '../../server/filter/contract.ts';
import type { App } from '../app.ts';
import { withinText } from '../store/chosen.ts';
import type { Days } from '../store/covered.ts';
import { daysText, sourceText, timeText, whatText } from '../store/words.ts';

/** A question in one line: what, which days, which hours, where. */
export function askedText(page: App, filter: Filter, covered: Days | null): string {
  const { reference, words } = page;
  const parts = [
    whatText(words.value, filter, reference.offences.value, reference.themes.value),
    daysText(words.value, filter, covered, reference.monthOnly.value),
    filter.hours || filter.weekdays.length ? timeText(words.value, filter) : '',
    filter.within ? withinText(page, filter.within) : '',
  ];
  return parts.filter(Boolean).join(' · ');
}

/** Municipality; what is counted; days; times; where; source with its last complete day. */
export function filterInWords(page: App): string[] {
  const { reference, answers, words } = page;
  const { t, f } = words.value;
  const filter = answers.filter.value;
  const summary = answers.summary.answered.value?.value;
  if (!filter || !summary) return [];
  const city = reference.jurisdiction.value;
  const source = sourceText(words.value, filter, reference.sources.value);
  return [
    [city?.name, city?.synthetic && t('app.synthetic')].filter(Boolean).join(' · '),
    whatText(words.value, filter, reference.offences.value, reference.themes.value),
    daysText(words.value, filter, answers.covered.value, reference.monthOnly.value),
    filter.hours || filter.weekdays.length ? timeText(words.value, filter) : '',
    filter.within ? withinText(page, filter.within) : '',
    summary.through ? t('header.fresh', { source, date: f.day(summary.through) }) : source,
  ].filter(Boolean);
}
