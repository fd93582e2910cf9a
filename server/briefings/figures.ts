// The figures of a briefing: each part's question made definite for whoever asks, and answered of one data version.

import type { Jurisdiction, Right, Viewer } from '../access/contract.ts';
import { mayDo } from '../access/rights.ts';
import type { AnalysisDeps } from '../analysis/values.ts';
import { addMonths, type Day, dayOf, textOf } from '../calendar/days.ts';
import { layerWithin } from '../counts/asking.ts';
import { clockOf } from '../counts/clock.ts';
import type { Totals } from '../counts/contract.ts';
import { totalsOf } from '../counts/counts.ts';
import { narrowedFor, offencesByAreaAlone } from '../counts/narrowed.ts';
import { measureOf, rateOf } from '../counts/rates.ts';
import { seriesOf } from '../counts/series.ts';
import { topOf } from '../counts/top.ts';
import type { Snapshot } from '../cube/store.ts';
import type { PlaceCounts } from '../engine/answers.ts';
import { BadInput, NotAllowed } from '../errors.ts';
import { type Filter, parseFilter } from '../filter/contract.ts';
import { type AskedLayer, findLayer } from '../filter/places.ts';
import { OPEN_DAY, type Plan, rangeText, throughOf } from '../filter/plan.ts';
import { planFor } from '../filter/scope.ts';
import { toldSince } from '../filter/source-profile.ts';
import { daysOfWeek, heatFigure, hotspotsFigure, meetingFigure } from './analyses.ts';
import { headlineOf, offencesOf, yearBefore } from './beside.ts';
import {
  type BriefingBlock,
  type BriefingBody,
  type FigureData,
  type FigureKind,
  MOST_STREETS_DRAWN,
  TREND_MONTHS_TOLD,
} from './contract.ts';
import { problemsTold } from './problems-told.ts';
import { linesForPaper } from './shapes.ts';

/** Those with most have a number on the map, and their names below it. */
const MOST_NAMED = 5;

/** Days asked for that the sources do not tell of: after the last complete one, or before the first. */
function daysMissing(plan: Plan, through: Day | null, { sources }: Snapshot): number {
  const { from, until } = plan.range;
  if (from <= -OPEN_DAY || until >= OPEN_DAY) return 0;
  const first = toldSince(plan, sources);
  if (through === null || first === null) return until - from;
  return until - from - Math.max(0, Math.min(until, through + 1) - Math.max(from, first));
}

/** What decides an answer: of two parts that ask the same there is one. */
export type AskedFigure = {
  readonly kind: FigureKind;
  readonly filter: Readonly<Record<string, string>>;
  readonly layer: string | null;
  readonly by: 'count' | 'rate';
  readonly limit: number;
};

/** Null of a part that is only text. */
export function askedByPart(block: BriefingBlock, period: BriefingBody['period']): AskedFigure | null {
  const { kind, follows, layer, by, limit } = block;
  if (kind === 'text') return null;
  const places = kind === 'map' || kind === 'table' || kind === 'hotspots';
  const shape = { kind, layer: places ? layer : null, by: places && kind !== 'hotspots' ? by : ('count' as const) };
  const rest = { ...shape, limit: kind === 'table' ? limit : 0 };
  if (kind === 'problems') return { ...rest, filter: {} };
  if (!follows || period === null) return { ...rest, filter: block.filter };
  const { from: _, until: __, period: ___, ...undated } = block.filter;
  if (kind !== 'trend') return { ...rest, filter: { ...undated, ...period } };
  const from = textOf(addMonths(dayOf(period.until), -TREND_MONTHS_TOLD));
  return { ...rest, filter: { ...undated, from: from < period.from ? from : period.from, until: period.until } };
}

export type Answering = {
  readonly stats: AnalysisDeps;
  readonly jurisdiction: Jurisdiction;
  readonly snapshot: Snapshot;
  readonly viewer: Viewer;
};
/** `needs`: rights without which its numbers are not told, as whoever asked was told more finely than others are. */
export type AnsweredFigure = { readonly data: FigureData; readonly needs: readonly Right[] };

/** Throws BadInput for what is not there, NotAllowed for what the viewer may not ask. */
export async function answerFigure(asked: AskedFigure, answering: Answering): Promise<AnsweredFigure> {
  const { stats, jurisdiction, snapshot, viewer } = answering;
  if (asked.kind === 'problems') {
    if (!mayDo(viewer, 'see-problems')) throw new NotAllowed('this role does not see problems');
    return { data: await problemsTold(stats.database, viewer, jurisdiction.id), needs: ['see-problems'] };
  }
  const filter = parseFilter(asked.filter);
  const layer = await layerOf(asked, answering);
  const { plan: wanted, inside } = await planFor(stats, snapshot, viewer, filter);
  const within = await layerWithin(stats.database, snapshot, filter.within);
  const name = asked.kind === 'heat' ? 'heat' : 'briefing';
  const narrowed = narrowedFor(viewer, { name, layer, within, inside }, snapshot, stats.taxonomy);
  const plan = narrowed.narrow(wanted);
  const left = narrowed.left(wanted);
  const withheld = left ? (await snapshot.answers.byDay(left)).matched : 0;
  const isDrawn = within === 'polygon';
  const isFine =
    isDrawn ||
    asked.kind === 'heat' ||
    [layer, isDrawn ? null : within, inside].some((each) => each?.type === 'streets');
  // Of areas that whoever draws them could have drawn for it.
  const isByArea = [layer, within, inside].some((each) => each !== null);
  const needs: Right[] = [
    ...(isByArea && mayDo(viewer, 'count-sensitive') && holdsSensitive(plan, answering)
      ? (['count-sensitive'] as const)
      : []),
    ...(isFine && mayDo(viewer, 'see-sensitive-places') && holdsSensitive(plan, answering)
      ? (['see-sensitive-places'] as const)
      : []),
    ...(isDrawn && mayDo(viewer, 'see-points') ? (['see-points'] as const) : []),
  ];
  const data = await dataOf({ ...asked, filter }, { ...answering, plan, layer, withheld });
  return { data, needs };
}

/** A role that is not told of sensitive offences more finely than by area. */
const PLANNING: Viewer = { role: 'planner', account: null, scope: { jurisdictions: null, areas: null } };

function holdsSensitive({ offenceIds }: Plan, { stats, snapshot }: Answering): boolean {
  const sensitive = offencesByAreaAlone(PLANNING, snapshot, stats.taxonomy);
  return offenceIds === null ? sensitive.size > 0 : offenceIds.some((id) => sensitive.has(id));
}

async function layerOf({ kind, layer }: AskedFigure, { stats, snapshot }: Answering): Promise<AskedLayer | null> {
  if (kind !== 'map' && kind !== 'table' && kind !== 'hotspots') return null;
  const areas = snapshot.layers.filter(({ type }) => type === 'areas');
  const code = layer ?? areas.toSorted((a, b) => b.features - a.features)[0]?.code;
  if (code === undefined) throw new BadInput('layer', 'there are no areas yet');
  const found = await findLayer(stats.database, snapshot, code);
  if (found.type === 'points') throw new BadInput('layer', 'nothing is counted by points');
  return found;
}

type Made = Answering & { readonly plan: Plan; readonly layer: AskedLayer | null; readonly withheld: number };
type Parsed = Omit<AskedFigure, 'filter'> & { readonly filter: Filter };

async function dataOf({ kind, filter, by, limit }: Parsed, made: Made): Promise<FigureData> {
  const { stats, jurisdiction, snapshot, plan, layer, withheld } = made;
  const { answers } = snapshot;
  const through = throughOf(filter, snapshot.sources);
  const missingDays = daysMissing(plan, through, snapshot);
  const isWhole = missingDays === 0;
  const dates = {
    ...rangeText(plan.range),
    ...{ through: through === null ? null : textOf(through), missingDays },
  };
  const plus = (totals: Totals): Totals => ({
    ...totals,
    ...{ matched: totals.matched + withheld, withheld: totals.withheld + withheld },
  });
  const ofDays = (found: { readonly matched: number; readonly unlocated: number; readonly withheld: number }) => ({
    ...dates,
    // Without a layer nothing lies outside of one.
    totals: plus(totalsOf({ ...found, counts: new Uint32Array(1) } as PlaceCounts)),
  });
  switch (kind) {
    case 'headline': {
      const { found, last, year } = await headlineOf(snapshot, plan, filter.period, isWhole);
      return { kind, ...ofDays(found), last, year };
    }
    case 'offences': {
      const { found, ...rows } = await offencesOf(stats.taxonomy, snapshot, plan, isWhole);
      return { kind, ...ofDays(found), ...rows };
    }
    case 'trend': {
      const found = await answers.byDay(plan);
      const { buckets, unknownMonth } = seriesOf(found, plan.range, 'month', through);
      return { kind, ...ofDays(found), buckets, unknownMonth };
    }
    case 'clock': {
      const found = await answers.bySlot(plan);
      const { counts, unknownHour, unknownDay } = clockOf(found, []);
      return { kind, ...ofDays(found), counts, unknownHour, unknownDay };
    }
    case 'meeting': {
      const { range, ...table } = await meetingFigure(stats, snapshot, plan, filter);
      const found = await answers.byDay({ ...plan, range });
      return { kind, ...ofDays(found), ...daysOfWeek(range), missingDays: 0, ...table };
    }
    case 'heat': {
      const { found, ...heat } = await heatFigure(snapshot, plan, jurisdiction.bounds);
      return { kind, ...ofDays(found), ...heat };
    }
    case 'table':
    case 'map':
    case 'hotspots': {
      const found = await answers.byPlace(plan, layer!);
      const places = await stats.places(snapshot, layer!);
      const measure = measureOf(places, dates.until);
      const isStreets = layer!.type === 'streets';
      const about = {
        ...dates,
        totals: plus(totalsOf(found)),
        ...{ layer: layer!.code, layerVersion: layer!.version, isStreets },
        unit: isStreets ? ('perKm' as const) : ('per100kResidents' as const),
        denominator: measure?.unit === 'per100kResidents' ? measure.denominator : null,
      };
      if (kind === 'hotspots') {
        const said = await hotspotsFigure(
          ...([stats, { jurisdiction, snapshot, plan, withheld: async () => withheld }, layer!] as const),
        );
        const ranked = said.classes.toSorted((a, b) => b[2] - a[2] || a[0] - b[0]);
        const lines = isStreets
          ? await linesForPaper(
              ...([stats.database, snapshot.jurisdictionId, layer!] as const),
              ranked.slice(0, MOST_STREETS_DRAWN).map(([id]) => id),
            )
          : [];
        const first = ranked
          .filter(([, at]) => at > 0)
          .slice(0, MOST_NAMED)
          .map(([id]) => {
            const crossings = places.crossings[id];
            return {
              ...{ id, code: places.codes[id] ?? '', name: places.names[id] ?? '', count: found.counts[id] ?? 0 },
              ...(crossings && { crossings }),
            };
          });
        return { kind, ...about, ...said, first, lines };
      }
      if (kind === 'table') {
        const earlier = isWhole ? yearBefore(plan, snapshot) : null;
        const before = earlier && (await answers.byPlace({ ...plan, range: earlier }, layer!));
        const rows = topOf(found, before, places, measure, limit, by);
        return {
          ...{
            kind,
            ...about,
            places: found.counts.reduce((sum, count, id) => sum + (id > 0 && count > 0 ? 1 : 0), 0),
          },
          rows: rows.map(({ code, name, crossings, count, rate, previous }) => ({
            ...{ code, name, ...(crossings && { crossings }), count, rate, before: previous },
          })),
        };
      }
      const counted = Array.from(found.counts, (count, id) => [id, count, rateOf(measure, id, count)] as const).filter(
        ([id, count]) => id > 0 && count > 0,
      );
      const first = topOf(found, null, places, measure, MOST_NAMED, by).map(
        ({ id, code, name, crossings, count, rate }) => ({
          ...{ id: Number(id), code, name, ...(crossings && { crossings }), count, rate },
        }),
      );
      if (!isStreets) return { kind, ...about, places: counted, first, lines: [] };
      const most = counted.toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, MOST_STREETS_DRAWN);
      const lines = await linesForPaper(
        stats.database,
        snapshot.jurisdictionId,
        layer!,
        most.map(([id]) => id),
      );
      return { kind, ...about, places: most, first, lines };
    }
    case 'problems':
      throw new Error('answered elsewhere');
  }
}
