// Whose data are another authority's says so wherever it is named, and how much of them is seen.

import type { ShareLevel } from '../../server/access/contract.ts';
import { usePage } from '../app.ts';

export function SharedBadge({ name, level }: { name: string; level: ShareLevel }) {
  const { t } = usePage();
  const words = t(`sharing.level_${level}`);
  return (
    <small class="shared" title={t('sharing.badgeText', { city: name, level: words })}>
      {t('sharing.badge', { level: words })}
    </small>
  );
}
