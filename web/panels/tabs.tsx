// The parts of the portal: the map, and the data behind it.

import { usePage } from '../app.ts';
import { writeUrl } from '../store/url.ts';

const TABS = [
  ['map', 'header.tabMap'],
  ['data', 'header.tabData'],
] as const;

/** Who may do none of these has nothing to do behind the map. */
const BRING = ['import', 'publish-layers', 'manage-offences', 'manage-places', 'add-jurisdictions'];

export function Tabs({ onGo }: { onGo?: () => void }) {
  const { access, store, t } = usePage();
  const state = store.page.value;
  if (!BRING.some((right) => access.may(right))) return null;
  return (
    <nav class="tabs" aria-label={t('header.tabs')}>
      {TABS.map(([tab, title]) => (
        <a
          key={tab}
          href={writeUrl({ ...state, tab, upload: null }) || '?'}
          aria-current={(state.tab === 'map') === (tab === 'map') ? 'page' : undefined}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            store.change({ tab, upload: null });
            onGo?.();
          }}
        >
          {t(title)}
        </a>
      ))}
    </nav>
  );
}
