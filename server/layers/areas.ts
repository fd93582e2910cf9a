// A file of polygons read, checked and completed: what a version of a layer is made of.

import { basename } from 'node:path';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { boundsOf, type Polygon } from '../geometry/shape.ts';
import { type ColumnChoice, residentNotes } from '../mapfiles/columns.ts';
import type { Check, SourceFile } from '../mapfiles/contract.ts';
import { sayIfGuessed } from '../mapfiles/crs.ts';
import { findingsOf } from '../mapfiles/findings.ts';
import { readFeatures } from '../mapfiles/formats.ts';
import { noteTaker } from '../mapfiles/notes.ts';
import { checkAreas } from './check-areas.ts';
import type { AreasOptions, OnProgress } from './contract.ts';
import { repeatCoverage } from './coverage.ts';
import { storeAreas } from './store.ts';
import type { Content } from './versions.ts';

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

export const boundsOfPolygons = (polygons: readonly Polygon[]) => boundsOf(polygons.flatMap(([shell = []]) => shell));
