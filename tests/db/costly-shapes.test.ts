// Shapes that cross themselves hundreds of times, in a question and in a file: refused by name, and nobody waits.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction, findJurisdiction } from '../../server/access/jurisdictions.ts';
import { statsRoutes } from '../../server/counts/routes.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import { exportRoutes } from '../../server/exports/routes.ts';
import { placeLayer } from '../../server/geocoding/placement.ts';
import { problems } from '../../server/http/problems.ts';
import { compareVersions } from '../../server/layers/compare.ts';
import { type AreasOptions, uploadChoices } from '../../server/layers/contract.ts';
import { findStoredLayer } from '../../server/layers/history.ts';
import { importLimit } from '../../server/layers/limit.ts';
import { incidentRoutes } from '../../server/listing/routes.ts';
import { importAreas } from '../../server/publishing/load-layer.ts';
import { previewFile } from '../../server/publishing/preview.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { asStaff } from '../support/as-staff.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { randomIncidents, writeWorld } from '../support/small-world.ts';

type Corner = readonly [lon: number, lat: number];

/** A star of n corners, an odd number, each as far from the next as can be. */
const star = (n: number, [lon, lat]: Corner = [-99.1, 19.4], radius = 0.1): Corner[] =>
  Array.from({ length: n }, (_, i) => {
    const angle = (2 * Math.PI * i * ((n - 1) / 2)) / n;
    return [
      Number((lon + radius * Math.cos(angle)).toFixed(7)),
      Number((lat + radius * Math.sin(angle)).toFixed(7)),
    ] as const;
  });
const drawn = (ring: readonly Corner[]) => `within=poly:${ring.join(';')}`;
const TANGLE = drawn(star(499));

/** Teeth down from a back in the north, or to the west from a back in the east: each of one crosses each of the other. */
const comb = (teeth: number, turned: boolean): Corner[] => {
  const width = 0.1 / teeth;
  const ring = Array.from({ length: teeth }, (_, i): Corner[] => [
    [i * width, 0.11],
    [i * width + width / 4, -0.01],
    [i * width + width / 2, -0.01],
    [i * width + (width * 3) / 4, 0.11],
  ]).flat();
  const all: Corner[] = [...ring, [0.1, 0.2], [0, 0.2]];
  return all.map(([x, y]) => (turned ? [-99.1 + y, 19.4 + x] : [-99.1 + x, 19.4 + y]));
};

let cubes: Cubes;
let scratch: string;
let server: Server;
let base: string;
let city: Jurisdiction;
beforeAll(async () => {
  const database = await openTestDatabase();
  await emptyTables(database);
  await writeWorld(database, randomIncidents(400, 3));
  scratch = mkdtempSync(join(tmpdir(), 'cuadra-costly-'));
  // Without memory for cubes every question goes to the database.
  cubes = await createCubes({ database, dataDir: scratch, budgetMb: 0, log: quietLog });
  const deps = { database, cubes, taxonomy: loadTaxonomy() };
  const app = express().use(asStaff);
  app.set('query parser', 'simple');
  app.use('/api/v1', exportRoutes(deps), incidentRoutes(deps), statsRoutes(deps));
  app.use(problems(quietLog));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/small`;
  await addJurisdiction(database, STAFF, { code: 'city', name: 'City', timezone: 'America/Mexico_City', srid: null });
  city = await findJurisdiction(database, STAFF, 'city');
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await cubes.close();
  await emptyTables(await openTestDatabase());
  rmSync(scratch, { recursive: true, force: true });
});

const QUESTIONS = [
  'incidents?',
  'incidents.csv?',
  'incidents.geojson?',
  'incidents-about.csv?',
  'counts?layer=areas&',
  'summary?layer=areas&',
  'series?',
  'clock?',
  'top?layer=areas&',
  'heat?',
];

test('every question about a tangle is refused with the limit named, while others are answered', async () => {
  const asked = [...QUESTIONS, ...QUESTIONS].map((question) => fetch(`${base}/${question}${TANGLE}`));
  const other = await fetch(`${base}/incidents`);
  expect(other.status).toBe(200);
  for (const response of await Promise.all(asked)) {
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      parameter: 'within',
      detail: expect.stringContaining('50'),
    });
  }
  const { pool, engine } = await openTestDatabase();
  if (engine === 'embedded') return;
  const { rows } = await pool.query<{ busy: number }>(
    `select count(*)::int as busy from pg_stat_activity
     where state = 'active' and pid <> pg_backend_pid() and query ilike '%makevalid%'`,
  );
  expect(rows[0]?.busy).toBe(0);
});

test('the refusal is in Spanish for those who read Spanish', async () => {
  const response = await fetch(`${base}/incidents?${TANGLE}`, { headers: { 'accept-language': 'es' } });
  expect(((await response.json()) as { detail: string }).detail).toBe(
    'el polígono se cruza consigo mismo más de 50 veces',
  );
});

test('a polygon drawn with a loop or two is answered', async () => {
  for (const ring of [star(5), star(11)]) {
    expect((await fetch(`${base}/incidents?${drawn(ring)}`)).status).toBe(200);
  }
});

test.each<[string, Corner[], boolean]>([
  [
    'a bow tie',
    [
      [-99.2, 19.3],
      [-99, 19.5],
      [-99, 19.3],
      [-99.2, 19.5],
    ],
    true,
  ],
  [
    'a spike and the way back',
    [
      [-99.2, 19.3],
      [-99, 19.4],
      [-99.2, 19.3],
      [-99.1, 19.35],
    ],
    true,
  ],
  [
    'corners drawn twice',
    [
      [-99.2, 19.3],
      [-99.2, 19.3],
      [-99, 19.3],
      [-99, 19.5],
      [-99, 19.5],
      [-99.2, 19.5],
    ],
    true,
  ],
  [
    'a line there and back',
    [
      [-99.2, 19.4],
      [-99.1, 19.4],
      [-99, 19.4],
      [-99.1, 19.4],
    ],
    true,
  ],
  [
    'the whole earth, across both poles',
    [
      [-180, -90],
      [180, 90],
      [180, -90],
      [-180, 90],
    ],
    true,
  ],
  [
    'a square of a centimetre',
    [
      [-99.1, 19.4],
      [-99.0999999, 19.4],
      [-99.0999999, 19.4000001],
      [-99.1, 19.4000001],
    ],
    true,
  ],
  [
    'corners that differ by rounding alone',
    [
      [-99.1, 19.4],
      [-99.1, 19.40000000001],
      [-99.10000000001, 19.4],
    ],
    true,
  ],
  [
    'a corner beyond the pole',
    [
      [-99.1, 19.4],
      [-99.1, 91],
      [-99, 19.4],
    ],
    false,
  ],
])('a polygon drawn as %s is answered or refused, and so is what is asked next', async (_, ring, isAnswered) => {
  const next = `within=poly:-99.3,19.2;-98.9,19.2;-98.9,19.6;-99.3,19.6`;
  const matched = async (filter: string) => {
    const response = await fetch(`${base}/summary?${filter}`);
    return [response.status, (await response.json()).totals?.matched] as const;
  };
  const before = await matched(next);
  expect(before[0]).toBe(200);
  const [status, count] = await matched(drawn(ring));
  expect(status).toBe(isAnswered ? 200 : 422);
  if (isAnswered) expect(count).toBeGreaterThanOrEqual(0);
  expect((await fetch(`${base}/incidents?${drawn(ring)}`)).status).toBe(status);
  expect(await matched(next)).toEqual(before);
});

function written(name: string, shapes: readonly object[]): string {
  const features = shapes.map((geometry, i) => ({ type: 'Feature', properties: { code: `A${i}` }, geometry }));
  const path = join(scratch, name);
  writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features }));
  return path;
}
const polygon = (ring: readonly Corner[]) => ({ type: 'Polygon', coordinates: [[...ring, ring[0]!]] });
const square = (lon: number, lat: number): Corner[] => [
  [lon, lat],
  [lon + 0.01, lat],
  [lon + 0.01, lat + 0.01],
  [lon, lat + 0.01],
];
const AS_THE_FILE_SAYS = { sourceLayer: null, crs: null, encoding: null };
const preview = async (path: string) =>
  previewFile(await openTestDatabase(), city, path, uploadChoices.parse({ type: 'areas', code: 'code' }));
const alive = async () => {
  const { db } = await openTestDatabase();
  return (await sql<{ one: number }>`select 1 as one`.execute(db)).rows[0]?.one;
};

test('a star in a file is left out by name, a bow tie beside it repaired', async () => {
  const bowTie: Corner[] = [
    [-99.3, 19.3],
    [-99.29, 19.31],
    [-99.29, 19.3],
    [-99.3, 19.31],
  ];
  const path = written('star.geojson', [polygon(star(501)), polygon(bowTie), polygon(square(-99.4, 19.2))]);
  const [shown, answered] = await Promise.all([preview(path), alive()]);
  expect(answered).toBe(1);
  expect(shown.features).toBe(2);
  const found = (code: string) => shown.checks.find((check) => check.code === code);
  expect(found('too-many-crossings')?.items).toMatchObject([{ feature: 1, code: 'A0', detail: '> 500' }]);
  expect(found('geometry-repaired')?.items).toMatchObject([{ feature: 2, code: 'A1' }]);
});

test('a file of nothing but a star is refused, as areas and as the limit of a jurisdiction', async () => {
  const path = written('only-star.geojson', [polygon(star(501))]);
  await expect(preview(path)).rejects.toThrow('too-many-crossings 1');
  const limit = importLimit(await openTestDatabase(), city, path, AS_THE_FILE_SAYS);
  await expect(limit).rejects.toThrow('too-many-crossings 1');
});

test('many rings that touch or lie in each other, each of them harmless, are no way around', async () => {
  const nested = Array.from({ length: 900 }, (_, i) => star(4 + 1, [-99.1, 19.4], 0.1 * (1 - i / 1000)));
  const checker = Array.from({ length: 2500 }, (_, i) => square(-99 + (i % 50) / 100, 19 + Math.floor(i / 50) / 100));
  const shapes = [nested, checker].map((rings) => ({
    type: 'MultiPolygon',
    coordinates: rings.map((ring) => [[...ring, ring[0]!]]),
  }));
  const shown = await preview(written('many-rings.geojson', [...shapes, polygon(square(-99.4, 19.2))]));
  expect(shown.features).toBe(1);
  expect(shown.checks.find(({ code }) => code === 'too-many-crossings')?.count).toBe(2);
});

test('valid areas that cross each other a hundred thousand times are taken, their overlap is not looked for', async () => {
  const path = written('combs.geojson', [polygon(comb(160, false)), polygon(comb(160, true))]);
  const shown = await preview(path);
  expect(shown.features).toBe(2);
  const told = shown.checks.find(({ code }) => code === 'coverage-not-checked')?.items.map(({ detail }) => detail);
  expect(told?.toSorted()).toEqual(['gap', 'overlap']);
  const limit = importLimit(await openTestDatabase(), city, path, AS_THE_FILE_SAYS);
  await expect(limit).rejects.toThrow('cross each other more than 20000 times');
  expect(await alive()).toBe(1);
});

test('a hub of three hundred loops is left out by name, one of sixty repaired', async () => {
  const hub = (loops: number): Corner[] =>
    Array.from({ length: loops }, (_, i): Corner[] => {
      const at = (share: number): Corner => {
        const angle = ((i + share) / loops) * 2 * Math.PI;
        return [-99.1 + 0.1 * Math.cos(angle), 19.4 + 0.1 * Math.sin(angle)];
      };
      return [[-99.1, 19.4], at(0.1), at(0.9)];
    }).flat();
  const shown = await preview(written('hubs.geojson', [polygon(hub(300)), polygon(hub(60))]));
  const found = (code: string) => shown.checks.find((check) => check.code === code)?.items;
  expect(found('too-many-crossings')).toMatchObject([{ code: 'A0' }]);
  expect(found('geometry-repaired')).toMatchObject([{ code: 'A1' }]);
});

test('outlines of two versions that cross too often are told to differ, their ground is not measured', async () => {
  const database = await openTestDatabase();
  const options: AreasOptions = {
    ...AS_THE_FILE_SAYS,
    ...{ layer: 'combs', title: 'Combs', type: 'areas', code: 'code', name: null, class: null, parent: null },
    ...{ population: null, only: null },
  };
  const moved = square(-99.4, 19.2).map(([x, y]): Corner => [x + 0.002, y]);
  const versions = [
    [polygon(comb(160, false)), polygon(square(-99.4, 19.2)), polygon(comb(8, false))],
    [polygon(comb(160, true)), polygon(moved), polygon(comb(8, true))],
  ];
  for (const [i, shapes] of versions.entries()) {
    await importAreas({ database, placeLayer }, city, written(`combs-${i}.geojson`, shapes), options, () => {});
  }
  const layer = await findStoredLayer(database, city, 'combs');
  const { changes, same } = await compareVersions(database, city, layer, 1, 2);
  expect(same).toBe(0);
  expect(changes.map(({ code, change }) => `${code} ${change}`)).toEqual(['A0 moved', 'A1 moved', 'A2 moved']);
  const [tangled, shifted, plain] = changes.map(({ areaM2 }) => areaM2);
  expect(tangled).toBeNull();
  // Two strips of 0.002° by 0.01° at 19.2° north: 210.2 m × 1106.9 m each.
  expect(Number(shifted) / (2 * 210.2 * 1106.9)).toBeCloseTo(1, 2);
  expect(Number(plain)).toBeGreaterThan(1_000_000);
  expect(await alive()).toBe(1);
});
