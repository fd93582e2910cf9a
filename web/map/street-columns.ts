// Streets as columns on a tilted map: those in view that have incidents, as high as they have many.

import { effect } from '@preact/signals';
import type { ExpressionSpecification, GeoJSONSource, Map as GLMap } from 'maplibre-gl';
import type { App } from '../app.ts';
import { STREET_COLORS } from './colors.ts';
import { ribbonOf } from './ribbons.ts';
import { ABOVE_HEAT, STREET_SOURCE } from './style.ts';

export const STREET_COLUMNS = 'street-columns';
/** More would be a thicket, and seconds until it stands. */
const MOST_COLUMNS = 8000;
/** Half of what the busiest streets are wide, from afar and close up. */
const HALF_WIDTH_M = [7, 14, 28] as const;
const NEAR_ZOOM = 14.5;
const FAR_ZOOM = 13;
const NOTHING: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
const TALL = ['get', 'share'] as ExpressionSpecification;
/** Metres of the tallest from afar and close up: on the screen it stays about as high. */
const HEIGHT: ExpressionSpecification = [
  'interpolate',
  ['exponential', 0.5],
  ['zoom'],
  9,
  ['*', TALL, 8000],
  12,
  ['*', TALL, 1000],
  15,
  ['*', TALL, 125],
];

/** Puts them up, follows what is counted and what is in view, and takes them down when the answer is called. */
export function raiseStreets(map: GLMap, { pictures, answers, catchments, map: link }: App): () => void {
  map.addSource(STREET_COLUMNS, { type: 'geojson', data: NOTHING });
  const paint = {
    'fill-extrusion-height': HEIGHT,
    'fill-extrusion-color': ['get', 'color'] as ExpressionSpecification,
    'fill-extrusion-opacity': 0.95,
  };
  map.addLayer({ id: STREET_COLUMNS, type: 'fill-extrusion', source: STREET_COLUMNS, paint }, ABOVE_HEAT);
  const raise = () => {
    const picture = pictures.streets.peek();
    const answer = answers.streetCounts.answered.peek()?.value;
    if (!picture || !answer) return;
    const counts = new Map(answer.ids.map((id, i) => [id, answer.counts[i] ?? 0]));
    const { middleOf } = catchments.peek();
    const lines = linesInView(map, picture.classes);
    const inView = [...lines.keys()];
    const isTooMany = inView.length > MOST_COLUMNS;
    const most = inView.reduce((top, id) => Math.max(top, counts.get(middleOf(id)) ?? 0), 0);
    link.streetColumns.value = { inView: inView.length, most: isTooMany ? null : most };
    const zoom = map.getZoom();
    const halfWidthM = HALF_WIDTH_M[zoom >= NEAR_ZOOM ? 0 : zoom >= FAR_ZOOM ? 1 : 2];
    const features = isTooMany
      ? []
      : inView.map((id): GeoJSON.Feature => {
          const coordinates = lines.get(id)!.flatMap((line) => {
            const ring = ribbonOf(line, halfWidthM);
            return ring ? [[ring.map(([lon, lat]) => [lon, lat])]] : [];
          });
          const color = STREET_COLORS[picture.classes.get(id)! - 1];
          const properties = { color, share: (counts.get(middleOf(id)) ?? 0) / Math.max(1, most) };
          return { type: 'Feature', properties, geometry: { type: 'MultiPolygon', coordinates } };
        });
    map.getSource<GeoJSONSource>(STREET_COLUMNS)?.setData({ type: 'FeatureCollection', features });
  };
  // Tiles come after the view has moved, and with them its streets.
  let isStale = true;
  const onMove = () => {
    isStale = true;
  };
  const onIdle = () => {
    if (isStale) raise();
    isStale = false;
  };
  map.on('moveend', onMove);
  map.on('idle', onIdle);
  const stop = effect(() => {
    void pictures.streets.value;
    void answers.streetCounts.answered.value;
    void catchments.value;
    isStale = true;
    map.triggerRepaint();
  });
  return () => {
    stop();
    map.off('moveend', onMove);
    map.off('idle', onIdle);
    map.removeLayer(STREET_COLUMNS);
    map.removeSource(STREET_COLUMNS);
    link.streetColumns.value = null;
  };
}

type Line = readonly (readonly [number, number])[];

/** The streets that have a class and lie in view, each in the parts that tiles cut it into. */
function linesInView(map: GLMap, classes: ReadonlyMap<string, number>): ReadonlyMap<string, Line[]> {
  const found = new Map<string, Line[]>();
  const bounds = map.getBounds();
  for (const { id, geometry } of map.querySourceFeatures(STREET_SOURCE, { sourceLayer: 'streets' })) {
    if (!classes.has(String(id))) continue;
    const parts =
      geometry.type === 'LineString'
        ? [geometry.coordinates]
        : geometry.type === 'MultiLineString'
          ? geometry.coordinates
          : [];
    for (const part of parts as unknown as Line[]) {
      if (!part.some((at) => bounds.contains([at[0], at[1]]))) continue;
      found.set(String(id), [...(found.get(String(id)) ?? []), part]);
    }
  }
  return found;
}
