// What the checks of a map file found: what, how many, what was done, the worst ones by name, and the report to keep.

import type { Check, CheckItem } from '../../server/boundaries/contract.ts';
import { usePage } from '../app.ts';
import { Icon } from '../icon.tsx';
import { useDesk } from './desk.ts';
import { dataPaths } from './paths.ts';

const ITEMS_SHOWN = 10;
const LEVEL = { blocking: 'checks.levelBlocking', warning: 'checks.levelWarning', info: 'checks.levelInfo' } as const;

export function Findings({ upload, checks }: { upload: string; checks: readonly Check[] }) {
  const { t, f } = usePage();
  const { city } = useDesk();
  return (
    <section class="card" aria-labelledby="checks-title">
      <h2 id="checks-title">{t('boundaries.checks')}</h2>
      {checks.length === 0 && <p>{t('boundaries.checksNone')}</p>}
      <ul class="checks">
        {checks.map((check) => (
          <li key={check.code}>
            <span class={`mark is-${check.level}`}>{t(LEVEL[check.level])}</span> {t(`checks.${check.code}`)}:{' '}
            <strong>{f.int(check.count)}</strong> · {t(`checks.done-${check.done}`)}
            <Items check={check} />
          </li>
        ))}
      </ul>
      {checks.length > 0 && (
        <div class="wizard-doors">
          <a class="button" href={dataPaths.report(city.code, upload, 'csv')} download>
            <Icon name="download" /> {t('boundaries.reportCsv')}
          </a>
          <a class="button" href={dataPaths.report(city.code, upload, 'geojson')} download>
            <Icon name="download" /> {t('boundaries.reportGeojson')}
          </a>
        </div>
      )}
    </section>
  );
}

function Items({ check: { items, count } }: { check: Check }) {
  const { t, f } = usePage();
  const text = ({ feature, code, name, areaM2, detail }: CheckItem) =>
    [
      feature !== null && t('checks.feature', { n: f.int(feature) }),
      code,
      name,
      areaM2 !== null && t('checks.areaM2', { n: f.int(areaM2) }),
      detail,
    ]
      .filter(Boolean)
      .join(' · ');
  const told = items.slice(0, ITEMS_SHOWN).map(text).filter(Boolean);
  if (told.length === 0) return null;
  return (
    <details>
      <summary>{t('checks.which')}</summary>
      <ul class="small">
        {told.map((line) => (
          <li key={line}>{line}</li>
        ))}
        {count > told.length && <li>{t('checks.others', { n: f.int(count - told.length) })}</li>}
      </ul>
    </details>
  );
}
