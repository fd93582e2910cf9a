// Zoom, whole municipality, and the layers for orientation.

import { usePage } from '../app.ts';
import { leaveComparing, mayCompare, openComparing } from '../compare/open.ts';
import { mayAskPlace } from '../hand/may-ask-place.ts';
import { outlinesShown } from '../map/link.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { Popover } from '../parts/popover.tsx';
import type { Shown } from '../store/url.ts';

export function MapButtons() {
  const page = usePage();
  const { store, reference, pictures, map, isPlaying, isDivided, t } = page;
  const shown = map.shown.value;
  const outlines = outlinesShown(shown, reference.largerLayer.value?.layer, pictures.drawn.value);
  const button = (icon: IconName, label: string, act: () => void) => (
    <button type="button" class="map-button" aria-label={label} title={label} onClick={act}>
      <Icon name={icon} />
    </button>
  );
  const show = (next: Shown) => store.adjust({ shown: next });
  const tick = (label: string, checked: boolean, set: (on: boolean) => void) => (
    <label class="choice">
      <input type="checkbox" checked={checked} onChange={(event) => set(event.currentTarget.checked)} />
      <span class="choice-text">{label}</span>
    </label>
  );
  // Elsewhere the map shows what an analysis found, of one period.
  const canPlay = !store.embedded && store.page.value.tab === 'map';
  const isComparing = store.page.value.beside !== null;
  const togglePlaying = () => {
    isPlaying.value = !isPlaying.peek();
  };
  const others = reference.areaLayers.value.filter((layer) => layer.features > 1);
  return (
    <div class="map-buttons">
      {button('plus', t('map.zoomIn'), () => map.handle.peek()?.zoomBy(1))}
      {button('minus', t('map.zoomOut'), () => map.handle.peek()?.zoomBy(-1))}
      {button('whole', t('map.whole'), () => map.handle.peek()?.whole())}
      {canPlay && !isComparing && button('play', t('play.open'), togglePlaying)}
      {mayCompare(page) &&
        button('columns', t('beside.open'), () => (isComparing ? leaveComparing(page) : openComparing(page)))}
      {canPlay &&
        reference.areaLayer.value &&
        button('grid', t('multiples.open'), () => {
          isDivided.value = true;
        })}
      {mayAskPlace(page) &&
        button('lasso', t('seen.askPlace'), () => {
          map.isAskingPlace.value = true;
        })}
      <Popover
        label={t('map.reference')}
        button={<Icon name="layers" />}
        buttonLabel={t('map.reference')}
        buttonClass="map-button"
      >
        {() => (
          <>
            <h2>{t('map.reference')}</h2>
            {map.basemap.value &&
              tick(t('map.basemap'), store.page.value.basemap, (basemap) => store.adjust({ basemap }))}
            {tick(t('map.labels'), shown.labels, (labels) => {
              show({ ...shown, labels });
            })}
            {reference.contextLayers.value.length > 0 &&
              tick(t('map.ground'), shown.ground, (ground) => {
                show({ ...shown, ground });
              })}
            {pictures.drawn.value !== 'heat' &&
              store.page.value.tab === 'map' &&
              !isComparing &&
              tick(
                t(pictures.drawn.value === 'areas' ? 'seen.tilted' : 'seen.tiltedStreets'),
                shown.tilted,
                (tilted) => {
                  show({ ...shown, tilted });
                },
              )}
            {map.hotPlaces.value &&
              tick(t('seen.hotTick'), shown.hot, (hot) => {
                show({ ...shown, hot });
              })}
            {others.map((layer) =>
              tick(t('map.outlines', { layer: layer.title.toLowerCase() }), outlines.includes(layer.layer), (on) => {
                const rest = outlines.filter((each) => each !== layer.layer);
                show({ ...shown, outlines: on ? [...rest, layer.layer] : rest });
              }),
            )}
          </>
        )}
      </Popover>
    </div>
  );
}
