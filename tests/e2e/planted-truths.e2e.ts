// The patterns planted in the demo city (geodata/demo/TRUTH.md), each found by asking the API of the running portal; no page.

import { readFileSync } from 'node:fs';
import { beforeAll, expect, inject, test } from 'vitest';
import { buildCity } from '../../geodata/demo/city.ts';
import { DEFAULT_SEED } from '../../geodata/demo/generate.ts';
import { distance, toLonLat, type XY } from '../../geodata/demo/geometry.ts';
import { STREET_CRIME } from '../../geodata/demo/offences.ts';
import {
  burglaryCentre,
  CORRIDOR_STREET,
  DECEMBER_RADIUS_M,
  improvingColonia,
  MARKET_RADIUS_M,
  marketPlace,
  NIGHTLIFE_STREET,
  plantedPatterns,
} from '../../geodata/demo/planted.ts';
import type {
  ChangeAnswer,
  ConcentrationAnswer,
  HotspotsAnswer,
  NearRepeatAnswer,
} from '../../server/analysis/contract.ts';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import type { RatesAnswer } from '../../server/rating/contract.ts';
import type { ClocksAnswer, TrendAnswer } from '../../server/timing/contract.ts';
import { person } from '../support/people.ts';

type Offence = { readonly code: string; readonly title: string };
type Feature = { readonly id: string; readonly code: string; readonly name: string };

const RECORD = 'from=2023-01-01&until=2026-01-01';
const city = buildCity(DEFAULT_SEED);
const truth = readFileSync(new URL('../../geodata/demo/TRUTH.md', import.meta.url), 'utf8');
let codes: ReadonlyMap<string, string>;
let colonias: readonly Feature[];
let streetNames: ReadonlyMap<string, string>;

const analyst = person({ origin: inject('demo') });
const answerTo = <T>(path: string) => analyst.get<T>(`demo/${path}`);
const featuresOf = async (layer: string) =>
  (await answerTo<{ readonly features: readonly Feature[] }>(`layers/${layer}/features`)).features;

beforeAll(async () => {
  codes = new Map((await answerTo<Offence[]>('offences')).map(({ title, code }) => [title, code]));
  colonias = await featuresOf('colonias');
  streetNames = new Map((await featuresOf('streets')).map(({ id, name }) => [id, name]));
});

/** Of offences by their titles. */
const of = (titles: (title: string) => boolean) => {
  const found = [...codes].flatMap(([title, code]) => (titles(title) ? [code] : []));
  expect(found.length).toBeGreaterThan(0);
  return `offence=${found.join()}`;
};
const corners = (points: readonly XY[]) => `within=poly:${points.map((p) => toLonLat(p).join()).join(';')}`;
const circle = ([x, y]: XY, radiusM: number) =>
  corners(
    Array.from({ length: 24 }, (_, k): XY => {
      const angle = (k * Math.PI) / 12;
      return [x + radiusM * Math.cos(angle), y + radiusM * Math.sin(angle)];
    }),
  );
/** A box around the middles of segments, and so many metres beyond. */
const around = (segments: readonly number[], beyondM: number) => {
  const at = segments.map((segment) => city.segments[segment]!.middle);
  const [xs, ys] = [at.map(([x]) => x), at.map(([, y]) => y)];
  const [w, s, e, n] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  const b = beyondM;
  return corners([
    [w - b, s - b],
    [e + b, s - b],
    [e + b, n + b],
    [w - b, n + b],
  ]);
};
/** Streets of this name on which the filter finds anything inside the box. */
const named = async (name: string, filter: string) =>
  (await answerTo<CountsAnswer>(`counts?layer=streets&${filter}`)).ids.filter((id) => streetNames.get(id) === name);
const pattern = (key: string) => plantedPatterns(city).find((each) => each.key === key)!;
const codeOf = (id: string) => colonias.find((each) => each.id === id)!.code;
const NIGHTS = 'hour=22-3&weekday=5,6&weekdayOf=shift';

test('1: the nightlife strip is hot on the nights of Friday and Saturday, whole, with little else', async () => {
  const found = await answerTo<HotspotsAnswer>(`hotspots?layer=streets&${RECORD}&${NIGHTS}`);
  const strip = await named(NIGHTLIFE_STREET, `${RECORD}&${NIGHTS}&${around(pattern('nightlife').segments, 15)}`);
  expect(strip.length).toBeGreaterThanOrEqual(8);
  const hot = found.ids.filter((_, i) => found.class[i]! >= 2);
  expect(strip.filter((id) => !hot.includes(id))).toEqual([]);
  expect(hot.length).toBeLessThan(80);
});

test('1: the hours of the strip are not those of all other places: the nights of Friday and Saturday stand out', async () => {
  const strip = around(pattern('nightlife').segments, 15);
  const found = await answerTo<ClocksAnswer>(`clocks?unit=week&against=other-places&${RECORD}&${strip}`);
  const nights = [4, 5].flatMap((day) => [22, 23, 24, 25, 26].map((hour) => day * 24 + hour));
  expect(nights.filter((hour) => found.direction[hour] !== 'up')).toEqual([]);
  const inNights = nights.reduce((sum, hour) => sum + found.second[hour]!, 0);
  expect(inNights / found.second.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(0.75);
});

test('2: the hottest street of thefts by day is at the market', async () => {
  const thefts = `${RECORD}&hour=10-17&${of((title) => title === 'Robo a transeúnte en vía pública sin violencia')}`;
  const { ids, z, class: classes } = await answerTo<HotspotsAnswer>(`hotspots?layer=streets&${thefts}`);
  const hottest = z.reduce<number>((best, score, i) => ((score ?? 0) > (z[best] ?? 0) ? i : best), 0);
  expect(classes[hottest]).toBe(3);
  const near = await answerTo<CountsAnswer>(
    `counts?layer=streets&${thefts}&${circle(marketPlace(city), MARKET_RADIUS_M + 20)}`,
  );
  expect(near.ids).toContain(ids[hottest]);
});

test('3: the transit corridor is hot along its 24 segments, but for few by the values’ own distribution', async () => {
  const buses = `${RECORD}&${of((title) => title === 'Robo en transporte público colectivo')}`;
  const corridor = await named(CORRIDOR_STREET, `${buses}&${around(pattern('corridor').segments, 15)}`);
  expect(corridor.length).toBe(24);
  const hotBy = async (correction: string) => {
    const found = await answerTo<HotspotsAnswer>(`hotspots?layer=streets&${buses}${correction}`);
    return corridor.filter((id) => found.class[found.ids.indexOf(id)]! >= 2).length;
  };
  expect(await hotBy('&correction=fdr')).toBe(24);
  expect(await hotBy('')).toBeGreaterThanOrEqual(20);
});

test('4: December shows as arrows up around the main square and nowhere else', async () => {
  const robberies = of((title) => title.startsWith('Robo a transeúnte en vía pública'));
  const { ids, direction } = await answerTo<ChangeAnswer>(
    `change?layer=colonias&from=2025-12-01&until=2025-12-25&before=2025-11-01..2025-11-25&${robberies}`,
  );
  const arrows = ids.filter((_, i) => direction[i] !== 'none');
  expect(arrows.length).toBeGreaterThan(1);
  for (const id of arrows) {
    expect(direction[ids.indexOf(id)]).toBe('up');
    const { centre } = city.areas.colonias.find(({ code }) => code === codeOf(id))!;
    expect(distance(centre, [0, 0])).toBeLessThan(2 * DECEMBER_RADIUS_M);
  }
});

test('5: burglaries near the series repeat near each other within a week', async () => {
  const burglaries = of((title) => title.startsWith('Robo a casa habitación'));
  const found = await answerTo<NearRepeatAnswer>(
    `near-repeat?distances=0,100,200,400&days=0,7,14,28&runs=99&from=2025-01-01&until=2026-01-01&${burglaries}&${circle(burglaryCentre(city).centre, 1000)}`,
  );
  expect([found.p[0]![0], found.ratio[0]![0]! > 3]).toEqual([0.01, true]);
});

test('6: of all colonias only the one that improves has an arrow, and it is the one that left its own level', async () => {
  const { code } = improvingColonia(city);
  const change = await answerTo<ChangeAnswer>(
    'change?layer=colonias&from=2025-01-01&until=2026-01-01&before=2024-01-01..2025-01-01',
  );
  const arrows = change.ids.flatMap((id, i) =>
    change.direction[i] === 'none' ? [] : [[codeOf(id), change.direction[i]]],
  );
  expect(arrows).toEqual([[code, 'down']]);
  const trend = await answerTo<TrendAnswer>(`trend?layer=colonias&${RECORD}&watch=12`);
  const at = trend.ids.findIndex((id) => codeOf(id) === code);
  expect([trend.direction[at], trend.alarm[at], trend.since[at]]).toEqual(['down', 'low', '2025-01-01']);
});

test('the 5 % of streets that hold most street crime, and how many hold half of it, are those stated but for incidents without a point', async () => {
  const { holding, lorenz, places } = await answerTo<ConcentrationAnswer>(
    `concentration?layer=streets&${RECORD}&${of((title) => STREET_CRIME.includes(title))}`,
  );
  const stated = /5 % of segments that hold most hold ([\d.]+) %; half of it is on ([\d,]+) segments/.exec(truth)!;
  const half = holding.find(({ share }) => share === 0.5)!;
  expect(places).toBe(11_530);
  expect(Math.abs(half.count / Number(stated[2]) - 1)).toBeLessThan(0.02);
  const topShare = lorenz.findLast((point) => point.places <= 0.0505)!.incidents;
  expect(Math.abs(topShare - Number(stated[1]) / 100)).toBeLessThan(0.01);
});

test('colonias with few residents have no rate, and the stray row of 2026 moves no period', async () => {
  const rates = await answerTo<RatesAnswer>('rates?layer=colonias&period=12m');
  const stated = [...truth.slice(0, truth.indexOf('## The record')).matchAll(/`(\d{3}-\d{3})`/g)].map(
    ([, code]) => code,
  );
  expect(stated.length).toBeGreaterThan(2);
  expect(rates.fewResidents.map(codeOf).sort()).toEqual(stated.sort());
  expect([rates.parameters.from, rates.parameters.until]).toEqual(['2025-01-01', '2026-01-01']);
});
