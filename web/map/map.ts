// The map itself: made once per jurisdiction, repainted by what the page's signals say.

import 'maplibre-gl/dist/maplibre-gl.css';
import { effect, untracked } from '@preact/signals';
import {
  type GeoJSONSource,
  Map as GLMap,
  type LngLatBoundsLike,
  ScaleControl,
  type StyleSpecification,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { App } from '../app.ts';
import { overBasemap } from './basemap.ts';
import { createPainter, type Painter } from './choropleth.ts';
import { listen } from './gestures.ts';
import { heatFeatures, heatIntensity, radiusExpression } from './heat.ts';
import { markerFeatures } from './markers.ts';
import { addPatterns } from './patterns.ts';
import { DETAIL_FROM_ZOOM } from './pictures.ts';
import { askAgainForTiles } from './retry.ts';
import { takeSnapshot } from './snapshot.ts';
import {
  areaColor,
  areaSource,
  buildStyle,
  FILL_OPACITY,
  HEAT_SOURCE,
  highlight,
  MARKER_SOURCE,
  PATTERN_OPACITY,
  STREET_SOURCE,
} from './style.ts';

export { fetchBasemap } from './basemap.ts';

setWorkerUrl(workerUrl);

/** Room for the legend and the buttons, where there is room to give. */
const fitPadding = (container: HTMLElement) =>
  container.clientWidth > 800
    ? { top: 24, right: 64, bottom: 24, left: 176 }
    : { top: 56, right: 16, bottom: 72, left: 16 };
const EMPTY: ReadonlyMap<string, number> = new Map();

/** Draws into `container`, over a basemap if there is one, until the answer is called. Expects the jurisdiction and its layers to be known. */
export function drawMap(container: HTMLElement, page: App, basemap: StyleSpecification | null): () => void {
  const { store, reference, map: link, words } = page;
  const { t } = words.peek();
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const bounds = reference.jurisdiction.peek()?.bounds;
  const start = store.page.peek().position;
  const whole = bounds as LngLatBoundsLike | undefined;
  link.zoom.value = start?.zoom ?? link.zoom.peek();
  const style = buildStyle(
    reference.layers.peek(),
    untracked(() => visibilities(page)),
    (path) => new URL(path, location.href).href,
  );
  const map = new GLMap({
    container,
    style: basemap ? overBasemap(style, basemap) : style,
    ...(start
      ? { center: [start.lon, start.lat], zoom: start.zoom }
      : whole
        ? { bounds: whole, fitBoundsOptions: { padding: fitPadding(container) } }
        : {}),
    attributionControl: basemap ? { compact: true } : false,
    dragRotate: false,
    pitchWithRotate: false,
    maxPitch: 0,
    fadeDuration: still ? 0 : 150,
    minZoom: 6,
    maxZoom: 19,
    locale: { 'Map.Title': t('map.region'), 'ScaleControl.Meters': 'm', 'ScaleControl.Kilometers': 'km' },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new ScaleControl({ maxWidth: 120 }), 'bottom-right');
  map.getCanvas().setAttribute('aria-describedby', 'map-described');

  const fit = () => whole && map.fitBounds(whole, { padding: fitPadding(container), animate: !still });
  link.handle.value = {
    zoomBy: (steps) => void map.zoomTo(map.getZoom() + steps, { animate: !still }),
    whole: () => void fit(),
    goTo: (at, zoom) =>
      void map[still ? 'jumpTo' : 'flyTo']({ center: [at[0], at[1]], zoom: Math.max(zoom, map.getZoom()), speed: 2.5 }),
    bounds: () => map.getBounds().toArray().flat() as [number, number, number, number],
    pixel: ([lon, lat]) => {
      const { x, y } = map.project([lon, lat]);
      return x >= 0 && y >= 0 && x <= container.clientWidth && y <= container.clientHeight ? { x, y } : null;
    },
    snapshot: (notes = []) => takeSnapshot(map, notes),
  };
  link.zoom.value = map.getZoom();

  const stops: (() => void)[] = [askAgainForTiles(map)];
  // Before the first tile is drawn, which may ask for them.
  map.once('style.load', () => addPatterns(map));
  map.on('load', () => {
    stops.push(...paint(map, page), listen(map, page));
    link.state.value = 'ready';
  });
  map.on('moveend', () => {
    const center = map.getCenter();
    link.zoom.value = map.getZoom();
    store.moveTo({ zoom: map.getZoom(), lat: center.lat, lon: center.lng });
    followDetail(map, page);
  });
  return () => {
    for (const stop of stops) stop();
    link.handle.value = null;
    map.remove();
  };
}

/** Close up, heat is asked for the part in view and half as much again round it. */
function followDetail(map: GLMap, { pictures }: App): void {
  if (map.getZoom() < DETAIL_FROM_ZOOM) {
    pictures.detailBox.value = null;
    return;
  }
  const [w, s, e, n] = map.getBounds().toArray().flat() as [number, number, number, number];
  const [W, S, E, N] = pictures.detailBox.value ?? [0, 0, 0, 0];
  if (W! <= w && S! <= s && E! >= e && N! >= n) return;
  const [dx, dy] = [(e - w) / 2, (n - s) / 2];
  pictures.detailBox.value = [w - dx, s - dy, e + dx, n + dy].map((degrees) => Number(degrees.toFixed(4)));
}

/** Everything that repaints by itself when a signal changes. */
function paint(map: GLMap, page: App): (() => void)[] {
  const { reference, answers, pictures, map: link } = page;
  const areas = reference.areaLayers.peek().map((row) => row.layer);
  const hasStreets = reference.streetLayer.peek() !== null;
  const painters = new Map<string, Painter>(
    areas.map((layer) => [layer, createPainter(map, areaSource(layer), 'areas')]),
  );
  const streets = createPainter(map, STREET_SOURCE, 'streets');
  const lat = map.getCenter().lat;

  return [
    effect(() => {
      for (const [id, visible] of visibilities(page)) {
        const wanted = visible ? 'visible' : 'none';
        if (map.getLayoutProperty(id, 'visibility') !== wanted) map.setLayoutProperty(id, 'visibility', wanted);
      }
    }),
    effect(() => {
      const picture = pictures.areas.value;
      const shows = pictures.drawn.value === 'areas';
      for (const [layer, painter] of painters) {
        const mine = shows && picture?.layer === layer;
        if (mine) map.setPaintProperty(`fill-${layer}`, 'fill-color', areaColor(picture.bounds.length));
        // The old classes stay until the answer for the new filter is there.
        if (mine || picture?.layer !== layer || !shows) painter.paint(mine ? picture.classes : EMPTY);
      }
    }),
    effect(() => {
      if (!hasStreets) return;
      const shows = pictures.drawn.value === 'streets';
      streets.paint((shows && pictures.streets.value?.classes) || EMPTY);
    }),
    effect(() => {
      const lit = link.highlighted.value;
      for (const layer of areas) {
        map.setPaintProperty(`fill-${layer}`, 'fill-opacity', highlight(lit, FILL_OPACITY));
        map.setPaintProperty(`hatch-${layer}`, 'fill-opacity', lit === null ? PATTERN_OPACITY : 0);
      }
      if (hasStreets) {
        for (const id of ['street-data', 'street-data-casing'])
          map.setPaintProperty(id, 'line-opacity', highlight(lit, 1));
      }
    }),
    effect(() => {
      const overview = pictures.heat.answered.value?.value;
      const close = pictures.heatDetail.answered.value?.value;
      const shown = close ?? overview;
      if (!shown || pictures.drawn.value !== 'heat') return;
      map.getSource<GeoJSONSource>(HEAT_SOURCE)?.setData(heatFeatures(shown));
      const radiusM = pictures.radiusM.value;
      map.setPaintProperty('heat', 'heatmap-radius', radiusExpression(radiusM, lat));
      if (overview) map.setPaintProperty('heat', 'heatmap-intensity', heatIntensity(overview, radiusM, lat));
    }),
    effect(() => {
      const layer = answers.listLayer.value;
      const rows = answers.top.answered.value?.value.rows ?? [];
      const places = layer?.type === 'streets' ? reference.segments.value : reference.areas.value;
      map.getSource<GeoJSONSource>(MARKER_SOURCE)?.setData(markerFeatures(rows, places));
    }),
  ];
}

/** Which layers the view of the moment draws. */
function visibilities({ reference, pictures, map: link }: App): Map<string, boolean> {
  const drawn = pictures.drawn.value;
  const current = reference.areaLayer.value?.layer;
  const { labels, ground, outlines } = link.shown.value;
  const visible = new Map<string, boolean>([['heat', drawn === 'heat']]);
  for (const { layer } of reference.areaLayers.value) {
    const active = layer === current;
    visible.set(`land-${layer}`, active);
    visible.set(`fill-${layer}`, active && drawn === 'areas');
    visible.set(`hatch-${layer}`, active && drawn === 'areas');
    visible.set(`outline-${layer}`, (active && drawn === 'areas') || outlines.includes(layer));
    visible.set(`label-${layer}`, active && labels);
  }
  for (const { layer } of reference.contextLayers.value) {
    visible.set(`ground-${layer}`, ground);
    visible.set(`water-${layer}`, ground);
  }
  if (reference.streetLayer.value) {
    // Over coloured areas only the main roads, thin, to know where one is.
    visible.set('street-casing', drawn !== 'areas');
    visible.set('street-base', drawn !== 'areas');
    visible.set('street-main', drawn === 'areas');
    visible.set('label-streets', labels);
    visible.set('street-data', drawn === 'streets');
    visible.set('street-data-casing', drawn === 'streets');
  }
  return visible;
}
