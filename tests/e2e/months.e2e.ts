// A source that gives only the month, in a file of a whole county: the screen compares months and speaks of the town alone.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { reportAt } from '../support/cli.ts';
import { usePages } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Inside the town and elsewhere in the county, by month. */
const MONTHS = [
  ['2018-10', 70, 400],
  ['2018-11', 60, 410],
  ['2018-12', 50, 390],
  ['2019-01', 90, 420],
  ['2019-02', 40, 405],
] as const;
/** Of every month, without a place: in the town or elsewhere, nobody knows. */
const NOWHERE = 12;
/** What the town delivers of itself alone, later. */
const OWN = { placed: 40, nowhere: 20 };

let server: TestServer;

const pages = usePages(
  async () => {
    server = await startServer();
    const file = join(server.dataDir, 'county-street.csv');
    const head = 'Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type';
    let id = 0;
    const row = (month: string, lon: number | '', lat: number | '') =>
      `${(id++).toString(16).padStart(64, '0')},${month},A,A,${lon},${lat},On or near High Street,E01,Town 001A,Burglary`;
    const rows = MONTHS.flatMap(([month, inside, elsewhere]) => [
      ...Array.from({ length: inside }, (_, i) => row(month, -99.1095 + (i % 7) * 0.0005, 19.4005 + (i % 5) * 0.0006)),
      ...Array.from({ length: elsewhere }, (_, i) => row(month, -99.3 - (i % 9) * 0.001, 19.4)),
      ...Array.from({ length: NOWHERE }, () => row(month, '', '')),
    ]);
    writeFileSync(file, [head, ...rows].join('\n'));
    const [one, none] = [-99.1095, ''] as const;
    const own = [...Array(OWN.placed).fill(one), ...Array(OWN.nowhere).fill(none)].map((lon: number | '') =>
      row('2019-02', lon, lon && 19.4005),
    );
    writeFileSync(join(server.dataDir, 'town-street.csv'), [head, ...own].join('\n'));
    await reportAt(server, ['jurisdiction', 'add', 'town', '--name', 'Town', '--timezone', 'Europe/London']);
    const areas = join(import.meta.dirname, '../tinytown/areas.geojson');
    const columns = ['--code', 'clave', '--name', 'nombre'];
    await reportAt(server, ['import', 'areas', areas, '--layer', 'wards', '--jurisdiction', 'town', ...columns]);
    await reportAt(server, [
      'import',
      'incidents',
      file,
      '--jurisdiction',
      'town',
      '--preset',
      'police-uk',
      '--confirm-points',
    ]);
    return server;
  },
  { drawsMaps: false },
);

async function visit(search: string): Promise<Page> {
  const page = await pages.visit(search);
  await page.locator('.answer strong').first().waitFor();
  return page;
}
const answer = (page: Page) => page.getByRole('region', { name: /^(Respuesta|Answer)$/ });

test('the headline is of the town, and the rest of the county is said beside it', async () => {
  const page = await visit('?theme=todos');
  await expect.poll(() => answer(page).locator('strong').first().textContent()).toBe('310');
  await answer(page).getByText('310 en el mapa · 0 sin ubicación · 0 protegidos').waitFor();
  await answer(page).getByText('Aparte, 2,025 con punto fuera de los límites: no se cuentan ni se dibujan').waitFor();
  await answer(page)
    .getByText(
      /Aparte, 60 sin ubicación: el archivo de .+ abarca más que el municipio, y no se sabe cuáles son de aquí/,
    )
    .waitFor();
});

test('headline, trend, list, offences, heat and file count the same: what lies in the town', async () => {
  const page = await visit('?theme=todos&view=heat');
  await expect.poll(() => answer(page).locator('strong').first().textContent()).toBe('310');
  const figures = page.getByRole('region', { name: 'Tendencia' }).locator('table td');
  await expect
    .poll(async () => (await figures.allTextContents()).map(Number).slice(-5))
    .toEqual(MONTHS.map(([, inside]) => inside));
  // Of no hours no clock is drawn, on paper neither.
  expect(await page.locator('.mini-clock').count()).toBe(0);
  const bars = page.getByRole('region', { name: 'Dónde' }).locator('.row-count');
  await expect.poll(async () => (await bars.allTextContents()).reduce((sum, text) => sum + Number(text), 0)).toBe(310);
  await page
    .getByRole('region', { name: 'Leyenda' })
    .getByText('Fuera de los límites, sin color: 2,025.')
    .waitFor({ state: 'attached' });
  await answer(page).getByRole('button', { name: 'Descargar' }).click();
  const menu = page.getByRole('dialog', { name: 'Descargar' });
  await menu.getByText('310 registros, tal como están filtrados').waitFor();
  expect(await menu.getByRole('link', { name: /^CSV/ }).getAttribute('href')).toContain(
    'inside=wards&placed=police-uk',
  );
  await menu.getByRole('checkbox', { name: 'También 2,085 con punto fuera de los límites o sin ubicación' }).check();
  await menu.getByText('2,395 registros, tal como están filtrados').waitFor();
  expect(await menu.getByRole('link', { name: /^CSV/ }).getAttribute('href')).not.toContain('inside');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Tipo de delito' }).click();
  const kinds = page.getByRole('dialog', { name: 'Tipo de delito' });
  await kinds.locator('.choice-detail', { hasText: /^310$/ }).first().waitFor();
  await page.getByText('Esta fuente solo da el mes: no hay días ni horas.').first().waitFor();
});

test('whole months are compared, and it is said why', async () => {
  const page = await visit('?theme=todos');
  await answer(page)
    .getByText('Febrero de 2019: 40; enero de 2019: 90: baja 56 %. Esta fuente solo da el mes.')
    .waitFor();
  expect(await page.getByText(/28 días/).count()).toBe(0);
});

test('the period is written as the months the data cover', async () => {
  const page = await visit('?theme=todos');
  await answer(page).getByText('Todos · oct 2018–feb 2019').waitFor();
  await page
    .getByRole('region', { name: 'Leyenda' })
    .getByText(/oct 2018–feb 2019/)
    .first()
    .waitFor();
});

test('a week or 28 days are not offered, and the menu says why', async () => {
  const page = await visit('?theme=todos');
  await page.getByRole('button', { name: /^Periodo/ }).click();
  const menu = page.getByRole('dialog', { name: 'Periodo' });
  await menu.getByRole('radio', { name: 'Últimos 12 meses' }).waitFor();
  expect(await menu.getByRole('radio', { name: /28 días|semana/ }).count()).toBe(0);
  await menu.getByText('Esta fuente solo da el mes: no hay días ni horas.').waitFor();
});

test('in English the months are named too', async () => {
  const page = await visit('?theme=todos&lang=en');
  await answer(page)
    .getByText('February 2019: 40; January 2019: 90: down 56 %. This source only gives the month.')
    .waitFor();
});

test('beside the county, what the town itself delivers without a place is counted', async () => {
  const file = join(server.dataDir, 'town-street.csv');
  const choices = ['--jurisdiction', 'town', '--preset', 'police-uk', '--source', 'town-own'];
  await reportAt(server, ['import', 'incidents', file, ...choices]);
  const page = await visit('?theme=todos');
  await expect.poll(() => answer(page).locator('strong').first().textContent()).toBe('370');
  await answer(page).getByText('350 en el mapa · 20 sin ubicación · 0 protegidos').waitFor();
  await answer(page).getByText('Aparte, 2,025 con punto fuera de los límites: no se cuentan ni se dibujan').waitFor();
  await answer(page)
    .getByText(/Aparte, 60 sin ubicación: el archivo de .+ abarca más que el municipio/)
    .waitFor();
  await answer(page).getByRole('button', { name: 'Descargar' }).click();
  const menu = page.getByRole('dialog', { name: 'Descargar' });
  const link = await menu.getByRole('link', { name: /^CSV/ }).getAttribute('href');
  expect(new URL(link!, server.origin).searchParams.get('placed')).toBe('police-uk');
});
