// Looks at one week by one rule: does something stand out, and what. Each kind speaks at most once a week, and in a week
// without change about once in forty.

import type { Jurisdiction, Viewer } from '../access/contract.ts';
import { type Day, textOf } from '../calendar/days.ts';
import { layerWithin, type Stats } from '../counts/asking.ts';
import { narrowedFor } from '../counts/narrowed.ts';
import type { Snapshot } from '../cube/store.ts';
import { cellFor } from '../filter/cells.ts';
import { type Filter, parseFilter } from '../filter/contract.ts';
import type { AskedLayer } from '../filter/places.ts';
import { type Plan, throughOf } from '../filter/plan.ts';
import { planFor } from '../filter/scope.ts';
import { sameSourcesSince, toldByAll } from '../filter/source-profile.ts';
import type { Language } from '../i18n/contract.ts';
import { chanceOfCount, expectedBand, WEEKS_USED } from '../meetings/expected-band.ts';
import { nearRepeatsOf } from '../meetings/near.ts';
import { weekOf } from '../meetings/weeks.ts';
import { poissonFrom } from '../statistics/distributions.ts';
import type { AlertFound, AlertHistory, AlertKind } from './contract.ts';

/** One side of the 95 % that a band holds. */
export const FALSE_PER_WEEK = 0.025;
const WEEKS_OF_A_YEAR = 52;
const LEAST_AT_A_STREET = 3;
const LEAST_REPEATS = 2;
const MOST_PLACES = 3;
/** Weeks that are looked back on: of a series two years, of what needs single points or streets a quarter. */
const WEEKS_BACK: Readonly<Record<AlertKind, number>> = { series: 104, 'near-repeat': 12, 'new-high': 12 };

export type Looking = {
  readonly stats: Stats;
  readonly jurisdiction: Jurisdiction;
  readonly snapshot: Snapshot;
  readonly viewer: Viewer;
  readonly language: Language;
};
export type RuleAsked = { readonly kind: AlertKind; readonly filter: Readonly<Record<string, string>> };

/** The Monday of the last week that all sources of a filter tell of wholly; null without data. */
export function lastWholeWeek(filter: Filter, { sources }: Pick<Snapshot, 'sources'>): Day | null {
  const together = throughOf(filter, sources);
  if (together === null) return null;
  const asked = sources.filter(({ kind, code }) => kind === filter.kind && (filter.source ?? code) === code);
  const through = toldByAll({ sourceIds: asked.map(({ sourceId }) => sourceId) }, sources, together);
  const weekday = (((through + 3) % 7) + 7) % 7;
  return weekday === 6 ? through - 6 : through - weekday - 7;
}

export async function lookBy(rule: RuleAsked, looking: Looking, monday: Day): Promise<AlertFound | null> {
  const { narrowed, streets } = await plansFor(rule, looking);
  switch (rule.kind) {
    case 'series':
      return seriesHigh(narrowed('series', null), looking, monday);
    case 'near-repeat':
      return manyRepeats(narrowed('near-repeat', null), looking, monday);
    case 'new-high':
      return streets ? newHigh(narrowed('new-high', streets), streets, looking, monday) : null;
  }
}

/** The plan of a rule, without what its viewer may not see so finely: also a drawn area or a street is fine. */
async function plansFor(rule: RuleAsked, { stats, snapshot, viewer }: Looking) {
  const filter = parseFilter(rule.filter);
  const { plan, inside } = await planFor(stats, snapshot, viewer, filter);
  const within = await layerWithin(stats.database, snapshot, filter.within);
  const streets = snapshot.layers.find(({ type }) => type === 'streets') as AskedLayer | undefined;
  const narrowed = (name: AlertKind, layer: AskedLayer | null) =>
    narrowedFor(viewer, { name, layer, within, inside }, snapshot, stats.taxonomy).narrow(plan);
  return { narrowed, streets };
}

const weekFound = (monday: Day) => ({
  ...{ week: weekOf(monday), from: textOf(monday), until: textOf(monday + 7) },
});

/** Counts of whole weeks up to one, all of which the same sources tell of. */
async function weeksOf(plan: Plan, { snapshot }: Looking, monday: Day, most: number): Promise<number[]> {
  const first = sameSourcesSince(plan, snapshot.sources, monday + 6) ?? Number.POSITIVE_INFINITY;
  const count = Math.max(0, Math.min(most, Math.floor((monday + 7 - first) / 7)));
  const from = monday + 7 - 7 * count;
  const { days } = await snapshot.answers.byDay({ ...plan, range: { from, until: monday + 7 } });
  const weeks = new Array<number>(count).fill(0);
  for (const [day, n] of days) weeks[Math.floor((day - from) / 7)]! += n;
  return weeks;
}

async function seriesHigh(plan: Plan, looking: Looking, monday: Day): Promise<AlertFound | null> {
  return seriesIn(await weeksOf(plan, looking, monday, WEEKS_USED + 1), monday);
}

function seriesIn(weeks: readonly number[], monday: Day): AlertFound | null {
  const count = weeks.at(-1) ?? 0;
  const band = expectedBand(weeks.slice(0, -1), 1);
  if (!band || count <= band.high || chanceOfCount(count, band) / 2 > FALSE_PER_WEEK) return null;
  return { ...weekFound(monday), count, expected: Math.round(band.expected * 10) / 10, high: band.high, places: [] };
}

async function manyRepeats(plan: Plan, looking: Looking, monday: Day): Promise<AlertFound | null> {
  const { stats, jurisdiction, snapshot, viewer, language } = looking;
  const titleOf = (code: string) => stats.taxonomy.title(code, language);
  const cell = await cellFor(stats.database, jurisdiction.id, viewer);
  const { repeats, tested, isCut, offenceIds } = await nearRepeatsOf(
    ...([stats, jurisdiction, snapshot, plan, cell, monday, titleOf] as const),
  );
  const out = repeatsBeyondChance(repeats ?? [], tested);
  if (out.length === 0) return null;
  const sum = (value: (each: (typeof out)[number]) => number) => out.reduce((all, each) => all + value(each), 0);
  const places = out.flatMap(({ title, series }) =>
    series.map(({ place, count, within }) => ({ name: place ? `${title}, ${place}` : title, count, within })),
  );
  return {
    ...{ ...weekFound(monday), count: sum(({ followed }) => followed) },
    expected: Math.round(sum(({ expected }) => expected) * 10) / 10,
    ...{ high: null, places: places.sort((a, b) => b.count - a.count).slice(0, MOST_PLACES) },
    // Of what was looked at alone: a fraud without a place is no near repeat that was missed.
    ...{ unlocated: await unlocatedIn({ ...plan, offenceIds }, snapshot, monday), isCut },
  };
}

async function unlocatedIn(plan: Plan, { answers }: Snapshot, monday: Day): Promise<number> {
  const { unlocated, withheld } = await answers.bySlot({ ...plan, range: { from: monday, until: monday + 7 } });
  return unlocated + withheld;
}

/** Of several kinds of theft each has its share of the false alarms, also those of which none was found. */
export const repeatsBeyondChance = <T extends { readonly followed: number; readonly expected: number }>(
  repeats: readonly T[],
  tested: number,
): readonly T[] =>
  repeats.filter(
    ({ followed, expected }) => followed >= LEAST_REPEATS && poissonFrom(followed, expected) * tested <= FALSE_PER_WEEK,
  );

async function newHigh(
  plan: Plan,
  layer: AskedLayer,
  { stats, snapshot }: Looking,
  monday: Day,
): Promise<AlertFound | null> {
  if (!hasYearBefore(plan, snapshot, monday)) return null;
  const from = monday - 7 * WEEKS_OF_A_YEAR;
  const [now, before] = await Promise.all([
    snapshot.answers.byPlace({ ...plan, range: { from: monday, until: monday + 7 } }, layer),
    snapshot.answers.byPlace({ ...plan, range: { from, until: monday } }, layer),
  ]);
  const candidates = highsIn(now.counts, before.counts);
  const places = await stats.places(snapshot, layer);
  const highs: { name: string; count: number; within: string; most: number; expected: number }[] = [];
  for (const id of candidates) {
    const within = { type: 'place', layerId: layer.layerId, version: layer.version, placeId: id } as const;
    const { days } = await snapshot.answers.byDay({
      ...plan,
      within,
      range: { from, until: monday },
    });
    const weeks = new Array<number>(WEEKS_OF_A_YEAR).fill(0);
    for (const [day, n] of days) weeks[Math.floor((day - from) / 7)]! += n;
    const most = Math.max(...weeks);
    const count = now.counts[id]!;
    const [a = '', b = ''] = places.crossings[id] ?? [];
    const name = [places.names[id], [a, b].filter(Boolean).join(' – ')].filter(Boolean).join(', ');
    const expected = before.counts[id]! / WEEKS_OF_A_YEAR;
    if (count > most) highs.push({ name, count, within: `${layer.code}:${places.codes[id]}`, most, expected });
    if (highs.length === MOST_PLACES) break;
  }
  const [first] = highs;
  if (!first) return null;
  return {
    ...{ ...weekFound(monday), count: first.count, expected: Math.round(first.expected * 10) / 10, high: first.most },
    places: highs.map(({ name, count, within }) => ({ name, count, within })),
    unlocated: now.unlocated + now.withheld,
  };
}

/** Without data of the whole year before, every street would stand higher than its weeks without any. */
function hasYearBefore(plan: Plan, { sources }: Looking['snapshot'], monday: Day): boolean {
  const first = sameSourcesSince(plan, sources, monday + 6);
  return first !== null && first <= monday - 7 * WEEKS_OF_A_YEAR;
}

/**
 * Streets with more than chance brings to any of them: by the rate of the year before, of which half an incident is not
 * known, and with the false alarms of all streets held together. The least likely first.
 */
export function highsIn(now: ArrayLike<number>, before: ArrayLike<number>): number[] {
  const streets = Math.max(1, now.length - 1);
  return Array.from({ length: now.length }, (_, id) => id)
    .filter((id) => id > 0 && now[id]! >= LEAST_AT_A_STREET)
    .map((id) => ({ id, p: poissonFrom(now[id]!, (before[id]! + 0.5) / WEEKS_OF_A_YEAR) }))
    .filter(({ p }) => p * streets <= FALSE_PER_WEEK)
    .sort((a, b) => a.p - b.p || a.id - b.id)
    .map(({ id }) => id);
}

/** What the rule would have told in the weeks before. */
export async function historyOf(rule: RuleAsked, looking: Looking): Promise<AlertHistory> {
  const filter = parseFilter(rule.filter);
  const last = lastWholeWeek(filter, looking.snapshot);
  const nothing = { weeks: 0, alarms: 0, falsePerWeek: FALSE_PER_WEEK };
  if (last === null) return nothing;
  const { narrowed } = await plansFor(rule, looking);
  if (rule.kind === 'series') {
    const all = await weeksOf(narrowed('series', null), looking, last, WEEKS_USED + WEEKS_BACK.series);
    return seriesHistory(all, WEEKS_BACK.series);
  }
  const mondays = Array.from({ length: WEEKS_BACK[rule.kind] }, (_, back) => last - 7 * back).filter(
    (monday) => rule.kind !== 'new-high' || hasYearBefore(narrowed(rule.kind, null), looking.snapshot, monday),
  );
  let alarms = 0;
  for (const monday of mondays) if (await lookBy(rule, looking, monday)) alarms++;
  return { ...nothing, weeks: mondays.length, alarms };
}

/** Of the weeks that had enough before them. */
export function seriesHistory(weeks: readonly number[], most: number): AlertHistory {
  let looked = 0;
  let alarms = 0;
  for (let at = Math.max(1, weeks.length - most); at < weeks.length; at++) {
    const before = weeks.slice(Math.max(0, at - WEEKS_USED), at);
    if (expectedBand(before, 1) === null) continue;
    looked++;
    if (seriesIn([...before, weeks[at]!], 0)) alarms++;
  }
  return { weeks: looked, alarms, falsePerWeek: FALSE_PER_WEEK };
}
