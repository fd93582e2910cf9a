// A file of polygons to a published version of a layer, or to the limit of a jurisdiction.

import { basename } from 'node:path';
import type { Jurisdiction } from '../access/contract.ts';
import { raiseDataVersion, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import { type ColumnChoice, chooseColumns, codeOf, residentsOf, textOf } from './columns.ts';
import {
  type AreasOptions,
  type LayerReport,
  noteTaker,
  type OnProgress,
  type Properties,
  type ReadOptions,
  type SourceFile,
} from './contract.ts';
import { readFeatures } from './formats.ts';
import { type AreaRow, findFaults, storeAreas, storeLimit } from './store.ts';
import { boundsOf, type Polygon, polygonsOf } from './validate.ts';
import { type Content, importVersion, type LayerDeps, locateJurisdiction } from './versions.ts';

const CONTEXT_CLASSES: readonly unknown[] = ['water', 'park'];

type Notes = ReturnType<typeof noteTaker>;
type Shape = { readonly properties: Properties; readonly polygons: readonly Polygon[]; readonly closed: boolean };
type Area = AreaRow & { readonly closed: boolean };

/**
 * Imports polygons as the next version of a layer. The same file with the same options makes no new version. Throws
 * BadInput when the file, its columns or all of its geometries are unusable; single bad features are rejected and
 * reported, invalid rings repaired and counted.
 */
export async function importAreas(
  deps: LayerDeps,
  jurisdiction: Jurisdiction,
  path: string,
  options: AreasOptions,
  onProgress: OnProgress,
): Promise<LayerReport> {
  const { layer, title, ...how } = options;
  if (layer === 'streets') throw new BadInput('layer', 'streets is the layer of lines: import it as streets');
  const prepare = async () => {
    const source = await readFeatures(path, options);
    return prepareAreas(deps.database, source, options, basename(path), onProgress);
  };
  return importVersion(deps, jurisdiction, { code: layer, title, type: options.type }, path, how, prepare, onProgress);
}

/**
 * Makes the union of the polygons in a file the limit and the bounds of a jurisdiction. What is already placed stays:
 * streets imported before need `import streets` again. Throws BadInput as importAreas does.
 */
export async function importLimit(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  options: ReadOptions,
): Promise<void> {
  const notes = noteTaker();
  const source = await readFeatures(path, options);
  const shapes = shapesOf(source, notes).map(({ polygons }) => polygons);
  const faults = await findFaults(database, shapes, () => {});
  const usable = shapes.filter((_, index) => faults[index] !== 'hopeless');
  if (usable.length === 0) throw noPolygons(notes);
  await withJurisdictionLock(database, jurisdiction.id, () =>
    database.db.transaction().execute(async (trx) => {
      await storeLimit(trx, jurisdiction.id, usable);
      await locateJurisdiction(trx, jurisdiction, boundsOfPolygons(usable.flat()));
      await raiseDataVersion(trx, jurisdiction.id);
    }),
  );
}

/** Checks and completes what was read; stores nothing yet. */
async function prepareAreas(
  database: Database,
  source: SourceFile,
  options: AreasOptions,
  fileName: string,
  onProgress: OnProgress,
): Promise<Content> {
  const notes = noteTaker();
  const shapes = shapesOf(source, notes);
  if (shapes.length === 0) throw noPolygons(notes);
  const columns = chooseColumns(
    shapes.map(({ properties }) => properties),
    options,
  );
  noteColumns(columns, source, notes);
  const areas = areasOf(shapes, columns, options.type, notes);
  const polygons = areas.map((area) => area.polygons);
  const faults = await findFaults(database, polygons, (share) => onProgress(share, 'checking'));

  const kept: Area[] = [];
  let repaired = 0;
  for (const [index, area] of areas.entries()) {
    if (faults[index] === 'hopeless') {
      notes.add('geometry-without-area', area.code);
      continue;
    }
    kept.push(area);
    if (faults[index] === 'repairable') notes.add('geometry-repaired', area.code);
    if (area.closed) notes.add('ring-closed', area.code);
    if (faults[index] === 'repairable' || area.closed) repaired += 1;
  }
  if (kept.length === 0) throw noPolygons(notes);
  kept.sort((a, b) => Buffer.compare(Buffer.from(a.code), Buffer.from(b.code)));
  const population = columns.population && {
    year: columns.population.year,
    source: `${columns.population.column}, ${fileName}`,
  };
  return {
    read: source.features.length,
    rejected: source.features.length - kept.length,
    repaired,
    features: kept.length,
    bounds: boundsOfPolygons(kept.flatMap((area) => area.polygons)),
    notes: [...source.notes, ...notes.list()],
    write: (key, progress) => storeAreas(database, key, kept, population, (share) => progress(share, 'storing')),
  };
}

/** The features with polygons; the others are noted by the reason they were rejected for. */
function shapesOf(source: SourceFile, notes: Notes): Shape[] {
  const shapes: Shape[] = [];
  for (const [index, { properties, geometry }] of source.features.entries()) {
    const checked = polygonsOf(geometry);
    if (checked.rejected !== null) notes.add(checked.rejected, `#${index + 1}`);
    else shapes.push({ properties, polygons: checked.parts, closed: checked.closed });
  }
  return shapes;
}

/** Codes, names and classes; rows without a code of their own, or of no known class, are noted and left out. */
function areasOf(shapes: readonly Shape[], columns: ColumnChoice, type: AreasOptions['type'], notes: Notes): Area[] {
  const seen = new Set<string>();
  const areas: Area[] = [];
  for (const { properties, polygons, closed } of shapes) {
    const code = codeOf(properties, columns.code);
    const kind = type === 'context' ? properties.class : null;
    if (code === null) notes.add('code-missing');
    else if (seen.has(code)) notes.add('code-repeated', code);
    else if (type === 'context' && !CONTEXT_CLASSES.includes(kind)) notes.add('class-unknown', code);
    else {
      seen.add(code);
      const name = columns.name === null ? code : (textOf(properties[columns.name]) ?? code);
      const residents = columns.population && residentsOf(properties[columns.population.column]);
      areas.push({ code, name, class: textOf(kind), residents, polygons, closed });
    }
  }
  return areas;
}

/** The choices made, for the report: never guess silently. */
function noteColumns(columns: ColumnChoice, source: SourceFile, notes: Notes): void {
  notes.add('crs', source.crs.code === null ? source.crs.name : `EPSG:${source.crs.code}`);
  notes.add('column-code', columns.code.join('+'));
  if (columns.name !== null) notes.add('column-name', columns.name);
  if (columns.population === null) return;
  notes.add('column-population', `${columns.population.column}:${columns.population.year}`);
  if (columns.population.yearAssumed) notes.add('population-year-assumed', String(columns.population.year));
}

const boundsOfPolygons = (polygons: readonly Polygon[]) => boundsOf(polygons.flatMap(([shell = []]) => shell));

function noPolygons(notes: Notes): BadInput {
  const reasons = notes.list().map(({ code, count }) => `${code} ${count}`);
  return new BadInput('file', `the layer holds no usable polygons (${reasons.join(', ')})`);
}
