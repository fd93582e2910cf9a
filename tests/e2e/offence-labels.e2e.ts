// Labels no list knows, in real Chromium on a phone: one choice counts every record of a label, and can be taken back.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import { reportAt } from '../support/cli.ts';
import { usePages } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ROWS = [
  'folio,fecha,delito',
  '1,2024-03-01,ESCALAMIENTO <20',
  '2,2024-03-02,Escalamiento  <20',
  '3,2024-03-03,ESCALAMIENTO >20',
  '4,2024-03-04,Robo de vehículo',
];

let server: TestServer;
const { visit } = usePages(
  async () => {
    server = await startServer();
    const file = join(server.dataDir, 'etiquetas.csv');
    writeFileSync(file, ROWS.join('\n'));
    const areas = join(import.meta.dirname, '../tinytown/areas.geojson');
    const into = ['--jurisdiction', 'villa'];
    const columns = ['--code', 'clave', '--name', 'nombre'];
    await reportAt(server, ['jurisdiction', 'add', 'villa', '--name', 'Villa', '--timezone', 'America/Mexico_City']);
    await reportAt(server, ['import', 'areas', areas, '--layer', 'colonias', ...columns, ...into]);
    await reportAt(server, ['import', 'incidents', file, '--preset', 'generic', ...into]);
    return server;
  },
  { drawsMaps: false },
);
const counted = async () => {
  const asked = 'counts?layer=colonias&offence=patrimonio.robo.casa';
  return ((await (await fetch(`${server.origin}/api/v1/villa/${asked}`)).json()) as CountsAnswer).totals.matched;
};

test('a label is said to be an offence, its records count as that, and undoing takes them out', async () => {
  const page = await visit('?tab=data&city=villa', { width: 390, height: 844, hasTouch: true });
  const card = page.getByRole('region', { name: 'Delitos sin clasificar' });
  await card.getByText('3 registros traen una etiqueta que no está en el catálogo').waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  const save = card.getByRole('button', { name: /Guardar qué delito es escalamiento <20/i });
  expect(await save.isEnabled()).toBe(false);
  await card
    .getByRole('combobox', { name: /Qué delito es escalamiento <20/i })
    .selectOption({ value: 'patrimonio.robo.casa' });
  await save.press('Enter');
  await card.getByText('1 registro trae una etiqueta').waitFor();
  await expect.poll(counted).toBe(2);
  await card.getByText('Robo a casa habitación').last().waitFor();
  await card.getByRole('button', { name: /Deshacer lo dicho de escalamiento <20/i }).press('Enter');
  await card.getByText('3 registros traen una etiqueta').waitFor();
  await expect.poll(counted).toBe(0);
  await page.goto(`${server.origin}/?tab=data&city=villa&lang=en`);
  await page.getByRole('heading', { name: 'Unclassified offences' }).waitFor();
});
