// The map as it is drawn this moment, as a picture, with words written on it where asked.

import type { Map as GLMap } from 'maplibre-gl';
import type { MapNote, Snapshot } from './link.ts';
import { AREA_FILL, MARKER_DISC } from './style.ts';

/** A part of the picture in pixels. */
type Part = readonly [west: number, north: number, east: number, south: number];

const FONT_PX = 11;
const GAP_PX = 2;
/** Below the name of the place; or else in its middle, above, or farther below: the first that lies on nothing. */
const BASELINES_PX = [18, 4, -12, 32];

export function takeSnapshot(map: GLMap, notes: readonly MapNote[]): Snapshot {
  map.redraw(); // in the same task, so that the drawing buffer is still there
  const drawn = map.getCanvas();
  const size = { width: drawn.clientWidth, height: drawn.clientHeight };
  const pen = notes.length ? copyOf(drawn) : null;
  if (!pen) return { url: drawn.toDataURL('image/png'), ...size };
  const scale = drawn.width / size.width;
  pen.scale(scale, scale);
  pen.font = `600 ${FONT_PX}px 'Noto Sans Variable', sans-serif`;
  pen.textAlign = 'center';
  pen.lineWidth = 3;
  pen.strokeStyle = '#ffffff';
  pen.fillStyle = '#1b2530';
  const isTaken = takenOn(map);
  const areaAt = areasOn(map);
  const written: Part[] = [];
  for (const { at, text } of notes) {
    const { x, y } = map.project([at[0], at[1]]);
    const half = pen.measureText(text).width / 2 + GAP_PX;
    const parts = BASELINES_PX.map((below): Part => [x - half, y + below - FONT_PX, x + half, y + below + GAP_PX]);
    const home = areaAt(x, y);
    const free = parts.find(
      (part) =>
        areaAt(x, (part[1] + part[3]) / 2) === home &&
        !isTaken(part) &&
        !written.some((other) => overlaps(part, other)),
    );
    // Where names leave no room a number would spoil both; in the next area it would be said of that one.
    if (!free) continue;
    written.push(free);
    pen.strokeText(text, x, free[3] - GAP_PX);
    pen.fillText(text, x, free[3] - GAP_PX);
  }
  return { url: pen.canvas.toDataURL('image/png'), ...size };
}

const overlaps = (a: Part, b: Part) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

/** Whether a name or a numbered marker stands in a part of the picture. */
function takenOn(map: GLMap): (part: Part) => boolean {
  const layers = map.getStyle().layers.flatMap(({ id, type }) => (type === 'symbol' || id === MARKER_DISC ? [id] : []));
  return ([west, north, east, south]) =>
    layers.length > 0 &&
    map.queryRenderedFeatures(
      [
        [west, north],
        [east, south],
      ],
      { layers },
    ).length > 0;
}

/** Which area is filled at a pixel. */
function areasOn(map: GLMap): (x: number, y: number) => unknown {
  const layers = map.getStyle().layers.flatMap(({ id }) => (id.startsWith(AREA_FILL) ? [id] : []));
  return (x, y) => (layers.length ? map.queryRenderedFeatures([x, y], { layers })[0]?.id : undefined);
}

function copyOf(drawn: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const canvas = document.createElement('canvas');
  canvas.width = drawn.width;
  canvas.height = drawn.height;
  const pen = canvas.getContext('2d');
  pen?.drawImage(drawn, 0, 0);
  return pen;
}
