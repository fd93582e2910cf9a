// Deliveries after the fact: recognised when they come again, told apart field by field, undone, looked back at.

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction, removeJurisdiction } from '../../server/access/jurisdictions.ts';
import type { SeriesAnswer } from '../../server/counts/contract.ts';
import { statsRoutes } from '../../server/counts/routes.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import type { Database } from '../../server/db/open.ts';
import { changesOf } from '../../server/deliveries/changes.ts';
import { undoDelivery } from '../../server/deliveries/undo.ts';
import { BadInput, Conflict, NotFound } from '../../server/errors.ts';
import { EVERYTHING } from '../../server/filter/contract.ts';
import { findLayer } from '../../server/filter/places.ts';
import { resolveFilter } from '../../server/filter/plan.ts';
import { placeLayer } from '../../server/geocoding/placement.ts';
import { problems } from '../../server/http/problems.ts';
import { readHead } from '../../server/incidents/deliveries.ts';
import { deliveryAsOf, listDeliveries, standing } from '../../server/incidents/history.ts';
import { type ImportOptions, importIncidents } from '../../server/incidents/import.ts';
import { sha256OfAsked } from '../../server/incidents/same-file.ts';
import { importAreas } from '../../server/publishing/load-layer.ts';
import { presetOf } from '../../server/reading/presets.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { asStaff } from '../support/as-staff.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';

const OPTIONS: ImportOptions = {
  preset: 'generic',
  source: null,
  kind: null,
  replaces: null,
  confirmed: false,
  map: {},
  through: null,
};
const MARCH = { replaces: { from: '2024-03-01', until: '2024-04-01' }, confirmed: true };
const never = new AbortController().signal;
const taxonomy = loadTaxonomy();

let database: Database;
let city: Jurisdiction;
let folder: string;
let cubes: Cubes;
beforeAll(async () => {
  database = await openTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'cuadra-deliveries-'));
  cubes = await createCubes({ database, dataDir: folder, budgetMb: 0, log: quietLog });
});
beforeEach(async () => {
  const zone = { timezone: 'America/Mexico_City', srid: 32614 };
  city = await addJurisdiction(database, STAFF, { code: 'villa', name: 'Villa', ...zone });
});
afterEach(() => emptyTables(database));
afterAll(async () => {
  await cubes.close();
  rmSync(folder, { recursive: true, force: true });
});

const A = 'A,2024-03-01,10:00,Robo de vehículo automotor,-99.1,19.4,Centro';
const B = 'B,2024-03-02,11:30,Robo de vehículo automotor,-99.2,19.5,Centro';
const C = 'C,2024-04-09,08:00,Homicidio doloso,-99.1,19.4,Centro';
const LATER = A.replace('10:00', '22:00').replace('Centro', 'Norte');

const HEADER = 'folio,fecha,hora,delito,longitud,latitud,lugar';
function deliver(rows: readonly string[], options: Partial<ImportOptions> = {}, header = HEADER) {
  const path = join(folder, 'entrega.csv');
  writeFileSync(path, [header, ...rows, ''].join('\n'));
  const watch = { onProgress: () => {}, onReject: () => {}, signal: never };
  return importIncidents(database, city, path, { ...OPTIONS, ...options }, watch);
}
const undo = (delivery: number) => undoDelivery(database, city, delivery, { via: 'page', signal: never });

/** What counted when a delivery was the last, one line a record, in order. */
async function visible(head?: number): Promise<string[]> {
  const at = head ?? (await readHead(database, city.id)).delivery;
  const { rows } = await sql<{ line: string }>`
    select concat_ws(' ', i.source_key, occurred_on, minute_of_day, lon, lat, text) as line from incident i
    left join place_text t on t.jurisdiction_id = i.jurisdiction_id and t.place_text_id = i.place_text_id
    where i.jurisdiction_id = ${city.id} and from_delivery <= ${at}
      and (until_delivery is null or until_delivery > ${at})`.execute(database.db);
  return rows.map(({ line }) => line).sort();
}

test('of deliveries, undos and undone undos those stand that nobody took back', () => {
  const steps = (...undoes: (number | null)[]) => undoes.map((each, i) => ({ delivery: i + 1, undoes: each }));
  expect(standing(steps(null, null))).toEqual([1, 2]);
  expect(standing(steps(null, null, 2))).toEqual([1]);
  expect(standing(steps(null, null, 2, 3))).toEqual([1, 2]);
  expect(standing(steps(null, null, 2, 1))).toEqual([]);
  expect(standing(steps(null, null, 2, 3, 4))).toEqual([1]);
  expect(standing(steps(null, null, 2, 3, 4, 5))).toEqual([1, 2]);
  expect(standing(steps(null, null, 2, null, 4))).toEqual([1]);
});

test('undoing a delivery restores the state before it, and undoing that brings it back', async () => {
  await deliver([A, B, C]);
  const before = await visible();
  await deliver([LATER, 'D,2024-03-09,01:00,Homicidio doloso,,,'], MARCH);
  const after = await visible();
  expect(after).toEqual([
    'A 2024-03-01 1320 -99.1 19.4 Norte',
    'C 2024-04-09 480 -99.1 19.4 Centro',
    'D 2024-03-09 60',
  ]);
  expect(await undo(2)).toEqual({ undoes: 2, undoneBy: 3, ended: 2, restored: 2 });
  expect(await visible()).toEqual(before);
  await undo(3);
  expect(await visible()).toEqual(after);
  expect(await Promise.all([1, 2, 3].map((head) => visible(head)))).toEqual([before, after, before]);
});

test('only the last delivery of its source that stands can be undone', async () => {
  await deliver([A]);
  await deliver([B]);
  await deliver([C], { source: 'otra' });
  await expect(undo(1)).rejects.toThrow(Conflict);
  await expect(undo(9)).rejects.toThrow(NotFound);
  await undo(2);
  await expect(undo(2)).rejects.toThrow(Conflict);
  await undo(1);
  expect(await visible()).toEqual(['C 2024-04-09 480 -99.1 19.4 Centro']);
  const rows = await listDeliveries(database, city);
  expect(rows.map(({ delivery, undoes, stands, canUndo }) => [delivery, undoes, stands, canUndo])).toEqual([
    [5, 1, false, true],
    [4, 2, false, false],
    [3, null, true, true],
    [2, null, false, false],
    [1, null, false, false],
  ]);
});

test('a jurisdiction with undone deliveries can be removed', async () => {
  await deliver([A]);
  await undo(1);
  await removeJurisdiction(database, STAFF, 'villa');
  expect(await listDeliveries(database, city)).toEqual([]);
});

test('an undo that is stopped leaves everything as it was', async () => {
  await deliver([A, B]);
  const before = [await readHead(database, city.id), await visible()];
  const stopped = AbortSignal.abort(new Error('stopped'));
  await expect(undoDelivery(database, city, 1, { via: 'page', signal: stopped })).rejects.toThrow('stopped');
  expect([await readHead(database, city.id), await visible()]).toEqual(before);
});

test('counts can be asked as of any delivery, and restored records lie in their places again', async () => {
  const square = (name: string, west: number, south: number) => ({
    type: 'Feature',
    properties: { clave: name },
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [west, south],
          [west + 0.05, south],
          [west + 0.05, south + 0.05],
          [west, south + 0.05],
          [west, south],
        ],
      ],
    },
  });
  const areas = join(folder, 'areas.geojson');
  const features = [square('a', -99.12, 19.38), square('b', -99.22, 19.48)];
  writeFileSync(areas, JSON.stringify({ type: 'FeatureCollection', features }));
  const fileOptions = { title: null, code: null, name: null, sourceLayer: null, crs: null, encoding: null } as const;
  await importAreas(
    { database, placeLayer },
    city,
    areas,
    { ...fileOptions, layer: 'barrios', type: 'areas', population: null },
    () => {},
  );
  await deliver([A, B, C]);
  await deliver([B], MARCH);
  await undo(2);

  const countsAt = async (asOf: string) => {
    const snapshot = await cubes.asOf(city, await deliveryAsOf(database, city, asOf));
    const layer = await findLayer(database, snapshot, 'barrios');
    const plan = resolveFilter(EVERYTHING, { ...snapshot, taxonomy }, null);
    return [...(await snapshot.answers.byPlace(plan, layer)).counts];
  };
  expect(await countsAt('0')).toEqual([0, 0, 0]);
  expect(await countsAt('1')).toEqual([0, 2, 1]);
  expect(await countsAt('2')).toEqual([0, 1, 1]);
  expect(await countsAt('3')).toEqual([0, 2, 1]);
  expect(await countsAt('2999-01-01')).toEqual([0, 2, 1]);
  expect(await countsAt('2000-01-01')).toEqual([0, 0, 0]);
  await expect(countsAt('4')).rejects.toThrow(BadInput);
});

test('series and counts over HTTP take a delivery or a day as asOf, and refuse what is neither', async () => {
  await deliver([A, B]);
  await deliver([C]);
  const app = express().use(asStaff);
  app.set('query parser', 'simple');
  app.use('/api/v1', statsRoutes({ database, cubes, taxonomy }), problems(quietLog));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/villa`;
  try {
    const total = async (asOf: string) => {
      const { buckets } = (await (await fetch(`${base}/series?step=month${asOf}`)).json()) as SeriesAnswer;
      return buckets.reduce((sum, { count }) => sum + count, 0);
    };
    expect(await total('')).toBe(3);
    expect(await total('&asOf=1')).toBe(2);
    expect(await total('&asOf=2')).toBe(3);
    expect(await total('&asOf=2001-01-01')).toBe(0);
    for (const bad of ['7', 'yesterday', '2024-02-31', '-1']) {
      const refused = await fetch(`${base}/series?step=month&asOf=${bad}`);
      expect([bad, refused.status, (await refused.json()).parameter]).toEqual([bad, 422, 'asOf']);
    }
    expect((await fetch(`${base}/clock?asOf=1`)).status).toBe(422);
  } finally {
    server.close();
  }
});

test('the same file is read again once labels lead elsewhere in the tree of offences', async () => {
  await deliver([A, B]);
  const preset = presetOf('generic');
  const asked = {
    preset: 'generic',
    source: null,
    kind: null,
    map: {},
    replaces: null,
    through: null,
    confirmed: false,
  };
  const now = sha256OfAsked(preset, asked, city);
  expect(sha256OfAsked(preset, asked, city, 'of another tree')).not.toBe(now);
  await sql`update delivery set asked_sha256 = ${sha256OfAsked(preset, asked, city, 'of another tree')}`.execute(
    database.db,
  );
  const again = await deliver([A, B]);
  expect(again.notes).not.toContainEqual(expect.objectContaining({ code: 'same-file' }));
  expect(again).toMatchObject({ stored: 0, unchanged: 2 });
});

test('the file its source delivered last is recognised, not so when it is to be read otherwise or was undone', async () => {
  const first = await deliver([A, B, 'X,,,Homicidio doloso,,,']);
  expect(first).toMatchObject({ read: 3, stored: 2, rejected: 1 });
  const again = await deliver([A, B, 'X,,,Homicidio doloso,,,']);
  expect(again).toMatchObject({ read: 3, stored: 0, unchanged: 2, rejected: 1, gone: 0 });
  expect(again.notes).toEqual([{ code: 'same-file', count: 1, example: '1' }]);
  const otherwise = await deliver([A, B, 'X,,,Homicidio doloso,,,'], { map: { lugar: 'place' } });
  expect(otherwise.notes).not.toContainEqual(expect.objectContaining({ code: 'same-file' }));
  await undo(1);
  expect(await deliver([A, B, 'X,,,Homicidio doloso,,,'])).toMatchObject({ stored: 2, unchanged: 0 });
});

test('ranges and reports are stored, told apart field by field, and come back with an undo', async () => {
  const header = 'folio,fecha,hora,fecha_hasta,hora_hasta,fecha_denuncia,delito';
  const G = 'G,2022-04-03,02:30,2022-04-03,03:30,2022-04-04 09:15,Fraude';
  const H = 'H,2024-03-02,22:00,2024-03-03,,,Fraude';
  const load = (...rows: string[]) => deliver(rows, {}, header);
  const stored = async () => {
    const { delivery } = await readHead(database, city.id);
    const { rows } = await sql<{ line: string }>`
      select concat_ws(' ', source_key, until_on, until_minute, reported_on, reported_minute) as line from incident
      where jurisdiction_id = ${city.id} and from_delivery <= ${delivery}
        and (until_delivery is null or until_delivery > ${delivery}) order by 1`.execute(database.db);
    return rows.map(({ line }) => line);
  };
  expect(await load(G, H)).toMatchObject({ stored: 2 });
  expect(await stored()).toEqual(['G 2022-04-03 210 2022-04-04 555', 'H 2024-03-03']);
  expect(await load(G.replace('03:30', '04:30'), H.replace(',,Fraude', ',2024-03-09,Fraude'))).toMatchObject({
    changed: 2,
  });
  const changes = await changesOf(database, city, 2);
  expect(changes.fields).toMatchObject({ date: 0, time: 0, until: 1, reported: 1 });
  expect(
    changes.examples.map(({ before, after }) => [before.until, after.until, before.reported, after.reported]),
  ).toEqual([
    ['2022-04-03 03:30', '2022-04-03 04:30', '2022-04-04 09:15', '2022-04-04 09:15'],
    ['2024-03-03', '2024-03-03', null, '2024-03-09'],
  ]);
  await undo(2);
  expect(await stored()).toEqual(['G 2022-04-03 210 2022-04-04 555', 'H 2024-03-03']);
});

test('a revision says what it did to past totals and which fields of which records changed', async () => {
  await deliver([A, B, C, 'E,2024-02-02,09:00,Homicidio doloso,,,', 'E,2024-02-02,09:30,Homicidio doloso,,,']);
  await deliver([
    LATER,
    C.replace('Homicidio doloso', 'Robo de vehículo automotor'),
    'E,2024-02-02,09:00,Homicidio doloso,,,',
    'E,2024-02-02,10:30,Homicidio doloso,,,',
    'F,2024-05-05,09:00,Homicidio doloso,,,',
  ]);
  const changes = await changesOf(database, city, 2);
  expect(changes.fields).toEqual({ date: 0, time: 2, until: 0, reported: 0, offence: 1, point: 0, place: 1 });
  expect(changes.totals).toEqual([
    { month: '2024-04', offence: 'generic.homicidio-doloso', added: 0, ended: 1, difference: -1 },
    { month: '2024-04', offence: 'generic.robo-de-vehiculo-automotor', added: 1, ended: 0, difference: 1 },
  ]);
  expect(changes.examples[0]).toEqual({
    key: 'A',
    before: {
      date: '2024-03-01',
      time: '10:00',
      until: null,
      reported: null,
      offence: 'generic.robo-de-vehiculo-automotor',
      point: [-99.1, 19.4],
      place: 'Centro',
    },
    after: {
      date: '2024-03-01',
      time: '22:00',
      until: null,
      reported: null,
      offence: 'generic.robo-de-vehiculo-automotor',
      point: [-99.1, 19.4],
      place: 'Norte',
    },
  });
  expect((await changesOf(database, city, 1)).totals).toEqual([]);
});
