// Above the municipality: of each jurisdiction how many in a year, for its residents, and against the same months of a
// base year.

import { type Day, dayOf, monthOf, monthStart, textOf, yearOf } from '../calendar/days.ts';
import type { Snapshot } from '../cube/store.ts';
import type { Filter } from '../filter/contract.ts';
import type { AskedLayer, Places } from '../filter/places.ts';
import { type Plan, type Range, resolveFilter, throughOf } from '../filter/plan.ts';
import { withinOffences } from '../filter/scope.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import { type Before, comparedWith } from './before.ts';
import { MIN_INCIDENTS_FOR_RATE, MIN_RESIDENTS, type RegionRow } from './contract.ts';
import { measureOf } from './rates.ts';

const MONTHS_PER_YEAR = 12;
const PER = 100_000;

export type RegionDeps = {
  readonly taxonomy: Taxonomy;
  readonly places: (snapshot: Snapshot, layer: AskedLayer) => Promise<Places>;
  readonly elsewhereOf: (snapshot: Snapshot) => Promise<ReadonlySet<number>>;
};

type Counted = Omit<RegionRow, 'code' | 'name' | 'synthetic' | 'shared'>;

/**
 * `filter` says what is counted, of these `offences` alone where they are given; its dates are those of `year`, as far as
 * there are complete months of it.
 */
export async function countedInYear(
  { taxonomy, places, elsewhereOf }: RegionDeps,
  snapshot: Snapshot,
  filter: Filter,
  {
    year,
    base,
    offences,
  }: { readonly year: number; readonly base: number; readonly offences: readonly string[] | null },
): Promise<Counted> {
  const through = throughOf(filter, snapshot.sources);
  const range = completeMonths(year, through);
  const layer = await wholeLayer(snapshot, places);
  const residents = layer ? residentsOf(layer.places, `${year + 1}-01-01`) : null;
  const known = { residents: residents?.count ?? null, residentsYear: residents?.year ?? null };
  const nothing = { ...known, count: null, rate: null, before: null, from: null, until: null };
  if (!range) return { ...nothing, reason: 'no-data', beforeReason: 'before-data' };

  const whole = resolveFilter(filter, { ...snapshot, taxonomy }, null, null);
  const plan = withinOffences(whole, snapshot, taxonomy, { offences });
  const own: Plan = {
    ...plan,
    range,
    inside: layer && {
      layerId: layer.layer.layerId,
      version: layer.layer.version,
      placed: [...(await elsewhereOf(snapshot))],
    },
  };
  // Data that begin within the year, or skip months of it, would make a small number of a large one.
  const now = toldOf(plan, range, range, snapshot);
  if (!now.range) return { ...nothing, reason: now.reason === 'gap' ? 'gap' : 'no-data', beforeReason: null };
  const months = monthOf(range.until) - monthOf(range.from);
  const earlier = toldOf(plan, range, movedToYear(range, base), snapshot);
  const count = async (of: Range) => (await snapshot.answers.bySlot({ ...own, range: of })).matched;
  const [counted, before] = await Promise.all([count(range), earlier.range && count(earlier.range)]);
  return {
    ...known,
    count: counted,
    rate: residents && ratePerYear(counted, residents.count, months),
    before,
    from: textOf(range.from),
    until: textOf(range.until),
    reason: null,
    beforeReason: earlier.reason,
  };
}

/** As comparedWith, but data that begin within the first month are taken to be of all of it: a small town has quiet days. */
function toldOf(plan: Plan, range: Range, asked: Range, { sources }: Snapshot): Before {
  const begun = sources.flatMap(({ sourceId, firstDay }) =>
    firstDay !== null && plan.sourceIds.includes(sourceId) && monthOf(firstDay) === monthOf(asked.from)
      ? [firstDay]
      : [],
  );
  const found = comparedWith(plan, range, { from: Math.max(asked.from, ...begun), until: asked.until }, sources);
  return found.range ? { range: asked, reason: null } : found;
}

/** The latest year that is complete in one of the snapshots, else the latest begun; null where there are no data. */
export function latestYear(throughs: readonly (Day | null)[]): number | null {
  const known = throughs.filter((day) => day !== null);
  const complete = known.map((day) => yearOf(day + 1) - 1);
  const begun = known.map(yearOf);
  const latest = Math.max(...complete);
  return known.length === 0 ? null : begun.every((each) => each > latest + 1) ? Math.max(...begun) : latest;
}

function completeMonths(year: number, through: Day | null): Range | null {
  const from = dayOf(`${year}-01-01`);
  const end = Math.min(dayOf(`${year + 1}-01-01`), through === null ? from : through + 1);
  const until = monthStart(monthOf(end));
  return until > from ? { from, until } : null;
}

function movedToYear({ from, until }: Range, year: number): Range {
  const months = (year - yearOf(from)) * MONTHS_PER_YEAR;
  return { from: monthStart(monthOf(from) + months), until: monthStart(monthOf(until) + months) };
}

/** The layer that stands for the whole municipality: of those with residents the one of most places, else of any. */
async function wholeLayer(
  snapshot: Snapshot,
  placesOf: RegionDeps['places'],
): Promise<{ readonly layer: AskedLayer; readonly places: Places } | null> {
  const areas = snapshot.layers.filter(({ type }) => type === 'areas').sort((a, b) => b.features - a.features);
  let first: { readonly layer: AskedLayer; readonly places: Places } | null = null;
  for (const layer of areas) {
    const found = { layer, places: await placesOf(snapshot, layer) };
    if (found.places.population.length > 0) return found;
    first ??= found;
  }
  return first;
}

function residentsOf(places: Places, until: string): { readonly count: number; readonly year: number } | null {
  const measure = measureOf(places, until);
  if (measure?.unit !== 'per100kResidents') return null;
  const count = measure.residents.reduce((sum, each) => (Number.isNaN(each) ? sum : sum + each), 0);
  return { count, year: measure.denominator.year };
}

function ratePerYear(count: number, residents: number, months: number): number | null {
  if (residents < MIN_RESIDENTS || count < MIN_INCIDENTS_FOR_RATE) return null;
  return Math.round(((count * PER) / residents) * (MONTHS_PER_YEAR / months) * 10) / 10;
}
