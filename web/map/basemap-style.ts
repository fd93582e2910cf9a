// How a basemap of this server is drawn: pale, in the colours of our own ground. Fetched only where there is one. Knows the
// layers of the two common schemas, Protomaps and OpenMapTiles; any other is drawn as thin lines.

import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { BasemapRow } from '../../server/basemap/contract.ts';
import type { Basemap } from './basemap.ts';
import { FONT, halo, roadNames } from './names.ts';
import { LAND, PARK, ROAD, ROAD_CASING, roadWidth, WATER } from './style.ts';

const SOURCE = 'tiles';
const BUILDING = '#e6e7e1';
const BUILT = '#ebece7';
const BORDER = '#b9c0c2';
const UNKNOWN = '#c3c8c4';
const TRACKS = '#cdd1cf';
const TILE_PX = 256;

/** `kind` of Protomaps, `class` of OpenMapTiles. */
const KIND: ExpressionSpecification = ['to-string', ['coalesce', ['get', 'kind'], ['get', 'class'], '']];
const NAME = (language: string): ExpressionSpecification => [
  'coalesce',
  ['get', `name:${language}`],
  ['get', `name_${language}`],
  ['get', 'name'],
  '',
];

const ROAD_RANK = [
  'match',
  KIND,
  ['highway', 'motorway', 'trunk', 'motorway_link', 'trunk_link'],
  1,
  ['major_road', 'primary', 'secondary', 'primary_link', 'secondary_link'],
  2,
  ['medium_road', 'tertiary', 'tertiary_link'],
  3,
  ['path', 'track', 'footway', 'pedestrian', 'cycleway', 'steps', 'other'],
  5,
  4,
] as unknown as ExpressionSpecification;
const NO_ROADS = ['rail', 'transit', 'ferry', 'aerialway', 'pier', 'aeroway', 'runway', 'taxiway', 'subway', 'tram'];
const isOf = (kinds: readonly string[]): ExpressionSpecification => ['in', KIND, ['literal', [...kinds]]];
const isShape = (shape: 'Polygon' | 'LineString' | 'Point'): ExpressionSpecification => [
  '==',
  ['geometry-type'],
  shape,
];
const both = (...conditions: ExpressionSpecification[]): ExpressionSpecification => ['all', ...conditions];

const GREEN = [
  'park',
  'forest',
  'wood',
  'nature_reserve',
  'national_park',
  'protected_area',
  'grass',
  'grassland',
  'meadow',
  'scrub',
  'cemetery',
  'golf_course',
  'garden',
  'recreation_ground',
  'village_green',
  'wetland',
];
const BUILT_UP = [
  'residential',
  'urban_area',
  'industrial',
  'commercial',
  'school',
  'university',
  'hospital',
  'airport',
];

/** Of these only what is drawn of them elsewhere, or nothing, is wanted. */
const UNDRAWN = [
  'pois',
  'poi',
  'housenumber',
  'mountain_peak',
  'aerodrome_label',
  'water_name',
  'transportation_name',
  'physical_point',
  'physical_line',
  'places',
  'place',
];

type Drawing = {
  readonly below: LayerSpecification[];
  readonly over: LayerSpecification[];
  readonly names: LayerSpecification[];
};

/** `hasStreets` = the city has streets of its own, which then carry the names. */
export function localBasemap(row: BasemapRow, hasStreets: boolean, language: string): Basemap {
  const { tiles, minZoom, maxZoom, bounds } = row;
  const reach = { tiles: [tiles], minzoom: minZoom, maxzoom: maxZoom, bounds };
  if (row.kind === 'raster') {
    return {
      sources: { [SOURCE]: { type: 'raster', ...reach, tileSize: TILE_PX } },
      below: [backdrop(), { id: 'pictures', type: 'raster', source: SOURCE, paint: { 'raster-saturation': -0.35 } }],
      over: [],
      names: [],
      credit: row.attribution,
      creditsItself: false,
      namesStreets: true,
    };
  }
  return {
    sources: { [SOURCE]: { type: 'vector', ...reach } },
    ...drawingOf(row.layers, hasStreets, language),
    credit: row.attribution,
    creditsItself: false,
    namesStreets: false,
  };
}

const backdrop = (): LayerSpecification => ({
  id: 'backdrop',
  type: 'background',
  paint: { 'background-color': LAND },
});

/** Where the file does not say what it holds, it may hold any of what is known. */
function drawingOf(layers: readonly string[], hasStreets: boolean, language: string): Drawing {
  const has = (name: string) => layers.length === 0 || layers.includes(name);
  const at = (name: string) => ({ source: SOURCE, 'source-layer': name });
  const each = (names: readonly string[], draw: (name: string) => LayerSpecification[]) =>
    names.filter(has).flatMap(draw);
  const name = NAME(language);
  const roads = ['roads', 'transportation'];
  const known = [...roads, 'earth', 'landcover', 'landuse', 'park', 'water', 'waterway', 'buildings', 'building'];
  const borders = ['boundaries', 'boundary'];
  const strange = layers.filter((layer) => ![...known, ...borders, ...UNDRAWN].includes(layer));
  return {
    below: [
      backdrop(),
      ...each(['earth'], (layer) => [fill(layer, at(layer), LAND)]),
      ...each(['landcover', 'landuse', 'park'], (layer) => [
        ...(layer === 'park' ? [] : [fill(`${layer}-built`, at(layer), BUILT, isOf(BUILT_UP))]),
        fill(`${layer}-green`, at(layer), PARK, layer === 'park' ? undefined : isOf(GREEN)),
      ]),
      ...each(['water'], (layer) => [
        fill(layer, at(layer), WATER),
        line(`${layer}-line`, at(layer), WATER, 1.5, isShape('LineString')),
      ]),
      ...each(['waterway'], (layer) => [line(layer, at(layer), WATER, 1.5)]),
      ...each(['buildings', 'building'], (layer) => [{ ...fill(layer, at(layer), BUILDING), minzoom: 14 }]),
      ...each(borders, (layer) => [
        {
          id: layer,
          type: 'line',
          ...at(layer),
          paint: { 'line-color': BORDER, 'line-width': 1, 'line-dasharray': [3, 2] },
        },
      ]),
      ...each(roads, (layer) => [
        line(`${layer}-rail`, at(layer), TRACKS, 1, isOf(['rail', 'transit'])),
        road(`${layer}-casing`, at(layer), ROAD_CASING, 1.2),
        road(layer, at(layer), ROAD, 0),
      ]),
      ...strange.map((layer) => line(layer, at(layer), UNKNOWN, 0.8, ['!', isShape('Point')])),
    ],
    // The main roads once more over coloured areas, thin, to know where one is.
    over: each(roads, (layer) => {
      const drawn = road(`${layer}-over`, at(layer), ROAD, 0);
      return [
        {
          ...drawn,
          filter: both(isRoad, ['<=', ROAD_RANK, 2]),
          paint: { ...drawn.paint, 'line-opacity': 0.55 },
        } as LayerSpecification,
      ];
    }),
    names: [
      ...(hasStreets
        ? []
        : [
            ...each(['roads'], (layer) => [roadNames(`${layer}-names`, at(layer), ROAD_RANK, name)]),
            ...each(['transportation_name'], (layer) => [roadNames(layer, at(layer), ROAD_RANK, name)]),
          ]),
      ...each(['places', 'place'], (layer) => [placeNames(layer, at(layer), name)]),
    ],
  };
}

type At = { readonly source: string; readonly 'source-layer': string };

const fill = (id: string, at: At, color: string, only?: ExpressionSpecification): LayerSpecification => ({
  id,
  type: 'fill',
  ...at,
  filter: only ? both(isShape('Polygon'), only) : isShape('Polygon'),
  paint: { 'fill-color': color, 'fill-antialias': false },
});

const line = (
  id: string,
  at: At,
  color: string,
  width: number,
  only?: ExpressionSpecification,
): LayerSpecification => ({
  id,
  type: 'line',
  ...at,
  ...(only ? { filter: only } : {}),
  paint: {
    'line-color': color,
    'line-width': ['interpolate', ['linear'], ['zoom'], 10, width * 0.5, 15, width],
  },
});

const isRoad = both(isShape('LineString'), ['!', isOf(NO_ROADS)]);

const road = (id: string, at: At, color: string, extra: number): LayerSpecification => ({
  id,
  type: 'line',
  ...at,
  filter: isRoad,
  layout: { 'line-cap': 'round', 'line-join': 'round' },
  paint: { 'line-color': color, 'line-width': roadWidth(extra, ROAD_RANK) },
});

/** Towns from afar, quarters close up; the rest where there is room. */
const placeNames = (layer: string, at: At, name: ExpressionSpecification): LayerSpecification => ({
  id: layer,
  type: 'symbol',
  ...at,
  filter: both(isShape('Point'), [
    '>=',
    ['zoom'],
    [
      'match',
      KIND,
      ['country', 'region', 'state', 'continent'],
      30,
      ['locality', 'city', 'town'],
      6,
      ['village'],
      11,
      13,
    ] as unknown as ExpressionSpecification,
  ]),
  layout: {
    'text-font': [FONT],
    'text-field': name,
    'text-size': 12,
    'text-max-width': 8,
    'text-padding': ['interpolate', ['linear'], ['zoom'], 9, 24, 13, 8],
    'symbol-sort-key': ['-', ['to-number', ['coalesce', ['get', 'population_rank'], ['get', 'population'], 0], 0]],
  },
  paint: halo,
});
