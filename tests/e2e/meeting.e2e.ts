// The weekly meeting in real Chromium: a number leads to its map, arrows turn the page, two people agree in one room, and the
// booklet of all sectors is printed with a sheet for each. And a problem on paper.

import type { Locator } from 'playwright-core';
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

test('a problem opens at its title; on paper stands what was counted until which day, and no button', async () => {
  const page = await pages.visit('?tab=meeting');
  const opened = await page.evaluate(async () => {
    const figures = { dataVersion: 1, count: 638, before: null, from: '2023-01-01', until: '2024-01-01', told: '' };
    const place = { layer: 'colonias', version: 1, codes: ['010-005'] };
    const body = { title: 'Santa Rosa de noche', place, filter: { theme: 'espacio-publico' }, figures };
    const headers = { 'content-type': 'application/json' };
    const post = async (path: string, sent: object) => {
      const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(sent) });
      return (await answer.json()) as { id: number };
    };
    const problem = await post('/api/v1/demo/problems', body);
    const agreed = { what: 'Podar', owner: '', due: null, state: 'open' };
    await post(`/api/v1/demo/problems/${problem.id}/items`, { kind: 'agreement', body: agreed });
    return problem;
  });
  const other = await page.context().newPage();
  for (const each of [page, other]) {
    await each.goto(new URL(`/?tab=problems&problem=${opened.id}`, page.url()).href);
    await each.locator('.problem-agreed select').waitFor();
  }
  const title = page.getByRole('heading', { level: 1, name: 'Santa Rosa de noche' });
  await title.waitFor();
  expect(await title.evaluate((node) => node === document.activeElement)).toBe(true);
  // Two at one agreement: the second reads what the first chose, and lets it stand.
  const [first, second] = [page, other].map((each) => each.locator('.problem-agreed select')) as [Locator, Locator];
  const saved = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
  await first.selectOption('done');
  await saved;
  await second.selectOption('dropped');
  await other.getByRole('alert').getByText('cumplido').waitFor();
  await other.getByRole('button', { name: 'Dejar lo guardado' }).click();
  await expect.poll(() => second.inputValue()).toBe('done');
  await other.close();
  // What is written and not sent yet outlasts the form.
  await page.getByLabel('Agregar nota').fill('Falta luz en la esquina');
  await page.getByRole('link', { name: 'Reunión' }).click();
  await page.locator('.meeting-body .meeting-table').waitFor();
  await page.goBack();
  await title.waitFor();
  await expect.poll(() => page.getByLabel('Agregar nota').inputValue()).toBe('Falta luz en la esquina');
  const edit = page.getByRole('button', { name: 'Editar' });
  expect(await edit.isVisible()).toBe(true);
  await page.emulateMedia({ media: 'print' });
  expect(await title.isVisible()).toBe(true);
  expect(await page.getByText(/^638 delitos · 1 ene–31 dic 2023 · /).isVisible()).toBe(true);
  expect(await edit.isVisible()).toBe(false);
});
