// A document that is edited: what changed is sent with the version it was made of; where others wrote the same fields
// meanwhile, both texts stand side by side and the reader chooses.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { EditConflict, ProblemAnswer } from '../../server/problems/contract.ts';
import { usePage } from '../app.ts';
import type { Problem } from '../store/api.ts';
import { sendChange } from './edit.ts';
import { Refusal, useFirstField } from './fields.tsx';

type Values = Readonly<Record<string, unknown>>;
type Props<T extends Values> = {
  readonly path: string;
  readonly version: number;
  readonly body: T;
  readonly labels: Readonly<Partial<Record<keyof T, string>>>;
  readonly onSaved: (problem: ProblemAnswer) => void;
  readonly onDone: () => void;
  readonly check?: (body: T) => string | null;
  readonly children: (body: T, set: (changes: Partial<T>) => void) => ComponentChildren;
};

export function EditedDocument<T extends Values>(props: Props<T>) {
  const { path, labels, onSaved, onDone, check, children } = props;
  const { store, t } = usePage();
  const form = useFirstField();
  // What was open when writing began: the page may read it anew meanwhile, and what others wrote since is told.
  const [{ version, body }] = useState({ version: props.version, body: props.body });
  const [changes, setChanges] = useState<Partial<T>>({});
  const [conflict, setConflict] = useState<EditConflict | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const now = { ...body, ...changes };
  const save = (sent: Partial<T>, seen: number) => {
    const wrong = check?.({ ...body, ...sent }) ?? null;
    setRefused(wrong);
    if (wrong !== null) return;
    if (Object.keys(sent).length === 0) return onDone();
    sendChange<ProblemAnswer>('PATCH', path, store.language.peek(), { version: seen, changes: sent }).then(
      (outcome) => {
        if ('conflict' in outcome) return setConflict(outcome.conflict);
        onSaved(outcome.done);
        onDone();
      },
      ({ status, message }: Problem) =>
        setRefused(status === 0 ? t('data.failed') : t('data.refused', { reason: message })),
    );
  };
  if (conflict) {
    const theirs = Object.keys(conflict.theirs);
    const rest = Object.fromEntries(Object.entries(changes).filter(([field]) => !theirs.includes(field)));
    return (
      <div class="card problem-conflict" role="alert">
        <h2>{t('problems.conflictTitle', { who: conflict.changedBy })}</h2>
        <p>{t('problems.conflictText')}</p>
        {theirs.map((field) => (
          <div key={field} class="problem-both">
            <h3>{labels[field as keyof T] ?? field}</h3>
            <div>
              <h4>{t('problems.conflictTheirs')}</h4>
              <p class="tip-text">{shown(conflict.theirs[field])}</p>
            </div>
            <div>
              <h4>{t('problems.conflictYours')}</h4>
              <p class="tip-text">{shown(conflict.yours[field])}</p>
            </div>
          </div>
        ))}
        <div class="access-buttons">
          <button
            type="button"
            class="button"
            onClick={() => {
              setConflict(null);
              save(rest as Partial<T>, conflict.version);
            }}
          >
            {t('problems.keepTheirs')}
          </button>
          <button
            type="button"
            class="button is-primary"
            onClick={() => {
              setConflict(null);
              save(changes, conflict.version);
            }}
          >
            {t('problems.keepYours')}
          </button>
        </div>
      </div>
    );
  }
  return (
    <form
      ref={form}
      class="problem-form"
      onSubmit={(event) => {
        event.preventDefault();
        save(changes, version);
      }}
    >
      <Refusal text={refused} />
      {children(now, (more) => setChanges({ ...changes, ...more }))}
      <div class="access-buttons">
        <button type="submit" class="button is-primary">
          {t('problems.save')}
        </button>
        <button type="button" class="button" onClick={onDone}>
          {t('problems.cancel')}
        </button>
      </div>
    </form>
  );
}

const shown = (value: unknown): string =>
  value === null || value === '' ? '—' : typeof value === 'object' ? JSON.stringify(value) : String(value);
