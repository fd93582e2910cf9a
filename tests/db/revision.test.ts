// Revisions as prosecutors deliver them: rows altered, dropped, added and doubled, with ids and without. What must come of
// it is worked out here from the words of the rule, over multisets of rows, beside what the import says and stores.

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction } from '../../server/access/jurisdictions.ts';
import type { CountsAnswer, SeriesAnswer } from '../../server/counts/contract.ts';
import { statsRoutes } from '../../server/counts/routes.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import type { Database } from '../../server/db/open.ts';
import { undoDelivery } from '../../server/deliveries/undo.ts';
import { placeLayer } from '../../server/geocoding/placement.ts';
import { problems } from '../../server/http/problems.ts';
import { readHead } from '../../server/incidents/deliveries.ts';
import { importIncidents } from '../../server/incidents/import.ts';
import { importAreas } from '../../server/publishing/load-layer.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { asStaff } from '../support/as-staff.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { seeded } from '../support/small-world.ts';

const OFFENCES = ['FRAUDE', 'AMENAZAS', 'ROBO DE OBJETOS', 'VIOLENCIA FAMILIAR'];
const PLACES = ['CENTRO', 'DOCTORES', 'ROMA NORTE'];
const YEAR = { from: '2024-01-01', until: '2025-01-01' };
const never = new AbortController().signal;

type Row = {
  readonly id: string;
  readonly day: string;
  readonly hour: string;
  readonly offence: string;
  readonly place: string;
};
/** A layout of the FGJ, as a header and a line. */
type Layout = { readonly withIds: boolean; readonly header: string; readonly line: (row: Row) => string };
const LAYOUTS: readonly Layout[] = [
  {
    withIds: false,
    header: 'fecha_hecho,hora_hecho,anio_hecho,delito,colonia_catalogo,alcaldia_hecho,latitud,longitud',
    line: ({ day, hour, offence, place }) =>
      `${day},${hour}:00,${day.slice(0, 4)},${offence},${place},CUAUHTEMOC,19.43,-99.13`,
  },
  {
    withIds: true,
    header: 'ID_CI,FECHA DE LOS HECHOS,HORA DE LOS HECHOS,DELITO,COLONIA HECHOS,COORD. X,COORD. Y',
    line: ({ id, day, hour, offence, place }) =>
      `${id},${day.split('-').reverse().join('/')},${hour},${offence},${place},-99.13,19.43`,
  },
];

let database: Database;
let city: Jurisdiction;
let folder: string;
let cubes: Cubes;
let server: Server;
beforeAll(async () => {
  database = await openTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'cuadra-revision-'));
  cubes = await createCubes({ database, dataDir: folder, budgetMb: 0, log: quietLog });
  const app = express().use(asStaff);
  app.set('query parser', 'simple');
  app.use('/api/v1', statsRoutes({ database, cubes, taxonomy: loadTaxonomy() }), problems(quietLog));
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
beforeEach(async () => {
  const zone = { timezone: 'America/Mexico_City', srid: 32614 };
  city = await addJurisdiction(database, STAFF, { code: 'villa', name: 'Villa', ...zone });
});
afterEach(() => emptyTables(database));
afterAll(async () => {
  server.close();
  await cubes.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Rows of few different values, so that many are the same but for their id. */
function deliveredRows(count: number, random: () => number): Row[] {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  return Array.from({ length: count }, (_, i) => ({
    // Some ids stand in several rows, as where one file holds several offences.
    id: `CI-${random() < 0.1 ? Math.floor(i / 2) : i}`,
    day: `2024-0${1 + Math.floor(random() * 3)}-1${Math.floor(random() * 3)}`,
    hour: pick(['09:00', '21:30']),
    offence: pick(OFFENCES),
    place: pick(PLACES),
  }));
}

/** The same file a month later. */
function revised(rows: readonly Row[], random: () => number): Row[] {
  return rows.flatMap((row, i): Row[] => {
    const chance = random();
    if (chance < 0.05) return [];
    if (chance < 0.15) return [{ ...row, place: `${row.place} ${i % 7}` }];
    if (chance < 0.2) return [row, row];
    if (chance < 0.25) return [row, { ...row, id: `CI-N${i}`, hour: '23:15' }];
    return [row];
  });
}

/** How often each text occurs. */
function tally(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
/** Of one multiset what the other lacks. */
function beyond(of: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  return [...of].reduce((sum, [text, count]) => sum + Math.max(0, count - (other.get(text) ?? 0)), 0);
}

/**
 * "With an id: same id, other content = changed (repeated ids compared as multisets of content); without: identical rows
 * count with multiplicity; an altered row is one gone and one new. Absent from the file = gone" where it replaces.
 */
function expectedDiff(old: readonly Row[], now: readonly Row[], { withIds, line }: Layout, replaces: boolean) {
  const ids = withIds ? [...new Set([...old, ...now].map(({ id }) => id))] : [null];
  const diff = { read: now.length, stored: 0, changed: 0, unchanged: 0, gone: 0 };
  for (const id of ids) {
    const of = (rows: readonly Row[]) => tally(rows.filter((row) => id === null || row.id === id).map(line));
    const [before, after] = [of(old), of(now)];
    const [lost, added] = [beyond(before, after), beyond(after, before)];
    const changed = id === null ? 0 : Math.min(lost, added);
    diff.changed += changed;
    diff.stored += added - changed;
    diff.gone += replaces ? lost - changed : 0;
  }
  diff.unchanged = now.length - diff.stored - diff.changed;
  return diff;
}

function deliver(rows: readonly Row[], { header, line }: Layout, replaces: typeof YEAR | null) {
  const path = join(folder, 'entrega.csv');
  writeFileSync(path, [header, ...rows.map(line), ''].join('\n'));
  const options = { preset: 'fgj-cdmx', source: null, kind: null, replaces, confirmed: true, map: {}, through: null };
  const watch = { onProgress: () => {}, onReject: () => {}, signal: never };
  return importIncidents(database, city, path, options, watch);
}

/** What counted at a delivery, as lines of the layout without the parts that do not vary. */
async function visible(withIds: boolean, at: number): Promise<string[]> {
  const { rows } = await sql<{ key: string | null; line: string }>`
    select source_key as key, concat_ws(' ', occurred_on, minute_of_day, labels[1], text) as line
    from incident i join offence o using (jurisdiction_id, offence_id)
    join place_text t using (jurisdiction_id, place_text_id)
    where jurisdiction_id = ${city.id} and from_delivery <= ${at} and (until_delivery is null or until_delivery > ${at})`.execute(
    database.db,
  );
  return rows.map(({ key, line }) => (withIds ? `${key} ${line}` : line)).sort();
}
function asStored(rows: readonly Row[], withIds: boolean): string[] {
  const minutes = (hour: string) => Number(hour.slice(0, 2)) * 60 + Number(hour.slice(3));
  return rows
    .map(({ id, day, hour, offence, place }) => `${withIds ? `${id} ` : ''}${day} ${minutes(hour)} ${offence} ${place}`)
    .sort();
}

async function addOneArea(): Promise<void> {
  const ring = [
    [-99.2, 19.4],
    [-99.1, 19.4],
    [-99.1, 19.5],
    [-99.2, 19.5],
    [-99.2, 19.4],
  ];
  const feature = { type: 'Feature', properties: { clave: 'a' }, geometry: { type: 'Polygon', coordinates: [ring] } };
  const path = join(folder, 'area.geojson');
  writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features: [feature] }));
  const options = { title: null, code: null, name: null, sourceLayer: null, crs: null, encoding: null } as const;
  const areas = { ...options, layer: 'barrios', type: 'areas', population: null } as const;
  await importAreas({ database, placeLayer }, city, path, areas, () => {});
}

async function ask<T>(path: string): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/villa/${path}`);
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as T;
}

describe.each(LAYOUTS)('a revision, with ids: $withIds', (layout) => {
  const random = seeded(layout.withIds ? 31 : 32);
  const old = deliveredRows(400, random);
  const now = revised(old, random);

  test('replacing gives exactly the difference of the rule, and the file as the new state', async () => {
    const whole = { stored: 400, changed: 0, unchanged: 0, gone: 0, rejected: 0 };
    expect(await deliver(old, layout, null)).toMatchObject({ read: 400, ...whole });
    const expected = expectedDiff(old, now, layout, true);
    expect(Math.min(expected.stored, expected.gone, expected.unchanged)).toBeGreaterThan(5);
    expect(expected.changed > 5).toBe(layout.withIds);
    expect(await deliver(now, layout, YEAR)).toMatchObject({ ...expected, rejected: 0 });
    expect(await visible(layout.withIds, 2)).toEqual(asStored(now, layout.withIds));
    expect(await visible(layout.withIds, 1)).toEqual(asStored(old, layout.withIds));
  });

  test('adding makes nothing gone', async () => {
    await deliver(old, layout, null);
    const expected = expectedDiff(old, now, layout, false);
    expect(await deliver(now, layout, null)).toMatchObject({ ...expected, gone: 0 });
    expect((await visible(layout.withIds, 2)).length).toBe(400 + expected.stored);
  });

  test('a part of the file in add mode afterwards stores nothing and makes nothing gone', async () => {
    await deliver(old, layout, null);
    const part = old.filter((_, i) => i % 13 === 0);
    const nothing = { stored: 0, changed: 0, gone: 0 };
    expect(await deliver(part, layout, null)).toMatchObject({ read: part.length, unchanged: part.length, ...nothing });
    expect(await readHead(database, city.id)).toMatchObject({ delivery: 1 });
  });

  test('undo restores the state, and counts and series answer as of each', async () => {
    await addOneArea();
    await deliver(old, layout, null);
    await deliver(now, layout, YEAR);
    await undoDelivery(database, city, 2, { via: 'page', signal: never });
    const [first, second, third] = await Promise.all([1, 2, 3].map((at) => visible(layout.withIds, at)));
    expect(third).toEqual(first);
    expect(second).not.toEqual(first);
    for (const [asOf, rows] of [
      [1, old],
      [2, now],
      [3, old],
    ] as const) {
      const counts = await ask<CountsAnswer>(`counts?layer=barrios&asOf=${asOf}`);
      expect(counts.totals).toMatchObject({ matched: rows.length, mapped: rows.length });
      const { buckets } = await ask<SeriesAnswer>(`series?step=month&asOf=${asOf}`);
      const byMonth = tally(rows.map(({ day }) => `${day.slice(0, 7)}-01`));
      expect(buckets.map(({ from, count }) => [from, count])).toEqual([...byMonth].sort());
    }
  });
});

test('rows that are another over again, id included, count each and are told; the same under another id is no repetition', async () => {
  const [, withIds] = LAYOUTS;
  const row = { day: '2024-03-05', hour: '10:20', offence: 'FRAUDE', place: 'CENTRO' };
  const rows = [...['A', 'A', 'A', 'B'].map((id) => ({ ...row, id })), { ...row, id: 'C', day: '2024-03-06' }];
  const told = await deliver(rows, withIds!, null);
  expect(told).toMatchObject({ read: 5, stored: 5 });
  expect(told.notes).toContainEqual({ code: 'identical-rows', count: 2, example: 'A' });
});
