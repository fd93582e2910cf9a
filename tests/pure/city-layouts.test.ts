// The open-data layouts of eight cities: each is found by its header, however it comes, and read with the values counted
// by hand below.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { detectFile } from '../../server/imports/detect.ts';
import type { Incident } from '../../server/reading/contract.ts';
import { openIncidentFile } from '../../server/reading/incident-file.ts';
import type { Reject } from '../../server/reading/map-rows.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { csv, LAYOUTS, type Layout, type Table, two } from '../support/city-layouts.ts';

const taxonomy = loadTaxonomy();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-layouts-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileOf(text: string): string {
  const path = join(folder, `${files++}.csv`);
  writeFileSync(path, text);
  return path;
}

const lookAt = (text: string, { timezone, offence }: Layout) =>
  detectFile(fileOf(text), {
    ...{ unpackTo: folder, sheet: null, bounds: null, timezone, taxonomy },
    ...(offence === undefined ? {} : { mapping: { offence } }),
  });

async function read(text: string, { preset, timezone, offence = '' }: Layout) {
  const options = { preset, map: {}, bounds: null, taxonomy, timezone, unpackTo: folder, offence: offence || null };
  const file = openIncidentFile(fileOf(text), options);
  const incidents: Incident[] = [];
  const rejects: Reject[] = [];
  for await (const rows of file.rows) {
    incidents.push(...rows.incidents);
    rejects.push(...rows.rejects);
  }
  return { incidents, rejects, notes: file.notes() };
}

const clock = ({ minuteOfDay }: Incident) =>
  minuteOfDay === null ? null : `${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
const without = ({ header, rows }: Table, name: string): Table => {
  const at = header.indexOf(name);
  const cut = (cells: readonly string[]) => cells.filter((_, index) => index !== at);
  return { header: cut(header), rows: rows.map(cut) };
};
const turned = ({ header, rows }: Table): Table => ({
  header: header.toReversed(),
  rows: rows.map((cells) => cells.toReversed()),
});
const renamed = ({ header, rows }: Table, rename: (name: string) => string): Table => ({
  header: header.map(rename),
  rows,
});

describe.each(Object.entries(LAYOUTS))('%s', (_, layout) => {
  test('every row is read: id, day, hour, offence, point', async () => {
    const { incidents, rejects, notes } = await read(csv(layout), layout);
    const [first] = incidents;
    expect([first?.key, first?.occurredOn, clock(first!), first?.label, first?.lon, first?.lat]).toEqual(layout.first);
    expect(incidents.length + rejects.length).toBe(layout.rows.length);
    expect(notes.map(({ code }) => code)).not.toContain('zone-of-layout');
    expect(new Set(incidents.map(({ key }) => key)).size).toBe(layout.first[0] === null ? 1 : incidents.length);
  });

  test.each([
    ['as published', (table: Table) => csv(table)],
    ['in another order', (table: Table) => csv(turned(table))],
    ['in small letters', (table: Table) => csv(renamed(table, (name) => name.toLowerCase()))],
    ['with underscores', (table: Table) => csv(renamed(table, (name) => name.toUpperCase().replaceAll(' ', '_')))],
    ['with a byte-order mark and semicolons', (table: Table) => `\ufeff${csv(table, ';')}`],
    ['without an optional column', (table: Table) => csv(without(table, layout.optional))],
    [
      'with a column more',
      ({ header, rows }: Table) => csv({ header: ['n', ...header], rows: rows.map((r) => ['1', ...r]) }),
    ],
  ])('is found %s', async (_way, write) => {
    const seen = await lookAt(write(layout), layout);
    expect(seen.preset).toBe(layout.preset);
    expect(seen.confidence).toBeGreaterThanOrEqual(0.7);
  });
});

test('Chicago: the month comes first, and noon and midnight are told apart', async () => {
  const { incidents } = await read(csv(LAYOUTS.chicago!), LAYOUTS.chicago!);
  expect(new Set(incidents.map(({ occurredOn }) => occurredOn.slice(0, 7)))).toEqual(new Set(['2024-02']));
  expect([incidents[12]!.occurredOn, clock(incidents[12]!)]).toEqual(['2024-02-13', '12:15']);
  expect([incidents[23]!.occurredOn, clock(incidents[23]!)]).toEqual(['2024-02-24', '23:15']);
});

test('New York: a year of 1010 is a rejected row with its reason, and the report is no occurrence', async () => {
  const { incidents, rejects } = await read(csv(LAYOUTS['new york']!), LAYOUTS['new york']!);
  expect(rejects).toMatchObject([{ field: 'CMPLNT_FR_DT', value: '01/05/1010', reason: 'no-month' }]);
  expect(incidents).toHaveLength(24);
  expect(incidents[0]).toMatchObject({ occurredOn: '2023-03-01', reportedOn: '2023-04-01', untilOn: null });
});

test('Los Angeles: 5 in the column of hours is five past midnight, and 0, 0 is no point', async () => {
  const layout = LAYOUTS['los angeles']!;
  const rows = layout.rows.map((cells, i) => (i === 3 ? [...cells.slice(0, -2), '0', '0'] : cells));
  const { incidents, notes } = await read(csv({ ...layout, rows }), layout);
  expect(incidents.slice(0, 3).map(clock)).toEqual(['00:05', '01:05', '02:05']);
  expect(incidents[3]).toMatchObject({ lon: null, lat: null });
  expect(notes).toContainEqual({ code: 'coordinates-zero', count: 1, example: '0, 0' });
});

test('Philadelphia: the moment in UTC serves where the local clock is left out', async () => {
  const layout = LAYOUTS.philadelphia!;
  for (const left of [[], ['dispatch_time', 'hour'], ['dispatch_date', 'dispatch_time', 'hour']]) {
    const { incidents } = await read(csv(left.reduce<Table>(without, layout)), layout);
    expect([incidents[0]!.occurredOn, clock(incidents[0]!)]).toEqual(['2025-08-10', '20:34']);
  }
  const points = ['point_x', 'point_y', 'lat', 'lng'].reduce<Table>(without, layout);
  expect((await read(csv(points), layout)).incidents[0]).toMatchObject({ lon: -76, lat: 40 });
});

test.each([
  ['2024/07/14 04:00:00+00', '2024-07-14'],
  ['7/14/2024 4:00:00 AM', '2024-07-14'],
  ['1720929600000', '2024-07-14'],
  ['2024-07-14', '2024-07-14'],
])('Toronto: %s is the 14th, at the hour of its own column', async (text, day) => {
  const layout = LAYOUTS.toronto!;
  const rows = layout.rows.map((cells) => cells.with(layout.header.indexOf('OCC_DATE'), text));
  const { incidents } = await read(csv({ ...layout, rows }), layout);
  expect(new Set(incidents.map(({ occurredOn }) => occurredOn))).toEqual(new Set([day]));
  expect(incidents.map(({ minuteOfDay }) => minuteOfDay! / 60)).toEqual(layout.rows.map((_, i) => i));
});

test('Bogotá: a row counts as often as its quantity says, and the file says no offence until somebody does', async () => {
  const layout = LAYOUTS.bogotá!;
  const rows = layout.rows.map((cells, i) => cells.with(-1, i < 3 ? '4' : '1'));
  expect((await read(csv({ ...layout, rows }), layout)).incidents).toHaveLength(17 + 3 * 4);
  await expect(read(csv(layout), { ...layout, offence: '' })).rejects.toThrow(/no column for offence.*--offence LABEL/);
  const unsaid = await lookAt(csv(layout), { ...layout, offence: undefined! });
  expect(unsaid.preset).toBe('bogota');
  expect(unsaid.examples).toMatchObject(Array(5).fill({ reason: 'no-offence' }));
  expect(unsaid.columns.find(({ name }) => name === 'FECHA HECHO')?.field).toBe('date');
});

test('São Paulo: the number of a report counts within its station and year, and NULL is no hour', async () => {
  const layout = LAYOUTS['são paulo']!;
  const rows = layout.rows.map((cells, i) => cells.with(4, '1').with(2, `${i}º DP`));
  const { incidents, rejects } = await read(csv({ ...layout, rows }), layout);
  expect(rejects).toEqual([]);
  expect(new Set(incidents.map(({ key }) => key)).size).toBe(20);
  expect(incidents[19]).toMatchObject({ minuteOfDay: null, datePrecision: 'day' });
  expect(incidents[0]).toMatchObject({ reportedOn: '2024-02-02' });
});

test('a layout of another zone than the city is told, and its hours stay as written', async () => {
  const layout = { ...LAYOUTS.chicago!, timezone: 'America/Mexico_City' };
  const { incidents, notes } = await read(csv(layout), layout);
  expect(clock(incidents[0]!)).toBe('00:15');
  expect(notes).toContainEqual({
    code: 'zone-of-layout',
    count: 1,
    example: 'America/Chicago ≠ America/Mexico_City',
  });
});

test.each([
  ['fecha,delito,lon,lat,cantidad', '2024-05-01,Extorsión,-99.1,19.4,3'],
  ['MUNICIPIO,FECHA,DELITO,ZONA,CANTIDAD', 'Celaya,2024-05-01,Robo,Urbana,1'],
  ['Date,Block,Primary Type,Latitude,Longitude', '2024-05-01,100 MAIN ST,THEFT,41.8,-87.6'],
])('a plain file whose columns are called like those of a city is a plain file: %s', async (header, row) => {
  const seen = await lookAt(`${header}\n${row}\n${row}`, { ...LAYOUTS.chicago!, offence: undefined! });
  expect(seen.preset).toBe('generic');
});

test('half a layout without offences is a plain file of one offence', async () => {
  const seen = await lookAt('date,hour,lat,long\n2024-05-01,10:00,19.4,-99.1', {
    ...LAYOUTS.chicago!,
    offence: undefined!,
  });
  expect(seen).toMatchObject({ preset: 'generic', examples: [{ reason: 'no-offence' }] });
});
