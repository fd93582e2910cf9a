// Hot hexagons of H3 (Brodsky 2018, h3geo.org), whose names other programs know: which of them belong to the city, what lies
// in each, and which are neighbours. The library is loaded by the first question for them. Runs in the worker.

import { createRequire } from 'node:module';
import { type Weights, weightsOf } from '../statistics/weights.ts';
import type { DegreeGrid } from './contract.ts';

type H3 = typeof import('h3-js');
let loaded: H3 | null = null;
const h3 = (): H3 => {
  loaded ??= createRequire(import.meta.url)('h3-js') as H3;
  return loaded;
};

export type HexagonQuestion = {
  readonly resolution: number;
  /** Squares of the city, finer than a hexagon: 0 = outside. Null: every hexagon with an incident, and those around it. */
  readonly city: { readonly grid: DegreeGrid; readonly cells: Int32Array } | null;
  readonly fine: { readonly grid: DegreeGrid; readonly cells: Uint32Array; readonly counts: Uint32Array };
};
export type HexagonGround = {
  readonly ids: readonly string[];
  /** Corners, lon and lat in turn, the first not repeated. */
  readonly rings: readonly (readonly number[])[];
  readonly counts: Float64Array;
  readonly weights: Weights;
  /** In no hexagon that is compared. */
  readonly elsewhere: number;
};

export function hexagonsOf({ resolution, city, fine }: HexagonQuestion): HexagonGround {
  const { latLngToCell, gridDisk, cellToBoundary } = h3();
  const hexagonAt = ({ west, south, cellWidth, cellHeight, columns }: DegreeGrid, cell: number) =>
    latLngToCell(
      south + (Math.floor(cell / columns) + 0.5) * cellHeight,
      west + ((cell % columns) + 0.5) * cellWidth,
      resolution,
    );
  const counted = new Map<string, number>();
  for (let i = 0; i < fine.cells.length; i++) {
    const id = hexagonAt(fine.grid, fine.cells[i]!);
    counted.set(id, (counted.get(id) ?? 0) + fine.counts[i]!);
  }
  const known = new Set<string>();
  if (city) {
    for (let cell = 0; cell < city.cells.length; cell++)
      if (city.cells[cell]! > 0) known.add(hexagonAt(city.grid, cell));
  } else for (const id of counted.keys()) for (const near of gridDisk(id, 1)) known.add(near);
  const ids = [...known].sort();
  const number = new Map(ids.map((id, i) => [id, i]));
  const pairs = function* (): Generator<[number, number]> {
    for (const [i, id] of ids.entries())
      for (const near of gridDisk(id, 1)) {
        const other = number.get(near);
        if (other !== undefined && other !== i) yield [i, other];
      }
  };
  const counts = Float64Array.from(ids, (id) => counted.get(id) ?? 0);
  const all = [...counted.values()].reduce((sum, count) => sum + count, 0);
  return {
    ids,
    rings: ids.map((id) => cellToBoundary(id, true).slice(0, -1).flat().map(rounded)),
    ...{ counts, weights: weightsOf(ids.length, pairs()) },
    elsewhere: all - counts.reduce((sum, count) => sum + count, 0),
  };
}

const rounded = (degrees: number) => Math.round(degrees * 1e6) / 1e6;
