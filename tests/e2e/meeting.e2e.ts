// The weekly meeting in real Chromium: a number leads to its map, arrows turn the page, two people agree in one room, and the
// booklet of all sectors is printed with a sheet for each.

import { expect, inject, test } from 'vitest';
import { usePages } from '../support/pages.ts';

const pages = usePages(inject('demo'), { drawsMaps: false });

test('a number of the table is the headline of the map it leads to; arrows turn the page of who presents', async () => {
  const page = await pages.visit('?tab=meeting');
  const count = page.locator('.meeting-body .is-total td.is-count a').first();
  const shown = await count.textContent();
  await page.getByRole('button', { name: 'Presentar' }).click();
  await page.getByText('1 de 4', { exact: true }).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.getByText('2 de 4', { exact: true }).waitFor();
  expect(await page.locator('.meeting-body .meeting-table').count()).toBe(0);
  expect(await page.locator('.meeting-body .meeting-streets').isVisible()).toBe(true);
  await page.keyboard.press('Escape');
  await count.click();
  await expect.poll(() => page.locator('.answer strong').first().textContent()).toBe(shown);
});

test('what one agrees the other changes: the second is told, and nothing of either is lost', async () => {
  const one = await pages.visit('?tab=meeting');
  const other = await one.context().newPage();
  await one.getByLabel('Qué se acordó').fill('Podar árboles en Av. Juárez');
  await one.getByLabel('Responsable').fill('Parques');
  await one.getByRole('button', { name: 'Anotar acuerdo' }).click();
  await one.locator('.meeting-body .meeting-action').getByText('Podar árboles').waitFor();
  await other.goto(one.url());
  const row = (page: typeof one) => page.locator('.meeting-body .meeting-action').first();
  for (const page of [one, other]) await row(page).getByRole('button', { name: 'Cambiar' }).click();
  await row(one).getByLabel('Responsable').fill('Alumbrado');
  await row(one).getByRole('button', { name: 'Guardar' }).click();
  await row(one).getByText('Alumbrado').waitFor();
  await row(other).getByLabel('Qué se acordó').fill('Podar y limpiar');
  await row(other).getByRole('button', { name: 'Guardar' }).click();
  await other.getByRole('alert').getByText('mientras tanto lo cambió').waitFor();
  await row(other).getByText('Alumbrado').waitFor();
  expect(await row(other).getByLabel('Qué se acordó').inputValue()).toBe('Podar y limpiar');
  await other.close();
});

test('the booklet of the sectors is a sheet for each and one for the municipality', async () => {
  const page = await pages.visit('?tab=meeting');
  await page.locator('.meeting-body .meeting-table').waitFor();
  await page.evaluate(() => {
    window.print = () => document.body.setAttribute('data-printed', '1');
  });
  await page.getByRole('button', { name: 'Cuadernillo' }).click();
  await page.locator('body[data-printed]').waitFor();
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  expect(pdf.match(/\/Type \/Page\b(?!s)/g)).toHaveLength(13);
});
