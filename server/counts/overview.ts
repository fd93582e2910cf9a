// What the list says of every jurisdiction: kept until the data of one change, and then told anew for those that did,
// in a few questions however many they are. A list neither builds a cube nor asks about one city after another.

import type { Logger } from 'pino';
import type { Jurisdiction, JurisdictionRow } from '../access/contract.ts';
import { textOf } from '../calendar/days.ts';
import type { Cubes } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import { type DataState, readStates } from '../filter/catalogue.ts';
import type { Bounds } from '../geometry/contract.ts';
import { readManyExtents } from './extent.ts';
import { type ListedSource, readManySources } from './many-facts.ts';
import { loadOverview, saveOverview, type Told } from './overview-file.ts';

/** A list may change with every call of a feed; what was not saved is counted again. */
const SAVE_EVERY_MS = 10_000;

export type Overview = {
  /** Of each jurisdiction, in their order; one that is being removed is left out. */
  rows(jurisdictions: readonly Jurisdiction[]): Promise<JurisdictionRow[]>;
};

export type OverviewDeps = {
  readonly database: Database;
  readonly cubes: Cubes;
  /** Where what was counted is kept over a restart. */
  readonly file: string;
  readonly log: Logger;
};

export function createOverview(deps: OverviewDeps): Overview {
  let known: Map<number, Told> | undefined;
  const isKnown = ({ id, bounds }: Jurisdiction, { token }: DataState) => {
    const told = known?.get(id);
    return told?.token === token && (bounds !== null || told.extent !== undefined);
  };

  const learn = async (jurisdictions: readonly Jurisdiction[], states: ReadonlyMap<number, DataState>) => {
    known ??= await loadOverview(deps.file);
    const news = jurisdictions.filter((each) => states.has(each.id) && !isKnown(each, states.get(each.id)!));
    const ofCubes = news.flatMap((each) => tellByCube(deps.cubes, each, states.get(each.id)!));
    const isTold = new Set(ofCubes.map(([id]) => id));
    const ofTables = await tellByTables(
      deps.database,
      news.filter(({ id }) => !isTold.has(id)),
      states,
    );
    for (const [id, told] of [...ofTables, ...ofCubes]) known.set(id, told);
    if (ofTables.length && Date.now() - savedAt >= SAVE_EVERY_MS) {
      savedAt = Date.now();
      await saveOverview(deps.file, known).catch((error: unknown) =>
        deps.log.warn({ err: error }, 'what the list says was not kept; a restart will count it again'),
      );
    }
  };
  let savedAt = 0;
  /** One after the other: what several lists asked for at once want to know is looked up by the first. */
  let learning: Promise<unknown> = Promise.resolve();

  return {
    async rows(jurisdictions) {
      const states = await readStates(
        deps.database,
        jurisdictions.map(({ id }) => id),
      );
      const there = jurisdictions.filter(({ id }) => states.has(id));
      if (!there.every((each) => isKnown(each, states.get(each.id)!))) {
        const learnt = learning.then(() => learn(there, states));
        learning = learnt.catch(() => {});
        await learnt;
      }
      return there.map((each) => rowOf(each, known!.get(each.id)!));
    },
  };
}

/** None where the cube in memory is of another state, or does not know without counting where the incidents lie. */
function tellByCube(cubes: Cubes, { id, bounds }: Jurisdiction, state: DataState): (readonly [number, Told])[] {
  const snapshot = bounds === null ? null : cubes.heldAt({ id }, state);
  return snapshot ? [[id, tell(state, snapshot.sources, undefined)]] : [];
}

async function tellByTables(
  database: Database,
  jurisdictions: readonly Jurisdiction[],
  states: ReadonlyMap<number, DataState>,
): Promise<(readonly [number, Told])[]> {
  if (jurisdictions.length === 0) return [];
  const stateOf = ({ id }: Jurisdiction) => states.get(id)!;
  const asked = (of: readonly Jurisdiction[]) => new Map(of.map((each) => [each.id, stateOf(each)]));
  const unbounded = jurisdictions.filter(({ bounds }) => bounds === null);
  const sources = await readManySources(database, asked(jurisdictions));
  const extents = await readManyExtents(database, asked(unbounded));
  return jurisdictions.map((each) => {
    const extent = each.bounds === null ? (extents.get(each.id) ?? null) : undefined;
    return [each.id, tell(stateOf(each), sources.get(each.id) ?? [], extent)];
  });
}

function tell(
  { dataVersion, token }: Pick<DataState, 'dataVersion' | 'token'>,
  sources: readonly ListedSource[],
  extent: Bounds | null | undefined,
): Told {
  const firstDays = sources.flatMap(({ firstDay }) => firstDay ?? []);
  const lastDays = sources.flatMap(({ lastDay }) => lastDay ?? []);
  const through: Record<string, Record<string, string>> = {};
  for (const source of sources) {
    if (source.through === null) continue;
    through[source.kind] ??= {};
    through[source.kind]![source.code] = textOf(source.through);
  }
  return {
    dataVersion,
    token,
    extent: extent ? [...extent] : extent,
    from: firstDays.length ? textOf(Math.min(...firstDays)) : null,
    until: lastDays.length ? textOf(Math.max(...lastDays) + 1) : null,
    through,
  };
}

function rowOf(
  { code, name, timezone, synthetic, bounds, shared }: Jurisdiction,
  { dataVersion, from, until, through, extent = null }: Told,
): JurisdictionRow {
  const level = shared?.level && { shared: shared.level };
  return { code, name, timezone, bounds: bounds ?? extent, dataVersion, from, until, through, synthetic, ...level };
}
