// From a call that a dispatch centre sends to the map of an open page coloured with it, in headless Chromium with a
// software renderer: the page is told of it, asks its figures again, and the colonia of the call takes a colour.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { FeatureRow } from '../../server/layers/contract.ts';
import { findChromium, openBrowser, openPage } from '../support/browser.ts';
import { reportOf } from '../support/cli.ts';
import { startServer } from '../support/server.ts';
import { type BenchContext, type BenchLine, limitLine, missingLine, spreadOf } from './contract.ts';
import { untilStill } from './map-repaint.ts';

const NAME = 'live-map';
const ROWS = 250_000;
const LIMIT_MS = 3000;
const ROUNDS = 15;
/** Longer than between two refreshes of an open page, which waits for each. */
const APART_MS = 2500;
const READY_WITHIN_MS = 240_000;
const DAY = '2026-07-01';

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  if (!findChromium()) return [missingLine(NAME, 0, 'Chromium is not installed')];
  const home = { dataDir: context.scratch(), databaseUrl: null };
  const server = await startServer({ ...home, env: { CUADRA_DEMO: '1' }, readyTimeoutMs: READY_WITHIN_MS });
  const browser = await openBrowser();
  try {
    const added = ['feed', 'add', 'cad', '--jurisdiction', 'demo', '--preset', 'c5-911'];
    const { key } = await reportOf<{ key: string }>(server, added);
    const api = `${server.origin}/api/v1/demo`;
    const { features } = (await (await fetch(`${api}/layers/colonias/features`)).json()) as { features: FeatureRow[] };
    const [first, ...places] = features.flatMap(({ at }) => (at ? [at] : [])).slice(0, ROUNDS + 1);
    const call = (id: string, at: readonly [number, number]) => send(`${api}/incidents`, key, id, at);
    await call('first', first!);
    const { page } = await openPage(browser, server.origin);
    const listening = page.waitForResponse((response) => response.url().endsWith('/events'));
    await page.goto(`${server.origin}/?kind=call&view=areas&measure=count&from=${DAY}`);
    await page.locator('.answer strong').first().waitFor();
    await listening;
    await untilStill(page);
    const samples: number[] = [];
    for (const [round, at] of places.entries()) {
      await sleep(APART_MS);
      const drawn = colouredAt(page, String(round + 2));
      const sentAt = Date.now();
      await call(`live-${round}`, at);
      samples.push((await drawn) - sentAt);
    }
    const note = `demo city, embedded database, software renderer, longest ${Math.round(Math.max(...samples))} ms`;
    return [limitLine({ name: NAME, rows: ROWS, unit: 'ms', ours: spreadOf(samples), note }, LIMIT_MS)];
  } finally {
    await browser.close();
    await server.stop();
    server.remove();
  }
}

async function send(address: string, key: string, id: string, [lon, lat]: readonly [number, number]): Promise<void> {
  const record = { id, date: DAY, time: '08:14', offence: 'Robo-Transeúnte', lon, lat, closing: 'A' };
  const response = await fetch(address, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ incidents: [record] }),
  });
  if (!response.ok) throw new Error(`a call was answered with ${response.status}: ${await response.text()}`);
}

/**
 * Milliseconds of the clock when the headline shows so many calls, their counts by colonia have come and the map has drawn
 * its last frame, whichever was last; known once all three are at rest.
 */
function colouredAt(page: Page, wanted: string): Promise<number> {
  return page.evaluate(async (calls) => {
    const REST_MS = 1000;
    const GIVE_UP_MS = 30_000;
    const context = WebGL2RenderingContext.prototype;
    const { drawElements } = context;
    let lastDraw = 0;
    context.drawElements = function (...args) {
      lastDraw = performance.now();
      drawElements.apply(this, args);
    };
    let countedAt = 0;
    let toldAt = 0;
    const counts = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.name.includes('/counts?')) countedAt = (entry as PerformanceResourceTiming).responseEnd;
      }
    });
    counts.observe({ type: 'resource' });
    const began = performance.now();
    const latest = () => Math.max(lastDraw, countedAt, toldAt);
    while (!(lastDraw && countedAt && toldAt && performance.now() - latest() > REST_MS)) {
      if (!toldAt && document.querySelector('.answer strong')?.textContent === calls) toldAt = performance.now();
      if (performance.now() - began > GIVE_UP_MS) throw new Error(`not on the map within ${GIVE_UP_MS} ms`);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    counts.disconnect();
    context.drawElements = drawElements;
    return performance.timeOrigin + latest();
  }, wanted);
}
