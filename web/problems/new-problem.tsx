// A new problem of what is chosen on the map: its place, its filters, and the figures of today.

import { useState } from 'preact/hooks';
import { filterToQuery } from '../../server/filter/contract.ts';
import type { NewProblem, ProblemAnswer } from '../../server/problems/contract.ts';
import { kindNoun, usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { useDraft } from '../parts/use-draft.ts';
import type { Problem } from '../store/api.ts';
import { whatText } from '../store/words.ts';
import { ArrivedAt, LongField, OldDraft, Refusal, TextField } from './fields.tsx';
import { groundsOnMap } from './grounds.ts';
import { problemPaths } from './paths.ts';
import { countedText } from './problem-page.tsx';

/** No title = the one that is suggested. */
const EMPTY = { title: null as string | null, owner: '', target: '' };

export function NewProblemForm({ city }: { readonly city: string }) {
  const page = usePage();
  const { answers, reference, store, t, f } = page;
  const [offered] = store.place.value || store.filter.value.within ? groundsOnMap(page) : [];
  const [place, name] = [offered?.place ?? null, offered?.name ?? null];
  // Of another place it would be another problem.
  const draft = useDraft(`problem.${JSON.stringify(place)}`, () => EMPTY);
  const { title, owner, target } = draft.value;
  const set = (more: Partial<typeof EMPTY>) => draft.set({ ...draft.value, ...more });
  const [refused, setRefused] = useState<string | null>(null);
  const filter = answers.scoped.value;
  const summary = (store.place.value ? answers.here : answers.summary).answered.value?.value;
  const covered = answers.covered.value;
  // A zone has no name of its own: what was counted in it, and when.
  const isZone = !store.place.value && store.filter.value.within?.type === 'polygon';
  const what = filter ? whatText(page.words.value, filter, reference.offences.value, reference.themes.value) : '';
  const days = covered && covered.from < covered.until ? f.range(covered.from, covered.until) : '';
  const suggested = (isZone ? [what, days].filter(Boolean).join(' · ') : '') || (name ?? '');
  const open = () => {
    const text = (title ?? suggested).trim();
    if (!text) return setRefused(t('problems.needed'));
    const { within: _, period: __, from: ___, until: ____, ...query } = filter ? filterToQuery(filter) : {};
    const body: NewProblem = {
      ...{ title: text, owner, target, filter: query, place, placeName: (name ?? '').slice(0, 200) },
      selection: covered && covered.from < covered.until ? { from: covered.from, until: covered.until } : null,
      figures: summary
        ? {
            dataVersion: summary.dataVersion,
            count: summary.totals.matched,
            before: summary.previous?.matched ?? null,
            from: covered?.from ?? null,
            until: covered?.until ?? null,
            told: '',
          }
        : null,
    };
    send<ProblemAnswer>('POST', problemPaths.list(city) as string, store.language.peek(), body).then(
      ({ id }) => {
        draft.forget();
        store.change({ problem: id, place: null });
      },
      ({ status, message }: Problem) =>
        setRefused(status === 0 ? t('data.failed') : t('data.refused', { reason: message })),
    );
  };
  return (
    <>
      <p>
        <button type="button" class="link" onClick={() => store.change({ problem: null })}>
          ← {t('problems.back')}
        </button>
      </p>
      <ArrivedAt>{t('problems.newTitle')}</ArrivedAt>
      <p class="lead">{t('problems.openHint')}</p>
      <form
        class="card problem-form"
        onSubmit={(event) => {
          event.preventDefault();
          open();
        }}
      >
        <OldDraft isOld={draft.isOld} />
        <Refusal text={refused} />
        <p>
          <strong>{t('problems.place')}:</strong> {name ?? t('problems.noPlace')}
        </p>
        {summary && (
          <p>
            <strong>{f.int(summary.totals.matched)}</strong>{' '}
            {kindNoun(t, filter?.kind ?? 'incident', summary.totals.matched)}
            {filter && ` · ${countedText(page, filter)}`}
            {covered && ` · ${f.range(covered.from, covered.until)}`}
          </p>
        )}
        <TextField label={t('problems.title')} value={title ?? suggested} onInput={(text) => set({ title: text })} />
        <TextField label={t('problems.owner')} value={owner} onInput={(text) => set({ owner: text })} />
        <LongField label={t('problems.target')} value={target} onInput={(text) => set({ target: text })} />
        <div class="access-buttons">
          <button type="submit" class="button is-primary">
            {t('problems.open')}
          </button>
        </div>
      </form>
    </>
  );
}
