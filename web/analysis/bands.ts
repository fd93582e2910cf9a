// A surface of densities as bands on the ground: round where it is at least so dense.

import { contours } from 'd3-contour';
import type { DensityAnswer } from '../../server/analysis/contract.ts';
import { RAMP } from '../map/colors.ts';

/** Shares of the peak at which the bands begin. */
const SHARES = [0.05, 0.2, 0.4, 0.6, 0.8] as const;
const KM_PER_DEGREE = 111.32;

export type Band = { readonly from: number; readonly color: string; readonly km2: number };

/** Per km², rising; with how much of the ground is at least so dense. */
export function bandsOf({ grid, density, peak }: DensityAnswer): readonly Band[] {
  if (!grid || peak <= 0) return [];
  const middle = grid.south + (grid.rows * grid.cellHeight) / 2;
  const cellKm2 = grid.cellWidth * KM_PER_DEGREE * Math.cos((middle * Math.PI) / 180) * grid.cellHeight * KM_PER_DEGREE;
  return SHARES.map((share, i) => {
    const from = share * peak;
    return { from, color: RAMP[i]!, km2: density.filter((each) => each >= from).length * cellKm2 };
  });
}

/** The denser lies over the less dense. */
export function bandFeatures(answer: DensityAnswer, bands: readonly Band[]): GeoJSON.FeatureCollection {
  const { grid } = answer;
  if (!grid) return { type: 'FeatureCollection', features: [] };
  const lines = contours().size([grid.columns, grid.rows]);
  const values = [...answer.density];
  return {
    type: 'FeatureCollection',
    features: bands.map(({ from, color }) => ({
      type: 'Feature',
      properties: { color, from },
      geometry: {
        type: 'MultiPolygon',
        coordinates: lines
          .contour(values, from)
          .coordinates.map((rings) =>
            rings.map((ring) =>
              ring.map(([x, y]) => [grid.west + x! * grid.cellWidth, grid.south + y! * grid.cellHeight]),
            ),
          ),
      },
    })),
  };
}
