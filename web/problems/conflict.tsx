// Where others changed the same meanwhile: both texts side by side, and the reader chooses which stays.

import { useState } from 'preact/hooks';
import type { EditConflict, ProblemAnswer } from '../../server/problems/contract.ts';
import { usePage } from '../app.ts';
import type { Problem } from '../store/api.ts';
import { whoText } from '../store/words.ts';
import { afterConflict, type KeptText, sendChange } from './edit.ts';

type Words = {
  readonly labels: Readonly<Record<string, string>>;
  /** In the reader's words; what it leaves undefined is shown as it is. */
  readonly textOf?: (field: string, value: unknown) => string | undefined;
};

export function BothTexts({
  conflict,
  labels,
  textOf,
  onKeep,
}: Words & { readonly conflict: EditConflict; readonly onKeep: (kept: KeptText) => void }) {
  const { t, f } = usePage();
  const text = (field: string, value: unknown): string => {
    if (value === null || value === '') return textOf?.(field, value) ?? '—';
    const own = textOf?.(field, value);
    if (own !== undefined) return own;
    if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return f.list(value);
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
  return (
    <div class="card problem-conflict" role="alert">
      <h2>{t('problems.conflictTitle', { who: whoText(t, conflict.changedBy) })}</h2>
      <p>{t('problems.conflictText')}</p>
      {Object.keys(conflict.theirs).map((field) => (
        <div key={field} class="problem-both">
          <h3>{labels[field] ?? field}</h3>
          <div>
            <h4>{t('problems.conflictTheirs')}</h4>
            <p class="tip-text">{text(field, conflict.theirs[field])}</p>
          </div>
          <div>
            <h4>{t('problems.conflictYours')}</h4>
            <p class="tip-text">{text(field, conflict.yours[field])}</p>
          </div>
        </div>
      ))}
      <div class="access-buttons">
        <button type="button" class="button" onClick={() => onKeep('theirs')}>
          {t('problems.keepTheirs')}
        </button>
        <button type="button" class="button is-primary" onClick={() => onKeep('yours')}>
          {t('problems.keepYours')}
        </button>
      </div>
    </div>
  );
}

type Asked = { readonly path: string; readonly conflict: EditConflict; readonly changes: Changes };
type Changes = Readonly<Record<string, unknown>>;

/** Changes sent as soon as they are made, without a form; `asked` is to be shown where others changed the same. */
export function useChanges({
  labels,
  textOf,
  onSaved,
  onRefused,
}: Words & { readonly onSaved: (problem: ProblemAnswer) => void; readonly onRefused: (problem: Problem) => void }) {
  const { store } = usePage();
  const [waiting, setWaiting] = useState<Asked | null>(null);
  const change = (path: string, version: number, changes: Changes): Promise<void> =>
    sendChange<ProblemAnswer>('PATCH', path, store.language.peek(), { version, changes }).then((outcome) => {
      if ('conflict' in outcome) return setWaiting({ path, conflict: outcome.conflict, changes });
      setWaiting(null);
      onSaved(outcome.done);
    }, onRefused);
  const keep = (kept: KeptText) => {
    if (!waiting) return;
    const { version, changes } = afterConflict(waiting.conflict, waiting.changes, kept);
    void change(waiting.path, version, changes);
  };
  const asked = waiting && <BothTexts {...{ conflict: waiting.conflict, labels, textOf }} onKeep={keep} />;
  return { change, asked };
}
