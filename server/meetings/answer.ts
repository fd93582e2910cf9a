// The answer of a weekly meeting: its table, hot streets, hours and near repeats, all of one data version.

import type * as z from 'zod';
import type { Viewer } from '../access/contract.ts';
import { type Day, textOf } from '../calendar/days.ts';
import type { Asking, Stats } from '../counts/asking.ts';
import { clockOf } from '../counts/clock.ts';
import { sourceRows } from '../counts/listings.ts';
import { narrowedFor } from '../counts/narrowed.ts';
import { tellsMonths } from '../counts/summary.ts';
import { BadInput } from '../errors.ts';
import { EVERYTHING, type Filter, filterQuery } from '../filter/contract.ts';
import { type AskedLayer, findLayer } from '../filter/places.ts';
import type { Plan } from '../filter/plan.ts';
import { throughOf } from '../filter/plan.ts';
import { sourcesBehind, toldByAll } from '../filter/source-profile.ts';
import { parseWith } from '../http/contract.ts';
import type { Language } from '../i18n/contract.ts';
import { createTranslator } from '../i18n/translator.ts';
import type { MeetingAnswer, meetingQuery } from './contract.ts';
import { hotStreets, type StreetsWithin } from './hot-streets.ts';
import { nearRepeatsOf } from './near.ts';
import { ARROW_LEVEL, tableOf } from './table.ts';
import { mondayOf, weekOf } from './weeks.ts';

type Own = z.output<typeof meetingQuery>;

/** The scope as the place of a filter. Throws BadInput for dates or a place beside it. */
export function filterOfMeeting(filter: Filter, { scope }: Own): Filter {
  for (const parameter of ['from', 'until', 'period', 'within'] as const)
    if (filter[parameter] !== null) throw new BadInput(parameter, 'a meeting has its own week and place');
  if (scope === undefined) return filter;
  const { within } = parseWith(filterQuery, { within: scope });
  return { ...filter, within: within ?? EVERYTHING.within };
}

/** The Monday of the week asked for, or of the last one that is complete. */
function mondayAsked(week: string | undefined, through: Day): Day {
  if (week === undefined) {
    const last = mondayOf(weekOf(through))!;
    return through >= last + 6 ? last : last - 7;
  }
  const monday = mondayOf(week);
  if (monday === null) throw new BadInput('week', 'no such week');
  return monday;
}

export type MeetingStats = Stats & { readonly streetsWithin: StreetsWithin };

export async function answerMeeting(
  stats: MeetingStats,
  { jurisdiction, snapshot, plan, filter, cell, own }: Asking<Own>,
  viewer: Viewer,
  language: Language,
): Promise<MeetingAnswer> {
  const together = throughOf(filter, snapshot.sources);
  const through = together === null ? null : toldByAll(plan, snapshot.sources, together);
  const sources = snapshot.sources.filter(
    ({ sourceId, incidents }) => plan.sourceIds.includes(sourceId) && incidents > 0,
  );
  const monday = mondayAsked(own.week, through ?? 0);
  const until = monday + 7;
  const isKnown = through !== null;
  const missingDays = isKnown ? Math.min(7, Math.max(0, until - 1 - through)) : 7;
  const about = {
    dataVersion: snapshot.dataVersion,
    ...{ week: weekOf(monday), weekBefore: weekOf(monday - 7) },
    weekAfter: together !== null && together >= until ? weekOf(until) : null,
    ...{ from: textOf(monday), until: textOf(until), through: isKnown ? textOf(through) : null, missingDays },
    behind: sourcesBehind(plan, snapshot.sources, Math.min(together ?? 0, until - 1)).map(
      ({ source: { code, title }, through: last }) => ({ source: code, title, through: textOf(last) }),
    ),
    scope: await scopeOf(stats, snapshot, filter, plan),
    boundTo: await boundTo(stats, snapshot, plan),
    level: ARROW_LEVEL,
  };
  const nothing = { rows: [], streets: null, score: null, clock: null, located: null };
  const nothingNear = { repeats: null, repeatsCut: false };
  if (!isKnown) return { ...about, reason: 'no-data', ...nothing, ...nothingNear };
  if (tellsMonths(sources)) return { ...about, reason: 'months-only', ...nothing, ...nothingNear };

  const t = createTranslator(language);
  const tree = stats.taxonomy.withChoices(snapshot.choices);
  const titleOf = (code: string) =>
    tree.title(code, language, snapshot.offences.find((each) => each.code === code)?.labels[0]);
  const streetLayer = snapshot.layers.find(({ type }) => type === 'streets') as AskedLayer | undefined;
  const locates = sourceRows(sources, new Set()).every(({ streetPrecise }) => streetPrecise);
  const layer = streetLayer && locates ? streetLayer : null;
  const at = { layer, within: null, inside: null };
  const narrowed = (name: string) => narrowedFor(viewer, { name, ...at }, snapshot, stats.taxonomy);
  const fine = (name: string) => narrowed(name).narrow(plan);
  const days28 = { from: until - 28, until };
  const left = narrowed('meeting').left(plan);
  const [rows, hot, slots, near, withoutStreet] = await Promise.all([
    tableOf({
      ...{ taxonomy: stats.taxonomy, snapshot, plan, monday, missingDays, titleOf },
      words: { total: t('meeting.total'), other: t('meeting.other') },
    }),
    layer &&
      hotStreets(
        ...([snapshot.answers, fine('meeting'), layer, await stats.places(snapshot, layer), monday] as const),
        await stats.streetsWithin(snapshot, plan, layer),
      ),
    snapshot.answers.bySlot({ ...plan, range: days28 }),
    nearRepeatsOf(stats, jurisdiction, snapshot, fine('near-repeat'), await cell(), monday, titleOf),
    left && snapshot.answers.byDay({ ...left, range: days28 }),
  ]);
  const { counts, unknownHour } = clockOf(slots, []);
  const clock = { counts, unknownHour };
  const { matched: all, unlocated, withheld } = slots;
  const located = { all, unlocated, withheld, leftOut: withoutStreet?.matched ?? 0 };
  const { repeats, isCut: repeatsCut } = near;
  const { streets, score } = hot ?? { streets: null, score: null };
  return { ...about, reason: null, rows, streets, score, clock, located, repeats, repeatsCut };
}

async function scopeOf(
  stats: Stats,
  snapshot: Asking<Own>['snapshot'],
  { within }: Filter,
  plan: Plan,
): Promise<MeetingAnswer['scope']> {
  if (within?.type !== 'place' || plan.within?.type !== 'place') return null;
  const text = within.version === null ? within.layer : `${within.layer}@${within.version}`;
  const places = await stats.places(snapshot, await findLayer(stats.database, snapshot, text, 'scope'));
  const { placeId } = plan.within;
  return { layer: within.layer, code: places.codes[placeId] ?? '', name: places.names[placeId] ?? '' };
}

async function boundTo(stats: Stats, snapshot: Asking<Own>['snapshot'], { scope }: Plan): Promise<string[] | null> {
  if (!scope) return null;
  const layer = snapshot.layers.find(({ layerId }) => layerId === scope.layerId);
  if (!layer) return [];
  const { names, codes } = await stats.places(snapshot, await findLayer(stats.database, snapshot, layer.code, 'scope'));
  return scope.placeIds.map((place) => names[place] || codes[place] || '');
}
