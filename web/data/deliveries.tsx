// Every load there was, what each brought, and undoing the last of a source.

import { useState } from 'preact/hooks';
import type { DeliveryRow } from '../../server/incidents/contract.ts';
import { MONTHLY_PRESET } from '../../server/official-totals/contract.ts';
import { usePage } from '../app.ts';
import { useDesk } from './data-store.ts';
import { DeliveryDetail } from './delivery-detail.tsx';
import { dataPaths } from './paths.ts';
import { QuestionDialog } from './question.tsx';
import { readReport } from './report.ts';

const COUNTS = ['read', 'stored', 'changed', 'unchanged', 'gone', 'rejected'] as const;
/** The preset of files of no known layout, whose name would say nothing. */
const OWN_FILE = 'generic';
const VIA = {
  command: 'deliveries.viaCommand',
  page: 'deliveries.viaPage',
  feed: 'deliveries.viaFeed',
  folder: 'deliveries.viaFolder',
} as const;

export function Deliveries() {
  const { t } = usePage();
  const { deliveries } = useDesk();
  const [undoing, setUndoing] = useState<DeliveryRow | null>(null);
  const rows = deliveries.answered.value?.value;
  if (!rows) return null;
  return (
    <section class="card" aria-labelledby="deliveries-title">
      <h2 id="deliveries-title">{t('deliveries.title')}</h2>
      {rows.length === 0 ? (
        <p class="small">{t('deliveries.none')}</p>
      ) : (
        <table class="stacked">
          <thead>
            <tr>
              <th scope="col">{t('deliveries.when')}</th>
              <th scope="col">{t('deliveries.file')}</th>
              {COUNTS.map((count) => (
                <th key={count} scope="col" class="number">
                  {t(`deliveries.${count}`)}
                </th>
              ))}
              <th scope="col">
                <span class="unseen">{t('deliveries.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.delivery} row={row} onUndo={() => setUndoing(row)} />
            ))}
          </tbody>
        </table>
      )}
      {undoing && <UndoDialog row={undoing} onClose={() => setUndoing(null)} />}
    </section>
  );
}

function Row({ row, onUndo }: { row: DeliveryRow; onUndo: () => void }) {
  const { reference, t, f } = usePage();
  const report = readReport(row.report);
  const source = reference.sources.value.find(({ code, kind }) => code === row.source && kind === row.kind);
  const undone = row.undoes === null && !row.stands;
  return (
    <tr class={undone ? 'is-undone' : ''}>
      <td>
        {f.moment(Date.parse(row.createdAt))}
        <br />
        <small>{t(VIA[row.via])}</small>
      </td>
      <th scope="row" class="file">
        {row.undoes === null ? row.fileName : t('deliveries.undoOf', { n: row.undoes })}
        {undone && <span class="mark">{t('deliveries.undone')}</span>}
        <br />
        <small>
          {t('deliveries.number', { n: row.delivery })} ·{' '}
          {row.preset === MONTHLY_PRESET ? (
            `${t('benchmark.delivery')} · ${t(`kind.${row.kind}`)}`
          ) : (
            <>
              {source?.title ?? row.source} · {t(`kind.${row.kind}`)}
              {row.preset !== OWN_FILE && ` · ${t('deliveries.preset', { preset: row.preset })}`} ·{' '}
              {modeText(row, t, f)}
            </>
          )}
        </small>
      </th>
      {report?.of === 'incidents' ? (
        COUNTS.map((count) => (
          <td key={count} class="number" data-label={t(`deliveries.${count}`)}>
            {f.int(report[count])}
          </td>
        ))
      ) : (
        <td colspan={COUNTS.length}>
          {report?.of === 'undo' &&
            t('deliveries.undoCounts', { ended: f.int(report.ended), restored: f.int(report.restored) })}
        </td>
      )}
      <td class="actions">
        <DeliveryDetail row={row} />
        {row.canUndo && (
          <button
            type="button"
            class="button"
            aria-label={t('deliveries.undoLabel', { n: row.delivery })}
            onClick={onUndo}
          >
            {t('deliveries.undo')}
          </button>
        )}
      </td>
    </tr>
  );
}

function modeText(row: DeliveryRow, t: ReturnType<typeof usePage>['t'], f: ReturnType<typeof usePage>['f']): string {
  if (row.mode === 'add' || !row.coversFrom || !row.coversUntil) return t('deliveries.adds');
  return t('deliveries.replaces', { range: f.range(row.coversFrom, row.coversUntil) });
}

function UndoDialog({ row, onClose }: { row: DeliveryRow; onClose: () => void }) {
  const { t } = usePage();
  const desk = useDesk();
  return (
    <QuestionDialog
      title={t('deliveries.undoTitle', { n: row.delivery })}
      confirm={t('deliveries.undoConfirm')}
      onConfirm={() => desk.run('POST', dataPaths.undo(desk.city.code, row.delivery))}
      onClose={onClose}
    >
      {t('deliveries.undoText', { file: row.fileName })}
    </QuestionDialog>
  );
}
