// Zones on the map beside what is coloured: the one the filter is limited to, drawing a new one, and the outlines of the
// places that hold more than chance explains.

import { effect } from '@preact/signals';
import type { GeoJSONSource, Map as GLMap } from 'maplibre-gl';
import type { App } from '../app.ts';
import { HOT_LINE } from './colors.ts';
import type { ZoneDrawing } from './drawing.ts';
import { halo, text } from './names.ts';
import { areaSource, STREET_SOURCE } from './style.ts';

const ZONE = 'zone';
const NAMED = 'zones-named';
const ACCENT = '#0b5c7a';
const PAPER = '#ffffff';
const NOTHING: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
const BELOW_MARKERS = 'marker-disc';

/** Each repaints by itself when a signal changes; answers what ends it. */
export const showZones = (map: GLMap, page: App): (() => void)[] => [
  showFilterZone(map, page),
  showNamedZones(map, page),
  followDrawing(map, page),
  showHotPlaces(map, page),
];

/** Nothing is added to the map before there is a zone. */
function showFilterZone(map: GLMap, { store, map: link }: App): () => void {
  return effect(() => {
    const { within } = store.filter.value;
    const ring = within?.type === 'polygon' && !link.overlay.value ? within.ring : null;
    const data: GeoJSON.GeoJSON = ring
      ? { type: 'Polygon', coordinates: [[...ring, ring[0]!].map((place) => [...place])] }
      : NOTHING;
    const source = map.getSource<GeoJSONSource>(ZONE);
    if (source) source.setData(data);
    else if (ring) {
      map.addSource(ZONE, { type: 'geojson', data });
      const line = { type: 'line' as const, source: ZONE, layout: { 'line-join': 'round' as const } };
      map.addLayer({ id: 'zone-casing', ...line, paint: { 'line-color': PAPER, 'line-width': 7 } }, BELOW_MARKERS);
      const paint = { 'line-color': ACCENT, 'line-width': 3 };
      map.addLayer({ id: 'zone-line', ...line, paint }, BELOW_MARKERS);
    }
  });
}

/** Each dashed, with its name in the middle. */
function showNamedZones(map: GLMap, { store, map: link }: App): () => void {
  return effect(() => {
    const zones = link.overlay.value ? [] : store.page.value.zones;
    const data: GeoJSON.FeatureCollection = {
      type: 'FeatureCollection',
      features: zones.map(({ name, ring }) => ({
        type: 'Feature',
        properties: { name },
        geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]!].map((place) => [...place])] },
      })),
    };
    const source = map.getSource<GeoJSONSource>(NAMED);
    if (source) source.setData(data);
    else if (zones.length) {
      map.addSource(NAMED, { type: 'geojson', data });
      const line = { type: 'line' as const, source: NAMED, layout: { 'line-join': 'round' as const } };
      map.addLayer({ id: `${NAMED}-casing`, ...line, paint: { 'line-color': PAPER, 'line-width': 5 } }, BELOW_MARKERS);
      const paint = { 'line-color': ACCENT, 'line-width': 2, 'line-dasharray': [3, 1.5] };
      map.addLayer({ id: `${NAMED}-line`, ...line, paint }, BELOW_MARKERS);
      const layout = { ...text, 'text-size': 13 };
      const ink = { ...halo, 'text-color': ACCENT };
      map.addLayer({ id: `${NAMED}-name`, type: 'symbol', source: NAMED, layout, paint: ink }, BELOW_MARKERS);
    }
  });
}

/** While something is drawn the map's clicks are of the drawing. */
function followDrawing(map: GLMap, { store, map: link }: App): () => void {
  let now: ZoneDrawing | null = null;
  let wanted = 0;
  const end = () => {
    now?.stop();
    now = null;
    link.finishDrawing.value = null;
    link.sketch.value = null;
  };
  const stop = effect(() => {
    const shape = link.drawing.value;
    const mine = ++wanted;
    end();
    if (!shape) return;
    link.hovered.value = null;
    import('./drawing.ts').then(
      ({ startDrawing }) => {
        if (mine !== wanted) return;
        const tell = (sketch: typeof link.sketch.value) => {
          link.sketch.value = sketch;
        };
        now = startDrawing(map, shape, tell, (ring) => {
          link.drawing.value = null;
          if (ring) link.zoneDrawn.value?.(ring);
        });
        link.finishDrawing.value = now.finish;
      },
      () => {
        link.drawing.value = null;
        link.drawingFailed.value = true;
      },
    );
  });
  // Another question, by Ctrl Z or a link, ends what is being drawn.
  const other = effect(() => {
    if (store.page.value.tab !== 'map') link.drawing.value = null;
  });
  return () => {
    stop();
    other();
    wanted++;
    end();
  };
}

/** Round each place that stands out a line of its own colour, over whatever the place is coloured by. */
function showHotPlaces(map: GLMap, { reference, map: link }: App): () => void {
  let marked: readonly { source: string; sourceLayer: string; id: number }[] = [];
  return effect(() => {
    const hot = link.shown.value.hot && !link.overlay.value ? link.hotPlaces.value : null;
    for (const each of marked) map.setFeatureState(each, { hot: 0 });
    marked = [];
    if (!hot) return;
    const isStreet = hot.layer === reference.streetLayer.peek()?.layer;
    const source = isStreet ? STREET_SOURCE : areaSource(hot.layer);
    const sourceLayer = isStreet ? 'streets' : 'areas';
    if (!map.getSource(source)) return;
    if (!map.getLayer(`hot-${hot.layer}-line`)) addHotLayers(map, `hot-${hot.layer}`, source, sourceLayer);
    marked = hot.ids.map((id) => ({ source, sourceLayer, id: Number(id) }));
    for (const each of marked) map.setFeatureState(each, { hot: 1 });
  });
}

function addHotLayers(map: GLMap, id: string, source: string, sourceLayer: string): void {
  const width = (px: number) => ['case', ['==', ['coalesce', ['feature-state', 'hot'], 0], 1], px, 0] as never;
  const line = {
    type: 'line' as const,
    source,
    'source-layer': sourceLayer,
    layout: { 'line-join': 'round' as const },
  };
  const gap = sourceLayer === 'streets' ? { 'line-gap-width': 7 } : {};
  const paint = (color: string, px: number) => ({ 'line-color': color, 'line-width': width(px), ...gap });
  map.addLayer({ id: `${id}-casing`, ...line, paint: paint(PAPER, 5) }, BELOW_MARKERS);
  map.addLayer({ id: `${id}-line`, ...line, paint: paint(HOT_LINE.color, HOT_LINE.widthPx) }, BELOW_MARKERS);
}
