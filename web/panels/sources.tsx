// Where the figures come from, how exact and how fresh they are, and how the totals add up.

import type { DatePrecision } from '../../server/db/contract.ts';
import { DATE_PRECISIONS } from '../../server/db/contract.ts';
import { usePage } from '../app.ts';
import { isOneOf } from '../store/is-one-of.ts';
import { TotalsLine } from './totals.tsx';

const PRECISION_KEYS = {
  quarter: 'sources.quarter',
  month: 'sources.month',
  day: 'sources.day',
  hour: 'sources.hour',
  minute: 'sources.minute',
} as const;

export function Sources() {
  const { answers, reference, t, f } = usePage();
  const city = reference.jurisdiction.value;
  const summary = answers.summary.answered.value?.value;
  const precision = (text: string): DatePrecision | null => (isOneOf(DATE_PRECISIONS, text) ? text : null);
  return (
    <div class="sources">
      <h2>{t('sources.title')}</h2>
      {city?.synthetic && <p class="aside">{t('app.syntheticLong')}</p>}
      <ul>
        {reference.sources.value.map((row) => {
          const known = precision(row.datePrecision);
          return (
            <li key={`${row.kind}/${row.code}`}>
              <strong>{row.title}</strong> · {t(`kind.${row.kind as 'incident'}`)}
              <br />
              {t('sources.incidents', { count: row.incidents, n: f.int(row.incidents) })}
              {row.through && <> · {t('sources.through', { date: f.day(row.through) })}</>}
              {row.delivered && <> · {t('sources.delivered', { date: f.day(row.delivered.slice(0, 10)) })}</>}
              <br />
              {row.streetPrecise || row.accuracyM === null
                ? t('sources.exact')
                : t('sources.accuracy', { m: f.int(row.accuracyM) })}
              {known && <> · {t(PRECISION_KEYS[known])}</>}
            </li>
          );
        })}
      </ul>
      {summary && (
        <>
          <h3>{t('sources.totals')}</h3>
          <TotalsLine
            totals={answers.drawnTotals.value ?? summary.totals}
            apart={answers.apart.value}
            excluded={summary.excluded}
          />
        </>
      )}
      {city && (
        <p class="small">
          {t('sources.timezone', { zone: city.timezone })} · {t('sources.version', { n: f.int(city.dataVersion) })}
        </p>
      )}
    </div>
  );
}
