// The limit of the municipality on the map: land inside, and what lies beyond it muted.

import type { GeoJSONSourceSpecification, LayerSpecification } from 'maplibre-gl';

export const LIMIT_SOURCE = 'limit';
const OUTLINE = '#87919a';
const WORLD = [
  [-180, -85],
  [180, -85],
  [180, 85],
  [-180, 85],
  [-180, -85],
];
/** Over a basemap, which shows there as well. */
const MUTED = 0.55;

export function limitSource(limit: GeoJSON.Geometry | null): GeoJSONSourceSpecification {
  const of = (side: string, geometry: GeoJSON.Geometry): GeoJSON.Feature => ({
    type: 'Feature',
    properties: { side },
    geometry,
  });
  const polygons =
    limit?.type === 'Polygon' ? [limit.coordinates] : limit?.type === 'MultiPolygon' ? limit.coordinates : [];
  const features =
    limit && polygons.length > 0
      ? [
          of('inside', limit),
          of('outside', { type: 'Polygon', coordinates: [WORLD, ...polygons.map(([shell = []]) => shell)] }),
        ]
      : [];
  return { type: 'geojson', data: { type: 'FeatureCollection', features } };
}

export const limitFill = (land: string): LayerSpecification => ({
  id: 'limit-fill',
  type: 'fill',
  source: LIMIT_SOURCE,
  filter: ['==', ['get', 'side'], 'inside'],
  paint: { 'fill-color': land },
});

export const limitOutside = (beyond: string): LayerSpecification => ({
  id: 'limit-outside',
  type: 'fill',
  source: LIMIT_SOURCE,
  filter: ['==', ['get', 'side'], 'outside'],
  paint: { 'fill-color': beyond, 'fill-opacity': MUTED },
});

export const limitLine: LayerSpecification = {
  id: 'limit-line',
  type: 'line',
  source: LIMIT_SOURCE,
  filter: ['==', ['get', 'side'], 'inside'],
  layout: { 'line-join': 'round' },
  paint: { 'line-color': OUTLINE, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 1.2, 14, 2.2] },
};
