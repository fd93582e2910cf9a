// The versions a layer has had, and going back to one of them.

import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { LayerRow } from '../../server/stats/contract.ts';
import { usePage } from '../app.ts';
import { Popover } from '../popover.tsx';
import { createQuestion } from '../question.ts';
import { useDesk } from './desk.ts';
import { dataPaths } from './paths.ts';

export function LayerVersions({ row }: { row: LayerRow }) {
  const { t } = usePage();
  return (
    <Popover
      label={t('boundaries.versionsOf', { layer: row.title })}
      button={t('boundaries.versions')}
      buttonLabel={t('boundaries.versionsOf', { layer: row.title })}
      class="delivery-detail"
      focusFirst={false}
    >
      {(close) => <Versions row={row} onReturned={close} />}
    </Popover>
  );
}

function Versions({ row, onReturned }: { row: LayerRow; onReturned: () => void }) {
  const { ask, t, f } = usePage();
  const { city, run, refresh } = useDesk();
  const asked = useMemo(
    () => createQuestion(signal(dataPaths.versions(city.code, row.layer)), ask),
    [city.code, row.layer, ask],
  );
  const versions = (asked.answered.value?.value.versions ?? []).filter(({ removed }) => !removed);
  const goBack = async (version: number) => {
    if (!(await run('POST', dataPaths.returnTo(city.code, row.layer), { version }))) return;
    onReturned();
    refresh();
  };
  return (
    <>
      <h2>{t('boundaries.versionsOf', { layer: row.title })}</h2>
      {versions.length === 0 && <p class="small">{t('app.loading')}</p>}
      <ol class="versions">
        {versions.map(({ version, current, validFrom, features, fileName }) => (
          <li key={version}>
            <strong>{t('boundaries.versionRow', { n: f.int(version) })}</strong>
            {current && <span class="mark">{t('boundaries.versionCurrent')}</span>}
            <br />
            <small>
              {fileName} · {t('data.features')}: {f.int(features)}
              {validFrom && <> · {t('boundaries.versionFrom', { date: f.day(validFrom) })}</>}
            </small>
            {!current && (
              <button
                type="button"
                class="button"
                aria-label={t('boundaries.versionReturnLabel', { n: f.int(version) })}
                onClick={() => goBack(version)}
              >
                {t('boundaries.versionReturn')}
              </button>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}
