// A small map of data not stored yet, drawn over the outlines of the current layer.

import 'maplibre-gl/dist/maplibre-gl.css';
import {
  type ExpressionSpecification,
  type GeoJSONSource,
  Map as GLMap,
  type LayerSpecification,
  LngLatBounds,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { LayerRow } from '../../server/layers/contract.ts';
import { closeZoom } from './close-zoom.ts';
import { namedPoints } from './named-points.ts';
import { shownNames } from './names.ts';
import { type PreviewGround, previewStyle } from './preview-ground.ts';

export { fetchGround } from './ground.ts';

setWorkerUrl(workerUrl);

export type PreviewData = { readonly type: 'FeatureCollection'; readonly features: readonly object[] };
/** Places where a check found something. */
export type PreviewProblems = readonly (readonly [lon: number, lat: number])[];
export type DrawnPreview = {
  /** Draws other data, and goes where they are. */
  show(data: PreviewData): void;
  mark(problems: PreviewProblems): void;
  /** `sizeM`: how large it is across, 0 where that is not known. */
  goTo(at: readonly [lon: number, lat: number], sizeM: number): void;
  remove(): void;
};

const ACCENT = '#0b5c7a';
const INK = '#1b2530';
const MARK = '#ffc861';
const NEW = 'new';
const BEFORE = 'before';
const PROBLEMS = 'problems';
const CHOSEN = 'chosen';
const NAMES = 'names';
const MANY = 400;

/**
 * Draws into `container`, and says when all of it is there. `absolute` makes an address complete: the map's worker knows
 * no base. `locale`: what the map says by itself.
 */
export function drawPreview(
  container: HTMLElement,
  data: PreviewData,
  problems: PreviewProblems,
  current: LayerRow | null,
  ground: PreviewGround,
  locale: Readonly<Record<string, string>>,
  absolute: (path: string) => string,
  onDrawn: () => void,
): DrawnPreview {
  const drawn = previewStyle(
    ground,
    {
      sources: {
        [NEW]: { type: 'geojson', data: data as GeoJSON.FeatureCollection },
        [NAMES]: { type: 'geojson', data: named(data) },
        [PROBLEMS]: { type: 'geojson', data: pointsOf(problems) },
        [CHOSEN]: { type: 'geojson', data: pointsOf([]) },
        ...(current ? { [BEFORE]: { type: 'vector', url: absolute(current.tiles) } } : {}),
      },
      layers: [
        ...(current ? [beneath(current)] : []),
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
          paint: { 'line-color': ACCENT, 'line-width': thin(data.features.length, 1.2) },
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
        {
          id: 'problems',
          type: 'circle',
          source: PROBLEMS,
          paint: {
            'circle-color': MARK,
            // Thousands of them must not hide a whole city.
            'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 1.5, 12, 3.5, 16, 7],
            'circle-stroke-color': INK,
            'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 9, 0.5, 13, 1.5],
          },
        },
        {
          id: 'chosen',
          type: 'circle',
          source: CHOSEN,
          paint: {
            'circle-color': MARK,
            'circle-opacity': 0.3,
            'circle-radius': 16,
            'circle-stroke-color': INK,
            'circle-stroke-width': 2.5,
          },
        },
      ],
      names: [shownNames(NAMES, data.features.length)],
    },
    absolute,
  );
  const map = new GLMap({
    container,
    style: drawn,
    ...placeOf(data, current),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxPitch: 0,
    maxZoom: 18,
    // The page goes on below: what scrolls it must not zoom the map it passes.
    cooperativeGestures: true,
    locale,
  });
  map.once('idle', onDrawn);
  map.touchZoomRotate.disableRotation();
  return {
    show(next) {
      map.getSource<GeoJSONSource>(NEW)?.setData(next as GeoJSON.FeatureCollection);
      map.getSource<GeoJSONSource>(NAMES)?.setData(named(next));
      const place = placeOf(next, current);
      if (place) map.fitBounds(place.bounds, { ...place.fitBoundsOptions, animate: false });
    },
    mark: (places) => map.getSource<GeoJSONSource>(PROBLEMS)?.setData(pointsOf(places)),
    goTo([lon, lat], sizeM) {
      map.getSource<GeoJSONSource>(CHOSEN)?.setData(pointsOf([[lon, lat]]));
      map.jumpTo({ center: [lon, lat], zoom: closeZoom(lat, sizeM) });
      container.scrollIntoView({ block: 'nearest' });
    },
    remove: () => map.remove(),
  };
}

/** Of many features the lines would be one dark mass over a whole city. */
const thin = (features: number, width: number): ExpressionSpecification | number =>
  features <= MANY ? width : ['interpolate', ['linear'], ['zoom'], 9, width / 4, 13, width];

/** The layer shown now, beneath what may take its place. */
function beneath({ type, features }: LayerRow): LayerSpecification {
  if (type === 'points') {
    return {
      id: 'before',
      type: 'circle',
      source: BEFORE,
      'source-layer': 'points',
      paint: { 'circle-color': '#87919a', 'circle-radius': 4, 'circle-opacity': 0.5 },
    };
  }
  return {
    id: 'before',
    type: 'line',
    source: BEFORE,
    'source-layer': type === 'streets' ? 'streets' : 'areas',
    paint: { 'line-color': '#87919a', 'line-width': thin(features, 1), 'line-dasharray': [2, 2] },
  };
}

const named = ({ features }: PreviewData) => namedPoints(features) as GeoJSON.FeatureCollection;

const pointsOf = (places: PreviewProblems): GeoJSON.FeatureCollection => ({
  type: 'FeatureCollection',
  features: places.map(([lon, lat]) => ({
    type: 'Feature',
    properties: {},
    geometry: { type: 'Point', coordinates: [lon, lat] },
  })),
});

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
