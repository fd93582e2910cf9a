// What one load found and changed: notes in words, where its records lie, and by how much past months moved.

import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { DeliveryChanges, DeliveryRow } from '../../server/incidents/contract.ts';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { Popover } from '../parts/popover.tsx';
import { createQuestion } from '../store/question.ts';
import { useDesk } from './data-store.ts';
import { Notes } from './notes.tsx';
import { dataPaths } from './paths.ts';
import { type IncidentsReport, readReport } from './report.ts';

const CHANGES_SHOWN = 12;

export function DeliveryDetail({ row }: { row: DeliveryRow }) {
  const { t } = usePage();
  const title = t('deliveries.detail', { n: row.delivery });
  return (
    <Popover
      label={title}
      button={<Icon name="info" />}
      buttonLabel={title}
      buttonClass="button is-icon"
      class="delivery-detail"
      focusFirst={false}
    >
      {() => <Detail row={row} title={title} />}
    </Popover>
  );
}

function Detail({ row, title }: { row: DeliveryRow; title: string }) {
  const { ask, t, f } = usePage();
  const { city } = useDesk();
  const asked = useMemo(
    () => createQuestion(signal(dataPaths.delivery(city.code, row.delivery)), ask),
    [city.code, row.delivery, ask],
  );
  const report = readReport(row.report);
  const changes = asked.answered.value?.value.changes;
  return (
    <>
      <h2>{title}</h2>
      <p class="small">{row.fileName}</p>
      {row.coversFrom && row.coversUntil && (
        <p>{t('deliveries.covers', { range: f.range(row.coversFrom, row.coversUntil) })}</p>
      )}
      {report?.of === 'incidents' && <Found report={report} />}
      <h3>{t('deliveries.changes')}</h3>
      {changes ? <Changes totals={changes.totals} /> : <p class="small">{t('app.loading')}</p>}
    </>
  );
}

export function Found({ report }: { report: IncidentsReport }) {
  const { reference, t, f } = usePage();
  const titleOf = (code: string) => reference.layers.value.find(({ layer }) => layer === code)?.title ?? code;
  // Kept versions are placed on too, as `layer@version`; they only repeat the number.
  const placed = Object.entries(report.placed).filter(([layer]) => !layer.includes('@') && report.stored > 0);
  return (
    <>
      {report.unlocated > 0 && <p>{t('deliveries.unlocated', { n: f.int(report.unlocated) })}</p>}
      <ul class="small">
        {placed.map(([layer, inside]) => (
          <li key={layer}>
            {t('deliveries.placed', {
              layer: titleOf(layer),
              placed: f.int(inside),
              outside: f.int(report.outside[layer] ?? 0),
            })}
          </li>
        ))}
      </ul>
      {report.notes.length > 0 && <h3>{t('deliveries.notes')}</h3>}
      <Notes notes={report.notes} />
    </>
  );
}

function Changes({ totals }: Pick<DeliveryChanges, 'totals'>) {
  const { reference, t, f } = usePage();
  const moved = totals.filter(({ difference }) => difference !== 0);
  if (moved.length === 0) return <p class="small">{t('deliveries.changesNone')}</p>;
  const titleOf = (code: string) => reference.offences.value.find((row) => row.code === code)?.title ?? code;
  return (
    <ul class="small">
      {moved.slice(0, CHANGES_SHOWN).map(({ month, offence, difference, area }) => (
        <li key={`${month} ${offence} ${area}`}>
          {t('deliveries.changeRow', {
            month: f.month(`${month}-01`),
            offence: area ? `${titleOf(offence)}, ${area}` : titleOf(offence),
            difference: `${difference > 0 ? '+' : '−'}${f.int(Math.abs(difference))}`,
          })}
        </li>
      ))}
      {moved.length > CHANGES_SHOWN && <li>{t('deliveries.more', { n: f.int(moved.length - CHANGES_SHOWN) })}</li>}
    </ul>
  );
}
