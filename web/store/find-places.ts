// Areas and streets by name, over the server's own accent-blind search.

import type { FeatureRow, LayerRow } from '../../server/layers/contract.ts';
import type { App } from '../app.ts';
import { paths } from './api.ts';
import { fold } from './fold.ts';

/** The server also finds streets that merely cross the one sought; of more than are shown, the best are picked. */
const ASKED = 200;
const PER_LAYER = 6;

export type Hit = { readonly layer: LayerRow; readonly row: FeatureRow };

/**
 * Those that bear the name themselves before those that cross it, names that begin so first; of a street, which has many
 * segments, one of each name.
 */
function nearest(rows: readonly FeatureRow[], wanted: string, isStreet: boolean): readonly FeatureRow[] {
  const sought = fold(wanted);
  const rank = ({ name }: FeatureRow) => {
    const at = ` ${fold(name)}`.indexOf(` ${sought}`);
    return at === 0 ? 0 : at > 0 ? 1 : fold(name).includes(sought) ? 2 : 3;
  };
  const byName = new Map<string, FeatureRow>();
  for (const row of rows) {
    const key = isStreet ? row.name : `${row.name}/${row.code}`;
    if (row.name && !byName.has(key)) byName.set(key, row);
  }
  const named = [...byName.values()];
  return (named.length ? named : [...rows]).sort((a, b) => rank(a) - rank(b)).slice(0, PER_LAYER);
}

/** The best of each layer for what was typed, layer by layer, areas first. Rejects as `ask` does. */
export async function findPlaces(
  { reference, ask }: Pick<App, 'reference' | 'ask'>,
  city: string,
  wanted: string,
  signal: AbortSignal,
): Promise<readonly Hit[]> {
  const layers = [...reference.areaLayers.peek(), reference.streetLayer.peek()].filter((layer) => layer !== null);
  const found = await Promise.all(
    layers.map(async (layer) => {
      const { features } = await ask(paths.search(city, reference.address(layer.layer), wanted, ASKED), signal);
      return nearest(features, wanted, layer.type === 'streets').map((row): Hit => ({ layer, row }));
    }),
  );
  return found.flat();
}
