// A file of polygons to a published version of a layer, or to the limit of a jurisdiction.

import { basename } from 'node:path';
import type { Jurisdiction } from '../access/contract.ts';
import { raiseDataVersion, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import { countCrossings } from '../geometry/crossings.ts';
import { boundsOf, type Polygon } from '../geometry/shape.ts';
import { type ColumnChoice, residentNotes } from '../mapfiles/columns.ts';
import type { Check, ReadOptions, SourceFile } from '../mapfiles/contract.ts';
import { sayIfGuessed } from '../mapfiles/crs.ts';
import { findingsOf, openFindings } from '../mapfiles/findings.ts';
import { readFeatures } from '../mapfiles/formats.ts';
import { noteTaker } from '../mapfiles/notes.ts';
import { prepareApart } from '../publishing/reader-process.ts';
import { checkAreas, noPolygons } from './check-areas.ts';
import { shapesOf } from './collect.ts';
import type { AreasOptions, OnProgress } from './contract.ts';
import { repeatCoverage } from './coverage.ts';
import { findFaults, MOST_CROSSINGS, storeAreas, storeLimit } from './store.ts';
import { type Content, importVersion, type LayerDeps, type LayerReport, locateJurisdiction } from './versions.ts';

/**
 * Imports polygons as the next version of a layer. The same file with the same options makes no new version. Throws
 * BadInput when the file, its columns or all of its geometries are unusable; single bad features are rejected and
 * reported, invalid rings repaired and counted. `shown`: what a preview of the same file with the same choices found.
 */
export async function importAreas(
  deps: LayerDeps,
  jurisdiction: Jurisdiction,
  path: string,
  options: AreasOptions,
  onProgress: OnProgress,
  {
    shown = null,
    ...dated
  }: {
    readonly validFrom?: string | null;
    readonly signal?: AbortSignal;
    readonly shown?: readonly Check[] | null;
  } = {},
): Promise<LayerReport> {
  const { layer, title, ...how } = options;
  if (layer === 'streets') throw new BadInput('layer', 'streets is the layer of lines: import it as streets');
  const task = { kind: 'areas', jurisdiction, path, options, shown } as const;
  const here = () => prepareAreas(deps.database, jurisdiction, path, options, shown, onProgress);
  const prepare = () => prepareApart(deps.database, task, onProgress, here);
  const wish = { ...dated, code: layer, title, type: options.type };
  return importVersion(deps, jurisdiction, wish, path, how, prepare, onProgress);
}

/** The polygons of a limit are united in one statement, which costs by these. */
const MOST_CROSSINGS_OF_LIMIT = 20_000;

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
  const findings = openFindings();
  const source = await readFeatures(path, options);
  const shapes = shapesOf(source, findings).map(({ polygons }) => polygons);
  const faults = await findFaults(database, shapes, () => {});
  const usable = shapes.flatMap((polygons, index) => {
    const fault = faults[index]!;
    if (fault.fault === 'repairable') return [fault.repaired];
    if (fault.fault === 'tangled') findings.add('too-many-crossings', { detail: `> ${MOST_CROSSINGS}` });
    return fault.fault === 'none' ? [polygons] : [];
  });
  if (usable.length === 0) throw noPolygons(source, findings);
  if (countCrossings(usable.flat(2), MOST_CROSSINGS_OF_LIMIT) === Infinity) {
    throw new BadInput('file', `its polygons cross each other more than ${MOST_CROSSINGS_OF_LIMIT} times`);
  }
  await withJurisdictionLock(database, jurisdiction.id, (writer) =>
    writer.publishing(async (trx) => {
      await storeLimit(trx, jurisdiction.id, usable);
      await locateJurisdiction(trx, jurisdiction, boundsOfPolygons(usable.flat()));
      await raiseDataVersion(trx, jurisdiction.id);
    }),
  );
}

/** Reads, checks and completes; stores nothing yet. */
export async function prepareAreas(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  options: AreasOptions,
  shown: readonly Check[] | null,
  onProgress: OnProgress,
): Promise<Content> {
  const source = await readFeatures(path, options);
  onProgress(null, 'checking');
  const findings = findingsOf(source);
  sayIfGuessed(source, jurisdiction.bounds, findings);
  const how = { only: options.only ?? null, coverage: options.type !== 'context' && !shown };
  const { columns, areas, repaired } = await checkAreas(
    database,
    jurisdiction,
    source,
    options,
    how,
    findings,
    (share) => onProgress(share, 'checking'),
  );
  if (shown) repeatCoverage(shown, findings);
  const notes = noteTaker();
  noteColumns(columns, source, notes);
  const populations = columns.populations.map(({ column, year }) => ({ year, source: `${column}, ${basename(path)}` }));
  return {
    read: source.features.length,
    rejected: source.features.length - areas.length,
    repaired,
    features: areas.length,
    bounds: boundsOfPolygons(areas.flatMap((area) => area.polygons)),
    notes: [...source.notes, ...notes.list(), ...residentNotes(columns), ...findings.notes()],
    checks: findings.list(),
    write: (writer, key, progress) =>
      storeAreas(writer, key, areas, populations, (share) => progress(share, 'storing')),
  };
}

/** The choices made, for the report: never guess silently. */
function noteColumns(columns: ColumnChoice, source: SourceFile, notes: ReturnType<typeof noteTaker>): void {
  notes.add('crs', source.crs.code === null ? source.crs.name : `EPSG:${source.crs.code}`);
  if (columns.code.length > 0) notes.add('column-code', columns.code.join('+'));
  if (columns.name !== null) notes.add('column-name', columns.name);
  if (columns.parent !== null) notes.add('column-parent', columns.parent);
  for (const { column, year } of columns.populations) notes.add('column-population', `${column}:${year}`);
}

const boundsOfPolygons = (polygons: readonly Polygon[]) => boundsOf(polygons.flatMap(([shell = []]) => shell));
