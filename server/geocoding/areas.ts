// Neighbourhoods and boroughs by name: which area of the layers a text means, namesakes told apart by their borough.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import type { Placer } from '../placing/place.ts';
import type { Alias, Meaning } from './aliases.ts';
import { type Candidate, type Choice, choose } from './disambiguate.ts';
import { foldArea, wholeOf } from './fold-names.ts';
import { keyOf, type Shares, sharesOf } from './layer-overlap.ts';
import { mayHoldBorough, type NamedLayer } from './layers.ts';
import { findAlike, findNamed } from './names.ts';
import type { PlaceNamesAsked } from './parse-place-text.ts';

/** An area a text means. */
export type Home = Omit<Choice, 'how'> & { readonly layer: NamedLayer; readonly how: Choice['how'] | 'alias' };
export type AreaFinder = {
  readonly layers: readonly NamedLayer[];
  /** What the words mean as people say; null = nothing was said, `nothing` = no place. */
  alias(asked: PlaceNamesAsked): Alias | null;
  /** The borough on a layer, if that is a layer of boroughs. */
  borough(asked: PlaceNamesAsked, layer: NamedLayer): Choice | null;
  /** The neighbourhood on a layer. */
  neighbourhood(asked: PlaceNamesAsked, layer: NamedLayer): Choice | null;
  /** The neighbourhood is known, but not in the borough that is said: one of the two is wrong, and which cannot be told. */
  contradicts(asked: PlaceNamesAsked): boolean;
  /** The neighbourhood on the finest layer that has it. */
  home(asked: PlaceNamesAsked): Home | null;
  /** How the area lies in the areas of other layers; read before by `readShares`. */
  sharesOf(home: Home): Shares;
  readShares(homes: readonly Home[]): Promise<void>;
};

/** Half of an area in a borough makes it the borough's. */
const MAINLY = 0.5;

type Named = {
  readonly layer: NamedLayer;
  readonly candidates: Map<string, Candidate[]>;
  /** By place id: core of the borough it says it is part of. */
  readonly parents: Map<number, string>;
};

/**
 * Looks all names up at once; what is asked of the finder then needs no database. `settled` = cores that are the name of
 * something else, so that nothing alike is looked for.
 */
export async function openAreaFinder(
  database: Database,
  jurisdictionId: number,
  layers: readonly NamedLayer[],
  asked: readonly PlaceNamesAsked[],
  meanings: Meaning,
  settled: ReadonlySet<string>,
  openPlacer: () => Promise<Placer>,
): Promise<AreaFinder> {
  const areaLayers = layers.filter(({ type }) => type === 'areas');
  const cores = [...new Set(asked.flatMap(({ area, borough }) => [area, borough].flatMap((name) => name?.core ?? [])))];
  const named: Named[] = [];
  const ofName = new Map<NamedLayer, Map<string, Candidate[]>>();
  for (const layer of areaLayers) ofName.set(layer, await findNamed(database, jurisdictionId, layer, cores));
  // What is a name of some layer is not taken for a like name of another.
  const isNamed = (core: string) => areaLayers.some((layer) => layer.current && ofName.get(layer)!.has(core));
  const unknown = cores.filter((core) => !settled.has(core) && !isNamed(core));
  const alike = await findAlike(database, jurisdictionId, areaLayers, unknown);
  for (const layer of areaLayers) {
    const candidates = alike.get(keyOf(layer))!;
    for (const [core, found] of ofName.get(layer)!) candidates.set(core, found);
    const ids = [...new Set([...candidates.values()].flatMap((all) => all.map(({ placeId }) => placeId)))];
    named.push({ layer, candidates, parents: await readParents(database, jurisdictionId, layer, ids) });
  }
  const known = new Map<string, Map<number, Shares>>(areaLayers.map((layer) => [keyOf(layer), new Map()]));
  const readShares = async (layer: NamedLayer, placeIds: readonly number[]) => {
    const of = known.get(keyOf(layer))!;
    const missing = [...new Set(placeIds)].filter((id) => !of.has(id));
    if (missing.length === 0) return;
    const found = await sharesOf(database, jurisdictionId, layer, missing, await openPlacer());
    for (const id of missing) of.set(id, found.get(id) ?? new Map());
  };
  const at = (layer: NamedLayer) => named.find((each) => each.layer === layer)!;

  const borough = ({ borough: name }: PlaceNamesAsked, layer: NamedLayer): Choice | null =>
    name && mayHoldBorough(layer, name.core, layers) ? choose(name, at(layer).candidates.get(name.core) ?? []) : null;
  /** The borough as the layers show it now. */
  const boroughNow = (one: PlaceNamesAsked) => {
    for (const layer of areaLayers) {
      const found = layer.current ? borough(one, layer) : null;
      if (found) return { layer, placeId: found.placeId };
    }
    return null;
  };
  const saysParent = ({ layer, parents }: Named, placeId: number, one: PlaceNamesAsked) =>
    layer.parents.has(one.borough!.core) ? parents.get(placeId) === one.borough!.core : null;

  // Where areas do not say what they are part of, their share in the borough does.
  for (const each of named) {
    const unsure = asked.flatMap((one) => {
      if (!one.area || !one.borough || each.layer.parents.has(one.borough.core) || !boroughNow(one)) return [];
      return (each.candidates.get(one.area.core) ?? []).map(({ placeId }) => placeId);
    });
    await readShares(each.layer, unsure);
  }
  const isInBorough = (each: Named, placeId: number, one: PlaceNamesAsked): boolean => {
    if (!one.borough) return true;
    const said = saysParent(each, placeId, one);
    if (said !== null) return said;
    const now = boroughNow(one);
    if (!now) return true;
    return (known.get(keyOf(each.layer))!.get(placeId)?.get(keyOf(now.layer))?.get(now.placeId) ?? 0) >= MAINLY;
  };
  const eligible = (one: PlaceNamesAsked, layer: NamedLayer): Candidate[] => {
    const each = at(layer);
    return (each.candidates.get(one.area?.core ?? '') ?? []).filter(({ placeId }) => isInBorough(each, placeId, one));
  };
  const neighbourhood = (one: PlaceNamesAsked, layer: NamedLayer) =>
    one.area ? choose(one.area, eligible(one, layer)) : null;

  const contradicts = (one: PlaceNamesAsked): boolean => {
    if (!one.area || !one.borough || meanings.of(one)) return false;
    const core = one.area.core;
    const known = named.flatMap((each) =>
      each.layer.current
        ? (each.candidates.get(core) ?? [])
            .filter((candidate) => candidate.core === core || wholeOf(candidate.core) === core)
            .map(({ placeId }) => isInBorough(each, placeId, one))
        : [],
    );
    return known.length > 0 && !known.includes(true);
  };

  return {
    layers: areaLayers,
    contradicts,
    alias: (one) => meanings.of(one),
    borough,
    neighbourhood,
    home(one) {
      const alias = meanings.of(one);
      if (alias) {
        const layer = areaLayers.find((each) => each.layerId === alias.layerId && each.current);
        const placeId = layer && meanings.placeOn(alias, layer);
        return layer && placeId ? { layer, placeId, score: 1, how: 'alias' } : null;
      }
      for (const layer of areaLayers) {
        if (!layer.current) continue;
        const found = neighbourhood(one, layer);
        if (found) return { layer, ...found };
        // Namesakes or parts on a finer layer: a coarser area called so is not what is meant.
        if (eligible(one, layer).some(({ core }) => [core, wholeOf(core)].includes(one.area!.core))) return null;
      }
      return null;
    },
    sharesOf: ({ layer, placeId }) => known.get(keyOf(layer))!.get(placeId) ?? new Map(),
    async readShares(homes) {
      for (const layer of areaLayers) {
        const here = homes.filter((home) => home.layer === layer).map(({ placeId }) => placeId);
        await readShares(layer, here);
      }
    },
  };
}

async function readParents(
  { db }: Database,
  jurisdictionId: number,
  { layerId, version, parents }: NamedLayer,
  ids: readonly number[],
): Promise<Map<number, string>> {
  if (parents.size === 0) return new Map();
  const { rows } = await sql<{ id: number; parent: string }>`
    select place_id as id, parent from area
    where jurisdiction_id = ${jurisdictionId} and layer_id = ${layerId} and version = ${version}
      and place_id = any(${[...ids]}::int[]) and parent is not null`.execute(db);
  return new Map(rows.map(({ id, parent }) => [id, foldArea(parent)?.core ?? '']));
}
