// The map style: a pale ground of the city's own layers, and the data layers coloured by feature-state.

import latinExt from '@fontsource-variable/noto-sans/files/noto-sans-latin-ext-wght-normal.woff2?url';
import latin from '@fontsource-variable/noto-sans/files/noto-sans-latin-wght-normal.woff2?url';
import type { ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';
import type { LayerRow } from '../../server/layers/contract.ts';
import { rampColors } from './classify.ts';
import { RAMP, STREET_COLORS, STREET_WIDTHS } from './colors.ts';
import { LIMIT_SOURCE, limitFill, limitLine, limitOutside, limitSource } from './limit.ts';
import { areaNames, FONT, largerNames, ROAD_CLASS, roadNames } from './names.ts';
import { NO_RATE } from './picture.ts';

export const BEYOND = '#f8f8f6';
export const LAND = '#f1f2ee';
export const PARK = '#e3eadd';
export const WATER = '#d5e3e8';
export const ROAD = '#ffffff';
export const ROAD_CASING = '#dadddd';
const INK = '#1b2530';
const OUTLINE = '#87919a';

export const areaSource = (layer: string) => `areas-${layer}`;
export const STREET_SOURCE = 'streets';
export const MARKER_SOURCE = 'markers';
export const MARKER_DISC = 'marker-disc';
/** How layers begin that colour areas by class. */
export const AREA_FILL = 'fill-';
/** Unseen: the heat, which comes and goes, is put below it. */
export const ABOVE_HEAT = 'above-heat';

const state = (name: string, otherwise: number): ExpressionSpecification => [
  'coalesce',
  ['feature-state', name],
  otherwise,
];
export const CLASS = state('class', 0);

/** Colour of the class in feature-state. No classes, where nothing is counted, still need one: a match has cases. */
export function areaColor(classes: number): ExpressionSpecification {
  return colorOf(rampColors(RAMP, Math.max(1, classes)));
}

export function colorOf(colors: readonly string[]): ExpressionSpecification {
  const cases = colors.flatMap((color, index) => [index + 1, color]);
  return ['match', CLASS, ...cases, LAND] as unknown as ExpressionSpecification;
}

/**
 * 1 for the highlighted class, less for the others; all of them where none is. By feature-state even then: tiles under way
 * were made for an expression of it, and the map can no longer work these out once a plain number stands in its place.
 */
export const highlight = (number: number | null, full: number | ExpressionSpecification): ExpressionSpecification => [
  'case',
  ['any', number === null, ['==', CLASS, number ?? 0]],
  full,
  0.15,
];

export const FILL_OPACITY: ExpressionSpecification = ['case', ['>', CLASS, 0], 1, 0];
/** Of no place while a class is highlighted. By feature-state always, as above. */
export const patternOpacity = (isSeen: boolean): ExpressionSpecification => [
  'case',
  ['all', isSeen, ['==', CLASS, NO_RATE]],
  1,
  0,
];

/** A width of a city-wide view grows to its full size at zoom 15. */
export const growing = (width: ExpressionSpecification | number): ExpressionSpecification => [
  'interpolate',
  ['linear'],
  ['zoom'],
  10,
  ['*', 0.35, width],
  13,
  ['*', 0.7, width],
  15,
  width,
];

const streetWidth = (extra: number): ExpressionSpecification =>
  [
    'match',
    CLASS,
    ...STREET_WIDTHS.flatMap((width, index) => [index + 1, index === 3 ? (extra ? 0 : width) : width + extra]),
    0,
  ] as unknown as ExpressionSpecification;

/** Names are written in our own letters, wherever the page is. */
export const fontFaces = (absolute: (path: string) => string): StyleSpecification['font-faces'] => ({
  [FONT]: [
    { url: absolute(latin), 'unicode-range': ['U+0000-00FF', 'U+2000-206F'] },
    { url: absolute(latinExt), 'unicode-range': ['U+0100-02BA', 'U+1E00-1E9F'] },
  ],
});

/**
 * Sources and layers of one jurisdiction, hidden but for those `visible`. `absolute` makes an address complete: the
 * worker knows no base. `larger` = the layer whose areas are named from afar.
 */
export function buildStyle(
  layers: readonly LayerRow[],
  visible: ReadonlyMap<string, boolean>,
  absolute: (path: string) => string,
  limit: GeoJSON.Geometry | null = null,
  larger: LayerRow | null = null,
): StyleSpecification {
  const areas = layers.filter((layer) => layer.type === 'areas');
  const context = layers.filter((layer) => layer.type === 'context');
  const streets = layers.find((layer) => layer.type === 'streets');
  const empty: SourceSpecification = { type: 'geojson', data: { type: 'FeatureCollection', features: [] } };
  const sources: Record<string, SourceSpecification> = { [MARKER_SOURCE]: empty, [LIMIT_SOURCE]: limitSource(limit) };
  for (const layer of [...areas, ...context])
    sources[areaSource(layer.layer)] = { type: 'vector', url: absolute(layer.tiles) };
  if (streets) sources[STREET_SOURCE] = { type: 'vector', url: absolute(streets.tiles) };
  const drawn: LayerSpecification[] = [
    { id: 'beyond', type: 'background', paint: { 'background-color': BEYOND } },
    limitFill(LAND),
    ...areas.map((layer) => landLayer(layer.layer)),
    ...context.map((layer) => groundLayer(layer.layer)),
    limitOutside(BEYOND),
    ...areas.flatMap((layer) => areaLayers(layer.layer)),
    ...context.map((layer) => waterLayer(layer.layer)),
    ...(streets ? [...streetBase(), streetMain()] : []),
    { id: ABOVE_HEAT, type: 'background', paint: { 'background-opacity': 0 } },
    ...areas.map((layer) => outlineLayer(layer, layer.layer === larger?.layer)),
    limitLine,
    // Below the streets: the hottest run along the borders.
    ...areas.flatMap((layer) => selectionLayers(`select-${layer.layer}`, areaSource(layer.layer), 'areas')),
    ...(streets ? streetData() : []),
    ...(streets ? [roadNames('label-streets', street, ROAD_CLASS)] : []),
    ...areas.map((layer) => areaNames(layer, areaSource(layer.layer), larger !== null && layer.layer !== larger.layer)),
    ...(larger ? [largerNames(larger, areaSource(larger.layer))] : []),
    ...(streets ? selectionLayers('select-streets', STREET_SOURCE, 'streets') : []),
    ...markerLayers(),
  ];
  return {
    version: 8,
    sources,
    'font-faces': fontFaces(absolute),
    transition: { duration: 150, delay: 0 },
    layers: drawn.map((layer) => withVisibility(layer, visible.get(layer.id) ?? true)),
  };
}

/** A layer hidden from the start is not worked out for tiles until it is shown. */
function withVisibility(layer: LayerSpecification, visible: boolean): LayerSpecification {
  const layout = { ...('layout' in layer ? layer.layout : {}), visibility: visible ? 'visible' : 'none' };
  return { ...layer, layout } as LayerSpecification;
}

const area = (layer: string) => ({ source: areaSource(layer), 'source-layer': 'areas' });
const street = { source: STREET_SOURCE, 'source-layer': 'streets' };

const landLayer = (layer: string): LayerSpecification => ({
  id: `land-${layer}`,
  type: 'fill',
  ...area(layer),
  paint: { 'fill-color': LAND, 'fill-antialias': false },
});

const groundLayer = (layer: string): LayerSpecification => ({
  id: `ground-${layer}`,
  type: 'fill',
  ...area(layer),
  paint: { 'fill-color': ['match', ['get', 'class'], 'water', WATER, 'park', PARK, LAND] },
});

/** Nobody lives on water: it lies over the colours of the areas too. */
const waterLayer = (layer: string): LayerSpecification => ({
  id: `water-${layer}`,
  type: 'fill',
  ...area(layer),
  filter: ['==', ['get', 'class'], 'water'],
  paint: { 'fill-color': WATER },
});

const areaLayers = (layer: string): LayerSpecification[] => [
  {
    id: `${AREA_FILL}${layer}`,
    type: 'fill',
    ...area(layer),
    paint: { 'fill-color': areaColor(5), 'fill-opacity': FILL_OPACITY },
  },
  {
    id: `hatch-${layer}`,
    type: 'fill',
    ...area(layer),
    paint: { 'fill-pattern': 'hatch', 'fill-opacity': patternOpacity(true) },
  },
];

/** Of so many areas the lines would be a grey veil over a whole city. */
const MANY_AREAS = 400;

/** The larger areas lie over those inside them, so their lines are a little wider. */
const outlineLayer = ({ layer, features }: LayerRow, isLarger: boolean): LayerSpecification => {
  const widths = isLarger ? [0.8, 1.2, 2] : features > MANY_AREAS ? [0.12, 0.35, 1.2] : [0.4, 0.7, 1.2];
  return {
    id: `outline-${layer}`,
    type: 'line',
    ...area(layer),
    layout: { 'line-join': 'round' },
    paint: {
      'line-color': OUTLINE,
      'line-width': ['interpolate', ['linear'], ['zoom'], 9, widths[0]!, 11, widths[1]!, 14, widths[2]!],
    },
  };
};

/** Streets grow with their class: 1 motorway … 4 local, 5 path. */
const byRank = (
  ranks: readonly [number, number, number, number, number],
  roadClass: ExpressionSpecification,
): ExpressionSpecification => ['match', roadClass, 1, ranks[0], 2, ranks[1], 3, ranks[2], 5, ranks[4], ranks[3]];
export const roadWidth = (extra: number, roadClass: ExpressionSpecification = ROAD_CLASS): ExpressionSpecification => [
  'interpolate',
  ['exponential', 1.4],
  ['zoom'],
  10,
  ['+', byRank([1.6, 1.2, 0.7, 0.3, 0.2], roadClass), extra * 0.4],
  13,
  ['+', byRank([3.5, 2.8, 1.8, 0.9, 0.6], roadClass), extra * 0.8],
  16,
  ['+', byRank([10, 9, 7, 5, 2], roadClass), extra * 1.4],
];

const streetBase = (): LayerSpecification[] => [
  {
    id: 'street-casing',
    type: 'line',
    ...street,
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': ROAD_CASING, 'line-width': roadWidth(1.2) },
  },
  {
    id: 'street-base',
    type: 'line',
    ...street,
    minzoom: 11.5,
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': ROAD, 'line-width': roadWidth(0) },
  },
];

const streetMain = (): LayerSpecification => ({
  id: 'street-main',
  type: 'line',
  ...street,
  filter: ['<=', ROAD_CLASS, 2],
  layout: { 'line-cap': 'round', 'line-join': 'round' },
  paint: { 'line-color': ROAD, 'line-width': roadWidth(0), 'line-opacity': 0.55 },
});

/** How streets are coloured where nothing else was found of them. */
export const STREET_PAINT = {
  'street-data-casing': { 'line-color': '#ffffff', 'line-width': growing(streetWidth(2.5)) },
  'street-data': {
    'line-color': [
      'match',
      CLASS,
      ...STREET_COLORS.flatMap((color, index) => [index + 1, color]),
      LAND,
    ] as unknown as ExpressionSpecification,
    'line-width': growing(streetWidth(0)),
  },
} as const;

const streetData = (): LayerSpecification[] => [
  {
    id: 'street-data-casing',
    type: 'line',
    ...street,
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: STREET_PAINT['street-data-casing'],
  },
  {
    id: 'street-data',
    type: 'line',
    ...street,
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: STREET_PAINT['street-data'],
  },
];

/** Room between the two lines of a selection for the widest street that runs along the border. */
const STREET_GAP_PX = 8;

/** Among streets the line round what is chosen becomes one on either side of them. By feature-state always, as above. */
export const selectionGap = (amongStreets: boolean): ExpressionSpecification => [
  'case',
  ['==', state('chosen', 0), 1],
  amongStreets ? STREET_GAP_PX : 0,
  0,
];

/**
 * Tiles reach 8 px beyond themselves: of a wider line that the edge of a tile cuts off, a strip would be seen there. On
 * either side of the gap there is room for this.
 */
const CASING_BESIDE_GAP_PX = 4;
const CASING_PX = 7;

/** How wide the white beside the line is. */
export const selectionCasing = (amongStreets: boolean): ExpressionSpecification =>
  selectionWidth(amongStreets ? CASING_BESIDE_GAP_PX : CASING_PX, 4);

const selectionWidth = (chosen: number, hovered: number): ExpressionSpecification => [
  'case',
  ['==', state('chosen', 0), 1],
  chosen,
  ['==', state('hovered', 0), 1],
  hovered,
  0,
];

/** Ink line with white casing round what is chosen; a thin line round what the pointer rests on. */
const selectionLayers = (id: string, source: string, sourceLayer: string): LayerSpecification[] => {
  const layer = { type: 'line' as const, source, 'source-layer': sourceLayer };
  const layout = { 'line-join': 'round' as const, 'line-cap': 'round' as const };
  return [
    { id: `${id}-casing`, ...layer, layout, paint: { 'line-color': '#ffffff', 'line-width': selectionCasing(false) } },
    { id: `${id}-line`, ...layer, layout, paint: { 'line-color': INK, 'line-width': selectionWidth(3, 1.5) } },
  ];
};

const markerLayers = (): LayerSpecification[] => [
  {
    id: MARKER_DISC,
    type: 'circle',
    source: MARKER_SOURCE,
    paint: {
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, 8, 13, 11],
      'circle-color': INK,
      'circle-stroke-color': '#ffffff',
      'circle-stroke-width': 2,
    },
  },
  {
    id: 'marker-number',
    type: 'symbol',
    source: MARKER_SOURCE,
    layout: {
      'text-field': ['get', 'rank'],
      'text-font': [FONT],
      'text-size': 12,
      'text-allow-overlap': true,
      // Names make room for it.
      'text-padding': 10,
    },
    paint: { 'text-color': '#ffffff' },
  },
];
