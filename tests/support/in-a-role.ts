// The page of somebody in a role of the sample city, as the browser tests use it.

import type { Page } from 'playwright-core';

export async function lookAs(page: Page, role: string): Promise<void> {
  await page.getByRole('button', { name: /\(cuenta\)$/ }).click();
  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: role, exact: true }).click();
  await reloaded;
}
export const headline = (page: Page) => page.locator('.answer .figure strong').first().waitFor();
export const tab = (page: Page, name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true });

export const statuses = (page: Page, paths: readonly string[]) =>
  page.evaluate((asked) => Promise.all(asked.map(async (path) => (await fetch(path)).status)), paths);
