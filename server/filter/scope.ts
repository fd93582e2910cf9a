// Where a viewer's rights meet a question: whoever is bound to areas of a jurisdiction asks about what lies in these alone,
// and whoever sees another authority's data by an agreement about the offences and times it is of. Every question of theirs
// becomes a plan here, so that each answer made of the plan is kept within.

import { sql } from 'kysely';
import type { Scope, Viewer } from '../access/contract.ts';
import { throughTogether } from '../calendar/data-through.ts';
import { addMonths, type Day, dayOf, monthOf, monthStart } from '../calendar/days.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import type { Bounds } from '../geometry/contract.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import type { Catalogue } from './catalogue.ts';
import { cellFor } from './cells.ts';
import type { Filter } from './contract.ts';
import { type AskedLayer, findInside, findWithin } from './places.ts';
import {
  OPEN_DAY,
  type Plan,
  type PlanContext,
  type PlanScope,
  type PlanWithin,
  type Range,
  resolveFilter,
} from './plan.ts';

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
  viewer: Viewer,
  filter: Filter,
): Promise<{ readonly plan: Plan; readonly inside: AskedLayer | null }> {
  if (viewer.scope.level === 'totals') refuseFine(filter);
  const found = await findWithin(database, known, filter.within);
  // A polygon that shrinks round a point would else tell where it lies.
  const cell = found?.type === 'polygon' ? await cellFor(database, known.jurisdictionId, viewer) : null;
  const within = found?.type === 'polygon' && cell ? { ...found, cell } : found;
  const inside = await findInside(database, known, filter.inside);
  const scope = await scopeFor(database, known, viewer);
  refuseUnshared(viewer.scope, known, scope, filter, within, inside);
  const offences = offencesSharedOf(known, taxonomy, viewer.scope);
  const plan: Plan = { ...resolveFilter(filter, { ...known, offences, taxonomy }, within, inside), scope };
  return { plan: limited(plan, { known, taxonomy, viewer }), inside };
}

type Limits = {
  readonly known: Pick<Known, 'sources' | 'offences' | 'choices'>;
  readonly taxonomy: Taxonomy;
  readonly viewer: Asker;
};

/** A plan within the offences and months of an agreement. */
function limited(plan: Plan, { known, taxonomy, viewer }: Limits): Plan {
  const sources = known.sources.filter(({ sourceId }) => plan.sourceIds.includes(sourceId));
  const range =
    viewer.scope.level === 'totals' ? wholeMonths(plan.range, throughTogether(sources), Date.now()) : plan.range;
  return withinOffences({ ...plan, range }, known, taxonomy, viewer.scope);
}

/** Puts a plan within all that bounds a viewer; null for whoever is bound by nothing. */
export async function limitsOf(
  { database, taxonomy }: { readonly database: Database; readonly taxonomy: Taxonomy },
  known: Known,
  viewer: Asker,
): Promise<((plan: Plan) => Plan) | null> {
  const { areas, offences, level } = viewer.scope;
  if (areas === null && !offences && level !== 'totals') return null;
  const scope = await scopeFor(database, known, viewer);
  return (plan) => limited({ ...plan, scope }, { known, taxonomy, viewer });
}

/** The offences there are to whoever asks: of others an agreement does not say that they are known here. */
function offencesSharedOf(
  { offences, choices }: Pick<Known, 'offences' | 'choices'>,
  lists: Taxonomy,
  { offences: codes }: Pick<Scope, 'offences'>,
): Known['offences'] {
  if (!codes) return offences;
  const taxonomy = choices ? lists.withChoices(choices) : lists;
  const kept = taxonomy.subtree(
    codes,
    offences.map(({ code }) => code),
  );
  return offences.filter(({ code }) => kept.has(code));
}

/**
 * Whether a layer is there for whoever asks: by an agreement about areas those of the agreement are, as they are now, and
 * no other layer of areas, which would name what lies beside them.
 */
export function isLayerShared(
  { layer, version, type }: { readonly layer: string; readonly version: number; readonly type: AskedLayer['type'] },
  current: number | null,
  { level, areas }: Scope,
): boolean {
  if (level === undefined) return true;
  if (level === 'totals' && type !== 'areas') return false;
  if (areas === null || type === 'streets' || type === 'points') return true;
  return layer === areas.layer && version === current;
}

/** Throws BadInput as for a layer that is not there. */
export function refuseUnsharedLayer(
  { code: layer, version, type }: AskedLayer,
  layers: Known['layers'],
  scope: Scope,
  parameter: string,
): void {
  // That counts by area alone are shared is said elsewhere, in words.
  if (type !== 'areas') return;
  const current = layers.find(({ code }) => code === layer)?.version ?? null;
  if (!isLayerShared({ layer, version, type }, current, scope))
    throw new BadInput(parameter, `no such layer: ${layer}${version === current ? '' : `@${version}`}`);
}

/** What is not shared is refused as what is not there. */
function refuseUnshared(
  scope: Scope,
  { layers }: Pick<Known, 'layers'>,
  areas: PlanScope | null,
  { within: asked }: Filter,
  within: PlanWithin | null,
  inside: AskedLayer | null,
): void {
  if (scope.level === undefined || scope.areas === null) return;
  if (inside) refuseUnsharedLayer(inside, layers, scope, 'inside');
  if (within?.type !== 'place' || asked?.type !== 'place') return;
  const { layerId, version, placeId } = within;
  const type = layers.find((layer) => layer.layerId === layerId)?.type ?? 'areas';
  refuseUnsharedLayer({ layerId, version, features: 0, code: asked.layer, type }, layers, scope, 'within');
  if (type === 'areas' && !areas?.placeIds.includes(placeId))
    throw new BadInput('within', 'no such place in that layer');
}

/** The plan without the offences that the scope is not of. */
export function withinOffences(
  plan: Plan,
  { offences, choices }: Pick<Known, 'offences' | 'choices'>,
  lists: Taxonomy,
  { offences: codes }: Pick<Scope, 'offences'>,
): Plan {
  if (!codes) return plan;
  const asked = new Set(plan.offenceIds ?? offences.map(({ offenceId }) => offenceId));
  const both = offencesSharedOf({ offences, ...(choices && { choices }) }, lists, { offences: codes });
  const ids = both.map(({ offenceId }) => offenceId);
  return { ...plan, offenceIds: ids.filter((id) => asked.has(id)) };
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

/** The complete months of a range, up to the last that is complete: who is told of today knows when something happened. */
function wholeMonths({ from, until }: Range, through: Day | null, now: number): Range {
  const end = completeUntil(through, now);
  const first = from <= -OPEN_DAY || isFirst(from) ? from : addMonths(monthStart(monthOf(from)), 1);
  return {
    from: Math.min(first, end),
    until: Math.max(Math.min(first, end), Math.min(end, monthStart(monthOf(until)))),
  };
}

/** The first day of the first month that is not complete: by the data, and by the calendar whatever these declare. */
function completeUntil(through: Day | null, now: number): Day {
  const yesterday = dayOf(new Date(now).toISOString().slice(0, 10)) - 1;
  return through === null ? 0 : monthStart(monthOf(Math.min(through, yesterday - 1) + 1));
}

/** The day up to which data are complete as far as a viewer is told: of months alone, the last day of the last. */
export function throughTold(through: Day | null, { scope }: Asker): Day | null {
  return through === null || scope.level !== 'totals' ? through : completeUntil(through, Date.now()) - 1;
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
