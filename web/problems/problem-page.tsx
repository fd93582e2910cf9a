// One problem: what it is, what is done about it, what was agreed and noted, and every change there was.

import { useEffect, useState } from 'preact/hooks';
import { type Filter, parseFilter } from '../../server/filter/contract.ts';
import {
  type ItemRow,
  PROBLEM_STATES,
  type ProblemAnswer,
  type ProblemBody,
  type ProblemState,
} from '../../server/problems/contract.ts';
import { type App, kindNoun, usePage } from '../app.ts';
import { onMap } from '../meeting/paths.ts';
import { Icon } from '../parts/icon.tsx';
import { useHasDraft } from '../parts/use-draft.ts';
import type { Problem } from '../store/api.ts';
import { timeText, whatText, whoText } from '../store/words.ts';
import { Agreements, ProblemNotes } from './agreed.tsx';
import { EditedDocument } from './document.tsx';
import { sendChange } from './edit.ts';
import { ArrivedAt, LongField, Refusal, SelectField, TextField } from './fields.tsx';
import { ProblemFiles } from './files.tsx';
import { History } from './history.tsx';
import { Measures } from './measures.tsx';
import { problemPaths } from './paths.ts';
import { ProblemPictures } from './pictures.tsx';

/** Its surroundings are what a picture of it is for. */
const STREETS_ZOOM = 14.5;
const AREAS_ZOOM = 13;

export function ProblemPage({ city, problem }: { readonly city: string; readonly problem: number }) {
  const page = usePage();
  const { access, ask, reference, store, t, f } = page;
  const [shown, setShown] = useState<ProblemAnswer | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [editing, setEditing] = useState(useHasDraft(problemPaths.one(city, problem)));
  const mayChange = access.may('handle-problems');
  const failed = ({ status, message }: Problem) =>
    setRefused(status === 0 ? t('data.failed') : t('data.refused', { reason: message }));
  const read = () => ask(problemPaths.one(city, problem), new AbortController().signal).then(setShown, failed);
  useEffect(() => void read(), [city, problem]);
  const endEditing = () => {
    setEditing(false);
    document.getElementById('problem-what')?.focus();
  };
  const back = (
    <p class="problem-back no-print">
      <button type="button" class="link" onClick={() => store.change({ problem: null })}>
        ← {t('problems.back')}
      </button>
      {shown && (
        <button type="button" class="button" onClick={() => window.print()}>
          <Icon name="printer" /> {t('problems.print')}
        </button>
      )}
    </p>
  );
  if (!shown)
    return (
      <>
        {back}
        {refused ? (
          <p class="refusal" role="alert">
            {refused}
          </p>
        ) : (
          <p role="status">{t('app.loading')}</p>
        )}
      </>
    );
  const { body, version, items } = shown;
  const filter = parseFilter(body.filter);
  const days =
    body.figures?.from && body.figures.until ? { from: body.figures.from, until: body.figures.until } : body.selection;
  const only = body.place?.codes.length === 1 ? { layer: body.place.layer, code: body.place.codes[0]! } : null;
  const where = body.placeName || t('problems.noPlace');
  const of = <K extends ItemRow['kind']>(kind: K) =>
    items.filter((item) => item.kind === kind) as unknown as ItemRow<K>[];
  /** What a picture is taken of: its place in the middle, its filter, the days its figures are of. */
  const seek = (tab: 'analysis' | 'map') => {
    const isStreet = reference.streetLayer.peek()?.layer === body.place?.layer;
    const middle = shown.at && { lon: shown.at[0], lat: shown.at[1], zoom: isStreet ? STREETS_ZOOM : AREAS_ZOOM };
    store.change({
      ...{ tab, problem, place: only, position: middle, filter: { ...filter, ...days } },
      ...(isStreet && { analysis: { ...store.page.peek().analysis, places: 'streets' } }),
    });
  };
  const undo = (item: number, seen: number) => {
    setRefused(null);
    return sendChange<ProblemAnswer>('POST', problemPaths.undo(city, problem), store.language.peek(), {
      item,
      version: seen,
    }).then((outcome) => {
      if ('done' in outcome) return setShown(outcome.done);
      const { changedBy, changedAt } = outcome.conflict;
      setRefused(t('problems.notUndone', { who: whoText(t, changedBy), when: f.moment(Date.parse(changedAt)) }));
      return void read();
    }, failed);
  };
  return (
    <>
      {back}
      <ArrivedAt>{body.title}</ArrivedAt>
      <p class="small print-only">
        {reference.jurisdiction.value?.name} · {f.moment(Date.now())}
      </p>
      <p class="small problem-head">
        <strong class={`problem-state is-${body.state}`}>{t(`problems.state_${body.state}`)}</strong>{' '}
        {where !== body.title && where}
        {body.place && body.place.codes.length > 1 && (
          <> · {t('problems.places', { count: body.place.codes.length, n: f.int(body.place.codes.length) })}</>
        )}
      </p>
      <Refusal text={refused} />
      <section class="card" aria-labelledby="problem-what">
        <h2 id="problem-what" tabIndex={-1}>
          {t('problems.diagnosis')}
        </h2>
        {editing ? (
          <ProblemForm city={city} shown={shown} onSaved={setShown} onDone={endEditing} />
        ) : (
          <>
            <dl class="problem-facts">
              {(['owner', 'target', 'who', 'where', 'when', 'how'] as const).map((field) => (
                <div key={field}>
                  <dt>{t(`problems.${field}`)}</dt>
                  <dd class="tip-text">{body[field] || '—'}</dd>
                </div>
              ))}
              <div>
                <dt>{t('problems.counted')}</dt>
                <dd>
                  {countedText(page, filter)}{' '}
                  {only && (
                    <a class="no-print" href={onMap(store.page.value, filter, { ...filter, ...days }, [], only)}>
                      {t('problems.onMap')}
                    </a>
                  )}
                </dd>
              </div>
              {body.figures && (
                <div>
                  <dt>{t('problems.figures')}</dt>
                  <dd>
                    {[
                      `${f.int(body.figures.count)} ${kindNoun(t, filter.kind, body.figures.count)}`,
                      days && f.range(days.from, days.until),
                      body.figures.before !== null && t('problems.figuresBefore', { n: f.int(body.figures.before) }),
                      t('problems.figuresVersion', { version: body.figures.dataVersion }),
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </dd>
                </div>
              )}
            </dl>
            <ProblemPictures city={city} shown={shown} rows={of('picture')} onChanged={read} />
            {mayChange && (
              <div class="access-buttons no-print">
                <button type="button" class="button" onClick={() => setEditing(true)}>
                  {t('problems.edit')}
                </button>
                {(['analysis', 'map'] as const).map((tab) => (
                  <button
                    key={tab}
                    type="button"
                    class="button"
                    title={t('problems.pictureHow')}
                    onClick={() => seek(tab)}
                  >
                    <Icon name="image" />{' '}
                    {t(tab === 'map' ? 'problems.pictureFromMap' : 'problems.pictureFromAnalysis')}
                  </button>
                ))}
                {version > 1 && (
                  <button type="button" class="button" onClick={() => undo(0, version)}>
                    {t('problems.undo')}
                  </button>
                )}
              </div>
            )}
          </>
        )}
      </section>
      <Measures city={city} shown={shown} measures={of('measure')} onSaved={setShown} onAdded={read} onUndo={undo} />
      <Agreements city={city} shown={shown} rows={of('agreement')} onSaved={setShown} onAdded={read} />
      <ProblemNotes city={city} shown={shown} rows={of('note')} onAdded={read} />
      <ProblemFiles city={city} shown={shown} rows={of('file')} onChanged={read} />
      <History city={city} problem={problem} latest={shown} />
    </>
  );
}

/** What the figures of a problem count: offences or theme, and days and hours where these are narrowed. */
export function countedText({ reference, words }: App, filter: Filter): string {
  const { t } = words.value;
  const what = whatText(words.value, filter, reference.offences.value, reference.themes.value);
  const isTimed = filter.hours !== null || filter.weekdays.length > 0;
  return [what || t('alerts.everything'), isTimed && timeText(words.value, filter)].filter(Boolean).join(' · ');
}

type FormProps = {
  readonly city: string;
  readonly shown: ProblemAnswer;
  readonly onSaved: (problem: ProblemAnswer) => void;
  readonly onDone: () => void;
};

function ProblemForm({ city, shown: { id, version, body }, onSaved, onDone }: FormProps) {
  const { t } = usePage();
  const fields = ['title', 'owner', 'target', 'who', 'where', 'when', 'how', 'state'] as const;
  const labels = Object.fromEntries(fields.map((field) => [field, t(`problems.${field}`)]));
  return (
    <EditedDocument<ProblemBody>
      {...{ path: problemPaths.one(city, id) as string, version, body, labels, onSaved, onDone }}
      check={({ title }) => (title.trim() ? null : t('problems.needed'))}
    >
      {(now, set) => (
        <>
          <TextField label={t('problems.title')} value={now.title} onInput={(title) => set({ title })} />
          <SelectField
            label={t('problems.state')}
            value={now.state}
            onInput={(state) => set({ state: state as ProblemState })}
          >
            {PROBLEM_STATES.map((state) => (
              <option key={state} value={state}>
                {t(`problems.state_${state}`)}
              </option>
            ))}
          </SelectField>
          <TextField label={t('problems.owner')} value={now.owner} onInput={(owner) => set({ owner })} />
          <LongField label={t('problems.target')} value={now.target} onInput={(target) => set({ target })} />
          <LongField label={t('problems.who')} value={now.who} onInput={(who) => set({ who })} />
          <LongField label={t('problems.where')} value={now.where} onInput={(where) => set({ where })} />
          <LongField label={t('problems.when')} value={now.when} onInput={(when) => set({ when })} />
          <LongField label={t('problems.how')} value={now.how} onInput={(how) => set({ how })} />
        </>
      )}
    </EditedDocument>
  );
}
