// Whether numbers hold what not every role is told so finely: sensitive offences finer than by area.

import type { Viewer } from '../access/contract.ts';
import { mayDo } from '../access/rights.ts';
import type { Stats } from '../counts/asking.ts';
import { offencesByAreaAlone } from '../counts/narrowed.ts';
import type { Snapshot } from '../cube/store.ts';
import { parseFilter } from '../filter/contract.ts';
import { planFor } from '../filter/scope.ts';

/** Whether what this viewer was told of a filter, as its query, holds what others are told by area alone. */
export async function holdsSensitive(
  stats: Stats,
  snapshot: Snapshot,
  viewer: Viewer,
  filter: Readonly<Record<string, string>>,
  byArea: boolean,
): Promise<boolean> {
  if (byArea || !mayDo(viewer, 'see-sensitive-places')) return false;
  const { plan } = await planFor(stats, snapshot, viewer, parseFilter(filter));
  const sensitive = offencesByAreaAlone({ ...viewer, role: 'planner' }, snapshot, stats.taxonomy);
  const asked = plan.offenceIds ?? snapshot.offences.map(({ offenceId }) => offenceId);
  return asked.some((id) => sensitive.has(id));
}
