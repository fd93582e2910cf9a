// What is loaded: sources with how far they reach, jobs, deliveries and layers.

import { signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { EVERYTHING } from '../../server/filter/contract.ts';
import { usePage } from '../app.ts';
import { Layers } from '../layers/layers.tsx';
import { paths } from '../store/api.ts';
import { createQuestion } from '../store/question.ts';
import { useDesk } from './data-store.ts';
import { Deliveries } from './deliveries.tsx';
import { Jobs } from './jobs.tsx';
import { NewCity } from './new-city.tsx';
import { OffenceLabels } from './offence-labels.tsx';
import { PlaceNames } from './place-names.tsx';

/** Beyond every month: what is wanted is how far the totals reach. */
const NO_MONTHS = '9000-01-01';

export function Overview() {
  const { access, store, t } = usePage();
  const { city } = useDesk();
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever comes from a wizard had the focus on a button that is gone.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {t('data.title', { name: city.name })}
      </h1>
      <p class="lead">{t('data.lead')}</p>
      {city.synthetic && (
        <p class="card is-warning sample-city">
          {t('data.sampleCity')} {access.may('add-jurisdictions') && <NewCity buttonClass="button is-primary" />}
        </p>
      )}
      <div class="wizard-doors">
        {access.may('import') && (
          <button
            type="button"
            class="button is-primary"
            onClick={() => store.change({ tab: 'incidents', upload: null })}
          >
            {t('data.loadIncidents')}
          </button>
        )}
        {access.may('publish-layers') && (
          <button type="button" class="button" onClick={() => store.change({ tab: 'boundaries', upload: null })}>
            {t('data.loadBoundaries')}
          </button>
        )}
        <button type="button" class="button is-quiet" onClick={() => store.change({ tab: 'guide', upload: null })}>
          {t('data.guide')}
        </button>
        {!city.synthetic && access.may('add-jurisdictions') && <NewCity buttonClass="button is-quiet" />}
      </div>
      <Jobs />
      <SourceList />
      {access.may('import') && <Deliveries />}
      {access.may('publish-layers') && <Layers />}
      {access.may('manage-offences') && <OffenceLabels />}
      {access.may('manage-places') && <PlaceNames />}
    </>
  );
}

/** What is kept beside the incidents; asked again when the data have changed. */
function Benchmarks() {
  const { ask, reference, t, f } = usePage();
  const { city } = useDesk();
  const version = reference.jurisdiction.value?.dataVersion;
  const asked = useMemo(
    () => createQuestion(signal(paths.benchmark(city.code, { ...EVERYTHING, from: NO_MONTHS })), ask),
    [city.code, ask, version],
  );
  const answer = asked.answered.value?.value;
  if (!answer?.source || !answer.through) return null;
  return (
    <p class="small">
      {t('benchmark.sourceFresh', { source: answer.source.title, date: f.day(answer.through) })} ·{' '}
      {t('benchmark.sourceNote')}
    </p>
  );
}

function SourceList() {
  const { reference, t, f } = usePage();
  const rows = reference.sources.value;
  return (
    <section class="card" aria-labelledby="sources-title">
      <h2 id="sources-title">{t('data.sources')}</h2>
      {rows.length === 0 && <p class="small">{t('data.sourcesNone')}</p>}
      <ul class="source-list">
        {rows.map((row) => {
          const kind = t(`kind.${row.kind as 'incident'}`);
          return (
            <li key={`${row.kind}/${row.code}`}>
              <strong>{row.through ? t('data.fresh', { kind, date: f.day(row.through) }) : kind}</strong>
              <br />
              {row.title} · {t('sources.incidents', { count: row.incidents, n: f.int(row.incidents) })}
              {row.delivered && <> · {t('sources.delivered', { date: f.day(row.delivered.slice(0, 10)) })}</>}
            </li>
          );
        })}
      </ul>
      <Benchmarks />
    </section>
  );
}
