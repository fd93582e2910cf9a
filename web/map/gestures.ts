// What pointing and clicking on the map do: hover tells, a click on a place chooses it, elsewhere clears.

import { effect } from '@preact/signals';
import type { Map as GLMap, MapGeoJSONFeature, PointLike } from 'maplibre-gl';
import type { App } from '../app.ts';
import { areaSource, STREET_SOURCE } from './style.ts';

/** Streets are thin: a pointer this near counts as on one. */
const REACH_PX = 6;

type Target = { readonly source: string; readonly sourceLayer: string; readonly id: number };

/** Answers a function that stops listening. */
export function listen(map: GLMap, page: App): () => void {
  const { store, reference, pictures, map: link } = page;

  const placeAt = (point: { x: number; y: number }): { layer: string; feature: MapGeoJSONFeature } | null => {
    const streets = reference.streetLayer.peek();
    if (streets && pictures.drawn.peek() === 'streets') {
      const near: [PointLike, PointLike] = [
        [point.x - REACH_PX, point.y - REACH_PX],
        [point.x + REACH_PX, point.y + REACH_PX],
      ];
      const found = map.queryRenderedFeatures(near, { layers: ['street-data', 'street-base'] });
      const best = found.sort((a, b) => (a.state.class || 9) - (b.state.class || 9))[0];
      if (best) return { layer: streets.layer, feature: best };
    }
    const water = reference.contextLayers.peek().map(({ layer }) => `water-${layer}`);
    if (map.queryRenderedFeatures([point.x, point.y], { layers: water }).length) return null;
    const layer = reference.areaLayer.peek()?.layer;
    if (!layer || pictures.drawn.peek() === 'streets') return null;
    const feature = map.queryRenderedFeatures([point.x, point.y], { layers: [`land-${layer}`] })[0];
    return feature ? { layer, feature } : null;
  };

  const target = (layer: string, id: string | number): Target =>
    layer === reference.streetLayer.peek()?.layer
      ? { source: STREET_SOURCE, sourceLayer: 'streets', id: Number(id) }
      : { source: areaSource(layer), sourceLayer: 'areas', id: Number(id) };
  const marking = (name: string) => {
    let marked: Target | null = null;
    return (next: Target | null) => {
      if (marked) map.setFeatureState(marked, { [name]: 0 });
      if (next) map.setFeatureState(next, { [name]: 1 });
      marked = next;
    };
  };
  const markHovered = marking('hovered');
  const markChosen = marking('chosen');

  map.on('mousemove', ({ point }) => {
    const found = placeAt(point);
    map.getCanvas().style.cursor = found ? 'pointer' : '';
    link.hovered.value = found && {
      x: point.x,
      y: point.y,
      layer: found.layer,
      id: String(found.feature.id),
      name: String(found.feature.properties.name ?? ''),
    };
  });
  map.on('mouseout', () => {
    link.hovered.value = null;
  });
  map.on('click', ({ point }) => {
    const found = placeAt(point);
    link.hovered.value = null;
    if (!found) return store.place.peek() ? store.change({ place: null }) : undefined;
    const id = String(found.feature.id);
    const rows =
      found.layer === reference.streetLayer.peek()?.layer ? reference.segments.peek() : reference.areas.peek();
    const code = rows.get(id)?.code;
    if (code) store.change({ place: { layer: found.layer, code } });
  });

  const stops = [
    effect(() => {
      const { layer, id } = link.hovered.value ?? {
        layer: link.pointedAt.value?.layer,
        id: link.pointedAt.value?.row.id,
      };
      markHovered(layer && id ? target(layer, id) : null);
    }),
    effect(() => {
      const place = store.place.value;
      const rows =
        place?.layer === reference.streetLayer.value?.layer ? reference.segments.value : reference.areas.value;
      const row = place && [...rows.values()].find(({ code }) => code === place.code);
      const known =
        place &&
        (place.layer === reference.areaLayer.value?.layer || place.layer === reference.streetLayer.value?.layer);
      markChosen(place && row && known ? target(place.layer, row.id) : null);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
