// Cities in which nothing stands out: every count falls by chance alone. What each analysis shows of one is false, and of
// many such cities at most one in twenty may show anything. For `npm run bench -- null-cities` and, of fewer, the tests.

import { type AnalysisAsked, compute, type Questions } from '../../server/analysis/compute.ts';
import { standingOut } from '../../server/analysis/near-repeats.ts';
import { compareClocks } from '../../server/statistics/clocks.ts';
import { meeting, touching } from '../../server/statistics/contiguity.ts';
import type { LocalMethod } from '../../server/statistics/contract.ts';
import { nearestNeighbours } from '../../server/statistics/neighbours.ts';
import { type Random, randomFrom } from '../../server/statistics/random.ts';
import { type Links, weightsOf } from '../../server/statistics/weights.ts';
import { poisson } from './by-chance.ts';

const SIDE = 12;
const PLACES = SIDE * SIDE;
const cell = (i: number) => [i % SIDE, Math.floor(i / SIDE)] as const;

const counts = (means: ArrayLike<number>, random: Random) => Float64Array.from(means, (mean) => poisson(mean, random));
const even = (mean: number, places = PLACES) => new Float64Array(places).fill(mean);

const AREAS = touching(
  Array.from({ length: PLACES }, (_, i) => {
    const [x, y] = cell(i);
    return [
      [
        [x, y],
        [x + 1, y],
        [x + 1, y + 1],
        [x, y + 1],
        [x, y],
      ] as const,
    ];
  }),
  'queen',
);
/** Streets of a grid from junction to junction. */
const ENDS = Array.from({ length: PLACES }, (_, i) => i).flatMap((i) => [
  ...(cell(i)[0] < SIDE - 1 ? [[i, i + 1] as const] : []),
  ...(cell(i)[1] < SIDE - 1 ? [[i, i + SIDE] as const] : []),
]);
const STREETS = twoAway(meeting(...([0, 1].map((end) => ENDS.map((ends) => ends[end]!)) as [number[], number[]])));

/** With the neighbours of neighbours. */
function twoAway({ count, start, to }: Links): Links {
  const near = (i: number) => [...to.subarray(start[i]!, start[i + 1]!)];
  const pairs = Array.from({ length: count }, (_, i) => [...new Set([...near(i), ...near(i).flatMap(near)])]).flatMap(
    (found, i) => found.filter((j) => j !== i).map((j) => [i, j] as const),
  );
  return weightsOf(count, pairs);
}
/** Residents of areas differ as they do: from one to twenty thousand. */
const RESIDENTS = Float64Array.from({ length: PLACES }, (_, i) => 1000 + ((i * 7919) % 19_001));

type Name = keyof Questions;
const ask = <N extends Name>(name: N, of: Questions[N]['ask']): Questions[N]['answer'] =>
  compute({ name, of } as unknown as AnalysisAsked) as Questions[N]['answer'];
const TEST = { style: 'B', correction: 'fdr-skew', permutations: 0, seed: 1 } as const;
type Classed = { readonly reason: string | null; readonly class?: readonly number[] };
const isClassed = (found: Classed) => found.class?.some((each) => Math.abs(each) >= 2) ?? false;
const styleOf = (method: LocalMethod) => (method === 'lisa' ? 'W' : 'B');

const hotIn = (weights: Links, means: ArrayLike<number>, method: LocalMethod) => (random: Random) =>
  isClassed(ask('hotspots', { ...TEST, style: styleOf(method), weights, method, values: counts(means, random) }));

/** Of three years of months: a wave over the year and the same level. */
const seasons = Array.from({ length: 36 }, (_, month) => 6 + 2 * Math.sin((month * Math.PI) / 6));
const DAYS = Array.from({ length: 36 }, () => 30);
const trendsOf = (random: Random) =>
  ask('trends', {
    steps: seasons.map((mean) => counts(even(mean), random)),
    ...{ days: DAYS, stepsPerYear: 12, season: true, watch: 6, level: 0.05 },
  });

/** Whether an analysis shows anything of a city. */
export const NULL_QUESTIONS: Readonly<Record<string, (random: Random) => boolean>> = {
  'hotspots areas, Gi*': hotIn(AREAS, even(5), 'gi-star'),
  'hotspots areas, Gi': hotIn(AREAS, even(5), 'gi'),
  'hotspots areas, local Moran': hotIn(AREAS, even(5), 'lisa'),
  'hotspots areas, six nearest': hotIn(
    nearestNeighbours(
      { x: Array.from(even(0), (_, i) => cell(i)[0]), y: Array.from(even(0), (_, i) => cell(i)[1]) },
      6,
    )!,
    even(5),
    'gi-star',
  ),
  'hotspots areas, rates': (random) =>
    isClassed(
      ask('hotspots', {
        ...{ ...TEST, weights: AREAS, method: 'gi-star' },
        values: counts(
          RESIDENTS.map((each) => each / 500),
          random,
        ).map((count, i) => (count / RESIDENTS[i]!) * 100_000),
      }),
    ),
  'hotspots streets, Gi*': hotIn(STREETS, even(0.4, ENDS.length), 'gi-star'),
  'hotspots streets, Gi': hotIn(STREETS, even(0.4, ENDS.length), 'gi'),
  'hotspots streets, local Moran': hotIn(STREETS, even(0.4, ENDS.length), 'lisa'),
  'grid-hotspots, squares': (random) =>
    isClassed(
      ask('squares', {
        ...{ ...TEST, method: 'gi-star', weights: 'queen', columns: 20 },
        cells: Uint32Array.from({ length: 400 }, (_, i) => i),
        values: counts(even(0.5, 400), random),
      }),
    ),
  'grid-hotspots, hexagons': (random) => {
    const size = { west: -100, south: 20, cellWidth: 0.001, cellHeight: 0.001, columns: 40, rows: 40 };
    const all = counts(even(0.1, 1600), random);
    const cells = Uint32Array.from(all.keys()).filter((i) => all[i]! > 0);
    return isClassed(
      ask('hexagons', {
        resolution: 9,
        city: { grid: size, cells: Int32Array.from(all, () => 1) },
        fine: { grid: size, cells, counts: Uint32Array.from(cells, (i) => all[i]!) },
        test: { ...TEST, method: 'gi-star' },
      }),
    );
  },
  'change, table or whole': (random) => {
    const means = Float64Array.from(RESIDENTS, (each) => each / 1000);
    const [before, after] = [counts(means, random), counts(means, random)];
    const found = ask('changes', { before, after, days: [365, 365], level: 0.05 });
    return found.reason === null && found.rows.some(({ direction }) => direction !== 'none');
  },
  emerging: (random) => {
    const steps = Array.from({ length: 12 }, () => counts(even(5), random));
    const found = ask('emerging', { steps, weights: AREAS, style: 'B', correction: 'fdr-skew' });
    return found.reason === null && found.pattern.length > 0;
  },
  'trend, any place': (random) => {
    const found = trendsOf(random);
    return found.reason === null && found.adjustedP.some((each) => each !== null && each <= 0.05);
  },
  'trend, watch': (random) => {
    const found = trendsOf(random);
    return found.reason === null && found.watched.some((each) => each?.side);
  },
  'near-repeat': (random) => {
    // Two hundred doors, some of them asked for more than once, on any day of a year.
    const doors = Array.from({ length: 200 }, () => [random.share() * 3000, random.share() * 3000] as const);
    const at = Array.from({ length: 400 }, () => doors[random.below(200)]!);
    const options = {
      distancesM: [0, 1, 100, 200],
      days: [0, 7, 14, 28],
      metric: 'manhattan',
      runs: 99,
      seed: 1,
    } as const;
    const found = ask('nearRepeat', {
      ...{ x: Float64Array.from(at, ([x]) => x), y: Float64Array.from(at, ([, y]) => y), options },
      day: Float64Array.from(at, () => random.below(365)),
    });
    return found.reason === null && standingOut(found.ratio, found.p, options.distancesM, options.days) !== null;
  },
  'clocks, 24 hours': (random) => clocksDiffer(24, 40, random),
  'clocks, 168 hours': (random) => clocksDiffer(168, 12, random),
  'rates, funnel': (random) => {
    const means = RESIDENTS.map((each) => each / 800);
    const found = ask('rates', { counts: counts(means, random), base: RESIDENTS, interval: 0.95, level: 0.05 });
    return found.reason === null && found.funnel.some((each) => each !== null && each.side !== 'as-the-city');
  },
};

function clocksDiffer(cells: number, mean: number, random: Random): boolean {
  const means = Array.from({ length: cells }, (_, hour) => mean * (1 + 0.6 * Math.sin(hour / 4)));
  const found = compareClocks(counts(means, random), counts(means, random));
  return found.reason === null && found.adjustedP.some((each) => each !== null && each <= 0.05);
}

/** Of so many cities, dealt from a seed, how many show anything. */
export function showingOf(name: string, cities: number, seed: number): number {
  const random = randomFrom(seed);
  let showing = 0;
  for (let city = 0; city < cities; city++) showing += +NULL_QUESTIONS[name]!(random);
  return showing;
}

/** How the best maps of a city without hot spots score: hits over those of as much of the ground taken at random. */
export function meanPai(cities: number, seed: number): number {
  const random = randomFrom(seed);
  let sum = 0;
  for (let city = 0; city < cities; city++) {
    const [predicted, observed] = [counts(even(5), random), counts(even(5), random)];
    const found = ask('scores', { observed, predicted, size: even(1), shares: [0.1], isCount: true });
    if (found.reason === null) sum += found.rows[0]!.pai;
  }
  return sum / cities;
}
