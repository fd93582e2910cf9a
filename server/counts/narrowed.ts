// What is left out for whoever may not see sensitive offences below areas: by street, in a drawn area, as heat; and all of
// them for whoever draws the areas. Decided where a filter becomes a plan, so that every answer made of the plan is without them.

import type { Viewer } from '../access/contract.ts';
import { mayDo } from '../access/rights.ts';
import type { Snapshot } from '../cube/store.ts';
import { NotAllowed } from '../errors.ts';
import type { AskedLayer } from '../filter/places.ts';
import type { Plan } from '../filter/plan.ts';
import { refuseUnsharedLayer, withinOffences } from '../filter/scope.ts';
import { sensitiveClassOf } from '../protection/dataset.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';

export type Narrowed = {
  /** The plan without what is left out. */
  readonly narrow: (plan: Plan) => Plan;
  /**
   * The plan of what is left out, to say how much that is; null where nothing is, and where the number itself would be
   * one below areas.
   */
  readonly left: (plan: Plan) => Plan | null;
  /** Whether a plan loses offences so; true as well where nobody is told how many incidents that is. */
  readonly leavesOut: (plan: Plan) => boolean;
  /** Whether it is answered finer than by area from places that the protection moved: many streets are told as one point. */
  readonly arePlacesMoved: boolean;
};

/** Questions whose answers are finer than any layer of areas. */
const FINE_QUESTIONS: readonly string[] = ['heat', 'density', 'grid-hotspots', 'near-repeat'];

/** What is shared as counts by area alone is not asked for by day, nor as it was told at another time. */
export function refuseBeyondLevel({ scope }: Viewer, own: { readonly step?: unknown; readonly asOf?: unknown }): void {
  const { level } = scope;
  if (level === undefined || level === 'full') return;
  if (own.asOf !== undefined) throw new NotAllowed(SHARED_NO_FINER);
  if (level === 'totals' && own.step !== undefined && own.step !== 'month') throw new NotAllowed(SHARED_NO_FINER);
}

const SHARED_NO_FINER = 'the agreement with this authority does not go so far';

export type AskedPlaces = {
  readonly name: string;
  /** The layer that is counted by. */
  readonly layer: AskedLayer | null;
  /** Those that the question is kept within. */
  readonly within: AskedLayer | 'polygon' | null;
  readonly inside: AskedLayer | null;
};

/** The public is not asked about here: what it is answered from holds no more than it may see. */
export function narrowedFor(
  viewer: Viewer,
  { name, layer, within, inside }: AskedPlaces,
  { offences, choices, layers }: Pick<Snapshot, 'offences' | 'choices' | 'layers'>,
  taxonomy: Taxonomy,
): Narrowed {
  const { level } = viewer.scope;
  if (layer) refuseUnsharedLayer(layer, layers, viewer.scope, 'layer');
  if (
    level === 'totals' &&
    [layer, within, inside].some((each) => each === 'polygon' || (each && each.type !== 'areas'))
  )
    throw new NotAllowed(SHARED_NO_FINER);
  // Also of a plan that asks for other offences than the filter did.
  const kept = (plan: Plan) => withinOffences(plan, { offences, choices }, taxonomy, viewer.scope);
  const isFineQuestion = [within, inside].some((each) => each === 'polygon' || each?.type === 'streets');
  const isFine = isFineQuestion || FINE_QUESTIONS.includes(name) || layer?.type === 'streets';
  const arePlacesMoved = isFine && seesProtected(viewer);
  const nothingLeftOut: Narrowed = { narrow: kept, left: () => null, leavesOut: () => false, arePlacesMoved };
  if (seesAllThereIs(viewer)) return nothingLeftOut;
  const sensitive = sensitiveOf({ offences, choices }, taxonomy);
  const asked = ({ offenceIds }: Plan) => offenceIds ?? offences.map(({ offenceId }) => offenceId);
  const only = (plan: Plan, isKept: (id: number) => boolean): Plan => ({
    ...plan,
    offenceIds: asked(plan).filter(isKept),
  });
  const without = (plan: Plan) => only(kept(plan), (id) => !sensitive.has(id));
  const leavesOut = (plan: Plan) => asked(kept(plan)).some((id) => sensitive.has(id));
  if (!mayDo(viewer, 'count-sensitive')) return { narrow: without, left: () => null, leavesOut, arePlacesMoved };
  if (!isFine) return nothingLeftOut;
  return {
    narrow: without,
    left: (plan) => (isFineQuestion ? null : only(kept(plan), (id) => sensitive.has(id))),
    ...{ leavesOut, arePlacesMoved },
  };
}

/** Ids of the offences of which a viewer is told areas, and nothing finer. */
export function offencesByAreaAlone(
  viewer: Viewer,
  known: Pick<Snapshot, 'offences' | 'choices'>,
  taxonomy: Taxonomy,
): ReadonlySet<number> {
  return seesAllThereIs(viewer) ? new Set() : sensitiveOf(known, taxonomy);
}

/** The public as well: what it is answered from holds no more than it may see. */
function seesAllThereIs(viewer: Viewer): boolean {
  return seesProtected(viewer) || mayDo(viewer, 'see-sensitive-places');
}

const seesProtected = ({ role, scope }: Viewer): boolean => role === 'public' || scope.level === 'protected';

function sensitiveOf(
  { offences, choices }: Pick<Snapshot, 'offences' | 'choices'>,
  taxonomy: Taxonomy,
): ReadonlySet<number> {
  const chosen = taxonomy.withChoices(choices);
  return new Set(
    offences.filter(({ code }) => sensitiveClassOf(chosen, code) !== null).map(({ offenceId }) => offenceId),
  );
}
