// A map file to a published version of a layer: read apart where it is large, then stored beside the current version.

import type { Jurisdiction } from '../access/contract.ts';
import { BadInput } from '../errors.ts';
import { prepareAreas } from '../layers/areas.ts';
import type { AreasOptions, OnProgress, PointsOptions, StreetsOptions } from '../layers/contract.ts';
import { preparePoints } from '../layers/points.ts';
import { importVersion, type LayerDeps, type LayerReport } from '../layers/versions.ts';
import type { Check } from '../mapfiles/contract.ts';
import { prepareStreets } from '../streets/prepare.ts';
import { prepareApart } from './reader-process.ts';

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
  dated: { readonly validFrom?: string | null; readonly signal?: AbortSignal } = {},
): Promise<LayerReport> {
  const { title, ...how } = options;
  const task = { kind: 'streets', jurisdiction, path, options } as const;
  const here = () => prepareStreets(deps.database, jurisdiction, path, options, onProgress);
  const prepare = () => prepareApart(deps.database, task, onProgress, here);
  const wish = { ...dated, code: 'streets', title, type: 'streets' } as const;
  return importVersion(deps, jurisdiction, wish, path, how, prepare, onProgress);
}

/** Imports points as the next version of a layer. Throws BadInput as importAreas does. */
export function importPoints(
  deps: LayerDeps,
  jurisdiction: Jurisdiction,
  path: string,
  options: PointsOptions,
  onProgress: OnProgress,
  dated: { readonly validFrom?: string | null; readonly signal?: AbortSignal } = {},
): Promise<LayerReport> {
  const { layer, title, ...how } = options;
  const task = { kind: 'points', jurisdiction, path, options } as const;
  const here = () => preparePoints(deps.database, jurisdiction, path, options, onProgress);
  const prepare = () => prepareApart(deps.database, task, onProgress, here);
  const wish = { ...dated, code: layer, title, type: 'points' } as const;
  return importVersion(deps, jurisdiction, wish, path, how, prepare, onProgress);
}
