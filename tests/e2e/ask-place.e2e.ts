// Asking about a place that is no area of any layer, in real Chromium: typed as a place and metres, and drawn on the map.

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import { usePages } from '../support/pages.ts';

const origin = inject('demo');
const pages = usePages(origin);

/** What the server counts in the zone of an address. */
async function counted(address: string): Promise<string> {
  const within = new URL(address).searchParams.get('within')!;
  for (;;) {
    const query = new URLSearchParams({ layer: 'colonias', theme: 'espacio-publico', period: '12m', within });
    const response = await fetch(`${origin}/api/v1/demo/counts?${query}`);
    if (response.ok) {
      const { totals } = (await response.json()) as CountsAnswer;
      return (totals.matched - totals.outside).toLocaleString('es-MX');
    }
    expect(response.status).toBe(503);
    await sleep(1000);
  }
}

test('a place and metres typed are asked about, compared with the municipality, and taken back by Ctrl Z', async () => {
  const page = await pages.visit('', { width: 1100, height: 700 });
  const headline = page.locator('.answer strong').first();
  await headline.waitFor();
  const whole = await headline.textContent();
  await page.getByRole('button', { name: 'Preguntar por un lugar' }).click();
  await page.getByLabel('Lugar', { exact: true }).fill('el carmen');
  await page.locator('.ask-found button').first().click();
  await page.getByLabel('Radio en metros').fill('800');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.url()).toContain('within=poly:');
  const expected = await counted(page.url());
  await expect.poll(() => headline.textContent()).toBe(expected);
  expect(expected).not.toBe(whole);
  const note = page.locator('.zone-note');
  // 24 sin(7.5°) of 0.8² km.
  await note.getByText('Zona de 2 km², 48 esquinas.').waitFor();
  await note.getByText(/^Aquí, el [\d.]+\s%.* en el [\d.]+\s%/).waitFor();
  await note.getByText(/^En el resto del municipio, [\d,]+; antes [\d,]+/).waitFor();
  await page.keyboard.press('Control+z');
  await expect.poll(() => headline.textContent()).toBe(whole);
  expect(page.url()).not.toContain('within');
});

test('a zone is drawn by its corners and ended by its button; Esc leaves; how many places stand out is said and outlined', async () => {
  const page = await pages.visit('?view=areas');
  await page.locator('.map-panel[data-state=ready]').waitFor();
  await page.getByText(/concentra(n)? más de lo que explica el azar\.|^Ningún lugar de/).waitFor();
  const draw = async () => {
    await page.getByRole('button', { name: 'Preguntar por un lugar' }).click();
    await page.getByRole('button', { name: 'Dibujar una zona' }).click();
    await page.locator('.drawing-bar').waitFor();
  };
  await draw();
  await page.keyboard.press('Escape');
  await page.locator('.drawing-bar').waitFor({ state: 'detached' });
  await draw();
  const { x, y, width, height } = (await page.locator('.map canvas').boundingBox())!;
  const corners = [
    [0.45, 0.4],
    [0.6, 0.42],
    [0.58, 0.62],
    [0.46, 0.6],
  ] as const;
  for (const [right, down] of corners) {
    await page.mouse.click(x + width * right, y + height * down);
    await sleep(400);
  }
  await page.getByRole('button', { name: 'Terminar', exact: true }).click();
  await expect.poll(() => decodeURIComponent(page.url())).toMatch(/within=poly:(-?[\d.]+,[\d.]+;){3}-?[\d.]+,[\d.]+/);
  // What was clicked on is not chosen as well.
  expect(page.url()).not.toContain('place=');
  await page
    .locator('.zone-note')
    .getByText(/4 esquinas/)
    .waitFor();
  const expected = await counted(page.url());
  await expect.poll(() => page.locator('.answer strong').first().textContent()).toBe(expected);
});
