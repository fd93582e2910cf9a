// Deliveries against what the program promises of them, on both engines.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction } from '../../server/access/jurisdictions.ts';
import type { Database } from '../../server/db/open.ts';
import { undoDelivery } from '../../server/deliveries/undo.ts';
import { BadInput, Conflict } from '../../server/errors.ts';
import { discardPending, readHead } from '../../server/incidents/deliveries.ts';
import { type ImportOptions, importIncidents } from '../../server/incidents/import.ts';
import type { Reject } from '../../server/reading/map-rows.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';

const HEADER = 'folio,fecha,hora,delito,longitud,latitud,lugar';
const OPTIONS: ImportOptions = {
  preset: 'generic',
  source: null,
  kind: null,
  replaces: null,
  confirmed: false,
  map: {},
  through: null,
};

let database: Database;
let city: Jurisdiction;
let folder: string;
beforeAll(async () => {
  database = await openTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'cuadra-import-'));
});
beforeEach(async () => {
  city = await addJurisdiction(database, STAFF, {
    code: 'villa',
    name: 'Villa',
    timezone: 'America/Mexico_City',
    srid: 32614,
  });
});
afterEach(() => emptyTables(database));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(rows: readonly string[], name = 'entrega.csv'): string {
  const path = join(folder, name);
  writeFileSync(path, [HEADER, ...rows, ''].join('\n'));
  return path;
}

async function deliver(
  rows: readonly string[],
  options: Partial<ImportOptions> = {},
  signal = new AbortController().signal,
) {
  const rejects: Reject[] = [];
  const report = await importIncidents(
    database,
    city,
    file(rows),
    { ...OPTIONS, ...options },
    {
      onProgress: () => {},
      onReject: (reject) => void rejects.push(reject),
      signal,
    },
  );
  return { ...report, rejects };
}

/** What counts now, one line a record, in order. */
async function visible(): Promise<string[]> {
  const head = await readHead(database, city.id);
  const { rows } = await sql<{ line: string }>`
    select concat_ws(' ', coalesce(source_key, '-'), occurred_on, minute_of_day, lon, lat) as line from incident
    where jurisdiction_id = ${city.id} and from_delivery <= ${head.delivery}
      and (until_delivery is null or until_delivery > ${head.delivery})`.execute(database.db);
  return rows.map(({ line }) => line).sort();
}

const A = 'A,2024-03-01,10:00,Robo de vehículo automotor,-99.1,19.4,Centro';
const B = 'B,2024-03-02,11:30,Robo de vehículo automotor,-99.2,19.5,Centro';
const NO_KEY = ',2024-03-03,12:15,Robo de vehículo automotor,-99.3,19.6,Centro';

test('what a file says is stored as it says it, and every row of it is accounted for', async () => {
  const report = await deliver([
    A,
    B,
    NO_KEY,
    'C,,,Robo de vehículo automotor,,,',
    'D,2024-03-05,,,,,',
    'E,2024-03-06',
  ]);
  expect(report).toMatchObject({ read: 6, stored: 3, changed: 0, unchanged: 0, gone: 0, rejected: 3, unlocated: 0 });
  expect(report.rejects.map(({ line, reason }) => [line, reason])).toEqual([
    [5, 'no-month'],
    [6, 'no-offence'],
    [7, 'column-count'],
  ]);
  expect(await visible()).toEqual([
    '- 2024-03-03 735 -99.3 19.6',
    'A 2024-03-01 600 -99.1 19.4',
    'B 2024-03-02 690 -99.2 19.5',
  ]);
});

test('a row without a usable point is stored and counted as unlocated', async () => {
  const report = await deliver(['A,2024-03-01,10:00,Robo de vehículo automotor,,,']);
  expect(report).toMatchObject({ stored: 1, rejected: 0, unlocated: 1 });
});

test('every record keeps its own label and its point to the last digit, also after an undo', async () => {
  const told = async () => {
    const head = await readHead(database, city.id);
    const { rows } = await sql<{ line: string }>`
      select concat_ws(' | ', i.source_key, o.labels[i.label_no], i.lon, i.lat) as line
      from incident i join offence o on o.jurisdiction_id = i.jurisdiction_id and o.offence_id = i.offence_id
      where i.jurisdiction_id = ${city.id} and from_delivery <= ${head.delivery}
        and (until_delivery is null or until_delivery > ${head.delivery})`.execute(database.db);
    return rows.map(({ line }) => line).sort();
  };
  const first = [
    'P,2024-03-01,10:00,FRAUDE < 900 PESOS,-99.13320799999998,19.432607700000002,Centro',
    'Q,2024-03-01,10:00,FRAUDE > 900 PESOS,-99.1,19.4,Centro',
    'R,2024-03-01,10:00,Extorsión,-99.1,19.4,Centro',
    'S,2024-03-01,10:00,EXTORSION,-99.1,19.4,Centro',
  ];
  const expected = [
    'P | FRAUDE < 900 PESOS | -99.13320799999998 | 19.432607700000002',
    'Q | FRAUDE > 900 PESOS | -99.1 | 19.4',
    'R | Extorsión | -99.1 | 19.4',
    'S | EXTORSION | -99.1 | 19.4',
  ];
  await deliver(first);
  expect(await told()).toEqual(expected);
  const offences = await sql<{ labels: string[] }>`select labels from offence order by code`.execute(database.db);
  expect(offences.rows.map(({ labels }) => labels.length).sort()).toEqual([1, 1, 2]);
  await deliver(first.map((row) => row.replace('-99.1,', '-99.2,').replace('EXTORSION', 'extorsion')));
  expect((await told())[3]).toBe('S | extorsion | -99.2 | 19.4');
  await undoDelivery(database, city, 2, { via: 'command', signal: new AbortController().signal });
  expect(await told()).toEqual(expected);
});

test('the same file again changes nothing, not even the data version', async () => {
  await deliver([A, B, NO_KEY, NO_KEY]);
  const before = await readHead(database, city.id);
  const again = await deliver([A, B, NO_KEY, NO_KEY]);
  expect(again).toMatchObject({ read: 4, stored: 0, changed: 0, unchanged: 4, gone: 0 });
  expect(await readHead(database, city.id)).toEqual(before);
});

test('identical rows without an id count with the largest multiplicity of any one delivery', async () => {
  await deliver([NO_KEY, NO_KEY]);
  expect(await deliver([NO_KEY, NO_KEY, NO_KEY])).toMatchObject({ stored: 1, unchanged: 2 });
  expect(await deliver([NO_KEY])).toMatchObject({ stored: 0, unchanged: 1, gone: 0 });
  expect(await visible()).toHaveLength(3);
});

test('the same id with other content is one record changed, its past kept as history', async () => {
  await deliver([A, B]);
  const later = A.replace('10:00', '22:00');
  expect(await deliver([later])).toMatchObject({ stored: 0, changed: 1, unchanged: 0, gone: 0 });
  expect(await visible()).toEqual(['A 2024-03-01 1320 -99.1 19.4', 'B 2024-03-02 690 -99.2 19.5']);
  const { rows } = await sql<{ kept: number }>`
    select count(*)::int as kept from incident where jurisdiction_id = ${city.id}`.execute(database.db);
  expect(rows[0]!.kept).toBe(3);
});

test('rows that repeat an id are compared as a multiset of contents', async () => {
  const late = A.replace('10:00', '22:00');
  const night = A.replace('10:00', '23:00');
  await deliver([A, late]);
  expect(await deliver([late, A])).toMatchObject({ stored: 0, changed: 0, unchanged: 2 });
  expect(await deliver([night, A])).toMatchObject({ stored: 0, changed: 1, unchanged: 1 });
  expect(await visible()).toEqual(['A 2024-03-01 1380 -99.1 19.4', 'A 2024-03-01 600 -99.1 19.4']);
  expect(await deliver([night, A, late])).toMatchObject({ stored: 1, changed: 0, unchanged: 2 });
});

test('adding never makes a record gone; replacing a period does, after it was confirmed', async () => {
  const april = 'C,2024-04-09,08:00,Robo de vehículo automotor,-99.1,19.4,Centro';
  await deliver([A, B, april]);
  expect(await deliver([B])).toMatchObject({ gone: 0, unchanged: 1 });
  const replaces = { from: '2024-03-01', until: '2024-04-01' };
  await expect(deliver([B], { replaces })).rejects.toThrow(Conflict);
  expect(await visible()).toHaveLength(3);
  expect(await deliver([B], { replaces, confirmed: true })).toMatchObject({ gone: 1, unchanged: 1, stored: 0 });
  expect(await visible()).toEqual(['B 2024-03-02 690 -99.2 19.5', 'C 2024-04-09 480 -99.1 19.4']);
});

test('an import that is stopped leaves the state as it was', async () => {
  await deliver([A]);
  const before = await readHead(database, city.id);
  const stop = new AbortController();
  stop.abort(new Error('stopped'));
  await expect(deliver([B, NO_KEY], {}, stop.signal)).rejects.toThrow('stopped');
  expect(await readHead(database, city.id)).toEqual(before);
  expect(await visible()).toEqual(['A 2024-03-01 600 -99.1 19.4']);
});

test('what a killed import stored is not visible, and removed before the next one', async () => {
  await deliver([A]);
  const head = await readHead(database, city.id);
  await sql`
    insert into incident (jurisdiction_id, incident_id, from_delivery, source_id, offence_id, occurred_on, date_precision,
      place_precision, record_hash)
    select jurisdiction_id, ${head.nextIncidentId}, ${head.delivery + 1}, source_id, offence_id, occurred_on, 2, 4, 1
    from incident where jurisdiction_id = ${city.id}`.execute(database.db);
  await sql`update incident set until_delivery = ${head.delivery + 1} where jurisdiction_id = ${city.id} and incident_id = 1`.execute(
    database.db,
  );
  expect(await visible()).toEqual(['A 2024-03-01 600 -99.1 19.4']);
  await discardPending(database, city.id);
  const { rows } = await sql<{ incident_id: string; until_delivery: number | null }>`
    select incident_id, until_delivery from incident where jurisdiction_id = ${city.id}`.execute(database.db);
  expect(rows).toEqual([{ incident_id: '1', until_delivery: null }]);
});

test('a second import of the same jurisdiction is told that one is running', async () => {
  const both = await Promise.allSettled([deliver([A]), deliver([A])]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const refused = both.find((each) => each.status === 'rejected');
  expect(refused?.reason).toBeInstanceOf(Conflict);
});

test('a file without the columns it needs is refused', async () => {
  writeFileSync(join(folder, 'otra.csv'), 'uno,dos\n1,2\n');
  const importing = importIncidents(database, city, join(folder, 'otra.csv'), OPTIONS, {
    onProgress: () => {},
    onReject: () => {},
    signal: new AbortController().signal,
  });
  await expect(importing).rejects.toThrow(BadInput);
});

test('a source is called by a code that the API can ask for', async () => {
  const named = deliver(['a,2024-03-01,10:00,Robo,-99.1,19.4,'], { source: 'Mi Fuente' });
  await expect(named).rejects.toMatchObject({ parameter: 'source' });
  expect(await visible()).toEqual([]);
});

test.each<[string, Partial<ImportOptions>]>([
  ['through', { through: '2024-13-45' }],
  ['period', { replaces: { from: '2024-02-30', until: '2024-03-01' } }],
])('a wrong date in %s is told before anything is stored', async (parameter, options) => {
  const importing = deliver(['a,2024-03-01,10:00,Robo,-99.1,19.4,'], options);
  await expect(importing).rejects.toMatchObject({ parameter });
  expect(await visible()).toEqual([]);
});
