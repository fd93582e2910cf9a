// The tab «Problemas»: the list with its map, one problem, or a new one of what is chosen on the map.

import { useEffect, useState } from 'preact/hooks';
import { PROBLEM_STATES, type ProblemState, type ProblemsAnswer } from '../../server/problems/contract.ts';
import { usePage } from '../app.ts';
import type { Problem } from '../store/api.ts';
import { whoText } from '../store/words.ts';
import { NewProblemForm } from './new-problem.tsx';
import { problemPaths } from './paths.ts';
import { ProblemMap } from './problem-map.tsx';
import { ProblemPage } from './problem-page.tsx';

export function ProblemsTab() {
  const { reference, store } = usePage();
  const city = reference.jurisdiction.value?.code;
  const { problem } = store.page.value;
  if (!city) return <main class="data" />;
  return (
    <main class="data problems">
      <div class="data-inner">
        {problem === null ? (
          <ProblemList city={city} />
        ) : problem === 'new' ? (
          <NewProblemForm city={city} />
        ) : (
          <ProblemPage key={problem} city={city} problem={problem} />
        )}
      </div>
    </main>
  );
}

function ProblemList({ city }: { readonly city: string }) {
  const { access, ask, store, t, f } = usePage();
  const [shown, setShown] = useState<ProblemsAnswer | null>(null);
  const [shapes, setShapes] = useState<GeoJSON.FeatureCollection | null>(null);
  const [state, setState] = useState<ProblemState | ''>('');
  const [refused, setRefused] = useState<string | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const failed = ({ status, message }: Problem) => {
      if (!stop.signal.aborted) setRefused(status === 0 ? t('data.failed') : t('data.refused', { reason: message }));
    };
    ask(problemPaths.list(city), stop.signal).then(setShown, failed);
    ask(problemPaths.shapes(city), stop.signal).then(setShapes, failed);
    return () => stop.abort();
  }, [city]);
  const rows = (shown?.rows ?? []).filter(({ body }) => state === '' || body.state === state);
  const open = (problem: number) => store.change({ problem });
  const seen = new Set(rows.map(({ id }) => id));
  return (
    <>
      <h1>{t('problems.tab')}</h1>
      <p class="lead">{t('problems.intro')}</p>
      {refused && (
        <p class="refusal" role="alert">
          {refused}
        </p>
      )}
      <div class="problem-states no-print">
        {(['', ...PROBLEM_STATES] as const).map((each) => (
          <button key={each} type="button" class="button" aria-pressed={state === each} onClick={() => setState(each)}>
            {each === '' ? t('problems.all') : t(`problems.state_${each}`)}{' '}
            <span class="problem-count">
              {f.int((shown?.rows ?? []).filter(({ body }) => each === '' || body.state === each).length)}
            </span>
          </button>
        ))}
        {access.may('follow-events') && (
          <button type="button" class="button" onClick={() => store.change({ tab: 'briefings', briefing: null })}>
            {t('briefing.tab')}
          </button>
        )}
        <a class="button" href={problemPaths.file(city, store.language.value)} download>
          {t('problems.file')}
        </a>
      </div>
      {shown?.rows.length === 0 && <p role="status">{t('problems.none')}</p>}
      {shown && shown.rows.length > 0 && rows.length === 0 && <p role="status">{t('problems.noneOfState')}</p>}
      {shown && shown.rows.length > 0 && (
        <div class="tips">
          <ul class="tip-list">
            {rows.map(({ id, body, measures, openAgreements, changedAt, changedBy }) => (
              <li key={id} class="tip">
                <h2>
                  <button type="button" class="link" onClick={() => open(id)}>
                    {body.title}
                  </button>
                </h2>
                <p class="small">
                  <strong class={`problem-state is-${body.state}`}>{t(`problems.state_${body.state}`)}</strong>{' '}
                  {body.placeName !== body.title && (body.placeName || t('problems.noPlace'))}
                </p>
                <p class="small">
                  {[
                    body.owner,
                    `${t('problems.measures')}: ${f.int(measures)}`,
                    openAgreements > 0 && `${t('problems.agreements')}: ${f.int(openAgreements)}`,
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </p>
                <p class="small">
                  {t('problems.changed')}:{' '}
                  {t('problems.stamp', { who: whoText(t, changedBy), when: f.moment(Date.parse(changedAt)) })}
                </p>
              </li>
            ))}
          </ul>
          <ProblemMap
            label={t('problems.map')}
            shapes={
              shapes && { ...shapes, features: shapes.features.filter((each) => seen.has(each.properties?.problem)) }
            }
            onProblem={open}
          />
        </div>
      )}
    </>
  );
}
