// Which dataset of a file, folder or archive is meant, laid out in a temporary folder the way GDAL wants it.

import { copyFile, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { BadInput, TooLarge } from '../errors.ts';
import { withArchive, ZIP_LIMITS } from './unzip.ts';

/** Files that hold map data, and the companions each needs. `.csv` holds WKT. */
const DATASETS: Readonly<Record<string, readonly string[]>> = {
  shp: ['shx', 'dbf', 'prj', 'cpg'],
  gpkg: [],
  geojson: [],
  json: [],
  geojsonl: [],
  geojsons: [],
  topojson: [],
  kml: [],
  fgb: [],
  gml: ['xsd', 'gfs'],
  dxf: [],
  gpx: [],
  tab: ['dat', 'map', 'id', 'ind'],
  mif: ['mid'],
  csv: [],
};
const REFUSED: Readonly<Record<string, string>> = {
  dwg: 'DWG drawings cannot be read: save the drawing as DXF or export the layer as a shapefile',
  dbf: 'give the .shp file; its table is found beside it',
  shx: 'give the .shp file; its index is found beside it',
  prj: 'give the .shp file; its projection is found beside it',
};
const ZIP_MAGIC = Buffer.from('PK\x03\x04');

export const extensionOf = (path: string) => extname(path).slice(1).toLowerCase();
const stemOf = (path: string) => basename(path, extname(path));

/** Every file that belongs to the dataset at `path`: itself, and for a loose shapefile its parts. */
export async function filesOf(path: string): Promise<string[]> {
  const companions = DATASETS[extensionOf(path)];
  if (!companions?.length) return [path];
  const folder = dirname(path);
  const names = (await readdir(folder)).sort();
  return partsOf(basename(path), names, companions).map((name) => join(folder, name));
}

/**
 * Runs `work` on the dataset inside `path` (a file, or an archive holding one), copied to a temporary folder that is
 * removed afterwards. With several datasets in an archive `sourceLayer` names one by its file name without extension.
 * Throws BadInput when there is none or it is not clear which.
 */
export async function withStaged<T>(
  path: string,
  sourceLayer: string | null,
  work: (file: string, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'cuadra-file-'));
  try {
    const file = (await isZip(path)) ? await unpack(path, sourceLayer, folder) : await copy(path, folder);
    return await work(file, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isZip(path: string): Promise<boolean> {
  const file = await openOrBadInput(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(ZIP_MAGIC.length), 0, ZIP_MAGIC.length, 0);
    if (bytesRead === 0) throw new BadInput('file', 'the file is empty');
    return buffer.equals(ZIP_MAGIC) || ['zip', 'kmz'].includes(extensionOf(path));
  } finally {
    await file.close();
  }
}

async function openOrBadInput(path: string) {
  try {
    return await open(path);
  } catch (error) {
    throw new BadInput('file', `the file cannot be opened: ${(error as NodeJS.ErrnoException).code}`);
  }
}

async function copy(path: string, folder: string): Promise<string> {
  refuseForeign(path);
  let bytes = 0;
  const files = await filesOf(path);
  for (const part of files) bytes += (await stat(part)).size;
  if (bytes > ZIP_LIMITS.bytes) throw new TooLarge('the file is larger than is let in');
  for (const part of files) await copyFile(part, join(folder, stagedName(path, part)));
  return join(folder, stagedName(path, path));
}

function unpack(path: string, sourceLayer: string | null, folder: string): Promise<string> {
  return withArchive(path, async (archive) => {
    const paths = archive.paths.filter((entry) => !/(^|\/)(__MACOSX\/|\.)/.test(entry));
    const chosen = chooseDataset(paths, sourceLayer);
    const parts = partsOf(chosen, paths, DATASETS[extensionOf(chosen)] ?? []);
    const files = parts.map((part) => ({ path: part, as: stagedName(chosen, part) }));
    await archive.extract(files, folder);
    return join(folder, stagedName(chosen, chosen));
  });
}

/** The one dataset among the paths of an archive; several ask for `sourceLayer`, by file name without extension. */
export function chooseDataset(paths: readonly string[], sourceLayer: string | null): string {
  const found = paths.filter((path) => extensionOf(path) in DATASETS);
  // The doc.kml of a KMZ may be a table of contents of the files beside it.
  const datasets = found.length > 1 ? found.filter((path) => path !== 'doc.kml') : found;
  if (datasets.length === 0) {
    for (const path of paths) refuseForeign(path);
    throw new BadInput('file', 'the archive holds no map data (shapefile, GeoPackage, GeoJSON, KML, …)');
  }
  const named = datasets.filter((path) => stemOf(path) === sourceLayer);
  if (named.length === 1) return named[0]!;
  if (datasets.length === 1) return datasets[0]!;
  const list = datasets.map(stemOf).sort().join(', ');
  throw new BadInput('source-layer', `the archive holds several layers, name one: ${list}`);
}

/** The dataset and its companions: same folder and stem, letters of either case. */
function partsOf(dataset: string, paths: readonly string[], companions: readonly string[]): string[] {
  const same = (path: string) =>
    dirname(path) === dirname(dataset) && stemOf(path).toLowerCase() === stemOf(dataset).toLowerCase();
  return paths.filter((path) => path === dataset || (same(path) && companions.includes(extensionOf(path))));
}

/** The name in the temporary folder: one stem for all parts, extensions in lower case, nothing odd. */
function stagedName(dataset: string, part: string): string {
  const stem = stemOf(dataset)
    .replaceAll(/[^\p{L}\p{N}_-]/gu, '_')
    .slice(0, 100);
  return `${stem}.${extensionOf(part)}`;
}

function refuseForeign(path: string): void {
  const reason = REFUSED[extensionOf(path)];
  if (reason) throw new BadInput('file', reason);
}
