// That the screen says what is true at a glance: heat on one scale, one measure for list and map, and what is on its way.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import type { TopAnswer } from '../../server/counts/contract.ts';
import type { FeatureRow } from '../../server/layers/contract.ts';
import { openBrowser, openPage, type PageOptions, type TestPage } from '../support/browser.ts';

const origin = inject('demo');
const SLOW = { timeout: 60_000 };
/** First load of the map, everything the page fetches: compressed bytes. */
const MOST_BYTES = 630_000;
let browser: Browser;
let opened: TestPage | null = null;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());
afterEach(async () => {
  const last = opened;
  opened = null;
  await last?.close();
  last?.assertClean();
});

async function visit(search = '', options: PageOptions = {}): Promise<Page> {
  opened = await openPage(browser, origin, options);
  await opened.page.goto(`${origin}/${search}`, SLOW);
  return opened.page;
}
const drawn = (page: Page) => page.locator('.map-panel[data-state=ready]').waitFor(SLOW);
const answered = (page: Page) => page.locator('.answer strong').first().waitFor(SLOW);
async function ask<T>(path: string): Promise<T> {
  return (await (await fetch(`${origin}/api/v1/demo/${path}`)).json()) as T;
}

describe('heat', () => {
  test('has the same figures at its colours from zoom to zoom and under any filter, and names the filters', async () => {
    const found: string[] = [];
    for (const view of [
      'view=heat&map=10/20.473/-99.86',
      'view=heat&map=16/20.473/-99.86',
      'view=heat&theme=todos&from=2024-03-05&until=2024-03-06&hour=20-2',
    ]) {
      const page = await visit(`?${view}`);
      await answered(page);
      const legend = page.getByRole('region', { name: 'Leyenda' });
      const ticks = legend.locator('.legend-card .ticks');
      await ticks.waitFor(SLOW);
      found.push((await ticks.locator('span').allTextContents()).join(' '));
      if (view.includes('hour')) await legend.getByText(/5 mar 2024 · Todos · 20–2 h/).waitFor(SLOW);
      await opened?.close();
    }
    expect(new Set(found)).toEqual(new Set(['1 30 300 2,000 10,000']));
  });

  test('leaves no place of the first ten without colour, where there are few too', async () => {
    const filter = 'theme=todos&from=2024-03-05&until=2024-03-06';
    const { rows, layerVersion } = await ask<TopAnswer>(`top?layer=colonias&limit=10&${filter}`);
    const { features } = await ask<{ features: FeatureRow[] }>(`layers/colonias@${layerVersion}/features`);
    for (const row of [rows[0]!, rows[9]!]) {
      const [lon, lat] = features.find(({ id }) => id === row.id)!.at!;
      const page = await visit(`?view=heat&${filter}&map=14/${lat}/${lon}`);
      await drawn(page);
      await expect.poll(() => warmth(page), SLOW).toBeGreaterThan(25);
      await opened?.close();
    }
  });
});

/** How much redder than blue the middle of the map is, most pixels of it: land is grey, heat is not. */
async function warmth(page: Page): Promise<number> {
  const box = (await page.locator('.map').boundingBox())!;
  const clip = { x: box.x + box.width / 2 - 40, y: box.y + box.height / 2 - 40, width: 80, height: 80 };
  const picture = await page.screenshot({ clip });
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const redder: number[] = [];
    for (let at = 0; at < data.length; at += 4) redder.push(data[at]! - data[at + 2]!);
    return redder.sort((a, b) => a - b)[Math.floor(redder.length / 2)]!;
  }, picture.toString('base64'));
}

describe('list and map', () => {
  test('speak of the same measure, changed in one place; a place without a rate is told of', async () => {
    const page = await visit('?view=areas');
    await answered(page);
    const where = page.getByRole('region', { name: 'Dónde' });
    const byRate = await ask<TopAnswer>('top?layer=colonias&limit=1&by=rate&theme=espacio-publico&period=12m');
    const byCount = await ask<TopAnswer>('top?layer=colonias&limit=1&theme=espacio-publico&period=12m');
    expect(byRate.rows[0]!.name).not.toBe(byCount.rows[0]!.name);
    await where.getByRole('button', { name: new RegExp(`^1 ?${byRate.rows[0]!.name}`) }).waitFor(SLOW);
    await page.getByRole('heading', { name: 'Delitos por cada 100 mil habitantes al año' }).waitFor(SLOW);
    await where.getByText(/sin tasa, por tener menos de 1,000 habitantes/).waitFor(SLOW);
    await where.getByRole('button', { name: 'Número' }).click();
    await where.getByRole('button', { name: new RegExp(`^1 ?${byCount.rows[0]!.name}`) }).waitFor(SLOW);
    await page.getByRole('heading', { name: 'Número de delitos (colonias)' }).waitFor(SLOW);
  });
});

describe('a chosen place', () => {
  test('of a layer that is not drawn has its name, and the map goes there', async () => {
    const page = await visit('?place=sectores:S01');
    await page.getByRole('region', { name: 'Centro 1' }).waitFor(SLOW);
    await expect.poll(() => Number(/map=([\d.]+)/.exec(page.url())?.[1] ?? 0), { timeout: 90_000 }).toBeGreaterThan(13);
  });

  test('brings its card into view, however far the list was scrolled', async () => {
    const page = await visit();
    await answered(page);
    const rows = page.getByRole('region', { name: 'Dónde' }).locator('.row');
    await rows.nth(9).waitFor(SLOW);
    await page.locator('.column-scroll').evaluate((element) => element.scrollTo({ top: 400 }));
    await rows.nth(9).click();
    await page.getByRole('button', { name: 'Ver solo aquí' }).waitFor(SLOW);
    await expect.poll(() => page.locator('.column-scroll').evaluate((element) => element.scrollTop), SLOW).toBe(0);
  });
});

describe('loading', () => {
  test('while the map is not there, it is said, and after a while that work goes on', async () => {
    opened = await openPage(browser, origin);
    const { page } = opened;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/tiles/**', async (route) => {
      await held;
      await route.continue().catch(() => undefined);
    });
    await page.goto(`${origin}/`, SLOW);
    await answered(page);
    await page.getByText(/El mapa viene en camino/).waitFor(SLOW);
    await page.locator('.progress.is-busy').waitFor({ state: 'attached', ...SLOW });
    await page.getByText('Sigo calculando…').waitFor(SLOW);
    release();
    await page.getByText(/El mapa viene en camino/).waitFor({ state: 'hidden', ...SLOW });
    await page.getByText('Sigo calculando…').waitFor({ state: 'hidden', ...SLOW });
  });

  test('the streets are not fetched while heat shows, and the first load is small', async () => {
    opened = await openPage(browser, origin);
    const { page } = opened;
    const sizes: Promise<number>[] = [];
    const paths: string[] = [];
    page.on('requestfinished', (request) => {
      paths.push(new URL(request.url()).pathname);
      sizes.push(
        request.sizes().then(
          ({ responseBodySize }) => responseBodySize,
          () => 0,
        ),
      );
    });
    await page.goto(`${origin}/`, SLOW);
    await answered(page);
    await drawn(page);
    const list = /layers\/streets@\d+\/features/;
    expect(paths.filter((path) => list.test(path))).toEqual([]);
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    console.log(`first load: ${bytes} bytes`);
    expect(bytes).toBeLessThan(MOST_BYTES);
    await page.getByRole('group', { name: 'Vista del mapa' }).getByRole('button', { name: 'Tramos' }).click();
    await expect.poll(() => paths.some((path) => list.test(path)), SLOW).toBe(true);
  });

  test('?help opens the help', async () => {
    const page = await visit('?help');
    await page.getByRole('dialog', { name: 'Ayuda' }).waitFor(SLOW);
  });
});

test('offences open in everyday words with the counts of the period; legal headings come second', async () => {
  const page = await visit('?from=2024-03-05&until=2024-03-06&theme=todos');
  await answered(page);
  await page.getByRole('button', { name: 'Tipo de delito' }).click();
  const menu = page.getByRole('dialog', { name: 'Tipo de delito' });
  const name = 'Robo a transeúnte en vía pública';
  const row = menu.locator('.tree-row', { hasText: name }).first();
  await row.getByText(name, { exact: true }).waitFor(SLOW);
  expect(await menu.getByText('El patrimonio').isVisible()).toBe(false);
  const rows = await ask<{ code: string; incidents: number }[]>('offences?from=2024-03-05&until=2024-03-06');
  const count = rows.find(({ code }) => code === 'patrimonio.robo.transeunte-via')!.incidents;
  expect(count).toBeLessThan(1000);
  await row.getByText(String(count), { exact: true }).waitFor(SLOW);
});
