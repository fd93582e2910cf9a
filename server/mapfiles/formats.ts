// A map file of any kind to features in degrees. One detector decides whether GDAL is needed.

import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { BadInput } from '../errors.ts';
import type { SourceFeature } from '../geometry/contract.ts';
import { areDegrees, boundsOf, liesInDegrees, positionsOf } from '../geometry/shape.ts';
import { listed } from '../text/choices.ts';
import { parseExactJson } from '../text/exact-json.ts';
import { onlyFitsTurned, turned } from './axes.ts';
import type { Crs, CrsOrigin, FoundLayer, ReadOptions, SourceFile } from './contract.ts';
import { copyReader } from './copy-text.ts';
import { decode, gdalEncoding, recode, shapefileEncoding, type TableEncoding } from './encoding.ts';
import { convertWithGdal, GDAL_SETTINGS, type GdalLayer } from './gdal.ts';
import { featureOf, PLAIN_GEOJSON_MAX_BYTES, parsePlainGeojson } from './geojson.ts';
import { type CsvTable, GEOMETRY_COLUMN, withPlainGeometry } from './geometry-table.ts';
import { noteTaker } from './notes.ts';
import { extensionOf, stemOf } from './sniff.ts';
import { chooseDataset, filesOf, type Staged, withStaged } from './stage.ts';

const WGS84: Crs = { name: 'WGS 84', code: 4326 };
/** INEGI ships one projection under two names; the second carries no EPSG code. */
const CRS_ALIASES: readonly (readonly [RegExp, number])[] = [[/^MEXICO_ITRF_2008_LCC$/i, 6372]];

/** Of .shp and .shx alike. */
const SHAPE_HEADER_BYTES = 100;
/** For a shapefile without .shx only: GDAL would write the one that is there again. */
const REBUILD_INDEX = { SHAPE_RESTORE_SHX: 'YES' };
const CSV_OPTIONS = [
  `GEOM_POSSIBLE_NAMES=${GEOMETRY_COLUMN},wkt,geom,geometry,the_geom,geometria`,
  'X_POSSIBLE_NAMES=lon,longitud,longitude,lng,x',
  'Y_POSSIBLE_NAMES=lat,latitud,latitude,y',
  'KEEP_GEOM_COLUMNS=NO',
];
/** Characters before and behind the features of GeoJSON in which something is said of all of them. */
const AROUND_FEATURES = 3000;
const LONGEST_NUMBER = 60;
/** A line holds one feature; no real one is longer, and a string of more would not fit Node's. */
const MAX_LINE = 100_000_000;

/** What is decided where a file leaves it open. */
export type Choices = {
  /** Which of the datasets of an archive, given as paths in it. */
  readonly dataset: (datasets: readonly string[]) => string;
  /** Which of the layers GDAL lists. */
  readonly layer: (layers: readonly GdalLayer[], file: string) => GdalLayer;
  /** The EPSG code of coordinates in this extent, as nothing in the file tells it. */
  readonly crs: (extent: readonly number[] | null) => number;
  /** Whether what lies outside the earth has latitude before longitude and is to be turned round. */
  readonly swapped: (extent: readonly number[] | null) => boolean;
};

/**
 * Reads one layer of a map file: GeoJSON, GeoPackage, shapefile (loose or zipped), KML, KMZ, FlatGeobuf and whatever
 * else GDAL opens. Geometries come in EPSG:4326. What the file leaves open `choices` decides; the usual ones throw
 * BadInput naming `source-layer` or `crs`. Throws BadInput naming `file` when it cannot be read.
 */
export function readFeatures(path: string, options: ReadOptions, choices = strictly(options)): Promise<SourceFile> {
  return withStaged(path, choices.dataset, async (staged) => {
    const { swapAxes } = options;
    const asked: Choices = swapAxes ? { ...choices, crs: () => WGS84.code!, swapped: () => false } : choices;
    const read = (await readPlainGeojson(staged, options)) ?? (await readApart(staged, options, asked));
    if (read.features.length === 0) throw new BadInput('file', `the layer ${read.sourceLayer} holds no features`);
    const source = swapAxes ? turned(read, 'turned') : read;
    if (!liesAstray(source.features)) return source;
    if (asked.swapped(extentOf(source.features))) return turned(source, 'seem-swapped');
    if (swapAxes || source.crsFrom !== 'format') throw astray(source.crs);
    const crs = choices.crs(extentOf(source.features));
    const again = await readApart(staged, { ...options, crs }, choices);
    if (liesAstray(again.features)) throw astray(again.crs);
    return { ...again, crsFrom: 'guess' };
  });
}

/** Refuses what the options leave open. */
function strictly({ sourceLayer }: ReadOptions): Choices {
  return {
    dataset: (datasets) => chooseDataset(datasets, sourceLayer),
    layer: (layers, file) => chooseLayer(layers, sourceLayer, file),
    crs: (extent) => {
      if (areDegrees(extent)) return WGS84.code!;
      throw unknownCrs(extent);
    },
    swapped: (extent) => {
      if (onlyFitsTurned(extent)) throw swappedAxes(extent);
      return false;
    },
  };
}

/** SHA-256 (hex) of a file as given, with all parts of a loose shapefile. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for (const part of await filesOf(path)) for await (const chunk of createReadStream(part)) hash.update(chunk);
  return hash.digest('hex');
}

async function readPlainGeojson({ file, others }: Staged, options: ReadOptions): Promise<SourceFile | null> {
  if (!['geojson', 'json', 'geojsonl', 'geojsons', 'ndjson'].includes(extensionOf(file))) return null;
  if ((options.crs !== null && options.crs !== 4326) || (await stat(file)).size > PLAIN_GEOJSON_MAX_BYTES) return null;
  const bytes = await readFile(file);
  const { text, notes } = decode(bytes, options.encoding);
  const features = parsePlainGeojson(text);
  if (features === null) return null;
  const layer = { name: stemOf(file), features: features.length, geometryType: null, crs: WGS84 };
  return {
    sourceLayer: layer.name,
    format: 'geojson',
    crs: WGS84,
    crsFrom: options.crs === null ? 'format' : 'given',
    axes: 'as-written',
    features,
    notes,
    layers: others.length > 1 ? others.map((name) => (name === layer.name ? layer : unread(name))) : [layer],
    sourceExtent: null,
    isCut: saysCut(text),
    encoding: null,
  };
}

/** Map services write it before or behind the features. */
const saysCut = (text: string) =>
  [text.slice(0, AROUND_FEATURES), text.slice(-AROUND_FEATURES)].some((part) =>
    /"exceededTransferLimit"\s*:\s*true/.test(part),
  );

const unread = (name: string): FoundLayer => ({ name, features: null, geometryType: null, crs: null });

/** By GDAL or, for KML, by the reader that keeps its typed data; both in a process of their own. */
async function readApart(staged: Staged, options: ReadOptions, choices: Choices): Promise<SourceFile> {
  const { folder, others } = staged;
  const table = await tableOf(staged.file, options);
  const file = table?.file ?? staged.file;
  const extension = extensionOf(file);
  const said = table?.crs ?? (extension === 'mif' ? await coordSysOf(file) : null);
  const notes = noteTaker();
  for (const { code, example, count } of table?.notes ?? []) notes.add(code, example, count);
  const encoding = extension === 'shp' ? await shapefileEncoding(file, options.encoding) : null;
  if (encoding?.guessed) notes.add('encoding-guessed', encoding.name);
  let chosen: GdalLayer | undefined;
  let listed: readonly GdalLayer[] = [];
  let crs: { readonly crs: Crs; readonly from: CrsOrigin } | undefined;
  const request = { file, folder, openOptions: openOptions(extension, encoding), settings: settings(file) };
  const choose = (layers: readonly GdalLayer[]) => {
    listed = layers;
    chosen = choices.layer(layers, file);
    crs = crsOf(said === null ? chosen : { ...chosen, crs: said }, options.crs, choices);
    // What GDAL knows itself it is not told; the reference system of rows stands in their text.
    const isKnown = crs.from === 'file' && table?.crs == null;
    return { layer: chosen.name, sourceCrs: isKnown ? null : crs.crs.code };
  };
  if (extension === 'json' || extension === 'geojson') await refuseLongNumbers(file);
  const reader = extension === 'kml' ? 'kml-child' : 'gdal-child';
  const converted = await convertWithGdal(request, choose, undefined, reader);
  const features: SourceFeature[] = [];
  const readLine = reader === 'kml-child' ? readJsonLine : copyReader(chosen!.columns);
  for await (const line of linesOf(converted, () => features.length + 1)) {
    const feature = readLine(line);
    if (feature === null) continue;
    const { properties, geometry } = feature;
    features.push({ properties: encoding ? recode(properties, encoding) : properties, geometry });
  }
  return {
    sourceLayer: chosen?.name ?? '',
    format: extension,
    crs: crs!.crs,
    crsFrom: crs!.from,
    axes: 'as-written',
    features,
    notes: notes.list(),
    layers: others.length > 1 ? others.map((name) => found(listed, name)) : listed.map((layer) => found([layer])),
    sourceExtent: chosen?.extent ?? null,
    isCut: extension === 'json' && saysCut(await textAround(file)),
    encoding,
  };
}

/** A whole number that GDAL counts on past its end, so that it becomes another. Throws BadInput('file'). */
async function refuseLongNumbers(file: string): Promise<void> {
  let before = '';
  for await (const chunk of createReadStream(file, 'latin1') as AsyncIterable<string>) {
    const text = before + chunk;
    const long = /[:[,]\s*-?(\d{19,})(?=\s*[,}\]])/.exec(text)?.[1];
    if (long !== undefined)
      throw new BadInput('file', `a number of more than 18 digits (${long.slice(0, 40)}): save the codes as text`);
    before = text.slice(-LONGEST_NUMBER);
  }
}

async function textAround(file: string): Promise<string> {
  const { size } = await stat(file);
  const opened = await open(file);
  try {
    const read = async (from: number) =>
      (await opened.read(Buffer.alloc(AROUND_FEATURES), 0, AROUND_FEATURES, from)).buffer;
    return Buffer.concat([await read(0), await read(Math.max(0, size - AROUND_FEATURES))]).toString('latin1');
  } finally {
    await opened.close();
  }
}

/** A table with a column of geometry as GDAL reads it; null for anything else. */
async function tableOf(file: string, { encoding }: ReadOptions): Promise<CsvTable | null> {
  return ['csv', 'tsv', 'txt'].includes(extensionOf(file)) ? withPlainGeometry(file, encoding) : null;
}

/** What a MIF file says of its system, which GDAL finds only as it converts; null for none and for plans on no earth. */
async function coordSysOf(file: string): Promise<Crs | null> {
  const opened = await open(file);
  const { buffer, bytesRead } = await opened.read(Buffer.alloc(8192), 0, 8192, 0).finally(() => opened.close());
  const line = /^\s*(coordsys\s+earth\b.*)$/im.exec(buffer.toString('latin1', 0, bytesRead))?.[1];
  return line === undefined ? null : { name: line.trim().slice(0, 100), code: null };
}

/** Ended by line feeds only: names may hold the other characters that Node takes for line ends. */
async function* linesOf(path: string, feature: () => number): AsyncGenerator<string> {
  let begun = '';
  for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
    const [first = '', ...others] = chunk.split('\n');
    begun += first;
    if (begun.length > MAX_LINE) throw new BadInput('file', `feature ${feature()} has too many vertices`);
    for (const next of others) {
      yield begun;
      begun = next;
    }
  }
  if (begun !== '') yield begun;
}

const readJsonLine = (line: string) =>
  line === '' ? null : featureOf(parseExactJson(line) as Readonly<Record<string, unknown>>);

/** The layer of that name as a caller sees it. */
function found(layers: readonly GdalLayer[], name?: string): FoundLayer {
  const layer = layers.find((each) => name === undefined || each.name === name);
  if (!layer) return unread(name ?? '');
  const { features, geometryType, crs } = layer;
  return { name: layer.name, features, geometryType, crs };
}

function openOptions(extension: string, encoding: TableEncoding | null): string[] {
  if (encoding) return [`ENCODING=${gdalEncoding(encoding)}`];
  return extension === 'csv' ? CSV_OPTIONS : [];
}

const settings = (file: string) => ({
  ...GDAL_SETTINGS,
  ...(extensionOf(file) === 'shp' && lacksIndex(file.replace(/shp$/, 'shx')) && REBUILD_INDEX),
});

const lacksIndex = (index: string) => (statSync(index, { throwIfNoEntry: false })?.size ?? 0) < SHAPE_HEADER_BYTES;

/** The layer meant: the one named, or the only one with geometry. */
export function chooseLayer(layers: readonly GdalLayer[], name: string | null, file: string): GdalLayer {
  const withGeometry = layers.filter((layer) => layer.geometryType !== null);
  const named = withGeometry.find((layer) => layer.name === name);
  if (named) return named;
  // GPX has its layers always, filled or not.
  const filled = withGeometry.filter(({ features }) => features !== 0);
  const mapped = filled.length > 0 ? filled : withGeometry;
  const only = mapped.length === 1 ? mapped[0] : undefined;
  // The name may have chosen the file inside an archive already.
  if (only && (name === null || file.includes(name))) return only;
  const list = listed(mapped.map((layer) => layer.name));
  if (mapped.length === 0) throw new BadInput('file', 'the file holds no layer with geometry');
  if (name === null) throw new BadInput('source-layer', `the file holds several layers, name one: ${list}`);
  throw new BadInput('source-layer', `the file holds no layer ${name}; it holds: ${list}`);
}

function crsOf(layer: GdalLayer, given: number | null, choices: Choices): { crs: Crs; from: CrsOrigin } {
  const numbered = (code: number) => ({ name: `EPSG:${code}`, code });
  if (given !== null) return { crs: numbered(given), from: 'given' };
  if (layer.crs === null) return { crs: numbered(choices.crs(layer.extent)), from: 'guess' };
  const { code } = layer.crs;
  if (code !== null) return { crs: layer.crs, from: 'file' };
  const name = layer.crs.name === 'unnamed' ? 'MapInfo' : layer.crs.name;
  const alias = CRS_ALIASES.find(([pattern]) => pattern.test(name))?.[1];
  return alias === undefined ? { crs: { name, code }, from: 'file' } : { crs: { name, code: alias }, from: 'alias' };
}

/** A few wild coordinates are single bad features and rejected as such; most of them mean another reference system. */
function liesAstray(features: readonly SourceFeature[]): boolean {
  const placed = features.filter((feature) => feature.geometry !== null);
  const strayed = placed.filter((feature) => feature.geometry && !liesInDegrees(feature.geometry));
  return strayed.length * 2 > placed.length;
}

function extentOf(features: readonly SourceFeature[]): readonly number[] | null {
  const extent = boundsOf(features.flatMap(({ geometry }) => (geometry ? [...positionsOf(geometry)] : [])));
  return extent.every(Number.isFinite) ? extent : null;
}

const astray = ({ name, code }: Crs) =>
  new BadInput(
    'crs',
    `${code === null ? name : `EPSG:${code}`} does not fit: the features would lie outside the earth`,
  );

const span = (extent: readonly number[] | null) =>
  extent ? ` (x ${extent[0]} to ${extent[2]}, y ${extent[1]} to ${extent[3]})` : '';

const swappedAxes = (extent: readonly number[] | null) =>
  new BadInput(
    'swap-axes',
    `the coordinates are swapped: latitude stands before longitude${span(extent)}; --swap-axes turns them`,
  );

function unknownCrs(extent: readonly number[] | null): BadInput {
  if (onlyFitsTurned(extent)) return swappedAxes(extent);
  const where = span(extent);
  return new BadInput('crs', `the file does not say its coordinate system${where}: give its EPSG code`);
}
