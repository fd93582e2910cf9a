// All there is to do or go to on the screen, by name: what the command line offers before anything is asked of the server.

import { EVERYTHING, PERIODS } from '../../server/filter/contract.ts';
import { mayOpen } from '../access/may-open.ts';
import type { App } from '../app.ts';
import { mayCompare, openComparing } from '../compare/open.ts';
import { DRAWN_SHAPES } from '../map/link.ts';
import { fold } from '../store/fold.ts';
import { linkOf } from '../store/link.ts';
import { childrenOf, everyday } from '../store/offence-tree.ts';
import { readViews } from '../store/saved-views.ts';
import type { PageState, Tab } from '../store/url.ts';
import { DRAWN_WORDS, mayAskPlace } from './may-ask-place.ts';

export type Command = {
  readonly group: string;
  readonly title: string;
  /** Other words it is found by. */
  readonly also?: string;
  run(): void;
};

const PERIOD_NAMES = {
  week: 'filter.periodWeek',
  '28d': 'filter.period28d',
  '12m': 'filter.period12m',
  ytd: 'filter.periodYtd',
} as const;
const TAB_NAMES = {
  map: 'header.tabMap',
  analysis: 'header.tabAnalysis',
  meeting: 'meeting.tab',
  alerts: 'alerts.title',
  problems: 'problems.tab',
  briefings: 'briefing.tab',
  learn: 'lessons.tab',
  courses: 'courses.tab',
  data: 'header.tabData',
  region: 'header.tabRegion',
  accounts: 'access.accounts',
  agreements: 'sharing.title',
  audit: 'access.audit',
  tips: 'tips.list',
} as const satisfies Partial<Record<Tab, string>>;
/** What one of these was open at. */
const AT_NOTHING = { upload: null, briefing: null, problem: null, course: null, lesson: null };

/** In the order in which they are offered before anything is typed. */
export function commandsOf(page: App, here: Window): readonly Command[] {
  const { store, reference, access, isPlaying, isDivided, map, words } = page;
  const { t } = words.peek();
  const cities = reference.jurisdictions.answered.peek()?.value.length ?? 0;
  const onMap = store.page.peek().tab === 'map';
  const toggle = (name: 'tilted' | 'hot' | 'labels') => {
    const { shown } = store.page.peek();
    store.adjust({ shown: { ...shown, [name]: !shown[name] } });
  };
  const action = (title: string, run: () => void): Command => ({ group: t('hand.groupAction'), title, run });
  const actions = [
    ...(store.canUndo.peek() ? [action(t('hand.undo'), store.undo)] : []),
    ...(store.canRedo.peek() ? [action(t('hand.redo'), store.redo)] : []),
    action(t('filter.clear'), () => store.change({ filter: EVERYTHING })),
    ...(onMap
      ? [
          action(t('play.open'), () => {
            isPlaying.value = true;
          }),
          ...(mayAskPlace(page)
            ? [
                action(t('seen.askPlace'), () => {
                  map.isAskingPlace.value = true;
                }),
                ...(map.state.peek() === 'ready'
                  ? DRAWN_SHAPES.map((shape) =>
                      action(t(DRAWN_WORDS[shape].title), () => {
                        map.drawing.value = shape;
                      }),
                    )
                  : []),
              ]
            : []),
          ...(canTilt(page) ? [action(t('seen.tilted'), () => toggle('tilted'))] : []),
          ...(map.hotPlaces.peek() ? [action(t('seen.hotTick'), () => toggle('hot'))] : []),
          action(t('map.labels'), () => toggle('labels')),
          ...(reference.areaLayer.peek()
            ? [
                action(t('multiples.open'), () => {
                  isDivided.value = true;
                }),
              ]
            : []),
          ...(mayCompare(page) ? [action(t('beside.open'), () => openComparing(page))] : []),
          action(t('map.whole'), () => map.handle.peek()?.whole()),
        ]
      : []),
    ...(access.may('see-points') && access.may('follow-events')
      ? [action(t('wall.open'), () => store.change({ tab: 'wall' }))]
      : []),
    action(t('share.copyLink'), () => void here.navigator.clipboard?.writeText(linkOf({ store, reference }))),
    action(t('header.print'), () => here.print()),
    action(t('header.help'), () => here.document.querySelector<HTMLDialogElement>('#help')?.showModal()),
    action(t('header.switchLanguage'), () => store.speak(store.language.peek() === 'es' ? 'en' : 'es')),
  ];
  const view = (title: string, patch: Partial<PageState>): Command => ({
    group: t('hand.groupView'),
    title,
    run: () => store.change({ tab: 'map', ...patch }),
  });
  const views = [
    ...(reference.jurisdiction.peek()?.shared === 'totals' ? [] : [view(t('map.heat'), { view: 'heat' })]),
    ...reference.areaLayers.peek().map(({ title, layer }) => view(title, { view: 'areas', layer })),
    ...(reference.streetsUsable.peek() ? [view(t('map.streets'), { view: 'streets' })] : []),
  ];
  const tabs = (Object.keys(TAB_NAMES) as (keyof typeof TAB_NAMES)[])
    .filter((tab) => mayOpen(tab, access, cities, reference.jurisdiction.peek()?.shared !== undefined))
    .map((tab) => ({
      group: t('hand.groupTab'),
      title: t(TAB_NAMES[tab]),
      run: () => store.change({ tab, ...AT_NOTHING }),
    }));
  const periods = PERIODS.toReversed().map((period) => ({
    group: t('hand.groupPeriod'),
    title: t(PERIOD_NAMES[period]),
    run: () => store.changeFilter({ period: period === '12m' ? null : period, from: null, until: null }),
  }));
  const themes = reference.themes.peek().map((theme) => ({
    group: t('hand.groupTheme'),
    title: theme.title,
    run: () => store.changeFilter({ theme: theme.default ? null : theme.code, offences: [] }),
  }));
  // As people speak of them first; then every other that happened, as the law and the sources call it.
  const rows = reference.offences.peek().filter(({ incidents }) => incidents > 0);
  const byTitle = new Map<string, Command>();
  for (const { code, title, labels } of [...everyday(childrenOf(rows)), ...rows]) {
    const run = () => store.changeFilter({ theme: null, offences: [code] });
    if (!byTitle.has(title)) byTitle.set(title, { group: t('hand.groupOffence'), title, also: labels.join(' '), run });
  }
  const saved = readViews(here.localStorage).map(({ name, query }) => ({
    group: t('hand.groupSaved'),
    title: name,
    run: () => here.location.assign(query || '?'),
  }));
  return [...actions, ...saved, ...views, ...tabs, ...periods, ...themes, ...byTitle.values()];
}

/** Columns stand on areas, of one question. */
const canTilt = ({ store, pictures }: App) => pictures.drawn.peek() === 'areas' && store.page.peek().beside === null;

/**
 * Those that have every word typed, in title, group or what they are also called, whatever its accents: titles that begin with what was typed first,
 * then those a word of which does.
 */
export function matchingCommands(commands: readonly Command[], typed: string): readonly Command[] {
  const sought = fold(typed.trim());
  if (!sought) return commands;
  const parts = sought.split(/\s+/);
  const rank = ({ title }: Command) => {
    const name = fold(title);
    return name.startsWith(sought) ? 0 : ` ${name}`.includes(` ${sought}`) ? 1 : 2;
  };
  return commands
    .filter(({ title, group, also = '' }) => parts.every((part) => fold(`${title} ${group} ${also}`).includes(part)))
    .map((command, index) => ({ command, index }))
    .sort((a, b) => rank(a.command) - rank(b.command) || a.index - b.index)
    .map(({ command }) => command);
}
