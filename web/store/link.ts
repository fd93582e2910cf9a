// The link of a view, to be opened by others and later: it names the version of the areas it was made with.

import type { App } from '../app.ts';

export function linkOf({ store, reference }: Pick<App, 'store' | 'reference'>): string {
  const row = reference.areaLayer.value;
  return store.link(row ? { layer: `${row.layer}@${row.version}` } : {});
}
