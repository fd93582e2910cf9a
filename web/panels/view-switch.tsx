// Automático · Calor · areas by layer · Tramos; the one being drawn always shows, also under Automático.

import { useEffect, useRef } from 'preact/hooks';
import { usePage } from '../app.ts';

/** So much of the next one is seen that one knows it is there. */
const NEXT_PX = 40;

export function ViewSwitch() {
  const { store, reference, pictures, t } = usePage();
  const view = store.view.value;
  const drawn = pictures.drawn.value;
  const current = reference.areaLayer.value;
  // Counts by area alone have no heat; two maps are compared by classes, which heat has none of.
  const hasHeat = reference.jurisdiction.value?.shared !== 'totals' && store.page.value.beside === null;
  const auto = hasHeat && view === 'auto';
  const row = useRef<HTMLFieldSetElement>(null);
  // Where not all have room the row scrolls: what is drawn stays in sight, and Automático at its side.
  useEffect(() => {
    const at = row.current?.querySelector<HTMLElement>('.is-drawn, [aria-pressed=true]');
    if (at && row.current) row.current.scrollLeft = at.offsetLeft + at.offsetWidth - row.current.clientWidth + NEXT_PX;
  }, [view, drawn, current?.layer]);
  const mark = (is: boolean) => (auto && is ? 'is-drawn' : '');
  return (
    <fieldset ref={row} class="switch view-switch" aria-label={t('map.view')}>
      {hasHeat && (
        <>
          <button type="button" aria-pressed={auto} onClick={() => store.change({ view: 'auto' })}>
            {t('map.auto')}
          </button>
          <button
            type="button"
            aria-pressed={view === 'heat'}
            class={mark(drawn === 'heat')}
            onClick={() => store.change({ view: 'heat' })}
          >
            {t('map.heat')}
          </button>
        </>
      )}
      {reference.areaLayers.value.map((layer) => {
        const isCurrent = layer.layer === current?.layer;
        return (
          <button
            key={layer.layer}
            type="button"
            aria-pressed={!auto && drawn === 'areas' && isCurrent}
            class={mark(drawn === 'areas' && isCurrent)}
            onClick={() => store.change({ view: 'areas', layer: layer.layer })}
          >
            {layer.title}
          </button>
        );
      })}
      {reference.streetLayer.value && (
        <button
          type="button"
          aria-pressed={!auto && view === 'streets'}
          class={mark(drawn === 'streets')}
          onClick={() => store.change({ view: 'streets' })}
        >
          {t('map.streets')}
        </button>
      )}
    </fieldset>
  );
}
