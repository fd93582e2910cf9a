// The versions a layer has had: going back to one, comparing two, taking one or all out of use, and restoring them.

import { useComputed } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { JobState } from '../../server/jobs/contract.ts';
import type { LayerHistory } from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';
import { isUnderWay, useDesk } from '../data/data-store.ts';
import { useJob } from '../data/follow-job.ts';
import { Job } from '../data/jobs.tsx';
import { dataPaths } from '../data/paths.ts';
import { QuestionDialog } from '../data/question.tsx';
import { WizardHead } from '../data/steps.tsx';
import { createQuestion } from '../store/question.ts';
import { CompareVersions } from './compare.tsx';
import { UseAsLimit } from './use-as-limit.tsx';
import { VersionList } from './version-list.tsx';

export function Versions() {
  const { store, ask, t } = usePage();
  const { city } = useDesk();
  const layer = store.page.value.history?.layer ?? null;
  const wanted = useComputed(() => {
    const of = store.page.value.history?.layer;
    return of ? dataPaths.versions(city.code, of) : null;
  });
  const asked = useMemo(() => createQuestion(wanted, ask, (path) => path), [ask]);
  const history = asked.answered.value?.value;
  const problem = asked.problem.value;
  if (layer === null || problem?.status === 404) {
    return (
      <>
        <WizardHead title={t('versions.open')} steps={[]} current={0} />
        <p class="refusal" role="alert">
          {t('versions.noLayer', { layer: layer ?? '' })}
        </p>
      </>
    );
  }
  return (
    <>
      <WizardHead title={t('versions.title', { layer: history?.title ?? layer })} steps={[]} current={0} />
      {problem && (
        <p class="refusal" role="alert">
          {problem.status === 0 ? t('data.failed') : t('data.refused', { reason: problem.message })}
        </p>
      )}
      {history ? <History key={layer} history={history} onChanged={asked.ask} /> : <p>{t('app.loading')}</p>}
    </>
  );
}

/** What was removed just now, and can be taken back at once. */
type Removed = { readonly version: number };

function History({ history, onChanged }: { history: LayerHistory; onChanged: () => void }) {
  const { store, t, f } = usePage();
  const { city, run, problem, refresh, refreshLists } = useDesk();
  const { layer, title, removed, versions } = history;
  const [justRemoved, setJustRemoved] = useState<Removed | null>(null);
  const [asking, setAsking] = useState<number | 'layer' | null>(null);
  const [limiting, setLimiting] = useState<number | null>(null);
  const [restoring, setRestoring] = useState<JobState | null>(null);
  const job = useJob(restoring);
  const changed = () => {
    onChanged();
    refresh();
  };
  useEffect(() => {
    if (job && !isUnderWay(job)) changed();
  }, [job?.state]);

  const returnTo = async (version: number) => {
    if (await run('POST', dataPaths.returnTo(city.code, layer), { version })) changed();
  };
  const removeVersion = async (version: number) => {
    await run('DELETE', dataPaths.version(city.code, layer, version));
    if (!problem.peek()) setJustRemoved({ version });
    changed();
  };
  const removeLayer = async () => {
    await run('DELETE', dataPaths.layer(city.code, layer));
    onChanged();
    refreshLists();
  };
  const restore = async (version: number | null) => {
    setJustRemoved(null);
    const path =
      version === null ? dataPaths.restoreLayer(city.code, layer) : dataPaths.restoreVersion(city.code, layer, version);
    setRestoring(await run('POST', path));
  };
  const compare = (from: number, until: number) => store.change({ history: { layer, compared: { from, until } } });

  const compared = store.page.value.history?.compared ?? null;
  return (
    <>
      {job && job.state !== 'done' && (
        <div class="card">
          <Job job={job} />
        </div>
      )}
      {removed && (
        <div class="card is-warning" role="status">
          <p>{t('versions.layerRemoved', { layer: title })}</p>
          <button type="button" class="button" onClick={() => restore(null)}>
            {t('versions.restoreLayer')}
          </button>
        </div>
      )}
      {justRemoved && (
        <div class="card is-warning" role="status">
          <p>{t('versions.removedNow', { n: f.int(justRemoved.version) })}</p>
          <button type="button" class="button" onClick={() => restore(justRemoved.version)}>
            {t('versions.undo')}
          </button>
        </div>
      )}
      {compared && <CompareVersions key={`${compared.from}-${compared.until}`} history={history} onRestore={restore} />}
      <UseAsLimit history={history} version={limiting} onClose={() => setLimiting(null)} />
      <VersionList
        history={history}
        onReturn={returnTo}
        onCompare={compare}
        onRemove={setAsking}
        onRestore={restore}
        onLimit={setLimiting}
      />
      {!removed && versions.length > 0 && (
        <button type="button" class="button" onClick={() => setAsking('layer')}>
          {t('versions.removeLayer')}
        </button>
      )}
      {asking === 'layer' && (
        <QuestionDialog
          title={t('versions.removeLayerTitle', { layer: title })}
          confirm={t('versions.removeConfirm')}
          onConfirm={removeLayer}
          onClose={() => setAsking(null)}
        >
          {t('versions.removeLayerText')}
        </QuestionDialog>
      )}
      {typeof asking === 'number' && (
        <QuestionDialog
          title={t('versions.removeTitle', { n: f.int(asking), layer: title })}
          confirm={t('versions.removeConfirm')}
          onConfirm={() => removeVersion(asking)}
          onClose={() => setAsking(null)}
        >
          {t('versions.removeText')}
        </QuestionDialog>
      )}
    </>
  );
}
