// The portal under shapes that cross themselves hundreds of times: they are refused, and everybody else is answered.

import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Preview } from '../../server/layers/contract.ts';
import type { TestServer } from '../support/server.ts';
import { startTinyTown } from '../support/tinytown.ts';

/** No timing: a portal that is held answers in half a minute or never. */
const IN_BOUNDED_TIME_MS = 20_000;

type Corner = readonly [lon: number, lat: number];

/** An odd number of corners, each as far from the next as can be: n × (n - 3) / 2 crossings. */
const star = (n: number): Corner[] =>
  Array.from({ length: n }, (_, i) => {
    const angle = (2 * Math.PI * i * ((n - 1) / 2)) / n;
    return [-99.11 + Number((0.01 * Math.cos(angle)).toFixed(7)), 19.4 + Number((0.01 * Math.sin(angle)).toFixed(7))];
  });
const drawn = (corners: readonly Corner[]) =>
  `poly:${corners.map(([lon, lat]) => `${lon.toFixed(7)},${lat.toFixed(7)}`).join(';')}`;

let server: TestServer;
beforeAll(async () => {
  server = await startTinyTown();
});
afterAll(async () => {
  // The test itself has stopped it; what failed on the way has not.
  await server?.stop();
  server?.remove();
});

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${server.origin}/api/v1/tiny/${path}`, { ...init, signal: AbortSignal.timeout(IN_BOUNDED_TIME_MS) });

/** Statements of the server that run in its database. */
async function busyBackends(): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: server.databaseUrl! });
  await client.connect();
  try {
    const { rows } = await client.query<{ query: string }>(
      `select query from pg_stat_activity
       where datname = current_database() and application_name = 'cuadra' and state = 'active' and query ilike '%st_%'`,
    );
    return rows.map(({ query }) => query);
  } finally {
    await client.end();
  }
}

test('eight questions about a polygon of 499 crossing corners and an uploaded star leave the portal as it was', async () => {
  const questions = Array.from({ length: 8 }, () => ask(`incidents?within=${drawn(star(499))}`));
  const form = new FormData();
  const shape = { type: 'Polygon', coordinates: [[...star(501), star(501)[0]!]] };
  const feature = { type: 'Feature', properties: { clave: '01' }, geometry: shape };
  form.append('file', new Blob([JSON.stringify({ type: 'FeatureCollection', features: [feature] })]), 'star.geojson');
  const sent = (await (await ask('uploads', { method: 'POST', body: form })).json()) as { upload: string };
  const previewed = ask(`uploads/${sent.upload}/preview`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ type: 'areas', code: 'clave' }),
  });
  const others = ['incidents', 'counts?layer=areas', `incidents?within=${drawn(star(7))}`, 'summary?layer=areas'];
  for (const other of others) expect((await ask(other)).status).toBe(200);
  for (const question of await Promise.all(questions)) {
    expect(question.status).toBe(422);
    expect(await question.json()).toMatchObject({ parameter: 'within' });
  }
  const shown = await previewed;
  const told = (await shown.json()) as Preview & { detail?: string };
  expect(shown.status).toBe(422);
  expect(told.detail).toContain('cruzan consigo mismos demasiadas veces');
  if (server.databaseUrl) expect(await busyBackends()).toEqual([]);
  for (const other of others) expect((await ask(other)).status).toBe(200);
  expect(await server.stop()).toBe(0);
  server.assertLogClean();
});
