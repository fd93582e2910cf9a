// What of an item a viewer may see: numbers by street that hold sensitive offences are for those who may see these so finely.

import type { Viewer } from '../access/contract.ts';
import { mayDo } from '../access/rights.ts';
import type { ItemRow } from './contract.ts';

export function shownTo<T extends ItemRow>(viewer: Viewer, item: T): T {
  const isSensitive =
    item.kind === 'evaluation' && item.body !== null && 'isSensitive' in item.body && item.body.isSensitive;
  return isSensitive && !mayDo(viewer, 'see-sensitive-places') ? { ...item, body: null } : item;
}
