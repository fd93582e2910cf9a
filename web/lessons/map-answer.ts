// What stands on the map as the answer to an exercise: the filter that is really asked, in words of an address.

import { filterToQuery } from '../../server/filter/contract.ts';
import type { App } from '../app.ts';
import { effectiveFilter } from '../store/state.ts';

export function mapStateAnswer({ store, reference }: App): string {
  const filter = effectiveFilter(store.filter.peek(), reference.themes.peek());
  return new URLSearchParams(filterToQuery(filter)).toString();
}
