// Areas as columns on a tilted map, the higher their class the higher the column; off until somebody asks for it. Streets
// stay flat: a column needs ground to stand on, and of streets the tiles hold lines alone.

import { effect } from '@preact/signals';
import type { ExpressionSpecification, Map as GLMap } from 'maplibre-gl';
import type { App } from '../app.ts';
import { ABOVE_HEAT, areaColor, areaSource, CLASS } from './style.ts';

const PITCH = 50;
const COLUMNS = 'columns';
/** Metres of one class from afar and close up: on the screen they stay about as high. */
const STEP: ExpressionSpecification = ['max', 0, CLASS];
const HEIGHT: ExpressionSpecification = [
  'interpolate',
  ['exponential', 0.5],
  ['zoom'],
  9,
  ['*', STEP, 1600],
  12,
  ['*', STEP, 200],
  15,
  ['*', STEP, 25],
];

/** Follows what is asked for until the answer is called. */
export function followTilt(map: GLMap, { reference, pictures, map: link }: App): () => void {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  let shown: string | null = null;
  return effect(() => {
    const picture = pictures.areas.value;
    const isTilted = link.shown.value.tilted && !link.overlay.value && pictures.drawn.value === 'areas';
    const layer = isTilted && picture ? (reference.areaLayer.value?.layer ?? null) : null;
    if (layer !== shown) {
      if (shown !== null) map.removeLayer(COLUMNS);
      if (layer !== null) {
        map.setMaxPitch(PITCH);
        // Light would change the colours the legend explains.
        map.setLight({ intensity: 0 });
        const source = { source: areaSource(layer), 'source-layer': 'areas' };
        const paint = { 'fill-extrusion-height': HEIGHT, 'fill-extrusion-opacity': 0.9 };
        map.addLayer({ id: COLUMNS, type: 'fill-extrusion', ...source, paint }, ABOVE_HEAT);
      }
      map.easeTo({ pitch: layer === null ? 0 : PITCH, duration: still ? 0 : 500 });
      if (layer === null) map.once('moveend', () => map.getPitch() === 0 && map.setMaxPitch(0));
      shown = layer;
    }
    if (layer !== null && picture)
      map.setPaintProperty(COLUMNS, 'fill-extrusion-color', areaColor(picture.bounds.length));
  });
}
