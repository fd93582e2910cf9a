// Making the areas of a version, or one of them, the limit of the municipality; what came of it is told.

import { useEffect, useState } from 'preact/hooks';
import type { JobState } from '../../server/jobs/contract.ts';
import type { FeatureRow, LayerHistory, LimitReport } from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';
import { isUnderWay, useDesk } from '../data/data-store.ts';
import { useJob } from '../data/follow-job.ts';
import { Job } from '../data/jobs.tsx';
import { dataPaths } from '../data/paths.ts';
import { QuestionDialog } from '../data/question.tsx';
import { paths } from '../store/api.ts';
import { effectLabel } from '../store/legend-text.ts';
import { repeatedIn } from '../store/namesakes.ts';

/** Of more areas none is chosen alone: a list of them helps nobody. */
const MOST_LISTED = 600;

/** Less is told in square metres. */
const LEAST_KM2 = 0.1;

/** `version` = the one asked about; null while none is. */
export function UseAsLimit(props: { history: LayerHistory; version: number | null; onClose: () => void }) {
  const { history, version, onClose } = props;
  const { t, f } = usePage();
  const { city, run, refresh } = useDesk();
  const [started, setStarted] = useState<JobState | null>(null);
  const job = useJob(started);
  useEffect(() => {
    if (job && !isUnderWay(job)) refresh();
  }, [job?.state]);
  const [area, setArea] = useState<string | null>(null);
  const areaText = (km2: number) => (km2 < LEAST_KM2 ? `${f.int(km2 * 1e6)} m²` : `${f.rate(km2)} km²`);
  const report = job?.state === 'done' ? (job.report as LimitReport) : null;
  return (
    <>
      {job && job.state !== 'done' && (
        <div class="card">
          <Job job={job} />
        </div>
      )}
      {report && (
        <div class="card" role="status">
          <p>
            {t('limit.done', { layer: history.title, count: report.areas, n: f.int(report.areas) })}{' '}
            {t('limit.km2', { km2: f.rate(report.areaKm2) })}{' '}
            {report.holes > 0 &&
              t('limit.holes', { count: report.holes, n: f.int(report.holes), area: areaText(report.holesKm2) })}
          </p>
        </div>
      )}
      {version !== null && (
        <QuestionDialog
          title={t('limit.title', { layer: history.title, n: f.int(version) })}
          confirm={t('limit.confirm')}
          onConfirm={async () =>
            setStarted(await run('PUT', dataPaths.limit(city.code), { layer: history.layer, version, area }))
          }
          onClose={onClose}
        >
          {t('limit.text')}
          <AreaChoice history={history} version={version} area={area} onChoose={setArea} />
        </QuestionDialog>
      )}
    </>
  );
}

type ChoiceProps = {
  readonly history: LayerHistory;
  readonly version: number;
  readonly area: string | null;
  readonly onChoose: (code: string | null) => void;
};

function AreaChoice({ history, version, area, onChoose }: ChoiceProps) {
  const { ask, t, f } = usePage();
  const { city } = useDesk();
  const [rows, setRows] = useState<readonly FeatureRow[]>([]);
  const of = history.versions.find((each) => each.version === version)?.features ?? 0;
  useEffect(() => {
    onChoose(null);
    if (of > MOST_LISTED) return;
    const stop = new AbortController();
    ask(paths.features(city.code, history.layer, version), stop.signal).then(
      ({ features }) => setRows(features),
      () => undefined,
    );
    return () => stop.abort();
  }, [history.layer, version, of]);
  const repeated = repeatedIn(rows);
  return (
    <span class="fields">
      <label>
        {t('limit.which')}
        <select value={area ?? ''} onChange={(event) => onChoose(event.currentTarget.value || null)}>
          <option value="">{effectLabel(t('limit.all', { count: of, n: f.int(of) }))}</option>
          {rows.map(({ code, name }) => (
            <option key={code} value={code}>
              {repeated.has(name) ? `${name} · ${code}` : name}
            </option>
          ))}
        </select>
      </label>
    </span>
  );
}
