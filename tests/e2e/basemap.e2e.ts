// A basemap an operator adds while the server runs, in real Chromium: seen under the data, credited, switched off, and from
// no other address than this server's.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { reportAt } from '../support/cli.ts';
import { usePages } from '../support/pages.ts';
import { everywhere, pmtilesOf, tileAt, vectorTile } from '../support/pmtiles.ts';
import type { TestServer } from '../support/server.ts';
import { startTinyTown } from '../support/tinytown.ts';

/** East of the town, outside its limit. */
const BESIDE = 'map=15/19.402/-99.09';
const CREDIT = '© OpenStreetMap';

let server: TestServer;

const { visit } = usePages(async () => {
  server = await startTinyTown();
  const bytes = vectorTile({ water: [{ type: 3, tags: { kind: 'lake' }, geometry: everywhere }] });
  const file = join(server.dataDir, 'lago.pmtiles');
  const metadata = { attribution: `<b>${CREDIT}</b>`, vector_layers: [{ id: 'water' }] };
  const bounds = [-99.3, 19.2, -98.9, 19.6] as const;
  const around = tileAt(10, -99.1, 19.4);
  const tiles = [-1, 0, 1].flatMap((dx) =>
    [-1, 0, 1].map((dy) => ({ z: 10, x: around.x + dx, y: around.y + dy, bytes })),
  );
  writeFileSync(file, pmtilesOf({ tiles, bounds, metadata }));
  await reportAt(server, ['basemap', 'add', file]);
  return server;
});

/** A picture takes a software renderer longer than the usual time between two looks. */
const SEEN = { interval: 500 };
const drawn = (page: Page) => page.locator('.map-panel[data-state=ready]').waitFor();

/** How much bluer than red the middle of a map is: water is, our own ground is not. */
async function blueness(page: Page, map = '.map'): Promise<number> {
  const box = (await page.locator(map).boundingBox())!;
  const clip = { x: box.x + box.width / 2 - 20, y: box.y + box.height / 2 - 20, width: 40, height: 40 };
  const picture = await page.screenshot({ clip });
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let sum = 0;
    for (let i = 0; i < data.length; i += 4) sum += data[i + 2]! - data[i]!;
    return sum / (data.length / 4);
  }, picture.toString('base64'));
}

test('is seen under the data with its credit, and gone when switched off, which the address remembers', async () => {
  const page = await visit(`?city=tiny&${BESIDE}`);
  await drawn(page);
  await expect.poll(() => blueness(page), SEEN).toBeGreaterThan(4);
  expect(await page.locator('.map-credit').textContent()).toBe(CREDIT);
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('.printed').innerText()).toContain(`Mapa de fondo: ${CREDIT}`);
  await page.emulateMedia({ media: 'screen' });

  await page.getByRole('button', { name: 'Capas de referencia' }).click();
  await page.getByLabel('Mapa de fondo').uncheck();
  await expect.poll(() => blueness(page), SEEN).toBeLessThan(0);
  expect(await page.locator('.map-credit').count()).toBe(0);
  expect(new URL(page.url()).searchParams.get('basemap')).toBe('0');

  const tiles: string[] = [];
  page.on('request', (request) => tiles.push(...(request.url().match(/\/basemaps\/\w+\/.*/) ?? [])));
  await page.reload();
  await drawn(page);
  await expect.poll(() => blueness(page), SEEN).toBeLessThan(0);
  expect(tiles).toEqual([]);
  await page.getByRole('button', { name: 'Capas de referencia' }).click();
  await page.getByLabel('Mapa de fondo').check();
  await expect.poll(() => blueness(page), SEEN).toBeGreaterThan(4);
  expect(tiles.length).toBeGreaterThan(0);
});

test.each([
  ['desktop', {}],
  ['phone', { width: 390, height: 844, hasTouch: true }],
] as const)('axe finds nothing serious with it on the %s', async (_name, options) => {
  const page = await visit(`?city=tiny&${BESIDE}`, options);
  await drawn(page);
  await page.locator('.map-credit').waitFor();
  await page.evaluate(axe.source);
  const found = await page.evaluate<{ id: string; impact: string }[]>(
    'axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then(({ violations }) => violations)',
  );
  expect(found.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id }) => id)).toEqual([]);
});

test('lies under the preview of a boundary file, of a city of which nothing else is known yet too', async () => {
  await reportAt(server, ['jurisdiction', 'add', 'nueva', '--name', 'Nueva', '--timezone', 'America/Mexico_City']);
  const page = await visit('?city=nueva&tab=boundaries');
  const ring = [
    [-99.2, 19.4],
    [-99.1, 19.4],
    [-99.1, 19.41],
    [-99.15, 19.41],
    [-99.15, 19.49],
    [-99.1, 19.49],
    [-99.1, 19.5],
    [-99.2, 19.5],
    [-99.2, 19.4],
  ];
  const feature = {
    type: 'Feature',
    properties: { CVE: 'a', NOMBRE: 'Herradura' },
    geometry: { type: 'Polygon', coordinates: [ring] },
  };
  const file = { type: 'FeatureCollection', features: [feature] };
  await page.locator('input[type=file]').setInputFiles({
    name: 'barrios.geojson',
    mimeType: 'application/geo+json',
    buffer: Buffer.from(JSON.stringify(file)),
  });
  await page.getByText(`Mapa de fondo: ${CREDIT}`).waitFor();
  await page.locator('.preview-map').scrollIntoViewIfNeeded();
  await expect.poll(() => blueness(page, '.preview-map-canvas'), SEEN).toBeGreaterThan(4);
});
