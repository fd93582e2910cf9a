// What is told of sources, offences and days to whoever is bound to areas: of the incidents in these, not of all there are.

import type { Jurisdiction, JurisdictionRow, Viewer } from '../access/contract.ts';
import { monthOf, monthStart, textOf } from '../calendar/days.ts';
import type { Cubes, Snapshot } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import { NotAllowed } from '../errors.ts';
import { everythingOf, type Plan } from '../filter/plan.ts';
import { limitsOf, scopeAreasOf, scopeBoundsOf, scopeFor, throughTold } from '../filter/scope.ts';
import { lastDayOf, type SourceInfo } from '../filter/source-profile.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import type { ScopeAnswer } from './contract.ts';

/** Throws NotAllowed for whoever is bound to areas: what is asked for is known of the whole municipality alone. */
export function refuseWithinAreas({ scope }: Viewer): void {
  if (scope.areas !== null)
    throw new NotAllowed('this is told of the whole municipality, and your account is bound to areas of it');
}

/** What bounds a viewer, as limitsOf makes it. */
type Limit = ((plan: Plan) => Plan) | null;

/**
 * The same sources with the incidents that lie within the limit, and the days these are of. By an agreement those of which
 * nothing lies there are not named, nor when anything was delivered; of counts by month no day is told.
 */
export async function sourcesWithin(
  { answers, sources }: Pick<Snapshot, 'answers' | 'sources'>,
  viewer: Pick<Viewer, 'scope'>,
  limit: Limit,
): Promise<readonly SourceInfo[]> {
  if (limit === null) return sources;
  const { level } = viewer.scope;
  const told = await Promise.all(
    sources.map(async (source): Promise<SourceInfo> => {
      const { matched, days, months, quarters } = await answers.byDay(limit(everythingOf([source.sourceId])));
      const counted = [...days, ...months, ...quarters].sort(([a], [b]) => a - b);
      const spread = { days: counted.map(([day]) => day), counts: counted.map(([, count]) => count) };
      const within = {
        ...{ incidents: matched, fillers: [], firstDay: spread.days[0] ?? null },
        ...{ lastDay: lastDayOf(spread, source.precisions), through: throughTold(source.through, viewer) },
        ...(level && { delivered: null }),
      };
      return { ...source, ...within, ...(level === 'totals' && wholeMonthsOf(within)) };
    }),
  );
  return level ? told.filter(({ incidents }) => incidents > 0) : told;
}

function wholeMonthsOf({ firstDay, lastDay }: Pick<SourceInfo, 'firstDay' | 'lastDay'>) {
  return {
    firstDay: firstDay === null ? null : monthStart(monthOf(firstDay)),
    lastDay: lastDay === null ? null : monthStart(monthOf(lastDay) + 1) - 1,
  };
}

/** The offences the incidents within the limit are of. */
export async function offencesWithin(
  { answers, sources, offences }: Pick<Snapshot, 'answers' | 'sources' | 'offences'>,
  limit: Limit,
): Promise<Snapshot['offences']> {
  if (limit === null) return offences;
  const { offences: used } = await answers.bySlot(limit(everythingOf(sources.map(({ sourceId }) => sourceId))));
  return offences.filter(({ offenceId }) => used.has(offenceId));
}

type Deps = { readonly database: Database; readonly cubes: Cubes; readonly taxonomy: Taxonomy };

/** What the list says of a jurisdiction, for a viewer bound within it: where that lies, and from when to when. */
export async function rowWithin(
  { database, cubes, taxonomy }: Deps,
  viewer: Viewer,
  jurisdiction: Jurisdiction,
  row: JurisdictionRow,
): Promise<JurisdictionRow> {
  const snapshot = await cubes.snapshot(jurisdiction);
  const limit = await limitsOf({ database, taxonomy }, snapshot, viewer);
  if (limit === null) return row;
  const scope = await scopeFor(database, snapshot, viewer);
  const sources = await sourcesWithin(snapshot, viewer, limit);
  const firstDays = sources.flatMap(({ firstDay }) => firstDay ?? []);
  const lastDays = sources.flatMap(({ lastDay }) => lastDay ?? []);
  const through: Record<string, Record<string, string>> = {};
  for (const source of sources) {
    if (source.through === null) continue;
    through[source.kind] ??= {};
    through[source.kind]![source.code] = textOf(source.through);
  }
  return {
    ...row,
    bounds: scope ? await scopeBoundsOf(database, jurisdiction.id, scope) : row.bounds,
    through,
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
