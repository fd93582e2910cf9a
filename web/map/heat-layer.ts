// The heat on the map: a picture of densities laid over the ground it is of, unless the graphics card draws it, and a line
// round where half of it lies.

import type { ExpressionSpecification, FilterSpecification, GeoJSONSource, Map as GLMap } from 'maplibre-gl';
import { type Density, tellsHalf } from './heat.ts';
import { EDGE_LINE, edgeOf, HALF_LINE, paintHeat } from './heat-colors.ts';
import { halfRings, isolines, LEAST_RING_PX, pixelsOf } from './isolines.ts';

const HEAT = 'heat';
const HALF = 'heat-half';
const EDGE = 'heat-edge';
const HALF_PARTS = [
  ['casing', '#ffffff', 2 * HALF_LINE.widthPx],
  ['line', HALF_LINE.color, HALF_LINE.widthPx],
] as const;

const CASING_OPACITY = 0.7;
/** From afar the rings of a large city are small and many. */
const wideCloseUp = (px: number): ExpressionSpecification => [
  'interpolate',
  ['linear'],
  ['zoom'],
  9.5,
  px * 0.6,
  12,
  px,
];

/** A ring is drawn from where it is large enough on the screen. */
const LARGE_ENOUGH = ['>=', ['*', ['get', 'px'], ['^', 2, ['zoom']]], LEAST_RING_PX] as FilterSpecification;

/** The lowest of the lines: what is coloured lies under it. */
export const ABOVE_HEAT_COLOURS = EDGE;

export type HeatLayer = {
  /** `isPainted` = whether the card has drawn its colours already. */
  show(density: Density | null, isPainted: boolean): void;
};

/** `above` = the layer it lies under. Nothing is added to the map before the first heat. */
export function createHeatLayer(map: GLMap, above: string): HeatLayer {
  let [shown, wasPainted] = [null as Density | null, false];
  const empty = new Set<string>([EDGE, HALF]);
  const drawLines = (source: string, features: GeoJSON.Feature[]) => {
    if (!features.length && empty.has(source)) return;
    if (features.length) empty.delete(source);
    else empty.add(source);
    map.getSource<GeoJSONSource>(source)?.setData({ type: 'FeatureCollection', features });
  };
  return {
    show(density, isPainted) {
      if (density === shown && isPainted === wasPainted) return;
      [shown, wasPainted] = [density, isPainted];
      if (density) addLines(map, above);
      // Put on the map anew each time: a picture of a source cannot change its size.
      if (map.getLayer(HEAT)) map.removeLayer(HEAT);
      if (map.getSource(HEAT)) map.removeSource(HEAT);
      if (density && !isPainted) addPicture(map, density);
      const level = density && edgeOf(density);
      const coordinates = density && level !== null ? isolines(density, level) : [];
      const edge = { type: 'Feature', properties: {}, geometry: { type: 'MultiLineString', coordinates } } as const;
      drawLines(EDGE, coordinates.length ? [edge] : []);
      drawLines(HALF, density && tellsHalf(density) ? ringsOf(density) : []);
    },
  };
}

function addPicture(map: GLMap, density: Density): void {
  const [west, south, east, north] = density.box;
  const canvas = document.createElement('canvas');
  paintHeat(canvas, density);
  map.addSource(HEAT, {
    type: 'canvas',
    canvas,
    animate: false,
    coordinates: [
      [west, north],
      [east, north],
      [east, south],
      [west, south],
    ],
  });
  const layer = { id: HEAT, type: 'raster' as const, source: HEAT, paint: { 'raster-fade-duration': 0 } };
  map.addLayer(layer, ABOVE_HEAT_COLOURS);
}

/** They stay, and what they are drawn from changes: taken off at each step, they would be gone until they are drawn anew. */
export function addLines(map: GLMap, above: string): void {
  if (map.getSource(EDGE)) return;
  const data: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
  for (const id of [EDGE, HALF]) map.addSource(id, { type: 'geojson', data });
  const layout = { 'line-join': 'round' as const };
  const edge = { 'line-color': EDGE_LINE.color, 'line-width': EDGE_LINE.widthPx };
  map.addLayer({ id: EDGE, type: 'line', source: EDGE, layout, paint: edge }, above);
  for (const [part, color, width] of HALF_PARTS) {
    const paint = {
      'line-color': color,
      'line-width': wideCloseUp(width),
      'line-opacity': part === 'casing' ? CASING_OPACITY : 1,
    };
    const drawn = { source: HALF, layout, paint, filter: LARGE_ENOUGH };
    map.addLayer({ id: `${HALF}-${part}`, type: 'line', ...drawn }, above);
  }
}

function ringsOf(density: Density): GeoJSON.Feature[] {
  const lat = (density.box[1] + density.box[3]) / 2;
  return halfRings(density).map(({ path, spanM }) => ({
    type: 'Feature',
    properties: { px: pixelsOf(spanM, lat) },
    geometry: { type: 'LineString', coordinates: path },
  }));
}
