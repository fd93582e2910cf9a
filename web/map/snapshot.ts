// The map as it is drawn this moment, as a picture, with words written on it where asked.

import type { Map as GLMap } from 'maplibre-gl';
import type { MapNote, Snapshot } from './link.ts';

const FONT_PX = 11;
/** Below the name of the place. */
const BELOW_PX = 18;

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
  for (const { at, text } of notes) {
    const { x, y } = map.project([at[0], at[1]]);
    pen.strokeText(text, x, y + BELOW_PX);
    pen.fillText(text, x, y + BELOW_PX);
  }
  return { url: pen.canvas.toDataURL('image/png'), ...size };
}

function copyOf(drawn: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const canvas = document.createElement('canvas');
  canvas.width = drawn.width;
  canvas.height = drawn.height;
  const pen = canvas.getContext('2d');
  pen?.drawImage(drawn, 0, 0);
  return pen;
}
