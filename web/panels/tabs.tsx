// The parts of the portal: the map, and the data behind it.

import { mayOpen } from '../access/may-open.ts';
import { usePage } from '../app.ts';
import { type Tab, writeUrl } from '../store/url.ts';

const TABS = [
  ['region', 'header.tabRegion'],
  ['map', 'header.tabMap'],
  ['analysis', 'header.tabAnalysis'],
  ['meeting', 'meeting.tab'],
  ['problems', 'problems.tab'],
  ['learn', 'lessons.tab'],
  ['data', 'header.tabData'],
  ['tip', 'tips.tab'],
] as const;
/** What does not lie below «Datos». */
const ELSEWHERE: readonly Tab[] = [
  'map',
  'analysis',
  'meeting',
  'alerts',
  'problems',
  'briefings',
  'learn',
  'courses',
  'region',
  'accounts',
  'agreements',
  'audit',
  'tip',
  'tips',
  'wall',
];

export function Tabs({ onGo }: { onGo?: () => void }) {
  const { access, reference, store, tipForm, t } = usePage();
  const state = store.page.value;
  const cities = reference.jurisdictions.answered.value?.value.length ?? 0;
  const takesTips = tipForm.answered.value?.value.form != null;
  const isShared = reference.jurisdiction.value?.shared !== undefined;
  const tabs = TABS.filter(([tab]) => mayOpen(tab, access, cities, isShared) && (tab !== 'tip' || takesTips));
  if (tabs.length < 2) return null;
  // To the public there are the map and the form: beside one of them stands the way to the other.
  const shown = tabs.length === 2 && takesTips ? tabs.filter(([tab]) => tab !== state.tab) : tabs;
  const isNow = (tab: (typeof TABS)[number][0]) =>
    tab === 'data'
      ? !ELSEWHERE.includes(state.tab)
      : state.tab === tab ||
        (tab === 'meeting' && state.tab === 'briefings') ||
        (tab === 'learn' && state.tab === 'courses');
  return (
    <nav class="tabs" aria-label={t('header.tabs')}>
      {shown.map(([tab, title]) => (
        <a
          key={tab}
          href={writeUrl({ ...state, tab, upload: null, problem: null, course: null }) || '?'}
          aria-current={isNow(tab) ? 'page' : undefined}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            store.change({ tab, upload: null, problem: null, course: null });
            onGo?.();
          }}
        >
          {t(title)}
        </a>
      ))}
    </nav>
  );
}
