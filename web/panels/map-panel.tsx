// The map and what lies on it: the switch of views, the buttons, the legend. The drawing itself comes in its own chunk.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { creditShown } from '../map/link.ts';
import { lazily } from '../parts/lazy.tsx';
import { HoverCard } from './hover-card.tsx';
import { Legend } from './legend.tsx';
import { MapButtons } from './map-buttons.tsx';
import { Coarse } from './ranking.tsx';
import { ViewSwitch } from './view-switch.tsx';

const AskPlace = lazily(async () => (await import('../hand/ask-place.tsx')).AskPlace);
const Multiples = lazily(async () => (await import('../multiples/multiples.tsx')).Multiples);
const Comparing = lazily(async () => (await import('../compare/comparing.tsx')).Comparing);
const PlayBar = lazily(async () => (await import('../hand/play-bar.tsx')).PlayBar);

/** `legend` = the card of an analysis, which is drawn in place of the views of the main screen. */
export function MapPanel({ legend = null }: { legend?: ComponentChildren }) {
  const page = usePage();
  const { reference, answers, map, store, isPlaying, isDivided, t } = page;
  const container = useRef<HTMLDivElement>(null);
  const [legendOpen, setLegendOpen] = useState(false);
  const ready = reference.ready.value;
  const language = store.language.value;
  const tiles = reference.layers.value.map((layer) => layer.tiles).join();

  useEffect(() => {
    map.waitingSince.value = Date.now();
    if (!ready || !container.current) return;
    const element = container.current;
    if (!canDraw()) {
      map.state.value = 'no-webgl';
      return;
    }
    let stop: (() => void) | null = null;
    const called = new AbortController();
    const draw = async () => {
      const { drawMap, fetchGround } = await import('../map/map.ts');
      const city = reference.jurisdiction.peek();
      const hasStreets = reference.streetLayer.peek() !== null;
      const largest = (reference.largerLayer.peek() ?? reference.areaLayer.peek())?.layer ?? null;
      const wanted = { bounds: city?.bounds ?? null, hasStreets, language, largest };
      const ground = await fetchGround(page.ask, city?.code ?? null, wanted, called.signal);
      if (called.signal.aborted) return;
      map.limit.value = ground.limit;
      stop = drawMap(element, page, ground);
    };
    draw().catch(() => {
      map.state.value = 'failed';
    });
    return () => {
      called.abort();
      stop?.();
      map.state.value = 'loading';
      map.limit.value = null;
    };
    // Drawn anew only for another jurisdiction (which remounts this), language, or version of a layer.
  }, [ready, language, tiles]);

  const state = map.state.value;
  const isListed = [answers.summary, answers.top, answers.clock, answers.trend].every(
    ({ answered, waitingSince }) => answered.value !== null && waitingSince.value === null,
  );
  useEffect(() => {
    if (state !== 'loading') map.waitingSince.value = null;
    return () => {
      map.waitingSince.value = null;
    };
  }, [state]);

  const blocked = state === 'no-webgl' || state === 'failed';
  const beside = legend || store.embedded ? null : store.page.value.beside;
  const comparing = beside ? `is-comparing is-${beside.mode}` : '';
  const wantsStreets = store.view.value === 'streets' && !reference.streetsUsable.value;
  return (
    <div class={`map-panel ${legendOpen ? 'is-legend-open' : ''} ${comparing}`} data-state={state}>
      <div ref={container} class="map" hidden={blocked} />
      <p id="map-described" class="unseen">
        {t('map.described')}
      </p>
      {state === 'loading' && (
        <p class="map-waiting" role="status">
          {t(isListed ? 'map.waitingListed' : 'map.waiting')}
        </p>
      )}
      <NamedLayer />
      {blocked ? (
        <p class="map-blocked">{t(state === 'failed' ? 'map.chunkFailed' : 'map.noWebgl')}</p>
      ) : (
        <>
          {!legend && <ViewSwitch />}
          {wantsStreets && !legend && (
            <div class="map-note">
              {reference.streetLayer.value ? <Coarse /> : <p class="small">{t('map.noStreets')}</p>}
            </div>
          )}
          <MapButtons />
          <Credit />
          <HoverCard />
          {isPlaying.value && !legend && (
            <PlayBar
              onClose={() => {
                isPlaying.value = false;
              }}
            />
          )}
        </>
      )}
      {!legend && <AskPlace />}
      {isDivided.value && !legend && (
        <Multiples
          onClose={() => {
            isDivided.value = false;
          }}
        />
      )}
      {beside && !blocked && <Comparing />}
      {beside?.mode !== 'difference' && (legend ?? <Legend onToggle={() => setLegendOpen(!legendOpen)} />)}
    </div>
  );
}

/** Whose map lies under the data. */
function Credit() {
  const { store, map } = usePage();
  const credit = creditShown({ store, map });
  return credit === null ? null : <p class="map-credit">{credit}</p>;
}

/** A link may name a layer or version taken out of use since, or an older one: what is shown must not pass for it. */
function NamedLayer() {
  const { reference, store, t, f } = usePage();
  const named = reference.named.value;
  const pinned = reference.pinned.value;
  if (named === null || !reference.ready.value || (!named.gone && !pinned)) return null;
  const { layer, version } = named;
  const title = reference.layers.value.find((row) => row.layer === layer)?.title ?? null;
  return (
    <div class="map-note" role="status">
      <p class="small">
        {pinned
          ? t('versions.pinned', { layer: pinned.title, n: f.int(pinned.version) })
          : title === null || version === null
            ? t('versions.gone', { layer })
            : t('versions.goneVersion', { layer: title, n: f.int(version) })}
      </p>
      <button
        type="button"
        class="button"
        onClick={() => (pinned ? store.change({ layer }) : store.adjust({ layer: title === null ? null : layer }))}
      >
        {t(pinned ? 'versions.toPresent' : 'app.close')}
      </button>
    </div>
  );
}

function canDraw(): boolean {
  try {
    return document.createElement('canvas').getContext('webgl2') !== null;
  } catch {
    return false;
  }
}
