// The layers of the jurisdiction, each in the version shown now, and those taken out of use.

import { signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { usePage } from '../app.ts';
import { useDesk } from '../data/data-store.ts';
import { dataPaths } from '../data/paths.ts';
import { createQuestion } from '../store/question.ts';

export function Layers() {
  const { reference, store, t, f } = usePage();
  const rows = reference.layers.value;
  return (
    <section class="card" aria-labelledby="layers-title">
      <h2 id="layers-title">{t('data.layers')}</h2>
      {rows.length === 0 ? (
        <p class="small">{t('data.layersNone')}</p>
      ) : (
        <table class="stacked">
          <thead>
            <tr>
              <th scope="col">{t('data.layer')}</th>
              <th scope="col">{t('data.layerType')}</th>
              <th scope="col" class="number">
                {t('data.version')}
              </th>
              <th scope="col" class="number">
                {t('data.features')}
              </th>
              <th scope="col">
                <span class="unseen">{t('deliveries.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.layer}>
                <th scope="row">{row.title}</th>
                <td data-label={t('data.layerType')}>{t(`data.${row.type}`)}</td>
                <td class="number" data-label={t('data.version')}>
                  {f.int(row.version)}
                </td>
                <td class="number" data-label={t('data.features')}>
                  {f.int(row.features)}
                </td>
                <td class="actions">
                  <SeeOnMap layer={row.layer} />
                  <button
                    type="button"
                    class="button"
                    aria-label={t('versions.title', { layer: row.title })}
                    onClick={() => store.change({ tab: 'versions', history: { layer: row.layer, compared: null } })}
                  >
                    {t('versions.open')}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <RemovedLayers />
    </section>
  );
}

function RemovedLayers() {
  const { ask, reference, t, f } = usePage();
  const { city, run } = useDesk();
  const removed = useMemo(() => createQuestion(signal(dataPaths.removedLayers(city.code)), ask), [city.code, ask]);
  const shown = reference.layers.value;
  useEffect(() => removed.ask(), [shown]);
  const rows = removed.answered.value?.value ?? [];
  if (rows.length === 0) return null;
  return (
    <>
      <h3>{t('versions.removedLayers')}</h3>
      <ul class="versions">
        {rows.map(({ layer, title, type, features }) => (
          <li key={layer}>
            {title} <small>{`${t(`data.${type}`)} · ${t('data.features')}: ${f.int(features)}`}</small>
            <button
              type="button"
              class="button"
              aria-label={t('versions.restoreLayerLabel', { layer: title })}
              onClick={() => run('POST', dataPaths.restoreLayer(city.code, layer))}
            >
              {t('versions.restore')}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Nothing where the layer is not one the map colours, or there is nothing yet to colour it by. */
export function SeeOnMap({ layer }: { layer: string }) {
  const { reference, store, t } = usePage();
  const known = reference.areaLayers.value.some((row) => row.layer === layer);
  if (!known || !reference.jurisdiction.value?.from) return null;
  return (
    <button
      type="button"
      class="button"
      onClick={() => store.change({ tab: 'map', view: 'areas', layer, place: null, position: null })}
    >
      {t('data.seeOnMap')}
    </button>
  );
}
