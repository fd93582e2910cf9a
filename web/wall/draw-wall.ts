// The map of a wall display: the ground of the city, its calls paler the older they are, and a ring round each new one.

import 'maplibre-gl/dist/maplibre-gl.css';
import {
  type ExpressionSpecification,
  type GeoJSONSource,
  Map as GLMap,
  type LayerSpecification,
  Marker,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { type PreviewGround, previewStyle } from '../map/preview-ground.ts';
import { askAgainForTiles } from '../map/retry.ts';
import { AGE_COLORS, ageClass, ageOf, type Calls, type LocalHour, type WallCall } from './calls.ts';
import { isOwnAddress } from './key.ts';

export { fetchGround } from '../map/ground.ts';

setWorkerUrl(workerUrl);

const SOURCE = 'wall-calls';
const PULSE_MS = 60_000;
/** A flood of calls is seen without a ring round each. */
const MOST_PULSES = 40;
const NOTHING: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

export type DrawnWall = {
  show(calls: Calls, now: LocalHour): void;
  /** The name of the area a call lies in, where it is drawn. */
  areaAt(call: WallCall): string | null;
  /** Whether something it stands on could not be had: it is drawn anew once the server answers again. */
  isBroken(): boolean;
  remove(): void;
};
type Options = {
  readonly bounds: readonly [number, number, number, number] | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly locale: Readonly<Record<string, string>>;
  readonly onReady: () => void;
};

const OPACITY = [0.95, 0.9, 0.8, 0.7, 0.6];

const byAge = (values: readonly (string | number)[]): ExpressionSpecification =>
  [
    'match',
    ['get', 'age'],
    ...values.slice(0, -1).flatMap((value, age) => [age, value]),
    values.at(-1)!,
  ] as unknown as ExpressionSpecification;

const LAYERS: LayerSpecification[] = [
  {
    id: SOURCE,
    type: 'circle',
    source: SOURCE,
    layout: { 'circle-sort-key': ['-', 0, ['get', 'age']] },
    paint: {
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 4, 12, 6, 15, 10],
      'circle-color': byAge(AGE_COLORS),
      'circle-opacity': byAge(OPACITY),
      'circle-stroke-color': '#1b2530',
      'circle-stroke-width': 0.6,
      'circle-stroke-opacity': byAge(OPACITY),
    },
  },
];

export function drawWall(container: HTMLElement, ground: PreviewGround, options: Options): DrawnWall {
  const map = new GLMap({
    container,
    style: previewStyle(
      ground,
      { sources: { [SOURCE]: { type: 'geojson', data: NOTHING } }, layers: LAYERS, names: [] },
      (path) => new URL(path, location.href).href,
    ),
    ...(options.bounds && {
      bounds: [...options.bounds] as [number, number, number, number],
      fitBoundsOptions: { padding: 24 },
    }),
    ...{ attributionControl: false, interactive: false, fadeDuration: 0, minZoom: 6, locale: options.locale },
    transformRequest: (url) => (isOwnAddress(url, location.href) ? { url, headers: { ...options.headers } } : { url }),
  });
  const stopAsking = askAgainForTiles(map);
  let isBroken = false;
  // Tiles that are missing are asked for again by themselves when the map moves; what describes them is not.
  map.on('error', () => {
    isBroken = true;
  });
  // A display hangs for weeks: the graphics driver is updated, or runs out of memory, meanwhile.
  map.on('webglcontextlost', () => {
    isBroken = true;
  });
  map.once('load', options.onReady);
  const fit = () =>
    options.bounds &&
    map.fitBounds([...options.bounds] as [number, number, number, number], { padding: 24, animate: false });
  map.on('resize', fit);
  const pulses = new Map<string, { readonly marker: Marker; readonly timer: ReturnType<typeof setTimeout> }>();
  const endPulse = (id: string) => {
    const pulse = pulses.get(id);
    if (!pulse) return;
    clearTimeout(pulse.timer);
    pulse.marker.remove();
    pulses.delete(id);
  };
  const pulse = ({ id, at }: WallCall) => {
    if (!at) return;
    endPulse(id);
    const [oldest] = pulses.keys();
    if (pulses.size >= MOST_PULSES && oldest !== undefined) endPulse(oldest);
    const element = document.createElement('div');
    element.className = 'wall-pulse';
    const marker = new Marker({ element }).setLngLat([at[0], at[1]]).addTo(map);
    pulses.set(id, { marker, timer: setTimeout(() => endPulse(id), PULSE_MS) });
  };
  let shown: Calls | null = null;
  return {
    show(calls, now) {
      map.getSource<GeoJSONSource>(SOURCE)?.setData({
        type: 'FeatureCollection',
        features: calls.calls.flatMap((call) =>
          call.at === null
            ? []
            : [
                {
                  type: 'Feature' as const,
                  properties: { age: ageClass(ageOf(call, now)) },
                  geometry: { type: 'Point' as const, coordinates: [...call.at] },
                },
              ],
        ),
      });
      // A ring tells a place as well as a point does: it goes with its call.
      const ids = new Set(calls.calls.map(({ id }) => id));
      for (const id of [...pulses.keys()]) if (!ids.has(id)) endPulse(id);
      if (shown !== calls && shown?.fresh !== calls.fresh)
        for (const call of calls.calls) if (calls.fresh.has(call.id)) pulse(call);
      shown = calls;
    },
    areaAt({ at }) {
      const land = ground.land && `land-${ground.land.layer}`;
      if (!at || !land || !map.getLayer(land)) return null;
      const [found] = map.queryRenderedFeatures(map.project([at[0], at[1]]), { layers: [land] });
      return typeof found?.properties.name === 'string' ? found.properties.name : null;
    },
    isBroken: () => isBroken,
    remove() {
      for (const id of [...pulses.keys()]) endPulse(id);
      stopAsking();
      map.remove();
    },
  };
}
