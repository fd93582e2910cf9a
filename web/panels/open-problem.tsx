// «Abrir problema»: the chosen place, or the zone that is asked about, with its filters and figures becomes a problem.

import { usePage } from '../app.ts';

export function OpenProblem({ onDone }: { readonly onDone?: () => void }) {
  const { access, store, t } = usePage();
  if (!access.may('handle-problems')) return null;
  return (
    <button
      type="button"
      class="button"
      title={t('problems.openHint')}
      onClick={() => {
        onDone?.();
        store.change({ tab: 'problems', problem: 'new' });
      }}
    >
      {t('problems.open')}
    </button>
  );
}
