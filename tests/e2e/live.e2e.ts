// Calls that arrive while the page is open, and kinds kept apart, in real Chromium on Tinytown with a feed.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { reportAt } from '../support/cli.ts';
import { usePages, type VisitOptions } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { loadTinyTown } from '../support/tinytown.ts';

/** Longer than between two refreshes of an open page. */
const SLOW_MS = 2500;

let server: TestServer;
let key: string;

const pages = usePages(
  async () => {
    server = await startServer();
    await loadTinyTown(server);
    const added = ['feed', 'add', 'cad', '--jurisdiction', 'tiny', '--preset', 'c5-911'];
    ({ key } = await reportAt<{ key: string }>(server, added));
    await call('before', { date: '2026-05-01' });
    return server;
  },
  { drawsMaps: false },
);

async function visit(search: string, options: VisitOptions = {}): Promise<Page> {
  const page = await pages.open(options);
  const listening = page.waitForResponse((response) => response.url().endsWith('/events'));
  await page.goto(`${server.origin}/${search}`);
  await page.locator('.answer strong').first().waitFor();
  await listening;
  return page;
}

/** Sends one call, as a dispatch centre does, and waits for its acknowledgement. */
async function call(id: string, more: object = {}): Promise<void> {
  const record = {
    id,
    date: '2026-05-02',
    time: '08:14',
    offence: 'Robo-Transeúnte',
    lon: -99.1091,
    lat: 19.4011,
    closing: 'A',
  };
  const response = await fetch(`${server.origin}/api/v1/tiny/incidents`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ incidents: [{ ...record, ...more }] }),
  });
  expect(response.status).toBe(200);
}

const headline = (page: Page) => page.locator('.answer .figure strong').first().textContent();
const kinds = (page: Page) => page.getByRole('group', { name: 'Qué se cuenta' });

test('a call reaches an open map, is said, and moves nothing', async () => {
  const page = await visit('?kind=call&from=2026-05-01&until=2026-05-03&map=16.00/19.40000/-99.10000', {
    drawsMaps: true,
  });
  expect(await headline(page)).toBe('1');
  await call('live-1');
  await page.getByText('1 llamada nueva desde las').waitFor();
  await expect.poll(() => headline(page)).toBe('2');
  expect(new URL(page.url()).searchParams.get('map')).toBe('16.00/19.40000/-99.10000');

  await call('live-2');
  await page.getByText('2 llamadas nuevas desde las').waitFor();
  await page.getByRole('button', { name: 'Quitar el aviso' }).press('Enter');
  await expect.poll(() => page.locator('.news').count()).toBe(0);
});

test('who looks at reports is not told of calls', async () => {
  const page = await visit('');
  await expect.poll(() => kinds(page).getByRole('button').count()).toBe(2);
  const before = await headline(page);
  // Whoever looks at calls beside it is told: from then on silence is meant.
  const beside = await page.context().newPage();
  const listening = beside.waitForResponse((response) => response.url().endsWith('/events'));
  await beside.goto(`${server.origin}/?kind=call`);
  await listening;
  await call('unseen-1');
  await beside.getByText('1 llamada nueva desde las').waitFor();
  expect([await headline(page), await page.locator('.news').count()]).toEqual([before, 0]);
});

test('the kinds are switched by keyboard, each with how far it reaches, and Back goes back', async () => {
  const page = await visit('');
  const calls = kinds(page).getByRole('button', { name: /^Llamadas 911\/089 hasta hoy \d{2}:\d{2}$/ });
  await calls.press('Enter');
  await expect.poll(() => new URL(page.url()).searchParams.get('kind')).toBe('call');
  expect(await calls.getAttribute('aria-pressed')).toBe('true');
  await expect.poll(() => page.locator('.answer .figure').textContent()).toContain('llamada');
  await page.goBack();
  await expect.poll(() => page.locator('.answer .figure').textContent()).toContain('delito');
});

test('days the reports do not reach are offered as calls, and nothing is swapped unasked', async () => {
  const page = await visit('?from=2026-05-01&until=2026-05-31');
  await expect.poll(() => headline(page)).toBe('0');
  await page.getByText(/^Las denuncias llegan hasta .*llamadas al 911/).waitFor();
  expect(new URL(page.url()).searchParams.get('kind')).toBeNull();
  await page.getByRole('button', { name: 'Ver las llamadas' }).click();
  await expect.poll(() => page.locator('.answer .figure').textContent()).toMatch(/^[1-9]\d* llamadas?/);
});

test('answers slower than the calls come are shown one after another, none is called off for the next', async () => {
  // The days the data reach to stay as they are, so that no question changes.
  await call('slow', { date: '2026-06-02' });
  const page = await visit('?kind=call&from=2026-06-01&until=2026-06-30');
  expect(await headline(page)).toBe('1');
  const calledOff: string[] = [];
  page.on('requestfailed', (request) => calledOff.push(request.url()));
  await page.route(/\/api\/v1\/tiny\/(?!events)/, async (route) => {
    await sleep(SLOW_MS);
    await route.continue().catch(() => {});
  });
  const shown = new Set<string | null>();
  let sent = 1;
  const oneMore = async () => {
    await call(`slow-${sent++}`, { date: '2026-06-02' });
    shown.add(await headline(page));
    return shown.size;
  };
  await expect.poll(oneMore, { interval: 1000 }).toBeGreaterThan(2);
  expect(calledOff).toEqual([]);
  await expect.poll(() => headline(page)).toBe(String(sent));
  await page.unroute(/\/api\/v1\/tiny\/(?!events)/);
});

test('a display on the wall shows the calls of the last 24 hours, says that the network is away, and goes on by itself', async () => {
  const zone = 'America/Mexico_City';
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  const now = async (id: string) => {
    const [date, time] = local.format(Date.now()).split(' ');
    await call(id, { date, time });
  };
  await now('wall-1');
  const page = await pages.open({ drawsMaps: true });
  await page.goto(`${server.origin}/?pantalla`);
  const figure = page.locator('.wall-figure strong');
  await expect.poll(() => figure.textContent()).toBe('1');
  await page.getByText(/^Al día a las \d\d:\d\d/).waitFor();
  await page.locator('.wall[data-map=ready]').waitFor();
  expect(await page.locator('.wall-pulse').count()).toBe(0);
  await page.context().setOffline(true);
  await page.getByText(/^Sin conexión\. Se muestra lo último que llegó/).waitFor();
  expect(await figure.textContent()).toBe('1');
  await now('wall-2');
  await page.context().setOffline(false);
  await expect.poll(() => figure.textContent()).toBe('2');
  await page.locator('.wall-pulse').waitFor();
  await page.getByText(/^Al día a las/).waitFor();
  await pages.leave([/ERR_INTERNET_DISCONNECTED/, /failed: .*\/(events|incidents)/, /network error/]);
});
