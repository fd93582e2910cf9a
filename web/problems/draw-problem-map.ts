// Draws the places of problems and measures, or of an evaluation, over the ground; its drawing comes in its own chunk.

import 'maplibre-gl/dist/maplibre-gl.css';
import { type GeoJSONSource, Map as GLMap, type LayerSpecification, LngLatBounds, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { type PreviewGround, previewStyle } from '../map/preview-ground.ts';
import { askAgainForTiles } from '../map/retry.ts';

export { fetchGround } from '../map/ground.ts';

setWorkerUrl(workerUrl);

/** Places of the present version of a layer, by their numbers. */
export type MarkedPlaces = {
  readonly layer: string;
  readonly treated: readonly string[];
  readonly controls: readonly string[];
  readonly ring: readonly string[];
};
export type DrawnProblemMap = {
  show(shapes: GeoJSON.FeatureCollection | null): void;
  /** Others of the same layer are marked from now on. */
  mark(places: Omit<MarkedPlaces, 'layer'>): void;
  remove(): void;
};
type Wanted = {
  readonly bounds: readonly [number, number, number, number] | null;
  readonly marked: (MarkedPlaces & { readonly tiles: string; readonly isStreets: boolean }) | null;
  readonly onProblem: (problem: number) => void;
  /** Null = places are not to be clicked. */
  readonly onPlace: ((id: string) => void) | null;
};

const INK = '#1b2530';
/** As the keys of the figures have them. */
const COLOURS = { ring: '#f58b2e', controls: '#0b5c7a', treated: '#741327' } as const;
const NOTHING: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

export function drawProblemMap(
  container: HTMLElement,
  ground: PreviewGround,
  { bounds, marked, onProblem, onPlace }: Wanted,
  locale: Readonly<Record<string, string>>,
  onDrawn: () => void,
): DrawnProblemMap {
  const style = previewStyle(
    ground,
    {
      sources: {
        problems: { type: 'geojson', data: NOTHING },
        ...(marked && { marked: { type: 'vector', url: marked.tiles } }),
      },
      layers: marked ? [...(onPlace ? [touched(marked)] : []), ...markedLayers(marked)] : PROBLEM_LAYERS,
      names: [],
    },
    (path) => new URL(path, location.href).href,
  );
  const map = new GLMap({
    ...{ container, style, attributionControl: false, dragRotate: false, pitchWithRotate: false, maxPitch: 0 },
    ...(bounds ? { bounds: [...bounds] as [number, number, number, number], fitBoundsOptions: { padding: 16 } } : {}),
    ...{ minZoom: 6, maxZoom: 18, locale, cooperativeGestures: true },
  });
  map.touchZoomRotate.disableRotation();
  map.once('idle', () => {
    if (marked) fitTo(map, marked);
    onDrawn();
  });
  const stopAsking = askAgainForTiles(map);
  const stopPrinting = copyForPaper(map, container);
  const drawn = PROBLEM_LAYERS.map(({ id }) => id);
  const placeAt = ({ x, y }: { readonly x: number; readonly y: number }) =>
    map.isStyleLoaded() || map.loaded() ? map.queryRenderedFeatures([x, y], { layers: [TOUCHED] })[0]?.id : undefined;
  if (marked && onPlace) {
    map.on('click', ({ point }) => {
      const id = placeAt(point);
      if (id !== undefined) onPlace(String(id));
    });
    map.on('mousemove', ({ point }) => {
      map.getCanvas().style.cursor = placeAt(point) === undefined ? '' : 'pointer';
    });
  }
  if (!marked) {
    map.on('click', ({ point }) => {
      const [found] = map.queryRenderedFeatures([point.x, point.y], { layers: drawn });
      if (found) onProblem(Number(found.properties.problem));
    });
    map.on('mousemove', ({ point }) => {
      const isOver = map.isStyleLoaded() && map.queryRenderedFeatures([point.x, point.y], { layers: drawn }).length > 0;
      map.getCanvas().style.cursor = isOver ? 'pointer' : '';
    });
  }
  return {
    show: (shapes) => {
      const draw = () => void map.getSource<GeoJSONSource>('problems')?.setData(shapes ?? NOTHING);
      if (map.isStyleLoaded()) draw();
      else map.once('load', draw);
    },
    mark: (places) => {
      const draw = () => {
        for (const which of Object.keys(COLOURS) as (keyof typeof COLOURS)[])
          for (const layer of [`marked-${which}`, `marked-${which}-edge`])
            if (map.getLayer(layer)) map.setFilter(layer, isOneOf(places[which]));
      };
      if (map.isStyleLoaded()) draw();
      else map.once('load', draw);
    },
    remove: () => {
      stopAsking();
      stopPrinting();
      map.remove();
    },
  };
}

/** A few places of a large city would be specks in it: as near as shows them all. */
function fitTo(map: GLMap, { isStreets, treated, controls, ring }: MarkedPlaces & { readonly isStreets: boolean }) {
  const wanted = new Set([...treated, ...controls, ...ring].map(Number));
  const around = new LngLatBounds();
  for (const { id, geometry } of map.querySourceFeatures('marked', { sourceLayer: isStreets ? 'streets' : 'areas' }))
    if (wanted.has(Number(id)) && 'coordinates' in geometry)
      for (const [lon, lat] of pairs(geometry.coordinates)) around.extend([lon, lat]);
  if (!around.isEmpty()) map.fitBounds(around, { padding: 40, maxZoom: 16, duration: 0 });
}

function* pairs(coordinates: unknown): Generator<readonly [number, number]> {
  if (!Array.isArray(coordinates)) return;
  if (typeof coordinates[0] === 'number') yield [coordinates[0], Number(coordinates[1])];
  else for (const part of coordinates) yield* pairs(part);
}

/** On paper a drawing of the graphics card is white, and drawn anew too late: a copy as it stood goes there. */
function copyForPaper(map: GLMap, container: HTMLElement): () => void {
  const paper = document.createElement('canvas');
  paper.className = 'map-on-paper print-only';
  container.append(paper);
  const copy = () => {
    map.redraw();
    const drawn = map.getCanvas();
    [paper.width, paper.height] = [drawn.width, drawn.height];
    paper.getContext('2d')?.drawImage(drawn, 0, 0);
  };
  addEventListener('beforeprint', copy);
  return () => {
    removeEventListener('beforeprint', copy);
    paper.remove();
  };
}

const PROBLEM_LAYERS: LayerSpecification[] = [
  {
    id: 'problem-fill',
    type: 'fill',
    source: 'problems',
    filter: ['==', ['geometry-type'], 'Polygon'],
    paint: { 'fill-color': COLOURS.controls, 'fill-opacity': ['case', ['==', ['get', 'state'], 'closed'], 0.1, 0.35] },
  },
  {
    id: 'problem-line',
    type: 'line',
    source: 'problems',
    layout: { 'line-cap': 'round' },
    paint: {
      'line-color': ['case', ['==', ['get', 'measure'], null], INK, COLOURS.treated],
      'line-width': ['case', ['==', ['geometry-type'], 'LineString'], 5, 2],
    },
  },
];

const isOneOf = (ids: readonly string[]) => ['in', ['id'], ['literal', ids.map(Number)]] as never;

const TOUCHED = 'touched';
/** Every place of the layer, thin as it is drawn; a finger finds more than what is seen of a street. */
const touched = ({ isStreets }: { readonly isStreets: boolean }): LayerSpecification => ({
  ...{ id: TOUCHED, source: 'marked', 'source-layer': isStreets ? 'streets' : 'areas' },
  ...(isStreets
    ? { type: 'line' as const, paint: { 'line-color': INK, 'line-width': 12, 'line-opacity': 0.02 } }
    : { type: 'fill' as const, paint: { 'fill-color': INK, 'fill-opacity': 0.02, 'fill-outline-color': INK } }),
});

function markedLayers({ isStreets, ...places }: NonNullable<Wanted['marked']>): LayerSpecification[] {
  const of = (which: keyof typeof COLOURS) => ({
    ...{ source: 'marked', 'source-layer': isStreets ? 'streets' : 'areas' },
    filter: isOneOf(places[which]),
  });
  return (Object.keys(COLOURS) as (keyof typeof COLOURS)[]).flatMap((which): LayerSpecification[] =>
    isStreets
      ? [
          {
            ...{ id: `marked-${which}`, type: 'line', ...of(which), layout: { 'line-cap': 'round' } },
            paint: { 'line-color': COLOURS[which], 'line-width': which === 'ring' ? 2.5 : 6 },
          },
        ]
      : [
          {
            ...{ id: `marked-${which}`, type: 'fill', ...of(which) },
            paint: { 'fill-color': COLOURS[which], 'fill-opacity': which === 'treated' ? 0.75 : 0.4 },
          },
          {
            ...{ id: `marked-${which}-edge`, type: 'line', ...of(which) },
            paint: { 'line-color': COLOURS[which], 'line-width': 1.5 },
          },
        ],
  );
}
