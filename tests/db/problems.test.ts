// Problems and measures over HTTP: two people at one text, undoing, who sees what, and an evaluation under which the layer
// and the data change.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import readXlsx from 'read-excel-file/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STAFF, type Viewer } from '../../server/access/contract.ts';
import { findJurisdiction, removeJurisdiction } from '../../server/access/jurisdictions.ts';
import { openAnalyses } from '../../server/analysis/routes.ts';
import { openStats } from '../../server/counts/asking.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import type { Database } from '../../server/db/open.ts';
import { undoDelivery } from '../../server/deliveries/undo.ts';
import type {
  ChangeRow,
  EditConflict,
  ItemRow,
  ProblemAnswer,
  ProblemEvaluation,
  ProblemsAnswer,
} from '../../server/problems/contract.ts';
import { evaluationRoutes } from '../../server/problems/evaluation-routes.ts';
import { problemRoutes } from '../../server/problems/routes.ts';
import { MOST_ITEMS_OF_ALL } from '../../server/problems/store.ts';
import { shownTo } from '../../server/problems/visible.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { reportOn } from '../support/cli.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { askJson, servedTo } from '../support/served-to.ts';
import {
  boundTo,
  code,
  colonias,
  corner,
  HEAD,
  importOf,
  incidents,
  MEASURE,
  PLACES,
  placeOf,
  sectorFrom,
  WIDTH,
} from '../support/sixty-colonias.ts';

const told = incidents();

let database: Database;
let cubes: Cubes;
let folder: string;
let served: Awaited<ReturnType<typeof servedTo>>;
let viewer: Viewer = STAFF;
const run = (...words: readonly string[]) => reportOn(database, { dataDir: folder, databaseUrl: null }, words);
const areas = (file: string) => run(...importOf.areas(file));
const load = (file: string) => run(...importOf.incidents(file));

beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  folder = await mkdtemp(join(tmpdir(), 'cuadra-problems-'));
  const files = { 'colonias.geojson': colonias(() => WIDTH), 'told.csv': [HEAD, ...told].join('\n') };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await run('jurisdiction', 'add', 'pb', '--name', 'Pueblo', '--timezone', 'America/Mexico_City');
  await areas('colonias.geojson');
  await load('told.csv');
  cubes = await createCubes({ database, dataDir: folder, budgetMb: 64, log: quietLog });
  const stats = openStats({ database, cubes, taxonomy: loadTaxonomy() });
  served = await servedTo([problemRoutes(stats, null), evaluationRoutes(openAnalyses(stats))], () => viewer);
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
const ITEM_CHANGE = { version: 1, changes: {} };
const evaluated = async (id: number) => (await ask<ProblemEvaluation>('GET', `/${id}/evaluation`)).body;

test('the second of two editors is told with both texts, and what each wrote elsewhere is kept', async () => {
  const { id } = await opened('Robo en c05', ['c05']);
  const change = (version: number, changes: object) =>
    ask<ProblemAnswer & EditConflict>('PATCH', `/${id}`, { version, changes });
  expect((await change(1, { who: 'Estudiantes', how: 'A pie' })).status).toBe(200);
  // Other fields, of the version both had seen: nothing stands in the way.
  expect((await change(1, { when: 'De noche' })).body.body).toMatchObject({ who: 'Estudiantes', when: 'De noche' });
  const second = await change(1, { who: 'Comercios', where: 'En la plaza' });
  expect(second.status).toBe(409);
  expect(second.body).toMatchObject({ version: 3, theirs: { who: 'Estudiantes' }, yours: { who: 'Comercios' } });
  // Nothing of it was written, not even what nobody else had touched.
  expect((await ask<ProblemAnswer>('GET', `/${id}`)).body.body).toMatchObject({ who: 'Estudiantes', where: '' });
  expect((await change(3, { who: 'Comercios', where: 'En la plaza' })).body.version).toBe(4);

  expect((await change(4, {})).body).toMatchObject({ version: 4, body: { who: 'Comercios' } });
  const undone = await ask<ProblemAnswer>('POST', `/${id}/undo`, { item: 0, version: 4 });
  expect(undone.body.body).toMatchObject({ who: 'Estudiantes', where: '', when: 'De noche' });
  const late = await ask<EditConflict>('POST', `/${id}/undo`, { item: 0, version: 4 });
  expect([late.status, late.body.version, late.body.changedBy]).toEqual([409, 5, undone.body.changedBy]);
  const { changes } = (await ask<{ changes: ChangeRow[] }>('GET', `/${id}/history`)).body;
  expect(changes.map(({ version, what }) => `${version} ${what}`)).toEqual([
    ...['5 undone', '4 changed', '3 changed', '2 changed', '1 opened'],
  ]);
  expect(changes.find(({ version }) => version === 4)!.body).toMatchObject({ who: 'Comercios' });
});

test('what is not there or not understood is refused by its name', async () => {
  const refused = async (body: object) => (await ask<{ detail: string }>('POST', '', body)).status;
  expect(await refused({ title: '' })).toBe(422);
  expect(await refused({ title: 'x', place: ground(['c99']) })).toBe(422);
  expect(await refused({ title: 'x', filter: { drop: '1' } })).toBe(422);
  expect(await refused({ title: 'x', colour: 'red' })).toBe(422);
  expect((await ask('GET', '/4711')).status).toBe(404);
  const { id } = await opened('Sin medida', ['c05']);
  expect((await ask('GET', `/${id}/evaluation`)).status).toBe(404);
  for (const item of [2 ** 31, 2 ** 53])
    expect((await ask('POST', `/${id}/undo`, { item, version: 1 })).status).toBe(422);
});

test('whoever is bound to areas sees and opens what lies there, and nothing else', async () => {
  const inside = await opened('Dentro', ['c30']);
  const outside = await opened('Fuera', ['c31']);
  viewer = boundTo('c30');
  try {
    const { rows } = (await ask<ProblemsAnswer>('GET', '')).body;
    expect(rows.map(({ id }) => id)).toEqual([inside.id]);
    expect((await ask('GET', `/${outside.id}`)).status).toBe(404);
    expect((await ask('PATCH', `/${outside.id}`, { version: 1, changes: { who: 'x' } })).status).toBe(404);
    expect((await ask('POST', '', { title: 'Allá', place: ground(['c31']) })).status).toBe(403);
    expect((await ask('POST', '', { title: 'Ningún lugar' })).status).toBe(404);
    // Every place is held against the areas, not one point of all.
    expect((await ask('POST', '', { title: 'Allá', place: ground(['c30', 'c31']) })).status).toBe(403);
    expect((await ask('POST', '', { title: 'Acá', place: ground(['c30']) })).status).toBe(201);
    const shapes = (await ask<GeoJSON.FeatureCollection>('GET', '.geojson')).body;
    expect(new Set(shapes.features.map(({ properties }) => properties!.title))).toEqual(new Set(['Dentro', 'Acá']));
  } finally {
    viewer = STAFF;
  }
  expect((await ask<ProblemsAnswer>('GET', '')).body.rows.map(({ body }) => body.title)).not.toContain('Allá');
});

test('whoever is bound to areas moves no problem out of them, nor by undoing', async () => {
  const { id } = await opened('Se queda', ['c32']);
  const change = (version: number, changes: object) => ask<ProblemAnswer>('PATCH', `/${id}`, { version, changes });
  await change(1, { place: ground(['c33']) });
  await change(2, { place: ground(['c32']) });
  viewer = boundTo('c32');
  try {
    expect((await change(3, { place: ground(['c31']) })).status).toBe(403);
    expect((await change(3, { place: null })).status).toBe(404);
    expect((await ask('POST', `/${id}/undo`, { item: 0, version: 3 })).status).toBe(403);
    const kept = await ask<ProblemAnswer>('GET', `/${id}`);
    expect([kept.status, kept.body.version, kept.body.body.place!.codes]).toEqual([200, 3, ['c32']]);
  } finally {
    viewer = STAFF;
  }
});

test('an improvement is found and sized from the counts there are, with its neighbours looked at', async () => {
  const { id } = await measured('Luz en c01', ['c01']);
  const answer = await evaluated(id);
  const counted = (year: string, only: (n: number) => boolean) =>
    told.filter((row) => row.split(',')[1]!.startsWith(year) && only(placeOf(row))).length;
  expect(answer.periods).toMatchObject({
    before: { from: '2023-01-01', until: '2024-01-01' },
    after: { from: '2024-01-01', until: '2025-01-01' },
    matching: { from: '2022-01-01', until: '2023-01-01' },
  });
  expect(answer.counts!.treated).toEqual([counted('2023', (n) => n === 0), counted('2024', (n) => n === 0)]);
  expect(answer.counts!.treated[1]).toBe(48);
  // Those that touch c01: c02, c11 and, by a corner, c12.
  const around = [1, 10, 11];
  expect(answer.design.displacement.map((each) => each.code).sort()).toEqual(around.map(code).sort());
  expect(answer.counts!.displacement).toEqual([
    counted('2023', (n) => around.includes(n)),
    counted('2024', (n) => around.includes(n)),
  ]);
  const controls = answer.design.controls.map((each) => each.code);
  expect(controls).toHaveLength(20);
  // Whatever else could be compared is offered: all but c01, what touches it, and those taken.
  const offered = [...controls, ...answer.design.alike.map((each) => each.code)].sort();
  expect(offered).toEqual(
    Array.from({ length: PLACES }, (_, n) => code(n)).filter((_, n) => ![0, ...around].includes(n)),
  );
  expect(answer.verdict).toBe('fell');
  const missing = 10 * 12 - 48;
  expect(answer.local!.low).toBeLessThan(-missing);
  expect(answer.local!.high).toBeGreaterThan(-missing - 20);
  expect(answer.sentence).toMatch(/^Bajó más que en las zonas comparables: \d+ delitos menos, entre \d+ y \d+/);
  // A place where nothing was done; and another measure is no control.
  const still = await measured('Nada en c33', ['c33']);
  const nothing = await evaluated(still.id);
  expect(nothing.verdict).toBe('unclear');
  expect(nothing.design.otherMeasures).toBe(1);
  expect(nothing.design.controls.map((each) => each.code)).not.toContain('c01');
  const planned = await measured('Por empezar', ['c44'], { from: '2025-03-01' });
  expect(await evaluated(planned.id)).toMatchObject({
    ...{ verdict: 'not-begun', smallestDetectable: { drop: expect.any(Number), share: expect.any(Number) } },
  });
});

test('the register counts measures and open agreements, and the map draws each place whole', async () => {
  const { id } = await measured('Contada', ['c50', 'c51']);
  const agreement = (state: string) =>
    ask('POST', `/${id}/items`, {
      ...{ kind: 'agreement', body: { what: 'Podar', owner: 'Obras', due: null, state } },
    });
  for (const state of ['open', 'open', 'done']) expect((await agreement(state)).status).toBe(201);
  const { rows } = (await ask<ProblemsAnswer>('GET', '')).body;
  expect(rows.find((row) => row.id === id)).toMatchObject({ measures: 1, openAgreements: 2 });
  expect(rows.find(({ body }) => body.title === 'Robo en c05')).toMatchObject({ measures: 0, openAgreements: 0 });
  const { features } = (await ask<GeoJSON.FeatureCollection>('GET', '.geojson')).body;
  const mine = features.filter(({ properties }) => properties!.problem === id);
  expect(mine.map(({ properties }) => properties!.title)).toEqual(['Contada', MEASURE.title]);
  // Two squares of their own, of c50 and c51.
  const corners = (n: number) => corner(n).map((each) => each.toFixed(3));
  for (const { geometry } of mine) {
    const found = JSON.stringify(geometry)
      .match(/-?\d+\.\d+/g)!
      .map((each) => Number(each).toFixed(3));
    for (const n of [49, 50]) expect(found).toEqual(expect.arrayContaining(corners(n)));
  }
});

test('the workbook holds the list, the measures and a sheet of indicators', async () => {
  const response = await fetch(`${at()}.xlsx?lang=es`);
  const bytes = Buffer.from(await response.arrayBuffer());
  const sheet = async (name: string) => {
    const sheets = (await readXlsx(bytes)) as unknown as { sheet: string; data: unknown[][] }[];
    return sheets.find((each) => each.sheet === name)!.data;
  };
  expect((await sheet('Problemas')).map(([, title]) => title)).toContain('Luz en c01');
  expect((await sheet('Medidas')).flat()).toContain('FORTAMUN');
  expect((await sheet('Ficha de indicadores')).slice(0, 7).map(([name]) => name)).toEqual([
    ...['Indicador', 'Definición', 'Método de cálculo', 'Frecuencia de medición'],
    ...['Línea base', 'Meta', 'Medio de verificación'],
  ]);
});

test('the ground of a measure is held against the areas of whoever is bound to some', async () => {
  const inside = await opened('Con medidas', ['c34']);
  const outside = await measured('Lejos', ['c35']);
  viewer = boundTo('c34');
  try {
    // Of something that lies elsewhere it is not told whether it has such a measure.
    const items = await Promise.all([1, 77].map((item) => ask('PATCH', `/${outside.id}/items/${item}`, ITEM_CHANGE)));
    const nowhere = await ask<{ detail: string }>('PATCH', '/4711/items/1', ITEM_CHANGE);
    for (const { body } of items) expect((body as { detail: string }).detail).toBe(nowhere.body.detail);
    const measure = (...codes: readonly string[]) => ({ kind: 'measure', body: { ...MEASURE, ground: ground(codes) } });
    expect((await ask('POST', `/${inside.id}/items`, measure('c35'))).status).toBe(403);
    const { body: made } = await ask<{ id: number }>('POST', `/${inside.id}/items`, measure('c34'));
    const draw = async (version: number, ...codes: string[]) =>
      (await ask('PATCH', `/${inside.id}/items/${made.id}`, { version, changes: { ground: ground(codes) } })).status;
    expect(await draw(1, 'c34', 'c35')).toBe(403);
    // Nor is it put back where somebody else had drawn it.
    viewer = STAFF;
    expect([await draw(1, 'c34', 'c35'), await draw(2, 'c34')]).toEqual([200, 200]);
    viewer = boundTo('c34');
    expect((await ask('POST', `/${inside.id}/undo`, { item: made.id, version: 3 })).status).toBe(403);
  } finally {
    viewer = STAFF;
  }
});

test('an evaluation that was kept says what differs: a delivery that comes and is undone, a layer that changes', async () => {
  const { id, measure } = await measured('Guardada', ['c20', 'c21']);
  const kept = await ask('POST', `/${id}/evaluations`, { measure });
  expect(kept.status).toBe(201);
  const before = await evaluated(id);
  expect(before.kept).toMatchObject([{ counts: [], layerVersion: null, periodsMoved: false, designChanged: false }]);
  expect(before.kept).toMatchObject([{ filterChanged: false, placeChanged: false }]);
  expect(before.leftOut!.after).toEqual({ unlocated: 0, outside: 0, withheld: 0, excluded: 0 });

  // Fifty more in c20 after the measure began; then the delivery is undone.
  const [west, south] = corner(19);
  const more = Array.from(
    { length: 50 },
    (_, n) =>
      `M${n},2024-05-${String(1 + (n % 28)).padStart(2, '0')},11:00,Robo a transeúnte en vía pública,${west + WIDTH / 2},${south + WIDTH / 2}`,
  );
  await writeFile(join(folder, 'more.csv'), [HEAD, ...more].join('\n'));
  await load('more.csv');
  await expect.poll(async () => (await evaluated(id)).dataVersion).toBeGreaterThan(before.dataVersion);
  const grown = await evaluated(id);
  const [was, is] = [before.counts!.treated, grown.counts!.treated];
  expect(is).toEqual([was[0], was[1] + 50]);
  expect(grown.kept[0]!.counts).toContainEqual({ what: 'treated', was, is });
  expect(grown.dataVersion).toBeGreaterThan(grown.kept[0]!.dataVersion);
  const city = await findJurisdiction(database, STAFF, 'pb');
  await undoDelivery(database, city, 2, { via: 'page', signal: new AbortController().signal });
  // The portal learns of new data a moment later.
  await expect.poll(async () => (await evaluated(id)).kept).toMatchObject([{ counts: [] }]);

  // A new version: c20 is half as wide, and the last is not there any more.
  await writeFile(
    join(folder, 'colonias2.geojson'),
    colonias((n) => (n === 19 ? WIDTH / 2 : WIDTH), PLACES - 1),
  );
  await areas('colonias2.geojson');
  await expect.poll(async () => (await evaluated(id)).layerVersion).toBe(2);
  const moved = await evaluated(id);
  expect(moved.layerVersion).toBe(2);
  expect(moved.layerChanges).toEqual({ drawnOn: 1, reshaped: ['c20'], gone: [] });
  expect(moved.kept[0]).toMatchObject({ layerVersion: { was: 1, is: 2 } });
  expect(moved.counts!.treated[0]).toBeLessThan(was[0]);
  // What lies in no place any more is told: of c60 all, of c20 what lay in its eastern half.
  const lost = (year: string) =>
    told.filter((row) => {
      const east = Number(row.split(',')[4]) > corner(19)[0] + WIDTH / 2;
      return row.split(',')[1]!.startsWith(year) && (placeOf(row) === 59 || (placeOf(row) === 19 && east));
    }).length;
  expect(moved.leftOut).toMatchObject({ before: { outside: lost('2023') }, after: { outside: lost('2024') } });
  // What is counted is changed by hand: that is no change of the data.
  const { version } = (await ask<ProblemAnswer>('GET', `/${id}`)).body;
  expect((await ask('PATCH', `/${id}`, { version, changes: { filter: { weekday: '1' } } })).status).toBe(200);
  expect((await evaluated(id)).kept).toMatchObject([{ filterChanged: true, placeChanged: false }]);
  // Of a place that is gone the version is asked that had it.
  const last = await measured('La que ya no está', ['c60'], { ringM: 0 });
  const gone = await evaluated(last.id);
  expect(gone.layerChanges).toEqual({ drawnOn: 1, reshaped: [], gone: ['c60'] });
  expect(gone).toMatchObject({ layerVersion: 1, verdict: 'unclear' });
});

test('a kept evaluation by area is seen by whoever plans; one by street with sensitive offences is not', async () => {
  const { id, measure } = await measured('Por área', ['c40']);
  await ask('POST', `/${id}/evaluations`, { measure });
  const planner: Viewer = { ...STAFF, role: 'planner' };
  viewer = planner;
  const { items } = (await ask<ProblemAnswer>('GET', `/${id}`)).body;
  viewer = STAFF;
  const kept = items.find(({ kind }) => kind === 'evaluation') as ItemRow<'evaluation'>;
  expect(kept.body).not.toBeNull();
  const byStreet = { ...kept, body: { ...kept.body!, isSensitive: true } };
  expect(shownTo(planner, byStreet).body).toBeNull();
  expect(shownTo({ ...STAFF, role: 'commander' }, byStreet).body).not.toBeNull();
  // It holds counts of places all over the city, which is more than whoever is bound to one of its areas may ask for.
  viewer = boundTo('c40');
  try {
    const seen = (await ask<ProblemAnswer>('GET', `/${id}`)).body.items.filter((each) => each.kind === 'evaluation');
    expect(seen.map(({ body }) => body)).toEqual([null]);
    const workbook = await readXlsx(Buffer.from(await (await fetch(`${at()}.xlsx?lang=es`)).arrayBuffer()));
    expect(JSON.stringify(workbook)).toContain('Por área');
    expect(JSON.stringify(workbook)).not.toContain(kept.body!.answer.sentence);
  } finally {
    viewer = STAFF;
  }
});

test('a measure on another layer keeps the places under it from being compared with', async () => {
  const { id } = await measured('Nada en c35', ['c35'], { ringM: 0 });
  const before = await evaluated(id);
  await writeFile(join(folder, 'sectores.geojson'), sectorFrom(44));
  await run(
    ...['import', 'areas', 'sectores.geojson', '--layer', 'sectores', '--jurisdiction', 'pb'],
    ...['--code', 'clave', '--name', 'nombre'],
  );
  await measured('Patrullas', ['c35'], { ground: { layer: 'sectores', version: 1, codes: ['s1'] } });
  const { design } = await evaluated(id);
  // The middles of c45 and c46 lie in it.
  expect(design.otherMeasures).toBe(before.design.otherMeasures + 2);
  expect(design.controls.map((each) => each.code)).not.toContain('c46');
  expect(design.measuresNotFound).toBe(0);
});

test('all problems of a city hold so much at most', async () => {
  const { id } = await opened('Llena', ['c05']);
  const note = { kind: 'note', body: { text: 'Otra' } };
  expect((await ask('POST', `/${id}/items`, note)).status).toBe(201);
  await database.pool.query(
    `insert into problem_item (jurisdiction_id, problem_id, item_id, kind, version, body, created_by, changed_by)
      select jurisdiction_id, problem_id, 1000 + n, kind, version, body, created_by, changed_by
      from problem_item, generate_series(1, $2) n where jurisdiction_id = $1 and problem_id = $3`,
    [(await findJurisdiction(database, STAFF, 'pb')).id, MOST_ITEMS_OF_ALL, id],
  );
  expect((await ask('POST', `/${(await opened('Otra', ['c06'])).id}/items`, note)).status).toBe(422);
});

test('a jurisdiction with problems can be removed', async () => {
  await removeJurisdiction(database, STAFF, 'pb');
  expect((await database.pool.query('select from problem_change')).rowCount).toBe(0);
});
