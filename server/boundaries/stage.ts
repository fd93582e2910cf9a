// Which dataset of a file, folder or archive is meant, laid out in a temporary folder the way GDAL wants it.

import { copyFile, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { BadInput, TooLarge } from '../errors.ts';
import { makeScratch } from '../scratch.ts';
import { extensionOf, refuseUnsafe, withTrueExtension } from './sniff.ts';
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

/** `others` are the names of all datasets of an archive, the chosen one among them; empty outside archives. */
export type Staged = { readonly file: string; readonly folder: string; readonly others: readonly string[] };

export const stemOf = (path: string) => basename(path, extname(path));

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
 * removed afterwards. `choose` answers which of the datasets in an archive is meant, as a path there. Throws BadInput
 * when there is none, when a part is empty, or when it is XML that brings a document type.
 */
export async function withStaged<T>(
  path: string,
  choose: (datasets: readonly string[]) => string,
  work: (staged: Staged) => Promise<T>,
): Promise<T> {
  const folder = await makeScratch('file');
  try {
    const { file, others } = (await isZip(path)) ? await unpack(path, choose, folder) : await copy(path, folder);
    await refuseUnsafe(file);
    return await work({ file: await withTrueExtension(file), folder, others });
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

async function copy(path: string, folder: string): Promise<Omit<Staged, 'folder'>> {
  refuseForeign(path);
  let bytes = 0;
  const files = await filesOf(path);
  for (const part of files) bytes += (await stat(part)).size;
  if (bytes > ZIP_LIMITS.bytes) throw new TooLarge('the file is larger than is let in');
  for (const part of files) await copyFile(part, join(folder, stagedName(path, part)));
  return { file: join(folder, stagedName(path, path)), others: [] };
}

function unpack(
  path: string,
  choose: (datasets: readonly string[]) => string,
  folder: string,
): Promise<Omit<Staged, 'folder'>> {
  return withArchive(path, async (archive) => {
    const paths = archive.paths.filter((entry) => !/(^|\/)(__MACOSX\/|\.)/.test(entry));
    const datasets = datasetsOf(paths);
    const chosen = choose(datasets);
    const parts = partsOf(chosen, paths, DATASETS[extensionOf(chosen)] ?? []);
    const files = parts.map((part) => ({ path: part, as: stagedName(chosen, part) }));
    await archive.extract(files, folder);
    return { file: join(folder, stagedName(chosen, chosen)), others: datasets.map(stemOf) };
  });
}

/** The datasets among the paths of an archive. Throws BadInput when there is none. */
function datasetsOf(paths: readonly string[]): string[] {
  const found = paths.filter((path) => extensionOf(path) in DATASETS);
  // The doc.kml of a KMZ may be a table of contents of the files beside it.
  const datasets = found.length > 1 ? found.filter((path) => path !== 'doc.kml') : found;
  if (datasets.length > 0) return datasets;
  const part = paths.find((path) => DATASETS.shp!.includes(extensionOf(path)));
  if (part) throw new BadInput('file', `the shapefile ${stemOf(part)} lacks its .shp part, which holds the geometry`);
  for (const path of paths) refuseForeign(path);
  throw new BadInput('file', 'the archive holds no map data (shapefile, GeoPackage, GeoJSON, KML, …)');
}

/** The one dataset; several ask for `sourceLayer`, by file name without extension. Throws BadInput. */
export function chooseDataset(datasets: readonly string[], sourceLayer: string | null): string {
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
