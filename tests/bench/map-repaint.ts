// From a filter chosen in the page to the map repainted with its answer, in headless Chromium with a software renderer.

import type { Browser, Page } from 'playwright-core';
import { findChromium, openBrowser, openPage } from '../support/browser.ts';
import type { Home } from '../support/cli.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type BenchContext, type BenchLine, limitLine, missingLine, NO_POSTGIS, spreadOf } from './contract.ts';

const NAME = 'map-repaint';
const LIMIT_MS = 1000;
const ROUNDS = 15;
const SETTLED_MS = 1500;
const READY_WITHIN_MS = 240_000;

/** Two questions whose maps differ; chosen in turn by the page's own links, as Back and Forward do. */
const THEMES = ['robo-a-casa', 'espacio-publico'];

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  if (!findChromium()) return [missingLine(NAME, 0, 'Chromium is not installed')];
  const cdmx = await context.cdmx();
  const browser = await openBrowser();
  try {
    const colonias = `${NAME} colonias`;
    return [
      cdmx
        ? await onServer(
            browser,
            cdmx.home,
            {},
            { name: colonias, rows: cdmx.rows, view: 'areas', city: 'cdmx', note: 'real CDMX' },
          )
        : missingLine(colonias, 0, `no real CDMX data, or ${NO_POSTGIS}`),
      await onDemo(browser, context),
    ];
  } finally {
    await browser.close();
  }
}

/** The demo city has about 10,000 segments. */
function onDemo(browser: Browser, context: BenchContext): Promise<BenchLine> {
  const home = { dataDir: context.scratch(), databaseUrl: null };
  const subject = {
    name: `${NAME} streets`,
    rows: 250_000,
    view: 'streets',
    city: 'demo',
    note: 'demo city, 10,000 segments',
  };
  return onServer(browser, home, { CUADRA_DEMO: '1' }, subject);
}

type Subject = {
  readonly name: string;
  readonly rows: number;
  readonly view: string;
  readonly city: string;
  readonly note: string;
};

async function onServer(
  browser: Browser,
  home: Home,
  env: Record<string, string>,
  subject: Subject,
): Promise<BenchLine> {
  const server = await startServer({ ...home, env, readyTimeoutMs: READY_WITHIN_MS });
  try {
    const samples = await repaints(browser, server, subject);
    const note = `${subject.note}, software renderer, longest ${Math.round(Math.max(...samples))} ms`;
    return limitLine({ name: subject.name, rows: subject.rows, unit: 'ms', ours: spreadOf(samples), note }, LIMIT_MS);
  } finally {
    await server.stop();
  }
}

async function repaints(browser: Browser, server: TestServer, { city, view }: Subject): Promise<number[]> {
  const { page, close } = await openPage(browser, server.origin);
  const path = (theme: string) => `/?city=${city}&view=${view}&theme=${theme}`;
  await page.goto(server.origin + path(THEMES[1]!));
  await page.locator('.answer strong').first().waitFor();
  await untilStill(page);
  const samples: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    samples.push(await measureRepaint(page, path(THEMES[round % THEMES.length]!)));
    await page.waitForTimeout(SETTLED_MS);
  }
  await close();
  return samples.slice(1);
}

/** Waits until two looks at the map a second apart are the same. */
export async function untilStill(page: Page): Promise<void> {
  let before = '';
  for (;;) {
    const now = (await page.locator('canvas').first().screenshot()).toString('base64');
    if (now === before) return;
    before = now;
    await page.waitForTimeout(1000);
  }
}

/**
 * Changes the address as Back does, which the page follows, and answers the milliseconds until the last frame in which
 * the map drew: WebGL draw calls are counted, and the map has come to rest when none comes for half a second.
 */
function measureRepaint(page: Page, path: string): Promise<number> {
  return page.evaluate(async (target) => {
    const REST_MS = 500;
    const GIVE_UP_MS = 20_000;
    const context = WebGL2RenderingContext.prototype;
    const { drawElements } = context;
    let lastDraw = 0;
    context.drawElements = function (...args) {
      lastDraw = performance.now();
      drawElements.apply(this, args);
    };
    const answered = new Promise<number>((resolve) => {
      new PerformanceObserver((list, observer) => {
        const answer = list.getEntries().find(({ name }) => name.includes('/counts?'));
        if (!answer) return;
        observer.disconnect();
        resolve((answer as PerformanceResourceTiming).responseEnd);
      }).observe({ type: 'resource' });
    });
    const began = performance.now();
    history.pushState(null, '', target);
    dispatchEvent(new PopStateEvent('popstate'));
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    let answeredAt = Number.POSITIVE_INFINITY;
    void answered.then((at) => {
      answeredAt = at;
    });
    // Drawn after the answer came, and at rest since.
    while (!(lastDraw > answeredAt && performance.now() - lastDraw > REST_MS)) {
      if (performance.now() - began > GIVE_UP_MS) throw new Error(`no repaint of ${target} within ${GIVE_UP_MS} ms`);
      await frame();
    }
    context.drawElements = drawElements;
    return lastDraw - began;
  }, path);
}
