// Briefings over HTTP: figures that stay as they were answered, what they would be today, two people at one page, and who is
// told what.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { EVERYWHERE, type Role, STAFF, type Viewer } from '../../server/access/contract.ts';
import { findJurisdiction } from '../../server/access/jurisdictions.ts';
import { openAnalyses } from '../../server/analysis/routes.ts';
import type {
  BriefingAnswer,
  BriefingConflict,
  BriefingNow,
  BriefingShapes,
  BriefingsAnswer,
  FigureData,
} from '../../server/briefings/contract.ts';
import { briefingRoutes } from '../../server/briefings/routes.ts';
import { openStats } from '../../server/counts/asking.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import type { Database } from '../../server/db/open.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { reportOn } from '../support/cli.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { askJson, servedTo } from '../support/served-to.ts';
import {
  boundTo,
  code,
  colonias,
  HEAD,
  importOf,
  incidents,
  placeOf,
  ROUND_TWO,
  WIDTH,
} from '../support/sixty-colonias.ts';

const told = incidents();
/** Rows of a month, in a colonia by its number. */
const counted = (month: string, place: number | null = null) =>
  told.filter((row) => row.split(',')[1]!.startsWith(month) && (place === null || placeOf(row) === place)).length;

let database: Database;
let cubes: Cubes;
let folder: string;
let served: Awaited<ReturnType<typeof servedTo>>;
let viewer: Viewer;
const run = (...words: readonly string[]) => reportOn(database, { dataDir: folder, databaseUrl: null }, words);

beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  folder = await mkdtemp(join(tmpdir(), 'cuadra-briefings-'));
  const more = Array.from({ length: 7 }, (_, n) => `M${n},2024-10-0${n + 1},23:00,Robo a transeúnte en vía pública,,`);
  const files = {
    'colonias.geojson': colonias(() => WIDTH),
    'told.csv': [HEAD, ...told].join('\n'),
    'more.csv': [HEAD, ...more].join('\n'),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await run('jurisdiction', 'add', 'pb', '--name', 'Pueblo', '--timezone', 'America/Mexico_City');
  await run(...importOf.areas('colonias.geojson'));
  await run(...importOf.incidents('told.csv'));
  cubes = await createCubes({ database, dataDir: folder, budgetMb: 64, log: quietLog });
  const stats = openStats({ database, cubes, taxonomy: loadTaxonomy() });
  served = await servedTo([briefingRoutes({ analyses: openAnalyses(stats), now: () => new Date() })], () => viewer);
});
beforeEach(() => {
  viewer = STAFF;
});
afterAll(async () => {
  await served.close();
  await cubes.close();
  await Promise.all([emptyTables(database), rm(folder, { recursive: true, force: true })]);
});

const ask = <T>(method: string, path: string, body?: unknown) =>
  askJson<T>(method, `${served.origin}/api/v1/pb/briefings${path}`, body);
const OCTOBER = { from: '2024-10-01', until: '2024-11-01' };
const made = async (blocks: object, of: object = {}) => {
  const { status, body } = await ask<BriefingAnswer>('POST', '', { title: 'Octubre', period: OCTOBER, blocks, ...of });
  expect([status, body]).toEqual([201, body]);
  return body;
};
const dataOf = <K extends FigureData['kind']>(briefing: BriefingAnswer, name: string, kind: K) => {
  const data = briefing.figures[name]!.data;
  expect(data.kind).toBe(kind);
  return data as Extract<FigureData, { kind: K }>;
};
const as = (role: Role, id: number): Viewer => ({ role, account: { id, name: `${role}${id}` }, scope: EVERYWHERE });

test('every figure is of the days of the briefing and counts what the rows hold', async () => {
  const briefing = await made(
    {
      a: { kind: 'headline', at: 1 },
      b: { kind: 'table', at: 2, layer: 'colonias', limit: 3 },
      c: { kind: 'map', at: 3, layer: 'colonias' },
      d: { kind: 'trend', at: 4 },
      e: { kind: 'clock', at: 5 },
      f: { kind: 'offences', at: 6 },
      g: { kind: 'headline', at: 7, follows: false, filter: { from: '2023-03-01', until: '2023-04-01' } },
      h: { kind: 'text', at: 8, text: 'Palabras' },
      i: { kind: 'problems', at: 9 },
    },
    { period: { from: '2024-02-01', until: '2024-03-01' } },
  );
  expect(briefing.refused).toEqual({});
  const month = counted('2024-02');
  const { year, totals, through } = dataOf(briefing, 'a', 'headline');
  expect([totals.matched, through]).toEqual([month, '2024-12-31']);
  const february = { from: '2023-02-01', until: '2023-03-01', count: counted('2023-02') };
  expect(year.before).toEqual(february);

  const byPlace = Array.from({ length: 60 }, (_, n) => ({ code: code(n), n: counted('2024-02', n) }));
  const table = dataOf(briefing, 'b', 'table');
  const first = byPlace.toSorted((one, two) => two.n - one.n || (one.code < two.code ? -1 : 1)).slice(0, 3);
  expect(table.rows.map((row) => [row.code, row.count])).toEqual(first.map((row) => [row.code, row.n]));
  expect(table.rows[0]!.before).toBe(
    counted(
      '2023-02',
      byPlace.findIndex((row) => row.code === first[0]!.code),
    ),
  );
  expect(table.places).toBe(60);
  const map = dataOf(briefing, 'c', 'map');
  expect(map.places.reduce((sum, [, count]) => sum + count, 0)).toBe(month);
  expect(map.first.slice(0, 3).map((row) => row.code)).toEqual(first.map((row) => row.code));

  const trend = dataOf(briefing, 'd', 'trend');
  expect([trend.buckets.length, trend.buckets[0]!.from]).toEqual([24 + 1, '2022-02-01']);
  for (const { from, count } of trend.buckets) expect([from, count]).toEqual([from, counted(from.slice(0, 7))]);
  expect(
    dataOf(briefing, 'e', 'clock')
      .counts.flat()
      .reduce((sum, count) => sum + count, 0),
  ).toBe(month);
  const offences = dataOf(briefing, 'f', 'offences');
  expect(offences.rows.map((row) => row.count)).toEqual([month]);
  expect(offences.all.before!.count).toBe(counted('2023-02'));
  const march = dataOf(briefing, 'g', 'headline');
  expect([march.totals.matched, march.last.before]).toEqual([counted('2023-03'), february]);
  // Of March 2022 the last three days are not told: nothing is held against it.
  expect(march.year).toMatchObject({ before: null, verdict: 'unknown' });
  expect(Object.keys(briefing.figures).sort().join('')).toBe('abcdefgi');

  const shapes = await askJson<BriefingShapes>('GET', `${served.origin}/api/v1/pb/briefing-shapes?layer=colonias@1`);
  expect(shapes.body.shapes.length).toBe(60);
  expect(shapes.body.shapes[0]!.rings[0]!.length).toBe(5);
});

test('heat holds every incident in some square, hot spots say by which rule, and the week is the last whole one', async () => {
  const briefing = await made(
    {
      a: { kind: 'heat', at: 1 },
      b: { kind: 'hotspots', at: 2, layer: 'colonias' },
      c: { kind: 'meeting', at: 3 },
    },
    { period: { from: '2024-02-01', until: '2024-03-01' } },
  );
  expect(briefing.refused).toEqual({});
  const heat = dataOf(briefing, 'a', 'heat');
  expect(heat.points.reduce((sum, [, , count]) => sum + count, heat.leftOut)).toBe(counted('2024-02'));
  // The colonias are 4 km by 2.7 km: squares of 200 m, the finest drawn.
  expect([heat.cellM, heat.points.length <= 21 * 15]).toEqual([200, true]);
  const hot = dataOf(briefing, 'b', 'hotspots');
  expect(hot).toMatchObject({ reason: null, layer: 'colonias', parameters: { method: 'gi-star', weights: 'queen' } });
  expect(hot.totals.matched).toBe(counted('2024-02'));
  const table = dataOf(briefing, 'c', 'meeting');
  const days = (from: string, until: string) =>
    told.filter((row) => row.split(',')[1]! >= from && row.split(',')[1]! < until).length;
  // The 29th of February 2024 is a Thursday: the week of Monday the 19th is the last that is whole.
  expect([table.week, table.from, table.until]).toEqual(['2024-W08', '2024-02-19', '2024-02-26']);
  expect(table.rows[0]!.titles).toBeNull();
  expect(table.rows[0]!.week.count).toBe(days('2024-02-19', '2024-02-26'));
  expect(table.rows[0]!.week.lastYear!.count).toBe(days('2023-02-20', '2023-02-27'));
  expect(table.rows[1]!.titles!.es).toMatch(/^Robo a transeúnte/);
});

test('days that the data do not reach are said, and nothing is held against such a period', async () => {
  const late = { period: { from: '2024-12-01', until: '2025-02-01' } };
  const blocks = { a: { kind: 'headline', at: 1 }, b: { kind: 'offences', at: 2 }, c: { kind: 'table', at: 3 } };
  const briefing = await made(blocks, late);
  const { totals, missingDays, last, year } = dataOf(briefing, 'a', 'headline');
  expect([totals.matched, missingDays]).toEqual([counted('2024-12'), 31]);
  for (const beside of [last, year, dataOf(briefing, 'b', 'offences').all])
    expect(beside).toMatchObject({ before: null, verdict: 'unknown' });
  expect(dataOf(briefing, 'c', 'table').rows[0]!.before).toBeNull();
});

test('a figure stays as it was answered when data come, says what it would be, and changes when it is renewed', async () => {
  const { id, dataVersion } = await made({
    a: { kind: 'headline', at: 1 },
    b: { kind: 'map', at: 2, layer: 'colonias' },
  });
  await run(...importOf.incidents('more.csv'));
  const october = counted('2024-10');
  const later = (await ask<BriefingAnswer>('GET', `/${id}`)).body;
  expect(later.dataVersion).toBeGreaterThan(dataVersion);
  expect([later.figures.a!.dataVersion, dataOf(later, 'a', 'headline').totals.matched]).toEqual([dataVersion, october]);
  const now = (await ask<BriefingNow>('GET', `/${id}/now`)).body;
  expect(now.dataVersion).toBe(later.dataVersion);
  expect(now.figures.a).toMatchObject({ totals: { matched: october + 7, unlocated: 7 } });

  const renewed = (await ask<BriefingAnswer>('POST', `/${id}/renew`, { blocks: ['a'] })).body;
  expect(dataOf(renewed, 'a', 'headline').totals.matched).toBe(october + 7);
  expect([renewed.figures.a!.dataVersion, renewed.figures.b!.dataVersion]).toEqual([later.dataVersion, dataVersion]);
  // Another period is another question; back at the first, the answer is there as it was.
  const september = { from: '2024-09-01', until: '2024-10-01' };
  const moved = (await ask<BriefingAnswer>('PATCH', `/${id}`, { version: 1, changes: { period: september } })).body;
  expect(dataOf(moved, 'a', 'headline').totals.matched).toBe(counted('2024-09'));
  const back = (await ask<BriefingAnswer>('POST', `/${id}/restore`, { version: 2, to: 1 })).body;
  expect([back.version, back.figures.b!.dataVersion]).toEqual([3, dataVersion]);
});

test('of a question the last answer is kept alone, and a briefing grows to a quarter of a megabyte', async () => {
  const { id } = await made({ a: { kind: 'headline', at: 1 }, b: { kind: 'clock', at: 2 } });
  const renewed = [];
  for (const blocks of [['a'], ['a', 'b'], ['a']])
    renewed.push((await ask<BriefingAnswer>('POST', `/${id}/renew`, { blocks })).body.figures.a!.madeAt);
  expect(new Set(renewed).size).toBe(3);
  const { rows } = await database.pool.query<{ made: Date }>(
    `select made_at as made from briefing_figure join jurisdiction using (jurisdiction_id)
      where code = 'pb' and briefing_id = $1 order by made_at desc`,
    [id],
  );
  expect(rows.length).toBe(2);
  expect(rows[0]!.made.toISOString()).toBe(renewed.at(-1));

  // 4,000 letters of two bytes each, nine parts at a time: the third time 216,000 bytes, the fourth 288,000.
  const nine = (first: number) =>
    Object.fromEntries(
      Array.from({ length: 9 }, (_, n) => [`t${first + n}`, { kind: 'text', at: 3, text: 'ñ'.repeat(4000) }]),
    );
  const change = (version: number) =>
    ask<{ detail: string }>('PATCH', `/${id}`, { version, changes: { blocks: nine(9 * version) } });
  for (const version of [1, 2, 3]) expect((await change(version)).status).toBe(200);
  const { status, body } = await change(4);
  expect([status, body.detail]).toEqual([422, expect.stringContaining('256 kB')]);
});

test('two people change other parts of one briefing; of the same part the second is told both texts', async () => {
  const text = (words: string) => ({ kind: 'text', at: 1, text: words });
  const { id } = await made({ a: text('uno'), b: text('dos') });
  const change = (version: number, changes: object) =>
    ask<BriefingAnswer & BriefingConflict>('PATCH', `/${id}`, { version, changes });
  expect((await change(1, { blocks: { a: text('UNO') } })).status).toBe(200);
  const other = await change(1, { title: 'Otro', blocks: { b: text('DOS'), c: text('tres') } });
  expect([other.status, other.body.body.title]).toEqual([200, 'Otro']);
  expect(Object.values(other.body.body.blocks).map((block) => block.text)).toEqual(['UNO', 'DOS', 'tres']);
  const late = await change(1, { blocks: { a: text('un'), c: null } });
  expect([late.status, late.body.version]).toEqual([409, 3]);
  expect(late.body.theirs).toMatchObject({ 'blocks.a': { text: 'UNO' } });
  expect(late.body.yours).toMatchObject({ 'blocks.a': { text: 'un' } });
  const kept = (await ask<BriefingAnswer>('GET', `/${id}`)).body;
  expect([kept.version, Object.keys(kept.body.blocks).join('')]).toEqual([3, 'abc']);
  expect((await change(3, { blocks: { a: text('un'), c: null } })).body.version).toBe(4);
});

test('who is bound to areas knows their own briefings alone, and a template is of one person', async () => {
  const whole = await made({ a: { kind: 'headline', at: 1 } });
  viewer = boundTo('c05');
  const mine = await made({ a: { kind: 'headline', at: 1 } });
  expect(dataOf(mine, 'a', 'headline').totals.matched).toBe(counted('2024-10', 4));
  expect((await ask('GET', `/${whole.id}`)).status).toBe(404);
  expect((await ask<BriefingsAnswer>('GET', '')).body.rows.map(({ id }) => id)).toEqual([mine.id]);
  viewer = boundTo('c06');
  expect((await ask('GET', `/${mine.id}`)).status).toBe(404);
  expect((await ask('PATCH', `/${mine.id}`, { version: 1, changes: { title: 'x' } })).status).toBe(404);

  // Who is bound to nothing reads it: written, its figures would be those of the city under the eyes of the sector.
  viewer = STAFF;
  const read = (await ask<BriefingAnswer>('GET', `/${mine.id}`)).body;
  expect([read.areas, whole.areas]).toEqual(['colonias:c05', null]);
  expect(dataOf(read, 'a', 'headline').totals.matched).toBe(counted('2024-10', 4));
  const unwritten = [
    ask('PATCH', `/${mine.id}`, { version: 1, changes: { period: null } }),
    ask('POST', `/${mine.id}/restore`, { version: 1, to: 1 }),
    ask('POST', `/${mine.id}/renew`, {}),
    ask('GET', `/${mine.id}/now`),
  ];
  expect((await Promise.all(unwritten)).map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  viewer = boundTo('c05');
  const renewed = (await ask<BriefingAnswer>('POST', `/${mine.id}/renew`, {})).body;
  expect([renewed.version, dataOf(renewed, 'a', 'headline').totals.matched]).toEqual([1, counted('2024-10', 4)]);
  expect((await ask('GET', `/${mine.id}/now`)).status).toBe(200);

  viewer = as('planner', 7);
  const template = await made({ a: { kind: 'headline', at: 1 } }, { isTemplate: true, period: null });
  expect(template.figures).toEqual({});
  viewer = as('planner', 8);
  expect((await ask('GET', `/${template.id}`)).status).toBe(404);
});

test('a zone counted by exact points is not told to who sees none', async () => {
  const ring = ROUND_TWO.map((at) => at.join(',')).join(';');
  const zone = { kind: 'headline', at: 1, filter: { within: `poly:${ring}` } };
  viewer = as('commander', 5);
  const { id, figures } = await made({ a: zone, b: { kind: 'headline', at: 2 } });
  const [east, south] = ROUND_TWO[1]!;
  const north = ROUND_TWO[2]![1]!;
  const isWithin = (row: string) => {
    const [lon, lat] = row.split(',').slice(4).map(Number) as [number, number];
    return row.includes(',2024-10-') && lon < east! && lat > south! && lat < north;
  };
  expect(dataOf({ figures } as BriefingAnswer, 'a', 'headline').totals.matched).toBe(told.filter(isWithin).length);
  viewer = as('planner', 7);
  const seen = (await ask<BriefingAnswer>('GET', `/${id}`)).body;
  expect([seen.figures.a, seen.figures.b !== null]).toEqual([null, true]);
});

test('of a measure whose evaluation counts sensitive offences by street a briefing keeps no sentence: others read it too', async () => {
  const { id } = await findJurisdiction(database, STAFF, 'pb');
  const stamps = `1, $2, 'Ana', 'Ana'`;
  const problem = { title: 'Aquí', state: 'evaluate', owner: '', placeName: '' };
  await database.pool.query(
    `insert into problem (jurisdiction_id, problem_id, state, version, body, created_by, changed_by)
      values ($1, 900, 'evaluate', ${stamps})`,
    [id, problem],
  );
  const evaluation = (isSensitive: boolean, measure: number) => ({
    ...{ measure, isSensitive, answer: { verdict: 'place-gone', displaced: null, local: null } },
  });
  const measure = { title: 'Luz', type: 'lighting', from: '2024-01-01', until: null };
  const items = [measure, measure, evaluation(true, 1), evaluation(false, 2)];
  for (const [n, body] of items.entries())
    await database.pool.query(
      `insert into problem_item (jurisdiction_id, problem_id, item_id, kind, version, body, created_by, changed_by)
        values ($1, 900, ${n + 1}, '${n < 2 ? 'measure' : 'evaluation'}', ${stamps})`,
      [id, body],
    );
  viewer = as('commander', 5);
  const briefing = await made({ a: { kind: 'problems', at: 1 } });
  const row = dataOf(briefing, 'a', 'problems').rows.find((each) => each.id === 900)!;
  expect(row.measures.map(({ sentences }) => sentences !== null)).toEqual([false, true]);
});

test('a part that cannot be answered says why, and the others are answered', async () => {
  const briefing = await made({
    a: { kind: 'map', at: 1, layer: 'sectores' },
    b: { kind: 'headline', at: 2 },
    c: { kind: 'headline', at: 3, filter: { source: 'nadie' } },
  });
  expect(Object.keys(briefing.figures)).toEqual(['b']);
  expect(briefing.refused.a).toMatch(/sectores/);
  expect(briefing.refused.c).toMatch(/nadie/);
  const bad = await ask<{ detail: string }>('POST', '', { title: 'x', blocks: { a: { kind: 'picture', at: 1 } } });
  expect(bad.status).toBe(422);
  const unknown = { title: 'x', blocks: { a: { kind: 'map', at: 1, filter: { drop: '1' } } } };
  expect((await ask('POST', '', unknown)).status).toBe(422);
});

test('a thousand briefings are open at most and fifty templates of one person; what is archived makes room and is told', async () => {
  const { id } = await findJurisdiction(database, STAFF, 'pb');
  const write = (from: number, to: number, state: string, owner: number | null) =>
    database.pool.query(
      `insert into briefing (jurisdiction_id, briefing_id, version, template_of, body, created_by, changed_by)
        select $1::int, n, 1, $4::int, $5::jsonb, 'Ana', 'Ana' from generate_series($2::int, $3::int) n`,
      [id, from, to, owner, { title: 'x', state, period: null, blocks: {} }],
    );
  const add = async (of: object = {}) => (await ask('POST', '', { title: 'x', blocks: {}, ...of })).status;
  await write(2001, 4000, 'archived', null);
  const last = await made({});
  const listed = (await ask<BriefingsAnswer>('GET', '')).body;
  // The 2,000 and more archived ones do not hide what is open.
  expect(listed.rows.findIndex(({ id }) => id === last.id)).toBe(0);
  const { rows } = await database.pool.query(
    'select count(*)::int as known from briefing where jurisdiction_id = $1 and template_of is null',
    [id],
  );
  expect([listed.rows.length, listed.leftOut]).toEqual([2000, rows[0].known - 2000]);

  await write(5001, 6000, 'open', null);
  expect(await add()).toBe(422);
  const reopen = { version: 1, changes: { state: 'open' } };
  await database.pool.query(
    `insert into briefing_change (jurisdiction_id, briefing_id, version, who, body)
      select jurisdiction_id, briefing_id, version, 'Ana', body from briefing
      where jurisdiction_id = $1 and briefing_id = 2001`,
    [id],
  );
  expect((await ask('PATCH', '/2001', reopen)).status).toBe(422);
  expect(await add({ state: 'archived' })).toBe(201);
  await write(7001, 7050, 'open', 7);
  viewer = as('planner', 7);
  expect(await add({ isTemplate: true })).toBe(422);
  viewer = as('planner', 8);
  expect(await add({ isTemplate: true })).toBe(201);
  viewer = STAFF;
  await database.pool.query(
    `update briefing set body = body || '{"state": "archived"}' where jurisdiction_id = $1 and briefing_id between 5001 and 6000`,
    [id],
  );
  expect(await add()).toBe(201);
  expect((await ask('PATCH', '/2001', reopen)).status).toBe(200);
});
