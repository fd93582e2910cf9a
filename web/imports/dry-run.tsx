// What loading a file would do, before it does: counts, losses, rejected rows, and the choice to add or to replace.

import { useEffect, useState } from 'preact/hooks';
import type { ImportDryRun, ImportMapping, WaitingImport } from '../../server/imports/contract.ts';
import type { JobState } from '../../server/jobs/contract.ts';
import type { DateOrder } from '../../server/reading/contract.ts';
import { usePage } from '../app.ts';
import { isUnderWay, useDesk } from '../data/data-store.ts';
import { useJob } from '../data/follow-job.ts';
import { Job } from '../data/jobs.tsx';
import { Notes } from '../data/notes.tsx';
import { dataPaths } from '../data/paths.ts';
import { PreviewMap } from '../data/preview-map.tsx';
import { Rejects } from '../data/rejects.tsx';
import { addDays } from '../store/days.ts';
import { Asked } from './asked.tsx';
import { AskedOrder } from './date-choices.tsx';
import { LoadMode } from './load-mode.tsx';

/** As the server asks to confirm: more than this share of a month. */
const LOSS_TO_CONFIRM = 0.05;
const LOSSES_SHOWN = 12;
const COUNTS = ['read', 'stored', 'changed', 'unchanged', 'gone', 'rejected'] as const;

type Props = {
  readonly file: WaitingImport;
  readonly onMapping: (mapping: ImportMapping) => Promise<boolean>;
  readonly onBack: () => void;
};

export function DryRun({ file, onMapping, onBack }: Props) {
  const { store, t, f } = usePage();
  const { city, run } = useDesk();
  const [started, setStarted] = useState<JobState | null>(null);
  const [confirmed, setConfirmed] = useState(false);
  const [areOthers, setAreOthers] = useState(false);
  const [answered, setAnswered] = useState(false);
  const [unsent, setUnsent] = useState(false);
  const job = useJob(started);
  const checked = job?.state === 'done' ? (job.report as ImportDryRun) : null;
  const question = checked?.dateQuestion ?? null;
  const doubt = checked?.question ?? null;
  const report = question || doubt ? null : checked;

  // Called off, failed, or never begun: nothing is being checked any more.
  const isStopped = !answered && (unsent || (job !== null && !checked && !isUnderWay(job)));

  const check = async () => {
    setConfirmed(false);
    setAreOthers(false);
    setStarted(null);
    setUnsent(false);
    const begun = await run('POST', dataPaths.check(city.code, file.id));
    setStarted(begun);
    setUnsent(begun === null);
  };
  useEffect(() => void check(), [file.id]);

  const answer = async (mapping: ImportMapping) => {
    setAnswered(true);
    if (await onMapping(mapping)) await check();
    setAnswered(false);
  };
  const replace = (replaces: ImportMapping['replaces']) => answer({ ...file.mapping, replaces });
  const reorder = (dateOrder: DateOrder) => answer({ ...file.mapping, dateOrder });
  const commit = async () => {
    const begun = await run('POST', dataPaths.commit(city.code, file.id), {
      confirmed: confirmed || areOthers,
      checked: report?.checked ?? null,
    });
    if (begun) store.change({ tab: 'data', upload: null });
  };

  const writes = report ? report.stored + report.changed + report.gone : 0;
  const beside = report?.beside ?? null;
  const losses = report?.goneByMonth.filter(({ gone, before }) => gone > before * LOSS_TO_CONFIRM) ?? [];
  return (
    <>
      {question && (
        <section class={`card is-warning ${answered ? 'is-waiting' : ''}`} inert={answered}>
          <AskedOrder question={question} chosen={file.mapping.dateOrder} onChoose={reorder}>
            {t('importing.dateAsked')}
          </AskedOrder>
        </section>
      )}
      {doubt && (
        <section class={`card is-warning ${answered ? 'is-waiting' : ''}`} inert={answered}>
          <Asked question={doubt} mapping={file.mapping} onAnswer={answer} />
        </section>
      )}
      {(!checked || answered) && (
        <section class="card">
          {!isStopped && <p>{t('importing.checking')}</p>}
          {job && !answered && <Job job={job} />}
          {isStopped && (
            <button type="button" class="button" onClick={check}>
              {t('importing.checkAgain')}
            </button>
          )}
        </section>
      )}
      {report && (
        <>
          <Summary file={file} report={report} />
          <LoadMode replaces={file.mapping.replaces} report={report} onChange={replace} />
          {losses.length > 0 && <Losses losses={losses} confirmed={confirmed} onConfirm={setConfirmed} />}
          {beside && <Beside beside={beside} confirmed={areOthers} onConfirm={setAreOthers} />}
          <Rejects upload={file.id} rejects={report.rejects} count={report.rejected} />
        </>
      )}
      <div class="wizard-buttons">
        <button type="button" class="button" onClick={onBack}>
          {t('importing.backToColumns')}
        </button>
        {report && (
          <button
            type="button"
            class="button is-primary"
            disabled={writes === 0 || (losses.length > 0 && !confirmed) || (beside !== null && !areOthers)}
            onClick={commit}
          >
            {writes === 0
              ? t('importing.commitNothing')
              : t(report.gone ? 'importing.commitGone' : 'importing.commit', {
                  n: f.int(report.stored + report.changed),
                  gone: f.int(report.gone),
                })}
          </button>
        )}
      </div>
    </>
  );
}

function Summary({ file, report }: { file: WaitingImport; report: ImportDryRun }) {
  const { t, f } = usePage();
  const days = report.firstDay && report.lastDay ? [f.day(report.firstDay), f.day(report.lastDay)].join(' – ') : null;
  const sample = {
    type: 'FeatureCollection' as const,
    features: report.sample.map(([lon, lat]) => ({
      type: 'Feature' as const,
      properties: {},
      geometry: { type: 'Point' as const, coordinates: [lon, lat] },
    })),
  };
  return (
    <section class="card" aria-labelledby="check-title">
      <h2 id="check-title">{t('importing.checkTitle', { name: file.name })}</h2>
      <dl class="figures">
        {COUNTS.map((count) => (
          <div key={count}>
            <dt>{t(`deliveries.${count}`)}</dt>
            <dd>{f.int(report[count])}</dd>
          </div>
        ))}
        <div>
          <dt>{t('importing.unlocated')}</dt>
          <dd>{f.int(report.unlocated)}</dd>
        </div>
      </dl>
      {days && <p>{t('importing.days', { range: days })}</p>}
      <div class="beside">
        {report.sample.length > 0 && (
          <PreviewMap label={t('importing.sampleMap', { n: f.int(report.sample.length) })} data={sample} />
        )}
        <Notes notes={report.notes} />
      </div>
    </section>
  );
}

type LossesProps = {
  readonly losses: ImportDryRun['goneByMonth'];
  readonly confirmed: boolean;
  readonly onConfirm: (confirmed: boolean) => void;
};

function Losses({ losses, confirmed, onConfirm }: LossesProps) {
  const { t, f } = usePage();
  return (
    <section class="card is-warning" aria-labelledby="losses-title">
      <h2 id="losses-title">{t('importing.goneTitle')}</h2>
      <ul class="notes">
        {losses.slice(0, LOSSES_SHOWN).map(({ month, gone, before }) => (
          <li key={month}>
            {t('importing.goneRow', {
              month: f.month(`${month.slice(0, 7)}-01`),
              gone: f.int(gone),
              before: f.int(before),
            })}
          </li>
        ))}
        {losses.length > LOSSES_SHOWN && <li>{t('importing.goneMore', { n: f.int(losses.length - LOSSES_SHOWN) })}</li>}
      </ul>
      <label class="choice">
        <input type="checkbox" checked={confirmed} onChange={(event) => onConfirm(event.currentTarget.checked)} />
        {t('importing.confirmGone')}
      </label>
    </section>
  );
}

type BesideProps = {
  readonly beside: NonNullable<ImportDryRun['beside']>;
  readonly confirmed: boolean;
  readonly onConfirm: (confirmed: boolean) => void;
};

function Beside({ beside: { added, stored, from, until }, confirmed, onConfirm }: BesideProps) {
  const { t, f } = usePage();
  const to = addDays(until, -1);
  return (
    <section class="card is-warning" aria-labelledby="beside-title">
      <h2 id="beside-title">{t('importing.besideTitle')}</h2>
      <p>
        {t('importing.besideRow', { from: f.day(from), to: f.day(to), added: f.int(added), stored: f.int(stored) })}
      </p>
      <label class="choice">
        <input type="checkbox" checked={confirmed} onChange={(event) => onConfirm(event.currentTarget.checked)} />
        {t('importing.confirmBeside')}
      </label>
    </section>
  );
}
