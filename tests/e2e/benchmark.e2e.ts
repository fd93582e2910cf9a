// A national table of monthly totals in real Chromium: brought in by the page, shown beside the trend and never in it.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { SeriesAnswer } from '../../server/counts/contract.ts';
import { usePages } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { loadTinyTown } from '../support/tinytown.ts';

let server: TestServer;

const { visit } = usePages(
  async () => {
    server = await startServer();
    await loadTinyTown(server);
    return server;
  },
  { drawsMaps: false },
);

const MONTHS = 'Enero,Febrero,Marzo,Abril,Mayo,Junio,Julio,Agosto,Septiembre,Octubre,Noviembre,Diciembre';
const ROBBERY = 'El patrimonio,Robo,Robo a transeúnte en vía pública,Con violencia';
const FILE = [
  `Año,Clave_Ent,Entidad,Cve. Municipio,Municipio,Bien jurídico afectado,Tipo de delito,Subtipo de delito,Modalidad,${MONTHS}`,
  `2022,1,Aguascalientes,1001,Aguascalientes,${ROBBERY},90,91,92,93,94,95,96,0,0,0,0,0`,
  `2022,1,Aguascalientes,1003,Pueblo Chico,${ROBBERY},7,8,9,10,11,12,13,0,0,0,0,0`,
].join('\r\n');
const figure = (page: Page, title: string) =>
  page.locator('.figures > div').filter({ hasText: title }).locator('dd').textContent();

test('the municipality of the name is kept, another can be added, and the line appears when it is asked for', async () => {
  const page = await visit('?tab=incidents&city=tiny');
  await page.locator('input[type=file]').setInputFiles({
    name: 'Municipal-Delitos_jul2022.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(FILE),
  });
  await page.getByText(/totales por mes y municipio que publica el SESNSP, no delitos uno por uno/).waitFor();
  await page.getByText(/delitos \(carpetas\) · publicado hasta jul 2022/).waitFor();
  await page.getByText('Pueblo Chico, Aguascalientes (01003)').waitFor();
  expect(await figure(page, 'Nuevos')).toBe('1');
  expect(await figure(page, 'De otras áreas')).toBe('1');

  await page.getByRole('combobox', { name: 'Agregar otra área' }).fill('01001');
  await page.getByRole('button', { name: 'Agregar', exact: true }).click();
  await page.getByRole('button', { name: 'Cargar 2 renglones' }).click();
  await page.getByText(/2 renglones leídos: 2 nuevos, .* 0 de otras áreas/).waitFor();

  await page.getByText('SESNSP, totales mensuales hasta 31 jul 2022 · Referencia').waitFor();
  await page.getByText('Carga 2 · totales mensuales del SESNSP · Denuncias').waitFor();

  const before = await (await fetch(`${server.origin}/api/v1/tiny/series?step=month`)).json();
  const sum = (before as SeriesAnswer).buckets.reduce((total, { count }) => total + count, 0);
  expect(sum).toBe(12);

  await page.goto(`${server.origin}/?city=tiny`);
  const trend = page.getByRole('region', { name: 'Tendencia' });
  const beside = trend.getByRole('checkbox', { name: 'Comparar con SESNSP' });
  await beside.check();
  expect(await trend.locator('.beside-line').getAttribute('d')).toMatch(/^M[\d. ]+L/);
  await trend.getByText(/SESNSP, Pueblo Chico, hasta 31 jul 2022: todo el municipio .* no se suma/).waitFor();
  await trend.getByText(/El SESNSP no cuenta aparte: .* y \d+ más/).waitFor();
  const slider = trend.getByRole('slider');
  await slider.focus();
  expect(await slider.getAttribute('aria-valuetext')).toMatch(/SESNSP: (12|13)$/);
  await trend.getByRole('combobox', { name: 'Área de referencia' }).selectOption({ label: 'Aguascalientes' });
  await expect.poll(() => slider.getAttribute('aria-valuetext')).toMatch(/SESNSP: (95|96)$/);
  await beside.uncheck();
  expect(await trend.locator('.beside-line').count()).toBe(0);
});

test('in English on a phone the same steps are there', async () => {
  const page = await visit('?tab=incidents&city=tiny&lang=en', { width: 390, height: 844, locale: 'en' });
  await page.locator('input[type=file]').setInputFiles({
    name: 'Municipal-Delitos_jul2022.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(FILE.replaceAll('Pueblo Chico', 'Otro')),
  });
  await page.getByText(/totals per month and municipality that the SESNSP publishes/).waitFor();
  // Kept before: both, whatever they are called now.
  await page.getByText('Otro, Aguascalientes (01003)').waitFor();
  expect(await page.getByRole('button', { name: 'Nothing new to load' }).isDisabled()).toBe(true);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
});
