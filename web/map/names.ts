// Names on the map by importance: the larger area and the wider road first, more of them the closer one looks. Labels
// arrive largest first, and each keeps others away from itself; from afar it does so over a wide space.

import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { LayerRow } from '../../server/layers/contract.ts';

export const FONT = 'Noto';
const LABEL = '#55626f';
const INK = '#1b2530';
/** So few areas carry their names from afar. */
const FEW_AREAS = 40;
/** Names of the areas themselves begin here where larger ones lead from afar, and end there. */
const LARGER_UNTIL_ZOOM = 13;
const AREAS_FROM_ZOOM = 11.5;

export const text = { 'text-font': [FONT], 'text-field': ['get', 'name'] as ExpressionSpecification };
export const halo = { 'text-color': LABEL, 'text-halo-color': '#ffffff', 'text-halo-width': 1.5 };

/** Room round a name: a few in a view of the whole city, each where it stands close up. */
const THINNED: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 9, 44, 11, 28, 12.5, 12, 14, 5];

/** `underLarger` = larger areas are named from afar. */
export function areaNames({ layer, features }: LayerRow, source: string, underLarger: boolean): LayerSpecification {
  const few = features <= FEW_AREAS;
  return {
    id: `label-${layer}`,
    type: 'symbol',
    source,
    'source-layer': 'labels',
    minzoom: underLarger ? AREAS_FROM_ZOOM : few ? 7 : 9,
    layout: {
      ...text,
      'text-size': ['interpolate', ['linear'], ['zoom'], 12, 12, 16, 14],
      'text-max-width': 7,
      'text-padding': few ? 6 : THINNED,
    },
    paint: halo,
  };
}

/** Names of areas that are only shown, not kept: points, the largest first. */
export const shownNames = (source: string, features: number): LayerSpecification => ({
  id: 'names',
  type: 'symbol',
  source,
  layout: { ...text, 'text-size': 12, 'text-max-width': 7, 'text-padding': features <= FEW_AREAS ? 2 : THINNED },
  paint: { ...halo, 'text-color': INK },
});

/** Darker and in spaced capitals, so that they are not taken for the areas inside them. */
export const largerNames = ({ layer }: LayerRow, source: string): LayerSpecification => ({
  id: `larger-${layer}`,
  type: 'symbol',
  source,
  'source-layer': 'labels',
  maxzoom: LARGER_UNTIL_ZOOM,
  layout: {
    ...text,
    'text-size': ['interpolate', ['linear'], ['zoom'], 10, 12, 12, 13],
    'text-transform': 'uppercase',
    'text-letter-spacing': 0.08,
    'text-max-width': 8,
    'text-padding': 4,
  },
  paint: { ...halo, 'text-color': INK },
});

/** 1 motorway … 4 local, 5 path. */
export const ROAD_CLASS: ExpressionSpecification = ['to-number', ['get', 'class'], 4];

/** The wide roads of a city before its streets. */
export const roadNames = (
  id: string,
  place: { source: string; 'source-layer': string },
  roadClass: ExpressionSpecification,
  name: ExpressionSpecification = text['text-field'],
): LayerSpecification => ({
  id,
  type: 'symbol',
  ...place,
  minzoom: 12,
  filter: ['>=', ['zoom'], ['match', roadClass, 1, 12, 2, 12, 3, 13, 14]] as ExpressionSpecification,
  layout: {
    'text-font': [FONT],
    'text-field': name,
    'symbol-placement': 'line',
    'symbol-sort-key': roadClass,
    'text-size': ['interpolate', ['linear'], ['zoom'], 14, 12, 17, 13],
    'symbol-spacing': 320,
    'text-padding': ['interpolate', ['linear'], ['zoom'], 12, 14, 15, 4],
  },
  paint: halo,
});
