// The layers names are looked for in, with what must be known to tell a borough from a neighbourhood.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import { keptLayers } from '../placing/load.ts';
import type { LayerVersion } from '../placing/packed-places.ts';
import { foldArea } from './fold-names.ts';

export type NamedLayer = LayerVersion & {
  /** The version of its layer that decides where names are found first. */
  readonly current: boolean;
  readonly features: number;
  /** The larger areas its areas say they are part of, by core; empty where they say nothing. */
  readonly parents: ReadonlySet<string>;
};

/** More areas than this, and they are no boroughs, unless there is a finer layer. */
const MOST_BOROUGHS = 60;

/** Every kept version, and one that is being placed; of the areas those of the finest layer first. */
export async function namedLayers(
  database: Database,
  jurisdictionId: number,
  arriving: LayerVersion | null,
): Promise<NamedLayer[]> {
  const kept = await keptLayers(database, jurisdictionId);
  const isNew =
    arriving && !kept.some((each) => each.layerId === arriving.layerId && each.version === arriving.version);
  const all = isNew ? [...kept, arriving] : kept;
  const { rows } = await sql<{ layerId: number; version: number; features: number; parents: string[] }>`
    select layer_id as "layerId", version, count(*)::int as features,
      coalesce(array_agg(distinct parent) filter (where parent is not null), '{}') as parents
    from area where jurisdiction_id = ${jurisdictionId} group by layer_id, version`.execute(database.db);
  const isCurrent = (layer: LayerVersion) =>
    layer === arriving
      ? !kept.some(({ layerId }) => layerId === layer.layerId)
      : !kept.some((each) => each.layerId === layer.layerId && kept.indexOf(each) < kept.indexOf(layer));
  return all
    .map((layer): NamedLayer => {
      const known = rows.find((row) => row.layerId === layer.layerId && row.version === layer.version);
      const parents = (known?.parents ?? []).flatMap((parent) => foldArea(parent)?.core ?? []);
      return { ...layer, current: isCurrent(layer), features: known?.features ?? 0, parents: new Set(parents) };
    })
    .sort((a, b) => b.features - a.features || a.layerId - b.layerId || Number(b.current) - Number(a.current));
}

/** Whether the areas of a layer may be boroughs of that name, and not neighbourhoods called like one. */
export function mayHoldBorough(layer: NamedLayer, borough: string, layers: readonly NamedLayer[]): boolean {
  if (layer.type !== 'areas' || layer.parents.has(borough)) return false;
  const others = layers.filter(
    ({ type, layerId, current }) => type === 'areas' && current && layerId !== layer.layerId,
  );
  if (others.length === 0) return layer.features <= MOST_BOROUGHS;
  return layer.features <= MOST_BOROUGHS || others.every(({ features }) => features > layer.features);
}
