// A small map of what changed between two versions of a layer: as it was in purple dashes, as it is in orange.

import 'maplibre-gl/dist/maplibre-gl.css';
import { type GeoJSONSource, Map as GLMap, LngLatBounds, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { AFTER, BEFORE } from './colors.ts';
import { extend } from './preview.ts';
import { type PreviewGround, previewStyle } from './preview-ground.ts';

export { fetchGround } from './ground.ts';

setWorkerUrl(workerUrl);

type Outline = {
  readonly properties: { readonly code: string; readonly side: 'from' | 'until' };
  readonly geometry: { readonly coordinates?: unknown } | null;
};
export type ChangesMap = {
  /** Shows a place by its code, before and after together. */
  goTo(code: string): void;
  remove(): void;
};

const INK = '#1b2530';
const CONTEXT = 'context';
const CHANGED = 'changed';
const CHOSEN = 'chosen';
const FIT = { padding: 32, maxZoom: 17 };

/** `context` is the later version, whose outlines lie beneath; `url` complete: the map's worker knows no base. */
export function drawChanges(
  container: HTMLElement,
  data: { readonly type: 'FeatureCollection'; readonly features: readonly object[] },
  context: { readonly url: string; readonly sourceLayer: 'areas' | 'streets' | 'points' },
  ground: PreviewGround,
  locale: Readonly<Record<string, string>>,
): ChangesMap {
  const outlines = data.features as readonly Outline[];
  const absolute = (path: string) => new URL(path, location.href).href;
  const side = (of: Outline['properties']['side']) => ['==', ['get', 'side'], of] as const;
  const isArea = ['==', ['geometry-type'], 'Polygon'] as const;
  const isLine = ['!=', ['geometry-type'], 'Point'] as const;
  const isPoint = ['==', ['geometry-type'], 'Point'] as const;
  const both = (...conditions: readonly unknown[]) => ['all', ...conditions] as never;
  const empty: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
  const map = new GLMap({
    container,
    style: previewStyle(
      ground,
      {
        sources: {
          [CONTEXT]: { type: 'vector', url: context.url },
          [CHANGED]: { type: 'geojson', data: data as GeoJSON.FeatureCollection },
          [CHOSEN]: { type: 'geojson', data: empty },
        },
        layers: [
          {
            id: 'context',
            type: 'line',
            source: CONTEXT,
            'source-layer': context.sourceLayer,
            paint: { 'line-color': '#c3c8c4', 'line-width': 1 },
          },
          fill('before-fill', both(side('from'), isArea), BEFORE),
          fill('after-fill', both(side('until'), isArea), AFTER),
          {
            id: 'chosen',
            type: 'line',
            source: CHOSEN,
            filter: isLine as never,
            paint: { 'line-color': INK, 'line-width': 6, 'line-opacity': 0.35 },
          },
          {
            id: 'after-line',
            type: 'line',
            source: CHANGED,
            filter: both(side('until'), isLine),
            paint: { 'line-color': AFTER, 'line-width': 2 },
          },
          {
            id: 'before-line',
            type: 'line',
            source: CHANGED,
            filter: both(side('from'), isLine),
            paint: { 'line-color': BEFORE, 'line-width': 2, 'line-dasharray': [2, 1.5] },
          },
          {
            id: 'points',
            type: 'circle',
            source: CHANGED,
            filter: isPoint as never,
            paint: {
              'circle-color': ['match', ['get', 'side'], 'from', BEFORE, AFTER],
              'circle-radius': ['match', ['get', 'side'], 'from', 6, 4],
              'circle-stroke-color': '#ffffff',
              'circle-stroke-width': 1,
            },
          },
        ],
        names: [],
      },
      absolute,
    ),
    ...placeOf(outlines),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxPitch: 0,
    maxZoom: 19,
    cooperativeGestures: true,
    locale,
  });
  map.touchZoomRotate.disableRotation();
  return {
    goTo(code) {
      const chosen = outlines.filter(({ properties }) => properties.code === code);
      const place = placeOf(chosen);
      if (!place) return;
      map.getSource<GeoJSONSource>(CHOSEN)?.setData({ type: 'FeatureCollection', features: chosen } as never);
      map.fitBounds(place.bounds, { ...FIT, animate: false });
      container.scrollIntoView({ block: 'nearest' });
    },
    remove: () => map.remove(),
  };
}

const fill = (id: string, filter: never, color: string) => ({
  id,
  type: 'fill' as const,
  source: CHANGED,
  filter,
  paint: { 'fill-color': color, 'fill-opacity': 0.15 },
});

function placeOf(outlines: readonly Outline[]) {
  const bounds = new LngLatBounds();
  for (const { geometry } of outlines) extend(bounds, geometry?.coordinates);
  return bounds.isEmpty() ? null : { bounds, fitBoundsOptions: FIT };
}
