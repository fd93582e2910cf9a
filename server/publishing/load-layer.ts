// A map file to a published version of a layer: read apart where it is large, then stored beside the current version.

import type { Jurisdiction } from '../access/contract.ts';
import { BadInput } from '../errors.ts';
import type { AreasOptions, OnProgress, PointsOptions, StreetsOptions } from '../layers/contract.ts';
import { importVersion, type LayerDeps, type LayerReport } from '../layers/versions.ts';
import type { Check } from '../mapfiles/contract.ts';
import { prepareHere } from './prepare.ts';
import { type LayerTask, prepareApart } from './reader-process.ts';

type Dated = { readonly validFrom?: string | null; readonly signal?: AbortSignal };

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
  { shown = null, ...dated }: Dated & { readonly shown?: readonly Check[] | null } = {},
): Promise<LayerReport> {
  if (options.layer === 'streets') throw new BadInput('layer', 'streets is the layer of lines: import it as streets');
  return importLayer(deps, { kind: 'areas', jurisdiction, path, options, shown }, onProgress, dated);
}

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
  dated: Dated = {},
): Promise<LayerReport> {
  return importLayer(deps, { kind: 'streets', jurisdiction, path, options }, onProgress, dated);
}

/** Imports points as the next version of a layer. Throws BadInput as importAreas does. */
export async function importPoints(
  deps: LayerDeps,
  jurisdiction: Jurisdiction,
  path: string,
  options: PointsOptions,
  onProgress: OnProgress,
  dated: Dated = {},
): Promise<LayerReport> {
  return importLayer(deps, { kind: 'points', jurisdiction, path, options }, onProgress, dated);
}

function importLayer(deps: LayerDeps, task: LayerTask, onProgress: OnProgress, dated: Dated): Promise<LayerReport> {
  const { jurisdiction, path } = task;
  const { title, ...choices } = task.options;
  // The lines of a city are one layer, whatever else is said; of other layers the name is no choice of how to read.
  const { layer, ...others } = { layer: 'streets', ...choices };
  const [code, how] = task.kind === 'streets' ? ['streets', choices] : [layer, others];
  const type = task.kind === 'areas' ? task.options.type : task.kind;
  const here = () => prepareHere(deps.database, task, onProgress);
  const prepare = () => prepareApart(deps.database, task, onProgress, here);
  return importVersion(deps, jurisdiction, { ...dated, code, title, type }, path, how, prepare, onProgress);
}
