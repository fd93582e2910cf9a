// A playback as pictures: each window on the map with its legend and its dates, one after another, as one picture that moves
// or each by itself in one archive.

import type { App } from '../app.ts';
import { type Poster, pngOf, posterCanvas } from '../map/image.ts';
import { createGif } from './gif-file.ts';
import type { Player } from './player.ts';
import type { TimeWindow } from './windows.ts';
import { sampleOf } from './windows.ts';
import { type ZipEntry, zipFile } from './zip-file.ts';

/** So many are held in memory at once; of more windows a sample is taken, evenly apart. */
export const MOST_PICTURES = 120;
/** What moves is sent about: it is no larger than a screen that is looked at together. */
const MOVING_PX = 1200;
const SECOND = 100;
/** Before it begins again the last window is looked at. */
const LAST_SECONDS = 2;
const LOOK_EVERY_MS = 40;
const LONGEST_WAIT_MS = 20_000;

type Wanted = {
  readonly player: Player;
  readonly poster: () => Poster;
  readonly said: (window: TimeWindow) => string;
  readonly onPicture: (done: number, all: number) => void;
  readonly signal: AbortSignal;
};

/** Each picture by itself. Rejects where the map cannot be drawn, or when it is called off. */
export async function takeSeries(page: App, wanted: Wanted): Promise<Blob> {
  const entries: ZipEntry[] = [];
  await takeEach(page, wanted, Number.POSITIVE_INFINITY, async (canvas, { from, until }, at, all) => {
    const number = String(at + 1).padStart(String(all).length, '0');
    const bytes = new Uint8Array(await (await pngOf(canvas)).arrayBuffer());
    entries.push({ name: `${number}_${from}_${until}.png`, bytes });
  });
  return zipFile(entries);
}

/** All as one picture that moves, as fast as they are played. Rejects as the series does. */
export async function takeMoving(page: App, wanted: Wanted): Promise<Blob> {
  let gif: ReturnType<typeof createGif> | null = null;
  await takeEach(page, wanted, MOVING_PX, async (canvas, _window, at, all) => {
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('no 2d canvas');
    gif ??= createGif(canvas);
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    const each = Math.round(SECOND / wanted.player.speed.peek());
    gif.add(data, at === all - 1 ? Math.max(each, LAST_SECONDS * SECOND) : each);
  });
  if (!gif) throw new Error('no window');
  return (gif as ReturnType<typeof createGif>).finish();
}

type Use = (canvas: HTMLCanvasElement, window: TimeWindow, at: number, all: number) => Promise<void>;

/** Goes through the windows, and back to the one that was shown. */
async function takeEach(page: App, wanted: Wanted, mostPx: number, use: Use): Promise<void> {
  const { player, poster, said, onPicture, signal } = wanted;
  const windows = player.windows.peek();
  const shown = player.at.peek();
  const chosen = sampleOf(windows, MOST_PICTURES);
  try {
    for (const [at, window] of chosen.entries()) {
      // Data that arrive meanwhile may move where it stands.
      const index = player.windows
        .peek()
        .findIndex(({ from, until }) => from === window.from && until === window.until);
      if (index < 0) throw new Error('the windows changed');
      player.goTo(index);
      await settled(page, player, signal);
      const handle = page.map.handle.peek();
      if (!handle) throw new Error('no map');
      await handle.settled();
      signal.throwIfAborted();
      const words = poster();
      const title = `${said(window)} · ${words.title}`;
      await use(await posterCanvas(handle.snapshot(), { ...words, title }, mostPx), window, at, chosen.length);
      onPicture(at + 1, chosen.length);
    }
  } finally {
    if (!signal.aborted) player.goTo(shown);
  }
}

/** Until every figure on the screen is of the window shown, in the colours of all windows. */
async function settled({ answers, pictures }: App, player: Player, signal: AbortSignal): Promise<void> {
  const began = Date.now();
  const questions = [...answers.all, pictures.heat, pictures.heatDetail];
  const isWaiting = () =>
    player.isScaling.peek() ||
    questions.some(({ waitingSince, isOld }) => waitingSince.peek() !== null || isOld.peek());
  do {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    signal.throwIfAborted();
    if (Date.now() - began > LONGEST_WAIT_MS) throw new Error('no answer');
  } while (isWaiting());
}
