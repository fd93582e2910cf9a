// What a measure is weighed by, over HTTP.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STAFF, type Viewer } from '../../server/access/contract.ts';
import { openAnalyses } from '../../server/analysis/routes.ts';
import { openStats } from '../../server/counts/asking.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import type { Database } from '../../server/db/open.ts';
import type { ProblemAnswer, ProblemEvaluation } from '../../server/problems/contract.ts';
import { evaluationRoutes } from '../../server/problems/evaluation-routes.ts';
import { problemRoutes } from '../../server/problems/routes.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { reportOn } from '../support/cli.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { askJson, servedTo } from '../support/served-to.ts';
import {
  code,
  colonias,
  corner,
  HEAD,
  importOf,
  incidents,
  MEASURE,
  placeOf,
  WIDTH,
} from '../support/sixty-colonias.ts';

const told = incidents();

let database: Database;
let cubes: Cubes;
let folder: string;
let served: Awaited<ReturnType<typeof servedTo>>;
const viewer: Viewer = STAFF;
const run = (...words: readonly string[]) => reportOn(database, { dataDir: folder, databaseUrl: null }, words);
const load = (file: string) => run(...importOf.incidents(file));

beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  folder = await mkdtemp(join(tmpdir(), 'cuadra-measures-'));
  const files = { 'colonias.geojson': colonias(() => WIDTH), 'told.csv': [HEAD, ...told].join('\n') };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await run('jurisdiction', 'add', 'pb', '--name', 'Pueblo', '--timezone', 'America/Mexico_City');
  await run(...importOf.areas('colonias.geojson'));
  await load('told.csv');
  cubes = await createCubes({ database, dataDir: folder, budgetMb: 64, log: quietLog });
  const stats = openStats({ database, cubes, taxonomy: loadTaxonomy() });
  served = await servedTo([problemRoutes(stats), evaluationRoutes(openAnalyses(stats))], () => viewer);
});
afterAll(async () => {
  await served.close();
  await cubes.close();
  await Promise.all([emptyTables(database), rm(folder, { recursive: true, force: true })]);
});

const at = () => `${served.origin}/api/v1/pb/problems`;
const ask = <T>(method: string, path: string, body?: unknown) => askJson<T>(method, at() + path, body);
const ground = (codes: readonly string[]) => ({ layer: 'colonias', version: 1, codes });
const opened = async (title: string, codes: readonly string[]) =>
  (await ask<ProblemAnswer>('POST', '', { title, place: ground(codes) })).body;
const measured = async (title: string, codes: readonly string[], of: object = {}) => {
  const { id } = await opened(title, codes);
  const item = await ask<{ id: number }>('POST', `/${id}/items`, {
    ...{ kind: 'measure', body: { ...MEASURE, ground: ground(codes), ...of } },
  });
  expect(item.status).toBe(201);
  return { id, measure: item.body.id };
};
const evaluated = async (id: number) => (await ask<ProblemEvaluation>('GET', `/${id}/evaluation`)).body;

test('what offences weigh is counted beside them: by the scale of the list, or by weights with their source', async () => {
  const [west, south] = corner(46);
  const at = (n: number) => [west + (0.3 + (n % 5) * 0.1) * WIDTH, south + WIDTH / 2];
  const grave = (id: string, year: string, count: number) =>
    Array.from(
      { length: count },
      (_, n) =>
        `${id}${n},${year}-0${1 + (n % 9)}-11,10:00,Homicidio doloso,${at(n)
          .map((each) => each.toFixed(6))
          .join()}`,
    );
  await writeFile(
    join(folder, 'grave.csv'),
    [HEAD, ...grave('G', '2022', 30), ...grave('H', '2023', 30), ...grave('I', '2024', 24)].join('\n'),
  );
  await load('grave.csv');
  const { id, measure } = await measured('Por daño', [code(46)], { ringM: 0 });
  await expect.poll(async () => (await evaluated(id)).harm?.weights.length).toBe(2);
  const [robberies, killings] = [
    (year: string) => told.filter((row) => row.split(',')[1]!.startsWith(year) && placeOf(row) === 46).length,
    { before: 30, after: 24 },
  ];
  const first = (await evaluated(id)).harm!;
  const weights = Object.fromEntries(first.weights.map(({ code: of, weight }) => [of, weight]));
  const [homicide, robbery] = [weights['vida.homicidio.doloso']!, first.weights.at(-1)!.weight];
  expect(first.source).toBeNull();
  expect(homicide).toBe(100);
  expect(first.treated).toEqual([
    robbery * robberies('2023') + 100 * killings.before,
    robbery * robberies('2024') + 100 * killings.after,
  ]);
  // Weights of one's own: killings weigh 10, robberies nothing; the rest of the tree is not counted here.
  const own = { source: 'Acuerdo de cabildo 7', weights: { 'vida.homicidio': 10, 'libertad-sexual': 5 } };
  const patched = await ask('PATCH', `/${id}/items/${measure}`, { version: 1, changes: { harm: own } });
  expect(patched.status).toBe(200);
  const harm = (await evaluated(id)).harm!;
  expect(harm).toMatchObject({ source: own.source, treated: [300, 240], unused: ['libertad-sexual'] });
  expect(harm.withoutWeight).toEqual([robberies('2023'), robberies('2024')]);
  // What is not sent stays as it is; weights without a source, or none at all, are refused.
  expect((await ask('PATCH', `/${id}/items/${measure}`, { version: 2, changes: { title: 'Otra' } })).status).toBe(200);
  expect((await evaluated(id)).harm!.source).toBe(own.source);
  for (const bad of [
    { ...own, source: ' ' },
    { ...own, weights: { 'vida.homicidio': 0 } },
  ])
    expect((await ask('PATCH', `/${id}/items/${measure}`, { version: 3, changes: { harm: bad } })).status).toBe(422);
});
