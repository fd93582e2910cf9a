// What the worker of analyses computes. Pure: numbers in, numbers out, nothing kept between questions.

import { stability } from '../statistics/concentration.ts';
import {
  type Answer,
  type Correction,
  type Emerging,
  type HotClass,
  notSaid,
  type Quadrant,
  type Reason,
  type Style,
  said,
} from '../statistics/contract.ts';
import { emergingOf } from '../statistics/emerging.ts';
import { adjusted, classesOf } from '../statistics/false-discoveries.ts';
import { bandwidthOf, exactDensity } from '../statistics/kernel-density.ts';
import { localG } from '../statistics/local-g.ts';
import { globalMoran, type LocalMoran, localMoran } from '../statistics/moran.ts';
import { type KnoxOptions, type KnoxTable, knox } from '../statistics/near-repeat.ts';
import { dealNeighbours } from '../statistics/permutations.ts';
import { type Change, changes } from '../statistics/poisson-change.ts';
import { skewedP } from '../statistics/skewness.ts';
import { islandsOf, type Links, styled, subset } from '../statistics/weights.ts';
import { type HexagonGround, type HexagonQuestion, hexagonsOf } from './compute-hexagons.ts';
import {
  type RatesFound,
  type RatesQuestion,
  ratesOf,
  type ScoredShare,
  type ScoresQuestion,
  scoresOf,
  type TrendsFound,
  type TrendsQuestion,
  trendsOf,
} from './compute-places.ts';
import {
  type DensityQuestion,
  densityOf,
  type GridTest,
  type SquaresQuestion,
  type StreetDensityQuestion,
  squareNeighbours,
  streetDensity,
} from './compute-surfaces.ts';
import type { DegreeGrid } from './contract.ts';
import {
  junctionsOf,
  type Middles,
  middlesOfPlaces,
  type NeighbourGround,
  neighbourhoodOf,
  type StreetEnds,
} from './neighbourhood.ts';
import { rasterOf, spreadOver } from './raster.ts';

export type HotspotQuestion = GridTest & {
  /** NaN where a place has no value (no residents): it is left out with its neighbourhoods. */
  readonly values: Float64Array;
  readonly weights: Links;
};
export type Hotspots = {
  readonly z: readonly (number | null)[];
  readonly p: readonly (number | null)[];
  readonly skewedP: readonly (number | null)[] | null;
  readonly adjustedP: readonly (number | null)[];
  readonly class: readonly HotClass[];
  readonly quadrant: readonly (Quadrant | null)[] | null;
  readonly permutationP: readonly (number | null)[] | null;
  readonly moran: { readonly i: number; readonly z: number | null; readonly p: number | null } | null;
  readonly islands: number;
};
export type EmergingQuestion = {
  readonly steps: readonly Float64Array[];
  readonly weights: Links;
  readonly style: Style;
  readonly correction: Correction;
};
export type EmergingFound = {
  readonly places: readonly number[];
  readonly pattern: readonly NonNullable<Emerging>[];
  readonly classes: readonly (readonly HotClass[])[];
};

export type Questions = {
  neighbours: {
    ask: { readonly ground: NeighbourGround; readonly rule: string };
    answer: Answer<{ readonly weights: Links }>;
  };
  hotspots: { ask: HotspotQuestion; answer: Answer<Hotspots> };
  emerging: { ask: EmergingQuestion; answer: Answer<EmergingFound> };
  changes: {
    ask: {
      readonly before: Float64Array;
      readonly after: Float64Array;
      readonly days: readonly [number, number];
      readonly level: number;
    };
    answer: Answer<{ readonly rows: readonly Change[]; readonly whole: Change }>;
  };
  density: { ask: DensityQuestion; answer: Answer<{ readonly density: Float64Array; readonly errorBound: number }> };
  middles: { ask: { readonly ground: NeighbourGround }; answer: Middles };
  junctionsOf: { ask: { readonly ground: NeighbourGround }; answer: StreetEnds };
  raster: { ask: { readonly ground: NeighbourGround; readonly grid: DegreeGrid }; answer: Int32Array };
  spread: {
    ask: { readonly ground: NeighbourGround; readonly grid: DegreeGrid; readonly values: Float64Array };
    answer: Float64Array;
  };
  streetDensity: {
    ask: StreetDensityQuestion;
    answer: Answer<{ readonly density: Float64Array }>;
  };
  densityAt: {
    ask: {
      readonly x: Float64Array;
      readonly y: Float64Array;
      readonly weight: Float64Array;
      readonly radiusM: number;
    };
    answer: Answer<{ readonly density: Float64Array }>;
  };
  squares: {
    ask: SquaresQuestion;
    answer: Answer<Hotspots>;
  };
  hexagons: {
    ask: HexagonQuestion & { readonly test: GridTest };
    answer: Answer<Hotspots & Omit<HexagonGround, 'weights'>>;
  };
  rates: { ask: RatesQuestion; answer: Answer<RatesFound> };
  stability: {
    ask: { readonly years: readonly Float64Array[]; readonly share: number };
    answer: ReturnType<typeof stability>;
  };
  trends: { ask: TrendsQuestion; answer: Answer<TrendsFound> };
  scores: { ask: ScoresQuestion; answer: Answer<{ readonly rows: readonly ScoredShare[] }> };
  nearRepeat: {
    ask: {
      readonly x: Float64Array;
      readonly y: Float64Array;
      readonly day: Float64Array;
      readonly options: KnoxOptions;
    };
    answer: Answer<KnoxTable>;
  };
};
export type AnalysisAsked = {
  [Name in keyof Questions]: { readonly name: Name; readonly of: Questions[Name]['ask'] };
}[keyof Questions];

/** A place is decided once so many deals were as extreme. */
const ENOUGH = 20;

export function compute(asked: AnalysisAsked): Questions[keyof Questions]['answer'] {
  switch (asked.name) {
    case 'neighbours': {
      const weights = neighbourhoodOf(asked.of.ground, asked.of.rule);
      return weights ? said({ weights }) : notSaid('too-large');
    }
    case 'hotspots':
      return hotspots(asked.of);
    case 'emerging':
      return emerging(asked.of);
    case 'changes': {
      const { before, after, days, level } = asked.of;
      const lengths = { lengthBefore: days[0], lengthAfter: days[1], level };
      const sum = (counts: Float64Array) => [counts.reduce((total, count) => total + count, 0)];
      const [whole] = changes(sum(before), sum(after), lengths);
      return said({ rows: changes(before, after, lengths), whole: whole! });
    }
    case 'density':
      return densityOf(asked.of);
    case 'middles':
      return middlesOfPlaces(asked.of.ground);
    case 'junctionsOf':
      return junctionsOf(asked.of.ground);
    case 'raster':
      return rasterOf(asked.of.ground, asked.of.grid);
    case 'spread':
      return spreadOver(asked.of.ground, asked.of.grid, asked.of.values);
    case 'streetDensity':
      return streetDensity(asked.of);
    case 'densityAt': {
      const { radiusM, ...points } = asked.of;
      return said({ density: exactDensity(points, points, 'quartic', bandwidthOf('quartic', { radiusM })) });
    }
    case 'squares': {
      const { cells, columns, weights, ...test } = asked.of;
      return hotspots({ ...test, weights: squareNeighbours(cells, columns, weights) });
    }
    case 'hexagons': {
      const { weights, counts, ...ground } = hexagonsOf(asked.of);
      const found = hotspots({ ...asked.of.test, weights, values: counts });
      return found.reason === null ? said({ ...found, ...ground, counts }) : found;
    }
    case 'rates':
      return ratesOf(asked.of);
    case 'stability':
      return stability(asked.of.years, asked.of.share);
    case 'trends':
      return trendsOf(asked.of);
    case 'scores':
      return scoresOf(asked.of);
    case 'nearRepeat':
      return knox(asked.of, asked.of.day, asked.of.options);
  }
}

function hotspots({
  values,
  weights: all,
  method,
  style,
  correction,
  permutations,
  seed,
}: HotspotQuestion): Answer<Hotspots> {
  const kept = Array.from(values, (value) => !Number.isNaN(value));
  const isWhole = kept.every(Boolean);
  const used = isWhole ? values : values.filter((value) => !Number.isNaN(value));
  const weights = isWhole ? all : subset(all, kept);
  if (used.length === 0) return notSaid('no-denominator');
  if (used.every((value) => value === 0)) return notSaid('all-zero');
  const forMethod = styled(weights, style, method === 'gi-star');
  const found = method === 'lisa' ? localMoran(used, forMethod) : localG(used, forMethod, method);
  if (found.reason !== null) return found;
  const spread = <T>(list: readonly T[], otherwise: T): T[] => {
    let next = 0;
    return kept.map((isKept) => (isKept ? list[next++]! : otherwise));
  };
  const skewed = correction === 'fdr-skew' ? skewedP(used, forMethod, found.z) : null;
  const judged = skewed ?? found.p;
  const whole = globalMoran(used, styled(weights, 'W', false));
  const test = whole.reason === null ? whole.randomisation : null;
  return said({
    z: spread(found.z, null),
    p: spread(found.p, null),
    skewedP: skewed && spread(skewed, null),
    adjustedP: spread(adjusted(judged), null),
    class: spread(classesOf(found.z, judged, correction), 0),
    quadrant: 'quadrant' in found ? spread<Quadrant | null>(found.quadrant as LocalMoran['quadrant'], null) : null,
    permutationP:
      permutations > 0
        ? spread(dealNeighbours(used, forMethod, { seed, most: permutations, enough: ENOUGH }).p, null)
        : null,
    moran: whole.reason === null ? { i: whole.i, z: test?.z ?? null, p: test?.p ?? null } : null,
    islands: islandsOf(weights).length,
  });
}

/** What is so of every step, whatever happened in it. */
const OF_THE_GROUND: readonly Reason[] = ['no-neighbours', 'all-neighbours', 'too-few-places'];

/** Gi* of each step by itself, its false discoveries held within the step; then what the steps make of each place. */
function emerging({ steps, weights, style, correction }: EmergingQuestion): Answer<EmergingFound> {
  const scored = steps.map((values) =>
    hotspots({ values, weights, style, correction, method: 'gi-star', permutations: 0, seed: 1 }),
  );
  const not = scored.find(({ reason }) => reason !== null && OF_THE_GROUND.includes(reason));
  if (not?.reason) return notSaid(not.reason);
  if (scored.every(({ reason }) => reason !== null)) return notSaid('all-zero');
  const places: number[] = [];
  const pattern: NonNullable<Emerging>[] = [];
  const classes: HotClass[][] = [];
  for (let place = 0; place < weights.count; place++) {
    const own = scored.map((step): HotClass => (step.reason === null ? step.class[place]! : 0));
    // Hot from 95 % on; 90 % is shown on the map of one period and makes no history.
    const isHot = own.map((found) => (Math.abs(found) >= 2 ? Math.sign(found) : 0));
    if (isHot.every((step) => step === 0)) continue;
    const z = scored.map((step) => (step.reason === null ? (step.z[place] ?? 0) : 0));
    const found = emergingOf(isHot, z);
    if (!found) continue;
    places.push(place);
    pattern.push(found);
    classes.push(own);
  }
  return said({ places, pattern, classes });
}
