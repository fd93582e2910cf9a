// Points apart from all others, where nobody has said yet where the city is: what would be far from it, or lack a sign.

import { degreeCell, mainCells } from '../geometry/whereabouts.ts';
import type { Note } from '../text/contract.ts';
import type { PointNote } from './read-point.ts';

const SIGNS = [
  [-1, 1],
  [1, -1],
  [-1, -1],
] as const;

export type Strays = {
  add(lon: number, lat: number): void;
  notes(): Note[];
};

export function watchStrays(): Strays {
  const cells = new Map<number, { count: number; readonly lon: number; readonly lat: number }>();
  return {
    add(lon, lat) {
      const cell = degreeCell(lon, lat);
      const known = cells.get(cell);
      if (known) known.count++;
      else cells.set(cell, { count: 1, lon, lat });
    },
    notes() {
      const main = mainCells(new Map([...cells].map(([cell, { count }]) => [cell, count])));
      const found = new Map<PointNote, Note>();
      for (const [cell, { count, lon, lat }] of cells) {
        if (main.has(cell)) continue;
        const signed = SIGNS.some(([x, y]) => main.has(degreeCell(x * lon, y * lat)));
        const code = signed ? 'coordinates-sign' : 'coordinates-far';
        const before = found.get(code);
        found.set(code, { code, count: count + (before?.count ?? 0), example: before?.example ?? `${lon}, ${lat}` });
      }
      return [...found.values()];
    },
  };
}
