// How dates and times of a file are read: what the file leaves open is asked with both readings and their months.

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { ImportMapping, WaitingImport } from '../../server/imports/contract.ts';
import { DATE_ORDERS, type DateOrder, type DateQuestion } from '../../server/reading/contract.ts';
import { usePage } from '../app.ts';
import { useDesk } from '../data/data-store.ts';

const MONTHS_SHOWN = 12;

type Props = {
  readonly file: WaitingImport;
  readonly onMapping: (mapping: ImportMapping) => Promise<boolean>;
};

export function DateChoices({ file: { mapping, detection }, onMapping }: Props) {
  const { t } = usePage();
  const { city } = useDesk();
  const zone = useId();
  const isZone = mapping.times !== null && mapping.times !== 'utc' && mapping.times !== 'local';
  const choose = (dateOrder: DateOrder | null) => onMapping({ ...mapping, dateOrder });
  return (
    <section class="card" aria-labelledby="dates-title">
      <h2 id="dates-title">{t('importing.dates')}</h2>
      <Example file={{ detection }} />
      {detection.dateQuestion && (
        <AskedOrder question={detection.dateQuestion} chosen={mapping.dateOrder} onChoose={choose}>
          {t('importing.dateOpen')}
        </AskedOrder>
      )}
      <div class="fields">
        <label>
          {t('importing.dateOrder')}
          <select
            value={mapping.dateOrder ?? ''}
            onChange={(event) => choose((event.currentTarget.value || null) as DateOrder | null)}
          >
            <option value="">{t('importing.dateOrderOfFile')}</option>
            {DATE_ORDERS.map((order) => (
              <option key={order} value={order}>
                {t(`importing.order_${order}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('importing.times')}
          <select
            value={isZone ? 'zone' : (mapping.times ?? '')}
            onChange={({ currentTarget: { value } }) =>
              onMapping({ ...mapping, times: value === 'zone' ? city.timezone : value || null })
            }
          >
            <option value="">{t('importing.timesOfFile')}</option>
            <option value="utc">{t('importing.timesUtc')}</option>
            <option value="local">{t('importing.timesLocal')}</option>
            <option value="zone">{t('importing.timesZone')}</option>
          </select>
        </label>
        {isZone && (
          <label for={zone}>
            {t('importing.zone')}
            <input
              id={zone}
              type="text"
              value={mapping.times ?? ''}
              onChange={(event) => onMapping({ ...mapping, times: event.currentTarget.value.trim() || null })}
            />
          </label>
        )}
      </div>
    </section>
  );
}

/** The first date of the file as it is written and as it is read. */
function Example({ file: { detection } }: { file: Pick<WaitingImport, 'detection'> }) {
  const { t, f } = usePage();
  const incident = detection.examples.find((each) => each.incident)?.incident;
  // While the order is asked, both readings are shown instead.
  if (!incident || detection.dateExample === null || detection.dateQuestion) return null;
  const { occurredOn, minuteOfDay, datePrecision } = incident;
  const day = datePrecision === 'month' ? f.month(occurredOn) : f.day(occurredOn);
  const two = (n: number) => String(n).padStart(2, '0');
  const time = minuteOfDay === null ? '' : `, ${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
  return <p role="status">{t('importing.dateReading', { text: detection.dateExample, date: `${day}${time}` })}</p>;
}

type AskedProps = {
  readonly question: DateQuestion;
  readonly chosen: DateOrder | null;
  readonly onChoose: (order: DateOrder) => void;
  readonly children: ComponentChildren;
};

export function AskedOrder({ question: { column, rows, readings }, chosen, onChoose, children }: AskedProps) {
  const { t, f } = usePage();
  const name = useId();
  return (
    <fieldset class="options">
      <legend>{t('importing.dateQuestion', { column, n: f.int(rows) })}</legend>
      <p>{children}</p>
      {readings.map(({ order, example, months, against }) => (
        <label key={order} class="choice">
          <input type="radio" name={name} checked={chosen === order} onChange={() => onChoose(order)} />
          <span>
            {t('importing.dateReading', { text: example.text, date: example.date && f.day(example.date) })} (
            {t(`importing.order_${order}`)}):{' '}
            {months
              .slice(0, MONTHS_SHOWN)
              .map(({ month, count }) => `${f.month(`${month}-01`)} ${f.int(count)}`)
              .join(', ')}
            {months.length > MONTHS_SHOWN && ` ${t('importing.goneMore', { n: f.int(months.length - MONTHS_SHOWN) })}`}
            {against &&
              ` — ${t('importing.dateAgainst', { n: f.int(against.count), line: f.int(against.line), text: against.text })}`}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
