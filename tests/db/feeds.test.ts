// The live feed: who may send, what becomes of each record, and that open pages hear of it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction } from '../../server/access/jurisdictions.ts';
import { createEvents, type Events } from '../../server/counts/events.ts';
import { withJurisdictionLock } from '../../server/db/lock.ts';
import { Conflict, NotFound } from '../../server/errors.ts';
import type { FeedAnswer } from '../../server/feeds/contract.ts';
import { addFeed, listFeeds, removeFeed } from '../../server/feeds/keys.ts';
import { createPlacers } from '../../server/feeds/placers.ts';
import { feedRoutes } from '../../server/feeds/routes.ts';
import { createFeedWriter, type FeedWriter } from '../../server/feeds/write.ts';
import { placeLayer } from '../../server/geocoding/placement.ts';
import { problems } from '../../server/http/problems.ts';
import { readHead } from '../../server/incidents/deliveries.ts';
import { listDeliveries } from '../../server/incidents/history.ts';
import { importIncidents } from '../../server/incidents/import.ts';
import { importAreas } from '../../server/publishing/load-layer.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { asStaff } from '../support/as-staff.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';

const database = await openTestDatabase();
const zone = { timezone: 'America/Mexico_City', srid: 32614 };
let feeds: FeedWriter;
let events: Events;
let server: Server;
let base: string;
let city: Jurisdiction;
let key: string;

beforeAll(async () => {
  feeds = createFeedWriter(database, createPlacers(), quietLog);
  events = createEvents({ database, log: quietLog });
  const app = express().use(asStaff);
  app.use('/api/v1', feedRoutes({ database, taxonomy: loadTaxonomy(), feeds }), events.routes);
  app.use(problems(quietLog));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
});
beforeEach(async () => {
  city = await addJurisdiction(database, STAFF, { code: 'villa', name: 'Villa', ...zone });
  ({ key } = await addFeed(database, city, { name: 'cad', preset: 'c5-911', source: null, kind: null }));
});
afterEach(() => emptyTables(database));
afterAll(async () => {
  events.close();
  await feeds.close();
  await new Promise((resolve) => server.close(resolve));
});

const call = (id: string, more: object = {}) => ({
  ...{ id, date: '2024-05-06', time: '08:14', offence: 'Robo-Transeúnte', lon: -99.13, lat: 19.43, closing: 'A' },
  ...more,
});
async function send(incidents: readonly unknown[], bearer = key, jurisdiction = 'villa'): Promise<Response> {
  return fetch(`${base}/${jurisdiction}/incidents`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ incidents }),
  });
}
async function told(incidents: readonly unknown[]): Promise<FeedAnswer> {
  const response = await send(incidents);
  expect(response.status).toBe(200);
  return (await response.json()) as FeedAnswer;
}
async function visible(): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select concat_ws(' ', source_key, occurred_on, minute_of_day, o.code) as line
    from incident i join offence o using (jurisdiction_id, offence_id) join data_state t using (jurisdiction_id)
    where jurisdiction_id = ${city.id} and from_delivery <= head_delivery
      and (until_delivery is null or until_delivery > head_delivery)`.execute(database.db);
  return rows.map(({ line }) => line).sort();
}

test('a record of a file is known again by its id, whether it came before the feed of its source or after', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cuadra-feeds-'));
  const options = {
    ...{ preset: 'generic', source: null, kind: null, replaces: null },
    confirmed: false,
    through: null,
  };
  const watch = { onProgress: () => {}, onReject: () => {}, signal: new AbortController().signal };
  const deliver = async (id: string) => {
    const path = join(folder, `${id}.csv`);
    writeFileSync(path, `id,fecha,delito\n${id},2024-05-06,Robo\n`);
    await importIncidents(database, city, path, { ...options, map: {} }, watch);
  };
  const indexed = async () => {
    const { rows } = await sql<{ key: string }>`
      select source_key as key from incident where jurisdiction_id = ${city.id} and keyed order by 1`.execute(
      database.db,
    );
    return rows.map((row) => row.key);
  };
  await deliver('F-1');
  expect(await indexed()).toEqual([]);
  const { key: bearer } = await addFeed(database, city, { name: 'late', preset: 'generic', source: null, kind: null });
  expect(await indexed()).toEqual(['F-1']);
  await deliver('F-2');
  // As an installation that was updated has it: the first record sees to it.
  await sql`update source set keyed = false where jurisdiction_id = ${city.id}`.execute(database.db);
  await sql`update incident set keyed = false where jurisdiction_id = ${city.id}`.execute(database.db);
  const again = ['F-1', 'F-2', 'F-3'].map((id) => ({ id, date: '2024-05-07', offence: 'Robo' }));
  const { records } = (await (await send(again, bearer)).json()) as FeedAnswer;
  expect(records.map(({ outcome }) => outcome)).toEqual(['changed', 'changed', 'stored']);
  expect(await indexed()).toEqual(['F-1', 'F-1', 'F-2', 'F-2', 'F-3']);
  expect((await visible()).map((line) => line.split(' ', 2).join(' '))).toEqual(
    ['F-1', 'F-2', 'F-3'].map((id) => `${id} 2024-05-07`),
  );
  rmSync(folder, { recursive: true });
});

test('what dates and times of a feed mean is said once; without it a date that reads two ways is rejected', async () => {
  const open = await addFeed(database, city, { name: 'open', preset: 'generic', source: null, kind: null });
  const said = await addFeed(database, city, {
    ...{ name: 'said', preset: 'generic', source: 'other', kind: null, dateOrder: 'mdy', times: 'utc' },
  });
  expect((await listFeeds(database, city)).find(({ name }) => name === 'said')).toMatchObject({
    dateOrder: 'mdy',
    times: 'utc',
  });
  const record = (id: string, date: string | number, time: string | null = null) => ({
    id,
    date,
    time,
    offence: 'Robo',
  });
  const sent = async (bearer: string, ...records: object[]) => {
    const { records: answers } = (await (await send(records, bearer)).json()) as FeedAnswer;
    return answers.map(({ outcome, reason }) => reason ?? outcome);
  };
  expect(
    await sent(
      open.key,
      ...[record('a', '03/04/2023', '10:00'), record('b', '23/04/2023'), record('c', '2023-04-23T03:30:00Z')],
      ...[record('d', 1682220600), record('e', '1682220600000'), record('f', '04/23/2023')],
    ),
  ).toEqual(['date-order-unknown', 'stored', 'stored', 'stored', 'stored', 'stored']);
  expect(await sent(said.key, record('g', '03/04/2023', '03:00'), record('h', '23/04/2023'))).toEqual([
    'stored',
    'no-month',
  ]);
  // Mexico City is six hours behind.
  expect(await visible()).toEqual([
    ...['b 2023-04-23 generic.robo', 'c 2023-04-22 1290 generic.robo', 'd 2023-04-22 1290 generic.robo'],
    ...['e 2023-04-22 1290 generic.robo', 'f 2023-04-23 generic.robo', 'g 2023-03-03 1260 generic.robo'],
  ]);
});

test('every record is answered for; what is good is stored although others are not', async () => {
  const answer = await told([
    call('1'),
    call('2', { date: 'never' }),
    { date: '2024-05-06' },
    call('3', { lon: null, lat: null }),
  ]);
  expect(answer).toMatchObject({ received: 4, stored: 2, changed: 0, unchanged: 0, rejected: 2 });
  expect(answer.records.map(({ id, outcome }) => [id, outcome])).toEqual([
    ['1', 'stored'],
    ['2', 'rejected'],
    [null, 'rejected'],
    ['3', 'stored'],
  ]);
  expect(answer.records[1]!.reason).toBe('no-month');
  expect(answer.records[2]!.reason).toMatch(/^id: /);
  // In Spanish unless English is asked for.
  expect(answer.records[1]!.detail).toBe('sin mes y año legibles');
  expect(answer.records[2]!.detail).toBe('id: falta (string)');
  expect(answer.records[0]!.detail).toBeUndefined();
  expect(await visible()).toEqual(['1 2024-05-06 494 c5.robo-transeunte', '3 2024-05-06 494 c5.robo-transeunte']);
});

test('the same record again changes nothing; another closing of the same call changes it', async () => {
  await told([call('1'), call('2')]);
  const before = await readHead(database, city.id);
  expect(await told([call('1'), call('2')])).toMatchObject({ stored: 0, unchanged: 2 });
  expect(await readHead(database, city.id)).toEqual(before);
  expect(await told([call('1', { closing: 'F' })])).toMatchObject({ stored: 0, changed: 1 });
  expect(await visible()).toEqual([
    '1 2024-05-06 494 sin-confirmar.c5-robo-transeunte',
    '2 2024-05-06 494 c5.robo-transeunte',
  ]);
});

test('a record may say until when it may have happened and when it was reported', async () => {
  await told([call('1', { dateUntil: '2024-05-06', timeUntil: '09:00', reportedDate: '2024-05-06 09:30' }), call('2')]);
  const { rows } = await sql<{ line: string }>`
    select concat_ws(' ', source_key, until_on, until_minute, reported_on, reported_minute) as line from incident
    where jurisdiction_id = ${city.id} order by 1`.execute(database.db);
  expect(rows.map(({ line }) => line)).toEqual(['1 2024-05-06 540 2024-05-06 570', '2']);
});

test('an id that is sent twice at once is one record, the later one', async () => {
  const answer = await told([call('1'), call('1', { time: '09:00' }), call('1', { time: '09:00' })]);
  expect(answer.records.map(({ outcome }) => outcome)).toEqual(['stored', 'changed', 'unchanged']);
  expect(await visible()).toEqual(['1 2024-05-06 540 c5.robo-transeunte']);
});

test('many senders at once lose and double nothing, in few deliveries', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) => told([call(`a${i}`), call(`b${i}`), call('shared')])),
  );
  expect(answers.reduce((sum, { stored }) => sum + stored, 0)).toBe(81);
  expect((await visible()).length).toBe(81);
  expect((await readHead(database, city.id)).delivery).toBeLessThan(10);
  expect(await listDeliveries(database, city)).toHaveLength(1);
});

test('only the key of that jurisdiction opens the door, and none once it is removed', async () => {
  const other = await addJurisdiction(database, STAFF, { code: 'puerto', name: 'Puerto', ...zone });
  const { key: others } = await addFeed(database, other, { name: 'cad', preset: 'c5-911', source: null, kind: null });
  const tries = [
    send([call('1')], others),
    send([call('1')], 'wrong-key-wrong-key-wrong'),
    send([call('1')], key, 'nowhere'),
  ];
  expect((await Promise.all(tries)).map(({ status }) => status)).toEqual([401, 401, 401]);
  await expect(addFeed(database, city, { name: 'cad', preset: 'c5-911', source: null, kind: null })).rejects.toThrow(
    Conflict,
  );
  expect(await listFeeds(database, city)).toMatchObject([{ name: 'cad', source: 'c5', kind: 'call' }]);
  expect(JSON.stringify(await listFeeds(database, city))).not.toContain(key);
  await removeFeed(database, city, 'cad');
  await expect(removeFeed(database, city, 'cad')).rejects.toThrow(NotFound);
  expect((await send([call('1')])).status).toBe(401);
  expect(await visible()).toEqual([]);
});

test('too many records, none, or no JSON are refused; while an import runs the sender is told to come back', async () => {
  expect((await send(Array.from({ length: 1001 }, (_, i) => call(String(i))))).status).toBe(422);
  expect((await send([])).status).toBe(422);
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
  expect((await fetch(`${base}/villa/incidents`, { method: 'POST', headers, body: '{' })).status).toBe(400);
  const busy = await withJurisdictionLock(database, city.id, () => send([call('1')]));
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '2']);
  expect(await told([call('1')])).toMatchObject({ stored: 1 });
});

test('an open page hears of new records within three seconds', async () => {
  const stop = new AbortController();
  const stream = await fetch(`${base}/villa/events`, { signal: stop.signal });
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  const versionOf = async () => Number(/"dataVersion":(\d+)/.exec((await reader.read()).value ?? '')?.[1]);
  const before = await versionOf();
  await told([call('1')]);
  const began = performance.now();
  expect(await versionOf()).toBe(before + 1);
  expect(performance.now() - began).toBeLessThan(3000);
  stop.abort();
});

test('a call without a point is in the colonia that it names, at once', async () => {
  const file = { sourceLayer: null, crs: null, encoding: null, title: null, code: 'clave', name: 'nombre' };
  const options = { ...file, layer: 'colonias', type: 'areas', population: null } as const;
  const path = join(import.meta.dirname, '../tinytown/areas.geojson');
  await importAreas({ database, placeLayer }, city, path, options, () => {});
  const nowhere = { lon: null, lat: null };
  await told([
    call('a', { ...nowhere, neighbourhood: 'Col. Alameda' }),
    call('b', { ...nowhere, place: 'Las Flores' }),
  ]);
  const { rows } = await sql<{ key: string; place: number }>`
    select i.source_key as key, p.place_ids[i.incident_id - p.first_incident_id + 1] as place
    from incident i join placement p on p.jurisdiction_id = i.jurisdiction_id and p.first_incident_id <= i.incident_id
      and p.first_incident_id + cardinality(p.place_ids) > i.incident_id
    where i.jurisdiction_id = ${city.id} order by 1`.execute(database.db);
  expect(rows).toEqual([
    { key: 'a', place: 1 },
    { key: 'b', place: 0 },
  ]);
});

test('what is doubtful of records is noted by their place and counted, and nothing of it is taken in silence', async () => {
  await told([call('A-1', { date: '2024-05-06' }), call('A-2')]);
  const answer = await told([
    call('B-1', { lon: 0, lat: 0 }),
    call('A-1', { date: '2024-06-06' }),
    call('B-2', { lon: -1, lat: -1 }),
    call('B-3', { lon: 0, lat: 0 }),
    call('A-2', { time: '09:30' }),
    call('B-4'),
    call('B-4', { time: '10:15' }),
    call('B-4', { time: '10:15' }),
  ]);
  expect(answer).toMatchObject({ received: 8, stored: 4, changed: 3, unchanged: 1, rejected: 0 });
  expect(answer.noted).toEqual([
    { code: 'coordinates-zero', count: 2, records: [0, 3] },
    { code: 'ids-of-other-month', count: 1, records: [1] },
    { code: 'coordinates-placeholder', count: 1, records: [2] },
    { code: 'id-repeated', count: 1, records: [6] },
  ]);
  expect(answer.records[1]).toEqual({ id: 'A-1', outcome: 'changed', notes: ['ids-of-other-month'] });
  expect(answer.records[4]).toEqual({ id: 'A-2', outcome: 'changed' });
  expect((await told([call('C-1')])).noted).toBeUndefined();
});

test('ids that start again every month are told apart where the feed says so', async () => {
  const monthly = await addFeed(database, city, {
    ...{ name: 'monthly', preset: 'c5-911', source: 'other', kind: null, idRule: 'id+month' as const },
  });
  expect((await listFeeds(database, city)).find(({ name }) => name === 'monthly')).toMatchObject({
    idRule: 'id+month',
  });
  const sent = async (...records: object[]) => {
    const { records: answers } = (await (await send(records, monthly.key)).json()) as FeedAnswer;
    return answers.map(({ id, outcome, notes = [] }) => [id, outcome, ...notes].join(' '));
  };
  expect(await sent(call('7'), call('7', { date: '2024-06-02' }))).toEqual(['7 stored', '7 stored']);
  expect(await sent(call('7', { time: '09:30' }), call('7', { date: '2024-06-02' }))).toEqual([
    '7 changed',
    '7 unchanged',
  ]);
  expect(await visible()).toEqual([
    '7 @ 2024-05 2024-05-06 570 c5.robo-transeunte',
    '7 @ 2024-06 2024-06-02 494 c5.robo-transeunte',
  ]);
});
