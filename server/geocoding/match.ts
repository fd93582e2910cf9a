// Matches the words for places with the places of every layer: a crossing is a point, a neighbourhood is its area, a
// street is a place only where all of it is.

import type { Jurisdiction } from '../access/contract.ts';
import type { PlacePrecision } from '../db/contract.ts';
import type { Database } from '../db/open.ts';
import type { LayerVersion } from '../placing/packed-places.ts';
import { openPlacerOf, type Placer } from '../placing/place.ts';
import type { PlaceText } from '../reading/contract.ts';
import { readMeanings } from './aliases.ts';
import { type AreaFinder, type Home, openAreaFinder } from './areas.ts';
import { keyOf, LEAST_SHARE } from './layer-overlap.ts';
import { type NamedLayer, namedLayers } from './layers.ts';
import { findAlike, findNamed, prepareNames } from './names.ts';
import { askedOf, type PlaceNamesAsked } from './parse-place-text.ts';
import {
  chooseStreet,
  crossingAt,
  type NamedStreet,
  placeOfAll,
  readSegments,
  type Spot,
  type SurroundingAreas,
  segmentsAt,
  segmentsIn,
} from './streets.ts';

export type Match = {
  readonly layer: NamedLayer;
  readonly placeId: number;
  readonly precision: PlacePrecision;
  readonly score: number;
  readonly how: 'exact' | 'similar' | 'alias' | 'contains';
};
/** `precision` none = nothing was found; `asked` null = there is nothing to look for. */
export type Matched = {
  readonly asked: PlaceNamesAsked | null;
  readonly precision: PlacePrecision;
  readonly matches: Match[];
};

type OnStreets = {
  readonly street: NamedStreet;
  readonly segments: ReturnType<typeof segmentsIn>;
  /** Where the two streets meet, and what it falls in. */
  readonly crossing: { readonly places: ReadonlyMap<string, number> } | null;
};

/** One answer per text, in order; stores nothing but the names of layers not looked through before. */
export async function matchTexts(
  database: Database,
  jurisdiction: Jurisdiction,
  texts: readonly PlaceText[],
  arriving: LayerVersion | null = null,
): Promise<Matched[]> {
  const asked = texts.map(askedOf);
  const given = asked.filter((one) => one !== null);
  const layers = given.length ? await namedLayers(database, jurisdiction.id, arriving) : [];
  const streetLayers = given.some(({ street }) => street) ? layers.filter(({ type }) => type === 'streets') : [];
  const areaLayers = layers.filter(({ type }) => type === 'areas');
  for (const layer of [...areaLayers, ...streetLayers]) await prepareNames(database, jurisdiction.id, layer);
  const opened: Promise<Placer>[] = [];
  const openPlacer = () => {
    if (opened.length === 0) opened.push(openPlacerOf(database, jurisdiction, areaLayers));
    return opened[0]!;
  };
  try {
    const meanings = await readMeanings(database, jurisdiction.id, layers);
    const settled = await namedStreets(database, jurisdiction.id, streetLayers, given);
    const finder = await openAreaFinder(database, jurisdiction.id, layers, given, meanings, settled, openPlacer);
    const homes = new Map(given.map((one) => [one, finder.home(one)]));
    await finder.readShares([...homes.values()].filter((home) => home !== null));
    const onStreets = new Map<NamedLayer, Map<PlaceNamesAsked, OnStreets>>();
    for (const layer of streetLayers) {
      const found = await findStreets(database, jurisdiction, layer, given, finder, homes, openPlacer);
      onStreets.set(layer, found);
    }
    return asked.map((one) => {
      if (!one || finder.contradicts(one)) return { asked: one, precision: 'none', matches: [] };
      return matchOf(one, finder, meanings, homes.get(one) ?? null, onStreets);
    });
  } finally {
    for (const placer of opened) await (await placer).close();
  }
}

/** Free words that are the very name of a street: as areas, by core. */
async function namedStreets(
  database: Database,
  jurisdictionId: number,
  layers: readonly NamedLayer[],
  asked: readonly PlaceNamesAsked[],
): Promise<Set<string>> {
  const free = asked.filter((one) => one.free && one.street);
  const cores = [...new Set(free.map(({ street }) => street!.core))];
  const names = new Set<string>();
  for (const layer of layers.filter(({ current }) => current)) {
    const found = await findNamed(database, jurisdictionId, layer, cores);
    for (const all of found.values()) for (const { folded } of all) names.add(folded);
  }
  return new Set(free.flatMap(({ street, area }) => (area && names.has(street!.folded) ? [area.core] : [])));
}

function matchOf(
  one: PlaceNamesAsked,
  finder: AreaFinder,
  meanings: Awaited<ReturnType<typeof readMeanings>>,
  home: Home | null,
  onStreets: ReadonlyMap<NamedLayer, ReadonlyMap<PlaceNamesAsked, OnStreets>>,
): Matched {
  const now = [...onStreets].find(([layer]) => layer.current)?.[1].get(one) ?? null;
  const { street = null, crossing = null } = now ?? {};
  const area = one.free && now ? null : home;
  const matches: Match[] = [];
  for (const layer of finder.layers) {
    const at = crossing?.places.get(keyOf(layer)) ?? 0;
    const found =
      street && at
        ? ({ placeId: at, precision: 'crossing', score: street.score, how: street.how } as const)
        : areaOf(one, layer, finder, meanings, area, now);
    if (found) matches.push({ layer, ...found });
  }
  for (const [layer, found] of onStreets) {
    const on = found.get(one);
    if (!on) continue;
    const { score, how } = on.street;
    const at = on.crossing?.places.get(keyOf(layer)) ?? 0;
    const [only, another] = on.segments;
    if (at) matches.push({ layer, placeId: at, precision: 'crossing', score, how });
    else if (!on.crossing && only && !another)
      matches.push({ layer, placeId: only.id, precision: 'street', score, how });
  }
  const precision = crossing ? 'crossing' : now ? 'street' : matches.length ? 'area' : 'none';
  return { asked: one, precision, matches };
}

/** The area of a layer by the best that is known of it. */
function areaOf(
  one: PlaceNamesAsked,
  layer: NamedLayer,
  finder: AreaFinder,
  meanings: Awaited<ReturnType<typeof readMeanings>>,
  home: Home | null,
  on: OnStreets | null,
): Omit<Match, 'layer'> | null {
  const precision = 'area';
  if (home && home.layer === layer) return { placeId: home.placeId, precision, score: home.score, how: home.how };
  const alias = finder.alias(one);
  const said = alias ? meanings.placeOn(alias, layer) : 0;
  if (said && alias?.layerId === layer.layerId) return { placeId: said, precision, score: 1, how: 'alias' };
  const borough = finder.borough(one, layer);
  if (borough) return { ...borough, precision };
  const named = alias ? null : finder.neighbourhood(one, layer);
  if (!home) {
    // An older version may have the name that the one in use has no more.
    if (named && !layer.current) return { ...named, precision };
    const place = on ? placeOfAll(on.segments, keyOf(layer)) : 0;
    return place && on ? { placeId: place, precision: 'street', score: on.street.score, how: on.street.how } : null;
  }
  if (named && layer.layerId === home.layer.layerId) return { ...named, precision };
  const shares = finder.sharesOf(home).get(keyOf(layer)) ?? new Map<number, number>();
  for (const [placeId, share] of shares) {
    if (share >= LEAST_SHARE) return { placeId, precision, score: home.score, how: 'contains' };
  }
  return null;
}

/** The streets and crossings of the texts on one layer, in the neighbourhood or borough that they name. */
async function findStreets(
  database: Database,
  jurisdiction: Jurisdiction,
  layer: NamedLayer,
  asked: readonly PlaceNamesAsked[],
  finder: AreaFinder,
  homes: ReadonlyMap<PlaceNamesAsked, Home | null>,
  openPlacer: () => Promise<Placer>,
): Promise<Map<PlaceNamesAsked, OnStreets>> {
  const wanted = asked.filter(({ street }) => street);
  const names = wanted.flatMap(({ street, crossing }) => [street, crossing].flatMap((name) => name?.core ?? []));
  const cores = [...new Set(names)];
  const candidates = await findNamed(database, jurisdiction.id, layer, cores);
  const unknown = cores.filter((core) => !candidates.has(core));
  const alike = await findAlike(database, jurisdiction.id, [layer], unknown);
  for (const [core, found] of alike.get(keyOf(layer))!) candidates.set(core, found);
  const streetOf = (name: PlaceNamesAsked['street']) =>
    name ? chooseStreet(name, candidates.get(name.core) ?? []) : null;
  const streets = new Map(wanted.map((one) => [one, [streetOf(one.street), streetOf(one.crossing)] as const]));
  const ids = new Set([...streets.values()].flat().flatMap((street) => street?.segments ?? []));
  if (ids.size === 0) return new Map();
  const placer = await openPlacer();
  const segments = await readSegments(database, jurisdiction.id, layer, [...ids], placer);

  const found = new Map<PlaceNamesAsked, OnStreets>();
  const spots = new Map<PlaceNamesAsked, Spot>();
  for (const [one, [street, crossing]] of streets) {
    const home = homes.get(one) ?? null;
    // Free words that name an area name a street only when they are its very name and not quite the area's.
    if (!street || (one.free && home && (home.how !== 'similar' || street.how !== 'exact'))) continue;
    const inside = one.free ? null : insideOf(one, home, finder);
    const here = segmentsIn(street, segments, inside);
    if (here.length === 0) continue;
    const spot = crossing ? crossingAt(street, crossing, segments, inside) : null;
    if (spot) spots.set(one, spot);
    found.set(one, { street, segments: here, crossing: null });
  }
  for (const [one, places] of await placesAt(database, jurisdiction, layer, spots, placer)) {
    found.set(one, { ...found.get(one)!, crossing: { places } });
  }
  return found;
}

function insideOf(one: PlaceNamesAsked, home: Home | null, finder: AreaFinder): SurroundingAreas | null {
  if (home) return { layer: keyOf(home.layer), placeId: home.placeId };
  for (const layer of finder.layers) {
    const borough = layer.current ? finder.borough(one, layer) : null;
    if (borough) return { layer: keyOf(layer), placeId: borough.placeId };
  }
  return null;
}

/** What each crossing falls in, by layer version. */
async function placesAt(
  database: Database,
  jurisdiction: Jurisdiction,
  layer: NamedLayer,
  spots: ReadonlyMap<PlaceNamesAsked, Spot>,
  placer: Placer,
): Promise<Map<PlaceNamesAsked, Map<string, number>>> {
  const all = [...spots.values()];
  const on = await segmentsAt(database, jurisdiction.id, layer, all);
  const placed = await placer.place(
    Float64Array.from(all, ({ lon }) => lon),
    Float64Array.from(all, ({ lat }) => lat),
  );
  return new Map(
    [...spots.keys()].map((one, i) => {
      const places = new Map(placed.map((each) => [keyOf(each), each.placeIds[i]!]));
      return [one, places.set(keyOf(layer), on[i]!)];
    }),
  );
}
