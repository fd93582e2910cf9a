// The demo city: what TRUTH.md states is so, the map is sound, and the same seed makes the same bytes.

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Flatbush from 'flatbush';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dayOf, weekdayOf } from '../../geodata/demo/calendar.ts';
import { buildCity } from '../../geodata/demo/city.ts';
import { DEFAULT_INCIDENTS, DEFAULT_SEED, type DemoFiles, writeDemoCity } from '../../geodata/demo/generate.ts';
import { distance, distanceToEdge, fromLonLat, type XY } from '../../geodata/demo/geometry.ts';
import { drawIncidents } from '../../geodata/demo/incidents.ts';
import { OFFENCES } from '../../geodata/demo/offences.ts';
import {
  burglaryCentre,
  DECEMBER_RADIUS_M,
  IMPROVEMENT,
  improvingColonia,
  MARKET_RADIUS_M,
  marketPlace,
  plantedPatterns,
} from '../../geodata/demo/planted.ts';
import { measureTruth, truthText } from '../../geodata/demo/truth.ts';
import { coloniaOfSegments } from '../../geodata/demo/weights.ts';
import { touching } from '../../server/statistics/contiguity.ts';
import { wdd } from '../../server/statistics/displacement.ts';
import { knox } from '../../server/statistics/near-repeat.ts';
import { changes } from '../../server/statistics/poisson-change.ts';
import { collection, type Feature, type Ring, splitAtJunctions } from '../support/demo-files.ts';
import { aroundStreets, showingByChance, streetsOf } from '../support/hot-streets.ts';

type Row = { folio: string; date: string; hour: string; title: string; lon: string; lat: string; place: string };

const folder = mkdtempSync(join(tmpdir(), 'demo-city-'));
let files: DemoFiles;
let rows: Row[];

const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The seven fields of a line; only the offence may be quoted. */
function parseLine(line: string): Row {
  const match = /^([^,]*),([^,]*),([^,]*),("[^"]*"|[^,]*),([^,]*),([^,]*),([^,]*)$/.exec(line);
  if (!match) throw new Error(`not seven fields: ${line}`);
  const [, folio, date, hour, title, lon, lat, place] = match as unknown as string[];
  return {
    folio: folio!,
    date: date!,
    hour: hour!,
    title: title!.replaceAll('"', ''),
    lon: lon!,
    lat: lat!,
    place: place!,
  };
}

beforeAll(async () => {
  files = await writeDemoCity(folder);
  rows = readFileSync(files.incidents, 'utf8').trimEnd().split('\n').slice(1).map(parseLine);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the same seed makes the same bytes, another seed another city', async () => {
  const options = { incidents: 5_000 };
  const [one, two] = [
    await writeDemoCity(join(folder, 'one'), { ...options, seed: 7 }),
    await writeDemoCity(join(folder, 'two'), { ...options, seed: 7 }),
  ];
  for (const name of Object.keys(one) as (keyof DemoFiles)[]) expect(digest(two[name])).toBe(digest(one[name]));
  expect(digest(files.streets)).not.toBe(digest(one.streets));
}, 60_000);

describe('areas', () => {
  const edgesOf = (ring: Ring): string[] => ring.slice(1).map((b, i) => `${ring[i]} ${b}`);
  const reversed = (edge: string): string => edge.split(' ').reverse().join(' ');

  /** Polygons that tile another: every edge is met by its reverse in exactly one neighbour or lies on the outline. */
  const outlineOf = (features: Feature<Ring[]>[]): Set<string> => {
    const edges = features.flatMap(({ geometry }) => geometry.coordinates.flatMap(edgesOf));
    expect(new Set(edges).size).toBe(edges.length);
    const all = new Set(edges);
    return new Set(edges.filter((edge) => !all.has(reversed(edge))));
  };

  test('120 colonias and 12 sectores tile the limit exactly, vertex by vertex', () => {
    const limit = collection<Ring[]>(files.limit);
    const colonias = collection<Ring[]>(files.colonias);
    const sectores = collection<Ring[]>(files.sectores);
    expect([limit.length, colonias.length, sectores.length]).toEqual([1, 120, 12]);
    const border = outlineOf(limit);
    expect(outlineOf(colonias)).toEqual(border);
    expect(outlineOf(sectores)).toEqual(border);
  });

  test('every ring runs anticlockwise, is closed and visits no vertex twice', () => {
    for (const path of [files.limit, files.colonias, files.sectores, files.context]) {
      for (const { geometry } of collection<Ring[]>(path)) {
        const ring = geometry.coordinates[0]!;
        expect(ring.at(-1)).toEqual(ring[0]);
        expect(new Set(ring.map(String)).size).toBe(ring.length - 1);
        const twiceArea = ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i]![0] * y - x * ring[i]![1], 0);
        expect(twiceArea).toBeGreaterThan(0);
      }
    }
  });

  test('colonias carry the number of their sector, and sectores the residents of their colonias', () => {
    const residents = new Map<string, number>();
    for (const { properties } of collection<Ring[]>(files.colonias)) {
      expect(properties.CVECOL).toMatch(/^0(0[1-9]|1[0-2])-\d{3}$/);
      const sector = `S${String(properties.CVECOL).slice(1, 3)}`;
      residents.set(sector, (residents.get(sector) ?? 0) + Number(properties.POB2020));
    }
    const stated = collection<Ring[]>(files.sectores).map(({ properties: p }) => [p.CVESEC, p.POB2020]);
    expect(Object.fromEntries(stated)).toEqual(Object.fromEntries(residents));
  });
});

describe('streets', () => {
  test('about ten thousand segments hang together, but for less than two in a hundred', () => {
    const segments = splitAtJunctions(files.streets);
    expect(segments.length).toBeGreaterThan(9_000);
    expect(segments.length).toBeLessThan(12_500);
    const parent = new Map<string, string>();
    const root = (key: string): string => {
      let at = key;
      while (parent.has(at)) at = parent.get(at)!;
      if (at !== key) parent.set(key, at);
      return at;
    };
    for (const { line } of segments) {
      const [a, b] = [root(String(line[0])), root(String(line.at(-1)))];
      if (a !== b) parent.set(a, b);
    }
    const sizes = new Map<string, number>();
    for (const { line } of segments) {
      const key = root(String(line[0]));
      sizes.set(key, (sizes.get(key) ?? 0) + 1);
    }
    expect(Math.max(...sizes.values()) / segments.length).toBeGreaterThan(0.98);
  });

  test('streets that cross share a vertex, except under and over the motorway', () => {
    const edges = splitAtJunctions(files.streets).flatMap((segment) =>
      segment.line.slice(1).map((b, i) => ({ segment, a: segment.line[i]!, b })),
    );
    const index = new Flatbush(edges.length);
    for (const { a, b } of edges) {
      index.add(Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1]));
    }
    index.finish();
    const side = (p: XY, a: XY, b: XY): number => (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
    let unmarked = 0;
    edges.forEach(({ segment, a, b }, i) => {
      for (const j of index.search(
        Math.min(a[0], b[0]),
        Math.min(a[1], b[1]),
        Math.max(a[0], b[0]),
        Math.max(a[1], b[1]),
      )) {
        const other = edges[j]!;
        if (j <= i || segment.class === 'autopista' || other.segment.class === 'autopista') continue;
        const apart =
          [a, b].every((p) => distanceToEdge(p, other.a, other.b) > 0.1) &&
          [other.a, other.b].every((p) => distanceToEdge(p, a, b) > 0.1);
        const crosses =
          side(a, other.a, other.b) * side(b, other.a, other.b) < 0 && side(other.a, a, b) * side(other.b, a, b) < 0;
        if (apart && crosses) unmarked++;
      }
    });
    expect(unmarked).toBe(0);
  });

  test('every class of road occurs, and few streets lack a name', () => {
    const streets = collection<Ring>(files.streets);
    const classes = new Set(streets.map(({ properties }) => properties.clase));
    expect([...classes].sort()).toEqual([
      'andador',
      'autopista',
      'avenida',
      'avenida principal',
      'calle',
      'camino',
      'privada',
    ]);
    const unnamed =
      splitAtJunctions(files.streets).filter(({ name }) => name === null).length /
      splitAtJunctions(files.streets).length;
    expect(unnamed).toBeGreaterThan(0.02);
    expect(unnamed).toBeLessThan(0.15);
  });
});

describe('incidents', () => {
  test('250,000 rows with folios of their own, all labelled from the offence tree', () => {
    const tree = readFileSync(new URL('../../geodata/offences/tree.json', import.meta.url), 'utf8');
    const titles = new Set((JSON.parse(tree) as { es: string }[]).map(({ es }) => es));
    expect(rows.length).toBe(DEFAULT_INCIDENTS);
    expect(new Set(rows.map(({ folio }) => folio)).size).toBe(rows.length);
    expect(OFFENCES.filter(({ title }) => !titles.has(title))).toEqual([]);
    expect(rows.filter(({ title }) => !titles.has(title))).toEqual([]);
  });

  test('days run from 2023 to 2025, and only the last row is later', () => {
    const late = rows.filter(({ date }) => date < '2023-01-01' || date > '2025-12-31');
    expect(late.map(({ date }) => date)).toEqual(['2026-03-14']);
    expect(rows.at(-1)?.date).toBe('2026-03-14');
    expect(rows.filter(({ hour }) => hour !== '' && !/^([01]\d|2[0-3]):[0-5]\d$/.test(hour))).toEqual([]);
  });

  test('noon holds far more than the minutes beside it', () => {
    const at = (hour: string): number => rows.filter((row) => row.hour === hour).length;
    expect(at('12:00')).toBeGreaterThan(2 * at('13:00'));
    expect(at('12:00')).toBeGreaterThan(30 * at('12:01'));
  });

  test('points lie within 15 m of a street, and of the street they name', () => {
    const segments = splitAtJunctions(files.streets);
    const index = new Flatbush(segments.length);
    for (const { line } of segments) {
      index.add(
        Math.min(...line.map((p) => p[0])),
        Math.min(...line.map((p) => p[1])),
        Math.max(...line.map((p) => p[0])),
        Math.max(...line.map((p) => p[1])),
      );
    }
    index.finish();
    const away = (p: XY, line: XY[]): number =>
      Math.min(...line.slice(1).map((b, i) => distanceToEdge(p, line[i]!, b)));
    const sample = rows.filter(({ lon, place }, i) => i % 25 === 0 && lon && place !== 'Fuera del municipio');
    const names = new Set(segments.map(({ name }) => name));
    let named = 0;
    let wrong = 0;
    for (const { lon, lat, place } of sample) {
      const p = fromLonLat(Number(lon), Number(lat));
      const near = index.search(p[0] - 16, p[1] - 16, p[0] + 16, p[1] + 16).map((i) => segments[i]!);
      const nearest = near.reduce((best, s) => (away(p, s.line) < away(p, best.line) ? s : best), near[0]!);
      expect(away(p, nearest.line)).toBeLessThan(15);
      if (!names.has(place)) continue;
      named++;
      if (nearest.name !== place) wrong++;
    }
    expect(named).toBeGreaterThan(7_000);
    expect(wrong).toBe(0);
  });
});

describe('planted truth', () => {
  const city = buildCity(DEFAULT_SEED);
  const record = drawIncidents(city, DEFAULT_INCIDENTS);
  const truth = measureTruth(city, record);

  test('TRUTH.md says what the default seed makes', () => {
    const page = readFileSync(new URL('../../geodata/demo/TRUTH.md', import.meta.url), 'utf8');
    expect(truthText(city, truth)).toBe(page);
  });

  test('each pattern stands out from the rest of the record', () => {
    expect(truth.noLocation).toBeCloseTo(0.025, 2);
    expect(truth.noHour).toBeCloseTo(0.04, 2);
    expect(truth.outside).toBeCloseTo(0.01, 2);
    expect(truth.stray).toBe(1);
    expect(truth.concentration.topShare).toBeGreaterThan(0.45);
    expect(truth.concentration.topShare).toBeLessThan(0.55);
    expect(truth.nightlife.nightShare).toBeGreaterThan(0.7);
    expect(truth.nightlife.cityNightShare).toBeLessThan(0.1);
    expect(truth.market.dayShare).toBeGreaterThan(0.9);
    expect(truth.corridor.commutingShare).toBeGreaterThan(0.85);
    expect(truth.december.perDay).toBeGreaterThan(2 * truth.december.otherwisePerDay);
    expect(truth.burglary.incidents).toBeGreaterThanOrEqual(16);
    expect(truth.burglary.usualPerFortnight).toBeLessThan(1);
    const { before, after, neighbours } = truth.improvement;
    expect(before).toBeGreaterThan(1_000);
    expect(after / before).toBeGreaterThan(0.55);
    expect(after / before).toBeLessThan(0.65);
    const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
    expect(sum(neighbours.map((n) => n.after)) / sum(neighbours.map((n) => n.before))).toBeGreaterThan(0.93);
    expect(truth.few.length).toBeGreaterThanOrEqual(2);
    expect(truth.few.map(({ style }) => style)).toContain('colonial');
  });

  describe('is found by the analyses', () => {
    const timed = record.filter(({ at, minute }) => at !== null && minute !== null);
    const hour = ({ minute }: (typeof record)[number]) => Math.floor(minute! / 60);
    const patterns = new Map(plantedPatterns(city).map((pattern) => [pattern.key, pattern]));

    const hotStreets = streetsOf(city);
    const colonias = coloniaOfSegments(city);
    const perColonia = (rows: typeof record, from: string, until: string) => {
      const counts = new Float64Array(city.areas.colonias.length);
      for (const { day, segment } of rows)
        if (day >= dayOf(from) && day < dayOf(until) && colonias[segment]! >= 0) counts[colonias[segment]!]!++;
      return counts;
    };

    test('and of 260 cities in which the same counts are dealt anew over colonias or streets at most 5 % show any', () => {
      const robberies = timed.filter(({ title, day }) => title.includes('público') && day >= dayOf('2025-01-01'));
      const perStreet = new Float64Array(city.segments.length);
      for (const { segment } of robberies) perStreet[segment]!++;
      const rings = city.areas.colonias.map(({ polygon }) => polygon);
      const perArea = perColonia(robberies, '2025-01-01', '2026-01-01');
      const found = [
        [200, showingByChance(perArea, touching(rings, 'queen'), 200)],
        [60, showingByChance(perStreet, aroundStreets(city), 60)],
      ] as const;
      for (const [cities, { at95, at90 }] of found) {
        expect(at95).toBeLessThanOrEqual(0.05 * cities);
        expect(at90).toBeLessThanOrEqual(0.1 * cities);
      }
    }, 120_000);
    test('the nightlife strip is hot on the nights of Friday and Saturday, whole, with little else', () => {
      const nights = timed.filter(
        (row) =>
          [22, 23, 0, 1, 2].includes(hour(row)) && [4, 5].includes(weekdayOf(row.day - (hour(row) < 12 ? 1 : 0))),
      );
      const { classes } = hotStreets(nights);
      expect(patterns.get('nightlife')!.segments.map((segment) => classes[segment])).toEqual(Array(8).fill(3));
      expect(classes.filter((found) => found >= 2).length).toBeLessThan(80);
    });
    test('the hottest street of thefts by day is at the market', () => {
      const thefts = timed.filter(
        (row) => row.title === 'Robo a transeúnte en vía pública sin violencia' && hour(row) >= 10 && hour(row) < 17,
      );
      const { z, classes } = hotStreets(thefts);
      const hottest = z.reduce<number>((best, score, i) => (score! > z[best]! ? i : best), 0);
      expect(classes[hottest]).toBe(3);
      expect(distance(city.segments[hottest]!.middle, marketPlace(city))).toBeLessThan(MARKET_RADIUS_M);
    });
    test('the transit corridor is hot along its 24 segments, but for few by the values’ own distribution', () => {
      const found = hotStreets(timed.filter(({ title }) => title === 'Robo en transporte público colectivo'));
      const hot = (of: readonly number[]) => patterns.get('corridor')!.segments.filter((segment) => of[segment]! >= 2);
      expect(hot(found.normalClasses)).toHaveLength(24);
      expect(hot(found.classes).length).toBeGreaterThanOrEqual(20);
    });
    test('December shows as arrows up around the main square and nowhere else', () => {
      const robberies = timed.filter(({ title }) => title.startsWith('Robo a transeúnte en vía pública'));
      const found = changes(
        perColonia(robberies, '2025-11-01', '2025-11-25'),
        perColonia(robberies, '2025-12-01', '2025-12-25'),
        {},
      );
      const arrows = found.flatMap(({ direction }, i) => (direction === 'none' ? [] : [{ direction, i }]));
      expect(arrows.length).toBeGreaterThan(1);
      for (const { direction, i } of arrows) {
        expect(direction).toBe('up');
        expect(distance(city.areas.colonias[i]!.centre, [0, 0])).toBeLessThan(2 * DECEMBER_RADIUS_M);
      }
    });
    test('the burglaries near the series repeat near each other within a week', () => {
      const { centre } = burglaryCentre(city);
      const burglaries = record.filter(
        ({ title, at, day }) =>
          title.startsWith('Robo a casa habitación') && at && day >= dayOf('2025-01-01') && distance(at, centre) < 1000,
      );
      const [x, y] = [burglaries.map(({ at }) => at![0]), burglaries.map(({ at }) => at![1])];
      const found = knox(
        { x, y },
        burglaries.map(({ day }) => day),
        {
          ...{ distancesM: [0, 100, 200, 400], days: [0, 7, 14, 28], metric: 'manhattan', runs: 99, seed: 1 },
        },
      );
      expect(found).toMatchObject({ reason: null });
      if (found.reason === null) expect([found.p[0]![0], found.ratio[0]![0]! > 3]).toEqual([0.01, true]);
    });
    test('of 120 colonias only the one that improves has an arrow, and its measure is sized within its interval', () => {
      const located = record.filter(({ at }) => at !== null);
      const [before, after] = [
        perColonia(located, '2024-01-01', '2025-01-01'),
        perColonia(located, '2025-01-01', '2026-01-01'),
      ];
      const found = changes(before, after, { lengthBefore: 366, lengthAfter: 365 });
      const improving = city.areas.colonias.indexOf(improvingColonia(city));
      expect(found.flatMap(({ direction }, i) => (direction === 'none' ? [] : [[i, direction]]))).toEqual([
        [improving, 'down'],
      ]);
      const corners = city.areas.colonias[improving]!.polygon[0]!;
      const around = city.areas.colonias.flatMap(({ polygon }, i) =>
        i !== improving && polygon[0]!.some((p) => corners.includes(p)) ? [i] : [],
      );
      const sum = (counts: Float64Array) => around.reduce((total, i) => total + counts[i]!, 0);
      const measured = wdd({ treated: [before[improving]!, after[improving]!], control: [sum(before), sum(after)] });
      expect(measured).toMatchObject({ reason: null });
      if (measured.reason !== null) return;
      const planted = -IMPROVEMENT.fewer * before[improving]!;
      expect(measured.total.high).toBeLessThan(0);
      expect(measured.total.low).toBeLessThan(planted);
      expect(measured.total.high).toBeGreaterThan(planted);
    });
  });
});
