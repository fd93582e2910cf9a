// The screen of each role, in real Chromium on the demo city with accounts: what is offered, what is not, signing in.

import { createServer } from 'node:http';
import axe from 'axe-core';
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { totpCode } from '../../server/accounts/totp.ts';
import { runCuadra } from '../support/cli.ts';
import { headline, lookAs, statuses, tab } from '../support/in-a-role.ts';
import { usePages } from '../support/pages.ts';
import { freePort, startServer, type TestServer } from '../support/server.ts';
import { seeded } from '../support/small-world.ts';

let server: TestServer;
let embeddingPort: number;
const pages = usePages(
  async () => {
    embeddingPort = await freePort();
    const embedding = `http://localhost:${embeddingPort}`;
    server = await startServer({
      env: { CUADRA_ACCESS: 'accounts', CUADRA_DEMO: '1', CUADRA_EMBED_ORIGINS: embedding },
      readyTimeoutMs: 170_000,
    });
    return server;
  },
  { drawsMaps: false },
);
const WITH_MAP = { drawsMaps: true };
/** A stream of news ends when its session does. */
const ENDED = [/ERR_INCOMPLETE_CHUNKED_ENCODING/, /\/events net::/];

test('whoever opens the sample city looks at it as a planner, without signing in and without files of incidents', async () => {
  const page = await pages.visit('', WITH_MAP);
  await headline(page);
  await page.getByRole('button', { name: 'Como: Planeación' }).waitFor();
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
  await page.getByRole('button', { name: /\(cuenta\)$/ }).click();
  await page.getByRole('button', { name: 'Bitácora' }).click();
  await page
    .getByRole('cell', { name: /demo:auditor/ })
    .first()
    .waitFor();
  await lookAs(page, 'Administración');
  await page.getByRole('button', { name: 'Como: Administración' }).click();
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
  await page.getByRole('button', { name: /\(cuenta\)$/ }).click();
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
  await page.getByRole('button', { name: 'Marta Ruiz (cuenta)' }).click();
  // The second step is set up from a picture or its text, by keyboard, and hands out codes for a lost telephone.
  await page.getByRole('button', { name: 'Segundo paso al entrar' }).click();
  const dialog = page.getByRole('dialog', { name: 'Segundo paso al entrar' });
  await dialog.getByLabel('Contraseña').fill('puente verde y cuatro gatos');
  await page.keyboard.press('Enter');
  await dialog.getByRole('img', { name: /Código QR/ }).waitFor();
  const secret = (await dialog.locator('.secret').innerText()).replaceAll(' ', '');
  await dialog.getByRole('textbox', { name: 'Código' }).fill(totpCode(secret, Math.floor(Date.now() / 30_000)));
  await page.keyboard.press('Enter');
  await dialog.getByText('Guarde estos códigos').waitFor();
  expect(await dialog.getByRole('listitem').count()).toBe(8);
  await dialog.getByRole('button', { name: 'Ya los guardé' }).click();
  await page.getByRole('button', { name: 'Segundo paso: activo' }).waitFor();
  const left = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Salir', exact: true }).click();
  await left;
  await headline(page);
  await page.getByRole('button', { name: 'Como: Público' }).waitFor();
  await pages.leave([...ENDED, /401/]);
});

/** What each role is offered and what the server answers it, on the sample city. */
type Sees = {
  readonly name: string;
  readonly tabs: readonly string[];
  readonly menu: readonly string[];
  readonly downloads: boolean;
  /** Of exact points, jobs, audit, accounts and tips, in this order. */
  readonly status: readonly number[];
};
const MEETING = ['Mapa', 'Análisis', 'Reunión'];
const MAP = [...MEETING, 'Problemas', 'Aprender'];
const DATA = [...MEETING, 'Aprender', 'Datos'];
const SEES: readonly Sees[] = [
  { name: 'Público', tabs: ['Mapa', 'Aprender'], menu: [], downloads: false, status: [401, 401, 401, 401, 401] },
  { name: 'Planeación', tabs: MAP, menu: [], downloads: false, status: [403, 403, 403, 403, 403] },
  { name: 'Mando', tabs: MAP, menu: ['Denuncias'], downloads: true, status: [200, 403, 403, 403, 200] },
  { name: 'Cartografía', tabs: DATA, menu: [], downloads: false, status: [403, 200, 403, 403, 403] },
  { name: 'Captura de datos', tabs: DATA, menu: [], downloads: false, status: [403, 200, 403, 403, 403] },
  { name: 'Auditoría', tabs: MAP, menu: ['Bitácora'], downloads: false, status: [403, 403, 200, 403, 403] },
  {
    ...{ name: 'Administración', tabs: [...MAP, 'Datos'], menu: ['Cuentas', 'Bitácora', 'Denuncias'], downloads: true },
    status: [200, 200, 200, 200, 200],
  },
];

const asked = (city: string) =>
  [`${city}/incidents?limit=1`, `${city}/jobs`, 'audit?limit=1', 'accounts', `${city}/tips?limit=1`].map(
    (path) => `/api/v1/${path}`,
  );
const cityOf = async () => {
  const answer = await fetch(`${server.origin}/api/v1/jurisdictions`);
  return ((await answer.json()) as { code: string }[])[0]!.code;
};

test('each of the seven roles sees, may and is refused what is its own', async () => {
  const page = await pages.visit();
  await headline(page);
  const city = await cityOf();
  for (const { name, tabs, menu, downloads, status } of SEES) {
    await lookAs(page, name);
    await headline(page);
    const download = page.getByRole('button', { name: 'Descargar', exact: true });
    await expect.poll(() => download.count(), { message: name }).toBe(downloads ? 1 : 0);
    const notes = ['Público', 'Cartografía'].includes(name) ? 1 : 0; // both are told what is left out of every figure
    await expect.poll(() => page.locator('.public-note').count(), { message: name }).toBe(notes);
    const links = page.locator('.tabs').first().locator('a');
    await expect.poll(() => links.allInnerTexts(), { message: name }).toEqual(tabs);
    await page.getByRole('button', { name: `${name} (cuenta)` }).click();
    const items = page.locator('.account-menu .menu').last().getByRole('button');
    await expect.poll(() => items.allInnerTexts(), { message: name }).toEqual(menu);
    await page.keyboard.press('Escape');
    expect([name, await statuses(page, asked(city))]).toEqual([name, status]);
  }
  await pages.leave([...ENDED, /status of 40[13]/]);
});

test('axe finds nothing in the tabs behind the map, nor a button that is called otherwise than it shows', async () => {
  const page = await pages.visit('?tab=data', WITH_MAP);
  await lookAs(page, 'Administración');
  for (const view of BEHIND_THE_MAP) {
    await page.goto(`${server.origin}/?tab=${view}`);
    await page.locator('main :is(h1, h2)').first().waitFor();
    await page.evaluate(axe.source);
    const found = await page.evaluate<string[]>(FAULTS);
    expect([view, found]).toEqual([view, []]);
  }
  await page.goto(`${server.origin}/?tab=briefings&lang=es`);
  await page.getByRole('button', { name: 'Informe mensual al cabildo' }).click();
  // Figures, tables and a map drawn of the outlines.
  await page.locator('.briefing-number strong').waitFor();
  await page.locator('.briefing-map path').first().waitFor();
  await page.getByRole('button', { name: 'Editar' }).click();
  await page.evaluate(axe.source);
  expect(await page.evaluate<string[]>(FAULTS)).toEqual([]);
  await pages.leave(ENDED);
});
const BEHIND_THE_MAP = [
  ...['data', 'incidents', 'boundaries', 'versions&history=colonias', 'guide', 'accounts', 'audit', 'tips'],
  ...['meeting', 'alerts', 'problems', 'problems&problem=new&place=sectores:S01', 'briefings'].map(
    (view) => `${view}&lang=en`,
  ),
];
const FAULTS = `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice', 'experimental'] })
  .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`;

test('in English a commander is offered the same', async () => {
  const page = await pages.visit('?lang=en');
  await headline(page);
  await page.getByRole('button', { name: /\(account\)$/ }).click();
  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Commander', exact: true }).click();
  await reloaded;
  await headline(page);
  await page.locator('.answer').getByRole('button', { name: 'Download' }).waitFor();
  await page.getByRole('button', { name: 'As: Commander' }).click();
  await page.getByRole('button', { name: 'Tips', exact: true }).click();
  await page.getByRole('heading', { name: 'Anonymous tips' }).waitFor();
  await page.getByText('No tips are taken at present.').waitFor();
  expect(await statuses(page, asked(await cityOf()))).toEqual([200, 403, 403, 403, 200]);
  await pages.leave([...ENDED, /status of 403/]);
});

test('a tip is sent by keys alone, keeps what was written when it fails, and is text to whoever reads it', async () => {
  const page = await pages.visit();
  await headline(page);
  await lookAs(page, 'Administración');
  await headline(page);
  await page.getByRole('button', { name: /\(cuenta\)$/ }).click();
  await page.getByRole('button', { name: 'Denuncias', exact: true }).click();
  await page.getByLabel('El público puede enviar denuncias desde la vista pública').check();
  await page.getByRole('button', { name: 'Guardar', exact: true }).click();
  await page.getByText('Guardado.').waitFor();
  await lookAs(page, 'Público');
  await tab(page, 'Denunciar').click();
  await page.getByRole('heading', { name: 'Denuncia anónima (089)' }).waitFor();
  const words = '<img src=x onerror="document.title=1"> detrás del mercado';
  await page.getByLabel('Cuéntenos lo que sabe').fill(words);
  await page.getByRole('button', { name: 'Enviar la denuncia' }).click();
  await page.getByRole('alert').getByText('Falta elegir: ¿Qué pasa? ¿Dónde?').waitFor();
  await page.getByLabel('Venta de drogas').press('Space');
  const street = page.getByRole('combobox', { name: 'Calle o colonia' });
  await street.fill('av');
  await page.getByRole('option').first().waitFor();
  await street.press('ArrowDown');
  await street.press('Enter');
  await page.getByText('Lugar elegido:').waitFor();
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Enviar la denuncia' }).click();
  await page.getByRole('alert').getByText('no hay conexión').waitFor();
  expect(await page.getByLabel('Cuéntenos lo que sabe').inputValue()).toBe(words);
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Enviar la denuncia' }).click();
  await page.getByRole('heading', { name: 'Su denuncia llegó' }).waitFor();
  await page.getByRole('button', { name: 'Volver al mapa' }).click();
  await headline(page);
  await lookAs(page, 'Mando');
  await page.getByRole('button', { name: /\(cuenta\)$/ }).click();
  await page.getByRole('button', { name: 'Denuncias', exact: true }).click();
  await page.getByText(words).waitFor();
  expect(await page.locator('.tip img').count()).toBe(0);
  await page.getByRole('button', { name: 'Marcar como vista' }).click();
  await page.locator('.tip.is-seen').waitFor();
  await pages.leave([...ENDED, /ERR_INTERNET_DISCONNECTED/]);
});

test('in a frame of another site there is the public view alone, with what its address fixes as text', async () => {
  const city = await cityOf();
  const other = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    const frame = (query: string) => `<iframe src="${server.origin}/${query}" width="1000" height="800"></iframe>`;
    response.end(
      `<!doctype html><title>Periódico</title>${frame(`?city=${city}&period=12m&tab=audit&embed=1`)}${frame('')}`,
    );
  });
  // Another name for this machine, and so another site.
  await new Promise<void>((resolve) => other.listen(embeddingPort, '127.0.0.1', resolve));
  try {
    const page = await pages.open(WITH_MAP);
    // A session of staff in the same browser: the frame is the public all the same.
    await page.goto(server.origin);
    await headline(page);
    await lookAs(page, 'Administración');
    await headline(page);
    await page.goto(`http://localhost:${embeddingPort}/`);
    const frame = page.frameLocator('iframe').first();
    await frame.locator('.answer .figure strong').first().waitFor();
    await frame.locator('.public-note').waitFor();
    expect(await frame.locator('.header').count()).toBe(0);
    expect(await frame.locator('.chip.is-fixed').allInnerTexts()).toEqual([expect.stringMatching(/^Periodo:\s/)]);
    expect(await frame.getByRole('button', { name: /^Periodo/ }).count()).toBe(0);
    await frame.getByRole('link', { name: 'Abrir en el portal' }).waitFor();
    const refused = page.frames().filter((each) => each !== page.mainFrame() && !each.url().includes('embed'));
    expect(refused.map((each) => each.url())).toEqual(['chrome-error://chromewebdata/']);
    await pages.leave([
      ...ENDED,
      /frame-ancestors/,
      /off origin: http:\/\/localhost/,
      /ERR_BLOCKED_BY_RESPONSE/,
      /favicon/,
    ]);
  } finally {
    other.close();
  }
});

test('ten thousand pairs of public answers about the city tell no more than the published file', async () => {
  const city = await cityOf();
  type Counts = { ids: string[]; counts: number[]; totals: { matched: number } };
  type Row = { offence: string; period: string; layer: string; area: string; lon: string; lat: string; count: string };
  const ask = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${server.origin}/api/v1/${city}/${path}`);
    expect([path, answer.status]).toEqual([path, 200]);
    return (await answer.json()) as T;
  };
  const file = await (await fetch(`${server.origin}/api/v1/${city}/protected.csv`)).text();
  const { data: rows } = Papa.parse<Row>(file.replace('\uFEFF', ''), { header: true, skipEmptyLines: true });
  const about = await ask<{ areas: string; sensitiveAreas: string | null; rules: { base: number } }>('protection');
  const random = seeded(9);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const isQuarter = ({ period }: Row) => period.includes('Q');
  const months = [...new Set(rows.filter((row) => !isQuarter(row)).map(({ period }) => period))].sort();
  const [ordinary, sensitive] = [rows.filter((row) => !isQuarter(row)), rows.filter(isQuarter)];
  const classes = [...new Set(sensitive.map(({ offence }) => offence))];
  const leaves = [...new Set(ordinary.map(({ offence }) => offence))];
  const codes = new Map<string, Map<string, string>>();
  for (const layer of [about.areas, about.sensitiveAreas!]) {
    const { features } = await ask<{ features: { id: string; code: string }[] }>(`layers/${layer}/features`);
    codes.set(layer, new Map(features.map(({ id, code }) => [id, code])));
  }
  const first = (month: string) => `${month}-01`;
  const after = (month: string, more: number) => {
    const date = new Date(`${month}-01T00:00:00Z`);
    date.setUTCMonth(date.getUTCMonth() + more);
    return date.toISOString().slice(0, 10);
  };
  const startOf = ({ period }: Row) =>
    isQuarter({ period } as Row)
      ? `${period.slice(0, 4)}-${String((Number(period.at(-1)) - 1) * 3 + 1).padStart(2, '0')}-01`
      : first(period);
  const told = (of: readonly Row[], from: string, until: string) =>
    of.filter((row) => startOf(row) >= from && startOf(row) < until);
  const sum = (of: readonly Row[]) => of.reduce((all, { count }) => all + Number(count), 0);

  // Each number of an answer is a sum of lines of the file, and of nothing else.
  for (let n = 0; n < 40; n++) {
    const [month, length] = [pick(months.slice(0, -3)), 3 * (1 + Math.floor(random() * 4))];
    const start = `${month.slice(0, 5)}${String(Math.floor((Number(month.slice(5)) - 1) / 3) * 3 + 1).padStart(2, '0')}`;
    const [from, until] = [first(start), after(start, length)];
    const isSensitive = n % 2 === 0;
    const [layer, offence] = isSensitive ? [about.sensitiveAreas!, pick(classes)] : [about.areas, pick(leaves)];
    const asked = `from=${from}&until=${until}&offence=${offence}`;
    const lines = told(isSensitive ? sensitive : ordinary, from, until).filter((row) => row.offence === offence);
    const { ids, counts } = await ask<Counts>(`counts?layer=${layer}&${asked}`);
    const byCode = Map.groupBy(
      lines.filter((row) => row.layer === layer && row.area !== ''),
      ({ area }) => area,
    );
    const answered = ids.flatMap((id, i) => (counts[i] ? [[codes.get(layer)!.get(id)!, counts[i]] as const] : []));
    expect([asked, Object.fromEntries(answered)]).toEqual([
      asked,
      Object.fromEntries([...byCode].map(([code, list]) => [code, sum(list)])),
    ]);
  }

  // Whatever months, areas, parents and drawn polygons: no difference of two numbers is a small count of what is sensitive.
  const lon = ordinary.flatMap((row) => (row.lon === '' ? [] : [Number(row.lon)])).sort((a, b) => a - b);
  const lat = ordinary.flatMap((row) => (row.lat === '' ? [] : [Number(row.lat)])).sort((a, b) => a - b);
  const numbers: number[] = [];
  for (let n = 0; n < 120; n++) {
    const month = pick(months.slice(0, -1));
    const period = `from=${first(month)}&until=${after(month, 1 + Math.floor(random() * 8))}&offence=${pick(classes)}`;
    const [w, s] = [pick(lon), pick(lat)];
    const [e, north] = [(w + 0.002 + random() * 0.05).toFixed(5), (s + 0.002 + random() * 0.05).toFixed(5)];
    const within = pick([
      '',
      `&within=${about.areas}:${encodeURIComponent(pick([...codes.get(about.areas)!.values()]))}`,
      `&within=${about.sensitiveAreas}:${encodeURIComponent(pick([...codes.get(about.sensitiveAreas!)!.values()]))}`,
      `&within=poly:${w},${s};${e},${s};${e},${north};${w},${north}`,
    ]);
    const layer = pick([about.areas, about.sensitiveAreas!]);
    const { counts, totals } = await ask<Counts>(`counts?layer=${layer}&${period}${within}`);
    numbers.push(totals.matched, ...counts);
  }
  expect(numbers.length).toBeGreaterThan(200);
  expect(numbers.some((count) => count > 0)).toBe(true);
  const small = new Set<number>();
  for (let n = 0; n < 10_000; n++) {
    const difference = Math.abs(pick(numbers) - pick(numbers));
    if (difference % about.rules.base !== 0) small.add(difference);
  }
  expect([...small]).toEqual([]);
});
