// The bell of the header: how many alerts were not seen, and the way to them.

import { useEffect } from 'preact/hooks';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { writeUrl } from '../store/url.ts';
import { alertPaths } from './paths.ts';

const AGAIN_MS = 5 * 60_000;

export function AlertsBell() {
  const { access, alertsUnseen, ask, reference, store, t, f } = usePage();
  const unseen = alertsUnseen.value;
  const city = reference.jurisdiction.value;
  const code = city?.code;
  const isOwn = access.may('follow-events') && city?.shared === undefined;
  const state = store.page.value;
  useEffect(() => {
    if (!code || !isOwn) return;
    const stop = new AbortController();
    const look = () =>
      ask(alertPaths.all(code), stop.signal).then(
        (answer) => {
          alertsUnseen.value = answer.unseen;
        },
        () => {},
      );
    void look();
    const timer = setInterval(look, AGAIN_MS);
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [code, isOwn, state.tab]);
  if (!code || !isOwn) return null;
  const label = unseen ? t('alerts.bell', { count: unseen, n: f.int(unseen) }) : t('alerts.bellNone');
  return (
    <a
      class="button is-icon alerts-bell"
      href={writeUrl({ ...state, tab: 'alerts', upload: null }) || '?'}
      aria-label={label}
      title={label}
      aria-current={state.tab === 'alerts' ? 'page' : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        store.change({ tab: 'alerts', upload: null });
      }}
    >
      <Icon name="bell" />
      {unseen > 0 && <span class="alerts-count">{f.int(unseen)}</span>}
    </a>
  );
}
