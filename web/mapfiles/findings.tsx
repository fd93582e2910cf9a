// What the checks of a map file found: what, how many, what was done, the worst ones by name and place, and the report to
// keep.

import { useState } from 'preact/hooks';
import type { Check, CheckCode, CheckItem } from '../../server/mapfiles/contract.ts';
import type { WordCatalogue } from '../../server/words/es.ts';
import type { boundariesEs } from '../../server/words/es-boundaries.ts';
import { usePage } from '../app.ts';
import { useDesk } from '../data/data-store.ts';
import { dataPaths } from '../data/paths.ts';
import { Icon } from '../parts/icon.tsx';

const ITEMS_SHOWN = 10;
const LEVEL = { blocking: 'checks.levelBlocking', warning: 'checks.levelWarning', info: 'checks.levelInfo' } as const;

/** Said of a file, not of so many features of it. */
const OF_THE_FILE: readonly CheckCode[] = [
  'crs-elsewhere',
  'crs-guessed',
  'crs-degrees',
  'axes-swapped',
  'axes-turned',
];

type Go = (at: readonly [lon: number, lat: number], sizeM: number) => void;
type Props = { readonly upload: string; readonly checks: readonly Check[]; readonly onGo: Go };

export function Findings({ upload, checks, onGo }: Props) {
  const { t, f, catalogue } = usePage();
  const { city } = useDesk();
  return (
    <section class="card" aria-labelledby="checks-title">
      <h2 id="checks-title">{t('boundaries.checks')}</h2>
      {checks.length === 0 && <p>{t('boundaries.checksNone')}</p>}
      <ul class="checks">
        {checks
          .flatMap((check) => apart(check, catalogue))
          .map((check) => (
            <li key={check.said}>
              <span class={`mark is-${check.level}`}>{t(LEVEL[check.level])}</span> {t(`checks.${check.said}`)}
              {check.said === check.code && (
                <>
                  {!OF_THE_FILE.includes(check.code) && (
                    <>
                      : <strong>{f.int(check.count)}</strong>
                    </>
                  )}
                  {check.lengthM != null && ` (${t('checks.lengthKm', { n: f.rate(check.lengthM / 1000) })})`} ·{' '}
                  {t(`checks.done-${check.done}`)}
                  <Items check={check} onGo={onGo} />
                </>
              )}
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

type Said = Check & { readonly said: keyof typeof boundariesEs.checks };

/** What was not looked for is told thing by thing: gaps that were counted must not stand beside «not looked for». */
function apart(check: Check, catalogue: WordCatalogue): Said[] {
  const said = check.items.flatMap(({ detail }) => {
    const key = `${check.code}-${detail}`;
    return key in catalogue.checks ? [{ ...check, said: key as Said['said'] }] : [];
  });
  return said.length ? said : [{ ...check, said: check.code }];
}

/** How large it is across, as if it were a square. */
const sizeOf = ({ areaM2, lengthM }: CheckItem) => lengthM ?? Math.sqrt(Math.abs(areaM2 ?? 0));

function Items({ check: { code: ofCheck, items, count }, onGo }: { check: Check; onGo: Go }) {
  const { t, f } = usePage();
  const [shown, setShown] = useState(ITEMS_SHOWN);
  const isGap = ofCheck === 'gap';
  const text = ({ feature, code, name, areaM2, lengthM, detail }: CheckItem) =>
    [
      feature !== null && t('checks.feature', { n: f.int(feature) }),
      code,
      name === null && code === null && lengthM != null ? t('where.unnamed') : name !== code && name,
      areaM2 !== null && t('checks.areaM2', { n: f.int(areaM2) }),
      lengthM != null && t('checks.lengthM', { n: f.int(lengthM) }),
      isGap && detail !== null ? t('checks.among', { areas: detail }) : detail,
    ]
      .filter(Boolean)
      .join(' · ');
  const told = items.filter((item) => item.at !== null || text(item) !== '');
  if (told.length === 0) return null;
  return (
    <details>
      <summary>{t('checks.which')}</summary>
      <ul class="small">
        {told.slice(0, shown).map((item, index) => (
          <li key={index}>
            {item.at === null ? (
              text(item)
            ) : (
              <button type="button" class="link" onClick={() => item.at && onGo(item.at, sizeOf(item))}>
                {text(item) || t('checks.here')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {told.length > shown ? (
        <button type="button" class="button" onClick={() => setShown(shown * 5)}>
          {t('checks.more', { n: f.int(Math.min(told.length - shown, shown * 4)) })}
        </button>
      ) : (
        count > told.length && <p class="small">{t('checks.others', { n: f.int(count - told.length) })}</p>
      )}
    </details>
  );
}
