// What of a problem and its items a viewer may see: numbers by street that hold sensitive offences are for those who may see these so finely,
// and numbers of the whole city, which a kept evaluation holds for its comparison, not for those bound to areas.

import type { Viewer } from '../access/contract.ts';
import { mayDo } from '../access/rights.ts';
import type { EditConflict, ItemRow, ProblemBody } from './contract.ts';

export function shownTo<T extends ItemRow>(viewer: Viewer, item: T): T {
  if (item.kind !== 'evaluation' || item.body === null) return item;
  const isSensitive = 'isSensitive' in item.body && item.body.isSensitive;
  return seesKept(viewer, { isSensitive }) ? item : { ...item, body: null };
}

export const seesKept = (viewer: Viewer, { isSensitive }: { readonly isSensitive: boolean }): boolean =>
  viewer.scope.areas === null && (!isSensitive || mayDo(viewer, 'see-sensitive-places'));

/** A problem without the figures it was opened with, where these are finer than the viewer is told of sensitive offences. */
export function figuresShownTo<T extends Pick<ProblemBody, 'figures'>>(viewer: Viewer, body: T): T {
  const isHidden = body.figures && body.figures.isSensitive !== false && !mayDo(viewer, 'see-sensitive-places');
  return isHidden ? { ...body, figures: null } : body;
}

/** What somebody else changed, as this viewer may know it. */
export function conflictShownTo(viewer: Viewer, conflict: EditConflict): EditConflict {
  const { figures } = conflict.theirs as Partial<Pick<ProblemBody, 'figures'>>;
  if (!figures) return conflict;
  return { ...conflict, theirs: { ...conflict.theirs, ...figuresShownTo(viewer, { figures }) } };
}
