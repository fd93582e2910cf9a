// The incidents of the view as files: one link a format, and what a file of that size cannot be.

import { EXPORT_FORMATS, type ExportFormat, MOST_INCIDENTS } from '../../server/exports/contract.ts';
import type { Filter } from '../../server/filter/contract.ts';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { Popover } from '../parts/popover.tsx';
import { exportPath } from '../store/api.ts';

export function Download({ filter, matched }: { filter: Filter; matched: number }) {
  const { store, reference, t, f } = usePage();
  const city = reference.jurisdiction.value?.code;
  if (!city || matched === 0) return null;
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
          <ul class="menu">
            {EXPORT_FORMATS.map((format) => (
              <li key={format}>
                {fits(format) ? (
                  <a
                    class="menu-item"
                    href={exportPath(city, format, filter, store.language.value)}
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
                href={exportPath(city, 'about', filter, store.language.value)}
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
