// Why a place has no rate, in words.

import { MIN_INCIDENTS_FOR_RATE, MIN_RESIDENTS } from '../../server/counts/contract.ts';
import type { Translate } from '../../server/i18n/contract.ts';
import type { FeatureRow } from '../../server/layers/contract.ts';

/** Null where nothing stands against one, or the place is not known. */
export function whyNoRate(t: Translate, row: Pick<FeatureRow, 'population'> | undefined, count: number): string | null {
  if (row && (row.population ?? 0) < MIN_RESIDENTS) return t('place.noRate');
  return count < MIN_INCIDENTS_FOR_RATE ? t('place.noRateFew') : null;
}
