// The map as it is drawn this moment, as a picture, with words written on it where asked.

import type { Map as GLMap } from 'maplibre-gl';
import type { MapNote, Snapshot } from './link.ts';
import { AREA_FILL, MARKER_DISC } from './style.ts';

/** A part of the picture in pixels. */
type Part = readonly [west: number, north: number, east: number, south: number];

/** Each area once; a part of no width is a pixel. */
type AreasIn = (part: Part) => readonly unknown[];
type Asked = {
  readonly x: number;
  readonly y: number;
  readonly half: number;
  readonly isFree: (part: Part) => boolean;
  readonly areasIn: AreasIn;
};

const FONT_PX = 11;
const GAP_PX = 2;
/** Below the name of the place; or else in its middle, above, farther below, beside: the first that lies on nothing. */
const BASELINES_PX: readonly (readonly [right: number, down: number])[] = [
  [0, 18],
  [0, 4],
  [0, -12],
  [0, 32],
  [-14, 4],
  [14, 4],
];

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
  const areasIn = areasOn(map);
  const written: Part[] = [];
  for (const { at, text } of notes) {
    const { x, y } = map.project([at[0], at[1]]);
    const half = pen.measureText(text).width / 2 + GAP_PX;
    const isFree = (part: Part) => !isTaken(part) && !written.some((other) => overlaps(part, other));
    const free = spotFor({ x, y, half, isFree, areasIn });
    // Where names leave no room a number would spoil both; in the next area it would be said of that one.
    if (!free) continue;
    written.push(free);
    const middle = free[0] + half;
    pen.strokeText(text, middle, free[3] - GAP_PX);
    pen.fillText(text, middle, free[3] - GAP_PX);
  }
  return { url: pen.canvas.toDataURL('image/png'), ...size };
}

/** Where words of this width stand that belong to a pixel: on nothing, and wholly within its area; null = nowhere. */
export function spotFor({ x, y, half, isFree, areasIn }: Asked): Part | null {
  const [home] = areasIn([x, y, x, y]);
  // One that reaches over the border would be read as the next area's.
  const isHome = (part: Part) => {
    const found = areasIn(part);
    return home === undefined ? found.length === 0 : found.length === 1 && found[0] === home;
  };
  const spots = BASELINES_PX.map(([right, down]): Part => {
    const [middle, base] = [x + right, y + down];
    return [middle - half, base - FONT_PX, middle + half, base + GAP_PX];
  });
  const fits = (inner: Part) => [inner, ...cornersOf(inner)].every(isHome);
  return spots.find((part) => isFree(part) && fits(withoutGap(part))) ?? null;
}

/** The figures themselves: the gap about them may reach over a border, as their halo does. */
function withoutGap([west, north, east, south]: Part): Part {
  return [west + GAP_PX, north + GAP_PX, east - GAP_PX, south - GAP_PX];
}

function cornersOf([west, north, east, south]: Part): Part[] {
  return [west, east].flatMap((x) => [north, south].map((y): Part => [x, y, x, y]));
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

/** The areas filled within a part of the picture. */
function areasOn(map: GLMap): AreasIn {
  const layers = map.getStyle().layers.flatMap(({ id }) => (id.startsWith(AREA_FILL) ? [id] : []));
  return ([west, north, east, south]) => {
    if (!layers.length) return [];
    const found = map.queryRenderedFeatures(
      [
        [west, north],
        [east, south],
      ],
      { layers },
    );
    return [...new Set(found.map(({ id }) => id))];
  };
}

function copyOf(drawn: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const canvas = document.createElement('canvas');
  canvas.width = drawn.width;
  canvas.height = drawn.height;
  const pen = canvas.getContext('2d');
  pen?.drawImage(drawn, 0, 0);
  return pen;
}
