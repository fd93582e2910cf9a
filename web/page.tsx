// The main screen: header, filters, map, and the column that answers, ranks, times and follows.

import { useEffect, useLayoutEffect } from 'preact/hooks';
import { LOCALES } from '../server/i18n/contract.ts';
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
import { forgetUnknownPlace } from './store/chosen.ts';
import { listenKeys } from './store/keys.ts';

export function Page() {
  const page = usePage();
  const { store, reference, t } = page;
  const language = store.language.value;
  const city = reference.jurisdiction.value;
  const { answered, problem } = reference.jurisdictions;
  const onMap = store.page.value.tab === 'map';

  // Before the words are seen, so that nobody hears them read in the other language.
  useLayoutEffect(() => {
    document.documentElement.lang = LOCALES[language];
    document.title = t('app.title', { name: city?.name ?? t('app.product') });
  }, [language, city?.name, t]);
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
      {city && !onMap ? (
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
        problem.value && <Unreachable />
      )}
      <HelpDialog />
    </div>
  );
}
