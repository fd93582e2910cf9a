// A filter in words, as the chips, the legend and the printed page say it.

import type { OffenceRow, SourceRow, ThemeRow } from '../../server/counts/contract.ts';
import type { Filter } from '../../server/filter/contract.ts';
import type { Translate } from '../../server/i18n/contract.ts';
import type { FeatureRow } from '../../server/layers/contract.ts';
import type { Apart } from './answers.ts';
import type { Days } from './covered.ts';
import { addDays, daysBetween } from './days.ts';
import type { Formats } from './formats.ts';
import { hoursText } from './formats.ts';

export type Words = { readonly t: Translate; readonly f: Formats };

/** Whoever did something, as it is kept: the name of an account, or how somebody came in without one. */
export function whoText(t: Translate, kept: string): string {
  if (kept === 'open') return t('problems.whoOpen');
  if (kept.startsWith('demo:')) return t('problems.whoDemo');
  return kept.startsWith('key:') ? t('problems.whoKey', { name: kept.slice('key:'.length) }) : kept;
}

export function periodText({ t, f }: Words, filter: Filter): string {
  const { period, from, until } = filter;
  if (period === 'week') return t('filter.periodWeek');
  if (period === '28d') return t('filter.period28d');
  if (period === '12m') return t('filter.period12m');
  if (period === 'ytd') return t('filter.periodYtd');
  if (from && until) return f.range(from, until);
  if (from) return `${t('filter.periodFrom')} ${f.day(from)}`;
  if (until) return `${t('filter.periodUntil')} ${f.day(addDays(until, -1))}`;
  return t('filter.periodAll');
}

/** A period that follows the data may have ended long ago: from then on its last day or month is part of its name. */
const RECENT_DAYS = 31;
const PERIOD_TO = {
  week: 'filter.periodWeekTo',
  '28d': 'filter.period28dTo',
  '12m': 'filter.period12mTo',
  ytd: 'filter.periodYtdTo',
} as const;

/** As `periodText`; `through` = the day the data are complete up to. */
export function periodToText(words: Words, filter: Filter, through: string | null, today: string): string {
  const { period } = filter;
  if (!period || !through || daysBetween(through, today) <= RECENT_DAYS) return periodText(words, filter);
  const isMonthEnd = addDays(through, 1).endsWith('-01');
  const date = isMonthEnd ? words.f.month(through) : words.f.day(through);
  return words.t(PERIOD_TO[period], { date });
}

/** The days counted, by months where no more is known; as asked for where the data have none of them. */
export function daysText(words: Words, filter: Filter, covered: Days | null, monthOnly: boolean): string {
  if (!covered) return periodText(words, filter);
  return monthOnly ? words.f.months(covered.from, covered.until) : words.f.range(covered.from, covered.until);
}

/** 1–5 → lun–vie; 5, 6 → vie, sáb. */
export function weekdaysText({ f }: Words, weekdays: readonly number[]): string {
  const sorted = [...weekdays].sort();
  const first = sorted[0] ?? 1;
  const run = sorted.length > 2 && sorted.every((day, index) => day === first + index);
  if (run) return `${f.weekday(first)}–${f.weekday(sorted.at(-1) ?? first)}`;
  return sorted.map(f.weekday).join(', ');
}

export function timeText(words: Words, filter: Filter): string {
  const parts: string[] = [];
  if (filter.weekdays.length) parts.push(weekdaysText(words, filter.weekdays));
  if (filter.hours) parts.push(hoursText(filter.hours.from, filter.hours.until));
  return parts.join(' ') || words.t('filter.timeAny');
}

export function offenceText({ t, f }: Words, filter: Filter, offences: readonly OffenceRow[]): string {
  const { length } = filter.offences;
  if (length === 0) return t('filter.offenceAll');
  if (length === 1) return offences.find((row) => row.code === filter.offences[0])?.title ?? filter.offences[0] ?? '';
  return t('filter.offenceCount', { count: length, n: f.int(length) });
}

/** What is counted: the chosen offences, or the theme. */
export function whatText(
  words: Words,
  filter: Filter,
  offences: readonly OffenceRow[],
  themes: readonly ThemeRow[],
): string {
  if (filter.offences.length) return offenceText(words, filter, offences);
  return themes.find((row) => row.code === filter.theme)?.title ?? '';
}

export function sourceText({ t, f }: Words, filter: Filter, sources: readonly SourceRow[]): string {
  const used = sources.filter((row) => row.kind === filter.kind && (!filter.source || row.code === filter.source));
  return used.length ? f.list(used.map((row) => row.title)) : t(`kind.${filter.kind}`);
}

/** What is not counted because nobody knows whether it is of here, and whose file it is in. */
export function largerFileText({ t, f }: Words, { unlocated, larger }: Apart): string {
  return t('answer.largerFile', { count: unlocated, n: f.int(unlocated), of: f.list(larger) });
}

type Named = Pick<FeatureRow, 'name' | 'crossings'>;

/** An area by its name; a segment as «Av. Juárez, entre Morelos y Pino Suárez». */
export function placeText(words: Words, row: Named, isStreet: boolean): string {
  const { name, stretch } = placeParts(words, row, isStreet);
  return stretch ? `${name}, ${stretch}` : name;
}

/** The name, and for a segment between which streets it lies. */
export function placeParts({ t }: Words, row: Named, isStreet: boolean): { name: string; stretch: string } {
  if (!isStreet) return { name: row.name, stretch: '' };
  const [a, b] = row.crossings ?? ['', ''];
  const [one, other] = [a || b, a && b];
  const stretch = other ? t('where.between', { a: one, b: other }) : one && t('where.from', { a: one });
  return { name: row.name || t('where.unnamed'), stretch };
}
