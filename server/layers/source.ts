// What checking any map file begins and ends with: the file read and placed on the map, and the report of what it holds.

import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import type { SourceFile } from '../mapfiles/contract.ts';
import { sayIfGuessed } from '../mapfiles/crs.ts';
import { type Findings, findingsOf } from '../mapfiles/findings.ts';
import { readFeatures } from '../mapfiles/formats.ts';
import { noteTaker } from '../mapfiles/notes.ts';
import { type Territory, territoryOf } from './clip-to-jurisdiction.ts';
import type { OnProgress } from './contract.ts';
import type { Content } from './versions.ts';

export type OpenedSource<Options> = {
  readonly source: SourceFile;
  readonly findings: Findings;
  /** The jurisdiction's ground; null where nothing is asked to be left out by it. */
  readonly territory: Territory | null;
  readonly choice: Options & { readonly only: string | null };
};

/** Reads the file; what was guessed of its reference system is among the findings. */
export async function openSource<
  Options extends Parameters<typeof readFeatures>[1] & { readonly only?: string | null },
>(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  options: Options,
  onProgress: OnProgress,
): Promise<OpenedSource<Options>> {
  const source = await readFeatures(path, options);
  onProgress(null, 'checking');
  const territory = options.only ? await territoryOf(database, jurisdiction) : null;
  const findings = findingsOf(source);
  sayIfGuessed(source, jurisdiction.bounds, findings);
  return { source, findings, territory, choice: { ...options, only: options.only ?? null } };
}

/** With the choices made, for the report: never guess silently. `columns` = what a column was taken for, and its name. */
export function contentOf(
  { source, findings }: OpenedSource<unknown>,
  columns: readonly (readonly [note: string, column: string | null])[],
  content: Pick<Content, 'rejected' | 'features' | 'bounds' | 'write'> & Partial<Pick<Content, 'repaired' | 'notes'>>,
): Content {
  const notes = noteTaker();
  notes.add('crs', source.crs.code === null ? source.crs.name : `EPSG:${source.crs.code}`);
  for (const [note, column] of columns) if (column) notes.add(note, column);
  return {
    read: source.features.length,
    repaired: 0,
    checks: findings.list(),
    ...content,
    notes: [...source.notes, ...notes.list(), ...(content.notes ?? []), ...findings.notes()],
  };
}
