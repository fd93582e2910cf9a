// Where a viewer's rights meet a question: whoever is bound to areas of a jurisdiction asks about what lies in these alone,
// and whoever sees another authority's data by an agreement about the offences and times it is of. Every question of theirs
// becomes a plan here, so that each answer made of the plan is kept within.

import { sql } from 'kysely';
import type { Scope, Viewer } from '../access/contract.ts';
import { addMonths, monthOf, monthStart } from '../calendar/days.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import type { Bounds } from '../geometry/contract.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import type { Catalogue } from './catalogue.ts';
import type { Filter } from './contract.ts';
import { type AskedLayer, findInside, findWithin } from './places.ts';
import { OPEN_DAY, type Plan, type PlanContext, type PlanScope, type Range, resolveFilter } from './plan.ts';

/** What a snapshot, or a page of a listing, knows of the jurisdiction. */
type Known = { readonly jurisdictionId: number; readonly layers: Catalogue['layers'] } & Pick<
  PlanContext,
  'sources' | 'offences' | 'choices'
>;
type Asker = Pick<Viewer, 'scope'>;

/** A question made definite for whoever asks it; `inside` = the layer outside of which nothing counts. */
export async function planFor(
  { database, taxonomy }: { readonly database: Database; readonly taxonomy: Taxonomy },
  known: Known,
  viewer: Asker,
  filter: Filter,
): Promise<{ readonly plan: Plan; readonly inside: AskedLayer | null }> {
  if (viewer.scope.level === 'totals') refuseFine(filter);
  const within = await findWithin(database, known, filter.within);
  const inside = await findInside(database, known, filter.inside);
  const scope = await scopeFor(database, known, viewer);
  const plan: Plan = { ...resolveFilter(filter, { ...known, taxonomy }, within, inside), scope };
  const range = viewer.scope.level === 'totals' ? wholeMonths(plan.range) : plan.range;
  return { plan: withinOffences({ ...plan, range }, known, taxonomy, viewer.scope), inside };
}

/** The plan without the offences that the scope is not of. */
export function withinOffences(
  plan: Plan,
  { offences, choices }: Pick<Known, 'offences' | 'choices'>,
  lists: PlanContext['taxonomy'],
  { offences: codes }: Pick<Scope, 'offences'>,
): Plan {
  if (!codes) return plan;
  const taxonomy = choices ? lists.withChoices(choices) : lists;
  const kept = taxonomy.subtree(
    codes,
    offences.map(({ code }) => code),
  );
  const asked = new Set(plan.offenceIds ?? offences.map(({ offenceId }) => offenceId));
  const both = offences.filter(({ offenceId, code }) => asked.has(offenceId) && kept.has(code));
  return { ...plan, offenceIds: both.map(({ offenceId }) => offenceId) };
}

/** Counts by area are of whole months and of no hour: who knows the day knows more than the public may. */
function refuseFine({ from, until, period, hours, weekdays, within }: Filter): void {
  const refuse = (parameter: string) => {
    throw new BadInput(parameter, 'only counts by area and complete months are shared');
  };
  if (hours !== null) refuse('hour');
  if (weekdays.length > 0 && weekdays.length < 7) refuse('weekday');
  if (period === 'week' || period === '28d') refuse('period');
  if (within?.type === 'polygon') refuse('within');
  for (const [parameter, day] of Object.entries({ from, until }))
    if (day !== null && !day.endsWith('-01')) refuse(parameter);
}

/** The complete months of a range; of a period to yesterday the month that has begun is left out. */
function wholeMonths({ from, until }: Range): Range {
  const first = from <= -OPEN_DAY || isFirst(from) ? from : addMonths(monthStart(monthOf(from)), 1);
  const end = until >= OPEN_DAY || isFirst(until) ? until : monthStart(monthOf(until));
  return { from: first, until: Math.max(first, end) };
}

const isFirst = (day: number) => monthStart(monthOf(day)) === day;

/** Of no layer and no place: nothing lies in it. */
const NOWHERE: PlanScope = { layerId: 0, version: 0, placeIds: [] };

/**
 * The areas a viewer is bound to, as they are in the present version of their layer; null = the whole jurisdiction. A code
 * that is not there any more stands for nothing, and so does a layer.
 */
export async function scopeFor(
  database: Database,
  known: Pick<Known, 'jurisdictionId' | 'layers'>,
  viewer: Asker,
): Promise<PlanScope | null> {
  if (viewer.scope.areas === null) return null;
  const { layer, areas } = await scopeAreasOf(database, known, viewer.scope.areas);
  if (layer === null) return NOWHERE;
  return { layerId: layer.layerId, version: layer.version, placeIds: areas.map(({ id }) => id) };
}

export type ScopeAreas = {
  readonly layer: Catalogue['layers'][number] | null;
  readonly areas: readonly { readonly id: number; readonly code: string; readonly name: string }[];
  /** Codes that no area has any more. */
  readonly missing: readonly string[];
};

export async function scopeAreasOf(
  { db }: Database,
  { jurisdictionId, layers }: Pick<Known, 'jurisdictionId' | 'layers'>,
  { layer: layerCode, codes }: NonNullable<Viewer['scope']['areas']>,
): Promise<ScopeAreas> {
  const layer = layers.find(({ code, type }) => code === layerCode && type === 'areas') ?? null;
  if (layer === null) return { layer, areas: [], missing: codes };
  const { rows: areas } = await sql<ScopeAreas['areas'][number]>`
    select place_id as id, code, name from area
    where jurisdiction_id = ${jurisdictionId} and layer_id = ${layer.layerId} and version = ${layer.version}
      and code = any(${[...codes]}::text[])
    order by place_id`.execute(db);
  const there = new Set(areas.map(({ code }) => code));
  return { layer, areas, missing: codes.filter((code) => !there.has(code)) };
}

/** The box around the areas of a scope; null where there is none. */
export async function scopeBoundsOf(
  { db }: Database,
  jurisdictionId: number,
  scope: PlanScope,
): Promise<Bounds | null> {
  const { rows } = await sql<{ west: number | null; south: number; east: number; north: number }>`
    select ST_XMin(box) as west, ST_YMin(box) as south, ST_XMax(box) as east, ST_YMax(box) as north
    from (select ST_Extent(geom) as box from area
      where jurisdiction_id = ${jurisdictionId} and layer_id = ${scope.layerId} and version = ${scope.version}
        and place_id = any(${[...scope.placeIds]}::int[])) as extent`.execute(db);
  const [found] = rows;
  return found && found.west !== null ? [found.west, found.south, found.east, found.north] : null;
}
