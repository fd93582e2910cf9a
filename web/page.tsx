// The main screen: header, filters, map, and the column that answers, ranks, times and follows.

import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { LOCALES } from '../server/i18n/contract.ts';
import { AccountsTab } from './access/accounts-tab.tsx';
import { AuditTab } from './access/audit-tab.tsx';
import { mayOpen } from './access/may-open.ts';
import { OneTimeLinkScreen, takeToken } from './access/one-time-link.tsx';
import { SignInScreen } from './access/sign-in.tsx';
import { AnalysisDoor } from './analysis/door.tsx';
import { usePage } from './app.ts';
import { DataTab } from './data/data-tab.tsx';
import { Announcement } from './panels/announcement.tsx';
import { Column } from './panels/column.tsx';
import { FilterBar } from './panels/filter-bar.tsx';
import { Header } from './panels/header.tsx';
import { HelpDialog } from './panels/help.tsx';
import { MapPanel } from './panels/map-panel.tsx';
import { NoData, Unreachable } from './panels/no-data.tsx';
import { Printed } from './panels/print.tsx';
import { Progress } from './panels/progress.tsx';
import { RegionTab } from './region/region-tab.tsx';
import { forgetUnknownPlace } from './store/chosen.ts';
import { listenKeys } from './store/keys.ts';

export function Page() {
  const page = usePage();
  const { access, store, reference, t } = page;
  const language = store.language.value;
  const city = reference.jurisdiction.value;
  const me = access.me.value;
  const { answered, problem } = reference.jurisdictions;
  const cities = answered.value?.value.length ?? 0;
  const asked = store.page.value.tab;
  // Whether there are several cities shows a moment later than who asks.
  const isElsewhere = me !== null && !mayOpen(asked, access, answered.value ? cities : Number.POSITIVE_INFINITY);
  const tab = me && !isElsewhere ? asked : 'map';
  const onMap = tab === 'map';
  const [token] = useState(() => takeToken(window));
  const isClosed = me?.role === 'public' && answered.value?.value.length === 0;

  // Before the words are seen, so that nobody hears them read in the other language.
  useLayoutEffect(() => {
    document.documentElement.lang = LOCALES[language];
    document.title = t('app.title', { name: city?.name ?? t('app.product') });
  }, [language, city?.name, t]);
  // A link of somebody else may lead where one has nothing to do.
  useEffect(() => {
    if (isElsewhere) store.adjust({ tab: 'map', upload: null });
  }, [store, isElsewhere]);
  useEffect(() => listenKeys(window, store), [store]);
  useEffect(() => forgetUnknownPlace(page), []);

  return (
    <div class="page">
      {onMap && (
        <a class="skip" href="#where">
          {t('app.skip')}
        </a>
      )}
      <Header />
      <Progress />
      {token ? (
        <OneTimeLinkScreen token={token} />
      ) : tab === 'accounts' ? (
        <AccountsTab />
      ) : tab === 'audit' ? (
        <AuditTab />
      ) : tab === 'region' ? (
        <RegionTab />
      ) : isClosed ? (
        <SignInScreen />
      ) : city?.from && tab === 'analysis' ? (
        <AnalysisDoor key={city.code} />
      ) : city && !onMap && tab !== 'analysis' ? (
        <DataTab key={city.code} city={city} />
      ) : city?.from ? (
        <>
          <FilterBar />
          <main class="main">
            <MapPanel key={city.code} />
            <Column />
          </main>
          <Announcement />
          <Printed />
        </>
      ) : answered.value ? (
        <NoData />
      ) : (
        (access.problem.value ?? problem.value) && <Unreachable />
      )}
      <HelpDialog />
    </div>
  );
}
