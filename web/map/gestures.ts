// What pointing and clicking on the map do: hover tells, a click on a place chooses it, elsewhere clears.

import { effect } from '@preact/signals';
import type { Map as GLMap, MapGeoJSONFeature, PointLike } from 'maplibre-gl';
import type { Within } from '../../server/filter/contract.ts';
import type { FeatureRow } from '../../server/layers/contract.ts';
import type { App } from '../app.ts';
import type { Reference } from '../store/reference.ts';
import type { PlaceKey } from '../store/url.ts';
import { areaSource, STREET_SOURCE } from './style.ts';

/** Streets are thin: a pointer this near counts as on one. */
const REACH_PX = 6;

type Target = { readonly source: string; readonly sourceLayer: string; readonly id: number };

/** Answers a function that stops listening. */
export function listen(map: GLMap, page: App): () => void {
  const { store, reference, pictures, catchments, map: link } = page;
  const isStreets = (layer: string) => layer === reference.streetLayer.peek()?.layer;

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

  const placeId = (layer: string, { id }: MapGeoJSONFeature): string =>
    isStreets(layer) ? catchments.peek().middleOf(String(id)) : String(id);
  const target = (layer: string, id: string | number): Target =>
    layer === reference.streetLayer.peek()?.layer
      ? { source: STREET_SOURCE, sourceLayer: 'streets', id: Number(id) }
      : { source: areaSource(layer), sourceLayer: 'areas', id: Number(id) };
  /** What stands for a place on the map: to the public a street with those told together with it. */
  const targets = (layer: string, id: string | number): Target[] =>
    (isStreets(layer) ? catchments.value.with(String(id)) : [String(id)]).map((each) => target(layer, each));
  const marking = (name: string) => {
    let marked: readonly Target[] = [];
    return (next: readonly Target[]) => {
      for (const each of marked) map.setFeatureState(each, { [name]: 0 });
      for (const each of next) map.setFeatureState(each, { [name]: 1 });
      marked = next;
    };
  };
  const markHovered = marking('hovered');
  const markChosen = marking('chosen');

  map.on('mousemove', ({ point }) => {
    if (link.drawing.peek()) return;
    const found = placeAt(point);
    map.getCanvas().style.cursor = found ? 'pointer' : '';
    link.hovered.value = found && {
      x: point.x,
      y: point.y,
      layer: found.layer,
      id: placeId(found.layer, found.feature),
      name: String(found.feature.properties.name ?? ''),
    };
  });
  map.on('mouseout', () => {
    link.hovered.value = null;
  });
  map.on('click', ({ point }) => {
    if (link.drawing.peek()) return;
    const found = placeAt(point);
    link.hovered.value = null;
    if (!found) return store.place.peek() ? store.change({ place: null }) : undefined;
    const id = placeId(found.layer, found.feature);
    const rows =
      found.layer === reference.streetLayer.peek()?.layer ? reference.segments.peek() : reference.areas.peek();
    const code = rows.get(id)?.code;
    if (!code) return;
    shownLast = `${found.layer}:${code}`;
    store.change({ place: { layer: found.layer, code } });
  });

  // A link that says where the map stands is believed, and so is whoever clicks on what they see.
  let shownLast: string | null = store.page.peek().position
    ? keyOf(placeShown(store.place.peek(), store.filter.peek().within))
    : null;
  const goThere = (key: string | null, row: FeatureRow | null): void => {
    shownLast = key;
    if (row?.at) link.handle.peek()?.show(row.at, row.areaKm2 ?? null);
  };

  const stops = [
    effect(() => {
      const { layer, id } = link.hovered.value ?? {
        layer: link.pointedAt.value?.layer,
        id: link.pointedAt.value?.row.id,
      };
      markHovered(layer && id ? targets(layer, id) : []);
    }),
    effect(() => {
      const place = placeShown(store.place.value, store.filter.value.within);
      const row = place && rowOf(reference, place);
      markChosen(place && row ? targets(place.layer, row.id) : []);
      const key = keyOf(place);
      if (key !== shownLast && (row || !key)) goThere(key, row);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** The place to outline: the chosen one, or the one the filter is limited to. */
function placeShown(place: PlaceKey | null, within: Within | null): PlaceKey | null {
  if (place) return place;
  return within?.type === 'place' && 'code' in within.place ? { layer: within.layer, code: within.place.code } : null;
}

const keyOf = (place: PlaceKey | null) => place && `${place.layer}:${place.code}`;

const rowOf = (reference: Reference, { layer, code }: PlaceKey): FeatureRow | null =>
  [...reference.rowsOf(layer).values()].find((row) => row.code === code) ?? null;
