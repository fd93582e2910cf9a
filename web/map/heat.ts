// Heat of the same ground size at every zoom.

import type { ExpressionSpecification } from 'maplibre-gl';
import type { HeatAnswer, SourceRow } from '../../server/stats/contract.ts';

const LEAST_RADIUS_M = 300;
const EQUATOR_M = 40_075_016.686;
const TILE_PX = 512;
const MIN_ZOOM = 0;
const MAX_ZOOM = 24;
/** Share of the densest cell at which the ramp is full, so that one corner does not wash out the rest. */
const FULL_AT = 0.55;

/** 300 m, or twice the accuracy of the least exact source. */
export function heatRadiusM(sources: readonly SourceRow[]): number {
  return Math.max(LEAST_RADIUS_M, ...sources.map((source) => 2 * (source.accuracyM ?? 0)));
}

/** Pixels that cover a distance on the ground at a zoom and latitude (Web Mercator, 512 px tiles). */
export function pixelsOf(distanceM: number, zoom: number, lat: number): number {
  const metresPerPixel = (EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / (TILE_PX * 2 ** zoom);
  return distanceM / metresPerPixel;
}

/** heatmap-radius that is a distance on the ground: doubling per zoom, which base 2 interpolates exactly. */
export function radiusExpression(distanceM: number, lat: number): ExpressionSpecification {
  const at = (zoom: number) => pixelsOf(distanceM, zoom, lat);
  return ['interpolate', ['exponential', 2], ['zoom'], MIN_ZOOM, at(MIN_ZOOM), MAX_ZOOM, at(MAX_ZOOM)];
}

/** Gaussian kernel as MapLibre draws it: standard deviation a third of the radius, peak 1/√(2π). */
const kernel = (share: number) => 0.3989 * Math.exp(-0.5 * (3 * share) ** 2);

/**
 * heatmap-intensity at which the densest spot reaches the top of the ramp. The kernel depends on ground distance
 * alone, so one figure holds for every zoom.
 */
export function heatIntensity(answer: HeatAnswer, radiusM: number, lat: number): number {
  const lonM = (EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / 360;
  const latM = EQUATOR_M / 360;
  const cells = new Map<string, [number, number, number][]>();
  const cellOf = (x: number, y: number) => `${Math.floor(x / radiusM)},${Math.floor(y / radiusM)}`;
  for (const [lon, latitude, weight] of answer.points) {
    const point: [number, number, number] = [lon * lonM, latitude * latM, weight];
    const key = cellOf(point[0], point[1]);
    const cell = cells.get(key);
    if (cell) cell.push(point);
    else cells.set(key, [point]);
  }
  let densest = 0;
  for (const points of cells.values()) {
    // The densest spot lies by the heaviest point of some cell; others need not be tried.
    const [x, y] = points.reduce((a, b) => (b[2] > a[2] ? b : a));
    let density = 0;
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (const [px, py, weight] of cells.get(cellOf(x + dx * radiusM, y + dy * radiusM)) ?? []) {
          const share = Math.hypot(px - x, py - y) / radiusM;
          if (share < 1) density += weight * kernel(share);
        }
      }
    }
    densest = Math.max(densest, density);
  }
  return densest > 0 ? 1 / (densest * FULL_AT) : 1;
}

export function heatFeatures(answer: HeatAnswer): GeoJSON.FeatureCollection<GeoJSON.Point> {
  return {
    type: 'FeatureCollection',
    features: answer.points.map(([lon, lat, weight]) => ({
      type: 'Feature',
      properties: { weight },
      geometry: { type: 'Point', coordinates: [lon, lat] },
    })),
  };
}
