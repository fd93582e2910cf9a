// GIS staff's hour at the portal: send a file, correct what was guessed, publish, compare, go back, remove, undo.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import proj4 from 'proj4';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import type { JobState } from '../../server/jobs/contract.ts';
import type { FeatureRow, LayerVersionRow, Preview, VersionsCompared } from '../../server/layers/contract.ts';
import type { TestServer } from '../support/server.ts';
import { startTinyTown } from '../support/tinytown.ts';
import { zipOf } from '../support/zip.ts';

const UPLOADS = join(import.meta.dirname, '../uploads');
const JOB_WITHIN_MS = 60_000;
/** What is not refused by then hangs. */
const HANGS_MS = 60_000;

let server: TestServer;
const scratch = mkdtempSync(join(tmpdir(), 'cuadra-test-uploads-'));

beforeAll(async () => {
  server = await startTinyTown({ TMPDIR: scratch });
});

afterAll(async () => {
  if (!server) return;
  expect(await server.stop()).toBe(0);
  server.assertLogClean();
  server.remove();
  rmSync(scratch, { recursive: true, force: true });
});

const api = (path: string) => `${server.origin}/api/v1/tiny/${path}`;

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(api(path), {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? null : JSON.parse(text)) as T;
}

async function send(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const form = new FormData();
  for (const [name, content] of Object.entries(files))
    form.append('file', new Blob([new Uint8Array(Buffer.from(content))]), name);
  const response = await fetch(api('uploads'), { method: 'POST', body: form });
  const answer = (await response.json()) as { upload: string };
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer.upload;
}

const preview = (upload: string, choices: object) => call<Preview>('POST', `uploads/${upload}/preview`, choices);

async function finished(job: JobState): Promise<JobState> {
  const deadline = Date.now() + JOB_WITHIN_MS;
  for (;;) {
    const state = await call<JobState>('GET', `jobs/${job.id}`);
    if (state.state === 'done') return state;
    if (state.state !== 'waiting' && state.state !== 'running') throw new Error(JSON.stringify(state));
    if (Date.now() > deadline) throw new Error('the job takes too long');
    await sleep(100);
  }
}

/** `{code: count}`, the codes being those of the version the counts were made with. */
async function byCode(layer: string): Promise<Record<string, number>> {
  const answer = await call<CountsAnswer>('GET', `counts?layer=${layer}`);
  const reference = `${layer.replace(/@.*/, '')}@${answer.layerVersion}`;
  const { features } = await call<{ features: readonly FeatureRow[] }>('GET', `layers/${reference}/features`);
  const codes = new Map(features.map(({ id, code }) => [id, code]));
  return Object.fromEntries(answer.ids.map((id, i) => [codes.get(id)!, answer.counts[i]!]));
}

/** A change shows within ten seconds. */
const shows = (layer: string) => expect.poll(() => byCode(layer), { timeout: 10_000, interval: 200 });

/** Alameda grown over Barrio Nuevo, Centro as it was; in metres of UTM zone 14, and nothing in the file says so. */
function regrown(): string {
  const toMetres = proj4('+proj=utm +zone=14 +datum=WGS84 +units=m').forward;
  const ring = (...at: [number, number][]) => [[...at, at[0]!].map((position) => toMetres(position))];
  const feature = (clave: string, nombre: string, coordinates: unknown) => ({
    type: 'Feature',
    properties: { clave, nombre },
    geometry: { type: 'Polygon', coordinates },
  });
  const features = [
    feature(
      '01',
      'Alameda',
      ring([-99.11, 19.4], [-99.106, 19.4], [-99.106, 19.402], [-99.108, 19.402], [-99.11, 19.402]),
    ),
    feature(
      '03',
      'Centro',
      ring([-99.11, 19.402], [-99.108, 19.402], [-99.106, 19.402], [-99.106, 19.404], [-99.11, 19.404]),
    ),
  ];
  return JSON.stringify({ type: 'FeatureCollection', features });
}

const OLD = { '01': 5, '02': 2, '03': 3 };
const NEW = { '01': 7, '03': 3 };
/** Barrio Nuevo: 210.07 m × 221.39 m (tests/tinytown/ANSWERS.md). */
const BARRIO_NUEVO_M2 = 46_507;

test('a file in metres is guessed, corrected, published as a new version, compared, returned from, removed and restored', async () => {
  await shows('areas').toEqual(OLD);
  const upload = await send({ 'colonias 2026.geojson': regrown() });

  const guessed = await preview(upload, { type: 'areas' });
  expect(guessed).toMatchObject({ read: 2, features: 2, blocked: true, use: { code: 'clave', name: 'nombre' } });
  expect(guessed.crs).toMatchObject({ from: 'guess', fits: true });
  expect(guessed.crs.candidates.map(({ code }) => code)).toContain(32614);
  expect(guessed.checks.map(({ code }) => code)).toContain('crs-guessed');
  await expect(call('POST', `uploads/${upload}/publish`, { layer: 'areas' })).rejects.toThrow('422');

  const corrected = await preview(upload, { type: 'areas', crs: 32614, code: 'clave', name: 'nombre' });
  expect(corrected).toMatchObject({
    blocked: false,
    problem: null,
    crs: { used: { code: 32614 }, from: 'given', fits: true },
  });
  await shows('areas').toEqual(OLD);

  const job = await call<JobState>('POST', `uploads/${upload}/publish`, { layer: 'areas', validFrom: '2026-01-01' });
  expect(job).toMatchObject({ kind: 'publish' });
  expect((await finished(job)).report).toMatchObject({ layer: 'areas', version: 2, stored: 2, rejected: 0 });
  await shows('areas').toEqual(NEW);
  await shows('areas@1').toEqual(OLD);
  await expect(call('DELETE', `uploads/${upload}`)).rejects.toThrow('404');

  const { versions } = await call<{ versions: LayerVersionRow[] }>('GET', 'layers/areas/versions');
  expect(versions).toMatchObject([
    { version: 2, current: true, validFrom: '2026-01-01', features: 2, fileName: 'colonias 2026.geojson' },
    { version: 1, current: false, features: 3, fileName: 'areas.geojson' },
  ]);
  const compared = await call<VersionsCompared>('GET', 'layers/areas/compare?from=1&until=2&outlines=1');
  const [removed, moved] = compared.changes.toSorted((a, b) => b.code.localeCompare(a.code));
  expect(compared).toMatchObject({ same: 1, incidents: { from: 10, until: 10 } });
  expect(compared.changes).toHaveLength(2);
  expect(removed).toMatchObject({ code: '02', change: 'removed', incidentsFrom: 2, incidentsUntil: null });
  expect(moved).toMatchObject({ code: '01', change: 'moved', incidentsFrom: 5, incidentsUntil: 7 });
  expect(Number(removed!.areaM2) / BARRIO_NUEVO_M2).toBeCloseTo(1, 2);
  expect(Number(moved!.areaM2) / BARRIO_NUEVO_M2).toBeCloseTo(1, 2);
  const outlines = compared.outlines!.features as { properties: { code: string; side: string } }[];
  expect(outlines.map(({ properties: { code, side } }) => `${code} ${side}`)).toEqual([
    '01 from',
    '02 from',
    '01 until',
  ]);

  await call('POST', 'layers/areas/return', { version: 1 });
  await shows('areas').toEqual(OLD);
  await shows('areas@2').toEqual(NEW);

  await expect(call('DELETE', 'layers/areas/versions/1')).rejects.toThrow('409');
  await call('DELETE', 'layers/areas/versions/2');
  await expect(byCode('areas@2')).rejects.toThrow(/no existe (la capa areas@2|esa capa o esa versión)/);
  await expect(call('GET', 'layers/areas/compare?from=1&until=2')).rejects.toThrow('la versión 2 de areas se quitó');
  await finished(await call<JobState>('POST', 'layers/areas/versions/2/restore'));
  await shows('areas@2').toEqual(NEW);

  await call('DELETE', 'layers/areas');
  await expect.poll(() => byCode('areas').catch((error: Error) => error.message)).toMatch(/no existe (la|esa) capa/);
  expect(await call('GET', 'removed-layers')).toMatchObject([
    { layer: 'areas', type: 'areas', version: 1, features: 3 },
  ]);
  await finished(await call<JobState>('POST', 'layers/areas/restore'));
  expect(await call('GET', 'removed-layers')).toEqual([]);
  await shows('areas').toEqual(OLD);
});

test('what is published is what was shown: the layer taken of several, and only the municipality', async () => {
  const point = (clave: string, lon: number) => ({
    type: 'Feature',
    properties: { clave },
    geometry: { type: 'Point', coordinates: [lon, 19.402] },
  });
  const file = (...features: object[]) => JSON.stringify({ type: 'FeatureCollection', features });
  const upload = await send({
    'estado.zip': zipOf({
      'camaras.geojson': file(point('1', -99.108), point('2', -99.0), point('3', -98.9)),
      'escuelas.geojson': file(point('4', -99.107)),
    }),
  });
  const seen = await preview(upload, { type: 'points', crs: 4326 });
  expect(seen).toMatchObject({ sourceLayer: 'camaras', read: 3, features: 1, only: 'overlap', blocked: false });
  const job = await call<JobState>('POST', `uploads/${upload}/publish`, { layer: 'camaras' });
  expect((await finished(job)).report).toMatchObject({ layer: 'camaras', read: 3, stored: 1, rejected: 2 });
  await call('DELETE', 'layers/camaras');
});

test('a file that lies elsewhere is stopped, and its report can be kept', async () => {
  // The squares lie nine kilometres west of Tiny Town.
  const squares = await send({ 'squares.geojson': readFileSync(join(UPLOADS, 'squares.geojson')) });
  const elsewhere = await preview(squares, { type: 'areas' });
  expect(elsewhere.blocked).toBe(true);
  expect(elsewhere.checks[0]).toMatchObject({ code: 'crs-elsewhere', level: 'blocking', count: 1 });
  await call('DELETE', `uploads/${squares}`);

  const upload = await send({ 'faults.geojson': readFileSync(join(UPLOADS, 'shapes-one-fault-each.geojson')) });
  await preview(upload, { type: 'areas', code: 'CVE' });
  const csv = await (await fetch(api(`uploads/${upload}/report?format=csv`))).text();
  expect(csv.split('\r\n')[0]).toBe('check,level,done,feature,code,name,lon,lat,areaM2,lengthM,detail');
  expect(csv).toMatch(
    /\r\ngeometry-repaired,warning,repaired,2,02 bow tie,02 bow tie,-99\.\d+,19\.\d+,\d+,,Self-intersection\r\n/,
  );
  const geojson = await (await fetch(api(`uploads/${upload}/report?format=geojson`))).json();
  expect(geojson).toMatchObject({ type: 'FeatureCollection' });
  await call('DELETE', `uploads/${upload}`);
});

test('residents come from a table, by code, else by name, and what matches nothing is listed', async () => {
  const table =
    'clave;nombre;año;habitantes\r\n01;;2020;2000\r\n;centro;2020;1,500\r\n99;Nowhere;2020;7\r\n02;;2020;N/D\r\n';
  const upload = await send({ 'residentes.csv': table });
  const choices = { type: 'population', layer: 'areas' };
  const expected = {
    read: 4,
    stored: 2,
    byCode: 1,
    byName: 1,
    unreadable: 1,
    unmatchedRows: ['99 Nowhere'],
    years: [2020],
  };
  expect(await call('POST', `uploads/${upload}/preview`, choices)).toMatchObject(expected);
  const job = await call<JobState>('POST', `uploads/${upload}/publish`, { layer: 'areas' });
  expect((await finished(job)).report).toMatchObject(expected);
});

test('street lamps are drawn as points and counted in the areas and along the streets they stand at', async () => {
  // 0.00005° north and 0.0001° south of S3 are 5.5 m and 11 m; 0.0005° north of S6 are 55 m.
  const lamps = 'tipo,lon,lat\nLED,-99.1085,19.40105\nLED,-99.109,19.4009\nsodio,-99.107,19.4035\n';
  const upload = await send({ 'luminarias.csv': lamps });
  const seen = await preview(upload, { type: 'points', crs: 4326 });
  expect(seen).toMatchObject({ read: 3, features: 3, blocked: false });
  const job = await call<JobState>('POST', `uploads/${upload}/publish`, { layer: 'luminarias', title: 'Luminarias' });
  expect((await finished(job)).report).toMatchObject({ layer: 'luminarias', version: 1, stored: 3 });
  const nearby = (within: string) => call('GET', `points?within=${encodeURIComponent(within)}`);
  expect(await nearby('areas:01')).toEqual([{ layer: 'luminarias', title: 'Luminarias', count: 2 }]);
  expect(await nearby('areas:02')).toEqual([{ layer: 'luminarias', title: 'Luminarias', count: 0 }]);
  expect(await nearby('areas:03')).toEqual([{ layer: 'luminarias', title: 'Luminarias', count: 1 }]);
  expect(await nearby('streets:S3')).toEqual([{ layer: 'luminarias', title: 'Luminarias', count: 2 }]);
  expect(await nearby('streets:S6')).toEqual([{ layer: 'luminarias', title: 'Luminarias', count: 0 }]);
  // Slippy map formula at zoom 14: x = (lon + 180) / 360 · 2^14, y from asinh(tan(lat)).
  const tile = await fetch(`${server.origin}/tiles/tiny/luminarias/1/14/3681/7291.mvt`);
  expect(tile.status).toBe(200);
  const { points } = new VectorTile(new PbfReader(new Uint8Array(await tile.arrayBuffer()))).layers;
  expect(points!.length).toBe(3);
  await expect(call('GET', 'counts?layer=luminarias')).rejects.toThrow(/no existe la capa/);
});

describe('is refused soon, naming what is wrong, and leaves nothing behind:', () => {
  const square = '[[[-99.11,19.4],[-99.108,19.4],[-99.108,19.402],[-99.11,19.4]]]';
  const collection = (geometry: string) =>
    `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"clave":"1"},"geometry":${geometry}}]}`;
  const polygon = (ring: string) => collection(`{"type":"Polygon","coordinates":${ring}}`);
  const kml = (inside: string, head = '') =>
    `<?xml version="1.0"?>${head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>${inside}</Document></kml>`;
  const millionRing = () => {
    const at = Array.from({ length: 1_000_000 }, (_, i) => {
      const angle = (i / 999_999) * 2 * Math.PI;
      return `[${(-99.108 + Math.cos(angle) * 1e-3).toFixed(7)},${(19.402 + Math.sin(angle) * 1e-3).toFixed(7)}]`;
    });
    return polygon(`[[${at.join(',')}]]`);
  };
  const bytes = (name: string) => () => readFileSync(join(UPLOADS, name));

  test.each<[string, string, () => string | Buffer, RegExp]>([
    ['a drawing', 'plano.dwg', () => 'AC1027 and so on', /DXF/],
    ['a web page for a map', 'mapa.geojson', () => '<!doctype html><html></html>', /página web/],
    ['nothing', 'vacio.geojson', () => '', /vacío/],
    ['an archive that leaves its folder', 'zip-slip.zip', bytes('zip-slip.zip'), /no se puede abrir como zip/],
    ['an archive with links', 'link.zip', bytes('link.zip'), /enlace/],
    ['a broken archive', 'roto.zip', () => 'PK\x03\x04 and then nothing', /no se puede abrir como zip/],
    ['no features', 'nada.geojson', () => '{"type":"FeatureCollection","features":[]}', /no contiene elementos/],
    [
      'points where areas are wanted',
      'puntos.geojson',
      () => collection('{"type":"Point","coordinates":[-99.108,19.4]}'),
      /solo puntos/,
    ],
    [
      'numbers that are none',
      'nan.geojson',
      () => polygon(square.replace('19.402', 'NaN')),
      /Coordenadas que no son números: 1/,
    ],
    [
      'coordinates beyond the universe',
      'lejos.geojson',
      () => polygon(square.replaceAll('-99.1', '1e308')),
      /fuera de la Tierra|ninguno de los usuales/,
    ],
    [
      'an external entity',
      'xxe.kml',
      () => kml('&x;', '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
      /tipo de documento/,
    ],
    [
      'a bomb of entities',
      'bomba.gml',
      () => '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>',
      /tipo de documento/,
    ],
    ['a placemark that never ends', 'corto.kml', () => kml('<Placemark><name>a'), /XML mal formado/],
    ['several files that belong to nothing', 'a.geojson', () => polygon(square), /varios archivos/],
  ])('%s', async (what, name, content, reason) => {
    const upload = await send({
      [name]: content(),
      ...(what.startsWith('several') ? { 'b.geojson': polygon(square) } : {}),
    });
    const response = await fetch(api(`uploads/${upload}/preview`), {
      method: 'POST',
      signal: AbortSignal.timeout(HANGS_MS),
      body: JSON.stringify({ type: 'areas' }),
      headers: { 'Content-Type': 'application/json', 'Accept-Language': 'es' },
    });
    const problem = (await response.json()) as { detail: string; title: string };
    expect(response.status).toBe(422);
    expect(problem.title).toBe('Un valor no se puede usar');
    expect(problem.detail).toMatch(reason);
    // What could be something else (points for areas) is kept until the page gives it up.
    await call('DELETE', `uploads/${upload}`).catch(() => {});
    expect(readdirSync(join(server.dataDir, 'uploads'))).toEqual([]);
    expect(readdirSync(scratch).filter((left) => left.startsWith('cuadra-'))).toEqual([]);
  });

  test('a ring of a million vertices', async () => {
    const ring = millionRing();
    // Making it takes so long that the server may have closed the connection: that is heard before it is used again.
    await breathe();
    const upload = await send({ 'anillo.geojson': ring });
    await expect(preview(upload, { type: 'areas' })).rejects.toThrow(/Elementos con demasiados vértices: 1/);
    await call('DELETE', `uploads/${upload}`);
  });

  test('a request that is no upload, an upload of another city, a choice that does not exist', async () => {
    const plain = await fetch(api('uploads'), { method: 'POST', body: 'hello' });
    expect(plain.status).toBe(422);
    await expect(preview(randomUUID(), { type: 'areas' })).rejects.toThrow('404');
    const upload = await send({ 'a.geojson': polygon(square) });
    await expect(preview(upload, { type: 'areas', colour: 'red' })).rejects.toThrow('422');
    await expect(preview(upload, { type: 'areas', crs: 999_999 })).rejects.toThrow(/EPSG:999999/);
    await call('DELETE', `uploads/${upload}`);
  });
});
