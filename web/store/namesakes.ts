// Places of one layer that are called the same: told apart by their code wherever one stands alone.

import type { FeatureRow } from '../../server/layers/contract.ts';

type Named = Pick<FeatureRow, 'code' | 'name'>;
type Rows = ReadonlyMap<string, Named>;

/** By the rows themselves, which are many and asked of at every turn. */
const found = new WeakMap<Rows, ReadonlySet<string>>();

/** Whether another place of `rows` has the name of this one. */
export function hasNamesake(rows: Rows, { name }: Named): boolean {
  const names = found.get(rows) ?? repeatedIn(rows.values());
  found.set(rows, names);
  return names.has(name);
}

/** Names that places of more than one code have. */
export function repeatedIn(rows: Iterable<Named>): ReadonlySet<string> {
  const codes = new Map<string, string>();
  const repeated = new Set<string>();
  for (const { name, code } of rows) {
    if (name && (codes.get(name) ?? code) !== code) repeated.add(name);
    codes.set(name, code);
  }
  return repeated;
}
