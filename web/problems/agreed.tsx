// What was agreed about a problem, with who and until when, and notes.

import { useState } from 'preact/hooks';
import {
  AGREEMENT_STATES,
  type AgreementBody,
  type ItemRow,
  type ProblemAnswer,
} from '../../server/problems/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { useDraft } from '../parts/use-draft.ts';
import type { Problem } from '../store/api.ts';
import { whoText } from '../store/words.ts';
import { useChanges } from './conflict.tsx';
import { LongField, OldDraft, TextField } from './fields.tsx';
import { problemPaths } from './paths.ts';

type Props<K extends 'note' | 'agreement'> = {
  readonly city: string;
  readonly shown: ProblemAnswer;
  readonly rows: readonly ItemRow<K>[];
  readonly onAdded: () => void;
};

const NO_AGREEMENT: AgreementBody = { what: '', owner: '', due: null, state: 'open' };

export function Agreements({
  city,
  shown,
  rows,
  onSaved,
  onAdded,
}: Props<'agreement'> & { readonly onSaved: (problem: ProblemAnswer) => void }) {
  const { access, store, t, f } = usePage();
  const draft = useDraft(`agreement.${shown.id}`, () => NO_AGREEMENT);
  const { value: body, set: setBody } = draft;
  const [refused, setRefused] = useState<string | null>(null);
  const failed = ({ status, message }: Problem) =>
    setRefused(status === 0 ? t('data.failed') : t('data.refused', { reason: message }));
  const add = () =>
    send('POST', problemPaths.items(city, shown.id), store.language.peek(), { kind: 'agreement', body }).then(() => {
      draft.clear();
      onAdded();
    }, failed);
  const { change, asked } = useChanges({
    labels: { state: t('problems.state') },
    textOf: (_, value) =>
      AGREEMENT_STATES.map((state) => state === value && t(`problems.agreement_${state}`)).find(Boolean) || undefined,
    ...{ onSaved, onRefused: failed },
  });
  return (
    <section class="card" aria-labelledby="problem-agreed">
      <h2 id="problem-agreed">{t('problems.agreements')}</h2>
      {refused && (
        <p class="refusal" role="alert">
          {refused}
        </p>
      )}
      {asked}
      <ul class="problem-agreed">
        {rows.map((row) => (
          <li key={row.id}>
            <span>
              {row.body!.what}
              <small>
                {' '}
                {[row.body!.owner, row.body!.due && `${t('problems.due')} ${f.day(row.body!.due)}`]
                  .filter(Boolean)
                  .join(' · ')}
              </small>
            </span>
            <select
              aria-label={t('problems.state')}
              disabled={!access.may('handle-problems')}
              value={row.body!.state}
              onChange={(event) =>
                change(problemPaths.item(city, shown.id, row.id), row.version, { state: event.currentTarget.value })
              }
            >
              {AGREEMENT_STATES.map((state) => (
                <option key={state} value={state}>
                  {t(`problems.agreement_${state}`)}
                </option>
              ))}
            </select>
          </li>
        ))}
      </ul>
      {access.may('handle-problems') && (
        <form
          class="problem-form is-inline"
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <OldDraft isOld={draft.isOld} />
          <TextField label={t('problems.agreement')} value={body.what} onInput={(what) => setBody({ ...body, what })} />
          <TextField label={t('problems.owner')} value={body.owner} onInput={(owner) => setBody({ ...body, owner })} />
          <TextField
            type="date"
            label={t('problems.due')}
            value={body.due ?? ''}
            onInput={(due) => setBody({ ...body, due: due || null })}
          />
          <button type="submit" class="button" disabled={!body.what.trim()}>
            {t('problems.addAgreement')}
          </button>
        </form>
      )}
    </section>
  );
}

export function ProblemNotes({ city, shown, rows, onAdded }: Props<'note'>) {
  const { access, store, t, f } = usePage();
  const draft = useDraft(`note.${shown.id}`, () => '');
  const { value: text, set: setText } = draft;
  const [refused, setRefused] = useState<string | null>(null);
  const add = () =>
    send('POST', problemPaths.items(city, shown.id), store.language.peek(), { kind: 'note', body: { text } }).then(
      () => {
        draft.clear();
        onAdded();
      },
      ({ status, message }: Problem) =>
        setRefused(status === 0 ? t('data.failed') : t('data.refused', { reason: message })),
    );
  return (
    <section class="card" aria-labelledby="problem-notes">
      <h2 id="problem-notes">{t('problems.notes')}</h2>
      {refused && (
        <p class="refusal" role="alert">
          {refused}
        </p>
      )}
      {rows.map(({ id, body, createdBy, createdAt }) => (
        <div key={id} class="problem-note">
          <p class="tip-text">{body!.text}</p>
          <p class="small">
            {t('problems.stamp', { who: whoText(t, createdBy), when: f.moment(Date.parse(createdAt)) })}
          </p>
        </div>
      ))}
      {access.may('handle-problems') && (
        <form
          class="problem-form"
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <OldDraft isOld={draft.isOld} />
          <LongField label={t('problems.addNote')} value={text} onInput={setText} rows={2} />
          <div class="access-buttons">
            <button type="submit" class="button" disabled={!text.trim()}>
              {t('problems.addNote')}
            </button>
          </div>
        </form>
      )}
    </section>
  );
}
