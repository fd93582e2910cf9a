// A GIS officer's walk in real Chromium, on the engine of the suite: a file is sent, corrected and published, followed by
// another version, compared with it, and everything done is taken back.

import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, inject, test } from 'vitest';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import type { LayerRow } from '../../server/layers/contract.ts';
import { reportAt } from '../support/cli.ts';
import { usePages } from '../support/pages.ts';
import { createDatabase } from '../support/postgres.ts';
import { startServer, type TestServer } from '../support/server.ts';

const upload = (name: string) => join(import.meta.dirname, '../uploads', name);

let server: TestServer;

/** Two in 002 (one of them in its eastern half), two in 009, one in 010; the first square of tests/uploads is 002. */
const INCIDENTS = [
  'fecha,delito,lon,lat',
  '2024-03-01,Robo a transeúnte en vía pública,-99.198,19.405',
  '2024-03-02,Robo a transeúnte en vía pública,-99.192,19.405',
  '2024-03-03,Robo a transeúnte en vía pública,-99.185,19.405',
  '2024-03-04,Robo a transeúnte en vía pública,-99.184,19.406',
  '2024-03-05,Robo a transeúnte en vía pública,-99.195,19.415',
].join('\n');

const { visit, leave } = usePages(async () => {
  const url = inject('databaseUrl');
  const databaseUrl = url && (await createDatabase(url, `walk_${randomUUID().slice(0, 8)}`));
  server = await startServer({ databaseUrl });
  await reportAt(server, ['jurisdiction', 'add', 'villa', '--name', 'Villa', '--timezone', 'America/Mexico_City']);
  const file = join(server.dataDir, 'delitos.csv');
  writeFileSync(file, INCIDENTS);
  await reportAt(server, ['import', 'incidents', file, '--jurisdiction', 'villa', '--preset', 'generic']);
  return server;
});

const asked = async <T>(path: string): Promise<T> =>
  (await (await fetch(`${server.origin}/api/v1/villa/${path}`)).json()) as T;
const versionShown = async () => (await asked<LayerRow[]>('layers')).find(({ layer }) => layer === 'zonas')?.version;
const counted = async () => (await asked<CountsAnswer>('counts?layer=zonas')).counts?.toSorted((a, b) => b - a);

/** Walks by Tab to a control and presses a key there. */
async function pressOn(page: Page, control: Locator, key: 'Enter' | null = 'Enter'): Promise<void> {
  for (let step = 0; step < 80; step++) {
    if (await control.evaluate((element) => element === document.activeElement)) {
      if (key) await page.keyboard.press(key);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error('no way by keyboard');
}

/** 002 loses its eastern half to 011, which is new; 009 has another name; 010 is gone. */
function redrawn() {
  const box = (west: number, east: number) => [
    [west, 19.4],
    [east, 19.4],
    [east, 19.41],
    [west, 19.41],
    [west, 19.4],
  ];
  const feature = (CVE: string, NOMBRE: string, west: number, east: number) => ({
    type: 'Feature',
    properties: { CVE, NOMBRE },
    geometry: { type: 'Polygon', coordinates: [box(west, east)] },
  });
  const features = [
    feature('002', 'SAN JOSÉ', -99.2, -99.195),
    feature('011', 'LA NUEVA', -99.195, -99.19),
    feature('009', 'PEÑÓN VIEJO', -99.19, -99.18),
  ];
  const text = JSON.stringify({ type: 'FeatureCollection', features });
  return { name: 'zonas 2026.geojson', mimeType: 'application/geo+json', buffer: Buffer.from(text) };
}

describe('boundaries', () => {
  test('a file without projection is told its own, published, followed by another version, and returned to', async () => {
    const page = await visit('?tab=boundaries');
    await page.locator('input[type=file]').setInputFiles(upload('shapefile-without-prj.zip'));
    await page.getByText('el archivo no lo dice y es lo más probable').waitFor();
    const publish = page.getByRole('button', { name: 'Publicar' });
    expect(await publish.isEnabled()).toBe(false);
    await page.getByText('impide publicar', { exact: true }).waitFor();

    await page.getByLabel('Otro: clave EPSG o nombre').fill('6372');
    await page.getByRole('button', { name: /EPSG:6372/ }).click();
    await page.getByText('usted lo eligió').waitFor();
    await expect.poll(() => publish.isEnabled()).toBe(true);
    await page.getByLabel('Nombre de la capa').fill('Zonas');
    await publish.click();
    await page.getByText('Publicado: Zonas, versión 1').waitFor();
    expect(await versionShown()).toBe(1);
    await expect.poll(counted).toEqual([2, 2, 1]);

    await page.getByRole('button', { name: 'Ver en el mapa' }).first().click();
    await page
      .getByRole('button', { name: /SAN JOSÉ/ })
      .first()
      .waitFor();
    await page.locator('.map canvas').first().waitFor();
    await page.goBack();

    await page.getByRole('button', { name: 'Cargar límites' }).click();
    await page.locator('input[type=file]').setInputFiles(redrawn());
    const title = page.getByLabel('Nombre de la capa');
    expect(await title.inputValue()).toBe('Zonas 2026');
    await title.fill('zonas');
    await page.getByText('Ya hay una capa con esa clave: Zonas.').waitFor();
    expect(await publish.isEnabled()).toBe(false);
    await page.getByRole('combobox', { name: 'Capa', exact: true }).selectOption({ label: 'Zonas' });
    await expect.poll(() => publish.isEnabled()).toBe(true);
    await publish.click();
    await page.getByText('Publicado: Zonas, versión 2').waitFor();
    expect(await versionShown()).toBe(2);

    await page.getByRole('button', { name: 'Versiones de Zonas' }).click();
    await page.getByRole('button', { name: 'Volver a esta versión: 1' }).click();
    await expect.poll(versionShown).toBe(1);
  });

  test('two versions are compared: totals, the largest first, and as a file', async () => {
    const page = await visit('?tab=versions&history=zonas');
    await page.getByRole('button', { name: 'Comparar con la que se muestra: versión 2' }).click();
    await page.getByText('1 nueva, 1 ya no está, 1 cambia de forma, 1 cambia de nombre').waitFor();
    await page.getByText('Delitos dentro de la capa: 5 antes, 4 después (−1).').waitFor();
    const rows = page.locator('table.compare tbody tr');
    // 010 is a whole square, 002 loses half of one and 011 is that half.
    expect(await rows.first().textContent()).toContain('CAÑADA');
    const sanJose = page.getByRole('row', { name: /SAN JOSÉ/ });
    expect(await sanJose.locator('td').allTextContents()).toEqual(['otra forma', '58.1 ha', '2', '1', '−1']);
    await page.getByRole('button', { name: 'Ordenar por Nombre' }).click();
    expect(await rows.first().textContent()).toContain('CAÑADA');
    await page.getByRole('button', { name: 'Ordenar por Nombre' }).click();
    expect(await rows.first().textContent()).toContain('SAN JOSÉ');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Descargar la comparación (CSV)' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('villa-zonas-1-2.csv');
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\r\n');
    expect(lines.slice(2).map((line) => line.split(',')[0])).toEqual(['002', '009', '011', '010']);
    expect(lines).toContainEqual(expect.stringMatching(/^011,LA NUEVA,aparece,58\d{4},,1,1$/));
    expect(new URL(page.url()).searchParams.get('history')).toBe('zonas:1-2');
    await page.locator('.preview-map canvas').waitFor();
  });

  test('a link to an older version keeps showing it, says so, and leads to the present one', async () => {
    const page = await visit('?tab=versions&history=zonas');
    await page.getByRole('button', { name: 'Ver en el mapa: versión 2' }).click();
    await page.getByText('Este enlace muestra Zonas en su versión 2, que no es la vigente.').waitFor();
    expect(new URL(page.url()).searchParams.get('layer')).toBe('zonas@2');
    const places = page.getByRole('region', { name: 'Dónde' });
    await places.getByRole('button', { name: /LA NUEVA/ }).waitFor();
    expect(await places.getByRole('button', { name: /CAÑADA/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'Ver la vigente' }).click();
    await places.getByRole('button', { name: /CAÑADA/ }).waitFor();
    expect(await places.getByRole('button', { name: /LA NUEVA/ }).count()).toBe(0);
    // What is handed on names the version, so that it shows the same next year.
    expect(await page.locator('.printed').textContent()).toContain('layer=zonas@1');
  });

  test('a version is removed after a question, taken back at once, and said to be gone by a link', async () => {
    const page = await visit('?tab=versions&history=zonas');
    await page.getByRole('button', { name: 'Quitar la versión 2' }).click();
    await page.getByRole('dialog').getByText('Los delitos no se tocan').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Quitar la versión 2' }).click();
    await page.getByRole('button', { name: 'Sí, quitar' }).click();
    await page.getByText('Se quitó la versión 2.').waitFor();
    await page.goto(`${server.origin}/?tab=versions&history=zonas:1-2`);
    await page.getByText('La versión 2 está quitada').waitFor();
    await page.goto(`${server.origin}/?layer=zonas@2&view=areas`);
    await page.getByText('La versión 2 de Zonas de este enlace se quitó o no existe.').waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Restaurar la versión 2' }).first().click();
    await page.getByText('1 nueva, 1 ya no está').waitFor();
    await leave([/404/]);
  });

  test('a file with latitude first is told so and turned by one click; a finding leads to its place', async () => {
    const page = await visit('?tab=boundaries');
    const swapped = (x: number, y: number) => [y, x];
    const tie = [swapped(-99.2, 19.4), swapped(-99.19, 19.41), swapped(-99.19, 19.4), swapped(-99.2, 19.41)];
    const feature = {
      type: 'Feature',
      properties: { CVE: 'moño' },
      geometry: { type: 'Polygon', coordinates: [[...tie, tie[0]]] },
    };
    const text = JSON.stringify({ type: 'FeatureCollection', features: [feature] });
    await page.locator('input[type=file]').setInputFiles({
      name: 'ejes.geojson',
      mimeType: 'application/geo+json',
      buffer: Buffer.from(text),
    });
    await page.getByText(/como está escrito, caería en longitud 19\.4\d, latitud −99\.\d\d/).waitFor();
    const publish = page.getByRole('button', { name: 'Publicar' });
    expect(await publish.isEnabled()).toBe(false);
    await page.getByRole('button', { name: 'Voltear los ejes' }).click();
    await page.getByText('Los ejes se voltearon').waitFor();
    await expect.poll(() => publish.isEnabled()).toBe(true);
    const repaired = page.getByRole('listitem').filter({ hasText: 'Polígonos que se cruzaban a sí mismos' });
    await repaired.getByText('Ver cuáles').click();
    await repaired.getByRole('button', { name: /moño/ }).press('Enter');
    await page.reload();
    await page.getByText('Los ejes se voltearon').waitFor();
    await page.getByRole('button', { name: 'Elegir otro archivo' }).click();
  });

  test('residents come from a table: matched by code, then by name, and the rest listed', async () => {
    const page = await visit('?tab=boundaries');
    await page.getByRole('combobox', { name: 'Qué contiene' }).selectOption('population');
    const table = 'clave,nombre,habitantes\n002,,1200\n,Peñon,800\n77,En ninguna parte,5\n';
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'hab.csv', mimeType: 'text/csv', buffer: Buffer.from(table) });
    await page.getByText('indique el año de los habitantes').waitFor();
    await page.getByLabel('Año').fill('2020');
    await page.getByLabel('Año').press('Tab');
    await page.getByText('77 En ninguna parte').waitFor();
    const figures = await page.locator('.figures dd').allTextContents();
    expect(figures).toEqual(['2', '1', '1', '1', '0', '0']);
    await page.getByRole('button', { name: 'Guardar habitantes' }).click();
    await page.getByText('Habitantes guardados: 2 (1 por clave, 1 por nombre); 1 renglón sin área').waitFor();
    expect((await asked<LayerRow[]>('layers')).find(({ layer }) => layer === 'zonas')?.hasPopulation).toBe(true);
  });

  test('the whole walk goes by keyboard', async () => {
    const page = await visit('?tab=data');
    await page.getByRole('heading', { name: 'Datos de Villa' }).waitFor();
    await pressOn(page, page.getByRole('button', { name: 'Cargar límites' }));
    await page.getByRole('heading', { name: 'Cargar límites, calles o puntos' }).waitFor();
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      pressOn(page, page.locator('input[type=file]')),
    ]);
    await chooser.setFiles(redrawn());
    const title = page.getByLabel('Nombre de la capa');
    await title.waitFor();
    await pressOn(page, title, null);
    await page.keyboard.type('Teclado');
    const publish = page.getByRole('button', { name: 'Publicar' });
    await expect.poll(() => publish.isEnabled()).toBe(true);
    await pressOn(page, publish);
    await page.getByText('Publicado: Teclado, versión 1').waitFor();
    await pressOn(page, page.getByRole('button', { name: 'Versiones de Teclado' }));
    await page.getByRole('heading', { name: 'Versiones de Teclado' }).waitFor();
    await pressOn(page, page.getByRole('button', { name: 'Quitar la capa' }));
    await pressOn(page, page.getByRole('button', { name: 'Sí, quitar' }));
    await page.getByText('La capa Teclado está quitada').waitFor();
    await pressOn(page, page.getByRole('button', { name: 'Volver a Datos' }));
    await page.getByRole('button', { name: 'Restaurar la capa Teclado' }).waitFor();
  });

  test('a layer is removed and restored; a link to it says so', async () => {
    const page = await visit('?tab=versions&history=zonas');
    await page.getByRole('button', { name: 'Quitar la capa' }).click();
    await page.getByRole('button', { name: 'Sí, quitar' }).click();
    await page.getByText('La capa Zonas está quitada').waitFor();
    expect(await versionShown()).toBeUndefined();
    await page.goto(`${server.origin}/?layer=zonas`);
    await page.getByText('La capa «zonas» de este enlace se quitó o ya no existe.').waitFor();
    await page.goto(`${server.origin}/?tab=data`);
    await page.getByRole('button', { name: 'Restaurar la capa Zonas' }).click();
    await expect.poll(versionShown).toBe(1);
    await page.getByRole('button', { name: 'Versiones de Zonas' }).waitFor();
    await page.goto(`${server.origin}/?tab=versions&history=nada`);
    await page.getByText('Aquí no hay ninguna capa «nada».').waitFor();
    await leave([/404/]);
  });

  test.each(['?tab=versions&history=zonas&lang=en', '?tab=versions&history=zonas:1-2&lang=en'])(
    '%s fits a phone',
    async (address) => {
      const page = await visit(address, { width: 390, height: 844, hasTouch: true });
      await page.getByRole('heading', { name: 'Versions of Zonas' }).waitFor();
      if (address.includes('1-2')) await page.getByText('1 new, 1 gone').waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      expect(await page.locator('main').evaluate((main) => main.scrollWidth)).toBe(390);
    },
  );
});
