// The limits of cities as outlines of a drawing: north up, widths true at the middle of what is drawn.

import type { RegionLimits } from '../../server/counts/contract.ts';

type Position = readonly [number, number];
type Ring = readonly Position[];

export type Outline = { readonly code: string; readonly path: string };
export type Drawing = { readonly width: number; readonly height: number; readonly outlines: readonly Outline[] };

const WIDTH = 1000;
const MARGIN = 12;

/** Null where no limit is known. Heights follow from the shape of what is drawn. */
export function drawLimits({ limits }: RegionLimits): Drawing | null {
  const shapes = limits.map(({ code, geometry }) => ({ code, rings: ringsOf(geometry) }));
  const corners = shapes.flatMap(({ rings }) => rings.flat());
  if (corners.length === 0) return null;
  const box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };
  for (const [lon, lat] of corners) {
    box.west = Math.min(box.west, lon);
    box.east = Math.max(box.east, lon);
    box.south = Math.min(box.south, lat);
    box.north = Math.max(box.north, lat);
  }
  const shrink = Math.cos((((box.south + box.north) / 2) * Math.PI) / 180);
  const span = Math.max((box.east - box.west) * shrink, 1e-6);
  const scale = (WIDTH - 2 * MARGIN) / span;
  const height = Math.min(Math.max((box.north - box.south) * scale, 1), 2 * WIDTH) + 2 * MARGIN;
  const text = ([lon, lat]: Position) =>
    `${(MARGIN + (lon - box.west) * shrink * scale).toFixed(1)},${(MARGIN + (box.north - lat) * scale).toFixed(1)}`;
  const path = (rings: readonly Ring[]) => rings.map((ring) => `M${ring.map(text).join('L')}Z`).join('');
  return { width: WIDTH, height, outlines: shapes.map(({ code, rings }) => ({ code, path: path(rings) })) };
}

function ringsOf(geometry: object | null): Ring[] {
  const { type, coordinates } = (geometry ?? {}) as { readonly type?: string; readonly coordinates?: unknown };
  if (type === 'Polygon') return coordinates as Ring[];
  if (type === 'MultiPolygon') return (coordinates as Ring[][]).flat();
  return [];
}
