// A file of street lines to a published version of the street layer.

import type { Jurisdiction } from '../access/contract.ts';
import {
  type LayerReport,
  noteTaker,
  type OnProgress,
  type SourceFile,
  type StreetsOptions,
} from '../boundaries/contract.ts';
import { readFeatures } from '../boundaries/formats.ts';
import { boundsOf, linesOf } from '../boundaries/validate.ts';
import { type Content, importVersion, type LayerDeps } from '../boundaries/versions.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import { chooseStreetColumns, streetOf } from './columns.ts';
import { buildNetwork, type StreetLine } from './network.ts';
import { storeSegments } from './store.ts';

/**
 * Imports street lines as the next version of the layer `streets`, split at junctions. In the report `read` and
 * `rejected` count lines of the file, `stored` segments. The same file with the same options makes no new version.
 * Throws BadInput when the file, its columns or all of its lines are unusable.
 */
export async function importStreets(
  deps: LayerDeps,
  jurisdiction: Jurisdiction,
  path: string,
  options: StreetsOptions,
  onProgress: OnProgress,
): Promise<LayerReport> {
  const { title, ...how } = options;
  const prepare = async () => {
    const source = await readFeatures(path, options);
    onProgress(null, 'checking');
    return prepareStreets(deps.database, source, options);
  };
  const wish = { code: 'streets', title, type: 'streets' } as const;
  return importVersion(deps, jurisdiction, wish, path, how, prepare, onProgress);
}

function prepareStreets(database: Database, source: SourceFile, options: StreetsOptions): Content {
  const notes = noteTaker();
  const columns = chooseStreetColumns(
    source.features.map(({ properties }) => properties),
    options,
  );
  notes.add('crs', source.crs.code === null ? source.crs.name : `EPSG:${source.crs.code}`);
  if (columns.name !== null) notes.add('column-name', columns.name);
  if (columns.roadClass !== null) notes.add('column-class', columns.roadClass);
  if (columns.code !== null) notes.add('column-code', columns.code);

  const lines: StreetLine[] = [];
  let rejected = 0;
  for (const [index, { properties, geometry }] of source.features.entries()) {
    const street = streetOf(properties, columns);
    const checked = linesOf(geometry);
    if (street === null || checked.rejected !== null) {
      notes.add(street === null ? 'not-a-street' : checked.rejected!, `#${index + 1}`);
      rejected += 1;
    } else {
      lines.push(...checked.parts.map((line) => ({ ...street, line })));
    }
  }
  const { segments, duplicates, dots } = buildNetwork(lines);
  if (segments.length === 0) {
    const reasons = notes.list().map(({ code, count }) => `${code} ${count}`);
    throw new BadInput('file', `the layer holds no usable lines (${reasons.join(', ')})`);
  }
  if (duplicates > 0) notes.add('duplicate-lines', null, duplicates);
  if (dots > 0) notes.add('line-without-length', null, dots);
  const unnamed = segments.filter(({ name }) => name === null).length;
  if (unnamed > 0) notes.add('unnamed-segments', null, unnamed);
  return {
    read: source.features.length,
    rejected,
    repaired: 0,
    features: segments.length,
    bounds: boundsOf(segments.flatMap(({ line }) => line)),
    notes: [...source.notes, ...notes.list()],
    write: (key, progress) => storeSegments(database, key, segments, (share) => progress(share, 'storing')),
  };
}
