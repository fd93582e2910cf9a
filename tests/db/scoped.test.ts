// Whoever is bound to areas is answered as if nothing had happened elsewhere: every address of a town, asked within some
// of its areas, says what the same address says of a town that holds only what lies there.

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PUBLIC, STAFF, type Viewer } from '../../server/access/contract.ts';
import { mayDo, OPERATIONS, ROLES_OF_AREAS } from '../../server/access/rights.ts';
import { areasIn } from '../../server/accounts/contract.ts';
import { checkScope } from '../../server/accounts/scopes.ts';
import { analysisRoutes, openAnalyses } from '../../server/analysis/routes.ts';
import { receiveColumns } from '../../server/columns/receive.ts';
import { columnRoutes } from '../../server/columns/routes.ts';
import { openStats } from '../../server/counts/asking.ts';
import { createEvents, type Events } from '../../server/counts/events.ts';
import { accessRoutes } from '../../server/counts/jurisdiction-routes.ts';
import { createOverview } from '../../server/counts/overview.ts';
import { regionRoutes } from '../../server/counts/region-routes.ts';
import { statsRoutes } from '../../server/counts/routes.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import type { Database } from '../../server/db/open.ts';
import { exportRoutes } from '../../server/exports/routes.ts';
import { problems } from '../../server/http/problems.ts';
import { incidentRoutes } from '../../server/listing/routes.ts';
import { meetingRoutes } from '../../server/meetings/routes.ts';
import { benchmarkRoutes } from '../../server/official-totals/routes.ts';
import { problemRoutes } from '../../server/problems/routes.ts';
import { ratingRoutes } from '../../server/rating/routes.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { timingRoutes } from '../../server/timing/routes.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import {
  HEAD,
  NEIGHBOUR,
  OFFENCES,
  partlyProtected,
  randomIncidents,
  WORLD,
  writeWorld,
} from '../support/small-world.ts';

const BOUND = [2, 5];
/** None that a later delivery would bring. */
const incidents = partlyProtected(randomIncidents(840, 31)).filter(({ from }) => from <= HEAD);
const boundTo = (...areas: readonly number[]): Viewer => ({
  ...{ role: 'commander', account: { id: areas.length, name: 'Ana' } },
  scope: { jurisdictions: [WORLD.code, NEIGHBOUR.code], areas: { layer: 'barrios', codes: areas.map((n) => `b${n}`) } },
});
/** Who asks, by a header of the tests alone. */
const VIEWERS: Record<string, Viewer> = {
  staff: STAFF,
  bound: boundTo(...BOUND),
  other: boundTo(1),
  planner: { role: 'planner', account: { id: 9, name: 'Eva' }, scope: { jurisdictions: [WORLD.code], areas: null } },
  gone: { ...boundTo(1), scope: { jurisdictions: [WORLD.code], areas: { layer: 'sectores', codes: ['1'] } } },
};

let database: Database;
let dataDir: string;
let cubes: Cubes;
let events: Events;
let server: Server;
let base: string;

beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  await writeWorld(database, incidents);
  // The town beside holds what lies in the areas alone.
  const within = incidents.flatMap(({ area }, i) => (BOUND.includes(area) ? [i + 1] : []));
  await sql`delete from incident where jurisdiction_id = ${NEIGHBOUR.id} and incident_id <> all(${within}::bigint[])`.execute(
    database.db,
  );
  // Up to when a source is complete is said by whoever delivers, not by what lies where.
  await sql`update source set declared_through = '2024-12-31'`.execute(database.db);
  dataDir = await mkdtemp(join(tmpdir(), 'cuadra-scoped-'));
  cubes = await createCubes({ database, dataDir, budgetMb: 64, log: quietLog });
  for (const town of [WORLD, NEIGHBOUR]) await cubes.warm(town);
  events = createEvents({ database, log: quietLog });
  const deps = {
    database,
    cubes,
    taxonomy: loadTaxonomy(),
    config: { basemapStyle: null, access: 'accounts' as const, embedOrigins: [] },
  };
  const overview = createOverview({ database, cubes, file: join(dataDir, 'overview'), log: quietLog });
  const app = express().use((request: Request, _response: Response, next: NextFunction) => {
    request.viewer = VIEWERS[String(request.headers['x-viewer'])] ?? PUBLIC;
    next();
  });
  app.set('query parser', 'simple').set('trust proxy', true).use(express.json());
  const stats = openStats(deps);
  const routes = [accessRoutes({ ...deps, overview }), statsRoutes(deps, stats), regionRoutes(stats)];
  const analyses = openAnalyses(stats);
  routes.push(analysisRoutes(analyses), ratingRoutes(analyses), timingRoutes(analyses), columnRoutes(stats));
  const now = () => new Date('2024-12-30T12:00:00Z');
  routes.push(problemRoutes(stats, null), meetingRoutes({ database, now }, stats));
  app.use('/api/v1', ...routes, benchmarkRoutes(deps), exportRoutes(deps), incidentRoutes(deps), events.routes);
  app.use(problems(quietLog));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
});
afterAll(async () => {
  events.close();
  await new Promise((resolve) => server.close(resolve));
  await cubes.close();
  await emptyTables(database);
  await rm(dataDir, { recursive: true, force: true });
});

/** Each from an address of its own: how many files one client may ask for is tried elsewhere. */
let asked = 0;
const ask = (viewer: keyof typeof VIEWERS, path: string) =>
  fetch(`${base}/${path}`, {
    headers: { 'x-viewer': String(viewer), 'x-forwarded-for': `10.${++asked >> 8}.${asked & 255}.1` },
  });
async function told(viewer: keyof typeof VIEWERS, path: string): Promise<unknown> {
  const response = await ask(viewer, path);
  expect([viewer, path, response.status]).toEqual([viewer, path, 200]);
  const text = await response.text();
  return /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
}
/** Without what is known of all incidents alone, and what names the town. */
function comparable(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer).replaceAll('beside', 'small'), (name, value) =>
    ['fillers', 'previousReason', 'elsewhere'].includes(name) ? undefined : value,
  );
}

const day = fc
  .tuple(fc.integer({ min: 2022, max: 2025 }), fc.integer({ min: 1, max: 12 }), fc.constantFrom(1, 15))
  .map(([y, m, d]) => `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`);
const filters = fc
  .record({
    days: fc.option(fc.tuple(day, day)),
    offence: fc.option(fc.constantFrom(...OFFENCES, 'patrimonio')),
    hour: fc.option(fc.constantFrom('20-2', '6-14')),
    weekday: fc.option(fc.constantFrom('6,7', '1')),
    kind: fc.option(fc.constant('call')),
    within: fc.option(
      fc.constantFrom(
        ...['barrios:b2', 'barrios:b1', 'barrios@1:%232', 'streets:%234'],
        'poly:-99,19;-98.95,19;-98.95,19.06;-99,19.06',
      ),
    ),
    inside: fc.option(fc.constantFrom('barrios', 'streets')),
  })
  .map(({ days, ...rest }) => {
    const [from, until] = [...(days ?? [])].sort();
    const query = { ...(from && until && from < until ? { from, until } : {}), ...rest };
    return Object.entries(query)
      .flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]))
      .join('&');
  });
const QUESTIONS = [
  ...['counts?layer=barrios', 'counts?layer=barrios@1', 'counts?layer=streets', 'summary?layer=barrios', 'clock?'],
  ...['series?step=month', 'top?layer=barrios', 'top?layer=streets', 'heat?bbox=-99.1,18.9,-98.8,19.2'],
  ...['incidents?limit=1000', 'incidents.csv?', 'incidents.geojson?', 'incidents-about.csv?'],
];
/** Since when a source tells is known of all of it; asked about days that both towns tell of. */
const BOTH = 'from=2023-04-01&until=2025-01-01';
const EARLIER = '2023-07-01..2024-01-01';
const ANALYSES = [
  ...['density?radius=500', 'clocks?unit=payday&against=even', 'aoristic?', 'near-repeat?runs=99'],
  ...['trend?layer=barrios&watch=3', 'clocks?against=other-offences&offence=patrimonio'],
].map((question) => `${question}&${BOTH}`);
/** Places elsewhere are not compared, while in the town beside nothing happened there: it is asked within the same areas. */
const OF_PLACES = [
  ...['hotspots?layer=barrios', 'hotspots?layer=streets&weights=knn:2', 'grid-hotspots?cell=200'],
  ...['grid-hotspots?shape=h3&resolution=8', 'concentration?layer=barrios', 'emerging?layer=barrios&step=month'],
  ...['rates?layer=barrios', 'rates?layer=streets', 'scoring?layer=barrios&learn=200', 'stability?layer=streets'],
].map((question) => `${question}&${BOTH}`);
const COMPARISONS = [`change?layer=barrios&before=${EARLIER}`, `clocks?against=${EARLIER}`].map(
  (question) => `${question}&from=2024-01-01&until=2025-01-01`,
);

describe('whoever is bound to areas', () => {
  test('is told of what lies in them and of nothing else, whatever is asked', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(filters, fc.constantFrom(...QUESTIONS), async (filter, question) => {
        const path = `${question}&${filter}`;
        const bound = comparable(await told('bound', `small/${path}`));
        expect(bound).toEqual(comparable(await told('staff', `beside/${path}`)));
      }),
      { numRuns: 80, seed: 7, examples: QUESTIONS.map((question): [string, string] => ['', question]) },
    );
  });

  test('is told of what lies in them by every analysis, and in the columns that travel', async () => {
    const asked = [
      ...[...ANALYSES, ...COMPARISONS].map((path) => [path, 'staff'] as const),
      ...[...OF_PLACES, 'meeting?week=2024-W50'].map((path) => [path, 'bound'] as const),
    ];
    for (const [path, beside] of asked) {
      const bound = comparable(await told('bound', `small/${path}`));
      expect([path, bound]).toEqual([path, comparable(await told(beside, `beside/${path}`))]);
    }
    const columns = async (viewer: string, town: string) => {
      const answer = await ask(viewer, `${town}/incidents.arrow?inside=barrios`);
      return receiveColumns(new Uint8Array(await answer.arrayBuffer()));
    };
    const [mine, whole, all] = [
      await columns('bound', 'small'),
      await columns('staff', 'beside'),
      await columns('staff', 'small'),
    ];
    expect(mine.rows).toEqual(whole.rows);
    expect(mine.rows.rows).toBeLessThan(all.rows.rows);
  });

  test('is given lists of what is there: sources, offences, days and the box around the areas', async () => {
    for (const list of ['sources', 'offences']) {
      const [seen, whole] = [await told('bound', `small/${list}`), await told('staff', `beside/${list}`)];
      const rows = (all: unknown) =>
        (all as { incidents: number; parent?: string; labels?: unknown[] }[])
          // Of labels that nothing there is of nothing is said.
          .filter(({ incidents: n, labels }) => n > 0 || !labels?.length)
          .map(({ ...row }) => ({ ...row, elsewhere: null, datePrecision: null, delivered: null }));
      expect(rows(seen), list).toEqual(rows(whole));
    }
    const [row] = (await told('bound', 'jurisdictions')) as { bounds: number[]; from: string; until: string }[];
    const mine = incidents.filter(({ area, until }) => BOUND.includes(area) && (until === null || until > HEAD));
    expect(row).toMatchObject({ code: 'small', from: mine.map((each) => each.day).sort()[0] });
    for (const [i, edge] of [-98.98, 19, -98.94, 19.1].entries()) expect(row!.bounds[i]).toBeCloseTo(edge, 6);
    expect(await told('bound', 'small/scope')).toMatchObject({
      areas: { layer: 'barrios', layerVersion: 2, rows: [{ code: 'b2' }, { code: 'b5' }], missing: [] },
    });
    expect(await told('staff', 'small/scope')).toEqual({ areas: null });
  });

  test('is refused in words what is known of the whole town alone, and told of new data but not how many', async () => {
    for (const path of ['region', 'small/benchmark']) {
      const refused = await ask('bound', path);
      expect([path, refused.status, ((await refused.json()) as { type: string }).type]).toEqual([
        path,
        403,
        'not-allowed',
      ]);
    }
    const heard = async (viewer: string) => {
      const stream = (await ask(viewer, 'small/events')).body!.pipeThrough(new TextDecoderStream()).getReader();
      const first = await stream.read();
      return { first, next: async () => (await stream.read()).value, end: () => stream.cancel() };
    };
    const [bound, staff] = [await heard('bound'), await heard('staff')];
    await sql`insert into delivery (jurisdiction_id, delivery, source_id, file_name, file_sha256, preset, mode, via,
        first_incident_id, next_incident_id, report)
      values (${WORLD.id}, ${HEAD + 1}, 1, 'f', '', 'p', 'add', 'feed', ${incidents.length + 1}, ${incidents.length + 1}, '{"stored":3}')`.execute(
      database.db,
    );
    await sql`update data_state set head_delivery = ${HEAD + 1}, data_version = data_version + 1, data_token = 'next'
      where jurisdiction_id = ${WORLD.id}`.execute(database.db);
    expect(await staff.next()).toContain('"added":{"incident":3}');
    expect(await bound.next()).toContain('"added":{}');
    await Promise.all([bound.end(), staff.end()]);
  });

  test('and whoever may not see exact points is told of cells: no polygon, however small, tells where in one a point lies', async () => {
    // Worked out by hand for 19° north: 25 m are 2,246 units of 1e-7 degrees of latitude, and 2,375 of longitude.
    const [width, height] = [2375, 2246];
    const middle = (degrees: number, side: number) => Math.floor((degrees * 1e7) / side) * side + Math.floor(side / 2);
    const square = (x: number, y: number, half: number) =>
      `poly:${[
        [x - half, y - half],
        [x + half, y - half],
        [x + half, y + half],
        [x - half, y + half],
      ]
        .map((corner) => corner.map((units) => (units / 1e7).toFixed(7)).join())
        .join(';')}`;
    type Counts = { totals: { matched: number } };
    const matched = async (viewer: string, x: number, y: number, half: number) =>
      ((await told(viewer, `small/counts?layer=barrios&offence=patrimonio&within=${square(x, y, half)}`)) as Counts)
        .totals.matched;
    let met = 0;
    for (let column = 0; column < 12; column++) {
      const [lon, lat] = [-99 + column / 100, 19 + ((column * 5) % 12) / 100];
      const [x, y] = [Math.round(lon * 1e7), Math.round(lat * 1e7)];
      const [cx, cy] = [middle(lon, width), middle(lat, height)];
      if (Math.max(Math.abs(cx - x), Math.abs(cy - y)) < 60) continue;
      const there = await matched('staff', x, y, 20);
      if (there === 0) continue;
      met++;
      // Two units about the point, and all of the cell but its middle: nothing. The middle alone: all of the cell.
      expect([column, await matched('planner', x, y, 20)]).toEqual([column, 0]);
      expect([column, await matched('staff', cx, cy, 20)]).toEqual([column, 0]);
      expect([column, await matched('planner', cx, cy, 20)]).toEqual([column, there]);
    }
    expect(met).toBeGreaterThan(5);
  });

  test('is not given what was kept for another, whoever asks first', async () => {
    const paths = [...QUESTIONS, 'sources?', 'offences?', 'scope?'].map((question) => `small/${question}`);
    for (const path of [...paths, 'jurisdictions']) {
      const [first, second] = [await told('bound', path), await told('other', path)];
      expect(second, path).not.toEqual(first);
      expect([await told('bound', path), await told('other', path)], path).toEqual([first, second]);
    }
    const etag = (await ask('bound', 'small/clock')).headers.get('etag')!;
    const headers = { 'x-viewer': 'other', 'if-none-match': etag };
    expect((await fetch(`${base}/small/clock`, { headers })).status).toBe(200);
  });

  test('sees less when an area or its layer is gone, never more, and is told so', async () => {
    type Counts = { totals: { matched: number } };
    const matched = async (viewer: string) =>
      ((await told(viewer, 'small/counts?layer=streets')) as Counts).totals.matched;
    expect(await matched('gone')).toBe(0);
    expect(await told('gone', 'small/incidents')).toMatchObject({ features: [] });
    expect(await told('gone', 'small/scope')).toEqual({
      areas: { layer: 'sectores', layerVersion: null, rows: [], missing: ['1'] },
    });
    expect(await told('gone', 'small/heat')).toMatchObject({ points: [] });
    const before = await matched('bound');
    await sql`update area set code = 'otro' where jurisdiction_id = ${WORLD.id} and version = 2 and code = 'b5'`.execute(
      database.db,
    );
    await sql`update data_state set data_version = data_version + 1, data_token = 'renamed'
      where jurisdiction_id = ${WORLD.id}`.execute(database.db);
    await expect.poll(() => matched('bound')).toBeLessThan(before);
    expect(await told('bound', 'small/scope')).toMatchObject({ areas: { rows: [{ code: 'b2' }], missing: ['b5'] } });
  });
});

test('the figures a problem was opened with are not told to whoever plans, where they count sensitive offences finely', async () => {
  type Told = { body: { figures: { count: number } | null } };
  const send = async <T>(viewer: string, path: string, method = 'GET', body?: object): Promise<T> => {
    const headers = { 'x-viewer': viewer, 'content-type': 'application/json' };
    const sent = body ? { method, headers, body: JSON.stringify(body) } : { method, headers };
    return (await (await fetch(`${base}/small/problems${path}`, sent)).json()) as T;
  };
  const figures = { dataVersion: 1, count: 3, before: null, from: null, until: null, told: '' };
  const street = { layer: 'streets', id: 4, version: 1 };
  const made = async (of: object) =>
    (await send<{ id: number }>('staff', '', 'POST', { title: 'Aquí', figures, ...of })).id;
  const problems = [
    await made({ place: street }),
    await made({ place: street, filter: { offence: 'patrimonio' } }),
    await made({ place: { layer: 'barrios', id: 1, version: 2 } }),
  ];
  const counts = async (viewer: string, id: number) => {
    const one = await send<Told>(viewer, `/${id}`);
    const listed = (await send<{ rows: (Told & { id: number })[] }>(viewer, '')).rows.find((row) => row.id === id)!;
    const { changes } = await send<{ changes: Told[] }>(viewer, `/${id}/history`);
    return [one, listed, changes[0]!].map(({ body }) => body.figures?.count ?? null);
  };
  const seen = (viewer: string) => Promise.all(problems.map((id) => counts(viewer, id)));
  const [thrice, never] = [
    [3, 3, 3],
    [null, null, null],
  ];
  expect(await seen('staff')).toEqual([thrice, thrice, thrice]);
  expect(await seen('planner')).toEqual([never, thrice, thrice]);
  // Nor as what stands against a change of theirs; and a change leaves them there.
  const change = (changes: object) => send<Told>('planner', `/${problems[0]}`, 'PATCH', { version: 1, changes });
  expect(await change({ figures })).toMatchObject({ status: 422 });
  expect((await change({ who: 'Nadie' })).body.figures).toBeNull();
  expect(await counts('staff', problems[0]!)).toEqual(thrice);
});

test('of all there is to ask, areas leave what is answered within them', () => {
  const viewer = VIEWERS.bound!;
  const left = OPERATIONS.filter(({ right }) => right !== 'anybody' && mayDo(viewer, right));
  const rights = ['count', 'export-incidents', 'follow-events', 'handle-problems', 'learn', 'look', 'meet'];
  rights.push('own-account', 'own-second-step', 'see-points', 'see-problems');
  expect([...new Set(left.map(({ right }) => right))].sort()).toEqual(rights);
  // Whatever role stands beside areas.
  const asAdministrator = { ...viewer, role: 'administrator' } as const;
  for (const { right } of OPERATIONS)
    if (right !== 'anybody' && !mayDo(viewer, right))
      expect([right, mayDo(asAdministrator, right)]).toEqual([right, false]);
});

test('areas of an account are of one town, are there, and are for roles with nothing to do beyond', async () => {
  const areas = areasIn('barrios:b1,barrios:b2');
  expect(areas).toEqual({ layer: 'barrios', codes: ['b1', 'b2'] });
  const scope = { jurisdictions: [WORLD.code], areas };
  for (const role of ROLES_OF_AREAS) await checkScope(database, STAFF, role, scope);
  await expect(checkScope(database, STAFF, 'gis', scope)).rejects.toThrow(/only these roles/);
  await expect(checkScope(database, STAFF, 'planner', { ...scope, jurisdictions: null })).rejects.toThrow(
    /one jurisdiction/,
  );
  const two = { ...scope, jurisdictions: [WORLD.code, NEIGHBOUR.code] };
  await expect(checkScope(database, STAFF, 'planner', two)).rejects.toThrow(/one jurisdiction/);
  const none = { ...scope, areas: { layer: 'barrios', codes: ['b1', 'b99'] } };
  await expect(checkScope(database, STAFF, 'planner', none)).rejects.toThrow(/no such area in barrios: b99/);
  for (const text of ['barrios', 'barrios:', ':b1', 'barrios:b1,', 'a b:1'])
    expect(() => areasIn(text)).toThrow(/LAYER/);
});
