// A map file of any kind to features in degrees. One detector decides whether GDAL is needed.

import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import iconv from 'iconv-lite';
import { BadInput } from '../errors.ts';
import type { Note } from '../incidents/contract.ts';
import { type Crs, noteTaker, type ReadOptions, type SourceFeature, type SourceFile } from './contract.ts';
import { gdalEncoding, recode, shapefileEncoding } from './encoding.ts';
import { convertWithGdal, type GdalLayer } from './gdal.ts';
import { featureOf, PLAIN_GEOJSON_MAX_BYTES, parsePlainGeojson } from './geojson.ts';
import { extensionOf, filesOf, withStaged } from './stage.ts';
import { liesInDegrees } from './validate.ts';

const WGS84: Crs = { name: 'WGS 84', code: 4326 };
/** INEGI ships one projection under two names; the second carries no EPSG code. */
const CRS_ALIASES: readonly (readonly [RegExp, number])[] = [[/^MEXICO_ITRF_2008_LCC$/i, 6372]];

/** Codes in GML keep their leading zeros. */
const SETTINGS = { GML_FIELDTYPES: 'ALWAYS_STRING' };
/** For a shapefile without .shx only: GDAL would write the one that is there again. */
const REBUILD_INDEX = { SHAPE_RESTORE_SHX: 'YES' };

/**
 * Reads one layer of a map file: GeoJSON, GeoPackage, shapefile (loose or zipped), KML, KMZ, FlatGeobuf and whatever
 * else GDAL opens. Geometries come in EPSG:4326. Throws BadInput naming `file`, `source-layer` or `crs` when the file
 * cannot be read, holds several layers and none was named, or does not say where on earth it is.
 */
export function readFeatures(path: string, options: ReadOptions): Promise<SourceFile> {
  return withStaged(path, options.sourceLayer, async (file, folder) => {
    const source = (await readPlainGeojson(file, options)) ?? (await readByGdal(file, folder, options));
    if (source.features.length === 0) throw new BadInput('file', 'the layer holds no features');
    refuseUnlessDegrees(source.features, options.crs);
    return source;
  });
}

/** SHA-256 (hex) of a file as given, with all parts of a loose shapefile. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for (const part of await filesOf(path)) for await (const chunk of createReadStream(part)) hash.update(chunk);
  return hash.digest('hex');
}

async function readPlainGeojson(file: string, options: ReadOptions): Promise<SourceFile | null> {
  if (!['geojson', 'json'].includes(extensionOf(file))) return null;
  if ((options.crs !== null && options.crs !== 4326) || (await stat(file)).size > PLAIN_GEOJSON_MAX_BYTES) return null;
  const bytes = await readFile(file);
  const { text, notes } = decode(bytes, options.encoding);
  const features = parsePlainGeojson(text);
  const sourceLayer = file.replace(/^.*[\\/]|\.[^.]*$/g, '');
  return features && { sourceLayer, crs: WGS84, features, notes };
}

/** GeoJSON is UTF-8 by its standard; offices also write it in Windows-1252. */
function decode(bytes: Buffer, encoding: string | null): { text: string; notes: Note[] } {
  if (encoding !== null) return { text: iconv.decode(bytes, encoding), notes: [] };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), notes: [] };
  } catch {
    return { text: iconv.decode(bytes, 'CP1252'), notes: [{ code: 'encoding-guessed', count: 1, example: 'CP1252' }] };
  }
}

async function readByGdal(file: string, folder: string, options: ReadOptions): Promise<SourceFile> {
  const notes = noteTaker();
  const encoding = extensionOf(file) === 'shp' ? await shapefileEncoding(file, options.encoding) : null;
  if (encoding?.guessed) notes.add('encoding-guessed', encoding.name);
  let chosen: GdalLayer | undefined;
  const request = {
    file,
    folder,
    openOptions: encoding ? [`ENCODING=${gdalEncoding(encoding)}`] : [],
    settings: { ...SETTINGS, ...(encoding && !existsSync(file.replace(/shp$/, 'shx')) && REBUILD_INDEX) },
  };
  const converted = await convertWithGdal(request, (layers) => {
    chosen = chooseLayer(layers, options.sourceLayer, file);
    if (chosen.crs === null && options.crs === null) throw unknownCrs(chosen.extent);
    return { layer: chosen.name, sourceCrs: options.crs };
  });
  const features: SourceFeature[] = [];
  const lines = createInterface({ input: createReadStream(converted), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    if (line === '') continue;
    const { properties, geometry } = featureOf(JSON.parse(line));
    features.push({ properties: encoding ? recode(properties, encoding) : properties, geometry });
  }
  if (extensionOf(file) === 'kml') await noteKmlLosses(file, features.length, notes);
  return {
    sourceLayer: chosen?.name ?? '',
    crs: crsOf(chosen?.crs ?? null, options.crs),
    features,
    notes: notes.list(),
  };
}

/** GDAL's own KML reader drops typed data and some geometries: say so rather than lose them silently. */
async function noteKmlLosses(file: string, read: number, notes: ReturnType<typeof noteTaker>): Promise<void> {
  const text = await readFile(file, 'utf8');
  if (text.includes('<ExtendedData')) notes.add('kml-data-lost');
  const placemarks = text.match(/<Placemark\b/g)?.length ?? 0;
  if (placemarks > read) notes.add('kml-placemarks-lost', null, placemarks - read);
}

/** The layer meant: the one named, or the only one with geometry. */
export function chooseLayer(layers: readonly GdalLayer[], name: string | null, file: string): GdalLayer {
  const mapped = layers.filter((layer) => layer.geometryType !== null);
  const named = mapped.find((layer) => layer.name === name);
  if (named) return named;
  const only = mapped.length === 1 ? mapped[0] : undefined;
  // The name may have chosen the file inside an archive already.
  if (only && (name === null || file.includes(name))) return only;
  const list = mapped.map((layer) => layer.name).join(', ');
  if (mapped.length === 0) throw new BadInput('file', 'the file holds no layer with geometry');
  if (name === null) throw new BadInput('source-layer', `the file holds several layers, name one: ${list}`);
  throw new BadInput('source-layer', `the file holds no layer ${name}; it holds: ${list}`);
}

function crsOf(found: Crs | null, given: number | null): Crs {
  if (given !== null) return { name: `EPSG:${given}`, code: given };
  const name = found?.name ?? '';
  return { name, code: found?.code ?? CRS_ALIASES.find(([alias]) => alias.test(name))?.[1] ?? null };
}

function refuseUnlessDegrees(features: readonly SourceFeature[], crs: number | null): void {
  const placed = features.filter((feature) => feature.geometry !== null);
  const strayed = placed.filter((feature) => feature.geometry && !liesInDegrees(feature.geometry));
  // A few wild coordinates are single bad features and rejected as such; most of them mean another reference system.
  if (strayed.length * 2 <= placed.length) return;
  if (crs === null) throw unknownCrs(null);
  throw new BadInput('crs', `EPSG:${crs} does not fit: the features would lie outside the earth`);
}

function unknownCrs(extent: readonly number[] | null): BadInput {
  const where = extent ? ` (x ${extent[0]} to ${extent[2]}, y ${extent[1]} to ${extent[3]})` : '';
  return new BadInput('crs', `the file does not say its coordinate system${where}: give its EPSG code`);
}
