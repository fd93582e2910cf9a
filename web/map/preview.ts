// A small map of data not stored yet, drawn over the outlines of the current layer.

import 'maplibre-gl/dist/maplibre-gl.css';
import { type GeoJSONSource, Map as GLMap, LngLatBounds, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { LayerRow } from '../../server/stats/contract.ts';

setWorkerUrl(workerUrl);

export type PreviewData = { readonly type: 'FeatureCollection'; readonly features: readonly object[] };
export type Preview = {
  /** Draws other data, and goes where they are. */
  show(data: PreviewData): void;
  remove(): void;
};

const ACCENT = '#0b5c7a';
const NEW = 'new';
const BEFORE = 'before';

/** Draws into `container`. `absolute` makes an address complete: the map's worker knows no base. */
export function drawPreview(
  container: HTMLElement,
  data: PreviewData,
  current: LayerRow | null,
  title: string,
  absolute: (path: string) => string,
): Preview {
  const map = new GLMap({
    container,
    style: {
      version: 8,
      sources: {
        [NEW]: { type: 'geojson', data: data as GeoJSON.FeatureCollection },
        ...(current ? { [BEFORE]: { type: 'vector', url: absolute(current.tiles) } } : {}),
      },
      layers: [
        { id: 'beyond', type: 'background', paint: { 'background-color': '#f1f2ee' } },
        ...(current
          ? [
              {
                id: 'before',
                type: 'line' as const,
                source: BEFORE,
                'source-layer': current.type === 'streets' ? 'streets' : 'areas',
                paint: { 'line-color': '#87919a', 'line-width': 1, 'line-dasharray': [2, 2] },
              },
            ]
          : []),
        {
          id: 'fill',
          type: 'fill',
          source: NEW,
          filter: ['==', ['geometry-type'], 'Polygon'],
          paint: { 'fill-color': ACCENT, 'fill-opacity': 0.12 },
        },
        {
          id: 'line',
          type: 'line',
          source: NEW,
          filter: ['!=', ['geometry-type'], 'Point'],
          paint: { 'line-color': ACCENT, 'line-width': 1.2 },
        },
        {
          id: 'point',
          type: 'circle',
          source: NEW,
          filter: ['==', ['geometry-type'], 'Point'],
          paint: {
            'circle-color': ACCENT,
            'circle-radius': 3,
            'circle-opacity': 0.6,
            'circle-stroke-color': '#ffffff',
            'circle-stroke-width': 0.5,
          },
        },
      ],
    },
    ...placeOf(data, current),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxPitch: 0,
    maxZoom: 18,
    locale: { 'Map.Title': title },
  });
  map.touchZoomRotate.disableRotation();
  return {
    show(next) {
      map.getSource<GeoJSONSource>(NEW)?.setData(next as GeoJSON.FeatureCollection);
      const place = placeOf(next, current);
      if (place) map.fitBounds(place.bounds, { ...place.fitBoundsOptions, animate: false });
    },
    remove: () => map.remove(),
  };
}

function placeOf(data: PreviewData, current: LayerRow | null) {
  const bounds = new LngLatBounds();
  for (const feature of data.features) {
    const { geometry } = feature as { geometry: { coordinates?: unknown } | null };
    extend(bounds, geometry?.coordinates);
  }
  if (bounds.isEmpty() && current?.bounds) {
    const [west, south, east, north] = current.bounds;
    bounds.extend([west, south]).extend([east, north]);
  }
  return bounds.isEmpty() ? null : { bounds, fitBoundsOptions: { padding: 24, maxZoom: 16 } };
}

export function extend(bounds: LngLatBounds, coordinates: unknown): void {
  if (!Array.isArray(coordinates)) return;
  const [lon, lat] = coordinates;
  if (typeof lon === 'number' && typeof lat === 'number') {
    if (Math.abs(lon) <= 180 && Math.abs(lat) <= 90) bounds.extend([lon, lat]);
  } else for (const part of coordinates) extend(bounds, part);
}
