import { openBrowser } from './tests/support/browser.ts';

const B = 'http://localhost:8160';
const browser = await openBrowser();
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'es-MX' });
const page = await context.newPage();
page.on(
  'console',
  (m) =>
    ['error', 'warning'].includes(m.type()) &&
    !/ReadPixels|software WebGL/.test(m.text()) &&
    console.log('CONSOLE', m.text().slice(0, 300)),
);
page.on('pageerror', (e) => console.log('PAGEERROR', String(e).slice(0, 400)));
const shot = (n: string, full = false) => page.screenshot({ path: `/tmp/F-shots/${n}.png`, fullPage: full });
await page.request.post(`${B}/api/v1/session/demo`, { data: { role: 'commander' }, headers: { Origin: B } });
page.setDefaultTimeout(60000);
await page.goto(`${B}/?list=streets&lang=es`);
await page.waitForSelector('#where');
await page.waitForTimeout(3000);
const row = page
  .locator('#where button, #where a')
  .filter({ hasText: /Av|Calle|Calz|entre|Priv/ })
  .first();
await row.click();
await page.getByRole('button', { name: 'Abrir problema' }).click();
await page.waitForTimeout(1500);
await shot('new');
await page.locator('form.problem-form button[type=submit]').click();
await page.waitForSelector('#problem-measures');
await shot('problem');
await page.getByRole('button', { name: 'Agregar medida' }).click();
await page.getByLabel('Título').fill('Alumbrado LED');
await page.getByLabel('Desde').fill('2025-06-01');
await shot('measure');
await page.getByRole('button', { name: 'Guardar', exact: true }).click();
await page.getByRole('button', { name: '¿Sirvió?' }).click();
await page.waitForSelector('.evaluation-sentence');
console.log(await page.locator('.evaluation-sentence').innerText());
await page.waitForTimeout(4000);
const ev = page.locator('.evaluation');
await ev.screenshot({ path: '/tmp/F-shots/ev-street.png' });
// the planted colonia
await page.goto(`${B}/?tab=problems&problem=1&lang=es`);
await page.getByRole('button', { name: '¿Sirvió?' }).click();
await page.waitForSelector('.evaluation-sentence');
console.log(await page.locator('.evaluation-sentence').innerText());
await page.waitForTimeout(5000);
await page.locator('.evaluation').screenshot({ path: '/tmp/F-shots/ev-colonia.png' });
await page.goto(`${B}/?tab=problems&lang=es`);
await page.waitForTimeout(5000);
await shot('list');
for (const [name, w, h] of [['phone', 390, 844]] as const) {
  await page.setViewportSize({ width: w, height: h });
  await page.goto(`${B}/?tab=problems&lang=en`);
  await page.waitForTimeout(4000);
  await shot(name + '-list');
  await page.goto(`${B}/?tab=problems&problem=1&lang=en`);
  await page.getByRole('button', { name: 'Did it help?' }).click();
  await page.waitForSelector('.evaluation-sentence');
  await page.waitForTimeout(4000);
  await page.locator('.evaluation').screenshot({ path: '/tmp/F-shots/phone-ev.png' });
  console.log(
    'overflow',
    await page.evaluate(() => [
      document.documentElement.scrollWidth,
      [...document.querySelectorAll('.data-inner *')]
        .filter((e) => e.getBoundingClientRect().right > 391)
        .slice(0, 5)
        .map((e) => e.className || e.tagName),
    ]),
  );
}
await browser.close();
