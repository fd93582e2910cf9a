// The second map of a comparison: the same ground and the same camera as the first, coloured by what B counts.

import 'maplibre-gl/dist/maplibre-gl.css';
import { Map as GLMap, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { LayerRow } from '../../server/layers/contract.ts';
import { createPainter } from '../map/choropleth.ts';
import { addPatterns } from '../map/patterns.ts';
import { askAgainForTiles } from '../map/retry.ts';
import { areaColor, areaSource, buildStyle, STREET_SOURCE } from '../map/style.ts';
import type { MapPosition } from '../store/url.ts';

setWorkerUrl(workerUrl);

export type BesideMap = {
  show(drawn: 'areas' | 'streets', classes: ReadonlyMap<string, number>, colors: number): void;
  jumpTo(camera: MapPosition): void;
  remove(): void;
};
type Ground = {
  readonly layers: readonly LayerRow[];
  readonly area: LayerRow;
  readonly larger: LayerRow | null;
  readonly limit: GeoJSON.Geometry | null;
};

/** `onMove` hears of what is done on it by hand. */
export function drawBeside(
  container: HTMLElement,
  { layers, area, larger, limit }: Ground,
  onMove: (camera: MapPosition) => void,
  locale: Readonly<Record<string, string>>,
): BesideMap {
  const style = buildStyle(layers, new Map(), (path) => new URL(path, location.href).href, limit, larger);
  const map = new GLMap({
    ...{ container, style, locale, attributionControl: false, dragRotate: false, pitchWithRotate: false, maxPitch: 0 },
    ...{ minZoom: 6, maxZoom: 19, fadeDuration: 0 },
  });
  map.touchZoomRotate.disableRotation();
  // Who goes by keys moves both maps from the first; this one is hidden from what reads the page aloud.
  map.getCanvas().tabIndex = -1;
  const stopAsking = askAgainForTiles(map);
  map.once('style.load', () => addPatterns(map));
  const hasStreets = layers.some(({ type }) => type === 'streets');
  const painters = {
    areas: createPainter(map, areaSource(area.layer), 'areas'),
    streets: hasStreets ? createPainter(map, STREET_SOURCE, 'streets') : null,
  };
  const seen = (id: string, drawn: 'areas' | 'streets'): boolean => {
    const others = layers.filter(
      ({ type, layer }) => type === 'areas' && layer !== area.layer && layer !== larger?.layer,
    );
    if (others.some(({ layer }) => id.endsWith(`-${layer}`))) return false;
    if (id.startsWith('marker-') || id.startsWith('select-')) return false;
    if (/^(fill|hatch)-/.test(id)) return drawn === 'areas' && id.endsWith(`-${area.layer}`);
    // Among streets the limits of areas would pass for some.
    if (id.startsWith('outline-')) return drawn === 'areas';
    if (id === 'street-main') return drawn === 'areas';
    if (id.startsWith('street-')) return drawn === 'streets';
    return id !== `label-${larger?.layer}`;
  };
  let isTelling = true;
  map.on('move', () => {
    const { lat, lng: lon } = map.getCenter();
    if (isTelling) onMove({ zoom: map.getZoom(), lat, lon });
  });
  let last: Parameters<BesideMap['show']> | null = null;
  const paint = () => {
    if (!last) return;
    const [drawn, classes, colors] = last;
    for (const { id } of style.layers) map.setLayoutProperty(id, 'visibility', seen(id, drawn) ? 'visible' : 'none');
    map.setPaintProperty(`fill-${area.layer}`, 'fill-color', areaColor(colors));
    painters.areas.paint(drawn === 'areas' ? classes : new Map());
    painters.streets?.paint(drawn === 'streets' ? classes : new Map());
  };
  let isReady = false;
  map.once('load', () => {
    isReady = true;
    paint();
  });
  return {
    show(...shown) {
      last = shown;
      if (isReady) paint();
    },
    jumpTo({ zoom, lat, lon }) {
      isTelling = false;
      map.jumpTo({ zoom, center: [lon, lat] });
      isTelling = true;
    },
    remove() {
      stopAsking();
      map.remove();
    },
  };
}
