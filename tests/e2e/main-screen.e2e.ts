// The main screen in real Chromium on the demo city: what a planner sees and does, with a clean console throughout.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, inject, test } from 'vitest';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import { usePages, type VisitOptions } from '../support/pages.ts';

const origin = inject('demo');
const pages = usePages(origin, { drawsMaps: false });
const WITH_MAP = { drawsMaps: true };

/** Opens the page at an address and waits for its first answer. */
async function visit(search = '', options: VisitOptions = {}): Promise<Page> {
  const page = await pages.visit(search, options);
  await page.locator('.answer strong').first().waitFor();
  return page;
}

async function totalsOf(filter: string): Promise<CountsAnswer['totals']> {
  for (;;) {
    const response = await fetch(`${origin}/api/v1/demo/counts?layer=colonias&${filter}`);
    if (response.ok) return ((await response.json()) as CountsAnswer).totals;
    // A server with too much to do says when to come back.
    expect(response.status).toBe(503);
    await sleep(1000 * Number(response.headers.get('retry-after') ?? 1));
  }
}

/** What the headline counts: all that matched but for what lies outside. */
async function inside(filter: string): Promise<number> {
  const { matched, outside } = await totalsOf(filter);
  return matched - outside;
}

const headline = (page: Page) =>
  page
    .getByRole('region', { name: /^(Respuesta|Answer)$/ })
    .locator('strong')
    .first();
const spanish = (count: number) => count.toLocaleString('es-MX');

async function expectHeadline(page: Page, filter: string): Promise<void> {
  const count = spanish(await inside(filter));
  await expect.poll(() => headline(page).textContent()).toBe(count);
}

const filterButton = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Filtros' }).getByRole('button', { name });

describe('downloading', () => {
  test('the incidents of the view come as a file: those of the headline, and on demand those outside', async () => {
    const page = await visit();
    const total = Number((await headline(page).textContent())!.replaceAll(',', ''));
    const open = page.getByRole('region', { name: 'Respuesta' }).getByRole('button', { name: 'Descargar' });
    await open.focus();
    await page.keyboard.press('Enter');
    const menu = page.getByRole('dialog', { name: 'Descargar' });
    for (const name of [/^CSV/, /^GeoPackage/, /^GeoJSON/, /^Qué contiene/]) {
      await menu.getByRole('link', { name }).waitFor();
    }
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      menu.getByRole('link', { name: /^CSV/ }).press('Enter'),
    ]);
    expect(download.suggestedFilename()).toMatch(/^demo-incident-v\d+\.csv$/);
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    expect(lines[0]).toContain('Fecha');
    const { outside } = await totalsOf('theme=espacio-publico&period=12m');
    expect(outside).toBeGreaterThan(0);
    expect(lines.length - 1).toBe(total);
    await open.click();
    await menu.getByRole('checkbox', { name: `También ${spanish(outside)} con punto fuera de los límites` }).check();
    await menu.getByText(`${spanish(total + outside)} registros, tal como están filtrados`).waitFor();
  });

  test('on a phone the formats fill the screen and stay within it', async () => {
    const page = await visit('', { width: 390, height: 844, hasTouch: true });
    await page.getByRole('button', { name: 'Descargar', exact: true }).first().click();
    const menu = page.getByRole('dialog', { name: 'Descargar' });
    await menu.getByRole('link', { name: /^CSV/ }).waitFor();
    const box = (await menu.boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(390);
  });
});

describe('opening', () => {
  test('where, what and when are answered without a click, and the numbers are those of the API', async () => {
    const page = await visit('', WITH_MAP);
    await expectHeadline(page, 'theme=espacio-publico&period=12m');
    await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent()).toBe('San Telmo del Río');
    expect(await page.getByRole('banner').getByText('Ciudad de muestra').isVisible()).toBe(true);
    for (const name of ['Respuesta', 'Dónde', 'Cuándo', 'Tendencia', 'Leyenda']) {
      expect(await page.getByRole('region', { name }).isVisible(), name).toBe(true);
    }
    expect(await page.getByRole('region', { name: 'Dónde' }).getByRole('listitem').count()).toBe(10);
  });

  test('the reconciling line adds up to the headline', async () => {
    const page = await visit();
    const line = page.getByText(/en el mapa · .* sin ubicación · .* protegidos/).first();
    const [here = '', apart = ''] = ((await line.textContent()) ?? '').split('Aparte');
    const numbers = here.match(/[\d,]+/g)!.map((text) => Number(text.replaceAll(',', '')));
    const total = Number((await headline(page).textContent())!.replaceAll(',', ''));
    expect(numbers).toHaveLength(3);
    expect(numbers.reduce((a, b) => a + b)).toBe(total);
    const { outside } = await totalsOf('theme=espacio-publico&period=12m');
    expect(apart).toContain(`${spanish(outside)} con punto fuera de los límites`);
  });

  test('the map is painted, not blank', async () => {
    const page = await visit('?view=areas', WITH_MAP);
    await expect.poll(() => coloursOfMap(page), { timeout: 60_000, interval: 1000 }).toBeGreaterThan(20);
  });
});

/** Different colours in a picture of the middle of the map, where neither cards nor buttons stand. */
async function coloursOfMap(page: Page): Promise<number> {
  const picture = await page.screenshot({ clip: { x: 350, y: 250, width: 500, height: 450 } });
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const pixels = new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer);
    return new Set(pixels).size;
  }, picture.toString('base64'));
}

describe('filtering', () => {
  test('a theme changes the numbers and the address, and Back undoes it', async () => {
    const page = await visit();
    await filterButton(page, 'Tema').click();
    await page.getByRole('radio', { name: 'Robo a casa' }).click();
    await expectHeadline(page, 'theme=robo-a-casa&period=12m');
    expect(page.url()).toContain('theme=robo-a-casa');
    await page.goBack();
    await expectHeadline(page, 'theme=espacio-publico&period=12m');
  });

  test('street crime on weekend nights in one sector takes four clicks', async () => {
    const page = await visit();
    let clicks = 0;
    const click = async (target: ReturnType<Page['getByRole']>) => {
      await target.click();
      clicks++;
    };
    await click(filterButton(page, 'Días y horas'));
    await click(page.getByRole('button', { name: 'Noches de viernes y sábado' }));
    await page.keyboard.press('Escape');
    await click(filterButton(page, 'Dónde'));
    await click(page.getByRole('radio', { name: 'Centro 1' }));
    expect(clicks).toBeLessThanOrEqual(4);
    const query = new URL(page.url()).searchParams;
    expect(query.get('weekday')).toBe('5,6');
    expect(query.get('weekdayOf')).toBe('shift');
    expect(query.get('within')).toMatch(/^sectores:/);
    query.set('theme', 'espacio-publico');
    query.set('period', '12m');
    await expectHeadline(page, query.toString());
  });

  test('a link opens the view it was copied from', async () => {
    const page = await visit('?theme=todos&from=2024-03-01&until=2024-04-01&hour=20-2&weekday=5&weekdayOf=shift');
    await expectHeadline(page, 'theme=todos&from=2024-03-01&until=2024-04-01&hour=20-2&weekday=5&weekdayOf=shift');
  });

  test('a filter nothing matches says so and offers the way out', async () => {
    const page = await visit('?from=2030-01-01&until=2030-02-01');
    await expect.poll(() => headline(page).textContent()).toBe('0');
    await page
      .getByText(/Ningún delito con estos filtros/)
      .first()
      .waitFor();
  });
});

describe('places', () => {
  test('a searched neighbourhood opens its card, and Esc closes it', async () => {
    const page = await visit();
    await page.keyboard.press('/');
    await page.keyboard.type('carmen');
    await page.getByRole('option', { name: /El Carmen/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'El Carmen' }).waitFor();
    expect(page.url()).toContain('place=colonias');
    await page.locator('body').press('Escape');
    await page.getByRole('region', { name: 'Respuesta' }).waitFor();
  });

  test('the list is reached by a key and a row opens the card', async () => {
    const page = await visit();
    await page.getByRole('region', { name: 'Dónde' }).getByRole('listitem').first().waitFor();
    await page.keyboard.press('l');
    const first = await page.evaluate(() => document.activeElement?.textContent ?? '');
    expect(first).toMatch(/^1/);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Ver solo aquí' }).waitFor();
  });
});

describe('language', () => {
  test('English is one click away and stays', async () => {
    const page = await visit();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('region', { name: 'Where' }).waitFor();
    await expect.poll(() => page.locator('html').getAttribute('lang')).toMatch(/^en/);
    await page.goto(`${origin}/`);
    await page.getByRole('region', { name: 'Where' }).waitFor();
  });
});

describe('phone', () => {
  test('nothing is wider than the screen, and the headline is on it', async () => {
    const page = await visit('', { width: 390, height: 844, hasTouch: true, ...WITH_MAP });
    await expectHeadline(page, 'theme=espacio-publico&period=12m');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    const box = (await headline(page).boundingBox())!;
    expect(box.y + box.height).toBeLessThan(844);
  });

  test('at 320 px nothing is cut off sideways', async () => {
    const page = await visit('', { width: 320, height: 640, hasTouch: true });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  });
});

describe('accessibility', () => {
  type Violation = { id: string; impact: string; nodes: { target: string[] }[] };

  test.each([
    ['desktop', {}],
    ['phone, with the card of the legend open', { width: 390, height: 844, hasTouch: true }],
  ] as const)('axe finds nothing serious on the %s', async (name, options) => {
    const page = await visit('', { ...options, ...WITH_MAP });
    await page.getByRole('region', { name: 'Cuándo' }).waitFor({ state: 'attached' });
    if (name !== 'desktop') await page.locator('.legend-strip').click();
    // Through the debugger: the page's own security policy forbids scripts from elsewhere, as it should.
    await page.evaluate(axe.source);
    const found = await page.evaluate<Violation[]>(
      'axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then(({ violations }) => violations)',
    );
    const serious = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual(
      [],
    );
  });
});

describe('analysis', () => {
  test('hot spots are drawn, read, listed, saved with score, raw p and class, and opened again by their address', async () => {
    const page = await pages.visit('?tab=analysis', WITH_MAP);
    await page.getByRole('heading', { name: 'Cómo leerlo' }).waitFor();
    await page.getByText(/^De \d+ lugares, \d+ son puntos calientes/).waitFor();
    await page.locator('.map-panel[data-state=ready]').waitFor();
    const neighbours = page.getByRole('combobox', { name: 'Vecinos' });
    await page.getByText('Opciones del método', { exact: true }).click();
    await neighbours.selectOption('knn');
    await expect.poll(() => page.url()).toContain('a.weights=knn:8');
    await page.getByText('Vecinos: Los K más cercanos (8)').waitFor();
    const table = page.getByRole('region', { name: 'Tabla', exact: true }).locator('table').first();
    // Falling by z, then by keyboard rising.
    const sorting = table.getByRole('columnheader', { name: 'z', exact: true });
    expect(await sorting.getAttribute('aria-sort')).toBe('descending');
    await sorting.getByRole('button').press('Enter');
    await expect.poll(() => sorting.getAttribute('aria-sort')).toBe('ascending');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Descargar tabla' }).press('Enter'),
    ]);
    const lines = readFileSync(await download.path(), 'utf8')
      .slice(1)
      .split('\r\n');
    expect(lines[0]).toBe('code,name,value,z,class,p,p_skew,p_adjusted');
    expect(lines).toContain('weights,knn:8');
    await page.reload();
    await page.getByText('Vecinos: Los K más cercanos (8)').waitFor();
    expect(await neighbours.inputValue()).toBe('knn');
    await page.evaluate(axe.source);
    expect(await page.evaluate('axe.run("main").then(({ violations }) => violations.map(({ id }) => id))')).toEqual([]);

    // What it shows goes into the diagnosis of a problem: the picture, its legend, what it says and how it was made.
    await page.evaluate(() => {
      const headers = { 'content-type': 'application/json' };
      return fetch('/api/v1/demo/problems', { method: 'POST', headers, body: JSON.stringify({ title: 'Con imagen' }) });
    });
    await page.locator('.map-panel[data-state=ready]').waitFor();
    await page.getByRole('button', { name: 'Guardar la imagen en un problema' }).press('Enter');
    await page.locator('.add-picture').getByRole('button', { name: 'Guardar', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Ver el problema' }).press('Enter');
    const picture = page.locator('.problem-picture');
    await picture.getByText(/Vecinos: Los K más cercanos \(8\)/).waitFor();
    await picture.getByText(/^De \d+ lugares, \d+ son puntos calientes/).waitFor();
    const width = () => picture.locator('img').evaluate((node: HTMLImageElement) => node.naturalWidth);
    await expect.poll(width).toBeGreaterThan(500);
    expect(await picture.getByText(/1 · Caliente, 99 %/).count()).toBe(1);
  });
});

describe('print', () => {
  test('the sheet carries the figure, the filters in words and the totals', async () => {
    const page = await visit('', WITH_MAP);
    await expectHeadline(page, 'theme=espacio-publico&period=12m');
    await page.emulateMedia({ media: 'print' });
    const text = (await page.locator('body').innerText()).replace(/\s+/g, ' ');
    expect(text).toContain(spanish(await inside('theme=espacio-publico&period=12m')));
    expect(text).toContain('Espacio público');
    expect(text).toMatch(/1 ene.31 dic 2025/);
    expect(text).toMatch(/sin ubicación/);
  });
});
