// A tab that comes in its own chunk: whoever never opens it never loads it.

import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../app.ts';

/** `load` is called when the tab is opened; until it is there that is said, and where it cannot be had, too. */
export function doorTo<P extends object>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  return (props) => {
    const { t } = usePage();
    const [tab, setTab] = useState<{ readonly Tab: FunctionComponent<P> } | 'failed' | null>(null);
    useEffect(() => {
      let isOpen = true;
      load().then(
        (Tab) => isOpen && setTab({ Tab }),
        () => isOpen && setTab('failed'),
      );
      return () => {
        isOpen = false;
      };
    }, []);
    if (tab === null || tab === 'failed')
      return <p class="no-data">{tab === null ? <span role="status">{t('app.loading')}</span> : t('data.failed')}</p>;
    return <tab.Tab {...props} />;
  };
}
