// Names of places that were not found, in real Chromium on a phone: one choice places every record of a name, by keyboard,
// and can be taken back.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import { reportAt } from '../support/cli.ts';
import { usePages } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

const PHONE = { width: 390, height: 844, hasTouch: true };
const ROWS = [
  'folio,fecha,delito,colonia',
  '1,2024-03-01,Robo de vehículo automotor,Alameda',
  '2,2024-03-02,Robo de vehículo automotor,Almeda Vieja',
  '3,2024-03-03,Robo de vehículo automotor,ALMEDA VIEJA',
  '4,2024-03-04,Robo de vehículo automotor,Los Pinos',
];

let server: TestServer;

const { visit } = usePages(
  async () => {
    server = await startServer();
    const zone = ['--timezone', 'America/Mexico_City'];
    await reportAt(server, ['jurisdiction', 'add', 'villa', '--name', 'Villa', ...zone]);
    await reportAt(server, ['jurisdiction', 'add', 'otra', '--name', 'Otra', ...zone]);
    const areas = join(import.meta.dirname, '../tinytown/areas.geojson');
    const columns = ['--code', 'clave', '--name', 'nombre'];
    await reportAt(server, ['import', 'areas', areas, '--layer', 'colonias', '--jurisdiction', 'villa', ...columns]);
    const file = join(server.dataDir, 'nombres.csv');
    writeFileSync(file, ROWS.join('\n'));
    await reportAt(server, ['import', 'incidents', file, '--jurisdiction', 'villa', '--preset', 'generic']);
    return server;
  },
  { ...PHONE, drawsMaps: false },
);

const counts = async () =>
  (await (await fetch(`${server.origin}/api/v1/villa/counts?layer=colonias`)).json()) as CountsAnswer;

test('a name is chosen a place for, all its records count there, and undoing takes them out', async () => {
  expect((await counts()).totals).toMatchObject({ matched: 4, mapped: 1, unlocated: 3 });
  const page = await visit('?tab=data&city=villa');
  const card = page.getByRole('region', { name: 'Lugares sin ubicar' });
  await card.getByText('De 4 registros sin coordenadas, 1 se ubicó por nombre en Colonias; 3 no.').waitFor();
  expect(await card.getByRole('row').nth(1).textContent()).toMatch(/Almeda Vieja/i);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);

  const choice = card.getByRole('combobox', { name: /Qué lugar es almeda vieja/i });
  const save = card.getByRole('button', { name: /Guardar qué lugar es almeda vieja/i });
  expect(await save.isEnabled()).toBe(false);
  await choice.focus();
  await page.keyboard.press('ArrowDown');
  expect(await choice.locator('option:checked').textContent()).toMatch(/^Alameda \(\d+\s%\sparecido\)$/);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await counts()).totals).toMatchObject({ mapped: 3, unlocated: 1 });
  await card.getByText('3 se ubicaron por nombre').waitFor();
  expect(await card.getByText('Nombres ya aclarados').isVisible()).toBe(true);

  await card.getByRole('combobox', { name: 'Qué lugar es Los Pinos' }).selectOption({ label: 'Buscar otro lugar…' });
  await card.getByRole('searchbox', { name: 'Buscar el lugar de Los Pinos' }).fill('centr');
  await card.getByRole('button', { name: /^Centro/ }).press('Enter');
  await card.getByRole('button', { name: 'Guardar qué lugar es Los Pinos' }).press('Enter');
  await card.getByText('No queda ningún nombre sin aclarar.').waitFor();
  expect((await counts()).totals).toMatchObject({ mapped: 4, unlocated: 0 });

  await card.getByRole('button', { name: 'Deshacer lo dicho de Los Pinos' }).press('Enter');
  await card.getByRole('combobox', { name: 'Qué lugar es Los Pinos' }).waitFor();
  await card.getByRole('combobox', { name: 'Qué lugar es Los Pinos' }).selectOption({ label: 'No es ningún lugar' });
  await card.getByRole('button', { name: 'Guardar qué lugar es Los Pinos' }).press('Enter');
  await card.getByText('No queda ningún nombre sin aclarar.').waitFor();
  expect((await counts()).totals).toMatchObject({ mapped: 3, unlocated: 1 });
});

test('without records that lack coordinates there is no such card; in English it speaks English', async () => {
  const page = await visit('?tab=data&city=otra');
  await page.getByRole('heading', { name: 'Datos de Otra' }).waitFor();
  await page.getByText('Aún no hay ninguna carga.').waitFor();
  expect(await page.getByRole('region', { name: 'Lugares sin ubicar' }).count()).toBe(0);
  await page.goto(`${server.origin}/?tab=data&city=villa&lang=en`);
  await page.getByRole('heading', { name: 'Places not found' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
