// What the map names and draws by itself: larger areas from afar, wide roads first, and each name inside what it names.

import type { LayerSpecification } from 'maplibre-gl';
import { expect, test } from 'vitest';
import type { BasemapRow } from '../../server/basemap/contract.ts';
import type { LayerRow } from '../../server/layers/contract.ts';
import { overBasemap } from '../../web/map/basemap.ts';
import { localBasemap } from '../../web/map/basemap-style.ts';
import { namedPoints } from '../../web/map/named-points.ts';
import { previewStyle } from '../../web/map/preview-ground.ts';
import { buildStyle } from '../../web/map/style.ts';
import { cutsAreasOf } from '../../web/store/answers.ts';
import { hasNamesake } from '../../web/store/namesakes.ts';
import { largerThan } from '../../web/store/reference.ts';

const BOX = [-99.2, 19.3, -99, 19.5] as const;
const layer = (code: string, type: LayerRow['type'], features: number, bounds: LayerRow['bounds'] = BOX): LayerRow => ({
  ...{ layer: code, title: code, type, version: 1, features, bounds, hasPopulation: false },
  tiles: `/tiles/${code}.json`,
});
const colonias = layer('colonias', 'areas', 1800);
const alcaldias = layer('alcaldias', 'areas', 16);
const streets = layer('streets', 'streets', 9000);
const square = (west: number, south: number, side: number) => [
  [west, south],
  [west + side, south],
  [west + side, south + side],
  [west, south + side],
  [west, south],
];
const LIMIT: GeoJSON.Geometry = { type: 'Polygon', coordinates: [square(-99.2, 19.3, 0.2)] };
const same = (path: string) => path;
const idsOf = (layers: readonly LayerSpecification[]) => layers.map(({ id }) => id);

test('areas of few lead from afar where they hold those looked at, and only there', () => {
  const quadrants = layer('cuadrantes', 'areas', 847);
  const boroughs = layer('regiones', 'areas', 5);
  expect(largerThan(colonias, [colonias, quadrants, boroughs, alcaldias])).toBe(alcaldias);
  expect(largerThan(colonias, [colonias, quadrants])).toBeNull();
  // Few enough themselves; or of one corner of the city; or as many as those looked at.
  expect(largerThan(layer('sectores', 'areas', 30), [alcaldias])).toBeNull();
  expect(largerThan(colonias, [layer('centro', 'areas', 9, [-99.2, 19.3, -99.15, 19.35])])).toBeNull();
  expect(largerThan(layer('barrios', 'areas', 45), [layer('zonas', 'areas', 39)])).toBeNull();
  expect(largerThan(null, [alcaldias])).toBeNull();
});

test('a city without streets is drawn: its limit, its land, its larger areas by line and name', () => {
  const ids = idsOf(buildStyle([colonias, alcaldias], new Map(), same, LIMIT, alcaldias).layers);
  const order = [
    'beyond',
    'limit-fill',
    'limit-outside',
    'outline-alcaldias',
    'limit-line',
    'label-colonias',
    'larger-alcaldias',
  ];
  expect(ids.filter((id) => order.includes(id))).toEqual(order);
  expect(ids.some((id) => id.includes('street'))).toBe(false);
});

test('the names of wide roads come before those of streets', () => {
  const names = buildStyle([streets], new Map(), same).layers.find(({ id }) => id === 'label-streets')!;
  expect(names).toMatchObject({ minzoom: 12 });
  const { filter } = names as unknown as { filter: unknown[] };
  // From zoom 12 classes 1 and 2, from 13 class 3, from 14 all.
  expect(filter[2]).toEqual(['match', ['to-number', ['get', 'class'], 4], 1, 12, 2, 12, 3, 13, 14]);
});

const row: BasemapRow = {
  ...{ name: 'ciudad', title: 'Ciudad', kind: 'vector', tiles: '/basemaps/x/{z}/{x}/{y}.mvt', minZoom: 0, maxZoom: 14 },
  ...{ bounds: [...BOX] as BasemapRow['bounds'], attribution: '© X', layers: ['water', 'roads', 'places', 'curvas'] },
};

test('a basemap lies under everything, its names under ours, and our ground is still there for the pointer', () => {
  const ours = buildStyle([colonias, streets], new Map(), same, LIMIT);
  const { layers, sources } = overBasemap(ours, localBasemap(row, true, 'es'), true);
  const ids = idsOf(layers);
  expect(ids.indexOf('basemap:water')).toBeLessThan(ids.indexOf('beyond'));
  expect(ids.indexOf('basemap:roads-over')).toBeGreaterThan(ids.indexOf('fill-colonias'));
  expect(ids.indexOf('basemap:roads-over')).toBeLessThan(ids.indexOf('outline-colonias'));
  expect(ids.indexOf('basemap:places')).toBeLessThan(ids.indexOf('label-streets'));
  expect(ids.indexOf('basemap:places')).toBeGreaterThan(ids.indexOf('street-data'));
  expect(layers.find(({ id }) => id === 'land-colonias')).toMatchObject({ paint: { 'fill-opacity': 0 } });
  expect(layers.find(({ id }) => id === 'label-streets')).not.toMatchObject({ paint: { 'text-opacity': 0 } });
  expect(Object.keys(sources)).toContain('basemap:tiles');
  const unseen = overBasemap(ours, localBasemap(row, true, 'es'), false).layers;
  expect(unseen.find(({ id }) => id === 'basemap:water')).toMatchObject({ layout: { visibility: 'none' } });
  expect(unseen.find(({ id }) => id === 'land-colonias')).not.toMatchObject({ paint: { 'fill-opacity': 0 } });
});

test('a layer of no known name is drawn as thin lines; of a file that names none, what is known is tried', () => {
  const drawn = localBasemap(row, true, 'es');
  expect(drawn.below.find(({ id }) => id === 'curvas')).toMatchObject({ type: 'line', 'source-layer': 'curvas' });
  expect(idsOf(drawn.names)).toEqual(['places']);
  expect(idsOf(localBasemap(row, false, 'es').names)).toEqual(['roads-names', 'places']);
  const ids = idsOf(localBasemap({ ...row, layers: [] }, true, 'es').below);
  for (const id of ['water', 'roads', 'transportation', 'landuse-green', 'building', 'buildings'])
    expect(ids).toContain(id);
  const pictures = localBasemap({ ...row, kind: 'raster', layers: [] }, true, 'es');
  expect(idsOf(pictures.below)).toEqual(['backdrop', 'pictures']);
});

test('a small map has the limit and names under and over what it shows', () => {
  const ground = {
    limit: LIMIT,
    basemap: null,
    isBasemapSeen: true,
    land: colonias,
    named: colonias,
    larger: alcaldias,
  };
  const own = { sources: {}, layers: [{ id: 'own', type: 'background' as const }], names: [] };
  const { layers, sources } = previewStyle({ ...ground, layers: [colonias, alcaldias, streets] }, own, same);
  const ids = idsOf(layers);
  for (const id of ['limit-fill', 'limit-line', 'land-colonias', 'outline-alcaldias', 'street-base'])
    expect(ids.indexOf(id), id).toBeLessThan(ids.indexOf('own'));
  for (const id of ['label-colonias', 'larger-alcaldias', 'label-streets'])
    expect(ids.indexOf(id), id).toBeGreaterThan(ids.indexOf('own'));
  expect(ids.some((id) => /^(fill|select|marker)-/.test(id))).toBe(false);
  expect(Object.keys(sources)).toContain('limit');
  // A city of which nothing is known has its ground all the same.
  const none = previewStyle(
    { limit: null, basemap: null, isBasemapSeen: true, layers: [], land: null, named: null, larger: null },
    own,
    same,
  );
  expect(idsOf(none.layers)).toContain('beyond');
});

test('a name stands inside its area, also of one that bends, the larger first', () => {
  // A horseshoe open to the east, its middle is not in it.
  const horseshoe = [
    [0, 0],
    [4, 0],
    [4, 1],
    [1, 1],
    [1, 3],
    [4, 3],
    [4, 4],
    [0, 4],
    [0, 0],
  ];
  const of = (name: string | undefined, type: string, coordinates: unknown) => ({
    type: 'Feature',
    properties: { name },
    geometry: { type, coordinates },
  });
  const { features } = namedPoints([
    of('chica', 'Polygon', [square(10, 10, 1)]),
    of('herradura', 'Polygon', [horseshoe]),
    of('dos', 'MultiPolygon', [[square(20, 0, 1)], [square(30, 0, 3)]]),
    of(undefined, 'Polygon', [square(0, 0, 1)]),
    of('calle', 'LineString', square(0, 0, 1)),
    { type: 'Feature', properties: null, geometry: null },
  ]);
  expect(features.map(({ properties, geometry }) => [properties.name, geometry])).toEqual([
    ['herradura', { type: 'Point', coordinates: [0.5, 2] }],
    ['dos', { type: 'Point', coordinates: [31.5, 1.5] }],
    ['chica', { type: 'Point', coordinates: [10.5, 10.5] }],
  ]);
});

test('places of a layer that are called the same are known to be, others are not', () => {
  const joya = { id: '1', code: '12-072', name: 'LA JOYA' };
  const other = { id: '2', code: '10-103', name: 'LA JOYA' };
  const centro = { id: '3', code: '15-001', name: 'CENTRO I' };
  const nameless = { id: '4', code: '15-002', name: '' };
  const rows = new Map(
    [joya, other, centro, nameless, { ...nameless, id: '5', code: '15-003' }].map((row) => [row.id, row]),
  );
  expect([joya, other, centro, nameless].map((row) => hasNamesake(rows, row))).toEqual([true, true, false, false]);
});

test('a filter for a place of another layer, or for a shape, may run through areas; for one of the layer it does not', () => {
  const place = (of: string) => ({ type: 'place' as const, layer: of, version: null, place: { code: 'S01' } });
  const ring = [
    [0, 0],
    [1, 0],
    [1, 1],
  ] as const;
  expect(cutsAreasOf({ within: place('sectores') }, 'colonias')).toBe(true);
  expect(cutsAreasOf({ within: { type: 'polygon', ring } }, 'colonias')).toBe(true);
  expect(cutsAreasOf({ within: place('colonias') }, 'colonias')).toBe(false);
  expect(cutsAreasOf({ within: null }, 'colonias')).toBe(false);
});
