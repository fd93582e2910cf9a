// One sentence below the headline: how many places hold more than chance explains, asked once the map rests, and their
// outlines on the map when that is wished. Never for the public, who would be shown doors.

import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { HotspotsAnswer } from '../../server/analysis/contract.ts';
import { filterToQuery } from '../../server/filter/contract.ts';
import { usePage } from '../app.ts';
import { at, type Path } from '../store/api.ts';
import { createQuestion } from '../store/question.ts';

/** Of more places it is not answered in passing: one goes to the tab. */
const MOST_PLACES = { areas: 3000, streets: 20_000 } as const;
/** At 95 %, as the card of a place says it. */
const SURE = 2;
const REST_MS = 1200;

export function HotPlaces() {
  const { access, answers, ask, isPlaying, map, pictures, reference, store, t, f } = usePage();
  const isResting = useSignal(false);
  const state = map.state.value;
  const waits = map.waitingSince.value !== null;
  // Once it rested, a later change of the filter is answered at once.
  useEffect(() => {
    if (isResting.value || state === 'loading' || waits) return;
    const timer = setTimeout(() => {
      isResting.value = true;
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [state, waits]);
  const layer = useComputed(() =>
    pictures.drawn.value === 'streets' ? reference.streetLayer.value : reference.areaLayer.value,
  );
  const asked = useRef<Path<HotspotsAnswer> | null>(null);
  const path = useComputed((): Path<HotspotsAnswer> | null => {
    const city = reference.jurisdiction.value;
    const filter = answers.counted.value;
    // What the hand passes over is not asked: it costs the server more than all the rest, and nobody reads it.
    if (store.isPreviewed.value && !isPlaying.value) return asked.current;
    asked.current = null;
    if (!isResting.value || isPlaying.value || !city || city.shared || !filter || !layer.value) return null;
    const isStreet = layer.value.type === 'streets';
    if (layer.value.features > MOST_PLACES[isStreet ? 'streets' : 'areas'] || layer.value.features < 2) return null;
    // Within a part of the city only that part is counted, and its edges would pass for cold.
    if (filter.within || store.embedded || !access.may('follow-events') || access.me.value?.scope.areas) return null;
    const query = { layer: reference.address(layer.value.layer), ...filterToQuery(filter) };
    asked.current = at(city.code, `hotspots?${new URLSearchParams(query)}`);
    return asked.current;
  });
  const question = useMemo(() => createQuestion(path, ask, (text) => text), []);
  const answer = question.answered.value?.value;
  const hot = answer && !answer.reason ? answer.ids.filter((_, index) => (answer.class[index] ?? 0) >= SURE) : null;
  useEffect(() => {
    map.hotPlaces.value = answer && hot ? { layer: answer.layer, ids: hot } : null;
  }, [answer]);
  useEffect(
    () => () => {
      isResting.value = false;
      map.hotPlaces.value = null;
    },
    [],
  );
  const row = layer.value;
  if (!answer || !hot || !row || row.layer !== answer.layer) return null;
  const layerName = (row.type === 'streets' ? t('where.streets') : row.title).toLowerCase();
  const values = { count: hot.length, n: f.int(hot.length), all: f.int(answer.ids.length), layer: layerName };
  const shown = map.shown.value;
  return (
    // That nothing stands out from chance is no second headline beside how few places hold half.
    <p class={`${hot.length ? 'sentence' : 'compared'} hot-places ${store.isPreviewed.value ? 'is-old' : ''}`}>
      {hot.length ? t('seen.hotPlaces', values) : t('seen.hotNone', values)}
      {hot.length > 0 && state === 'ready' && (
        <>
          {' '}
          <button
            type="button"
            class="link"
            aria-pressed={shown.hot}
            onClick={() => store.adjust({ shown: { ...shown, hot: !shown.hot } })}
          >
            {t(shown.hot ? 'seen.hotHide' : 'seen.hotShow')}
          </button>
        </>
      )}
    </p>
  );
}
