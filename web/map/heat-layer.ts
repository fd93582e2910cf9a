// The heat on the map: a picture of densities laid over the ground it is of, and a line round where half of it lies.

import type { ExpressionSpecification, Map as GLMap } from 'maplibre-gl';
import { type Density, tellsHalf } from './heat.ts';
import { HALF_LINE, paintHeat } from './heat-colors.ts';
import { isolines } from './isolines.ts';

const HEAT = 'heat';
const HALF = 'heat-half';
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

/** `above` = the layer it lies under. Put on the map anew each time: a picture of a source cannot change its size. */
export function createHeatLayer(map: GLMap, above: string): { show(density: Density | null): void } {
  let shown: Density | null = null;
  return {
    show(density) {
      if (density === shown) return;
      shown = density;
      for (const id of [HEAT, ...HALF_PARTS.map(([part]) => `${HALF}-${part}`)])
        if (map.getLayer(id)) map.removeLayer(id);
      for (const id of [HEAT, HALF]) if (map.getSource(id)) map.removeSource(id);
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
      if (!tellsHalf(density)) return;
      const lines = { type: 'MultiLineString' as const, coordinates: isolines(density, density.half) };
      map.addSource(HALF, { type: 'geojson', data: lines });
      for (const [part, color, width] of HALF_PARTS) {
        const paint = {
          'line-color': color,
          'line-width': wideCloseUp(width),
          'line-opacity': part === 'casing' ? CASING_OPACITY : 1,
        };
        map.addLayer(
          { id: `${HALF}-${part}`, type: 'line', source: HALF, layout: { 'line-join': 'round' }, paint },
          above,
        );
      }
    },
  };
}
