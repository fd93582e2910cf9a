// Ready-made briefings: what a municipality reports each month and week, a sheet of one place, and what became of measures.

import type { BlockKind, BriefingBlock, NewBriefing } from '../../server/briefings/contract.ts';
import type { App } from '../app.ts';
import { chosenPlace, withinText } from '../store/chosen.ts';
import { type DaysTold, lastMonth, lastWeek, throughDay, type ViewTaken, viewTaken } from './views.ts';

export const READY_MADE = ['monthly', 'weekly', 'place', 'measures'] as const;
export type ReadyMade = (typeof READY_MADE)[number];

const EMPTY: Omit<BriefingBlock, 'kind' | 'at'> = {
  ...{ title: '', text: '', filter: {}, follows: true, layer: null, by: 'count', limit: 10, half: false },
};
export const blockOf = (kind: BlockKind, at: number, of: Partial<BriefingBlock> = {}): BriefingBlock => ({
  ...EMPTY,
  ...{ kind, at, ...of },
});

/** Names of parts are short and of no meaning. */
export const newBlockId = (): string => Math.random().toString(36).slice(2, 10) || 'a';

export function readyMade(page: App, which: ReadyMade): NewBriefing {
  const { reference, store, words } = page;
  const { t, f } = words.peek();
  const through = throughDay(page);
  const place = which === 'place' ? store.page.peek() : null;
  const view = viewTaken(page, place);
  const areas = reference.areaLayer.peek()?.layer ?? null;
  const streets = reference.streetsUsable.peek() ? (reference.streetLayer.peek()?.layer ?? null) : null;
  const hasProblems = page.access.may('see-problems');
  const month = through && lastMonth(through);
  const week = through && lastWeek(through);
  const period: DaysTold | null = which === 'weekly' ? week || null : month || null;
  const told = period && (which === 'weekly' ? f.range(period.from, period.until) : f.monthLong(period.from));
  const name = place
    ? (chosenPlace(page, place.place)?.name ?? (place.filter.within ? withinText(page, place.filter.within) : null))
    : null;
  const title = [t(`briefing.${which}`), name, told].filter(Boolean).join(' · ').slice(0, 200);
  return { title, period, blocks: inRow(partsOf(which, view, areas, streets, hasProblems, page)) };
}

function partsOf(
  which: ReadyMade,
  { filter }: ViewTaken,
  areas: string | null,
  streets: string | null,
  hasProblems: boolean,
  page: App,
): BriefingBlock[] {
  const { t } = page.words.peek();
  const part = (kind: BlockKind, of: Partial<BriefingBlock> = {}) => blockOf(kind, 0, { filter, ...of });
  const text = blockOf('text', 0, { text: t('briefing.starterText') });
  const steps = blockOf('text', 0, { title: t('briefing.nextSteps'), text: t('briefing.nextStepsText') });
  const byRate = page.reference.areaLayer.peek()?.hasPopulation ? 'rate' : 'count';
  const ofAreas = areas
    ? [part('map', { layer: areas, by: byRate, half: true }), part('table', { layer: areas, by: 'count', half: true })]
    : [];
  const ofStreets = streets
    ? [part('map', { layer: streets, half: true }), part('table', { layer: streets, half: true })]
    : [];
  const problems = hasProblems ? [blockOf('problems', 0)] : [];
  switch (which) {
    case 'monthly':
      return [
        ...[text, part('headline'), part('offences'), part('trend', { half: true }), part('clock', { half: true })],
        ...[...ofAreas, ...ofStreets, ...problems, steps],
      ];
    case 'weekly':
      return [text, part('headline'), part('offences'), ...ofStreets, part('clock'), steps];
    case 'place':
      return [
        ...[text, part('headline'), part('trend', { half: true }), part('clock', { half: true }), part('offences')],
        ...[...ofStreets, steps],
      ];
    case 'measures':
      return [text, ...problems, part('headline'), part('trend'), steps];
  }
}

const inRow = (blocks: readonly BriefingBlock[]): Record<string, BriefingBlock> =>
  Object.fromEntries(blocks.map((block, i) => [`p${i + 1}`, { ...block, at: i + 1 }]));
