// A table of monthly totals on its way in: what it is, of which areas it is kept, what loading it would do.

import { useEffect, useState } from 'preact/hooks';
import type { ImportDryRun, ImportMapping, WaitingImport } from '../../server/imports/contract.ts';
import type { JobState } from '../../server/jobs/contract.ts';
import type { FoundArea, RevisedTotal } from '../../server/official-totals/contract.ts';
import { usePage } from '../app.ts';
import { useDesk } from '../data/data-store.ts';
import { useJob } from '../data/follow-job.ts';
import { Job } from '../data/jobs.tsx';
import { Notes } from '../data/notes.tsx';
import { dataPaths } from '../data/paths.ts';
import { Rejects } from '../data/rejects.tsx';
import { AreasKept } from './areas-kept.tsx';

const COUNTS = ['read', 'stored', 'changed', 'unchanged', 'gone', 'rejected'] as const;
const REVISED_SHOWN = 12;

type Props = {
  readonly file: WaitingImport;
  readonly onMapping: (mapping: ImportMapping) => Promise<boolean>;
};

export function MonthlyTable({ file, onMapping }: Props) {
  const { store, t, f } = usePage();
  const { city, run } = useDesk();
  const [started, setStarted] = useState<JobState | null>(null);
  const [confirmed, setConfirmed] = useState(false);
  const job = useJob(started);
  const report = job?.state === 'done' ? (job.report as ImportDryRun) : null;
  const monthly = report?.monthly;

  const check = async () => {
    setConfirmed(false);
    setStarted(null);
    setStarted(await run('POST', dataPaths.check(city.code, file.id)));
  };
  useEffect(() => void check(), [file.id]);
  const choose = async (areas: readonly string[]) => {
    if (await onMapping({ ...file.mapping, areas: areas.length ? [...areas] : null })) await check();
  };
  const commit = async () => {
    const begun = await run('POST', dataPaths.commit(city.code, file.id), {
      confirmed,
      checked: report?.checked ?? null,
    });
    if (begun) store.change({ tab: 'data', upload: null });
  };

  const writes = report ? report.stored + report.changed + report.gone : 0;
  const losses = report?.goneByMonth ?? [];
  return (
    <>
      <What file={file} report={monthly} />
      {!report && (
        <section class="card">
          <p>{t('importing.checking')}</p>
          {job && <Job job={job} />}
        </section>
      )}
      {report && monthly && (
        <>
          <AreasKept
            found={monthly.found}
            kept={monthly.areas}
            candidates={monthly.candidates}
            onChange={(areas) => void choose(areas)}
          />
          <section class="card" aria-labelledby="check-title">
            <h2 id="check-title">{t('benchmark.checkTitle', { name: file.name })}</h2>
            <dl class="figures">
              {COUNTS.map((count) => (
                <div key={count}>
                  <dt>{t(`deliveries.${count}`)}</dt>
                  <dd>{f.int(report[count])}</dd>
                </div>
              ))}
              <div>
                <dt>{t('benchmark.leftOut')}</dt>
                <dd>{f.int(monthly.leftOut)}</dd>
              </div>
            </dl>
            <Notes notes={report.notes} />
          </section>
          <Revised revised={monthly.revised} found={monthly.found} />
          {losses.length > 0 && (
            <section class="card is-warning" aria-labelledby="losses-title">
              <h2 id="losses-title">{t('benchmark.gone')}</h2>
              <ul class="notes">
                {losses.map(({ month, gone, before }) => (
                  <li key={month}>
                    {t('benchmark.goneRow', { year: month.slice(0, 4), gone: f.int(gone), before: f.int(before) })}
                  </li>
                ))}
              </ul>
              <label class="choice">
                <input
                  type="checkbox"
                  checked={confirmed}
                  onChange={(event) => setConfirmed(event.currentTarget.checked)}
                />
                {t('importing.confirmGone')}
              </label>
            </section>
          )}
          <Rejects upload={file.id} rejects={report.rejects} count={report.rejected} />
        </>
      )}
      <div class="wizard-buttons">
        <button
          type="button"
          class="button"
          onClick={() => {
            store.change({ upload: null });
            run('DELETE', dataPaths.waiting(city.code, file.id));
          }}
        >
          {t('importing.again')}
        </button>
        {report && (
          <button
            type="button"
            class="button is-primary"
            disabled={writes === 0 || (losses.length > 0 && !confirmed)}
            onClick={commit}
          >
            {writes === 0
              ? t('importing.commitNothing')
              : t('benchmark.commit', { n: f.int(report.stored + report.changed) })}
          </button>
        )}
      </div>
    </>
  );
}

function What({ file, report }: { file: WaitingImport; report: ImportDryRun['monthly'] }) {
  const { t, f } = usePage();
  const { monthly, encoding, file: inArchive } = file.detection;
  const month = (text: string) => f.month(`${text}-01`);
  const parts = [
    inArchive && t('importing.inArchive', { file: inArchive }),
    monthly && t(monthly.kind === 'victim' ? 'benchmark.kindVictim' : 'benchmark.kindIncident'),
    monthly?.publishedThrough && t('benchmark.published', { month: month(monthly.publishedThrough) }),
    t('importing.encoding', { encoding }),
  ];
  return (
    <section class="card" aria-labelledby="understood-title">
      <h2 id="understood-title">{t('importing.understood', { name: file.name })}</h2>
      <p>{t(monthly?.level === 'state' ? 'benchmark.whatState' : 'benchmark.whatMunicipality')}</p>
      <p class="small">{parts.filter(Boolean).join(' · ')}</p>
      {report?.firstMonth && report.lastMonth && (
        <p>{t('benchmark.months', { from: month(report.firstMonth), until: month(report.lastMonth) })}</p>
      )}
    </section>
  );
}

function Revised({ revised, found }: { revised: readonly RevisedTotal[]; found: readonly FoundArea[] }) {
  const { reference, t, f } = usePage();
  if (revised.length === 0) return null;
  const titleOf = (code: string) => reference.offences.value.find((row) => row.code === code)?.title ?? code;
  const nameOf = (code: string) => found.find((area) => area.code === code)?.name ?? code;
  return (
    <section class="card" aria-labelledby="revised-title">
      <h2 id="revised-title">{t('benchmark.revised')}</h2>
      <ul class="notes">
        {revised.slice(0, REVISED_SHOWN).map(({ area, offence, year, before, now }) => (
          <li key={`${area} ${offence} ${year}`}>
            {t('benchmark.revisedRow', {
              year,
              offence: titleOf(offence),
              area: nameOf(area),
              before: f.int(before),
              now: f.int(now),
              difference: `${now > before ? '+' : '−'}${f.int(Math.abs(now - before))}`,
            })}
          </li>
        ))}
        {revised.length > REVISED_SHOWN && (
          <li>{t('deliveries.more', { n: f.int(revised.length - REVISED_SHOWN) })}</li>
        )}
      </ul>
    </section>
  );
}
