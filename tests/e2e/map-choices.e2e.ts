// What a map file leaves open, decided in real Chromium: numbers instead of codes, degrees, streets split, points that are
// incidents.

import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import type { LayerRow } from '../../server/layers/contract.ts';
import { reportAt } from '../support/cli.ts';
import { usePages } from '../support/pages.ts';
import { createDatabase } from '../support/postgres.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;

const { visit, leave } = usePages(async () => {
  const url = inject('databaseUrl');
  const databaseUrl = url && (await createDatabase(url, `choices_${randomUUID().slice(0, 8)}`));
  server = await startServer({ databaseUrl });
  const limit = join(server.dataDir, 'limite.geojson');
  const ring = [
    [-99.21, 19.39],
    [-99.17, 19.39],
    [-99.17, 19.43],
    [-99.21, 19.43],
    [-99.21, 19.39],
  ];
  writeFileSync(limit, JSON.stringify({ type: 'Polygon', coordinates: [ring] }));
  const named = ['--name', 'Villa', '--timezone', 'America/Mexico_City', '--limit', limit];
  await reportAt(server, ['jurisdiction', 'add', 'villa', ...named]);
  return server;
});

const asked = async <T>(path: string): Promise<T> =>
  (await (await fetch(`${server.origin}/api/v1/villa/${path}`)).json()) as T;

const geojson = (name: string, value: unknown) => ({
  name,
  mimeType: 'application/geo+json',
  buffer: Buffer.from(JSON.stringify(value)),
});

describe('a map file', () => {
  test('areas without columns are numbered when somebody agrees', async () => {
    const page = await visit('?tab=boundaries');
    const square = (west: number) => ({
      type: 'Polygon',
      coordinates: [
        [
          [west, 19.4],
          [west + 0.005, 19.4],
          [west + 0.005, 19.41],
          [west, 19.41],
          [west, 19.4],
        ],
      ],
    });
    const bare = { type: 'GeometryCollection', geometries: [square(-99.2), square(-99.19)] };
    await page.locator('input[type=file]').setInputFiles(geojson('desnudas.geojson', bare));
    await page.getByText('los elementos no traen columnas, así que no tienen clave').waitFor();
    const publish = page.getByRole('button', { name: 'Publicar' });
    expect(await publish.isEnabled()).toBe(false);
    await page.getByLabel(/Numerar los elementos como vienen en el archivo/).check();
    await page.getByText('2 elementos leídos; quedarían 2.').waitFor();
    await page.getByText('Sin clave propia: se numeran como vienen en el archivo').waitFor();
    await expect.poll(() => publish.isEnabled()).toBe(true);
    await page.getByLabel('Nombre de la capa').fill('Desnudas');
    await publish.click();
    await page.getByText('Publicado: Desnudas, versión 1').waitFor();
    const { features } = await asked<{ features: { code: string }[] }>('layers/desnudas/features');
    expect(features.map(({ code }) => code)).toEqual(['1', '2']);
  });

  test('a file that does not say its system is read as degrees, which is said and can be corrected', async () => {
    const page = await visit('?tab=boundaries');
    const topology = {
      type: 'Topology',
      transform: { scale: [0.0001, 0.0001], translate: [-99.2, 19.4] },
      objects: {
        capa: { type: 'GeometryCollection', geometries: [{ type: 'Polygon', arcs: [[0]], properties: { CVE: 'a' } }] },
      },
      arcs: [
        [
          [0, 0],
          [100, 0],
          [0, 100],
          [-100, 0],
          [0, -100],
        ],
      ],
    };
    await page.locator('input[type=file]').setInputFiles(geojson('capa.topojson', topology));
    await page.getByText('pero sus números son grados').waitFor();
    await page.getByRole('radio', { name: /EPSG:4326/, checked: true }).waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Publicar' }).isEnabled()).toBe(true);
  });

  test('streets that cross without a common vertex are told, and split by one click', async () => {
    const page = await visit('?tab=boundaries');
    const line = (NOMVIAL: string, coordinates: number[][]) => ({
      type: 'Feature',
      properties: { NOMVIAL },
      geometry: { type: 'LineString', coordinates },
    });
    const features = [
      line('Oriente', [
        [-99.199, 19.405],
        [-99.191, 19.405],
      ]),
      line('Norte', [
        [-99.195, 19.401],
        [-99.195, 19.409],
      ]),
    ];
    await page.getByRole('combobox', { name: 'Qué contiene' }).selectOption('streets');
    await page
      .locator('input[type=file]')
      .setInputFiles(geojson('calles.geojson', { type: 'FeatureCollection', features }));
    await page.getByText('Calles que se cruzan sin un vértice común: no se cortan ahí').waitFor();
    await page.getByText('2 elementos leídos; quedarían 2.').waitFor();
    await page.getByLabel(/Cortar y unir las calles .*\(1 lugar\)/).check();
    await page.getByText('2 elementos leídos; quedarían 4.').waitFor();
    const publish = page.getByRole('button', { name: 'Publicar' });
    await expect.poll(() => publish.isEnabled()).toBe(true);
    await publish.click();
    await expect.poll(async () => (await asked<LayerRow[]>('layers')).map(({ layer }) => layer)).toContain('streets');
    const { features: segments } = await asked<{ features: { name: string }[] }>('layers/streets/features');
    expect(segments.map(({ name }) => name).sort()).toEqual(['Norte', 'Norte', 'Oriente', 'Oriente']);
  });

  test('points with dates and offences are told to be incidents, and are read as such', async () => {
    const page = await visit('?tab=boundaries');
    const point = (n: number) => ({
      type: 'Feature',
      properties: { folio: `p${n}`, fecha: `2024-04-0${n}`, delito: 'Robo a transeúnte en vía pública' },
      geometry: { type: 'Point', coordinates: [-99.198, 19.405] },
    });
    const file = geojson('hechos.geojson', { type: 'FeatureCollection', features: [1, 2, 3].map(point) });
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByText('trae 3 puntos con fecha y delito: impórtela como incidentes').waitFor();
    await page.goto(`${server.origin}/?tab=incidents`);
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByText('geometry.coordinates').first().waitFor();
    await leave([/422/]);
  });
});
