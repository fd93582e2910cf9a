// The small map of tips: a street is picked on it, or tips are seen on it; its drawing comes in its own chunk.

import 'maplibre-gl/dist/maplibre-gl.css';
import { type GeoJSONSource, Map as GLMap, type MapGeoJSONFeature, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { type PreviewGround, previewStyle } from '../map/preview-ground.ts';
import { askAgainForTiles } from '../map/retry.ts';

import { isWithin, nearestFeature } from './nearest.ts';

export { fetchGround } from '../map/ground.ts';

setWorkerUrl(workerUrl);

type Position = readonly [lon: number, lat: number];
export type SeenTip = { readonly id: string; readonly at: Position; readonly open: boolean };
/** What lies where somebody clicked. */
export type FoundPlace =
  | {
      readonly type: 'place';
      readonly layer: string;
      readonly version: number;
      readonly id: number;
      readonly name: string;
    }
  | { readonly type: 'closer' | 'none' | 'outside' };
export type DrawnTipMap = {
  show(tips: readonly SeenTip[]): void;
  /** Marks a place, and goes there if it is not in view. */
  mark(at: Position | null): void;
  remove(): void;
};
type Wanted = {
  readonly bounds: readonly [number, number, number, number] | null;
  readonly onPick: ((found: FoundPlace, at: Position) => void) | null;
  readonly onTip: ((id: string) => void) | null;
};

const ACCENT = '#0b5c7a';
const INK = '#1b2530';
const MARK = '#ffc861';
const GREY = '#87919a';
/** Fingers are wide. */
const REACH_PX = 14;
/** From here streets are far enough apart to be told. */
const PICK_ZOOM = 14;
const CLOSE_ZOOM = 15.5;
const NOTHING: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

export function drawTipMap(
  container: HTMLElement,
  ground: PreviewGround,
  { bounds, onPick, onTip }: Wanted,
  locale: Readonly<Record<string, string>>,
  absolute: (path: string) => string,
  onDrawn: () => void,
): DrawnTipMap {
  const style = previewStyle(
    ground,
    {
      sources: { tips: { type: 'geojson', data: NOTHING }, mark: { type: 'geojson', data: NOTHING } },
      layers: [
        {
          id: 'mark',
          type: 'circle',
          source: 'mark',
          paint: {
            ...{ 'circle-color': MARK, 'circle-opacity': 0.5, 'circle-radius': 13 },
            ...{ 'circle-stroke-color': INK, 'circle-stroke-width': 2.5 },
          },
        },
        {
          id: 'tips',
          type: 'circle',
          source: 'tips',
          paint: {
            'circle-color': ['case', ['get', 'open'], ACCENT, GREY],
            'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, 5, 15, 9],
            ...{ 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 1.5 },
          },
        },
      ],
      names: [],
    },
    absolute,
  );
  const map = new GLMap({
    ...{ container, style, attributionControl: false, dragRotate: false, pitchWithRotate: false, maxPitch: 0 },
    ...(bounds ? { bounds: [...bounds] as [number, number, number, number], fitBoundsOptions: { padding: 16 } } : {}),
    ...{ minZoom: 6, maxZoom: 18, locale },
    // The page goes on below: what scrolls it must not zoom the map it passes.
    cooperativeGestures: true,
  });
  map.touchZoomRotate.disableRotation();
  map.once('idle', onDrawn);
  const stopAsking = askAgainForTiles(map);
  const source = (name: string) => map.getSource<GeoJSONSource>(name);
  /** Asked for before the style is there, it is drawn once it is. */
  const whenReady = (draw: () => void) => void (map.isStyleLoaded() ? draw() : map.once('load', draw));

  const streets = ground.layers.find(({ type }) => type === 'streets') ?? null;
  const find = (point: { x: number; y: number }, at: Position): FoundPlace => {
    if (isWithin(ground.limit, at) === false) return { type: 'outside' };
    if (!streets) {
      const layer = ground.land;
      const area = layer && map.queryRenderedFeatures([point.x, point.y], { layers: [`land-${layer.layer}`] })[0];
      return area ? placeOf(layer, area) : { type: 'none' };
    }
    if (map.getZoom() < PICK_ZOOM) return { type: 'closer' };
    const near = map.queryRenderedFeatures(
      [
        [point.x - REACH_PX, point.y - REACH_PX],
        [point.x + REACH_PX, point.y + REACH_PX],
      ],
      { layers: ['street-base', 'street-casing'] },
    );
    const street = nearestFeature(near, at);
    return street ? placeOf(streets, street) : { type: 'none' };
  };
  map.on('click', (event) => {
    const { point, lngLat } = event;
    if (onTip) {
      const tip = map.queryRenderedFeatures([point.x, point.y], { layers: ['tips'] })[0];
      if (tip) onTip(String(tip.properties.id));
      return;
    }
    if (!onPick) return;
    const at: Position = [lngLat.lng, lngLat.lat];
    const found = find(point, at);
    if (found.type === 'closer') map.easeTo({ center: [...at], zoom: CLOSE_ZOOM });
    onPick(found, at);
  });
  const layers = streets ? ['street-base'] : [];
  map.on('mousemove', ({ point }) => {
    const on = onTip ? ['tips'] : layers;
    const isOver = on.length > 0 && map.queryRenderedFeatures([point.x, point.y], { layers: on }).length > 0;
    map.getCanvas().style.cursor = isOver ? 'pointer' : '';
  });
  return {
    show: (tips) =>
      whenReady(() =>
        source('tips')?.setData({
          type: 'FeatureCollection',
          features: tips.map(({ id, at, open }) => point(at, { id, open })),
        }),
      ),
    mark: (at) =>
      whenReady(() => {
        source('mark')?.setData(at ? { type: 'FeatureCollection', features: [point(at, {})] } : NOTHING);
        if (!at || (map.getBounds().contains([...at]) && map.getZoom() >= PICK_ZOOM)) return;
        map.jumpTo({ center: [...at], zoom: Math.max(map.getZoom(), CLOSE_ZOOM) });
      }),
    remove: () => {
      stopAsking();
      map.remove();
    },
  };
}

const placeOf = (
  { layer, version }: { readonly layer: string; readonly version: number },
  { id, properties }: MapGeoJSONFeature,
): FoundPlace => ({ type: 'place', layer, version, id: Number(id), name: String(properties.name ?? '') });

const point = (at: Position, properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature => ({
  ...{ type: 'Feature', properties },
  geometry: { type: 'Point', coordinates: [...at] },
});
