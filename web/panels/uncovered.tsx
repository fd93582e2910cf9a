// Days the reports do not reach yet but calls do: offers the calls, and never swaps them in unasked.

import { usePage } from '../app.ts';
import { addDays } from '../store/days.ts';

export function Uncovered() {
  const { answers, reference, store, t, f } = usePage();
  const summary = answers.summary.answered.value?.value;
  const filter = answers.filter.value;
  if (!summary?.through || filter?.kind !== 'incident' || filter.period !== null) return null;
  // An open end asks for today as well.
  const asked = summary.until ?? addDays(f.today(reference.jurisdiction.value?.timezone ?? 'UTC'), 1);
  if (asked <= addDays(summary.through, 1)) return null;
  const through = summary.through;
  const calls = reference.sources.value.filter((row) => row.kind === 'call');
  if (!calls.some((row) => (row.through ?? '') > through || row.live)) return null;
  return (
    <p class="aside">
      {t('answer.uncovered', { date: f.day(through) })}{' '}
      <button
        type="button"
        class="link"
        onClick={() => store.changeFilter({ kind: 'call', source: null, theme: null, offences: [] })}
      >
        {t('answer.uncoveredCalls')}
      </button>
    </p>
  );
}
