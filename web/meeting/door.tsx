// The tab «Reunión» comes in its own chunk: whoever only looks at the map never loads it.

import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../app.ts';

export function MeetingDoor() {
  const { t } = usePage();
  const [tab, setTab] = useState<{ readonly Tab: FunctionComponent } | 'failed' | null>(null);
  useEffect(() => {
    let mine = true;
    import('./meeting-tab.tsx').then(
      ({ MeetingTab }) => mine && setTab({ Tab: MeetingTab }),
      () => mine && setTab('failed'),
    );
    return () => {
      mine = false;
    };
  }, []);
  if (tab === null || tab === 'failed')
    return <p class="no-data">{tab === null ? <span role="status">{t('app.loading')}</span> : t('data.failed')}</p>;
  return <tab.Tab />;
}
