// That the screen says what is true at a glance: heat on one scale, one measure for list and map, and what is on its way.

import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, inject, test } from 'vitest';
import { seeded } from '../../geodata/demo/random.ts';
import type { CountsAnswer, TopAnswer } from '../../server/counts/contract.ts';
import type { FeatureRow } from '../../server/layers/contract.ts';
import { bandwidthOf, exactDensity } from '../../server/statistics/kernel-density.ts';
import { toX, toY, worldM } from '../../web/map/heat.ts';
import { heatOnCard } from '../support/heat-card.ts';
import { usePages } from '../support/pages.ts';

const origin = inject('demo');
const { visit, open, leave } = usePages(origin);
/** First load of the map, everything the page fetches: compressed bytes. */
const MOST_BYTES = 630_000;
/** The two darkest classes of streets: `#741327` and `#c8481e`. */
const STREETS = [
  [0x74, 0x13, 0x27],
  [0xc8, 0x48, 0x1e],
] as const;

/** Software draws every pixel: where the middle of the map is looked at, the rest may be small. */
const SMALL = { width: 1100, height: 700 } as const;

/** For what the map does not show. */
const WITHOUT_MAP = { drawsMaps: false } as const;

/** As most people look at it: the map flies. */
const MOVING = { reducedMotion: 'no-preference' } as const;

/** A picture takes a software renderer longer than the usual time between two looks. */
const SEEN = { interval: 500 };
const drawn = (page: Page) => page.locator('.map-panel[data-state=ready]').waitFor();
const answered = (page: Page) => page.locator('.answer strong').first().waitFor();
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
      const page = await visit(`?${view}`, SMALL);
      await answered(page);
      const legend = page.getByRole('region', { name: 'Leyenda' });
      const ticks = legend.locator('.legend-card .ticks');
      await ticks.waitFor();
      found.push((await ticks.locator('span').allTextContents()).join(' '));
      if (view.includes('hour')) await legend.getByText(/5 mar 2024 · Todos · 20–2 h/).waitFor();
      await leave();
    }
    expect(new Set(found)).toEqual(new Set(['≤\u202f1 30 200 1,000 5,000+']));
  });

  test('leaves no place of the first ten without colour, where there are few too', async () => {
    const filter = 'theme=todos&from=2024-03-05&until=2024-03-06';
    const { rows, layerVersion } = await ask<TopAnswer>(`top?layer=colonias&limit=10&${filter}`);
    const { features } = await ask<{ features: FeatureRow[] }>(`layers/colonias@${layerVersion}/features`);
    for (const row of [rows[0]!, rows[9]!]) {
      const [lon, lat] = features.find(({ id }) => id === row.id)!.at!;
      const page = await visit(`?view=heat&${filter}&map=14/${lat}/${lon}`, SMALL);
      await drawn(page);
      await expect.poll(() => warmth(page), SEEN).toBeGreaterThan(25);
      await leave();
    }
  });

  test('gives the same place the same colour from afar and close up, and whatever else a filter leaves out', async () => {
    const { rows, layerVersion } = await ask<TopAnswer>('top?layer=colonias&limit=1&theme=todos&period=12m');
    const { features } = await ask<{ features: FeatureRow[] }>(`layers/colonias@${layerVersion}/features`);
    const [lon, lat] = features.find(({ id }) => id === rows[0]!.id)!.at!;
    // Far enough round the place for all that is felt there.
    const ring = [-1, 1].flatMap((x) =>
      [-x, x].map((y) => `${(lon + x * 0.02).toFixed(4)},${(lat + y * 0.02).toFixed(4)}`),
    );
    const found: Color[] = [];
    for (const [zoom, side, filter] of [
      [10, 3, ''],
      [16, 60, ''],
      [16, 60, `&within=poly:${ring.join(';')}`],
    ] as const) {
      const page = await visit(`?view=heat&theme=todos&map=${zoom}/${lat}/${lon}${filter}`, SMALL);
      await drawn(page);
      await expect.poll(() => warmth(page, side), SEEN).toBeGreaterThan(25);
      found.push((await settled(() => look(page, side))).color);
      await leave();
    }
    for (const color of found) expect(farthest(color, found[0]!), found.map(String).join(' | ')).toBeLessThan(40);
  });

  test('is the same to within one per cent of its peak where the graphics card works it out, as the analysis does', async () => {
    const page = await open();
    const random = seeded(5);
    // Half of them crowded together in a tenth of the ground, some at the same place.
    const points = Array.from({ length: 800 }, (_, i) => {
      const span = i % 2 ? 0.006 : 0.06;
      return [-99.1 + random.next() * span, 19.4 + random.next() * span, 1 + (i % 5)] as const;
    });
    const asked = { answer: { dataVersion: 1, cellM: 0, points }, reachM: 400, years: 0.5, within: null };
    // Sums of floats as they are, and as halves, which is all that some cards can.
    for (const without of ['', 'EXT_float_blend']) {
      const { grid, values } = await heatOnCard(page, asked, without);
      const world = worldM((grid.box[1] + grid.box[3]) / 2);
      const top = values.indexOf(values.reduce((a, b) => Math.max(a, b)));
      const cells = values.map((_, i) => i).filter((i) => i % 97 === 0 || i === top);
      const x = cells.map((i) => (grid.west + ((i % grid.columns) + 0.5) * grid.cell) * world);
      const y = cells.map((i) => (grid.north + (Math.floor(i / grid.columns) + 0.5) * grid.cell) * world);
      const planar = { x: points.map(([lon]) => toX(lon) * world), y: points.map(([, lat]) => toY(lat) * world) };
      const exact = exactDensity(
        { ...planar, weight: points.map(([, , weight]) => weight) },
        { x, y },
        'gaussian',
        bandwidthOf('gaussian', { sigmaM: 200 }),
      ).map((perM2) => (perM2 * 1e6) / asked.years);
      const peak = Math.max(...exact);
      expect(peak).toBeGreaterThan(1000);
      for (const [i, cell] of cells.entries()) expect(Math.abs(values[cell]! - exact[i]!) / peak).toBeLessThan(0.01);
    }
  });
});

type Color = readonly [red: number, green: number, blue: number];

/** Of the middle of the map, a square of so many pixels, or of all of it: its middle colour, and how many are of `wanted`. */
async function look(page: Page, side: number | null, wanted: readonly Color[] = []) {
  const box = (await page.locator('.map').boundingBox())!;
  const [width, height] = side === null ? [box.width, box.height] : [side, side];
  const clip = { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height };
  const base64 = (await page.screenshot({ clip })).toString('base64');
  const asked = { base64, wanted };
  return page.evaluate(async ({ base64, wanted }): Promise<{ color: Color; warmth: number; count: number }> => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const middle = (of: (at: number) => number) =>
      Float32Array.from({ length: data.length / 4 }, (_, i) => of(4 * i)).sort()[data.length >> 3]!;
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      const isOne = wanted.some((color) => color.every((value, i) => Math.abs(value - data[at + i]!) < 12));
      if (isOne) count++;
    }
    const color = [middle((at) => data[at]!), middle((at) => data[at + 1]!), middle((at) => data[at + 2]!)] as const;
    return { color, warmth: middle((at) => data[at]! - data[at + 2]!), count };
  }, asked);
}

/** How much redder than blue the middle of the map is, most pixels of it: land is grey, heat is not. */
const warmth = async (page: Page, side = 80) => (await look(page, side)).warmth;

/** Once it stands still: heat comes, then its finer part; streets come tile by tile. */
async function settled<T>(see: () => Promise<T>): Promise<T> {
  const seen: T[] = [];
  const last = () => JSON.stringify(seen.at(-1));
  await expect
    .poll(
      async () => {
        const before = last();
        seen.push(await see());
        return before === last();
      },
      { interval: 1500 },
    )
    .toBe(true);
  return seen.at(-1)!;
}

const farthest = (a: Color, b: Color) => Math.max(...a.map((value, channel) => Math.abs(value - b[channel]!)));

describe('list and map', () => {
  test('speak of the same measure, changed in one place; a place without a rate is told of', async () => {
    const page = await visit('?view=areas', WITHOUT_MAP);
    await answered(page);
    const where = page.getByRole('region', { name: 'Dónde' });
    const byRate = await ask<TopAnswer>('top?layer=colonias&limit=1&by=rate&theme=espacio-publico&period=12m');
    const byCount = await ask<TopAnswer>('top?layer=colonias&limit=1&theme=espacio-publico&period=12m');
    expect(byRate.rows[0]!.name).not.toBe(byCount.rows[0]!.name);
    await where.getByRole('button', { name: new RegExp(`^1 ?${byRate.rows[0]!.name}`) }).waitFor();
    await page.getByRole('heading', { name: 'Delitos por cada 100 mil habitantes al año' }).waitFor();
    await where.getByText(/sin tasa, por tener menos de 1,000 habitantes/).waitFor();
    await where.getByRole('button', { name: 'Número' }).click();
    await where.getByRole('button', { name: new RegExp(`^1 ?${byCount.rows[0]!.name}`) }).waitFor();
    await page.getByRole('heading', { name: 'Número de delitos (colonias)' }).waitFor();
  });
});

describe('a chosen place', () => {
  test('of a layer that is not drawn has its name, and the map goes there', async () => {
    const page = await visit('?place=sectores:S01', MOVING);
    const card = page.getByRole('region', { name: 'Centro 1' });
    await card.waitFor();
    await expect.poll(() => Number(/map=([\d.]+)/.exec(page.url())?.[1] ?? 0)).toBeGreaterThan(13);
    const layer = 'layer=sectores&theme=espacio-publico&period=12m';
    const { ids, rates } = await ask<CountsAnswer>(`counts?${layer}`);
    const { features } = await ask<{ features: FeatureRow[] }>('layers/sectores/features');
    const { id } = features.find(({ code }) => code === 'S01')!;
    const aYear = (rates![ids.indexOf(id)]! * 365.25) / 365;
    const shown = new Intl.NumberFormat('es-MX', { maximumFractionDigits: 0 }).format(aYear);
    await card.getByText(`${shown} por cada 100 mil habitantes al año`).waitFor();
  });

  test('that the filter is limited to: no other is said to be empty, nothing of a part has a rate, and the list looks inside', async () => {
    const page = await visit('?within=sectores:S01&view=areas');
    await answered(page);
    const legend = page.getByRole('region', { name: 'Leyenda' });
    const where = page.getByRole('region', { name: 'Dónde' });
    await legend.getByText(/^sin delitos, o fuera de lo elegido/).waitFor();
    await legend.getByText(/^Sin tasa: de lo que corta el límite/).waitFor();
    await where.getByText('Centro Histórico').waitFor();
    expect(await where.getByRole('button', { name: /^Por cada 100 mil/ }).count()).toBe(0);
    await page.getByRole('group', { name: 'Vista del mapa' }).getByRole('button', { name: 'Sectores' }).click();
    await legend.getByText('Delitos por cada 100 mil habitantes al año').waitFor();
    await where
      .getByText(/^Av\. 5 de Mayo/)
      .first()
      .waitFor();
    expect(await where.getByRole('button', { name: 'Sectores' }).count()).toBe(0);
  });

  test('brings its card into view, however far the list was scrolled', async () => {
    const page = await visit('', WITHOUT_MAP);
    await answered(page);
    const rows = page.getByRole('region', { name: 'Dónde' }).locator('.row');
    await rows.nth(9).waitFor();
    await page.locator('.column-scroll').evaluate((element) => element.scrollTo({ top: 400 }));
    await rows.nth(9).click();
    await page.getByRole('button', { name: 'Ver solo aquí' }).waitFor();
    await expect.poll(() => page.locator('.column-scroll').evaluate((element) => element.scrollTop)).toBe(0);
    // Whoever came by keyboard goes on from there, and is told its name.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('place-title');
  });
});

test('the hottest segments stay in sight along the border of a chosen place', async () => {
  const { rows, layerVersion } = await ask<TopAnswer>('top?layer=colonias&limit=1&theme=todos&period=12m');
  const { features } = await ask<{ features: FeatureRow[] }>(`layers/colonias@${layerVersion}/features`);
  const [lon, lat] = features.find(({ id }) => id === rows[0]!.id)!.at!;
  const hot = async (place: string) => {
    const page = await visit(`?view=streets&theme=todos&map=15/${lat}/${lon}${place}`);
    await drawn(page);
    const { count } = await settled(() => look(page, null, STREETS));
    await leave();
    return count;
  };
  const plain = await hot('');
  const chosen = await hot(`&place=colonias:${rows[0]!.code}`);
  expect(plain).toBeGreaterThan(500);
  expect(chosen / plain).toBeGreaterThan(0.95);
});

describe('loading', () => {
  test('while the map is not there, it is said, and after a while that work goes on', async () => {
    const page = await open({ isFresh: true });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/tiles/**', async (route) => {
      await held;
      await route.continue().catch(() => undefined);
    });
    let count = () => {};
    const uncounted = new Promise<void>((resolve) => {
      count = resolve;
    });
    await page.route('**/summary?**', async (route) => {
      await uncounted;
      await route.continue().catch(() => undefined);
    });
    await page.goto(`${origin}/`);
    // Nothing is said to be there before it is.
    await page.getByText('El mapa viene en camino.', { exact: true }).waitFor();
    count();
    await answered(page);
    await page.getByText('El mapa viene en camino; la lista y las gráficas ya están.').waitFor();
    await page.locator('.progress.is-busy').waitFor({ state: 'attached' });
    await page.getByText('Sigo calculando…').waitFor();
    release();
    await page.getByText(/El mapa viene en camino/).waitFor({ state: 'hidden' });
    await page.getByText('Sigo calculando…').waitFor({ state: 'hidden' });
  });

  test('the streets are not fetched while heat shows, and the first load is small', async () => {
    const page = await open({ isFresh: true });
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
    await page.goto(`${origin}/`);
    await answered(page);
    await drawn(page);
    const list = /layers\/streets@\d+\/features/;
    expect(paths.filter((path) => list.test(path))).toEqual([]);
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    console.log(`first load: ${bytes} bytes`);
    expect(bytes).toBeLessThan(MOST_BYTES);
    await page.getByRole('group', { name: 'Vista del mapa' }).getByRole('button', { name: 'Tramos' }).click();
    await expect.poll(() => paths.some((path) => list.test(path))).toBe(true);
  });

  test('?help opens the help, in which every part of the screen is explained', async () => {
    const page = await visit('?help', WITHOUT_MAP);
    const help = page.getByRole('dialog', { name: 'Ayuda' });
    await help.getByText('Los diez lugares con más delitos').waitFor();
    const parts = help.locator('section:has(.help-text)');
    await expect.poll(() => parts.count()).toBeGreaterThan(4);
    await expect.poll(() => help.locator('.help-text:not(:has(p))').count()).toBe(0);
  });
});

test('offences open in everyday words with the counts of the period; legal headings come second', async () => {
  const page = await visit('?from=2024-03-05&until=2024-03-06&theme=todos', WITHOUT_MAP);
  await answered(page);
  await page.getByRole('button', { name: 'Tipo de delito' }).click();
  const menu = page.getByRole('dialog', { name: 'Tipo de delito' });
  const name = 'Robo a transeúnte en vía pública';
  const row = menu.locator('.tree-row', { hasText: name }).first();
  await row.getByText(name, { exact: true }).waitFor();
  expect(await menu.getByText('El patrimonio').isVisible()).toBe(false);
  const rows = await ask<{ code: string; incidents: number }[]>('offences?from=2024-03-05&until=2024-03-06');
  const count = rows.find(({ code }) => code === 'patrimonio.robo.transeunte-via')!.incidents;
  expect(count).toBeLessThan(1000);
  await row.getByText(String(count), { exact: true }).waitFor();
});

test('the header gives up what it can spare until nothing lies over anything, however narrow the screen', async () => {
  const page = await visit('', { width: 1440, height: 900, ...WITHOUT_MAP });
  await answered(page);
  // Map, analysis, meeting, problems, learning and data.
  expect(await page.locator('.header > .tabs a').count()).toBe(6);
  const tab = page.locator('.header > .tabs a', { hasText: 'Problemas' });
  for (const width of [1440, 1280, 1024, 768, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await expect.poll(() => page.locator('.header').evaluate(crowded), { message: `at ${width} px` }).toEqual([]);
    if (width >= 1024) expect(await tab.isVisible()).toBe(true);
    await page.evaluate(axe.source);
    const faults = await page.evaluate('axe.run(".header").then(({ violations }) => violations.map(({ id }) => id))');
    expect([width, faults]).toEqual([width, []]);
  }
  await page.getByRole('button', { name: 'Menú' }).click();
  await page.getByRole('dialog', { name: 'Menú' }).getByRole('link', { name: 'Análisis' }).waitFor();
});

/** What in a row lies over what is beside it, or beyond its end. */
function crowded(row: Element): string[] {
  const shown = [...row.children].filter(
    (each) => each.checkVisibility() && getComputedStyle(each).position !== 'absolute',
  );
  const end = row.getBoundingClientRect().right - Number.parseFloat(getComputedStyle(row).paddingRight);
  return shown.flatMap((each, at) => {
    const until = each.getBoundingClientRect().right - 0.5;
    const next = shown[at + 1]?.getBoundingClientRect().left ?? end;
    return until > next ? [each.className] : [];
  });
}
