// A period drawn on the trend in real Chromium: every figure follows the hand, from columns the page holds, and the address is
// written when the hand lets go.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { expect, inject, test } from 'vitest';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import { usePages } from '../support/pages.ts';

const origin = inject('demo');
const pages = usePages(origin, { drawsMaps: false });
const ASKED = /\/api\/v1\/demo\/(counts|summary|clock|top)\?/;

async function visit(search = ''): Promise<{ readonly page: Page; readonly asked: string[] }> {
  const page = await pages.visit(search);
  const asked: string[] = [];
  page.on('request', (request) => void asked.push(request.url()));
  await page.locator('.answer strong').first().waitFor();
  await page.locator('.trend-chart .chosen-months').waitFor();
  await page.locator('.trend-range').scrollIntoViewIfNeeded();
  return { page, asked };
}

const headline = (page: Page) => page.locator('.answer strong').first().textContent();

/** What the server counts in the municipality. */
async function counted(filter: string): Promise<string> {
  for (;;) {
    const response = await fetch(`${origin}/api/v1/demo/counts?layer=colonias&theme=espacio-publico&${filter}`);
    if (response.ok) {
      const { totals } = (await response.json()) as CountsAnswer;
      return (totals.matched - totals.outside).toLocaleString('es-MX');
    }
    expect(response.status).toBe(503);
    await sleep(1000);
  }
}

/** The middle of a month of the 36 shown, on the screen; the axis stands for the first 48 of 400. */
async function monthAt(page: Page, month: number): Promise<readonly [number, number]> {
  const { x, y, width, height } = (await page.locator('.trend-range').boundingBox())!;
  return [x + (width * (48 + (month + 0.5) * (352 / 36))) / 400, y + height / 2];
}

test('the figures follow the hand without the server, and the period is chosen when it lets go', async () => {
  const { page, asked } = await visit();
  const before = await headline(page);
  await page.mouse.move(...(await monthAt(page, 4)));
  await page.locator('.trend[data-columns=held]').waitFor();
  asked.length = 0;
  await page.mouse.down();
  // January 2023 is the first month shown.
  for (const month of [6, 9, 7]) await page.mouse.move(...(await monthAt(page, month)));
  await page.getByText(/^De may 2023 a ago 2023: [\d,]+/).waitFor();
  const drawn = await counted('from=2023-05-01&until=2023-09-01');
  await expect.poll(() => headline(page)).toBe(drawn);
  expect(page.url()).not.toContain('from=');
  expect(asked.filter((url) => ASKED.test(url))).toEqual([]);
  await page.mouse.up();
  await expect.poll(() => page.url()).toContain('from=2023-05-01&until=2023-09-01');
  expect(await headline(page)).toBe(drawn);
  // An end of the period, taken by hand, moves alone.
  await page.mouse.move(...(await monthAt(page, 7)));
  await page.mouse.down();
  await page.mouse.move(...(await monthAt(page, 10)));
  await page.mouse.up();
  await expect.poll(() => page.url()).toContain('from=2023-05-01&until=2023-12-01');
  await page.goBack();
  await page.goBack();
  await expect.poll(() => headline(page)).toBe(before);
});

test('by keyboard a stretch is drawn with Shift, chosen with Enter, and left with Escape', async () => {
  const { page } = await visit();
  const before = await headline(page);
  await page.locator('.trend-range').focus();
  for (let i = 0; i < 2; i++) await page.keyboard.press('Shift+ArrowLeft');
  await page.getByText(/^De oct 2025 a dic 2025: [\d,]+/).waitFor();
  expect(await page.locator('.trend-range').getAttribute('aria-valuetext')).toMatch(/^De oct 2025 a dic 2025/);
  const drawn = await counted('from=2025-10-01&until=2026-01-01');
  await expect.poll(() => headline(page)).toBe(drawn);
  await page.keyboard.press('Escape');
  await expect.poll(() => headline(page)).toBe(before);
  expect(page.url()).not.toContain('from=');
  for (let i = 0; i < 2; i++) await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.url()).toMatch(/from=2025-\d\d-01&until=20/);
});

test('hours and days drawn on the clock move every figure at once, and are chosen when the hand lets go', async () => {
  const { page, asked } = await visit();
  const before = await headline(page);
  const cell = (day: number, hour: number) => page.locator(`[data-day="${day}"][data-hour="${hour}"]`);
  await cell(4, 20).scrollIntoViewIfNeeded();
  await cell(4, 20).hover();
  await page.locator('.trend[data-columns=held]').waitFor();
  asked.length = 0;
  await page.mouse.down();
  await cell(5, 22).hover();
  // Friday and Saturday, from eight to eleven at night.
  const drawn = await counted('period=12m&weekday=5,6&hour=20-23');
  await expect.poll(() => headline(page)).toBe(drawn);
  expect(drawn).not.toBe(before);
  expect(page.url()).not.toContain('hour=');
  expect(asked.filter((url) => ASKED.test(url))).toEqual([]);
  await page.mouse.up();
  await expect.poll(() => page.url()).toContain('hour=20-23');
  expect(await headline(page)).toBe(drawn);
});

test('where the columns cannot be had the server answers as ever', async () => {
  const { page, asked } = await visit();
  await page.route(/incidents\.arrow/, (route) => route.abort());
  await page.mouse.move(...(await monthAt(page, 30)));
  await page.mouse.down();
  await page.mouse.move(...(await monthAt(page, 34)));
  const drawn = await counted('from=2025-07-01&until=2025-12-01');
  await expect.poll(() => headline(page)).toBe(drawn);
  expect(asked.filter((url) => ASKED.test(url)).length).toBeGreaterThan(0);
  await page.mouse.up();
  await pages.leave([/ERR_FAILED/]);
});
