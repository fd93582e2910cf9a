// The incidents of the view as files: one link a format, and what a file of that size cannot be.

import { useState } from 'preact/hooks';
import { EXPORT_FORMATS, type ExportFormat, MOST_INCIDENTS } from '../../server/exports/contract.ts';
import type { Filter } from '../../server/filter/contract.ts';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { Popover } from '../parts/popover.tsx';
import type { Apart } from '../store/answers.ts';
import { exportPath } from '../store/api.ts';

type Props = {
  /** Asks for what lies in the municipality, or may. */
  readonly filter: Filter;
  readonly matched: number;
  /** Beside them, those not known to lie here: in the file only when that is wished. */
  readonly apart?: Apart;
};

const NONE: Apart = { outside: 0, unlocated: 0, larger: [] };

export function Download({ filter, matched: inside, apart = NONE }: Props) {
  const { access, store, reference, t, f } = usePage();
  const [all, setAll] = useState(false);
  const city = reference.jurisdiction.value?.code;
  const others = apart.outside + apart.unlocated;
  if (!city || inside + others === 0 || !access.may('export-incidents')) return null;
  const withOthers = all && others > 0;
  const matched = withOthers ? inside + others : inside;
  const asked = withOthers ? { ...filter, inside: null, placed: [] } : filter;
  const key = apart.unlocated > 0 ? 'download.elsewhere' : 'download.outside';
  const fits = (format: ExportFormat) => matched <= (MOST_INCIDENTS[format] ?? matched);
  return (
    <Popover
      label={t('download.title')}
      button={
        <>
          <Icon name="download" /> {t('download.title')}
        </>
      }
      buttonClass="link"
      class="download"
    >
      {(close) => (
        <div class="share-panel">
          <p>{t('download.count', { count: matched, n: f.int(matched) })}</p>
          {others > 0 && (
            <label class="choice">
              <input type="checkbox" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
              <span class="choice-text">{t(key, { count: others, n: f.int(others) })}</span>
            </label>
          )}
          <ul class="menu">
            {EXPORT_FORMATS.map((format) => (
              <li key={format}>
                {fits(format) ? (
                  <a
                    class="menu-item"
                    href={exportPath(city, format, asked, store.language.value)}
                    download
                    onClick={close}
                  >
                    {t(`download.${format}`)}
                  </a>
                ) : (
                  <p class="small">
                    {t(`download.${format}`)}: {t('download.tooMany', { most: f.int(MOST_INCIDENTS[format] ?? 0) })}
                  </p>
                )}
              </li>
            ))}
            <li>
              <a
                class="menu-item"
                href={exportPath(city, 'about', asked, store.language.value)}
                download
                onClick={close}
              >
                {t('download.about')}
              </a>
            </li>
          </ul>
        </div>
      )}
    </Popover>
  );
}
