// Minutes of playback in headless Chromium, in a circle: what the page holds after each is what it held after the first.

import type { Page } from 'playwright-core';
import { findChromium, openBrowser, openPage } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import { type BenchContext, type BenchLine, limitLine, missingLine } from './contract.ts';

const NAME = 'playback';
/** Of each view; BENCH_MINUTES has it run longer. */
const MINUTES = 2;
const VIEWS = ['heat', 'areas'] as const;
const MINUTE_MS = 60_000;
/** What caches of the browser and tiles may add after the first minute. */
const ROOM = 1.15;

type Held = { readonly heapMb: number; readonly gpuObjects: number; readonly nodes: number; readonly windows: number };

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  if (!findChromium()) return [missingLine(NAME, 0, 'Chromium is not installed')];
  const minutes = Number(process.env.BENCH_MINUTES ?? MINUTES);
  const server = await startServer({ dataDir: context.scratch(), readyTimeoutMs: 240_000, env: { CUADRA_DEMO: '1' } });
  const browser = await openBrowser();
  const lines: BenchLine[] = [];
  try {
    for (const view of VIEWS) {
      context.say(`playing ${view} for ${minutes} minutes`);
      const { page, close, assertClean } = await openPage(browser, server.origin, {
        width: 1100,
        height: 700,
        locale: 'en',
      });
      await page.addInitScript(countGpuObjects);
      await page.goto(`${server.origin}/?view=${view}`);
      await play(page);
      const held: Held[] = [];
      for (let minute = 0; minute <= minutes; minute++) {
        await page.waitForTimeout(MINUTE_MS);
        held.push(await heldBy(page));
        context.say(JSON.stringify(held.at(-1)));
      }
      assertClean();
      await close();
      lines.push(...linesOf(view, held));
    }
    return lines;
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function play(page: Page): Promise<void> {
  await page.locator('.map-panel[data-state=ready]').waitFor();
  await page.getByRole('button', { name: 'Play in time' }).click();
  const bar = page.locator('.play-bar');
  await bar.locator('select').first().selectOption('week');
  await bar.locator('select').nth(1).selectOption('8');
  await bar.locator('input[type=checkbox]').check();
  // It runs by itself where nobody asked for less movement.
  const runs = bar.getByRole('button', { name: 'Play', exact: true });
  if (await runs.isVisible()) await runs.click();
}

async function heldBy(page: Page): Promise<Held> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, ...rest } = (await session.send('Runtime.getHeapUsage')) as Record<string, number>;
  const { nodes } = await session.send('Memory.getDOMCounters');
  await session.detach();
  const here = await page.evaluate(() => ({
    gpuObjects: (globalThis as unknown as { gpuObjects: number }).gpuObjects,
    windows: Number(document.querySelector<HTMLInputElement>('.play-bar input[type=range]')?.value),
  }));
  return { heapMb: (usedSize! + (rest.backingStorageSize ?? 0)) / 1e6, nodes, ...here };
}

function linesOf(view: string, held: readonly Held[]): BenchLine[] {
  const [first, last] = [held[0]!, held.at(-1)!];
  const note = `after ${held.length} minutes; the limit is what was held after the first and ${Math.round((ROOM - 1) * 100)} % more`;
  const lineOf = (what: string, unit: string, of: (held: Held) => number) =>
    limitLine(
      { name: `${NAME}: ${view}, ${what}`, rows: 0, unit, ours: { min: of(first), median: of(last) }, note },
      of(first) * ROOM,
    );
  return [
    lineOf('heap', 'MB', ({ heapMb }) => heapMb),
    lineOf('textures, buffers and vertex arrays', 'objects', ({ gpuObjects }) => gpuObjects),
    lineOf('nodes of the document', 'nodes', ({ nodes }) => nodes),
  ];
}

/** In the page, before anything else: how many objects of WebGL there are. */
function countGpuObjects(): void {
  const counted = globalThis as unknown as { gpuObjects: number };
  counted.gpuObjects = 0;
  const context = WebGL2RenderingContext.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const kind of ['Texture', 'Buffer', 'VertexArray', 'Framebuffer', 'Renderbuffer']) {
    for (const [verb, by] of [
      ['create', 1],
      ['delete', -1],
    ] as const) {
      const real = context[verb + kind]!;
      context[verb + kind] = function (this: unknown, ...args: unknown[]) {
        if (by === 1 || args[0]) counted.gpuObjects += by;
        return real.apply(this, args);
      };
    }
  }
}
