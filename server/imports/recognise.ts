// How a file that has come in is to be read: as a saved preset whose columns it has, else as the layout it looks like.

import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import type { Upload } from '../files/uploads.ts';
import { parseWith } from '../http/contract.ts';
import { type Detection, type ImportMapping, importMapping } from './contract.ts';
import { detectInWorker } from './detect-in-worker.ts';
import { incidentsFile } from './pending-upload.ts';
import { fittingPreset, listSavedPresets } from './saved-presets.ts';

/** From this confidence on a file is read as what it is recognised as, without anybody looking at it. */
export const SURE = 0.7;

export type Recognised = {
  readonly seen: Detection;
  readonly mapping: ImportMapping;
  /** Name of the saved preset the mapping comes from. */
  readonly savedPreset: string | null;
};

/** Throws BadInput('file') for what cannot be read at all. */
export async function recogniseUpload(
  database: Database,
  jurisdiction: Jurisdiction,
  upload: Upload,
): Promise<Recognised> {
  const { path, name } = incidentsFile(upload);
  const { bounds, timezone } = jurisdiction;
  const seen = await detectInWorker({ path, name, sheet: null, bounds, timezone });
  const header = seen.columns.map((column) => column.name);
  const fitting = fittingPreset(await listSavedPresets(database, jurisdiction), header);
  const mapping = fitting?.mapping ?? parseWith(importMapping, { preset: seen.preset });
  return { seen, mapping, savedPreset: fitting?.name ?? null };
}
