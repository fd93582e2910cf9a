// What a file of browser tests stands on: one server, one Chromium, and for each test a page of its own that must end clean.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { openBrowser, openPage, type PageOptions, type TestPage } from './browser.ts';
import type { TestServer } from './server.ts';

export type Pages = {
  /** A fresh page at an address of the server, from its first slash on. */
  visit(search?: string, options?: PageOptions): Promise<Page>;
  /** A fresh page that has gone nowhere yet. */
  open(options?: PageOptions): Promise<Page>;
  /** Closes the page before its test ends; `allowed` are complaints that belong to the trouble it was in. */
  leave(allowed?: readonly RegExp[]): Promise<void>;
};

/**
 * `place` = the origin of a server that runs already, or how to start one, which is ended with the file and whose log must
 * be clean. `usual` = how pages are opened where nothing else is said.
 */
export function usePages(place: string | (() => Promise<TestServer>), usual: PageOptions = {}): Pages {
  let browser: Browser | null = null;
  let server: TestServer | null = null;
  let origin = '';
  let opened: TestPage | null = null;

  beforeAll(async () => {
    if (typeof place !== 'string') server = await place();
    origin = server?.origin ?? String(place);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    server?.remove();
    server?.assertLogClean();
  });

  const leave = async (allowed: readonly RegExp[] = []) => {
    const last = opened;
    opened = null;
    await last?.close();
    last?.assertClean(allowed);
  };
  afterEach(() => leave());

  const open = async (options: PageOptions = {}) => {
    await leave();
    if (!browser) throw new Error('before the browser was started');
    opened = await openPage(browser, origin, { ...usual, ...options });
    return opened.page;
  };
  const visit = async (search = '', options: PageOptions = {}) => {
    const page = await open(options);
    await page.goto(`${origin}/${search}`);
    return page;
  };
  return { visit, open, leave };
}
