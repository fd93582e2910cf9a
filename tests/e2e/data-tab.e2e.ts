// The tab «Datos» in real Chromium on an empty municipality: incidents come in by the page alone, and what came in can be
// taken back.

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { JurisdictionRow } from '../../server/access/contract.ts';
import type { DeliveryRow } from '../../server/incidents/contract.ts';
import { reportAt } from '../support/cli.ts';
import { usePages } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;

const { visit, leave } = usePages(
  async () => {
    server = await startServer();
    await reportAt(server, ['jurisdiction', 'add', 'villa', '--name', 'Villa', '--timezone', 'America/Mexico_City']);
    return server;
  },
  { drawsMaps: false },
);

const asked = async <T>(path: string): Promise<T> =>
  (await (await fetch(`${server.origin}/api/v1/villa/${path}`)).json()) as T;
const region = (page: Page, name: string) => page.getByRole('region', { name });
/** The number under a heading of the check. */
const figure = (page: Page, title: string) =>
  page.locator('.figures > div').filter({ hasText: title }).locator('dd').textContent();

const NO_NAMES_WE_KNOW = [
  'cuando,que_paso,telefono,lon,lat',
  '2024-03-01 21:15,Robo a transeúnte en vía pública,5512345678,-99.108,19.4005',
  '2024-03-02 08:00,Robo de vehículo automotor,5587654321,-99.1072,19.4011',
  'mañana,Robo de vehículo automotor,5500000000,-99.1072,19.4011',
  '2024-03-03 23:40,Homicidio doloso,5511111111,-99.1091,19.4011',
].join('\r\n');

test('a municipality is added by keyboard, and a code that is taken is told', async () => {
  const page = await visit('?tab=data');
  await page.getByRole('button', { name: 'Agregar municipio' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Agregar un municipio' });
  await dialog.getByLabel('Nombre').fill('Villa');
  expect(await dialog.getByLabel('Clave').inputValue()).toBe('villa');
  await dialog.getByLabel('Nombre').press('Enter');
  await dialog.getByRole('alert').waitFor();

  await dialog.getByLabel('Nombre').fill('Ñandú de los Ríos');
  await dialog.getByLabel('Zona horaria').selectOption('America/Tijuana');
  await dialog.getByLabel('Nombre').press('Enter');
  await page.getByRole('heading', { name: 'Datos de Ñandú de los Ríos' }).waitFor();
  expect(new URL(page.url()).searchParams.get('city')).toBe('nandu-de-los-rios');
  const rows = (await (await fetch(`${server.origin}/api/v1/jurisdictions`)).json()) as JurisdictionRow[];
  expect(rows.map(({ code, timezone }) => [code, timezone])).toContainEqual(['nandu-de-los-rios', 'America/Tijuana']);
  await leave([/409/]);
});

describe('incidents', () => {
  test('a file with columns nobody knows is mapped, checked, loaded and undone', async () => {
    const page = await visit('?tab=data');
    await page.getByRole('button', { name: 'Cargar delitos' }).click();
    await page.locator('input[type=file]').setInputFiles({
      name: 'marzo.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(NO_NAMES_WE_KNOW),
    });
    const next = page.getByRole('button', { name: 'Revisar sin guardar' });
    await next.waitFor();
    expect(await next.isEnabled()).toBe(false);
    const phone = page.getByRole('row', { name: /telefono/ });
    expect(await phone.textContent()).toContain('Datos personales');
    expect(await page.locator('main').textContent()).not.toContain('5512345678');

    await page.getByRole('combobox', { name: 'cuando se lee como' }).selectOption({ label: 'Fecha' });
    await page
      .getByRole('combobox', { name: 'que_paso se lee como' })
      .selectOption({ label: 'Delito o tipo de incidente' });
    await page.getByText(/1 mar 2024, 21:15 · Robo a transeúnte/).waitFor();
    await page.getByText('se rechazaría: sin mes y año legibles').waitFor();
    await page.reload();
    await page.getByText(/1 mar 2024, 21:15 · Robo a transeúnte/).waitFor();

    await next.click();
    await page.getByText('Lo que pasaría al cargar marzo.csv').waitFor();
    expect(await figure(page, 'Leídos')).toBe('4');
    expect(await figure(page, 'Nuevos')).toBe('3');
    expect(await figure(page, 'Rechazados')).toBe('1');
    expect(await asked<DeliveryRow[]>('deliveries')).toEqual([]);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Descargar los renglones rechazados' }).click(),
    ]);
    const rejected = readFileSync(await download.path(), 'utf8');
    expect(rejected).toContain('mañana');
    expect(rejected.trim().split(/\r?\n/)).toHaveLength(2);
    expect(rejected).not.toContain('5500000000');

    await page.getByRole('button', { name: 'Cargar 3 registros' }).click();
    await page.getByText(/4 renglones leídos: 3 nuevos, .* 1 rechazado/).waitFor();
    await region(page, 'Fuentes').getByText('3 registros').waitFor();
    const [delivery] = await asked<DeliveryRow[]>('deliveries');
    expect(delivery).toMatchObject({ fileName: 'marzo.csv', via: 'page', stands: true });

    await page.getByRole('button', { name: 'Deshacer la carga 1' }).click();
    await page.getByRole('button', { name: 'Sí, deshacer' }).click();
    await region(page, 'Cargas').getByText('3 registros dejaron de contar; 0 volvieron a contar.').waitFor();
    expect((await asked<DeliveryRow[]>('deliveries')).at(-1)).toMatchObject({ delivery: 1, stands: false });
  });

  test('a connection that is cut is said, and a check that never began is begun again', async () => {
    const page = await visit('?tab=incidents');
    await page.locator('input[type=file]').setInputFiles({
      name: 'abril.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('fecha,delito,lon,lat\n2024-04-13 21:15,Homicidio doloso,-99.108,19.4005\n'),
    });
    const check = page.getByRole('button', { name: 'Revisar sin guardar' });
    await check.waitFor();
    await page.context().setOffline(true);
    await check.click();
    const again = page.getByRole('button', { name: 'Revisar de nuevo' });
    await again.waitFor();
    await page.getByRole('alert').filter({ hasText: 'Sin conexión con el servidor' }).waitFor();
    expect(await page.getByText('Revisando todo el archivo').count()).toBe(0);
    await page.context().setOffline(false);
    await again.click();
    await expect.poll(() => figure(page, 'Leídos')).toBe('1');
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
    await leave([/ERR_INTERNET_DISCONNECTED/]);
  });

  test('dates that read two ways are asked about with both readings and their months', async () => {
    const page = await visit('?tab=data');
    await page.getByRole('button', { name: 'Cargar delitos' }).click();
    const rows = [
      'fecha_hora,delito,lon,lat',
      '08/01/2023 10:00,Fraude,-99.1,19.4',
      '08/07/2023 11:00,Fraude,-99.1,19.4',
    ];
    await page.locator('input[type=file]').setInputFiles({
      name: 'agosto.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(rows.join('\n')),
    });
    const dates = region(page, 'Fechas y horas');
    await dates.getByText('08/01/2023 10:00 se lee como 8 ene 2023').waitFor();
    await page.getByRole('button', { name: 'Revisar sin guardar' }).click();
    await page.getByText('El archivo completo no lo decide').waitFor();
    await page.getByText(/día\/mes\/año\): ene(ro)? 2023 1, jul(io)? 2023 1/i).waitFor();
    await page.getByRole('radio', { name: /mes\/día\/año\): ago(sto)? 2023 2/i }).check();
    await page.getByText('Lo que pasaría al cargar agosto.csv').waitFor();
    expect(await figure(page, 'Nuevos')).toBe('2');
    await page.getByText(/se leyeron en el orden indicado/).waitFor();

    // What times mean is chosen with an example: six hours earlier is still the same day.
    await page.getByRole('button', { name: 'Volver a las columnas' }).click();
    await dates.getByText('08/01/2023 10:00 se lee como 1 ago 2023, 10:00').waitFor();
    await dates.getByRole('combobox', { name: 'Qué hora es la escrita' }).selectOption('utc');
    await dates.getByText('08/01/2023 10:00 se lee como 1 ago 2023, 04:00').waitFor();
  });

  test('what is no table is refused in words, and nothing is kept', async () => {
    const page = await visit('?tab=incidents');
    await page.locator('input[type=file]').setInputFiles({
      name: 'vacio.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(''),
    });
    await page.getByRole('alert').waitFor();
    expect(new URL(page.url()).searchParams.get('upload')).toBeNull();
    await leave([/422/]);
  });
});

describe('getting about', () => {
  test('the empty page leads to both wizards, and Back leads back', async () => {
    const page = await visit('');
    await page.getByRole('button', { name: 'Suba sus delitos' }).click();
    await page.getByRole('heading', { name: 'Cargar delitos o llamadas' }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Suba sus límites' }).click();
    await page.getByRole('heading', { name: 'Cargar límites, calles o puntos' }).waitFor();
  });

  test.each([
    ['?tab=data&lang=en', 'Data of Villa'],
    ['?tab=incidents&lang=en', 'Load incidents or calls'],
    ['?tab=boundaries&lang=en', 'Load boundaries, streets or points'],
    ['?tab=guide&lang=en', "Load your city's data"],
  ])('%s fits a phone, in English too', async (address, heading) => {
    const page = await visit(address, { width: 390, height: 844, hasTouch: true });
    await page.getByRole('heading', { name: heading }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await page.locator('main').evaluate((main) => main.scrollWidth)).toBe(390);
  });
});
