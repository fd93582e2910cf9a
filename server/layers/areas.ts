// A file of polygons read, checked and completed: what a version of a layer is made of.

import { basename } from 'node:path';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { boundsOf, type Polygon } from '../geometry/shape.ts';
import { residentNotes } from '../mapfiles/columns.ts';
import type { Check } from '../mapfiles/contract.ts';
import { checkAreas } from './check-areas.ts';
import type { AreasOptions, OnProgress } from './contract.ts';
import { repeatCoverage } from './coverage.ts';
import { contentOf, openSource } from './source.ts';
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
  const opened = await openSource(database, jurisdiction, path, options, onProgress);
  const { source, choice, findings, territory } = opened;
  const how = { territory, coverage: options.type !== 'context' && !shown };
  const { columns, areas, repaired } = await checkAreas(
    database,
    jurisdiction,
    source,
    choice,
    how,
    findings,
    (share) => onProgress(share, 'checking'),
  );
  if (shown) repeatCoverage(shown, findings);
  const named = [
    ['column-code', columns.code.join('+')],
    ['column-name', columns.name],
    ['column-parent', columns.parent],
    ...columns.populations.map(({ column, year }) => ['column-population', `${column}:${year}`] as const),
  ] as const;
  const populations = columns.populations.map(({ column, year }) => ({ year, source: `${column}, ${basename(path)}` }));
  return contentOf(opened, named, {
    rejected: source.features.length - areas.length,
    repaired,
    features: areas.length,
    bounds: boundsOfPolygons(areas.flatMap((area) => area.polygons)),
    notes: residentNotes(columns),
    write: (writer, key, progress) =>
      storeAreas(writer, key, areas, populations, (share) => progress(share, 'storing')),
  });
}

export const boundsOfPolygons = (polygons: readonly Polygon[]) => boundsOf(polygons.flatMap(([shell = []]) => shell));
