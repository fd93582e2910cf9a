// Where a viewer's rights meet a question: whoever sees another authority's data by an agreement asks about the offences and
// times it is of. Every question of theirs becomes a plan here, so that each answer made of the plan is kept within.

import type { Scope, Viewer } from '../access/contract.ts';
import { addMonths, monthOf, monthStart } from '../calendar/days.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotAllowed } from '../errors.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import type { Catalogue } from './catalogue.ts';
import type { Filter } from './contract.ts';
import { type AskedLayer, findInside, findWithin } from './places.ts';
import { OPEN_DAY, type Plan, type PlanContext, type Range, resolveFilter } from './plan.ts';

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
  if (viewer.scope.areas !== null) throw new NotAllowed('areas within a jurisdiction are not kept apart yet');
  if (viewer.scope.level === 'totals') refuseFine(filter);
  const within = await findWithin(database, known, filter.within);
  const inside = await findInside(database, known, filter.inside);
  const plan = resolveFilter(filter, { ...known, taxonomy }, within, inside);
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
