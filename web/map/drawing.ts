// Drawing a zone on the map by mouse, pen or finger: corners, freehand, a circle, or a stretch of street. In a chunk of its
// own.

import type { Map as GLMap } from 'maplibre-gl';
import {
  type HexColor,
  TerraDraw,
  TerraDrawCircleMode,
  TerraDrawFreehandMode,
  TerraDrawLineStringMode,
  TerraDrawPolygonMode,
} from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';
import type { DrawnShape } from './link.ts';
import {
  circleRing,
  distanceM,
  type LonLat,
  lengthM,
  middleOf,
  ringKm2,
  rounded,
  STRETCH_HALF_WIDTH_M,
  simplified,
  stripRing,
} from './zone-shapes.ts';

const ACCENT: HexColor = '#0b5c7a';
const PAPER: HexColor = '#ffffff';
/** The click that ends a drawing is the map's too, a moment later. */
const AFTER_CLICK_MS = 60;
/** Of a line drawn freehand: it stands in the address. */
const LASSO_CORNERS = 100;
const LASSO_STEP_PX = 6;

export type Sketch = {
  /** Of a circle its radius, of a stretch its length. */
  readonly metres: number | null;
  readonly km2: number | null;
  /** What would be asked about if it were ended now; null while it is nothing yet. */
  ring(): readonly LonLat[] | null;
};
export type ZoneDrawing = {
  /** As if the first corner, or the end, were touched again. */
  finish(): void;
  stop(): void;
};

/** Draws until `done` is called with the ring, or `stop` is. `tell` says how large what is drawn has become. */
export function startDrawing(
  map: GLMap,
  shape: DrawnShape,
  tell: (sketch: Sketch) => void,
  done: (ring: readonly LonLat[] | null) => void,
): ZoneDrawing {
  const fill = { fillColor: ACCENT, fillOpacity: 0.12, outlineColor: ACCENT, outlineWidth: 3 };
  const corner = { closingPointColor: PAPER, closingPointOutlineColor: ACCENT, closingPointWidth: 8 };
  const modes = {
    polygon: () =>
      new TerraDrawPolygonMode({
        styles: { ...fill, ...corner, closingPointOutlineWidth: 3 },
      }),
    lasso: () =>
      new TerraDrawFreehandMode({
        styles: { ...fill, ...corner, closingPointOutlineWidth: 3 },
        ...{ drawInteraction: 'click-move-or-drag', minDistance: LASSO_STEP_PX, autoClose: true },
      }),
    circle: () => new TerraDrawCircleMode({ styles: fill, drawInteraction: 'click-move-or-drag' }),
    stretch: () =>
      new TerraDrawLineStringMode({
        styles: { ...corner, closingPointOutlineWidth: 3, lineStringColor: ACCENT, lineStringWidth: 5 },
      }),
  };
  const draw = new TerraDraw({ adapter: new TerraDrawMapLibreGLAdapter({ map }), modes: [modes[shape]()] });
  let isOver = false;
  const lineOf = (id: string | number): readonly LonLat[] => {
    const geometry = draw.getSnapshotFeature(id)?.geometry;
    if (geometry?.type === 'LineString') return geometry.coordinates as LonLat[];
    return geometry?.type === 'Polygon' ? ((geometry.coordinates[0] ?? []).slice(0, -1) as LonLat[]) : [];
  };
  // A finger does not move from the middle to the edge as a pointer does, and a circle is as large as the last move.
  const moveFirst = ({ pointerType, clientX, clientY }: PointerEvent) => {
    const move = { pointerType, clientX, clientY, isPrimary: true, bubbles: true };
    if (pointerType === 'touch') map.getCanvas().dispatchEvent(new PointerEvent('pointermove', move));
  };
  const around = map.getCanvasContainer();
  if (shape === 'circle') around.addEventListener('pointerdown', moveFirst, true);
  const stop = () => {
    if (isOver) return;
    isOver = true;
    around.removeEventListener('pointerdown', moveFirst, true);
    draw.stop();
  };
  // Who opened the dialog by a button goes on at the map: Enter is to end the drawing, not to open it again.
  map.getCanvas().focus();
  draw.start();
  draw.setMode({ polygon: 'polygon', lasso: 'freehand', circle: 'circle', stretch: 'linestring' }[shape]);
  const ringOf = (line: readonly LonLat[]): readonly LonLat[] | null => {
    switch (shape) {
      case 'polygon':
        return line.map(rounded);
      case 'lasso':
        return simplified(line, LASSO_CORNERS).map(rounded);
      case 'circle':
        return circleRing(middleOf(line), radiusM(line));
      case 'stretch':
        return stripRing(line, STRETCH_HALF_WIDTH_M);
    }
  };
  draw.on('change', (ids, type) => {
    if (type === 'delete' || isOver) return;
    const line = ids.map(lineOf).find((each) => each.length > 1);
    if (!line) return;
    const ring = () => ringOf(line);
    if (shape === 'stretch') tell({ metres: lengthM(line), km2: null, ring });
    else tell({ metres: shape === 'circle' ? radiusM(line) : null, km2: ringKm2(line), ring });
  });
  draw.on('finish', (id) => {
    const ring = ringOf(lineOf(id));
    setTimeout(() => {
      if (isOver) return;
      stop();
      done(ring);
    }, AFTER_CLICK_MS);
  });
  return {
    stop,
    finish: () => map.getCanvas().dispatchEvent(new KeyboardEvent('keyup', { key: 'Enter' })),
  };
}

const radiusM = (ring: readonly LonLat[]): number => distanceM(middleOf(ring), ring[0]!);
