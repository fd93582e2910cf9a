// The heat on the map: a picture of densities laid over the ground it is of.

import type { Map as GLMap } from 'maplibre-gl';
import type { Density } from './heat.ts';
import { paintHeat } from './heat-colors.ts';

const HEAT = 'heat';

/** `above` = the layer it lies under. Put on the map anew each time: a picture of a source cannot change its size. */
export function createHeatLayer(map: GLMap, above: string): { show(density: Density | null): void } {
  let shown: Density | null = null;
  return {
    show(density) {
      if (density === shown) return;
      shown = density;
      if (map.getLayer(HEAT)) map.removeLayer(HEAT);
      if (map.getSource(HEAT)) map.removeSource(HEAT);
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
    },
  };
}
