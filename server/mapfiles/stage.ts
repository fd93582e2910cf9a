// Which dataset of a file, folder or archive is meant, laid out in a temporary folder the way GDAL wants it.

import { copyFile, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BadInput, TooLarge } from '../errors.ts';
import { makeScratch } from '../files/scratch.ts';
import { withArchive, ZIP_LIMITS } from '../files/unzip.ts';
import { listed } from '../text/choices.ts';
import { extensionOf, GEODATABASE, refuseUnsafe, stemOf, withTrueExtension } from './sniff.ts';

/** Files that hold map data, and the companions each needs. `.csv` holds WKT. */
const DATASETS: Readonly<Record<string, readonly string[]>> = {
  shp: ['shx', 'dbf', 'prj', 'cpg'],
  gpkg: [],
  geojson: [],
  json: [],
  geojsonl: [],
  geojsons: [],
  ndjson: [],
  topojson: [],
  kml: [],
  fgb: [],
  gml: ['xsd', 'gfs'],
  dxf: [],
  gpx: [],
  tab: ['dat', 'map', 'id', 'ind'],
  mif: ['mid'],
  csv: [],
  tsv: [],
  sqlite: [],
  jml: [],
};
const REFUSED: Readonly<Record<string, string>> = {
  dwg: 'DWG drawings cannot be read: save the drawing as DXF or export the layer as a shapefile',
  dbf: 'give the .shp file; its table is found beside it',
  shx: 'give the .shp file; its index is found beside it',
  prj: 'give the .shp file; its projection is found beside it',
  mid: 'give the .mif file; its table is found beside it',
  dat: 'give the .tab file; its table is found beside it',
  map: 'give the .tab file; its geometry is found beside it',
  id: 'give the .tab file; its index is found beside it',
  gdbtable: 'this is a part of a file geodatabase: give the whole .gdb folder in a zip',
};
/** Names of the files in a geodatabase; locks and whatever else lies there are left out. */
const GEODATABASE_PART = /^[\w-]+(\.[\w-]+)?$/;
const GEODATABASE_TABLE = /\.gdbtable$/i;
const ZIP_MAGIC = Buffer.from('PK\x03\x04');

/** `others` are the names of all datasets of an archive, the chosen one among them; empty outside archives. */
export type Staged = { readonly file: string; readonly folder: string; readonly others: readonly string[] };

/** Every file that belongs to the dataset at `path`: itself, and for a loose shapefile its parts. */
export async function filesOf(path: string): Promise<string[]> {
  if ((await stat(path).catch(() => null))?.isDirectory()) return partsOfFolder(path);
  const companions = DATASETS[extensionOf(path)];
  if (!companions?.length) return [path];
  const folder = dirname(path);
  const names = (await readdir(folder)).sort();
  return partsOf(basename(path), names, companions).map((name) => join(folder, name));
}

/** Throws BadInput for a folder that is no geodatabase. */
async function partsOfFolder(path: string): Promise<string[]> {
  const names = (await readdir(path)).sort();
  if (!names.some((name) => GEODATABASE_TABLE.test(name)))
    throw new BadInput('file', 'this is a folder: give the file in it, or a zip of it');
  return names.filter((name) => GEODATABASE_PART.test(name)).map((name) => join(path, name));
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
    if (extensionOf(file) === GEODATABASE) return await work({ file, folder, others });
    await refuseUnsafe(file);
    return await work({ file: await withTrueExtension(file), folder, others });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isZip(path: string): Promise<boolean> {
  const file = await openOrBadInput(path);
  try {
    if ((await file.stat()).isDirectory()) return false;
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
  if ((await stat(path)).isDirectory()) {
    const file = await geodatabaseIn(folder, path);
    for (const part of files) await copyFile(part, join(file, basename(part)));
    return { file, others: [] };
  }
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
    const geodatabases = geodatabasesOf(paths, stemOf(path));
    const datasets = datasetsOf(paths, [...geodatabases.keys()]);
    const chosen = choose(datasets);
    const inside = geodatabases.get(chosen);
    if (inside) {
      const file = await geodatabaseIn(folder, chosen);
      const files = inside.map((part) => ({ path: part, as: join(basename(file), basename(part)) }));
      await archive.extract(files, folder);
      return { file, others: datasets.map(stemOf) };
    }
    const parts = partsOf(chosen, paths, DATASETS[extensionOf(chosen)] ?? []);
    const files = parts.map((part) => ({ path: part, as: stagedName(chosen, part) }));
    await archive.extract(files, folder);
    return { file: join(folder, stagedName(chosen, chosen)), others: datasets.map(stemOf) };
  });
}

/** The folders of geodatabases among the paths of an archive, with their parts; `name` is of one without a folder. */
function geodatabasesOf(paths: readonly string[], name: string): Map<string, string[]> {
  const tables = paths.filter((path) => GEODATABASE_TABLE.test(path));
  const folders = new Set(tables.map((path) => dirname(path)));
  return new Map(
    [...folders].map((folder) => {
      const parts = paths.filter((path) => dirname(path) === folder && GEODATABASE_PART.test(basename(path)));
      const called = folder === '.' ? name : folder.replace(/\.gdb$/i, '');
      return [`${called}.${GEODATABASE}`, parts];
    }),
  );
}

/** A new folder for the parts of the geodatabase called so. */
async function geodatabaseIn(folder: string, called: string): Promise<string> {
  const file = join(folder, `${stagedStem(called)}.${GEODATABASE}`);
  await mkdir(file);
  return file;
}

/** The datasets among the paths of an archive. Throws BadInput when there is none. */
function datasetsOf(paths: readonly string[], geodatabases: readonly string[]): string[] {
  const found = [...geodatabases, ...paths.filter((path) => extensionOf(path) in DATASETS)];
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
  const list = listed(datasets.map(stemOf).sort());
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
  return `${stagedStem(dataset)}.${extensionOf(part)}`;
}

const stagedStem = (dataset: string) =>
  stemOf(dataset)
    .replaceAll(/[^\p{L}\p{N}_-]/gu, '_')
    .slice(0, 100);

function refuseForeign(path: string): void {
  const reason = REFUSED[extensionOf(path)];
  if (reason) throw new BadInput('file', reason);
}
