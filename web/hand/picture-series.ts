// A playback as pictures: each window on the map with its legend and its dates, one after another, in one archive.

import type { App } from '../app.ts';
import { drawPoster, type Poster } from '../map/image.ts';
import type { Player } from './player.ts';
import type { TimeWindow } from './windows.ts';
import { sampleOf } from './windows.ts';
import { type ZipEntry, zipFile } from './zip-file.ts';

/** So many are held in memory at once; of more windows a sample is taken, evenly apart. */
export const MOST_PICTURES = 120;
const LOOK_EVERY_MS = 40;
const LONGEST_WAIT_MS = 20_000;

type Wanted = {
  readonly player: Player;
  readonly poster: () => Poster;
  readonly said: (window: TimeWindow) => string;
  readonly onPicture: (done: number, all: number) => void;
  readonly signal: AbortSignal;
};

/** Rejects where the map cannot be drawn, or when it is called off. */
export async function takeSeries(page: App, { player, poster, said, onPicture, signal }: Wanted): Promise<Blob> {
  const windows = player.windows.peek();
  const chosen = sampleOf(
    windows.map((_, index) => index),
    MOST_PICTURES,
  );
  const entries: ZipEntry[] = [];
  for (const [done, index] of chosen.entries()) {
    player.goTo(index);
    await settled(page, signal);
    const handle = page.map.handle.peek();
    const window = windows[index]!;
    if (!handle) throw new Error('no map');
    await handle.settled();
    signal.throwIfAborted();
    const words = poster();
    const picture = await drawPoster(handle.snapshot(), { ...words, title: `${said(window)} · ${words.title}` });
    const number = String(done + 1).padStart(String(chosen.length).length, '0');
    entries.push({
      name: `${number}_${window.from}_${window.until}.png`,
      bytes: new Uint8Array(await picture.arrayBuffer()),
    });
    onPicture(done + 1, chosen.length);
  }
  return zipFile(entries);
}

/** Until every figure on the screen is of the window shown. */
async function settled({ answers, pictures }: App, signal: AbortSignal): Promise<void> {
  const began = Date.now();
  const questions = [...answers.all, pictures.heat, pictures.heatDetail];
  const isWaiting = () => questions.some(({ waitingSince, isOld }) => waitingSince.peek() !== null || isOld.peek());
  do {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    signal.throwIfAborted();
    if (Date.now() - began > LONGEST_WAIT_MS) throw new Error('no answer');
  } while (isWaiting());
}
