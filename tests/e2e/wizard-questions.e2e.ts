// What a file leaves open, asked by the wizard in real Chromium: digits, ids, quantities, unread dates, sheets, doubtful
// points, and files of one offence. Each test answers, loads, and finds the count on the map.

import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import writeWorkbook from 'write-excel-file/node';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import type { PresetsAnswer } from '../../server/imports/contract.ts';
import { reportAt } from '../support/cli.ts';
import { usePages } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

const AREAS = join(import.meta.dirname, '../tinytown/areas.geojson');
let server: TestServer;
let cities = 0;

const { open } = usePages(
  async () => {
    server = await startServer();
    return server;
  },
  { drawsMaps: false },
);

/** A page on an empty city of its own, with areas to count in. */
async function emptyCity(): Promise<{ page: Page; city: string }> {
  const city = `pueblo-${++cities}`;
  await reportAt(server, ['jurisdiction', 'add', city, '--name', city, '--timezone', 'America/Mexico_City']);
  const columns = ['--code', 'clave', '--name', 'nombre'];
  await reportAt(server, ['import', 'areas', AREAS, '--layer', 'areas', '--jurisdiction', city, ...columns]);
  return { page: await open(), city };
}

async function send(page: Page, city: string, name: string, content: string | Buffer): Promise<void> {
  await page.goto(`${server.origin}/?city=${city}&tab=incidents`);
  await page
    .locator('input[type=file]')
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });
  await page.getByRole('button', { name: 'Revisar sin guardar' }).waitFor();
}

const check = (page: Page) => page.getByRole('button', { name: 'Revisar sin guardar' }).click();

/** Loads what was checked; the map's page then counts so many in 2024. */
async function expectCounted(
  page: Page,
  city: string,
  records: number,
  total = records.toLocaleString('es-MX'),
): Promise<void> {
  await page.getByRole('button', { name: `Cargar ${records.toLocaleString('es-MX')} registros` }).click();
  await page
    .getByText(/renglón leído|renglones leídos/)
    .first()
    .waitFor();
  const year = 'from=2024-01-01&until=2025-01-01';
  const counts = async () => {
    const answer = await fetch(`${server.origin}/api/v1/${city}/counts?layer=areas&${year}`);
    return ((await answer.json()) as CountsAnswer).totals.matched.toLocaleString('es-MX');
  };
  await expect.poll(counts).toBe(total);
  await page.goto(`${server.origin}/?city=${city}&${year}`);
  const headline = page.getByRole('region', { name: 'Respuesta' }).locator('strong').first();
  await expect.poll(() => headline.textContent()).toBe(total);
}

const HEADER = 'fecha,delito,lon,lat';
const AT = '-99.109,19.401';
const sheetOf = (rows: readonly (readonly string[])[]) => rows.map((row) => row.map((value) => ({ value })));

test('a quantity is asked, and rows count as often as they say', async () => {
  const { page, city } = await emptyCity();
  const rows = [`${HEADER},cantidad`, `2024-05-01,Homicidio doloso,${AT},3`, `2024-05-02,Homicidio doloso,${AT},1`];
  await send(page, city, 'siedco.csv', rows.join('\n'));
  await check(page);
  await page
    .getByText('¿Un renglón vale por varios casos? La columna cantidad suma 4 en los primeros 2 renglones')
    .waitFor();
  await page.getByRole('button', { name: 'Sí: contar los casos que dice' }).click();
  await expectCounted(page, city, 4);
});

test('digits are shown as they are read, can be corrected, and the choice comes back with the saved reading', async () => {
  const { page, city } = await emptyCity();
  const rows = [
    'fecha;delito;lon;lat;casos',
    '2024-05-01;Homicidio doloso;-99,109;19,401;1.000',
    '2024-05-02;Homicidio doloso;-99,109;19,401;2',
  ];
  await send(page, city, 'comas.csv', rows.join('\n'));
  await page.getByText('Longitud (X): «-99,109» se lee como -99.109').waitFor();
  await page.getByRole('combobox', { name: 'casos se lee como' }).selectOption('quantity');
  await page.getByText('Número de casos que vale el renglón: «1.000» no se puede leer como número').waitFor();
  const decimals = page.getByRole('combobox', { name: 'Signo de los decimales' });
  await decimals.selectOption({ label: 'punto: 1,234.5 es mil doscientos treinta y cuatro y medio' });
  await page.getByText('Longitud (X): «-99,109» se lee como -99109').waitFor();
  await decimals.selectOption('comma');
  await page.getByText('Número de casos que vale el renglón: «1.000» se lee como 1000').waitFor();
  await page.getByPlaceholder('Nombre de la lectura').fill('comas');
  await page.getByRole('button', { name: 'Guardar lectura' }).click();
  await page.getByText('Guardada como «comas».').waitFor();
  await check(page);
  await expectCounted(page, city, 1002);

  const { saved } = (await (await fetch(`${server.origin}/api/v1/${city}/presets`)).json()) as PresetsAnswer;
  expect(saved[0]!.mapping).toMatchObject({ numbers: 'comma', map: { casos: 'quantity' } });
  await send(page, city, 'junio.csv', [rows[0], '2024-06-01;Homicidio doloso;-99,109;19,401;1.000'].join('\n'));
  await page.getByText('Se usa la lectura guardada «comas».').waitFor();
  expect(await decimals.inputValue()).toBe('comma');
  await page.getByText('«1.000» se lee como 1000').waitFor();
});

test('ids that start again are asked about, and months add up', async () => {
  const { page, city } = await emptyCity();
  const month = (number: string) => [
    'id,fecha,delito,lon,lat',
    ...[1, 2, 3].map((id) => `${id},2024-${number}-0${id},Homicidio doloso,${AT}`),
  ];
  await send(page, city, 'enero.csv', month('01').join('\n'));
  await page.getByText('El primer registro se reconoce por «1».').waitFor();
  await check(page);
  await expectCounted(page, city, 3);
  await send(page, city, 'febrero.csv', month('02').join('\n'));
  await check(page);
  await page.getByText(/El folio no distingue los registros: de 3 .* 3 cambian de fecha/).waitFor();
  await page.getByRole('radio', { name: 'su folio dentro del mes (propuesto)' }).check();
  await expectCounted(page, city, 3, '6');
});

test('an unread date is asked about instead of reading the month alone', async () => {
  const { page, city } = await emptyCity();
  const rows = [
    'ano,mes,ocurrido_el,delito,lon,lat',
    `2024,3,2024-03-15 21:10,Homicidio doloso,${AT}`,
    `2024,3,2024-03-16 02:40,Homicidio doloso,${AT}`,
  ];
  await send(page, city, 'mes.csv', rows.join('\n').replace('ano', 'año'));
  await check(page);
  await page.getByText('Solo se leería el mes, pero estas columnas traen fechas.').waitFor();
  await page.getByRole('button', { name: 'La fecha es ocurrido_el (como 2024-03-15 21:10)' }).click();
  await page.getByText('Fechas del archivo: 15 mar 2024 – 16 mar 2024').waitFor();
  await expectCounted(page, city, 2);
});

test('sheets with different columns are asked about, and the chosen one is loaded', async () => {
  const { page, city } = await emptyCity();
  const book = await writeWorkbook([
    {
      sheet: 'Enero',
      data: sheetOf([
        ['fecha', 'delito'],
        ['2024-01-05', 'Homicidio doloso'],
      ]),
    },
    {
      sheet: 'Febrero',
      data: sheetOf([
        ['fecha', 'hora', 'delito'],
        ['2024-02-05', '10:00', 'Homicidio doloso'],
        ['2024-02-06', '11:00', 'Homicidio doloso'],
      ]),
    },
  ]).toBuffer();
  await send(page, city, 'libro.xlsx', book as Buffer);
  await check(page);
  await page.getByText('Varias hojas traen datos en columnas distintas').waitFor();
  await page.getByRole('button', { name: 'Cargar la hoja Febrero' }).click();
  await expectCounted(page, city, 2);
});

test('doubtful points are counted and shown before somebody takes them so', async () => {
  const { page, city } = await emptyCity();
  const rows = [
    HEADER,
    `2024-07-01,Homicidio doloso,${AT}`,
    '2024-07-02,Homicidio doloso,0,6.3e-09',
    '2024-07-03,Homicidio doloso,-1,-1',
  ];
  await send(page, city, 'puntos.csv', rows.join('\n'));
  await check(page);
  await page.getByText('Renglones sin punto utilizable o con uno dudoso: 2 de 3').waitFor();
  await page.getByRole('button', { name: 'Lo revisé: cargar así' }).click();
  await page.getByText('Lo que pasaría al cargar puntos.csv').waitFor();
  await page.getByRole('button', { name: 'Volver a las columnas' }).click();
  expect(await page.getByRole('checkbox', { name: /Cargar aunque haya puntos dudosos/ }).isChecked()).toBe(true);
  await check(page);
  await expectCounted(page, city, 3);
});

test('a file of one offence is loaded once somebody says which', async () => {
  const { page, city } = await emptyCity();
  const rows = [
    'OCCUR_DATE,OCCUR_TIME,Latitude,Longitude',
    '08/14/2024,22:15:00,19.401,-99.109',
    '08/15/2024,01:05:00,19.401,-99.109',
  ];
  await send(page, city, 'homicidios.csv', rows.join('\n'));
  expect(await page.getByRole('button', { name: 'Revisar sin guardar' }).isEnabled()).toBe(false);
  await page.getByLabel('Delito de todos los renglones').fill('Homicidio doloso');
  await page.getByLabel('Delito de todos los renglones').press('Enter');
  await page.getByText('Cada renglón se cuenta como «Homicidio doloso».').waitFor();
  await page.getByText(/14 ago 2024, 22:15 · Homicidio doloso/).waitFor();
  await check(page);
  await expectCounted(page, city, 2);
});
