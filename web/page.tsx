// The main screen: header, filters, map, and the column that answers, ranks, times and follows.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { LOCALES } from '../server/i18n/contract.ts';
import { EmbedFoot } from './access/embed-foot.tsx';
import { mayOpen } from './access/may-open.ts';
import { OneTimeLinkScreen, takeToken } from './access/one-time-link.tsx';
import { SecondStepScreen } from './access/second-step.tsx';
import { SessionOverDialog } from './access/session-over.tsx';
import { SignInScreen } from './access/sign-in.tsx';
import { usePage } from './app.ts';
import { keepTyped, type TypedEarly } from './hand/typed-early.ts';
import { Announcement } from './panels/announcement.tsx';
import { Column } from './panels/column.tsx';
import { FilterBar } from './panels/filter-bar.tsx';
import { Header } from './panels/header.tsx';
import { HelpDialog } from './panels/help.tsx';
import { MapPanel } from './panels/map-panel.tsx';
import { NoData, Unreachable } from './panels/no-data.tsx';
import { Printed } from './panels/print.tsx';
import { Progress } from './panels/progress.tsx';
import { doorTo } from './parts/door.tsx';
import { lazily } from './parts/lazy.tsx';
import { forgetUnknownPlace } from './store/chosen.ts';
import { listenKeys } from './store/keys.ts';
import { TipFormTab } from './tips/tip-form.tsx';

const AnalysisTab = doorTo(async () => (await import('./analysis/analysis-tab.tsx')).AnalysisTab);
const MeetingTab = doorTo(async () => (await import('./meeting/meeting-tab.tsx')).MeetingTab);
const AlertsTab = doorTo(async () => (await import('./alerts/alerts-tab.tsx')).AlertsTab);
const AccountsTab = doorTo(async () => (await import('./access/accounts-tab.tsx')).AccountsTab);
const AgreementsTab = doorTo(async () => (await import('./access/agreements-tab.tsx')).AgreementsTab);
const AuditTab = doorTo(async () => (await import('./access/audit-tab.tsx')).AuditTab);
const DataTab = doorTo(async () => (await import('./data/data-tab.tsx')).DataTab);
const RegionTab = doorTo(async () => (await import('./region/region-tab.tsx')).RegionTab);
const TipsTab = doorTo(async () => (await import('./tips/tips-tab.tsx')).TipsTab);
const ProblemsTab = doorTo(async () => (await import('./problems/problems-tab.tsx')).ProblemsTab);
const BriefingsTab = doorTo(async () => (await import('./briefings/briefings-tab.tsx')).BriefingsTab);
const Wall = doorTo(async () => (await import('./wall/wall.tsx')).Wall);
const LessonsTab = doorTo(async () => (await import('./lessons/lessons-tab.tsx')).LessonsTab);
const CoursesTab = doorTo(async () => (await import('./courses/courses-tab.tsx')).CoursesTab);
const LessonBar = lazily(async () => (await import('./lessons/lesson-bar.tsx')).LessonBar);
const CommandLine = lazily(async () => (await import('./hand/command-line.tsx')).CommandLine);

export function Page() {
  const page = usePage();
  const { access, store, reference, isCommanding, t } = page;
  const language = store.language.value;
  const city = reference.jurisdiction.value;
  const me = access.me.value;
  const { answered, problem } = reference.jurisdictions;
  const cities = answered.value?.value.length ?? 0;
  const asked = store.page.value.tab;
  const closeCommands = () => {
    isCommanding.value = false;
  };
  // Whether there are several cities shows a moment later than who asks.
  const isShared = city?.shared !== undefined;
  const isElsewhere =
    me !== null && !mayOpen(asked, access, answered.value ? cities : Number.POSITIVE_INFINITY, isShared);
  const tab = me && !isElsewhere && !store.embedded ? asked : 'map';
  const onMap = tab === 'map';
  const [token] = useState(() => takeToken(window));
  // Pasted where the page is open already it would else stand in the address and open nothing.
  useEffect(() => {
    const open = () => /^#link=/.test(location.hash) && location.reload();
    window.addEventListener('hashchange', open);
    return () => window.removeEventListener('hashchange', open);
  }, []);
  // Every role may look, once whoever has it has the second step it needs.
  const isLacking = me?.signedIn === true && !access.may('look');
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
  const early = useRef<TypedEarly | null>(null);
  useEffect(
    () =>
      listenKeys(window, store, () => {
        if (city === null || store.embedded || isCommanding.peek()) return;
        early.current = keepTyped(window, closeCommands);
        isCommanding.value = true;
      }),
    [store, city],
  );
  useEffect(() => forgetUnknownPlace(page), []);
  // The server answers a frame as the public; where it has no accounts it lets nobody frame it.
  if (store.embedded && ((me && me.role !== 'public') || isClosed)) return <p class="no-data">{t('embed.nothing')}</p>;
  const over = access.isOver.value && <SessionOverDialog key={access.isOver.value} />;
  if (asked === 'wall')
    return (
      <>
        <Wall />
        {over}
      </>
    );

  return (
    <div class="page">
      {onMap && city?.from && (
        <a class="skip" href="#where">
          {t('app.skip')}
        </a>
      )}
      {!store.embedded && <Header />}
      {!isLacking && <Progress />}
      {token && !store.embedded ? (
        <OneTimeLinkScreen token={token} />
      ) : isLacking ? (
        <SecondStepScreen />
      ) : tab === 'agreements' ? (
        <AgreementsTab />
      ) : tab === 'accounts' ? (
        <AccountsTab />
      ) : tab === 'audit' ? (
        <AuditTab />
      ) : tab === 'region' ? (
        <RegionTab />
      ) : isClosed ? (
        <SignInScreen />
      ) : tab === 'tip' ? (
        <TipFormTab key={city?.code} />
      ) : tab === 'tips' ? (
        <TipsTab key={city?.code} />
      ) : city?.from && tab === 'analysis' ? (
        <AnalysisTab key={city.code} />
      ) : city?.from && tab === 'meeting' ? (
        <MeetingTab key={city.code} />
      ) : city?.from && tab === 'alerts' ? (
        <AlertsTab key={city.code} />
      ) : city?.from && tab === 'problems' ? (
        <ProblemsTab key={city.code} />
      ) : city?.from && tab === 'briefings' ? (
        <BriefingsTab key={city.code} />
      ) : city?.from && tab === 'learn' ? (
        <LessonsTab key={city.code} />
      ) : city && tab === 'courses' ? (
        <CoursesTab key={city.code} />
      ) : city && !onMap && !['analysis', 'meeting', 'alerts', 'problems', 'briefings', 'learn'].includes(tab) ? (
        <DataTab key={city.code} city={city} />
      ) : city?.from ? (
        <>
          <FilterBar />
          <main class="main">
            <MapPanel key={city.code} />
            <Column />
          </main>
          <Announcement />
          {store.embedded ? <EmbedFoot /> : <Printed />}
        </>
      ) : answered.value ? (
        <NoData />
      ) : (
        (access.problem.value ?? problem.value) && <Unreachable />
      )}
      {over}
      {store.page.value.lesson && tab !== 'learn' && tab !== 'courses' && !store.embedded && (
        <LessonBar key={store.page.value.lesson.code} />
      )}
      {!store.embedded && <HelpDialog />}
      {isCommanding.value && <CommandLine typed={() => early.current?.take()} onClose={closeCommands} />}
    </div>
  );
}
