// The screen of each role, in real Chromium on the demo city with accounts: what is offered, what is not, signing in.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { runCuadra } from '../support/cli.ts';
import { usePages } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
const pages = usePages(
  async () => {
    server = await startServer({ env: { CUADRA_ACCESS: 'accounts', CUADRA_DEMO: '1' } });
    return server;
  },
  { drawsMaps: false },
);
/** A stream of news ends when its session does. */
const ENDED = [/ERR_INCOMPLETE_CHUNKED_ENCODING/, /\/events net::/];

async function lookAs(page: Page, role: string): Promise<void> {
  await page.getByRole('button', { name: /^Cuenta:/ }).click();
  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: role, exact: true }).click();
  await reloaded;
}
const headline = (page: Page) => page.locator('.answer .figure strong').first().waitFor();
const tab = (page: Page, name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true });

test('whoever opens the sample city looks at it as a planner, without signing in and without files of incidents', async () => {
  const page = await pages.visit();
  await headline(page);
  await page.getByRole('button', { name: 'Cuenta: Planeación' }).waitFor();
  expect(await page.getByRole('button', { name: 'Descargar', exact: true }).count()).toBe(0);
  expect(await tab(page, 'Datos').count()).toBe(0);
  // A link into what somebody else may do leads to the map.
  for (const part of ['data', 'accounts', 'region']) {
    await page.goto(`${server.origin}/?tab=${part}`);
    await headline(page);
    await expect.poll(() => page.url()).not.toContain('tab=');
  }
});

test('a commander is offered the incidents as files, a GIS officer the data behind the map', async () => {
  const page = await pages.visit();
  await headline(page);
  await lookAs(page, 'Mando');
  await headline(page);
  await page.locator('.answer').getByRole('button', { name: 'Descargar' }).waitFor();
  expect(await tab(page, 'Datos').count()).toBe(0);
  await lookAs(page, 'Cartografía');
  await headline(page);
  await tab(page, 'Datos').click();
  await page.getByRole('heading', { name: 'Capas' }).waitFor();
  await pages.leave(ENDED);
});

test('an auditor reads what was done; an administrator of the sample sees accounts but changes none', async () => {
  const page = await pages.visit();
  await headline(page);
  await lookAs(page, 'Auditoría');
  await headline(page);
  await page.getByRole('button', { name: /^Cuenta:/ }).click();
  await page.getByRole('button', { name: 'Bitácora' }).click();
  await page
    .getByRole('cell', { name: /demo:auditor/ })
    .first()
    .waitFor();
  await lookAs(page, 'Administración');
  await page.getByRole('button', { name: 'Cuenta: Administración' }).click();
  await page.getByRole('button', { name: 'Cuentas' }).click();
  await page.getByText('Todavía no hay cuentas.').waitFor();
  expect(await page.getByRole('button', { name: 'Invitar' }).count()).toBe(0);
  await pages.leave(ENDED);
});

test('a person signs in by name and password, is refused in words, and leaves again', async () => {
  const add = ['user', 'add', 'Marta Ruiz', '--role', 'commander', '--password-stdin'];
  const added = await runCuadra(server, add, () => {}, 'puente verde y cuatro gatos\n');
  expect(added).toMatchObject({ status: 0 });
  const page = await pages.visit();
  await headline(page);
  await page.getByRole('button', { name: /^Cuenta:/ }).click();
  await page.getByRole('button', { name: 'Entrar con una cuenta' }).click();
  await page.getByLabel('Nombre de la cuenta').fill('Marta Ruiz');
  await page.getByLabel('Contraseña').fill('no es esta contraseña');
  await page.getByRole('button', { name: 'Entrar', exact: true }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Contraseña').fill('puente verde y cuatro gatos');
  const entered = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Entrar', exact: true }).click();
  await entered;
  await headline(page);
  await page.getByRole('button', { name: 'Cuenta: Marta Ruiz' }).click();
  const left = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Salir', exact: true }).click();
  await left;
  await headline(page);
  await page.getByRole('button', { name: 'Cuenta: Público' }).waitFor();
  await pages.leave([...ENDED, /401/]);
});
