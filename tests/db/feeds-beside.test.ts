// Feeds beside each other: one record that cannot be stored takes no other with it, and many cities feed at once.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction } from '../../server/access/jurisdictions.ts';
import { storeApart } from '../../server/feeds/apart.ts';
import type { FeedAnswer } from '../../server/feeds/contract.ts';
import { addFeed } from '../../server/feeds/keys.ts';
import { createPlacers } from '../../server/feeds/placers.ts';
import { feedRoutes } from '../../server/feeds/routes.ts';
import { createFeedWriter, type FeedWriter } from '../../server/feeds/write.ts';
import { problems } from '../../server/http/problems.ts';
import { listDeliveries } from '../../server/incidents/history.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';

const CITIES = 50;
const ROUNDS = 3;
/** Fewer than feed at once: cities are dropped while they are in use. */
const CITIES_HELD = 3;
const NUL = '\0';
const HALF = '\ud83d';

const database = await openTestDatabase();
const log = quietLog.child({}, { level: 'silent' });
let feeds: FeedWriter;
let server: Server;
let base: string;
let city: Jurisdiction;
let key: string;

beforeAll(async () => {
  feeds = createFeedWriter(database, createPlacers(CITIES_HELD), log);
  const app = express();
  app.use('/api/v1', feedRoutes({ database, taxonomy: loadTaxonomy(), feeds }));
  app.use(problems(log));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
});
beforeEach(async () => {
  ({ city, key } = await cityOf('villa'));
});
afterEach(() => emptyTables(database));
afterAll(async () => {
  await feeds.close();
  await new Promise((resolve) => server.close(resolve));
});

async function cityOf(code: string): Promise<{ city: Jurisdiction; key: string }> {
  const zone = { timezone: 'America/Mexico_City', srid: 32614 };
  const added = await addJurisdiction(database, STAFF, { code, name: code, ...zone });
  return {
    city: added,
    ...(await addFeed(database, added, { name: 'cad', preset: 'c5-911', source: null, kind: null })),
  };
}
const call = (id: string, more: object = {}) => ({
  ...{ id, date: '2024-05-06', time: '08:14', offence: 'Robo-Transeúnte', lon: -99.13, lat: 19.43, closing: 'A' },
  ...more,
});
async function send(incidents: readonly unknown[], bearer = key, code = 'villa') {
  const response = await fetch(`${base}/${code}/incidents`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' },
    body: typeof incidents === 'string' ? incidents : JSON.stringify({ incidents }),
  });
  return { status: response.status, answer: (await response.json()) as FeedAnswer };
}
async function stored(of = city): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select source_key as key from incident i join data_state t using (jurisdiction_id)
    where jurisdiction_id = ${of.id} and from_delivery <= head_delivery and until_delivery is null`.execute(
    database.db,
  );
  return rows.map((row) => row.key).sort();
}

test('text that no database holds rejects its record alone, whatever field it is in', async () => {
  const fields = ['date', 'time', 'dateUntil', 'offence', 'place', 'street', 'neighbourhood', 'closing', 'lon'];
  const bad = fields.flatMap((field) => [
    call(`nul-${field}`, { [field]: `a${NUL}b` }),
    call(`half-${field}`, { [field]: `a${HALF}` }),
  ]);
  const [first, second] = await Promise.all([
    send([call('1'), ...bad, call(`2${NUL}`), call(`3${HALF}`), call('4')]),
    send([call('5')]),
  ]);
  expect([first.status, second.status]).toEqual([200, 200]);
  const outcomes = first.answer.records.map(({ outcome }) => outcome);
  expect(outcomes).toEqual(['stored', ...bad.map(() => 'rejected'), 'rejected', 'rejected', 'stored']);
  expect(first.answer.records[1]).toMatchObject({ id: 'nul-date', reason: expect.stringMatching(/^date: .*NUL/) });
  expect(first.answer.records.at(-2)).toMatchObject({ id: null, reason: expect.stringMatching(/^id: /) });
  expect(await stored()).toEqual(['1', '4', '5']);
});

test('a text cut to length in the middle of a character is stored', async () => {
  const long = `${'a'.repeat(79)}🚓${'b'.repeat(50)}`;
  const nowhere = {
    lon: null,
    lat: null,
    street: long,
    neighbourhood: long,
    place: `${'c'.repeat(199)}🚓`.slice(0, 200),
  };
  const { status, answer } = await send([call('1', { ...nowhere, place: long }), call('2')]);
  expect([status, answer.stored]).toEqual([200, 2]);
});

test('days that do not exist are rejected; points that are nowhere are noted, record by record', async () => {
  const { status, answer } = await send([
    call('1', { date: '2026-02-30' }),
    call('2', { date: '31/04/2024' }),
    call('3', { lon: 1e308, lat: 1e308 }),
    call('4', { lon: 'NaN', lat: 'NaN' }),
    call('5', { lon: 'Infinity', lat: '-Infinity' }),
    call('6', { lat: null }),
    call('7', { dateUntil: '2024-02-30' }),
    call('8'),
  ]);
  expect(status).toBe(200);
  expect(answer.records).toEqual([
    { id: '1', outcome: 'rejected', reason: 'date: no such day', detail: 'date: no existe ese día' },
    { id: '2', outcome: 'rejected', reason: 'date: no such day', detail: 'date: no existe ese día' },
    { id: '3', outcome: 'stored', notes: ['coordinates-out-of-world'] },
    { id: '4', outcome: 'stored', notes: ['coordinates-unreadable'] },
    { id: '5', outcome: 'stored', notes: ['coordinates-unreadable'] },
    { id: '6', outcome: 'stored', notes: ['coordinates-incomplete'] },
    { id: '7', outcome: 'stored', notes: ['until-unreadable'] },
    { id: '8', outcome: 'stored' },
  ]);
  const body = `{"incidents":[${JSON.stringify(call('9')).replace('-99.13', '1e999')},${JSON.stringify(call('10'))}]}`;
  const beyond = await send(body as unknown as unknown[]);
  expect(beyond.answer.records).toMatchObject([
    { id: '9', outcome: 'rejected' },
    { id: '10', outcome: 'stored' },
  ]);
});

test('a record that the database refuses for a reason nobody foresaw is found and rejected alone', async () => {
  await sql`alter table incident add constraint unforeseen check (source_key !~ '^odd')`.execute(database.db);
  try {
    const calls = (from: number) => Array.from({ length: 60 }, (_, i) => call(`${from + i}`));
    const [mixed, others] = await Promise.all([
      send([...calls(0).slice(0, 37), call('odd-1'), ...calls(0).slice(37), call('odd-2')]),
      send(calls(100)),
    ]);
    expect([mixed.status, others.status]).toEqual([200, 200]);
    expect(mixed.answer).toMatchObject({ stored: 60, rejected: 2 });
    const faulty = mixed.answer.records.filter(({ outcome }) => outcome === 'rejected');
    expect(faulty.map(({ id, reason }) => [id, reason])).toEqual([
      ['odd-1', 'the record cannot be stored'],
      ['odd-2', 'the record cannot be stored'],
    ]);
    expect(others.answer.stored).toBe(60);
    expect(await stored()).toHaveLength(120);
    expect((await send([call('odd-3')])).answer).toMatchObject({ rejected: 1 });
  } finally {
    await sql`alter table incident drop constraint unforeseen`.execute(database.db);
  }
});

test('what no record is to blame for rejects none: all of it is to be sent again', async () => {
  const down = Object.assign(new Error('the disk is full'), { code: '53100' });
  const broken = new Error('the placing worker has ended');
  let failures = 0;
  const failing = (error: Error, times: number) => async (some: readonly number[]) => {
    failures += 1;
    if (failures <= times) throw error;
    return some.map(() => ({ outcome: 'stored' as const }));
  };
  const records = Array.from({ length: 300 }, (_, i) => i);
  await expect(storeApart(records, failing(down, 1), () => {})).rejects.toBe(down);
  expect(failures).toBe(1);
  failures = 0;
  await expect(storeApart(records, failing(broken, 10_000), () => {})).rejects.toBe(broken);
  expect(failures).toBeLessThanOrEqual(130);
  failures = 0;
  const told = await storeApart(records, failing(broken, 1), () => {});
  expect(told.every(({ outcome }) => outcome === 'stored')).toBe(true);
});

test('fifty cities feed side by side, and readers are answered meanwhile', async () => {
  const cities: { city: Jurisdiction; key: string }[] = [];
  for (let i = 0; i < CITIES; i++) cities.push(await cityOf(`city-${i}`));
  let over = false;
  let reads = 0;
  const reading = async () => {
    while (!over) {
      for (const each of cities.slice(0, 5)) await listDeliveries(database, each.city);
      reads += 1;
      await sleep(10);
    }
  };
  const readers = [reading(), reading(), reading()];
  const answers = await Promise.all(
    cities.flatMap(({ city: { code }, key: bearer }) =>
      Array.from({ length: 2 }, async (_, sender) => {
        const told = [];
        for (let round = 0; round < ROUNDS; round++) {
          told.push(await send([call(`${sender}-${round}-a`), call(`${sender}-${round}-b`)], bearer, code));
        }
        return told;
      }),
    ),
  );
  over = true;
  await Promise.all(readers);
  expect(answers.flat().map(({ status }) => status)).toEqual(answers.flat().map(() => 200));
  expect(answers.flat().map(({ answer }) => answer.stored)).toEqual(answers.flat().map(() => 2));
  for (const each of cities) expect(await stored(each.city)).toHaveLength(2 * ROUNDS * 2);
  expect(reads).toBeGreaterThan(10);
}, 300_000);
