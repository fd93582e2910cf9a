// Real Chromium, with everything it complains about and every address it asks for outside our origin kept.

import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Path of the installed Chromium or Chrome, or null; CHROMIUM_PATH wins. */
export function findChromium(): string | null {
  const named = process.env.CHROMIUM_PATH;
  if (named) return existsSync(named) ? named : null;
  return PLACES.find((path) => existsSync(path)) ?? null;
}

/**
 * Each window would else load the list below its address bar, which nobody sees, as a page of its own: half the time of an empty
 * one. Of such switches Chromium takes the last alone, so Playwright's own stand here again.
 */
const WITHOUT_FEATURES = [
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'],
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades'],
  ...[
    'HttpsFirstBalancedModeAutoEnable',
    'LensOverlay',
    'MediaRouter',
    'PaintHolding',
    'ThirdPartyStoragePartitioning',
  ],
  ...['AvoidCorsURLLoaderRestartOnRedirect', 'TcpPortRandomizationWin', 'OptimizationHints'],
  ...['NetworkTimeServiceQuerying', 'AimEnabled', 'PreconnectToSearch'],
];

/**
 * Starts Chromium with the software renderer, so that WebGL works without a graphics card; or without WebGL, where the page
 * shows all but the map.
 */
export async function openBrowser({ drawsMaps = true } = {}): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('Chromium is not installed');
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const webgl = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
  // The map alone is drawn by WebGL: a software renderer that puts the page together as well takes twice the time.
  const pageWithoutGl = '--disable-gpu-compositing';
  const drawing = drawsMaps ? [...webgl, pageWithoutGl] : ['--disable-gpu', '--disable-3d-apis'];
  const lean = `--disable-features=${WITHOUT_FEATURES}`;
  return chromium.launch({ executablePath, args: [...sandbox, ...drawing, lean] });
}

export type TestPage = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors and warnings, page errors, off-origin requests and failed requests so far. */
  problems(): readonly string[];
  /** Throws when there is a problem that no pattern allows. */
  assertClean(allowed?: readonly RegExp[]): void;
  /**
   * Takes the page to where nothing is shown, and everything away that was remembered but for what is cached. False where
   * that cannot be done.
   */
  empty(): Promise<boolean>;
  /** After `empty`: of this size, and watched anew. */
  again(size: Pick<PageOptions, 'width' | 'height'>): Promise<void>;
  close(): Promise<void>;
};

export type PageOptions = {
  readonly width?: number;
  readonly height?: number;
  readonly locale?: 'es-MX' | 'en';
  readonly hasTouch?: boolean;
  readonly reducedMotion?: 'reduce' | 'no-preference';
};

/** A machine that is busy with other things is no fault of the page. */
export const PATIENCE_MS = 100_000;

/** Chromium says these about the software renderer itself, whatever the page does. */
const OF_THE_RENDERER = [/GPU stall due to ReadPixels/, /Automatic fallback to software WebGL/];

/** Of a refused answer Chromium says the number alone; its address is told beside it. */
const ofAnAnswer = (text: string) => text.startsWith('Failed to load resource');

/** Answered here in the server's name. With an icon, which the browser would else ask for. */
const EMPTY_PAGE = { contentType: 'text/html', body: '<!doctype html><link rel="icon" href="data:,">' };
const REMEMBERED = 'cookies,local_storage,indexeddb,cache_storage,service_workers';
/** What tests listen to, too. */
const HEARD = ['console', 'pageerror', 'request', 'requestfailed', 'requestfinished', 'response'];

async function empty(page: Page, origin: string): Promise<void> {
  const context = page.context();
  for (const beside of context.pages()) if (beside !== page) await beside.close();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.emulateMedia({ media: null });
  await page.mouse.move(0, 0);
  const at = `${origin}/empty`;
  await page.route(at, (route) => route.fulfill(EMPTY_PAGE));
  await page.goto(at);
  await page.unroute(at);
  await page.evaluate(() => sessionStorage.clear());
  await context.clearCookies();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: REMEMBERED });
  await devtools.detach();
}

/** A fresh page of its own profile; `origin` is the only address it may talk to. */
export async function openPage(browser: Browser, origin: string, options: PageOptions = {}): Promise<TestPage> {
  const { width, height, locale = 'es-MX', ...rest } = options;
  const context = await browser.newContext({ viewport: sizeOf({ width, height }), locale, ...rest });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  let problems: string[] = [];
  const watch = () => {
    page.on('console', (message) => {
      const bad = message.type() === 'error' || message.type() === 'warning';
      if (bad && !OF_THE_RENDERER.some((known) => known.test(message.text())))
        problems.push(`console: ${message.text()}${ofAnAnswer(message.text()) ? ` (${message.location().url})` : ''}`);
    });
    page.on('pageerror', (error) => problems.push(`page: ${error.message}`));
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (/^(https?|wss?):$/.test(url.protocol) && url.origin !== origin) problems.push(`off origin: ${url.href}`);
    });
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? '';
      // A newer filter cancels the question before it; that is the page working.
      if (reason !== 'net::ERR_ABORTED') problems.push(`failed: ${request.url()} ${reason}`);
    });
  };
  watch();
  return {
    page,
    context,
    problems: () => problems,
    assertClean: (allowed = []) => {
      const left = problems.filter((problem) => !allowed.some((pattern) => pattern.test(problem)));
      if (left.length) throw new Error(`the page is not clean:\n${left.join('\n')}`);
    },
    empty: async () => {
      for (const event of HEARD) page.removeAllListeners(event);
      try {
        await empty(page, origin);
        return true;
      } catch {
        return false;
      }
    },
    again: async ({ width, height }) => {
      problems = [];
      watch();
      await page.setViewportSize(sizeOf({ width, height }));
    },
    close: () => context.close(),
  };
}

function sizeOf({ width = 1440, height = 900 }: Pick<PageOptions, 'width' | 'height'>) {
  return { width, height };
}
