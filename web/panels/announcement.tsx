// Says the headline to those who listen instead of look.

import { kindNoun, usePage } from '../app.ts';
import { insideOf } from '../store/inside-of.ts';

export function Announcement() {
  const { answers, reference, t, f } = usePage();
  const summary = answers.summary.answered.value?.value;
  const kind = answers.filter.value?.kind ?? 'incident';
  const place = reference.jurisdiction.value?.name ?? '';
  const n = summary && insideOf(summary);
  return (
    <p class="unseen" role="status">
      {n !== undefined && `${t('app.status', { count: n, n: f.int(n), what: kindNoun(t, kind, n) })}, ${place}`}
    </p>
  );
}
