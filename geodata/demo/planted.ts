// The patterns hidden in the demo record on purpose, for the portal to find; TRUTH.md is written from these values.

import type { Colonia } from './areas.ts';
import { DAYS, dateOf, dayOf, MONTHS, weekdayOf } from './calendar.ts';
import type { City } from './city.ts';
import { distance, type XY } from './geometry.ts';
import type { Random } from './random.ts';

/** When one planted incident happens: day number and minute of the day. */
export type Moment = { readonly day: number; readonly minute: number };

export type Pattern = {
  readonly key: 'nightlife' | 'market' | 'corridor' | 'december' | 'burglary';
  /** Segments it happens on, by index, and their weights. */
  readonly segments: readonly number[];
  readonly weights: readonly number[];
  /** Incidents in a record of 250,000; smaller records get their share. */
  readonly incidents: number;
  readonly titles: readonly (readonly [title: string, share: number])[];
  moment(random: Random): Moment;
};

export const NIGHTLIFE_STREET = 'Av. 5 de Mayo';
export const CORRIDOR_STREET = 'Calzada de los Insurgentes';
const CORRIDOR_END_M = 3_900;
export const MARKET_RADIUS_M = 120;
export const BURGLARY = { from: '2025-09-08', days: 14, radiusM: 100, incidents: 16 } as const;
/** From this day one colonia has this share fewer incidents of every kind; its neighbours do not. */
export const IMPROVEMENT = { from: '2025-01-01', fewer: 0.4 } as const;
export const STRAY_ROW = '2026-03-14';
export const DECEMBER_RADIUS_M = 620;

const minuteIn = (hour: number, random: Random): number => hour * 60 + random.below(60);

/** Segments of a street nearest to a point, as indexes. */
function alongStreet(city: City, name: string, from: XY, count: number): number[] {
  return city.segments
    .map((segment, i) => ({ segment, i }))
    .filter(({ segment }) => segment.name === name && segment.spots.length > 0)
    .sort((a, b) => distance(a.segment.middle, from) - distance(b.segment.middle, from))
    .slice(0, count)
    .map(({ i }) => i);
}

function around(city: City, p: XY, radiusM: number): number[] {
  return city.segments.flatMap((segment, i) =>
    distance(segment.middle, p) <= radiusM && segment.spots.length > 0 ? [i] : [],
  );
}

/** The quiet residential colonia where the burglar lives nearby. */
export function burglaryCentre(city: City): { colonia: Colonia; centre: XY } {
  const colonia = city.areas.colonias
    .filter(({ style }) => style === 'cerradas')
    .sort((a, b) => b.population - a.population)[0]!;
  const candidates = city.segments.filter(
    (segment) => distance(segment.middle, colonia.centre) < 160 && segment.spots.length > 3,
  );
  const nearest = candidates.sort(
    (a, b) => distance(a.middle, colonia.centre) - distance(b.middle, colonia.centre),
  )[0]!;
  return { colonia, centre: nearest.middle };
}

/** A large working-class colonia inside the ring, away from the other patterns. */
export function improvingColonia(city: City): Colonia {
  return city.areas.colonias
    .filter(({ style, centre }) => style === 'popular' && centre[1] < -300 && Math.hypot(...centre) < 3000)
    .sort((a, b) => b.population - a.population)[0]!;
}

export const marketPlace = (city: City): XY => {
  const colonia = city.areas.colonias
    .filter(({ style }) => style === 'barrio')
    .sort((a, b) => b.population - a.population)[0]!;
  return colonia.centre;
};

export function plantedPatterns(city: City): Pattern[] {
  const strip = alongStreet(city, NIGHTLIFE_STREET, [0, 560], 8);
  const market = around(city, marketPlace(city), MARKET_RADIUS_M);
  const corridor = alongStreet(city, CORRIDOR_STREET, [1250, 100], 60).filter(
    (i) => Math.hypot(...city.segments[i]!.middle) < CORRIDOR_END_M,
  );
  const centre = around(city, [0, 0], DECEMBER_RADIUS_M);
  const burglary = burglaryCentre(city);
  const homes = around(city, burglary.centre, BURGLARY.radiusM).filter((i) =>
    city.segments[i]!.spots.every(({ at }) => distance(at, burglary.centre) <= BURGLARY.radiusM - 10),
  );
  const nights = Array.from({ length: DAYS - 1 }, (_, day) => day).filter(
    (day) => weekdayOf(day) === 4 || weekdayOf(day) === 5,
  );
  const decembers = Array.from({ length: DAYS }, (_, day) => day).filter(
    (day) => MONTHS[day] === 11 && Number(dateOf(day).slice(8)) <= 24,
  );
  const even = (list: readonly number[]): number[] => list.map((i) => city.segments[i]!.lengthM);
  return [
    {
      key: 'nightlife',
      segments: strip,
      weights: strip.map((_, rank) => 1 / (1 + rank * 0.25)),
      incidents: 2_900,
      titles: [
        ['Lesiones dolosas por golpes', 45],
        ['Robo a transeúnte en vía pública con violencia', 30],
        ['Robo a transeúnte en vía pública sin violencia', 15],
        ['Amenazas', 10],
      ],
      moment: (random) => {
        const night = random.pick(nights);
        const hour = random.pick([22, 23, 23, 0, 0, 1, 1, 2, 2]);
        return { day: hour < 12 ? night + 1 : night, minute: minuteIn(hour, random) };
      },
    },
    {
      key: 'market',
      segments: market,
      weights: even(market),
      incidents: 2_600,
      titles: [
        ['Robo a transeúnte en vía pública sin violencia', 80],
        ['Robo a negocio sin violencia', 20],
      ],
      moment: (random) => {
        let day = random.below(DAYS);
        while (weekdayOf(day) < 5 && random.chance(0.5)) day = random.below(DAYS);
        return { day, minute: minuteIn(random.pick([10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 16]), random) };
      },
    },
    {
      key: 'corridor',
      segments: corridor,
      // Crowded stops: every fourth block holds most of it, fading outwards.
      weights: corridor.map((_, rank) => (rank % 4 === 0 ? 6 : 1) * Math.exp(-rank / 40)),
      incidents: 3_600,
      titles: [['Robo en transporte público colectivo', 1]],
      moment: (random) => {
        let day = random.below(DAYS);
        while (weekdayOf(day) > 4) day = random.below(DAYS);
        return { day, minute: minuteIn(random.pick([6, 6, 7, 7, 8, 18, 19, 19, 20, 20, 21]), random) };
      },
    },
    {
      key: 'december',
      segments: centre,
      weights: even(centre),
      incidents: 600,
      titles: [
        ['Robo a transeúnte en vía pública con violencia', 55],
        ['Robo a transeúnte en vía pública sin violencia', 45],
      ],
      moment: (random) => ({
        day: random.pick(decembers),
        minute: minuteIn(random.pick([12, 13, 16, 17, 18, 18, 19, 19, 20, 20, 21]), random),
      }),
    },
    {
      key: 'burglary',
      segments: homes,
      weights: even(homes),
      incidents: BURGLARY.incidents,
      titles: [['Robo a casa habitación sin violencia', 1]],
      moment: (random) => ({
        day: dayOf(BURGLARY.from) + random.below(BURGLARY.days),
        minute: minuteIn(random.pick([9, 10, 10, 11, 11, 12, 13, 15]), random),
      }),
    },
  ];
}
