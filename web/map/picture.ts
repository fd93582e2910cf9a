// What the map shows and the legend explains, worked out from the answers: classes of areas and of streets.

import type { Role } from '../../server/access/contract.ts';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import { MIN_RESIDENTS } from '../../server/counts/contract.ts';
import type { FeatureRow } from '../../server/layers/contract.ts';
import type { LegendChoice, View } from '../store/url.ts';
import { type ClassBounds, classBounds, classOf } from './classify.ts';
import { classesFrom, concentrationClasses, type Holder, heldUpTo, REST } from './concentration.ts';
import { worldM } from './heat.ts';
import type { MapNote } from './link.ts';

/** From this zoom the automatic view shows streets, or areas. */
export const STREETS_FROM_ZOOM = 13;
/** Class of a place that has incidents but no rate. */
export const NO_RATE = -1;

export type Drawn = Exclude<View, 'auto'>;

/** Without areas heat stands in for them. */
export function drawnView(view: View, zoom: number, streetsUsable: boolean, hasAreas: boolean): Drawn {
  const areas = hasAreas ? 'areas' : 'heat';
  if (view === 'areas') return areas;
  if (view === 'heat' || (view === 'auto' && zoom < STREETS_FROM_ZOOM)) return 'heat';
  return streetsUsable ? 'streets' : areas;
}

/** Close up a dark spot points at a door: to the public the map shows streets or areas there. */
export function viewShown(view: View, zoom: number, role: Role | null): View {
  return role === 'public' && view === 'heat' && zoom >= STREETS_FROM_ZOOM ? 'auto' : view;
}

/** A scale that many pictures share: where its classes end, and of what. */
export type HeldAreas = {
  readonly bounds: ClassBounds;
  readonly measure: 'rate' | 'count';
  /** Whether it was made of some of the pictures alone: in the others more may happen than its last class ends with. */
  readonly isSampled: boolean;
};
/** The same of streets: the least count, or count per km, of each class but the last. */
export type HeldStreets = readonly number[];

export type AreaPicture = {
  readonly layer: string;
  readonly layerVersion: number;
  readonly measure: 'rate' | 'count';
  /** Class by place id: 1 … n, or NO_RATE; places without incidents are absent. */
  readonly classes: ReadonlyMap<string, number>;
  readonly bounds: ClassBounds;
  /** Whether the last class has no end. */
  readonly isOpen: boolean;
  /** How many places stand in each class. */
  readonly places: readonly number[];
  readonly none: number;
  readonly noRateResidents: number;
  readonly noRateCount: number;
  readonly max: number;
};

/**
 * What areas are coloured by, in the order of the answer: a rate a year, null where it has none, or a count. Where no area
 * has a rate all are counted, unless the measure is fixed.
 */
export function areaValues(
  answer: CountsAnswer,
  choice: Pick<LegendChoice, 'measure'>,
  yearsAsked: number | null,
  isFixed = false,
): { readonly byRate: boolean; readonly values: readonly (number | null)[] } {
  const hasRates = choice.measure === 'rate' && (isFixed || answer.rates?.some((rate) => rate !== null));
  const byRate = Boolean(hasRates && yearsAsked);
  const values = answer.counts.map((count, index) =>
    byRate ? perYear(answer.rates?.[index] ?? null, yearsAsked) : count,
  );
  return { byRate, values };
}

/**
 * Areas by rate a year, or by count where there is no population or the reader prefers it. `held` = a scale that many
 * pictures share; else the classes are those of this one.
 */
export function areaPicture(
  answer: CountsAnswer,
  features: ReadonlyMap<string, FeatureRow>,
  choice: LegendChoice,
  yearsAsked: number | null,
  held: HeldAreas | null = null,
): AreaPicture {
  const { byRate, values } = areaValues(answer, held ?? choice, yearsAsked, held !== null);
  const bounds =
    held?.bounds ??
    classBounds(
      values.filter((value) => value !== null),
      choice.method,
      choice.classes,
    );
  const classes = new Map<string, number>();
  const places = bounds.map(() => 0);
  let noRateResidents = 0;
  let noRateCount = 0;
  answer.ids.forEach((id, index) => {
    const value = values[index] ?? null;
    if (value === null) {
      classes.set(id, NO_RATE);
      if ((features.get(id)?.population ?? 0) < MIN_RESIDENTS) noRateResidents++;
      else noRateCount++;
      return;
    }
    const number = classOf(value, bounds);
    if (number === 0) return;
    classes.set(id, number);
    places[number - 1] = (places[number - 1] ?? 0) + 1;
  });
  return {
    layer: answer.layer,
    layerVersion: answer.layerVersion,
    measure: byRate ? 'rate' : 'count',
    classes,
    bounds,
    isOpen: held?.isSampled ?? false,
    places,
    none: Math.max(0, features.size - classes.size),
    noRateResidents,
    noRateCount,
    max: Math.max(0, ...values.map((value) => value ?? 0)),
  };
}

/** A rate of the period asked, brought to one year. */
export function perYear(rate: number | null, years: number | null): number | null {
  return rate === null || !years ? null : rate / years;
}

export type StreetPicture = {
  readonly classes: ReadonlyMap<string, number>;
  /** How many streets stand in each of the four classes. */
  readonly places: readonly number[];
  /** What share of the incidents is in streets of each class and of those before it. */
  readonly held: readonly number[];
  readonly tooFew: boolean;
};

/** Streets by concentration, or by a scale they share; too few incidents leave every street with one in the rest. */
export function streetPicture(
  answer: CountsAnswer,
  features: ReadonlyMap<string, FeatureRow>,
  perKm: boolean,
  held: HeldStreets | null = null,
): StreetPicture {
  const streets = holders(answer, features);
  const found = held ? classesFrom(held, streets, perKm) : concentrationClasses(streets, perKm);
  const tooFew = found.size === 0 && !held;
  const classes = tooFew ? new Map(answer.ids.map((id) => [id, REST])) : found;
  const places = Array.from({ length: REST }, () => 0);
  for (const number of classes.values()) places[number - 1] = (places[number - 1] ?? 0) + 1;
  return { classes, places, held: heldUpTo(streets, classes), tooFew };
}

export function holders(answer: CountsAnswer, features: ReadonlyMap<string, FeatureRow>): Holder[] {
  return answer.ids.map((id, index) => ({
    id,
    count: answer.counts[index] ?? 0,
    lengthM: features.get(id)?.lengthM ?? null,
  }));
}

const TILE_PX = 512;
/** An area smaller than a figure would only be covered by it, and so would its neighbours. */
const LEAST_ROOM_PX = 14;

/**
 * The class of every area that has room for it as a number on it: paper may be grey. None where there are no incidents or
 * no rate, which is no class.
 */
export function classNotes(
  classes: ReadonlyMap<string, number>,
  features: ReadonlyMap<string, Pick<FeatureRow, 'at' | 'areaKm2'>>,
  zoom: number,
): MapNote[] {
  return [...classes].flatMap(([id, number]) => {
    const { at, areaKm2 } = features.get(id) ?? {};
    if (!at || number < 1) return [];
    const metresPerPx = worldM(at[1]) / TILE_PX / 2 ** zoom;
    const hasRoom = areaKm2 === undefined || (1000 * Math.sqrt(areaKm2)) / metresPerPx >= LEAST_ROOM_PX;
    return hasRoom ? [{ at, text: String(number) }] : [];
  });
}
