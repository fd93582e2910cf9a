// A document that is edited: what changed is sent with the version it was made of; where others wrote the same fields
// meanwhile, both texts stand side by side and the reader chooses.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { EditConflict, ProblemAnswer } from '../../server/problems/contract.ts';
import { usePage } from '../app.ts';
import { useDraft } from '../parts/use-draft.ts';
import type { Problem } from '../store/api.ts';
import { BothTexts } from './conflict.tsx';
import { afterConflict, sendChange } from './edit.ts';
import { OldDraft, Refusal, useFirstField } from './fields.tsx';

type Values = Readonly<Record<string, unknown>>;
type Props<T extends Values> = {
  readonly path: string;
  readonly version: number;
  readonly body: T;
  readonly labels: Readonly<Partial<Record<keyof T, string>>>;
  readonly onSaved: (problem: ProblemAnswer) => void;
  readonly onDone: () => void;
  readonly textOf?: (field: string, value: unknown) => string | undefined;
  readonly check?: (body: T) => string | null;
  readonly children: (body: T, set: (changes: Partial<T>) => void) => ComponentChildren;
};

export function EditedDocument<T extends Values>(props: Props<T>) {
  const { path, labels, onSaved, onDone, check, children } = props;
  const { store, t } = usePage();
  const form = useFirstField();
  // What was open when writing began: the page may read it anew meanwhile, and what others wrote since is told.
  const draft = useDraft(path, () => ({ version: props.version, body: props.body, changes: {} as Partial<T> }));
  const { version, body, changes } = draft.value;
  const end = () => {
    draft.forget();
    onDone();
  };
  const [conflict, setConflict] = useState<EditConflict | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const now = { ...body, ...changes };
  const save = (sent: Partial<T>, seen: number) => {
    const wrong = check?.({ ...body, ...sent }) ?? null;
    setRefused(wrong);
    if (wrong !== null) return;
    // Of another version than was open, nothing to send still reads how it stands.
    if (Object.keys(sent).length === 0 && seen === version) return end();
    sendChange<ProblemAnswer>('PATCH', path, store.language.peek(), { version: seen, changes: sent }).then(
      (outcome) => {
        if ('conflict' in outcome) return setConflict(outcome.conflict);
        onSaved(outcome.done);
        end();
      },
      ({ status, message }: Problem) =>
        setRefused(status === 0 ? t('data.failed') : t('data.refused', { reason: message })),
    );
  };
  if (conflict)
    return (
      <BothTexts
        conflict={conflict}
        labels={labels as Readonly<Record<string, string>>}
        textOf={props.textOf}
        onKeep={(kept) => {
          setConflict(null);
          const rest = afterConflict(conflict, changes, kept);
          save(rest.changes as Partial<T>, rest.version);
        }}
      />
    );
  return (
    <form
      ref={form}
      class="problem-form"
      onSubmit={(event) => {
        event.preventDefault();
        save(changes, version);
      }}
    >
      <OldDraft isOld={draft.isOld} />
      <Refusal text={refused} />
      {children(now, (more) => draft.set({ version, body, changes: { ...changes, ...more } }))}
      <div class="access-buttons">
        <button type="submit" class="button is-primary">
          {t('problems.save')}
        </button>
        <button type="button" class="button" onClick={end}>
          {t('problems.cancel')}
        </button>
      </div>
    </form>
  );
}
