// Files that would be read wrongly without a word: each is read right, asked about, or told of.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parsePlainGeojson } from '../../server/mapfiles/geojson.ts';
import type { DateOrder, Incident } from '../../server/reading/contract.ts';
import { openIncidentFile } from '../../server/reading/incident-file.ts';
import { splitPoint } from '../../server/reading/point-column.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';

const taxonomy = loadTaxonomy();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-awkward-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(
  content: string,
  map: Readonly<Record<string, string>> = {},
  timezone = 'America/Mexico_City',
  dateOrder: DateOrder | null = null,
) {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  const file = openIncidentFile(path, {
    preset: 'generic',
    map,
    bounds: null,
    taxonomy,
    timezone,
    dateOrder,
    unpackTo: folder,
  });
  const incidents: Incident[] = [];
  for await (const rows of file.rows) incidents.push(...rows.incidents);
  const notes = file.notes().filter(({ code }) => code !== 'offence-unknown');
  return { incidents, notes, columns: file.columns() };
}
const linesOf = (count: number, line: (i: number) => string) => Array.from({ length: count }, (_, i) => line(i));

describe('of several dates', () => {
  test.each([
    ['Fecha y hora,Fecha de los hechos,Delito', 'Fecha de los hechos'],
    ['date,occurred_date,offense', 'occurred_date'],
    ['fecha,FechaOcurrencia,delito', 'FechaOcurrencia'],
  ])('that which says when it happened is asked about: %s', async (header, meant) => {
    const rows = [header, '2024-06-02 08:30,2024-05-14,Robo', '2024-06-03 09:10,2024-05-19,Robo'];
    await expect(read(rows.join('\n'))).rejects.toThrow(
      `these columns hold other days: ${meant} (2024-05-14); say --map "${meant}=date"`,
    );
    const { incidents } = await read(rows.join('\n'), { [meant]: 'date' });
    expect(incidents.map(({ occurredOn }) => occurredOn)).toEqual(['2024-05-14', '2024-05-19']);
    const asRead = header.split(',')[0]!;
    expect((await read(rows.join('\n'), { [asRead]: 'date' })).incidents[0]!.occurredOn).toBe('2024-06-02');
  });

  test('those that say the same days, or when it was reported, leave nothing open', async () => {
    const same = await read('fecha_hora,fecha_hecho,delito\n2024-05-14 08:30,14/05/2024,Robo\n');
    expect(same.incidents[0]).toMatchObject({ occurredOn: '2024-05-14', minuteOfDay: 510 });
    const reported = await read('fecha,fecha_registro_hecho,delito\n2024-05-14,2024-05-19,Robo\n');
    expect(reported.incidents[0]!.occurredOn).toBe('2024-05-14');
  });
});

test('real dates that only fit the texts with day and month swapped are asked about', async () => {
  const rows = ['fecha,delito', '05/01/2024,Robo', '13/01/2024,Robo', '2024-06-01,Robo'].join('\n');
  await expect(read(rows)).rejects.toThrow('ymd (2024-06-01 = 2024-06-01; 2024-06: 1) or ydm (2024-06-01 = 2024-01-06');
  expect((await read(rows, {}, undefined, 'ydm')).incidents[2]!.occurredOn).toBe('2024-01-06');
  expect((await read(rows, {}, undefined, 'ymd')).incidents[2]!.occurredOn).toBe('2024-06-01');
  const sure = await read(['fecha,delito', '05/01/2024,Robo', '13/01/2024,Robo', '2024-06-21,Robo'].join('\n'));
  expect(sure.incidents[2]!.occurredOn).toBe('2024-06-21');
});

describe('ids keep their digits', () => {
  test.each([
    ['9007199254740993', '9007199254740993'],
    ['-12345678901234567890', '-12345678901234567890'],
    ['{"$numberLong":"9007199254740995"}', '9007199254740995'],
    ['{"$oid":"65f1c0ffee"}', '65f1c0ffee'],
  ])('in JSON: %s', async (written, key) => {
    const { incidents } = await read(`[{"folio":${written},"fecha":"2024-05-14","delito":"Robo"}]`);
    expect(incidents[0]!.key).toBe(key);
  });

  test.each(['2.5e17', '4.0E18', '7e+20'])('and one that has lost them, as %s, is none', async (written) => {
    const { incidents, notes } = await read(`[{"folio":${written},"fecha":"2024-05-14","delito":"Robo"}]`);
    expect(incidents[0]!.key).toBeNull();
    expect(notes.map(({ code }) => code)).toEqual(['key-destroyed']);
  });

  test('of areas, too, in a collection and with a feature on every line', () => {
    const feature = (code: string) => `{"type":"Feature","properties":{"clave":${code}},"geometry":null}`;
    const [one, other] = [feature('9007199254740993'), feature('9007199254740992')];
    for (const text of [`{"type":"FeatureCollection","features":[${one},${other}]}`, `${one}\n${other}\n`])
      expect(parsePlainGeojson(text)?.map(({ properties }) => properties.clave)).toEqual([
        '9007199254740993',
        '9007199254740992',
      ]);
  });
});

test('dates of a database as it writes them in JSON are moments', async () => {
  const rows = [
    '{"fecha":{"$date":"2024-03-13T21:15:00Z"},"delito":"Robo"}',
    '{"fecha":{"$date":{"$numberLong":"1710364500000"}},"delito":"Robo"}',
  ];
  const { incidents } = await read(rows.join('\n'));
  expect(incidents.map(({ occurredOn, minuteOfDay }) => [occurredOn, minuteOfDay])).toEqual([
    ['2024-03-13', 915],
    ['2024-03-13', 915],
  ]);
});

test.each([
  'https://www.google.com/maps?q=19.4205,-99.1507',
  'https://maps.google.com/maps?daddr=19.4205%2C-99.1507&z=3',
  'https://www.google.com/maps/place/X/@19.1,-99.9,17z/data=!3m1!8m2!3d19.4205!4d-99.1507',
  'https://www.openstreetmap.org/?mlat=19.4205&mlon=-99.1507#map=17/19.9/-99.9',
  'https://www.openstreetmap.org/#map=17/19.4205/-99.1507',
  'http://maps.apple.com/?ll=19.4205,-99.1507',
])('a link to a map is the point of its pin: %s', (link) => {
  expect(splitPoint(link)).toEqual({ lon: '-99.1507', lat: '19.4205' });
});

test('a link without a point is none, and a column of links is the one of points', async () => {
  expect(splitPoint('https://example.org/a/12')).toBeNull();
  const { incidents } = await read(
    [
      'fecha,delito,ubicacion',
      ...linesOf(5, (i) => `2024-05-14,Robo,"https://maps.google.com/?q=19.42,-99.1${i}"`),
    ].join('\n'),
  );
  expect(incidents[4]).toMatchObject({ lon: -99.14, lat: 19.42, placeText: null });
});

test('codes of places in a grid are told, since nothing reads them', async () => {
  const plus = await read('fecha,delito,plus\n2024-05-14,Robo,76F2CVC2+QX\n2024-05-15,Robo,"CVC2+RM Centro"\n');
  expect(plus.notes).toEqual([{ code: 'unread-geometry', count: 2, example: 'plus: 76F2CVC2+QX, CVC2+RM Centro' }]);
  const hash = await read('fecha,delito,geohash\n2024-05-14,Robo,9g3w81t7\n');
  expect(hash.notes.map(({ code }) => code)).toEqual(['unread-geometry']);
});

test('one point for all rows, or a few for those that have none, are told', async () => {
  const header = 'fecha,delito,lon,lat';
  const placed = (i: number) => `2024-05-14,Robo,-99.1${100 + i},19.4${100 + i}`;
  const all = await read([header, ...linesOf(40, () => '2024-05-14,Robo,-99.13321,19.43261')].join('\n'));
  expect(all.notes).toEqual([{ code: 'points-piled', count: 40, example: '-99.13321, 19.43261' }]);
  const two = linesOf(80, (i) => `2024-05-14,Robo,${i % 2 ? '-99.13321,19.43261' : '-99.20123,19.35123'}`);
  const few = await read([header, ...two, ...linesOf(200, placed)].join('\n'));
  expect(few.notes).toEqual([{ code: 'points-piled', count: 80, example: '-99.20123, 19.35123' }]);
  expect((await read([header, ...linesOf(300, placed)].join('\n'))).notes).toEqual([]);
});

test.each(['cuantos', 'Veces', 'Cuenta'])('a column %s of numbers is asked about beside an id, too', async (name) => {
  const rows = [`folio,fecha,delito,${name}`, 'a,2024-05-14,Robo,2', 'b,2024-05-14,Robo,5'];
  await expect(read(rows.join('\n'))).rejects.toThrow(`column ${name} counts 7 in the first 2 rows`);
});

test('a column of counts with decimals is no number of cases, and told', async () => {
  const { incidents, notes } = await read('fecha,delito,total\n2024-05-14,Robo,1.5\n2024-05-15,Robo,"2,5"\n');
  expect(incidents.length).toBe(2);
  expect(notes).toEqual([{ code: 'unread-quantity', count: 1, example: '--map "total=quantity"' }]);
});

test('where figures are read as the offence, the words beside them are named', async () => {
  const { notes } = await read('fecha,tipo,descripcion\n2024-05-14,911,Robo a negocio\n2024-05-15,089,Riña\n');
  expect(notes).toEqual([{ code: 'unread-offence', count: 1, example: '--map "descripcion=offence"' }]);
  expect((await read('fecha,tipo,descripcion\n2024-05-14,Robo,Negocio del centro\n')).notes).toEqual([]);
});
