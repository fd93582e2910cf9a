// The places incidents are put in, packed to be handed to a worker, and the indexes built from them there.

import { type MetricSystem, projection } from '../geometry/projection.ts';
import { readWkb } from '../geometry/read-wkb.ts';
import { type AreaIndex, areaIndex, type IndexedArea } from './area-index.ts';
import { placementRows, unpackPoints, WITH_POINT } from './placement-codec.ts';
import { type IndexedSegment, type SegmentIndex, segmentIndex } from './segment-index.ts';

/** One version of a layer incidents are placed on. */
export type LayerVersion = {
  readonly layerId: number;
  readonly version: number;
  /** Code of the layer. */
  readonly layer: string;
  readonly type: 'areas' | 'streets';
};

/** Well-known binaries one after another: place i ends before byte `ends[i]` and begins where the one before ends. */
export type PackedPlaces = {
  readonly placeIds: Int32Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly wkb: Uint8Array<ArrayBuffer>;
};

/** All a worker needs to build its indexes. */
export type Ground = {
  readonly metric: MetricSystem;
  readonly limit: PackedPlaces | null;
  readonly layers: { readonly type: LayerVersion['type']; readonly places: PackedPlaces }[];
};
export type PlaceRequest = { readonly lon: Float64Array<ArrayBuffer>; readonly lat: Float64Array<ArrayBuffer> };
/** Incidents firstId, firstId + 1, … as placement-codec.ts unpacks them, for the rows of `placement` under a key. */
export type CopiedRequest = {
  readonly copied: Uint8Array<ArrayBuffer>;
  readonly key: readonly number[];
  readonly firstId: number;
};
/** Rows for COPY, and the incidents that count today: in a place, by point or words, and with a point but in none. */
export type CopiedAnswer = {
  readonly rows: Uint8Array<ArrayBuffer>;
  readonly placed: number;
  readonly outside: number;
};
/** What the thread that places is told. It can hold several grounds, told apart by id. */
export type ToPlacing = { readonly id: number } & (
  | { readonly ground: Ground }
  | PlaceRequest
  | CopiedRequest
  | { readonly over: true }
);
export type PlaceIndex = AreaIndex | SegmentIndex;

export function buildIndexes({ metric, limit, layers }: Ground): PlaceIndex[] {
  const within = limit && areaIndex(unpackAreas(limit));
  const project = projection(metric);
  return layers.map(({ type, places }) =>
    type === 'areas'
      ? areaIndex(unpackAreas(places))
      : segmentIndex(unpackSegments(places), { project, limit: within }),
  );
}

/** place_ids per index, for points in degrees. */
export function placeChunk(indexes: readonly PlaceIndex[], lon: Float64Array, lat: Float64Array) {
  return indexes.map((index) => {
    const placeIds = new Int32Array(lon.length);
    for (let i = 0; i < lon.length; i++) placeIds[i] = index.find(lon[i]!, lat[i]!);
    return placeIds;
  });
}

/** Places incidents on the first of the indexes. */
export function placeCopied(indexes: readonly PlaceIndex[], { copied, key, firstId }: CopiedRequest): CopiedAnswer {
  const { lon, lat, named, counts } = unpackPoints(copied);
  const [placeIds] = placeChunk(indexes.slice(0, 1), lon, lat) as [Int32Array];
  let [placed, outside] = [0, 0];
  for (let i = 0; i < placeIds.length; i++) {
    placeIds[i] ||= named[i]!;
    if (!counts[i]) continue;
    if (placeIds[i]) placed += 1;
    else if (counts[i] === WITH_POINT) outside += 1;
  }
  return { rows: new Uint8Array(Buffer.concat([...placementRows(key, firstId, placeIds)])), placed, outside };
}

function* unpackAreas(packed: PackedPlaces): Generator<IndexedArea> {
  for (const { placeId, shape } of unpack(packed)) {
    if (shape.kind === 'polygons') yield { placeId, polygons: shape.polygons };
  }
}

function* unpackSegments(packed: PackedPlaces): Generator<IndexedSegment> {
  for (const { placeId, shape } of unpack(packed)) {
    if (shape.kind === 'lines') for (const line of shape.runs) yield { placeId, line };
  }
}

function* unpack({ placeIds, ends, wkb }: PackedPlaces) {
  for (let i = 0, from = 0; i < placeIds.length; from = ends[i]!, i++) {
    yield { placeId: placeIds[i]!, shape: readWkb(wkb.subarray(from, ends[i])) };
  }
}
