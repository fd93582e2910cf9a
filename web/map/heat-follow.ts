// Heat on the map as the page asks for it: worked out and drawn by the graphics card where there is one that can, else here.

import { effect } from '@preact/signals';
import type { Map as GLMap } from 'maplibre-gl';
import type { Density } from './heat.ts';
import type { HeatCardLayer } from './heat-card-layer.ts';
import { createHeatLayer } from './heat-layer.ts';
import { isDrawnBySoftware } from './renderer.ts';
import { ABOVE_HEAT } from './style.ts';
import { HEAT_PARTS, type Pictures } from './symbology.ts';

/** Until the answer is called. */
export function followHeat(map: GLMap, pictures: Pictures): () => void {
  const { drawn, density, closeDensity, wanted, isOnCard, foundOnCard } = pictures;
  const layer = createHeatLayer(map, ABOVE_HEAT);
  let card: HeatCardLayer | null = null;
  let isStopped = false;
  const back = () => {
    isOnCard.value = false;
    for (const part of HEAT_PARTS) foundOnCard[part].value = null;
  };
  const stops = [
    effect(() => {
      const shown = drawn.value === 'heat' ? (closeDensity.value ?? density.value) : null;
      const isPainted = isOnCard.value && HEAT_PARTS.some((part) => foundOnCard[part].value?.values === shown?.values);
      layer.show(shown, isPainted);
      card?.show(isPainted ? shown : null);
    }),
    effect(() => {
      if (!isOnCard.value) return;
      for (const part of HEAT_PARTS) {
        const next = drawn.value === 'heat' ? wanted[part].value : null;
        if (!next) foundOnCard[part].value = null;
        card?.want(part, next);
      }
    }),
  ];
  const begin = async () => {
    const drawing = map.getCanvas().getContext('webgl2');
    if (!drawing || isDrawnBySoftware(drawing)) return;
    // A chunk of its own: many machines never need it.
    const [{ isCardTrue }, { createHeatCardLayer }] = await Promise.all([
      import('./heat-card.ts'),
      import('./heat-card-layer.ts'),
    ]);
    // Tried where nothing else draws.
    const gl = document.createElement('canvas').getContext('webgl2');
    const isTrue = gl !== null && (await isCardTrue(gl));
    gl?.getExtension('WEBGL_lose_context')?.loseContext();
    if (!isTrue || isStopped) return;
    const hear = (part: (typeof HEAT_PARTS)[number], found: Density | null) => {
      // What is asked for no longer is not shown; what was asked for meanwhile is on its way.
      if (wanted[part].peek()) foundOnCard[part].value = found;
    };
    card = createHeatCardLayer(map, ABOVE_HEAT, hear, back);
    isOnCard.value = true;
  };
  // Without it heat is worked out as it was until then.
  begin().catch(() => {});
  return () => {
    isStopped = true;
    for (const stop of stops) stop();
    card?.stop();
    back();
  };
}
