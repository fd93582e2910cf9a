// The join of answers to tiles: feature-state, set only where a class changed.

import type { Map as GLMap } from 'maplibre-gl';

/** Paints classes on one source layer; keeps what it painted and touches only the differences. */
export type Painter = { paint(classes: ReadonlyMap<string, number>): number };

export function createPainter(map: GLMap, source: string, sourceLayer: string): Painter {
  let painted: ReadonlyMap<string, number> = new Map();
  const set = (id: string, number: number) =>
    map.setFeatureState({ source, sourceLayer, id: Number(id) }, { class: number });
  return {
    paint(classes) {
      if (classes === painted) return 0;
      let touched = 0;
      for (const [id, number] of classes) {
        if (painted.get(id) === number) continue;
        set(id, number);
        touched++;
      }
      for (const id of painted.keys()) {
        if (classes.has(id)) continue;
        set(id, 0);
        touched++;
      }
      painted = classes;
      return touched;
    },
  };
}
