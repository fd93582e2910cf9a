// The versions of a layer one by one, newest first, with what can be done with each.

import type { LayerHistory, LayerVersionRow } from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';
import { useDesk } from '../data/data-store.ts';
import { dataPaths } from '../data/paths.ts';
import { Icon } from '../parts/icon.tsx';

type Props = {
  readonly history: LayerHistory;
  readonly onReturn: (version: number) => void;
  /** The earlier of the two first. */
  readonly onCompare: (from: number, until: number) => void;
  readonly onRemove: (version: number) => void;
  readonly onRestore: (version: number) => void;
  readonly onLimit: (version: number) => void;
};

export function VersionList(props: Props) {
  const { t } = usePage();
  const { versions } = props.history;
  return (
    <section class="card" aria-label={t('versions.open')}>
      <ol class="versions">
        {versions.map((row) => (
          <li key={row.version} class={row.removed ? 'is-removed' : ''}>
            <About row={row} />
            <Actions {...props} row={row} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function About({ row }: { row: LayerVersionRow }) {
  const { t, f } = usePage();
  const { version, current, removed, validFrom, publishedAt, features, read, repaired, rejected, fileName } = row;
  const dates = [
    validFrom && t('versions.from', { date: f.day(validFrom) }),
    t('versions.published', { moment: f.moment(Date.parse(publishedAt)) }),
  ];
  return (
    <div>
      <strong>{t('versions.row', { n: f.int(version) })}</strong>
      {current && <span class="mark">{t('versions.current')}</span>}
      {removed && <span class="mark">{t('versions.removed')}</span>}
      <br />
      {fileName}
      <br />
      <small>{dates.filter(Boolean).join(' · ')}</small>
      <br />
      <small>
        {t('versions.counts', {
          features: f.int(features),
          read: f.int(read),
          repaired: f.int(repaired),
          rejected: f.int(rejected),
        })}
      </small>
    </div>
  );
}

function Actions({
  history,
  row,
  onReturn,
  onCompare,
  onRemove,
  onRestore,
  onLimit,
}: Props & { row: LayerVersionRow }) {
  const { reference, store, t, f } = usePage();
  const { city } = useDesk();
  const { version, current, removed } = row;
  const shown = history.versions.find((each) => each.current)?.version;
  const n = f.int(version);
  if (removed) {
    return (
      <div class="version-actions">
        <button
          type="button"
          class="button"
          aria-label={t('versions.restoreLabel', { n })}
          onClick={() => onRestore(version)}
        >
          {t('versions.restore')}
        </button>
      </div>
    );
  }
  return (
    <div class="version-actions">
      {!current && shown !== undefined && (
        <>
          <button
            type="button"
            class="button"
            aria-label={t('versions.returnToLabel', { n })}
            onClick={() => onReturn(version)}
          >
            {t('versions.returnTo')}
          </button>
          <button
            type="button"
            class="button"
            aria-label={t('versions.compareLabel', { n })}
            onClick={() => onCompare(Math.min(version, shown), Math.max(version, shown))}
          >
            {t('versions.compare')}
          </button>
        </>
      )}
      {history.type === 'areas' && shown !== undefined && reference.jurisdiction.value?.from && (
        <button
          type="button"
          class="button"
          aria-label={t('versions.seeOnMapLabel', { n })}
          onClick={() =>
            store.change({
              tab: 'map',
              view: 'areas',
              layer: current ? history.layer : `${history.layer}@${version}`,
              place: null,
              position: null,
            })
          }
        >
          {t('versions.seeOnMap')}
        </button>
      )}
      <a
        class="button"
        href={dataPaths.versionReport(city.code, history.layer, version, 'csv')}
        aria-label={t('versions.reportCsvLabel', { n })}
        download
      >
        <Icon name="download" /> {t('versions.reportCsv')}
      </a>
      <a
        class="button"
        href={dataPaths.versionReport(city.code, history.layer, version, 'geojson')}
        aria-label={t('versions.reportGeojsonLabel', { n })}
        download
      >
        <Icon name="download" /> {t('versions.reportGeojson')}
      </a>
      {history.type === 'areas' && (
        <button type="button" class="button" aria-label={t('limit.useLabel', { n })} onClick={() => onLimit(version)}>
          {t('limit.use')}
        </button>
      )}
      {!current && (
        <button
          type="button"
          class="button"
          aria-label={t('versions.removeLabel', { n })}
          onClick={() => onRemove(version)}
        >
          <Icon name="trash" /> {t('versions.remove')}
        </button>
      )}
    </div>
  );
}
