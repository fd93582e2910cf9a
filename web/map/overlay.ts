// What an analysis found, on the map: its classes in the colours of areas or of streets, and bands of densities.

import type { GeoJSONSource, Map as GLMap } from 'maplibre-gl';
import type { Overlay } from './link.ts';
import { ABOVE_HEAT, CLASS, colorOf, growing, STREET_PAINT } from './style.ts';

const BANDS = 'analysis-bands';
const NOTHING: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
const STREET_PX = 5;

export type OverlayLayers = { show(overlay: Overlay | null): void };

/** `areas` = the layers of areas that are drawn. Nothing is added to the map before the first overlay. */
export function createOverlayLayers(map: GLMap, areas: readonly string[], hasStreets: boolean): OverlayLayers {
  let isStreetColored = false;
  return {
    show(overlay) {
      if (!overlay && isStreetColored) {
        isStreetColored = false;
        for (const [id, paint] of Object.entries(STREET_PAINT)) {
          map.setPaintProperty(id, 'line-color', paint['line-color']);
          map.setPaintProperty(id, 'line-width', paint['line-width']);
        }
        const source = map.getSource<GeoJSONSource>(BANDS);
        source?.setData(NOTHING);
      }
      if (!overlay) return;
      if (overlay.colors.length) {
        const color = colorOf(overlay.colors);
        for (const layer of areas) map.setPaintProperty(`fill-${layer}`, 'fill-color', color);
        if (hasStreets) {
          isStreetColored = true;
          map.setPaintProperty('street-data', 'line-color', color);
          const width = (extra: number) => growing(['case', ['>', CLASS, 0], STREET_PX + extra, 0]);
          map.setPaintProperty('street-data', 'line-width', width(0));
          map.setPaintProperty('street-data-casing', 'line-width', width(2.5));
        }
      }
      const source = map.getSource<GeoJSONSource>(BANDS);
      if (source) source.setData(overlay.bands ?? NOTHING);
      else if (overlay.bands) addBands(map, overlay.bands);
    },
  };
}

function addBands(map: GLMap, data: GeoJSON.FeatureCollection): void {
  map.addSource(BANDS, { type: 'geojson', data });
  const paint = { 'fill-color': ['get', 'color'] as ['get', string], 'fill-opacity': 0.8 };
  map.addLayer({ id: BANDS, type: 'fill', source: BANDS, paint }, ABOVE_HEAT);
}
