// What is done by hand on the main screen, in real Chromium: time plays with one scale, changes are taken back, one line
// finds and does.

import { expect, inject, test } from 'vitest';
import { usePages } from '../support/pages.ts';

const origin = inject('demo');
const pages = usePages(origin);

test('time plays: figures and date move together, the classes stay, the address is left alone until a window is kept', async () => {
  // Software draws every pixel of every window.
  const page = await pages.visit('?view=areas', { width: 1100, height: 700 });
  const headline = page.locator('.answer strong').first();
  await headline.waitFor();
  const chosen = await headline.textContent();
  const classes = () =>
    page
      .locator('.legend')
      .innerText()
      // The days of a window may read like a class: «2–29 mar 2023».
      .then((text) => text.match(/^[\d,]+–[\d,]+(?=\s*\(|$)/gm));
  await page.locator('.map-panel[data-state=ready]').waitFor();
  const before = page.url();
  await page.getByRole('button', { name: 'Reproducir en el tiempo' }).click();
  // Who wants nothing to move, as these tests do, is shown the first window.
  await page.getByRole('button', { name: 'Reproducir', exact: true }).click();
  const slider = page.getByRole('slider', { name: 'Momento' });
  await expect.poll(async () => Number(await slider.inputValue())).toBeGreaterThan(2);
  await page.getByRole('button', { name: 'Pausa' }).click();
  const said = () => slider.getAttribute('aria-valuetext');
  const first = await said();
  await expect.poll(() => page.locator('.play-date').textContent()).toBe(first);
  await expect.poll(() => headline.textContent()).not.toBe(chosen);
  const scale = await classes();
  expect(scale?.length).toBeGreaterThan(2);
  await page.getByRole('button', { name: 'Un paso adelante' }).click();
  await expect.poll(said).not.toBe(first);
  await page.getByRole('button', { name: 'Un paso adelante' }).click();
  expect(await classes()).toEqual(scale);
  expect(page.url()).toBe(before);
  // Esc takes the page back to the period chosen.
  await slider.focus();
  await page.keyboard.press('Escape');
  await expect.poll(() => headline.textContent()).toBe(chosen);
  await page.getByRole('button', { name: 'Reproducir en el tiempo' }).click();
  await slider.fill('0');
  await page.getByRole('button', { name: 'Quedarse con este periodo' }).click();
  // The data of the sample begin on the first of January 2023, on a Sunday; windows step by weeks from the last day.
  await expect.poll(() => page.url()).toMatch(/from=2023-01-0\d&until=2023-0[12]-\d\d/);
});

test('Ctrl Z takes a change back and Ctrl Y makes it again, of the filter and of looks; Ctrl K finds and does', async () => {
  const page = await pages.visit('', { drawsMaps: false });
  await page.locator('.answer strong').first().waitFor();
  // Typed on at once, before the line, which has to come the first time, is there.
  await page.keyboard.press('Control+k');
  await page.keyboard.type('28 dias');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.url()).toContain('period=28d');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /Escriba un lugar/ }).fill('el carmen');
  await page
    .getByRole('option', { name: /^El Carmen/ })
    .first()
    .click();
  await expect.poll(() => page.url()).toContain('place=');
  await page.keyboard.press('Control+z');
  await expect.poll(() => page.url()).not.toContain('place=');
  expect(page.url()).toContain('period=28d');
  await page.getByRole('button', { name: 'Deshacer' }).click();
  await expect.poll(() => page.url()).not.toContain('period=');
  await page.keyboard.press('Control+y');
  await page.keyboard.press('Control+Shift+Z');
  await expect.poll(() => page.url()).toContain('place=');
  expect(page.url()).toContain('period=28d');
});

test('A and B under a curtain, side by side and as a difference, by keys, with one address; and small maps of a weekday', async () => {
  const page = await pages.visit('?view=areas&from=2024-06-01&until=2024-12-01');
  await page.locator('.map-panel[data-state=ready]').waitFor();
  await page.locator('.answer strong').first().waitFor();
  await page.getByRole('button', { name: 'Comparar dos mapas' }).press('Enter');
  // B begins with the same days of the year before.
  await expect.poll(() => page.url()).toContain('b=swipe&b.from=2023-06-01&b.until=2023-12-01');
  const bar = page.getByRole('region', { name: 'Comparación de A y B' });
  await bar.getByText(/^En conjunto, A/).waitFor();
  const curtain = page.getByRole('slider', { name: 'Cortina entre A y B' });
  await curtain.press('ArrowLeft');
  expect(await curtain.getAttribute('aria-valuenow')).toBe('45');
  // The second map is hidden from what reads aloud: the keys must not land in it.
  await page.locator('.beside-map canvas').waitFor();
  expect(await page.locator('[aria-hidden=true] [tabindex="0"]').count()).toBe(0);
  const totals = () => bar.locator('dd strong').allTextContents();
  const before = await totals();
  await bar.getByRole('button', { name: 'Intercambiar' }).click();
  await expect.poll(totals).toEqual(before.toReversed());
  expect(new URL(page.url()).searchParams.get('from')).toBe('2023-06-01');
  await bar.getByRole('button', { name: 'Diferencia' }).click();
  await bar.getByText(/^Se comparan los números a igual tiempo/).waitFor();
  await page.reload();
  await expect.poll(totals).toEqual(before.toReversed());
  await bar.getByRole('button', { name: 'Terminar la comparación' }).press('Escape');
  await expect.poll(() => page.url()).not.toContain('b=');
  await page.getByRole('button', { name: 'Ver en mapas pequeños' }).click();
  await page.getByRole('button', { name: 'Día de la semana' }).click();
  const small = page.locator('.multiple');
  await expect.poll(() => small.count()).toBe(7);
  await small.nth(5).click();
  await expect.poll(() => page.url()).toContain('weekday=6');
});
