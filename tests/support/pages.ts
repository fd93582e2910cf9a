// What a file of browser tests stands on: one server, one Chromium, and for each test a page that must end clean. A page that
// was left serves the next test, emptied of all but its cache: a new one would start, compile and fetch everything again.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { openBrowser, openPage, type PageOptions, type TestPage } from './browser.ts';
import type { TestServer } from './server.ts';

export type VisitOptions = PageOptions & {
  /** A browser that was never here: nothing is cached. */
  readonly isFresh?: boolean;
  /** False = without WebGL, for what is not about the map: drawing it costs more than all the rest of a page. */
  readonly drawsMaps?: boolean;
};

export type Pages = {
  /** A page at an address of the server, from its first slash on. */
  visit(search?: string, options?: VisitOptions): Promise<Page>;
  /** A page that shows nothing yet. */
  open(options?: VisitOptions): Promise<Page>;
  /** Leaves the page before its test ends; `allowed` are complaints that belong to the trouble it was in. */
  leave(allowed?: readonly RegExp[]): Promise<void>;
};

/** As for those who asked for less motion: each frame of one is drawn by software. */
const STILL: PageOptions = { reducedMotion: 'reduce' };

/**
 * `place` = the origin of a server that runs already, or how to start one, which is ended with the file and whose log must
 * be clean. `usual` = how pages are opened where nothing else is said.
 */
export function usePages(
  place: string | (() => Promise<TestServer>),
  usual: Omit<VisitOptions, 'isFresh'> = {},
): Pages {
  const kept = new Map<string, TestPage>();
  /** With WebGL and without, each from when it is first needed. */
  const browsers = new Map<boolean, Browser>();
  let server: TestServer | null = null;
  let origin = '';
  let opened: TestPage | null = null;

  beforeAll(async () => {
    if (typeof place !== 'string') server = await place();
    origin = server?.origin ?? String(place);
  });
  afterAll(async () => {
    for (const browser of browsers.values()) await browser.close();
    await server?.stop();
    server?.remove();
    server?.assertLogClean();
  });

  const leave = async (allowed: readonly RegExp[] = []) => {
    const last = opened;
    opened = null;
    if (!last) return;
    const isKept = [...kept.values()].includes(last);
    const isEmptied = isKept && (await last.empty());
    // A page whose server has gone can go nowhere.
    if (!isEmptied) await close(last);
    last.assertClean(allowed);
  };
  afterEach(() => leave());

  const close = async (page: TestPage) => {
    for (const [profile, each] of kept) if (each === page) kept.delete(profile);
    await page.close();
  };
  const browserOf = async (drawsMaps: boolean) => {
    const browser = browsers.get(drawsMaps) ?? (await openBrowser({ drawsMaps }));
    browsers.set(drawsMaps, browser);
    return browser;
  };
  const open = async ({ isFresh = false, ...options }: VisitOptions = {}) => {
    await leave();
    const { width, height, drawsMaps = true, ...rest } = { ...STILL, ...usual, ...options };
    const profile = JSON.stringify({ drawsMaps, ...rest });
    const known = isFresh ? undefined : kept.get(profile);
    opened = known ?? (await openPage(await browserOf(drawsMaps), origin, { ...rest, width, height }));
    if (known) await known.again({ width, height });
    else if (!isFresh) kept.set(profile, opened);
    return opened.page;
  };
  const visit = async (search = '', options: VisitOptions = {}) => {
    const page = await open(options);
    await page.goto(`${origin}/${search}`);
    return page;
  };
  return { visit, open, leave };
}
