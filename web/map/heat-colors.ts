// The colours of heat: one scale of densities for every city, filter and zoom.

import { RAMP } from './colors.ts';
import type { Density } from './heat.ts';

/**
 * Incidents per km² and year at which the ramp has its five colours, from a village to a capital: closer together in the
 * middle and at the dark end, where the parts of a city differ.
 */
export const HEAT_STOPS = [1, 30, 200, 1000, 5000] as const;

/** Round where half of the incidents lie: it tells where few are many, and no colour depends on it. */
export const HALF_LINE = { color: '#741327', widthPx: 2 } as const;

/** Where most is as pale as the ground, how far the colour reaches. */
export const EDGE_LINE = { color: '#a8761a', widthPx: 1 } as const;

/** Of what one incident amounts to at its point: from here on there is colour, and from there on it cannot be missed. */
const COLOUR_FROM = 0.08;
const COLOUR_SURE = 0.5;
const SURE_OPACITY = 0.4;
const OPACITY = 0.84;
/** The same for the graphics card. */
export const OPACITIES = { from: COLOUR_FROM, sure: COLOUR_SURE, atSure: SURE_OPACITY, most: OPACITY } as const;

/** Red, green and blue of the colours of the ramp, 0 to 255. */
export const rampChannels = RAMP.map((color) => [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)));

/** Red, green, blue of a density, 0 to 255. */
export function heatColor(density: number): readonly [number, number, number] {
  const at = rampPlace(density);
  const [low, high] = [rampChannels[Math.floor(at)]!, rampChannels[Math.ceil(at)]!];
  const mix = (channel: number) => Math.round(low[channel]! + (high[channel]! - low[channel]!) * (at % 1));
  return [mix(0), mix(1), mix(2)];
}

/** 0 at the first stop, 4 at the last. */
function rampPlace(density: number): number {
  if (density <= HEAT_STOPS[0]) return 0;
  const above = HEAT_STOPS.findIndex((stop) => density < stop);
  if (above < 0) return HEAT_STOPS.length - 1;
  const [low, high] = [HEAT_STOPS[above - 1]!, HEAT_STOPS[above]!];
  return above - 1 + Math.log(density / low) / Math.log(high / low);
}

/**
 * 0 to 255. No incident is without colour, however few they are and however dark others make the scale; what is thinly
 * spread round a dense city stays back behind it.
 */
export function heatOpacity(density: number, { single, usual }: Pick<Density, 'single' | 'usual'>): number {
  const [first, sure] = [single * COLOUR_FROM, single * COLOUR_SURE];
  const full = Math.max(usual, sure * 1.01);
  if (density <= first) return 0;
  if (density < sure) return Math.round(255 * SURE_OPACITY * eased((density - first) / (sure - first)));
  const more = Math.min(1, Math.log(density / sure) / Math.log(full / sure));
  return Math.round(255 * (SURE_OPACITY + (OPACITY - SURE_OPACITY) * more));
}

/** The density at which a line goes round the colour: where half of the incidents lie in its palest part; else null. */
export const edgeOf = ({ half, single }: Pick<Density, 'half' | 'single'>): number | null =>
  half < HEAT_STOPS[1] ? single * COLOUR_SURE : null;

const eased = (share: number) => share * share * (3 - 2 * share);

/** Draws a density on a canvas, one pixel a cell. */
export function paintHeat(canvas: HTMLCanvasElement, density: Density): void {
  const { columns, rows, values } = density;
  canvas.width = columns;
  canvas.height = rows;
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const picture = pen.createImageData(columns, rows);
  heatPixels(values, density, new Uint32Array(picture.data.buffer));
  pen.putImageData(picture, 0, 0);
}

/** The bits of a float that tell colours apart: its exponent, and its fraction to one in 128. */
const BITS_LEFT_OFF = 16;

/**
 * Red, green, blue and opacity of each value, by a table: taking logarithms for half a million cells took longer than all
 * the rest of a frame. Its bits are where a float stands in the table, and its colour is that of the middle of its step.
 */
export function heatPixels(values: Float32Array, density: Pick<Density, 'single' | 'usual'>, into: Uint32Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const table = new Uint32Array(2 ** (32 - BITS_LEFT_OFF - 1));
  const isKnown = new Uint8Array(table.length);
  for (let i = 0; i < bits.length; i++) {
    const step = bits[i]! >>> BITS_LEFT_OFF;
    if (isKnown[step] === 0) {
      table[step] = pixelOf(step, density);
      isKnown[step] = 1;
    }
    into[i] = table[step]!;
  }
}

/** What stands in the table at a step, as one number; nothing in the first, where there is nothing. */
function pixelOf(step: number, density: Pick<Density, 'single' | 'usual'>): number {
  const middle = (step << BITS_LEFT_OFF) | (1 << (BITS_LEFT_OFF - 1));
  const value = new Float32Array(Uint32Array.of(middle).buffer)[0]!;
  const opacity = step === 0 ? 0 : heatOpacity(value, density);
  const pixel = opacity === 0 ? [0, 0, 0, 0] : [...heatColor(value), opacity];
  return new Uint32Array(Uint8Array.from(pixel).buffer)[0]!;
}
