// What a job did, in words, once it has ended well.

import type { JobState } from '../../server/jobs/contract.ts';
import { usePage } from '../app.ts';
import { SeeOnMap } from '../layers/layers.tsx';
import { Found } from './delivery-detail.tsx';
import { Notes } from './notes.tsx';
import { RejectsLink } from './rejects.tsx';
import { readReport } from './report.ts';

export function JobReport({ job, open }: { job: JobState; open: boolean }) {
  const { reference, store, t, f } = usePage();
  const report = readReport(job.report);
  if (report === null) return null;
  const shown = <T extends object>(of: T) =>
    Object.fromEntries(Object.entries(of).flatMap(([name, n]) => (typeof n === 'number' ? [[name, f.int(n)]] : [])));
  if (report.of === 'undo') return <p>{t('deliveries.undoCounts', shown(report))}</p>;
  if (report.of === 'population') return <p>{t('population.stored', shown(report))}</p>;
  if (report.of === 'layer') {
    const layer = reference.layers.value.find((row) => row.layer === report.layer)?.title ?? report.layer;
    return (
      <>
        {report.unchanged > 0 ? (
          <p>
            {layer}: {t('boundaries.sameFile')}
          </p>
        ) : (
          <p>
            {t('boundaries.published', { layer, version: f.int(report.version) })}.{' '}
            {t('boundaries.publishedCounts', shown(report))}
          </p>
        )}
        {report.notes.length > 0 && (
          <details open={open}>
            <summary>{t('deliveries.notes')}</summary>
            <Notes notes={report.notes} />
          </details>
        )}
        <SeeOnMap layer={report.layer} />
        {report.unchanged === 0 && report.version > 1 && (
          <button
            type="button"
            class="button"
            onClick={() =>
              store.change({
                tab: 'versions',
                history: { layer: report.layer, compared: { from: report.version - 1, until: report.version } },
              })
            }
          >
            {t('compare.withPrevious')}
          </button>
        )}
      </>
    );
  }
  return (
    <>
      <p>{t(report.leftOut === undefined ? 'importing.reportCounts' : 'benchmark.reportCounts', shown(report))}</p>
      <Found report={report} />
      {report.rejected > 0 && report.upload !== null && <RejectsLink upload={report.upload} />}
    </>
  );
}
