// Draws the incidents of the demo record, in the order a clerk would have filed them.

import { dayOf, dayWeights, weekdayOf } from './calendar.ts';
import type { City } from './city.ts';
import { inside, nearestEdge, type XY } from './geometry.ts';
import { type Habitat, OFFENCES } from './offences.ts';
import { IMPROVEMENT, improvingColonia, type Pattern, plantedPatterns, STRAY_ROW } from './planted.ts';
import { type Random, seeded, weightedIndex } from './random.ts';
import { coloniaOfSegments, segmentWeights } from './weights.ts';

export type Incident = {
  readonly day: number;
  /** Minute of the day as filed, or null: no hour. */
  readonly minute: number | null;
  readonly title: string;
  /** Null: no location. */
  readonly at: XY | null;
  readonly place: string;
  /** The segment it happened on (where it has no location, or a wrong one, the one it should have). */
  readonly segment: number;
  readonly pattern: Pattern['key'] | null;
};

/** What is missing or wrong in the file, as shares of all rows. */
export const SHARES = {
  noLocation: 0.025,
  noHour: 0.04,
  outside: 0.01,
  noonFiller: 0.03,
  onTheHour: 0.2,
  onTheHalf: 0.12,
  onTheQuarter: 0.16,
} as const;

export const ELSEWHERE = 'Fuera del municipio';
const STRAY_TITLE = 'Robo a transeúnte en vía pública con violencia';

type Draw = { day: number; minute: number; title: string; segment: number; pattern: Pattern['key'] | null };

/** Minutes as clerks write them: many round, and noon where nobody asked. */
function filed(minute: number, random: Random): number {
  const hour = Math.floor(minute / 60) * 60;
  const u = random.next();
  if (u < SHARES.noonFiller) return 720;
  if (u < SHARES.noonFiller + SHARES.onTheHour) return hour;
  if (u < SHARES.noonFiller + SHARES.onTheHour + SHARES.onTheHalf) return hour + 30;
  if (u < SHARES.noonFiller + SHARES.onTheHour + SHARES.onTheHalf + SHARES.onTheQuarter)
    return hour + 5 * random.below(12);
  return minute;
}

/** Everyday incidents: offence, then segment, day and hour by the habits of that offence. */
function everyday(city: City, coloniaOf: readonly number[], random: Random): (random: Random) => Draw {
  const habitats = new Map<Habitat, (random: Random) => number>();
  const pick = OFFENCES.map((offence) => {
    if (!habitats.has(offence.habitat)) {
      habitats.set(
        offence.habitat,
        weightedIndex(segmentWeights(city, coloniaOf, offence.habitat, random.fork(offence.habitat))),
      );
    }
    const { weekdays, months, workday, weekend } = offence.rhythm;
    return {
      title: offence.title,
      segment: habitats.get(offence.habitat)!,
      day: weightedIndex(dayWeights(weekdays, months, random.fork(`days ${offence.title}`))),
      hours: [weightedIndex(workday), weightedIndex(weekend)] as const,
    };
  });
  const which = weightedIndex(OFFENCES.map(({ perMille }) => perMille));
  return (draw) => {
    const { title, segment, day: drawDay, hours } = pick[which(draw)]!;
    const day = drawDay(draw);
    const hour = hours[weekdayOf(day) >= 5 ? 1 : 0](draw);
    return { day, minute: hour * 60 + draw.below(60), title, segment: segment(draw), pattern: null };
  };
}

/** A point beside its segment, and nearer to it than to any other. */
function pointBeside(city: City, segment: number, random: Random): XY {
  const { at, freeM } = random.pick(city.segments[segment]!.spots);
  const angle = random.between(0, 2 * Math.PI);
  const reach = freeM * Math.sqrt(random.next());
  return [at[0] + Math.cos(angle) * reach, at[1] + Math.sin(angle) * reach];
}

/** A point in a neighbouring municipality, up to a few kilometres beyond the limit. */
function pointOutside(city: City, random: Random): XY {
  const ring = city.areas.limit[0]!;
  for (;;) {
    const [x, y] = random.pick(ring);
    const p: XY = [x + random.normal() * 1200, y + random.normal() * 1200];
    if (!inside(p, [ring]) && nearestEdge(p, ring).distanceM > 120) return p;
  }
}

/** The planted incidents, each pattern in its share of a record of `count` rows. */
function planted(city: City, count: number, random: Random): Draw[] {
  return plantedPatterns(city).flatMap((pattern) => {
    const segment = weightedIndex(pattern.weights);
    const title = weightedIndex(pattern.titles.map(([, share]) => share));
    const wanted = pattern.key === 'burglary' ? pattern.incidents : Math.round((pattern.incidents * count) / 250_000);
    return Array.from({ length: wanted }, () => ({
      ...pattern.moment(random),
      title: pattern.titles[title(random)]![0],
      segment: pattern.segments[segment(random)]!,
      pattern: pattern.key,
    }));
  });
}

/** What the file says of an incident: mostly the truth, with the usual gaps. The burglary series is filed exactly. */
function clerk(city: City, coloniaOf: readonly number[], random: Random): (one: Draw, at: XY) => Incident {
  const placeOf = (segment: number): string => {
    const name = city.segments[segment]!.name;
    return name !== null && random.chance(0.88) ? name : (city.areas.colonias[coloniaOf[segment]!]?.name ?? name ?? '');
  };
  return (one, at) => {
    const { day, title, segment, pattern } = one;
    const known = { day, title, segment, pattern };
    if (pattern === 'burglary') return { ...known, minute: one.minute, at, place: placeOf(segment) };
    const minute = random.chance(SHARES.noHour) ? null : filed(one.minute, random);
    if (random.chance(SHARES.noLocation)) return { ...known, minute, at: null, place: placeOf(segment) };
    if (pattern === null && random.chance(SHARES.outside)) {
      return { ...known, minute, at: pointOutside(city, random), place: ELSEWHERE };
    }
    return { ...known, minute, at, place: placeOf(segment) };
  };
}

/** The whole record: `count` rows (at least a few hundred), by date, the last of them the stray later one. */
export function drawIncidents(city: City, count: number): Incident[] {
  const random = seeded(city.seed).fork('incidents');
  const coloniaOf = coloniaOfSegments(city);
  const ordinary = everyday(city, coloniaOf, random.fork('everyday'));
  const improving = improvingColonia(city);
  const improvedFrom = dayOf(IMPROVEMENT.from);
  const draw = random.fork('draws');
  const file = clerk(city, coloniaOf, draw);
  const rows = planted(city, count, draw).map((one) => file(one, pointBeside(city, one.segment, draw)));
  while (rows.length < count - 1) {
    const one = ordinary(draw);
    const at = pointBeside(city, one.segment, draw);
    if (one.day >= improvedFrom && inside(at, improving.polygon) && draw.chance(IMPROVEMENT.fewer)) continue;
    rows.push(file(one, at));
  }
  rows.sort((a, b) => a.day - b.day || (a.minute ?? 0) - (b.minute ?? 0));
  const last = ordinary(draw);
  const filedRow = file(last, pointBeside(city, last.segment, draw));
  rows.push({ ...filedRow, day: dayOf(STRAY_ROW), minute: 615, title: STRAY_TITLE });
  return rows;
}
