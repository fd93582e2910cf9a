// Areas as columns on a tilted map, the higher their class the higher the column, and streets, the more the higher; off until
// somebody asks for it.

import { computed, effect, untracked } from '@preact/signals';
import type { ExpressionSpecification, Map as GLMap } from 'maplibre-gl';
import type { App } from '../app.ts';
import { raiseStreets } from './street-columns.ts';
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
export function followTilt(map: GLMap, app: App): () => void {
  const { reference, pictures, map: link } = app;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const raised = computed((): 'streets' | { readonly layer: string } | null => {
    if (!link.shown.value.tilted || link.overlay.value) return null;
    if (pictures.drawn.value === 'streets') return 'streets';
    const layer = pictures.drawn.value === 'areas' && pictures.areas.value && reference.areaLayer.value?.layer;
    return layer ? { layer } : null;
  });
  const nameOf = (what: typeof raised.value) => (what === null || what === 'streets' ? what : `areas ${what.layer}`);
  let shown: string | null = null;
  let lower = () => {};
  const stop = effect(() => {
    const what = raised.value;
    const name = nameOf(what);
    if (name !== shown) {
      lower();
      lower = () => {};
      if (what !== null) {
        map.setMaxPitch(PITCH);
        // Light would change the colours the legend explains.
        map.setLight({ intensity: 0 });
        lower = what === 'streets' ? untracked(() => raiseStreets(map, app)) : raiseAreas(map, what.layer);
      }
      map.easeTo({ pitch: what === null ? 0 : PITCH, duration: still ? 0 : 500 });
      if (what === null) map.once('moveend', () => map.getPitch() === 0 && map.setMaxPitch(0));
      shown = name;
    }
    const picture = pictures.areas.value;
    if (what !== null && what !== 'streets' && picture)
      map.setPaintProperty(COLUMNS, 'fill-extrusion-color', areaColor(picture.bounds.length));
  });
  return () => {
    stop();
    if (shown === 'streets') lower();
  };
}

function raiseAreas(map: GLMap, layer: string): () => void {
  const source = { source: areaSource(layer), 'source-layer': 'areas' };
  const paint = { 'fill-extrusion-height': HEIGHT, 'fill-extrusion-opacity': 0.9 };
  map.addLayer({ id: COLUMNS, type: 'fill-extrusion', ...source, paint }, ABOVE_HEAT);
  return () => void map.removeLayer(COLUMNS);
}
