// The files of the demo city as tests read them: features, and streets as the importer splits them.

import { readFileSync } from 'node:fs';
import { fromLonLat, type XY } from '../../geodata/demo/geometry.ts';

export type Ring = [number, number][];
export type Feature<G> = {
  properties: Record<string, string | number | null>;
  geometry: { type: string; coordinates: G };
};

export const collection = <G>(path: string): Feature<G>[] => JSON.parse(readFileSync(path, 'utf8')).features;

/** The streets as the importer splits them: at every vertex two streets share, or one passes twice. */
export function splitAtJunctions(path: string): { name: string | null; class: string; line: XY[] }[] {
  const streets = collection<Ring>(path);
  const uses = new Map<string, number>();
  for (const { geometry } of streets) {
    for (const p of geometry.coordinates) uses.set(String(p), (uses.get(String(p)) ?? 0) + 1);
  }
  return streets.flatMap(({ geometry, properties }) => {
    const pieces: Ring[] = [];
    let piece: Ring = [];
    geometry.coordinates.forEach((p, i, all) => {
      piece.push(p);
      if (i === 0 || (uses.get(String(p))! < 2 && i < all.length - 1)) return;
      pieces.push(piece);
      piece = [p];
    });
    return pieces.map((line) => ({
      name: properties.nombre as string | null,
      class: String(properties.clase),
      line: line.map(([lon, lat]): XY => fromLonLat(lon, lat)),
    }));
  });
}
