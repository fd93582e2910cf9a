// The parts of the portal: the map, and the data behind it.

import { mayOpen } from '../access/may-open.ts';
import { usePage } from '../app.ts';
import { writeUrl } from '../store/url.ts';

const TABS = [
  ['region', 'header.tabRegion'],
  ['map', 'header.tabMap'],
  ['analysis', 'header.tabAnalysis'],
  ['data', 'header.tabData'],
] as const;

export function Tabs({ onGo }: { onGo?: () => void }) {
  const { access, reference, store, t } = usePage();
  const state = store.page.value;
  const cities = reference.jurisdictions.answered.value?.value.length ?? 0;
  const tabs = TABS.filter(([tab]) => mayOpen(tab, access, cities));
  if (tabs.length < 2) return null;
  const isNow = (tab: (typeof TABS)[number][0]) =>
    tab === 'data' ? !['map', 'analysis', 'region', 'accounts', 'audit'].includes(state.tab) : state.tab === tab;
  return (
    <nav class="tabs" aria-label={t('header.tabs')}>
      {tabs.map(([tab, title]) => (
        <a
          key={tab}
          href={writeUrl({ ...state, tab, upload: null }) || '?'}
          aria-current={isNow(tab) ? 'page' : undefined}
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
