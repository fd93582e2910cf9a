// Map files in less usual containers: geodatabases, tables with geometry in a cell, files that do not say their system.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import proj4 from 'proj4';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withArchive } from '../../server/files/unzip.ts';
import type { ReadOptions, SourceFile } from '../../server/mapfiles/contract.ts';
import { hashOf, readFeatures } from '../../server/mapfiles/formats.ts';
import { zipOf } from '../support/zip.ts';

const AS_IS: ReadOptions = { sourceLayer: null, crs: null, encoding: null };
const fixture = (name: string) => join(import.meta.dirname, '../uploads', name);
const scratch = mkdtempSync(join(tmpdir(), 'cuadra-test-containers-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
function written(name: string, content: string | Buffer): string {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
}

type Corner = readonly [x: number, y: number];
/** Two areas side by side, 0.01° wide. */
const AREAS: readonly { readonly name: string; readonly ring: readonly Corner[] }[] = ['Ñuble', 'Sur'].map(
  (name, i) => {
    const west = -99.2 + i / 100;
    return {
      name,
      ring: [
        [west, 19.4],
        [west + 0.01, 19.4],
        [west + 0.01, 19.41],
        [west, 19.41],
        [west, 19.4],
      ],
    };
  },
);
const UTM14 = proj4('+proj=utm +zone=14 +datum=WGS84 +units=m');
const inMetres = (ring: readonly Corner[]) => ring.map(([x, y]) => UTM14.forward([x, y]) as unknown as Corner);
const wkt = (ring: readonly Corner[]) => `POLYGON ((${ring.map(([x, y]) => `${x} ${y}`).join(', ')}))`;

/** The extended well-known binary of databases: byte order, type with the flag, SRID, rings. */
function ewkb(ring: readonly Corner[], srid: number): string {
  const bytes = Buffer.alloc(17 + ring.length * 16);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt32LE(3 | 0x20000000, 1);
  bytes.writeUInt32LE(srid, 5);
  bytes.writeUInt32LE(1, 9);
  bytes.writeUInt32LE(ring.length, 13);
  for (const [i, [x, y]] of ring.entries()) bytes.writeDoubleLE(y, bytes.writeDoubleLE(x, 17 + i * 16));
  return bytes.toString('hex').toUpperCase();
}

const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
const table = (head: string, geometry: (ring: readonly Corner[]) => string, delimiter = ',') =>
  [head, ...AREAS.map(({ name, ring }, i) => [`0${i + 1}`, name, cell(geometry(ring))].join(delimiter))].join('\n');

/** Name and south-west corner. */
const seen = ({ features }: SourceFile) =>
  features.map(({ properties, geometry }) => {
    const [ring] = (geometry!.coordinates as number[][][]).flat(
      geometry!.type === 'MultiPolygon' ? 1 : 0,
    ) as unknown as number[][][];
    const corner = [0, 1].map((axis) => Math.min(...ring!.map((at) => at[axis]!)).toFixed(5));
    return [properties.nombre, ...corner].join(' ');
  });
const BOTH = ['Ñuble -99.20000 19.40000', 'Sur -99.19000 19.40000'];

describe('a table holds geometry as', () => {
  test.each<[string, string, string | Buffer, number, string]>([
    ['EWKT in degrees', 'ewkt.csv', table('clave,nombre,the_geom', (ring) => `SRID=4326;${wkt(ring)}`), 4326, 'file'],
    [
      'EWKT in metres',
      'utm.csv',
      table('clave,nombre,geom', (ring) => `SRID=32614;${wkt(inMetres(ring))}`),
      32614,
      'file',
    ],
    [
      'EWKT with semicolons between',
      'semi.csv',
      table('clave;nombre;forma', (ring) => `SRID=4326;${wkt(ring)}`, ';'),
      4326,
      'file',
    ],
    [
      'EWKB of a database',
      'ewkb.csv',
      table('clave,nombre,geom', (ring) => ewkb(inMetres(ring), 32614)),
      32614,
      'file',
    ],
    [
      'GeoJSON',
      'shape.csv',
      table('clave;nombre;Geo Shape', (ring) => JSON.stringify({ coordinates: [ring], type: 'Polygon' }), ';'),
      4326,
      'guess',
    ],
    [
      'GeoJSON as Python prints it',
      'python.csv',
      table('clave,nombre,the_geom', (ring) => `{'type': 'Polygon', 'coordinates': [${JSON.stringify(ring)}]}`),
      4326,
      'guess',
    ],
    ['WKT in a column of another name', 'other.csv', table('clave,nombre,limites', wkt), 4326, 'guess'],
    ['WKT between tabs', 'tabs.tsv', table('clave\tnombre\tWKT', wkt, '\t'), 4326, 'guess'],
    ['WKT in Windows-1252', 'latin.csv', Buffer.from(table('clave,nombre,WKT', wkt), 'latin1'), 4326, 'guess'],
  ])('%s', async (_, name, content, code, from) => {
    const source = await readFeatures(written(name, content), AS_IS);
    expect(seen(source)).toEqual(BOTH);
    expect(source).toMatchObject({ crs: { code }, crsFrom: from, format: 'csv' });
    expect(source.features.map(({ properties }) => properties.clave)).toEqual(['01', '02']);
  });

  test('of several systems, which is refused by their names', async () => {
    let srid = 32613;
    const text = table('clave,nombre,geom', (ring) => `SRID=${srid++};${wkt(inMetres(ring))}`);
    await expect(readFeatures(written('mixed.csv', text), AS_IS)).rejects.toMatchObject({
      parameter: 'crs',
      message: expect.stringContaining('EPSG:32613, EPSG:32614'),
    });
  });

  test('metres without a system, which is asked for', async () => {
    const path = written(
      'metres.csv',
      table('clave,nombre,geom', (ring) => wkt(inMetres(ring))),
    );
    await expect(readFeatures(path, AS_IS)).rejects.toMatchObject({ parameter: 'crs' });
    expect(seen(await readFeatures(path, { ...AS_IS, crs: 32614 }))).toEqual(BOTH);
  });
});

describe('a MapInfo interchange file', () => {
  const mif = (coordSys: string, ringOf: (ring: readonly Corner[]) => readonly Corner[]) =>
    `Version 300\nCharset "Neutral"\nDelimiter ","\n${coordSys}Columns 2\n  clave Char(10)\n  nombre Char(20)\nData\n\n${AREAS.map(
      ({ ring }) =>
        `Region 1\n  ${ring.length}\n${ringOf(ring)
          .map((at) => at.join(' '))
          .join('\n')}\n`,
    ).join('')}`;
  const mid = '"01","Nuble"\n"02","Sur"\n';
  const named = BOTH.map((text) => text.replace('Ñ', 'N'));
  const zipped = (name: string, text: string) =>
    written(`${name}.zip`, zipOf({ [`${name}.mif`]: text, [`${name}.mid`]: mid }));
  const same = (ring: readonly Corner[]) => ring;

  test.each<[string, string, typeof same, string]>([
    ['without a system', '', same, 'guess'],
    ['on no earth', 'CoordSys NonEarth Units "m" Bounds (-180, -90) (180, 90)\n', same, 'guess'],
    ['in degrees', 'CoordSys Earth Projection 1, 104\n', same, 'file'],
    ['in metres', 'CoordSys Earth Projection 8, 104, "m", -99, 0, 0.9996, 500000, 0\n', inMetres, 'file'],
  ])('%s', async (name, coordSys, ringOf, from) => {
    const source = await readFeatures(zipped(name.replaceAll(' ', '-'), mif(coordSys, ringOf)), AS_IS);
    expect(seen(source)).toEqual(named);
    expect(source.crsFrom).toBe(from);
  });

  test('of a plan in metres is asked about', async () => {
    const plan = zipped(
      'plan',
      mif('CoordSys NonEarth Units "m"\n', (ring) => ring.map(([x, y]) => [x * 1000, y * 1000] as const)),
    );
    await expect(readFeatures(plan, AS_IS)).rejects.toMatchObject({ parameter: 'crs' });
    const small = zipped(
      'small',
      mif('CoordSys NonEarth Units "m"\n', (ring) => ring.map(([x, y]) => [x + 99.2, y - 19.4] as const)),
    );
    await expect(readFeatures(small, AS_IS)).rejects.toMatchObject({ parameter: 'crs' });
  });
});

test('quantised TopoJSON in degrees is read as WGS 84, and that is a guess', async () => {
  const topology = {
    type: 'Topology',
    transform: { scale: [0.0001, 0.0001], translate: [-99.2, 19.4] },
    objects: {
      capa: {
        type: 'GeometryCollection',
        geometries: AREAS.map(({ name }, i) => ({ type: 'Polygon', arcs: [[i]], properties: { nombre: name } })),
      },
    },
    arcs: [0, 100].map((west) => [
      [west, 0],
      [100, 0],
      [0, 100],
      [-100, 0],
      [0, -100],
    ]),
  };
  const source = await readFeatures(written('q.topojson', JSON.stringify(topology)), AS_IS);
  expect(seen(source)).toEqual(BOTH);
  expect(source).toMatchObject({ crs: { code: 4326 }, crsFrom: 'guess' });
});

test('a geometry that a spreadsheet has cut is named by its row', async () => {
  const whole = table('clave,nombre,wkt', wkt).split('\n');
  const cutOff = whole.map((line, i) => (i === 2 ? line.replace(/, [^,]*\)\)/, '') : line)).join('\n');
  await expect(readFeatures(written('cut.csv', cutOff), AS_IS)).rejects.toThrow(
    /^the geometry of 1 rows is cut, first in row 3: a spreadsheet keeps no more than/,
  );
});

test('GPX with nothing but waypoints has one layer', async () => {
  const point = ([lon, lat]: Corner) => `<wpt lat="${lat}" lon="${lon}"><name>Caseta</name></wpt>`;
  const gpx = `<?xml version="1.0"?><gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">${AREAS[0]!.ring.slice(0, 2).map(point).join('')}</gpx>`;
  const source = await readFeatures(written('puntos.gpx', gpx), AS_IS);
  expect(source).toMatchObject({ sourceLayer: 'waypoints', crs: { code: 4326 } });
  expect(source.features).toHaveLength(2);
});

describe('a file geodatabase comes', () => {
  const parts: Record<string, Buffer> = {};
  beforeAll(async () => {
    const folder = join(scratch, 'parts');
    mkdirSync(folder);
    await withArchive(fixture('squares-gdb-nested.zip'), ({ paths, extract }) =>
      extract(
        paths.map((path) => ({ path, as: basename(path) })),
        folder,
      ),
    );
    await withArchive(fixture('squares-gdb-nested.zip'), async ({ paths }) => {
      for (const path of paths) parts[basename(path)] = readFileSync(join(folder, basename(path)));
    });
  });
  const inFolder = (folder: string, more: Record<string, Buffer | string> = {}) =>
    zipOf({
      ...Object.fromEntries(Object.entries(parts).map(([name, bytes]) => [`${folder}${name}`, bytes])),
      ...more,
    });
  const names = async (path: string, options = AS_IS) =>
    (await readFeatures(path, options)).features.map(({ properties }) => properties.NOMBRE).sort();
  const NAMES = ['CAÑADA', 'PEÑÓN', 'SAN JOSÉ'];

  test('in a folder of a zip', async () => {
    expect(await names(fixture('squares-gdb-nested.zip'))).toEqual(NAMES);
  });

  test('at the top of a zip, and without a folder of its own', async () => {
    const top = inFolder('datos.gdb/', { 'datos.gdb/_gdb.HOST.1.2.sr.lock': '', 'leame.txt': 'hola' });
    expect(await names(written('top.zip', top))).toEqual(NAMES);
    expect(await names(written('flat.zip', inFolder('')))).toEqual(NAMES);
  });

  test('as a folder on the disk, whose parts make its fingerprint', async () => {
    const folder = join(scratch, 'capa.gdb');
    mkdirSync(folder);
    for (const [name, bytes] of Object.entries(parts)) writeFileSync(join(folder, name), bytes);
    expect(await names(folder)).toEqual(NAMES);
    const before = await hashOf(folder);
    writeFileSync(join(folder, 'timestamps'), 'x');
    expect(await hashOf(folder)).not.toBe(before);
  });

  test('beside other layers, and is chosen by its name', async () => {
    const geojson = readFileSync(fixture('squares.geojson'));
    const path = written('several.zip', inFolder('datos.gdb/', { 'otra.geojson': geojson }));
    await expect(readFeatures(path, AS_IS)).rejects.toMatchObject({
      parameter: 'source-layer',
      message: /datos, otra/,
    });
    expect(await names(path, { ...AS_IS, sourceLayer: 'datos' })).toEqual(NAMES);
  });

  test('not as some other folder, nor as one of its parts', async () => {
    mkdirSync(join(scratch, 'nada'));
    await expect(readFeatures(join(scratch, 'nada'), AS_IS)).rejects.toMatchObject({
      parameter: 'file',
      message: /folder/,
    });
    const part = written('a00000001.gdbtable', parts['a00000001.gdbtable']!);
    await expect(readFeatures(part, AS_IS)).rejects.toMatchObject({ parameter: 'file', message: /whole \.gdb folder/ });
  });
});
