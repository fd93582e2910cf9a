// The jobs under way, how far they are, and a way to stop each; and what those that ended of late did.

import { reasonIn } from '../../server/i18n/reasons.ts';
import { type JobState, rightOfJob, waitingOf } from '../../server/jobs/contract.ts';
import { usePage } from '../app.ts';
import { isUnderWay, useDesk } from './data-store.ts';
import { JobReport } from './job-report.tsx';
import { dataPaths } from './paths.ts';

const STEPS = ['comparing', 'storing', 'publishing', 'reading', 'checking', 'placing', 'restoring'] as const;
/** By the kind the server gives a job. */
const TITLES = new Map([
  ['undo', 'jobs.undo'],
  ['import', 'jobs.import'],
  ['check-import', 'jobs.checkImport'],
  ['place-names', 'jobs.placeNames'],
  ['publish', 'jobs.publish'],
  ['restore', 'jobs.restore'],
  ['limit', 'jobs.limit'],
] as const);
/** Failures older than this say nothing new. */
const RECENT_MS = 3600_000;
/** What these did is told for a while; the others say nothing a list does not. */
const REPORTED = ['import', 'publish'];
const REPORTS_SHOWN = 3;

export function Jobs() {
  const { t } = usePage();
  const { jobs } = useDesk();
  const rows = jobs.answered.value?.value ?? [];
  const ended = rows.filter((job) => endedOfLate(job)).slice(0, REPORTS_SHOWN);
  const shown = [...rows.filter(isUnderWay), ...ended];
  if (shown.length === 0) return null;
  return (
    <section class="card" aria-labelledby="jobs-title">
      <h2 id="jobs-title">{t('jobs.title')}</h2>
      <ul class="jobs">
        {shown.map((job, index) => (
          <li key={job.id}>
            <Job job={job} open={index === 0} />
          </li>
        ))}
      </ul>
      {shown.some(isUnderWay) && <p class="small">{t('jobs.survives')}</p>}
    </section>
  );
}

const endedOfLate = (job: JobState) =>
  !isUnderWay(job) &&
  (job.state === 'failed' || REPORTED.includes(job.kind)) &&
  Date.now() - Date.parse(job.createdAt) < RECENT_MS;

/** `open`: what was found is shown unfolded. */
export function Job({ job, open = true }: { job: JobState; open?: boolean }) {
  const { access, store, t, f } = usePage();
  const desk = useDesk();
  const known = TITLES.get(job.kind as 'undo');
  const step = STEPS.find((each) => each === job.step);
  const waits = job.state === 'running' && job.step !== null ? waitingOf(job.step) : null;
  const title = known ? t(known) : job.kind;
  return (
    <div class="job">
      <p role="status">
        <strong>{title}</strong> ·{' '}
        {waits
          ? t('jobs.waitsFor', { time: waits.since ? f.time(Date.parse(waits.since)) : '—', what: waits.about ?? '—' })
          : t(`jobs.${step ?? job.state}`)}
        {job.fraction !== null && <> · {t('jobs.fraction', { percent: f.percent(job.fraction * 100) })}</>}
      </p>
      {isUnderWay(job) ? (
        <div class="job-bar">
          <progress aria-label={title} max={1} {...(job.fraction === null ? {} : { value: job.fraction })} />
          {access.may(rightOfJob(job.kind)) && (
            <button
              type="button"
              class="button"
              aria-label={t('jobs.cancel')}
              onClick={() => desk.run('DELETE', dataPaths.job(desk.city.code, job.id))}
            >
              {t('data.cancel')}
            </button>
          )}
        </div>
      ) : (
        <>
          {job.problem && <p class="refusal">{problemText(t, reasonIn(store.language.value, job.problem))}</p>}
          {job.state === 'done' && <JobReport job={job} open={open} />}
        </>
      )}
    </div>
  );
}

function problemText(t: ReturnType<typeof usePage>['t'], problem: string): string {
  if (problem === 'stopped') return t('jobs.stopped');
  if (problem === 'internal') return t('jobs.internal');
  return t('data.refused', { reason: problem });
}
