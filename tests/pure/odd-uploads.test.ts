// Files as offices, mail programs and people with bad intentions send them; one quirk each, made from the plain fixtures.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import proj4 from 'proj4';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { BadInput, TooLarge } from '../../server/errors.ts';
import { withArchive } from '../../server/files/unzip.ts';
import type { ReadOptions, SourceFile } from '../../server/mapfiles/contract.ts';
import { readFeatures } from '../../server/mapfiles/formats.ts';
import { zipOf } from '../support/zip.ts';

const AS_IS: ReadOptions = { sourceLayer: null, crs: null, encoding: null };
const fixture = (name: string) => join(import.meta.dirname, '../uploads', name);
const WEB_PAGE = '<!DOCTYPE html><html><head><title>404</title></head><body>Not found</body></html>';
const NAMES = ['CAÑADA', 'PEÑÓN', 'SAN JOSÉ'];

const scratch = mkdtempSync(join(tmpdir(), 'cuadra-test-odd-'));
let parts: Readonly<Record<'SHP' | 'SHX' | 'DBF' | 'PRJ', Buffer>>;

beforeAll(async () => {
  vi.stubEnv('TMPDIR', scratch);
  const extensions = ['SHP', 'SHX', 'DBF', 'PRJ'] as const;
  const wanted = extensions.map((extension) => ({ path: `datos/capa/SQUARES.${extension}`, as: `part.${extension}` }));
  await withArchive(fixture('shapefile-6372-windows-1252-nested.zip'), (archive) => archive.extract(wanted, scratch));
  const read = (extension: string) => readFileSync(join(scratch, `part.${extension}`));
  parts = { SHP: read('SHP'), SHX: read('SHX'), DBF: read('DBF'), PRJ: read('PRJ') };
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(scratch, { recursive: true, force: true });
});

function written(name: string, content: string | Buffer): string {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
}

/** A zipped shapefile of the three squares, parts replaced or (null) left out. */
function shapefile(name: string, changed: Readonly<Record<string, string | Buffer | null>> = {}): string {
  const all: Record<string, string | Buffer | null> = { ...parts, ...changed };
  const files = Object.entries(all).flatMap(([extension, content]) =>
    content === null ? [] : [[extension.includes('/') ? extension : `capa/SQUARES.${extension}`, content] as const],
  );
  return written(name, zipOf(Object.fromEntries(files)));
}

const names = ({ features }: SourceFile) =>
  features.map(({ properties }) => String(properties.NOMBRE ?? properties.name)).sort();

describe('the three squares come out of a shapefile', () => {
  test.each<[string, () => string]>([
    ['beside the shadow files of a Mac', () => shapefile('mac.zip', { '__MACOSX/capa/._SQUARES.SHP': 'Mac OS X' })],
    ['whose .cpg is a web page', () => shapefile('cpg.zip', { cpg: WEB_PAGE })],
    ['whose index is empty', () => shapefile('shx.zip', { SHX: Buffer.alloc(0) })],
    ['that is called a KMZ', () => shapefile('called.kmz')],
  ])('%s', async (_, path) => {
    const source = await readFeatures(path(), AS_IS);
    expect(names(source)).toEqual(NAMES);
    expect(source.crs.code).toBe(6372);
  });
});

describe('the three squares come out of a file with a wrong extension:', () => {
  test.each([
    ['squares.geojson', 'really-geojson.shp'],
    ['squares.kml', 'really-kml.geojson'],
    ['squares.fgb', 'really-fgb.json'],
    ['squares.geojsonl', 'really-lines.json'],
    ['squares.topojson', 'really-topojson.geojson'],
  ])('%s called %s', async (name, called) => {
    const source = await readFeatures(written(called, readFileSync(fixture(name))), { ...AS_IS, crs: 4326 });
    expect(names(source)).toEqual(NAMES);
  });
});

test('the typed data of KML placemarks are columns', async () => {
  const placemark = (code: string, name: string) =>
    `<Placemark><name>${name}</name><ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="CVE">${code}</SimpleData>` +
    `</SchemaData><Data name="sector"><value>Norte</value></Data></ExtendedData><Polygon><outerBoundaryIs><LinearRing>` +
    `<coordinates>-99.2,19.4,0 -99.1,19.4,0 -99.1,19.5,0 -99.2,19.4,0</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>`;
  const text = `<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
    <Schema name="s" id="s"><SimpleField type="string" name="CVE"/></Schema>${placemark('001', 'Ñu')}${placemark('002', 'Zoé')}</Document></kml>`;
  const { features } = await readFeatures(written('extended.kml', text), AS_IS);
  expect(features.map(({ properties }) => properties)).toMatchObject([
    { name: 'Ñu', CVE: '001', sector: 'Norte' },
    { name: 'Zoé', CVE: '002', sector: 'Norte' },
  ]);
});

test('TopoJSON in metres is told to be no degrees, and read when its system is given', async () => {
  const { forward } = proj4('+proj=utm +zone=14 +datum=WGS84 +units=m');
  const corners = [
    [-99.2, 19.4],
    [-99.19, 19.4],
    [-99.19, 19.41],
    [-99.2, 19.4],
  ].map((at) => forward(at));
  const topology = {
    type: 'Topology',
    objects: {
      capa: {
        type: 'GeometryCollection',
        geometries: [{ type: 'Polygon', arcs: [[0]], properties: { CVE: '01', NOMBRE: 'Peñón' } }],
      },
    },
    arcs: [corners],
  };
  const path = written('metres.topojson', JSON.stringify(topology));
  await expect(readFeatures(path, AS_IS)).rejects.toMatchObject({ parameter: 'crs' });
  const { features } = await readFeatures(path, { ...AS_IS, crs: 32614 });
  const [ring] = features[0]!.geometry!.coordinates as number[][][];
  expect(ring![0]![0]).toBeCloseTo(-99.2, 6);
  expect(ring![0]![1]).toBeCloseTo(19.4, 6);
});

test('places with accents, tabs and line breaks in their names keep them', async () => {
  const feature = (name: string) => ({
    type: 'Feature',
    properties: { CVE: name.length, NOMBRE: name, n: 1.5, si: true, nada: null },
    geometry: { type: 'Point', coordinates: [500_000, 2_140_000] },
  });
  const odd = ['a\tb', 'línea 1\nlínea 2!', 'barra \\ y \\N comillas "', '漢字 😀 ñandú'];
  const crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::32614' } };
  const path = written('odd.geojson', JSON.stringify({ type: 'FeatureCollection', crs, features: odd.map(feature) }));
  const { features } = await readFeatures(path, AS_IS);
  expect(features.map(({ properties }) => properties)).toEqual(odd.map((name) => feature(name).properties));
});

test('codes of eighteen digits in metres keep them all', async () => {
  const crs = '{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::32614"}}';
  const feature = (clave: string) =>
    `{"type":"Feature","properties":{"clave":${clave}},"geometry":{"type":"Point","coordinates":[500000,2140000]}}`;
  const codes = ['901400010001123457', '901400010001123458'];
  const text = `{"type":"FeatureCollection","crs":${crs},"features":[${codes.map(feature).join()}]}`;
  const { features } = await readFeatures(written('codes.geojson', text), AS_IS);
  expect(features.map(({ properties }) => String(properties.clave))).toEqual(codes);
});

describe('is refused at once, naming what is wrong:', () => {
  const kml = (head: string, inside: string) =>
    `<?xml version="1.0"?>${head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>${inside}</Document></kml>`;
  test.each<[string, () => string, RegExp]>([
    [
      'a shapefile whose geometry is empty',
      () => shapefile('shp.zip', { SHP: Buffer.alloc(0) }),
      /SQUARES\.shp is empty/,
    ],
    [
      'a shapefile cut in its geometry',
      () => shapefile('cut.zip', { SHP: parts.SHP.subarray(0, 120) }),
      /SQUARES\.shp is cut: it has 120 of its \d+ bytes/,
    ],
    [
      'an archive cut in half',
      () => written('half.zip', readFileSync(fixture('two-shapefiles.zip')).subarray(0, 700)),
      /archive cannot be read/,
    ],
    [
      'an archive in an archive',
      () => written('outer.zip', zipOf({ 'inner.zip': readFileSync(fixture('two-shapefiles.zip')) })),
      /holds no map data/,
    ],
    ['an archive without files', () => written('none.zip', zipOf({})), /holds no map data/],
    [
      'numbers that GDAL counts on past their end',
      () =>
        written(
          'long.geojson',
          `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:32614"}},"features":[{"type":"Feature","properties":{"clave":12345678901234567891},"geometry":{"type":"Point","coordinates":[500000,2140000]}}]}`,
        ),
      /a number of more than 18 digits \(12345678901234567891\): save the codes as text/,
    ],
    ['a picture', () => written('plano.jpg', Buffer.from('ffd8ffe000104a464946', 'hex')), /plano.jpg is a picture/],
    ['a document called a map', () => written('plano.geojson', '%PDF-1.7'), /picture or a document/],
    ['a web page called a map', () => written('page.kml', WEB_PAGE), /web page|document type/],
    [
      'entities in KML',
      () => written('bomb.kml', kml('<!DOCTYPE k [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>', '&b;')),
      /document type/,
    ],
    [
      'a file of the server in GML',
      () => written('xxe.gml', '<!DOCTYPE g [<!ENTITY x SYSTEM "file:///etc/passwd">]><g>&x;</g>'),
      /document type/,
    ],
    [
      'entities hidden by another encoding',
      () => written('wide.kml', Buffer.from(`\uFEFF${kml('<!DOCTYPE k [<!ENTITY a "a">]>', '&a;')}`, 'utf16le')),
      /UTF-8/,
    ],
    [
      'a half GeoJSON',
      () => written('half.geojson', readFileSync(fixture('squares.geojson')).subarray(0, 300)),
      /cannot be read/,
    ],
    ['a table without any geometry', () => written('table.csv', 'clave,nombre\n01,Centro\n'), /no layer with geometry/],
  ])('%s', async (_, path, reason) => {
    const refusal = await readFeatures(path(), AS_IS).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(BadInput);
    expect((refusal as Error).message).toMatch(reason);
  });

  test('an archive that grows without end', async () => {
    const path = written('bomb.zip', zipOf({ 'bomb.geojson': Buffer.alloc(30_000_000, ' ') }));
    await expect(readFeatures(path, AS_IS)).rejects.toThrow(TooLarge);
  });

  test('and nothing is left behind', () => {
    expect(readdirSync(scratch).filter((name) => name.startsWith('cuadra-'))).toEqual([]);
  });
});
