// From the database's records to a Mapbox vector tile: rounding to tile units and keeping rings as the format wants them.

import { fromGeojsonVt } from '@maplibre/vt-pbf';
import { type CoordinateRun, readWkb, type WkbShape } from '../geometry/read-wkb.ts';
import { EXTENT, type Tile, tileSquare } from './square.ts';

export type EncodeInput = {
  readonly tile: Tile;
  readonly sourceLayers: readonly { readonly name: string; readonly records: Uint8Array | null }[];
};

type Point = [x: number, y: number];
type Feature = {
  id: number;
  tags: Record<string, string | number>;
} & ({ type: 1; geometry: Point[] } | { type: 2 | 3; geometry: Point[][] });

/** The bytes of the tile; none when nothing is left to draw in it. */
export function encodeTile({ tile, sourceLayers }: EncodeInput): Uint8Array {
  const layers: Record<string, { features: Feature[] }> = {};
  for (const { name, records } of sourceLayers) {
    const features = records ? [...readRecords(records, tile)] : [];
    if (features.length > 0) layers[name] = { features };
  }
  if (Object.keys(layers).length === 0) return new Uint8Array();
  return fromGeojsonVt(layers as Parameters<typeof fromGeojsonVt>[0], { version: 2, extent: EXTENT });
}

const text = new TextDecoder();

/** Records are: id, length and bytes of the properties as JSON, length and bytes of the geometry in Web Mercator. */
function* readRecords(records: Uint8Array, tile: Tile): Generator<Feature> {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  let at = 0;
  const take = (): Uint8Array => {
    const from = at + 4;
    at = from + view.getInt32(at);
    return records.subarray(from, at);
  };
  while (at < records.length) {
    const id = view.getInt32(at);
    at += 4;
    const tags: Record<string, string | number> = JSON.parse(text.decode(take()));
    const drawn = draw(readWkb(take()), tile);
    if (drawn) yield { id, tags, ...drawn };
  }
}

type Drawn = { type: 1; geometry: Point[] } | { type: 2 | 3; geometry: Point[][] } | null;

function draw(shape: WkbShape, tile: Tile): Drawn {
  const { west, north, side } = tileSquare(tile);
  const perM = EXTENT / side;
  const round = (run: CoordinateRun): Point[] => {
    const points: Point[] = [];
    for (let i = 0; i < run.length; i += 2) {
      const x = Math.round((run[i]! - west) * perM);
      const y = Math.round((north - run[i + 1]!) * perM);
      const last = points.at(-1);
      if (!last || last[0] !== x || last[1] !== y) points.push([x, y]);
    }
    return points;
  };
  if (shape.kind === 'points') return someOf(1, shape.runs.flatMap(round));
  if (shape.kind === 'lines') {
    return someOf(
      2,
      shape.runs.map(round).filter((line) => line.length > 1),
    );
  }
  return someOf(
    3,
    shape.polygons.flatMap((rings) => roundPolygon(rings, round)),
  );
}

function someOf<T extends 1 | 2 | 3, G>(type: T, geometry: G[]) {
  return geometry.length > 0 ? ({ type, geometry } as Drawn) : null;
}

/**
 * Rings after rounding. One that rounding has emptied or turned over is dropped, with its holes when it is the outer
 * one. Outer rings run so that the surveyor's formula is positive in tile units, holes the other way (MVT 2.1, 4.3.4.4).
 */
function roundPolygon(rings: readonly CoordinateRun[], round: (run: CoordinateRun) => Point[]): Point[][] {
  const kept: Point[][] = [];
  for (const [i, ring] of rings.entries()) {
    const points = round(ring);
    const area = doubleArea(points);
    // Tile y points down, so a ring that kept its turn has changed its sign.
    const turned = Math.sign(area) !== -Math.sign(runArea(ring));
    if (points.length < 4 || area === 0 || turned) {
      if (i === 0) return [];
      continue;
    }
    kept.push(area > 0 === (i === 0) ? points : points.reverse());
  }
  return kept;
}

function doubleArea(points: readonly Point[]): number {
  let sum = 0;
  for (let i = 0; i + 1 < points.length; i++) {
    sum += points[i]![0] * points[i + 1]![1] - points[i + 1]![0] * points[i]![1];
  }
  return sum;
}

function runArea(run: CoordinateRun): number {
  // From the first corner: Web Mercator metres are large, and their products would swallow a small ring.
  const [x, y] = [run[0]!, run[1]!];
  let sum = 0;
  for (let i = 0; i + 3 < run.length; i += 2) {
    sum += (run[i]! - x) * (run[i + 3]! - y) - (run[i + 2]! - x) * (run[i + 1]! - y);
  }
  return sum;
}
