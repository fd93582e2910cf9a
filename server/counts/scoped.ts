// What is told of sources, offences and days to whoever is bound to areas: of the incidents in these, not of all there are.

import type { Jurisdiction, JurisdictionRow, Viewer } from '../access/contract.ts';
import { textOf } from '../calendar/days.ts';
import type { Cubes, Snapshot } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import { NotAllowed } from '../errors.ts';
import { everythingOf, type Plan, type PlanScope } from '../filter/plan.ts';
import { scopeAreasOf, scopeBoundsOf, scopeFor } from '../filter/scope.ts';
import { lastDayOf, type SourceInfo } from '../filter/source-profile.ts';
import type { ScopeAnswer } from './contract.ts';

/** Throws NotAllowed for whoever is bound to areas: what is asked for is known of the whole municipality alone. */
export function refuseWithinAreas({ scope }: Viewer): void {
  if (scope.areas !== null)
    throw new NotAllowed('this is told of the whole municipality, and your account is bound to areas of it');
}

const everythingIn = (sourceIds: readonly number[], scope: PlanScope): Plan => ({ ...everythingOf(sourceIds), scope });

/** The same sources with the incidents that lie in the scope, and the days these are of; `kept` leaves offences out. */
export async function sourcesWithin(
  { answers, sources }: Pick<Snapshot, 'answers' | 'sources'>,
  scope: PlanScope | null,
  kept: ((plan: Plan) => Plan) | null = null,
): Promise<readonly SourceInfo[]> {
  if (scope === null && kept === null) return sources;
  return Promise.all(
    sources.map(async (source) => {
      const all: Plan = { ...everythingOf([source.sourceId]), scope };
      const { matched, days, months, quarters } = await answers.byDay(kept ? kept(all) : all);
      const counted = [...days, ...months, ...quarters].sort(([a], [b]) => a - b);
      const spread = { days: counted.map(([day]) => day), counts: counted.map(([, count]) => count) };
      const lastDay = lastDayOf(spread, source.precisions);
      return { ...source, incidents: matched, fillers: [], firstDay: spread.days[0] ?? null, lastDay };
    }),
  );
}

/** The offences the incidents of the scope are of. */
export async function offencesWithin(
  { answers, sources, offences }: Pick<Snapshot, 'answers' | 'sources' | 'offences'>,
  scope: PlanScope | null,
): Promise<Snapshot['offences']> {
  if (scope === null) return offences;
  const everything = everythingIn(
    sources.map(({ sourceId }) => sourceId),
    scope,
  );
  const { offences: used } = await answers.bySlot(everything);
  return offences.filter(({ offenceId }) => used.has(offenceId));
}

type Deps = { readonly database: Database; readonly cubes: Cubes };

/** What the list says of a jurisdiction, for a viewer bound to areas of it: where these lie, and from when to when. */
export async function rowWithin(
  { database, cubes }: Deps,
  viewer: Viewer,
  jurisdiction: Jurisdiction,
  row: JurisdictionRow,
): Promise<JurisdictionRow> {
  const snapshot = await cubes.snapshot(jurisdiction);
  const scope = await scopeFor(database, snapshot, viewer);
  if (scope === null) return row;
  const sources = await sourcesWithin(snapshot, scope);
  const firstDays = sources.flatMap(({ firstDay }) => firstDay ?? []);
  const lastDays = sources.flatMap(({ lastDay }) => lastDay ?? []);
  return {
    ...row,
    bounds: await scopeBoundsOf(database, jurisdiction.id, scope),
    from: firstDays.length ? textOf(Math.min(...firstDays)) : null,
    until: lastDays.length ? textOf(Math.max(...lastDays) + 1) : null,
  };
}

/** The areas a viewer is bound to, by name, and the codes no area has any more. */
export async function scopeAnswer(database: Database, snapshot: Snapshot, viewer: Viewer): Promise<ScopeAnswer> {
  if (viewer.scope.areas === null) return { areas: null };
  const { layer, areas, missing } = await scopeAreasOf(database, snapshot, viewer.scope.areas);
  return {
    areas: {
      layer: viewer.scope.areas.layer,
      layerVersion: layer?.version ?? null,
      rows: areas.map(({ id, code, name }) => ({ id: String(id), code, name })),
      missing,
    },
  };
}
