// Below a map in a frame of another site: what the figures are not, and the way to the portal itself.

import { usePage } from '../app.ts';

export function EmbedFoot() {
  const { reference, store, t } = usePage();
  return (
    <footer class="embed-foot">
      <h1>{reference.jurisdiction.value?.name}</h1>
      <span>{t('embed.foot')}</span>
      <a class="link" href={store.link()} target="_blank" rel="noopener">
        {t('embed.open')}
      </a>
    </footer>
  );
}
