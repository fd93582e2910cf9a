// Large files are read in a process of their own: it answers as this one would, and leaves nothing behind when it is ended.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction, findJurisdiction } from '../../server/access/jurisdictions.ts';
import type { Database } from '../../server/db/open.ts';
import { TooLarge } from '../../server/errors.ts';
import { placeLayer } from '../../server/geocoding/placement.ts';
import { uploadChoices } from '../../server/layers/contract.ts';
import { findStoredLayer, readChecks } from '../../server/layers/history.ts';
import { importAreas } from '../../server/publishing/load-layer.ts';
import { previewFile, previewHere } from '../../server/publishing/preview.ts';
import { startApart } from '../../server/publishing/reader-process.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';

const SIDE = 12;
const CORNERS_OF_A_SIDE = 100;
const AREAS = uploadChoices.parse({ type: 'areas' });

let database: Database;
let city: Jurisdiction;
const scratch = mkdtempSync(join(tmpdir(), 'test-apart-'));
const before = process.env.TMPDIR;

beforeAll(async () => {
  database = await openTestDatabase();
  process.env.TMPDIR = scratch;
});
beforeEach(async () => {
  await emptyTables(database);
  await addJurisdiction(database, STAFF, { code: 'city', name: 'City', timezone: 'America/Mexico_City', srid: null });
  city = await findJurisdiction(database, STAFF, 'city');
});
afterAll(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  rmSync(scratch, { recursive: true, force: true });
});

/** Squares of 0.01°, side by side, with many corners: above a megabyte. */
function large(name: string): string {
  const side = (from: readonly [number, number], to: readonly [number, number]) =>
    Array.from({ length: CORNERS_OF_A_SIDE }, (_, i) =>
      [0, 1].map((axis) => Number((from[axis]! + ((to[axis]! - from[axis]!) * i) / CORNERS_OF_A_SIDE).toFixed(12))),
    );
  const features = Array.from({ length: SIDE * SIDE }, (_, n) => {
    const [w, s] = [-99.3 + (n % SIDE) / 100, 19.3 + Math.floor(n / SIDE) / 100];
    const corners = [
      [w, s],
      [w + 0.01, s],
      [w + 0.01, s + 0.01],
      [w, s + 0.01],
    ] as const;
    const ring = corners.flatMap((corner, i) => side(corner, corners[(i + 1) % 4]!));
    const geometry = { type: 'Polygon', coordinates: [[...ring, ring[0]]] };
    return { type: 'Feature', properties: { clave: `C${n}`, nombre: `Ñandú ${n}` }, geometry };
  });
  const path = join(scratch, name);
  writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features }));
  return path;
}

const left = () => readdirSync(scratch).filter((name) => name.startsWith('cuadra-'));

test('a large file is previewed apart as it would be here, and imported', async () => {
  const path = large('large.geojson');
  const apart = await previewFile(database, city, path, AREAS);
  expect(apart).toEqual(await previewHere(database, city, path, AREAS));
  expect(apart).toMatchObject({ read: SIDE * SIDE, features: SIDE * SIDE, use: { code: 'clave', name: 'nombre' } });
  const choices = { sourceLayer: null, crs: null, encoding: null, code: null, name: null, population: null };
  const options = { ...choices, layer: 'cells', title: null, type: 'areas' } as const;
  const steps = new Set<string>();
  const tell = (_: number | null, step: string) => steps.add(step);
  const report = await importAreas({ database, placeLayer }, city, path, options, tell);
  expect(report).toMatchObject({ stored: SIDE * SIDE, version: 1 });
  expect([...steps]).toEqual(expect.arrayContaining(['checking', 'storing', 'placing']));
  expect(left()).toEqual([]);
});

test('what a preview found of overlaps and gaps is told again without looking', async () => {
  const { checks: none, ...seen } = await previewHere(database, city, large('seen.geojson'), AREAS);
  expect(none).toEqual([]);
  const item = { feature: 1, code: 'C1', name: 'C1', at: null, areaM2: 7, lengthM: null, detail: 'C2' };
  const shown = [{ code: 'overlap', level: 'warning', done: 'kept', count: 1, lengthM: null, items: [item] }] as const;
  const choices = { sourceLayer: null, crs: null, encoding: null, code: seen.use.code, name: null, population: null };
  const options = { ...choices, layer: 'seen', title: null, type: 'areas' } as const;
  const path = join(scratch, 'seen.geojson');
  await importAreas({ database, placeLayer }, city, path, options, () => {}, { shown });
  expect(await readChecks(database, city, await findStoredLayer(database, city, 'seen'), 1)).toEqual(shown);
});

test('what is wrong with a large file is told as it is with a small one', async () => {
  const path = join(scratch, 'points.geojson');
  const point = '{"type":"Feature","properties":{"a":"x"},"geometry":{"type":"Point","coordinates":[-99,19]}}';
  writeFileSync(path, `{"type":"FeatureCollection","features":[${Array(15_000).fill(point).join(',')}]}`);
  await expect(previewFile(database, city, path, AREAS)).rejects.toMatchObject({ name: 'BadInput', parameter: 'type' });
  expect(left()).toEqual([]);
});

describe('a reader is ended, with what it started and wrote,', () => {
  const limits = { seconds: 60, rssBytes: 2_000_000_000 };
  test.each([
    ['past its time', { ...limits, seconds: 0.2 }, /took longer/],
    ['past its memory', { ...limits, rssBytes: 20_000_000 }, /MB of memory/],
  ])('%s', async (_, tight, reason) => {
    const task = { kind: 'preview', jurisdiction: city, path: large('again.geojson'), options: AREAS } as const;
    const child = await startApart(database, task, () => {}, tight);
    const refusal = await child.answer().catch((error: unknown) => error);
    await child.end();
    expect(refusal).toBeInstanceOf(TooLarge);
    expect(String(refusal)).toMatch(reason);
    await expect.poll(() => membersOf(child.pid!)).toEqual([]);
    expect(left()).toEqual([]);
  });

  test('when it is killed', async () => {
    const task = { kind: 'preview', jurisdiction: city, path: large('again.geojson'), options: AREAS } as const;
    const child = await startApart(database, task, () => {});
    await sleep(50);
    process.kill(child.pid!, 'SIGKILL');
    await expect(child.answer()).rejects.toThrow(/the reader ended/);
    await child.end();
    expect(left()).toEqual([]);
  });
});

/** Processes of the group, as /proc tells; none where there is no /proc. */
function membersOf(group: number): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const [state, , ofGroup] = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      return Number(ofGroup) === group && state !== 'Z';
    } catch {
      return false;
    }
  });
}
