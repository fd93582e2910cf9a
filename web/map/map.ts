// The map itself: made once per jurisdiction, repainted by what the page's signals say.

import 'maplibre-gl/dist/maplibre-gl.css';
import { computed, effect, untracked } from '@preact/signals';
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
import { type Basemap, overBasemap, overIds, showBasemap } from './basemap.ts';
import { createPainter, type Painter } from './choropleth.ts';
import { listen } from './gestures.ts';
import type { Ground } from './ground.ts';
import { marginOf, worldM } from './heat.ts';
import { followHeat } from './heat-follow.ts';
import { outlinesShown } from './link.ts';
import { markerFeatures, type Pixel } from './markers.ts';
import { createOverlayLayers } from './overlay.ts';
import { addPatterns } from './patterns.ts';
import { STREETS_FROM_ZOOM } from './picture.ts';
import { askAgainForTiles } from './retry.ts';
import { takeSnapshot } from './snapshot.ts';
import {
  areaColor,
  areaSource,
  buildStyle,
  FILL_OPACITY,
  highlight,
  MARKER_SOURCE,
  patternOpacity,
  STREET_SOURCE,
  selectionCasing,
  selectionGap,
} from './style.ts';
import { DETAIL_FROM_ZOOM } from './symbology.ts';
import { showZones } from './zones.ts';

export { fetchGround } from './ground.ts';

setWorkerUrl(workerUrl);

/** Room for the legend and the buttons, where there is room to give. */
const fitPadding = ({ clientWidth }: HTMLElement) => {
  if (clientWidth <= 800) return { top: 56, right: 16, bottom: 72, left: 16 };
  return { top: 24, right: 64, bottom: 24, left: clientWidth > 900 ? LEGEND_PX : LEGEND_PX / 2 };
};
/** A place is shown where nothing lies over it: on a phone the sheet opens to its half with the card. */
const placePadding = (element: HTMLElement) =>
  element.clientWidth <= 767 ? { ...fitPadding(element), bottom: element.clientHeight / 2 } : fitPadding(element);
/** The legend with its margins: a municipality beside it has no name and no colour under it. */
const LEGEND_PX = 308;
const TILE_PX = 512;
const STREET_ZOOM = 16;
const SETTLED_WITHIN_MS = 4000;
const LEAST_AREA_ZOOM = 8;
/** The limits of areas over heat: there to find one's way, and no more. */
const OUTLINE_OVER_HEAT = 0.35;
const LARGER_OVER_HEAT = 0.7;
/** With so long a reach the cells of the overview do not show, however near one looks. */
const COARSE_REACH_M = 1400;
const EMPTY: ReadonlyMap<string, number> = new Map();

/** Draws into `container`, over a basemap if there is one, until the answer is called. Expects the jurisdiction and its layers to be known. */
export function drawMap(container: HTMLElement, page: App, { limit, basemap }: Ground): () => void {
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
    limit,
    reference.largerLayer.peek(),
  );
  link.basemap.value = basemap && { credit: basemap.credit };
  const map = new GLMap({
    container,
    style: basemap ? overBasemap(style, basemap, store.page.peek().basemap) : style,
    ...(start
      ? { center: [start.lon, start.lat], zoom: start.zoom }
      : whole
        ? { bounds: whole, fitBoundsOptions: { padding: fitPadding(container) } }
        : {}),
    attributionControl: basemap?.creditsItself ? { compact: true } : false,
    dragRotate: false,
    pitchWithRotate: false,
    maxPitch: 0,
    fadeDuration: still ? 0 : 150,
    minZoom: 6,
    maxZoom: 19,
    ...(store.embedded ? { transformRequest: withoutCookies } : {}),
    locale: { 'Map.Title': t('map.region'), 'ScaleControl.Meters': 'm', 'ScaleControl.Kilometers': 'km' },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new ScaleControl({ maxWidth: 120 }), 'bottom-right');
  map.getCanvas().setAttribute('aria-describedby', 'map-described');

  const fit = () => whole && map.fitBounds(whole, { padding: fitPadding(container), animate: !still });
  link.handle.value = {
    zoomBy: (steps) => void map.zoomTo(map.getZoom() + steps, { animate: !still }),
    whole: () => void fit(),
    show: (at, areaKm2) => {
      const { top, right, bottom, left } = placePadding(container);
      const size = Math.min(container.clientWidth - left - right, container.clientHeight - top - bottom);
      const zoom = areaKm2 === null ? Math.max(STREET_ZOOM, map.getZoom()) : zoomOfArea(areaKm2, at[1], size);
      const offset: [number, number] = [(left - right) / 2, (top - bottom) / 2];
      const camera = { center: [at[0], at[1]] as [number, number], zoom, offset };
      if (still) map.easeTo({ ...camera, duration: 0 });
      else map.flyTo({ ...camera, speed: 2.5 });
    },
    bounds: () => map.getBounds().toArray().flat() as [number, number, number, number],
    pixel: ([lon, lat]) => {
      const { x, y } = map.project([lon, lat]);
      return x >= 0 && y >= 0 && x <= container.clientWidth && y <= container.clientHeight ? { x, y } : null;
    },
    follow: (hear) => {
      const tell = () => hear({ zoom: map.getZoom(), lat: map.getCenter().lat, lon: map.getCenter().lng });
      tell();
      map.on('move', tell);
      return () => void map.off('move', tell);
    },
    settled: () =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, SETTLED_WITHIN_MS);
        map.once('idle', () => {
          clearTimeout(timer);
          resolve();
        });
        map.triggerRepaint();
      }),
    jumpTo: ({ zoom, lat, lon }) => void map.jumpTo({ zoom, center: [lon, lat] }),
    snapshot: (notes = []) => takeSnapshot(map, notes),
  };
  link.zoom.value = map.getZoom();

  const stops: (() => void)[] = [askAgainForTiles(map)];
  // Before the first tile is drawn, which may ask for them.
  map.once('style.load', () => addPatterns(map));
  map.on('load', () => {
    stops.push(...paint(map, page), ...showZones(map, page), listen(map, page), tiltLater(map, page));
    if (basemap) stops.push(followSwitch(map, page, style, basemap));
    link.state.value = 'ready';
  });
  tellWaiting(map, page);
  map.on('moveend', () => {
    const center = map.getCenter();
    link.zoom.value = map.getZoom();
    store.moveTo({ zoom: map.getZoom(), lat: center.lat, lon: center.lng });
    followDetail(map, page);
  });
  return () => {
    for (const stop of stops) stop();
    link.handle.value = null;
    link.basemap.value = null;
    map.remove();
  };
}

/** Few tilt the map: what does it is a chunk of its own, fetched when it is first asked for. */
function tiltLater(map: GLMap, page: App): () => void {
  let [isStopped, isAsked, stopTilting] = [false, false, () => {}];
  const stop = effect(() => {
    if (isAsked || !page.map.shown.value.tilted) return;
    isAsked = true;
    import('./tilt.ts').then(
      ({ followTilt }) => {
        if (!isStopped) stopTilting = followTilt(map, page);
      },
      () => {
        isAsked = false;
      },
    );
  });
  return () => {
    isStopped = true;
    stop();
    stopTilting();
  };
}

/** The library hands this to `fetch`, but its types know no asking without cookies. */
const withoutCookies = (url: string) => ({ url, credentials: 'omit' as 'same-origin' });

/** From when tiles of ours were asked for until all have come: a place just chosen may lie where none were. */
function tellWaiting(map: GLMap, { map: { state, waitingSince } }: App): void {
  map.on('dataloading', (event) => {
    const isTile = event.dataType === 'source' && event.source.type === 'vector' && event.tile !== undefined;
    if (isTile && state.peek() === 'ready') waitingSince.value ??= Date.now();
  });
  map.on('idle', () => {
    if (state.peek() === 'ready') waitingSince.value = null;
  });
}

/** Shows the basemap or our own ground, as chosen; its roads over areas only where those are coloured. */
function followSwitch(map: GLMap, { store, pictures }: App, ours: StyleSpecification, basemap: Basemap): () => void {
  const isSeen = computed(() => store.page.value.basemap);
  let seen = isSeen.peek();
  return effect(() => {
    if (isSeen.value !== seen) showBasemap(map, ours, basemap, isSeen.value);
    seen = isSeen.value;
    const over = seen && pictures.drawn.value === 'areas' ? 'visible' : 'none';
    for (const id of overIds(basemap)) map.setLayoutProperty(id, 'visibility', over);
  });
}

/** Where a square of so many km² is as wide as half of the room there is. */
function zoomOfArea(areaKm2: number, lat: number, sizePx: number): number {
  const metresPerPx = (2000 * Math.sqrt(areaKm2)) / sizePx;
  return Math.max(LEAST_AREA_ZOOM, Math.min(STREET_ZOOM, Math.log2(worldM(lat) / TILE_PX / metresPerPx)));
}

/** Close up, heat is asked for the part in view, some of what lies round it, and what is felt from beyond that. */
function followDetail(map: GLMap, { pictures }: App): void {
  const reachM = pictures.reachM.peek() ?? COARSE_REACH_M;
  if (map.getZoom() < DETAIL_FROM_ZOOM || reachM >= COARSE_REACH_M) {
    pictures.detailBox.value = null;
    return;
  }
  const [w, s, e, n] = map.getBounds().toArray().flat() as [number, number, number, number];
  const margin = marginOf(reachM, (s + n) / 2);
  const [W, S, E, N] = pictures.detailBox.peek() ?? [0, 0, 0, 0];
  const { lon, lat } = margin;
  if (W <= w - lon && S <= s - lat && E >= e + lon && N >= n + lat) return;
  const [dx, dy] = [lon + (e - w) / 4, lat + (n - s) / 4];
  const round = (degrees: number) => Number(degrees.toFixed(4));
  pictures.detailBox.value = [round(w - dx), round(s - dy), round(e + dx), round(n + dy)];
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
  const overlay = createOverlayLayers(map, areas, hasStreets);
  let hasBeenAmongStreets = false;
  let hasHighlighted = false;

  return [
    effect(() => overlay.show(link.overlay.value)),
    effect(() => {
      for (const [id, visible] of visibilities(page)) {
        const wanted = visible ? 'visible' : 'none';
        if (map.getLayoutProperty(id, 'visibility') !== wanted) map.setLayoutProperty(id, 'visibility', wanted);
      }
    }),
    effect(() => {
      const over = link.overlay.value;
      const picture = over ? null : pictures.areas.value;
      const shows = pictures.drawn.value === 'areas';
      for (const [layer, painter] of painters) {
        if (over) {
          painter.paint(over.layer === layer ? over.classes : EMPTY);
          continue;
        }
        const mine = shows && picture?.layer === layer;
        if (mine) map.setPaintProperty(`fill-${layer}`, 'fill-color', areaColor(picture.bounds.length));
        // The old classes stay until the answer for the new filter is there.
        if (mine || picture?.layer !== layer || !shows) painter.paint(mine ? picture.classes : EMPTY);
      }
    }),
    effect(() => {
      if (!hasStreets) return;
      const over = link.overlay.value;
      if (over) {
        streets.paint(over.drawn === 'streets' ? over.classes : EMPTY);
        return;
      }
      const shows = pictures.drawn.value === 'streets';
      streets.paint((shows && pictures.streets.value?.classes) || EMPTY);
    }),
    effect(() => {
      const opacity = pictures.drawn.value === 'heat' ? OUTLINE_OVER_HEAT : 1;
      const larger = reference.largerLayer.value?.layer;
      for (const layer of areas) {
        const wide = layer === larger ? Math.max(opacity, LARGER_OVER_HEAT) : opacity;
        map.setPaintProperty(`outline-${layer}`, 'line-opacity', wide);
      }
    }),
    effect(() => {
      const amongStreets = pictures.drawn.value === 'streets';
      // Until it is wanted, what costs nothing: of every feature an expression is worked out.
      hasBeenAmongStreets ||= amongStreets;
      const gap = hasBeenAmongStreets ? selectionGap(amongStreets) : 0;
      for (const layer of areas) {
        for (const part of ['casing', 'line']) map.setPaintProperty(`select-${layer}-${part}`, 'line-gap-width', gap);
        map.setPaintProperty(`select-${layer}-casing`, 'line-width', selectionCasing(amongStreets));
      }
    }),
    effect(() => {
      const lit = link.highlighted.value;
      for (const layer of areas) {
        map.setPaintProperty(`fill-${layer}`, 'fill-opacity', highlight(lit, FILL_OPACITY));
        map.setPaintProperty(`hatch-${layer}`, 'fill-opacity', patternOpacity(lit === null));
      }
      hasHighlighted ||= lit !== null;
      if (hasStreets && hasHighlighted) {
        for (const id of ['street-data', 'street-data-casing'])
          map.setPaintProperty(id, 'line-opacity', highlight(lit, 1));
      }
    }),
    followHeat(map, pictures),
    effect(() => {
      if (pictures.reachM.value !== null) followDetail(map, page);
    }),
    effect(() => {
      const layer = answers.listLayer.value;
      const rows = (!link.overlay.value && answers.top.answered.value?.value.rows) || [];
      const places = layer ? reference.rowsOf(layer.layer) : new Map();
      const pixels = (at: readonly [number, number]) => map.project([at[0], at[1]]);
      // Read for its changes: how far apart they are in pixels depends on it.
      void link.zoom.value;
      const back = ({ x, y }: Pixel) => map.unproject([x, y]).toArray();
      map.getSource<GeoJSONSource>(MARKER_SOURCE)?.setData(markerFeatures(rows, places, pixels, back));
    }),
  ];
}

/** Which layers the view of the moment draws. */
function visibilities({ store, reference, pictures, map: link }: App): Map<string, boolean> {
  const drawn = pictures.drawn.value;
  const current = reference.areaLayer.value?.layer;
  const { labels, ground } = link.shown.value;
  const larger = reference.largerLayer.value?.layer;
  const outlines = outlinesShown(link.shown.value, larger, drawn);
  const visible = new Map<string, boolean>();
  for (const { layer } of reference.areaLayers.value) {
    const active = layer === current;
    // Also where the areas looked at leave gaps.
    visible.set(`land-${layer}`, active || layer === larger);
    visible.set(`fill-${layer}`, active && drawn === 'areas');
    visible.set(`hatch-${layer}`, active && drawn === 'areas');
    visible.set(`outline-${layer}`, (active && drawn !== 'streets') || outlines.includes(layer));
    visible.set(`label-${layer}`, active && labels);
    if (layer === larger) visible.set(`larger-${layer}`, labels);
  }

  for (const { layer } of reference.contextLayers.value) {
    visible.set(`ground-${layer}`, ground);
    visible.set(`water-${layer}`, ground);
  }
  if (reference.streetLayer.value) {
    // Over coloured areas only the main roads, thin, to know where one is; under heat none from afar, where the limits
    // of the areas serve better and the streets of a whole city would be most of what the page loads.
    const isNear = link.zoom.value >= STREETS_FROM_ZOOM;
    const below = drawn === 'streets' || (drawn === 'heat' && isNear);
    visible.set('street-casing', below);
    // Close up the names of streets need their lines, over colours too.
    visible.set('street-base', below || isNear);
    visible.set('street-main', drawn === 'areas' && !isNear);
    visible.set('label-streets', labels && (below || drawn === 'areas'));
    visible.set('street-data', drawn === 'streets');
    visible.set('street-data-casing', drawn === 'streets');
    const marked = drawn === 'streets' || store.place.value?.layer === reference.streetLayer.value.layer;
    for (const part of ['casing', 'line']) visible.set(`select-streets-${part}`, marked);
  }
  return visible;
}
