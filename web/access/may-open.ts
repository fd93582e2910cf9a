// Which parts of the portal somebody has something to do in.

import type { Tab } from '../store/url.ts';
import type { Access } from './me.ts';

/** Who may do none of these has nothing to do behind the map. */
const BRING = ['import', 'publish-layers', 'manage-offences', 'manage-places', 'add-jurisdictions'] as const;

/** By an agreement with another authority there is its map; what lies behind it is of one's own. */
const OF_OTHERS: readonly Tab[] = ['map', 'region', 'accounts', 'agreements', 'audit', 'tip', 'wall', 'learn'];

/**
 * `cities` = how many jurisdictions they may see; a map above one alone shows nothing. `isShared` = the one they look at is
 * another authority's.
 */
export function mayOpen(tab: Tab, { may }: Pick<Access, 'may'>, cities: number, isShared: boolean): boolean {
  if (isShared && !OF_OTHERS.includes(tab)) return false;
  switch (tab) {
    case 'map':
      return true;
    case 'region':
      return cities > 1;
    case 'analysis':
    case 'meeting':
    case 'briefings':
    case 'alerts':
      return may('follow-events');
    case 'problems':
      return may('see-problems');
    case 'accounts':
      return may('read-accounts');
    case 'agreements':
      return may('share');
    case 'audit':
      return may('read-audit');
    case 'tips':
      return may('handle-tips');
    case 'tip':
    // Whoever may not see it is told so there; a link to enrol waits until they signed in.
    case 'wall':
    case 'courses':
      return true;
    case 'learn':
      return may('look');
    default:
      return BRING.some(may);
  }
}
