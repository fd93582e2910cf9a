// The heat on the map: a picture of densities laid over the ground it is of, and a line round where half of it lies.

import type { ExpressionSpecification, FilterSpecification, Map as GLMap } from 'maplibre-gl';
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

/** `above` = the layer it lies under. Put on the map anew each time: a picture of a source cannot change its size. */
export function createHeatLayer(map: GLMap, above: string): { show(density: Density | null): void } {
  let shown: Density | null = null;
  return {
    show(density) {
      if (density === shown) return;
      shown = density;
      for (const id of [HEAT, EDGE, ...HALF_PARTS.map(([part]) => `${HALF}-${part}`)])
        if (map.getLayer(id)) map.removeLayer(id);
      for (const id of [HEAT, EDGE, HALF]) if (map.getSource(id)) map.removeSource(id);
      if (!density) return;
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
      map.addLayer({ id: HEAT, type: 'raster', source: HEAT, paint: { 'raster-fade-duration': 0 } }, above);
      const edge = edgeOf(density);
      if (edge !== null) {
        const lines = { type: 'MultiLineString' as const, coordinates: isolines(density, edge) };
        map.addSource(EDGE, { type: 'geojson', data: lines });
        const paint = { 'line-color': EDGE_LINE.color, 'line-width': EDGE_LINE.widthPx };
        map.addLayer({ id: EDGE, type: 'line', source: EDGE, layout: { 'line-join': 'round' }, paint }, above);
      }
      if (!tellsHalf(density)) return;
      const lat = (south + north) / 2;
      const rings = halfRings(density).map(({ path, spanM }) => ({
        type: 'Feature' as const,
        properties: { px: pixelsOf(spanM, lat) },
        geometry: { type: 'LineString' as const, coordinates: path },
      }));
      map.addSource(HALF, { type: 'geojson', data: { type: 'FeatureCollection', features: rings } });
      for (const [part, color, width] of HALF_PARTS) {
        const paint = {
          'line-color': color,
          'line-width': wideCloseUp(width),
          'line-opacity': part === 'casing' ? CASING_OPACITY : 1,
        };
        const drawn = { source: HALF, layout: { 'line-join': 'round' as const }, paint, filter: LARGE_ENOUGH };
        map.addLayer({ id: `${HALF}-${part}`, type: 'line', ...drawn }, above);
      }
    },
  };
}
