// Which days: a period that follows the data, or two dates of one's own (shown inclusive, kept half-open).

import { useState } from 'preact/hooks';
import { PERIODS, type Period } from '../../server/filter/contract.ts';
import { usePage } from '../app.ts';
import { addDays } from '../store/days.ts';
import { Choice } from './choice.tsx';

const NAMES = {
  week: 'filter.periodWeek',
  '28d': 'filter.period28d',
  '12m': 'filter.period12m',
  ytd: 'filter.periodYtd',
} as const;

export function PeriodFilter({ close }: { close: () => void }) {
  const { store, reference, answers, t, f } = usePage();
  const filter = answers.filter.value;
  const summary = answers.summary.answered.value?.value;
  const city = reference.jurisdiction.value;
  const [from, setFrom] = useState(summary?.from ?? '');
  const [until, setUntil] = useState(summary?.until ? addDays(summary.until, -1) : '');
  const [wrong, setWrong] = useState(false);
  const pick = (period: Period) => {
    close();
    store.changeFilter({ period: period === '12m' ? null : period, from: null, until: null });
  };
  const monthOnly = reference.monthOnly.value;
  // A week or 28 days hold no whole month: nothing known by its month alone would be counted.
  const isOffered = (period: Period) => !monthOnly || period === '12m' || period === 'ytd';
  const first = city?.from ?? undefined;
  const last = city?.until ? addDays(city.until, -1) : undefined;
  return (
    <>
      {PERIODS.toReversed()
        .filter(isOffered)
        .map((period) => (
          <Choice key={period} group="period" checked={filter?.period === period} onPick={() => pick(period)}>
            {t(NAMES[period])}
          </Choice>
        ))}
      {city?.from && (
        <Choice
          group="period"
          checked={filter?.period === null && filter.from === city.from && filter.until === null}
          onPick={() => {
            close();
            store.changeFilter({ period: null, from: city.from, until: null });
          }}
        >
          {t('filter.periodAll')}
        </Choice>
      )}
      <form
        class="dates"
        onSubmit={(event) => {
          event.preventDefault();
          const bad = !from || !until || from > until;
          setWrong(bad);
          if (bad) return;
          close();
          store.changeFilter({ period: null, from, until: addDays(until, 1) });
        }}
      >
        <fieldset>
          <legend>{t('filter.periodCustom')}</legend>
          <label>
            {t('filter.periodFrom')}
            <input
              type="date"
              required
              min={first}
              max={last}
              value={from}
              onInput={(event) => setFrom(event.currentTarget.value)}
            />
          </label>
          <label>
            {t('filter.periodUntil')}
            <input
              type="date"
              required
              min={first}
              max={last}
              value={until}
              onInput={(event) => setUntil(event.currentTarget.value)}
            />
          </label>
        </fieldset>
        {wrong && <p role="alert">{t('filter.periodWrong')}</p>}
        <button type="submit" class="button">
          {t('filter.periodApply')}
        </button>
      </form>
      {monthOnly && <p class="small">{t('when.monthOnly')}</p>}
      {summary?.through && <p class="small">{t('filter.periodCurrent', { date: f.day(summary.through) })}</p>}
    </>
  );
}
