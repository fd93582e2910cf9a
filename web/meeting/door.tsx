// The tabs «Reunión» and «Avisos» come in chunks of their own: whoever only looks at the map never loads them.

import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../app.ts';

const TABS_BEHIND = {
  meeting: async () => (await import('./meeting-tab.tsx')).MeetingTab,
  alerts: async () => (await import('../alerts/alerts-tab.tsx')).AlertsTab,
};

export function MeetingDoor({ to }: { readonly to: keyof typeof TABS_BEHIND }) {
  const { t } = usePage();
  const [tab, setTab] = useState<{ readonly Tab: FunctionComponent } | 'failed' | null>(null);
  useEffect(() => {
    let mine = true;
    TABS_BEHIND[to]().then(
      (Tab) => mine && setTab({ Tab }),
      () => mine && setTab('failed'),
    );
    return () => {
      mine = false;
    };
  }, [to]);
  if (tab === null || tab === 'failed')
    return <p class="no-data">{tab === null ? <span role="status">{t('app.loading')}</span> : t('data.failed')}</p>;
  return <tab.Tab />;
}
