// Whether a file only adds, or replaces a period named by its first and last day.

import { useState } from 'preact/hooks';
import type { ImportDryRun, ImportMapping } from '../../server/imports/contract.ts';
import { usePage } from '../app.ts';
import { addDays } from '../store/days.ts';

type Props = {
  readonly replaces: ImportMapping['replaces'];
  readonly report: ImportDryRun;
  readonly onChange: (replaces: ImportMapping['replaces']) => void;
};

export function LoadMode({ replaces, report, onChange }: Props) {
  const { t } = usePage();
  const [from, setFrom] = useState(replaces?.from ?? report.firstDay ?? '');
  const [last, setLast] = useState(replaces ? addDays(replaces.until, -1) : (report.lastDay ?? ''));
  const [replacing, setReplacing] = useState(replaces !== null);
  const asked = from && last ? { from, until: addDays(last, 1) } : null;
  const changed = asked && (asked.from !== replaces?.from || asked.until !== replaces?.until);
  return (
    <fieldset class="card">
      <legend>{t('importing.mode')}</legend>
      <label class="choice">
        <input
          type="radio"
          name="mode"
          checked={!replacing}
          onChange={() => {
            setReplacing(false);
            if (replaces) onChange(null);
          }}
        />
        {t('importing.modeAdd')}
      </label>
      <label class="choice">
        <input type="radio" name="mode" checked={replacing} onChange={() => setReplacing(true)} />
        {t('importing.modeReplace')}
      </label>
      {replacing && (
        <div class="fields">
          <label>
            {t('importing.from')}
            <input type="date" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
          </label>
          <label>
            {t('importing.until')}
            <input type="date" value={last} min={from} onChange={(event) => setLast(event.currentTarget.value)} />
          </label>
          <button
            type="button"
            class="button"
            disabled={!changed || last < from}
            onClick={() => asked && onChange(asked)}
          >
            {t('importing.recheck')}
          </button>
        </div>
      )}
    </fieldset>
  );
}
