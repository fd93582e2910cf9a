// The map as a picture with its legend, title and source drawn in, on the clipboard or as a file.

import { downloadBlob } from '../store/download.ts';
import { RAMP } from './colors.ts';
import type { Snapshot } from './link.ts';

export type Poster = {
  readonly title: string;
  readonly lines: readonly string[];
  readonly legendTitle: string;
  readonly entries: readonly {
    readonly text: string;
    readonly color: string;
    readonly widthPx: number | null;
    readonly hatched: boolean;
  }[];
  /** Figures under a ramp, evenly apart, where the legend is one. */
  readonly ramp: readonly string[] | null;
  readonly notes: readonly string[];
  readonly foot: string;
};

const MARGIN = 24;
const HEAD = 76;
const SIDE = 320;
const LINE = 20;
const INK = '#1b2530';
const SECONDARY = '#55626f';
const FAMILY = "'Noto Sans Variable', sans-serif";

export async function copyImage(shot: Snapshot, poster: Poster): Promise<'copied' | 'saved'> {
  const blob = await drawPoster(shot, poster);
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
    return 'copied';
  } catch {
    downloadBlob(blob, 'cuadra.png');
    return 'saved';
  }
}

/** The map with its words round it, as a PNG. */
export async function drawPoster(shot: Snapshot, poster: Poster): Promise<Blob> {
  return pngOf(await posterCanvas(shot, poster));
}

export const pngOf = (canvas: HTMLCanvasElement): Promise<Blob> =>
  new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png');
  });

/** As sharp as the screen, or so many pixels wide at most. */
export async function posterCanvas(
  shot: Snapshot,
  poster: Poster,
  mostPx = Number.POSITIVE_INFINITY,
): Promise<HTMLCanvasElement> {
  const image = new Image();
  image.src = shot.url;
  await image.decode();
  const width = shot.width + SIDE + MARGIN * 2;
  const scale = Math.min(image.naturalWidth / shot.width, mostPx / width);
  const canvas = document.createElement('canvas');
  const height = shot.height + HEAD + MARGIN;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('no 2d canvas');
  pen.scale(scale, scale);
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, width, height);
  write(pen, poster.title, MARGIN, 34, `600 20px ${FAMILY}`, INK);
  for (const [index, line] of poster.lines.entries())
    write(pen, line, MARGIN, 58 + index * LINE, `13px ${FAMILY}`, SECONDARY);
  pen.drawImage(image, MARGIN, HEAD, shot.width, shot.height);
  drawLegend(pen, poster, shot.width + MARGIN * 2, HEAD + 16);
  return canvas;
}

function drawLegend(pen: CanvasRenderingContext2D, poster: Poster, x: number, top: number): void {
  const width = SIDE - MARGIN;
  let y = wrap(pen, poster.legendTitle, x, top, width, `600 14px ${FAMILY}`, INK) + 8;
  if (poster.ramp) {
    const gradient = pen.createLinearGradient(x, 0, x + width, 0);
    for (const [index, color] of RAMP.entries()) gradient.addColorStop(index / (RAMP.length - 1), color);
    pen.fillStyle = gradient;
    pen.fillRect(x, y, width, 12);
    y += 28;
    for (const [index, tick] of poster.ramp.entries()) {
      pen.textAlign = index === 0 ? 'left' : index === poster.ramp.length - 1 ? 'right' : 'center';
      write(pen, tick, x + (width * index) / (poster.ramp.length - 1), y, `12px ${FAMILY}`, SECONDARY);
    }
    pen.textAlign = 'left';
    y += LINE;
  }
  for (const { text, color, widthPx, hatched } of poster.entries) {
    pen.fillStyle = color || '#f1f2ee';
    pen.strokeStyle = '#87919a';
    if (widthPx === null) {
      pen.fillRect(x, y - 10, 22, 12);
      pen.strokeRect(x, y - 10, 22, 12);
      if (hatched) hatch(pen, x, y - 10);
    } else pen.fillRect(x, y - 4 - widthPx / 2, 22, widthPx);
    y = wrap(pen, text, x + 30, y, width - 30, `12px ${FAMILY}`, INK);
  }
  y += 8;
  for (const note of [...poster.notes, poster.foot]) y = wrap(pen, note, x, y, width, `12px ${FAMILY}`, SECONDARY);
}

function hatch(pen: CanvasRenderingContext2D, x: number, y: number): void {
  pen.beginPath();
  for (const offset of [0, 5, 10]) {
    pen.moveTo(x + offset, y + 12);
    pen.lineTo(x + offset + 12, y);
  }
  pen.stroke();
}

function write(pen: CanvasRenderingContext2D, text: string, x: number, y: number, font: string, color: string): void {
  pen.font = font;
  pen.fillStyle = color;
  pen.fillText(text, x, y);
}

/** Writes in lines no wider than `width`; answers where the next line goes. */
function wrap(
  pen: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  width: number,
  font: string,
  color: string,
): number {
  pen.font = font;
  let line = '';
  let at = y;
  for (const word of text.split(' ')) {
    const longer = line ? `${line} ${word}` : word;
    if (line && pen.measureText(longer).width > width) {
      write(pen, line, x, at, font, color);
      at += LINE;
      line = word;
    } else line = longer;
  }
  write(pen, line, x, at, font, color);
  return at + LINE;
}
