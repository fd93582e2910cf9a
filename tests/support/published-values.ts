// Every value published by others that the tests reproduce, with those of published-places.ts: here of change, time,
// concentration and measures. tests/pure/statistics-published.test.ts compares them, reference-sheet.ts writes the sheet.

import { aoristic } from '../../server/statistics/aoristic.ts';
import { compareClocks } from '../../server/statistics/clocks.ts';
import { concentration, rankCorrelation } from '../../server/statistics/concentration.ts';
import { quotients, wdd, wddOfHarm } from '../../server/statistics/displacement.ts';
import { bandwidthOf } from '../../server/statistics/kernel-density.ts';
import { networkDensity } from '../../server/statistics/network-density.ts';
import { eTest } from '../../server/statistics/poisson-change.ts';
import { scorePrediction } from '../../server/statistics/prediction-scores.ts';
import { logTrend, mannKendall } from '../../server/statistics/trend.ts';
import { all, OF_PLACES, type Published } from './published-places.ts';
import { saidOf } from './said.ts';

const e = (before: number, after: number, lengthBefore = 1, lengthAfter = 1) =>
  saidOf(eTest(before, after, lengthBefore, lengthAfter)).p;
const scored = () => saidOf(scorePrediction([6, 3, 0], [3, 2, 1], null));
const gini = (counts: readonly number[]) => {
  const found = saidOf(concentration(counts));
  return [found.gini, found.generalisedGini];
};
const hours = (fromMinute: number, untilMinute: number | null, ...of: number[]) => {
  const found = aoristic([{ fromMinute, untilMinute }]);
  return of.map((hour) => found[hour]!);
};
const deaths = [0, 1, 2, 3, 1, 4, 9, 18, 23, 31, 20, 25, 37, 45];
const aids = () => saidOf(logTrend(deaths, { days: deaths.map(() => 1), stepsPerYear: 1, season: false, level: 0.05 }));

const paper = {
  treated: [207, 110],
  control: [308, 318],
  displacement: [178, 157],
  displacementControl: [150, 140],
} as const;
const areas = { control: 0.9, treated: 1.2, displacementControl: 1.6, displacement: 1.5 };
const [fall, still] = [
  [20, 10],
  [20, 20],
] as const;
const around = { control: still, displacementControl: still, displacement: fall };
const kinds = [
  { control: [133, 91], treated: [130, 74] },
  { control: [388, 305], treated: [327, 202] },
  { control: [148, 97], treated: [398, 190] },
  { control: [86, 64], treated: [144, 92] },
  { control: [94, 67], treated: [183, 96] },
] as const;
const starNetwork = () => {
  const network = { from: [0, 0, 0, 0], to: [1, 2, 3, 4], lengthM: [20, 20, 20, 20] };
  const at = [{ segment: 1, atM: 3 }];
  const density = (segment: number, atM: number, radius: number) =>
    saidOf(networkDensity(network, [{ segment, atM }], at, 'quartic', radius, 'discontinuous')).density[0]!;
  return [density(0, 3, 10) + density(2, 3.2, 12)];
};
const quartic = (d: number, bw: number) => (15 / 16) * (1 - (d / bw) ** 2) ** 2;
const power = [10, 20, 50, 100, 200];

const WDD = 'Wheeler & Ratcliffe 2018, doi 10.1186/s40163-018-0085-5; ptools, tests/testthat/test-wdd.R';
const AORISTIC = 'R aoristic 2.0.0; Ratcliffe 2002, doi 10.1023/A:1013240828824';

export const PUBLISHED: readonly Published[] = [
  ...OF_PLACES,
  ...all('Krishnamoorthy & Thomson 2004; ptools, tests/testthat/test-etest.R', [
    [
      ...(['Prueba E: 0/3, 6/2, 2/6', 'E-test: 0/3, 6/2, 2/6'] as const),
      [0.0884, 0.1749, 0.1749],
      4,
      () => [e(0, 3), e(6, 2), e(2, 6)],
    ],
  ]),
  ...all('scipy 1.17.1, poisson_means_test', [
    ['Prueba E: 20/10, 25/16', 'E-test: 20/10, 25/16', [0.0688, 0.1648], 4, () => [e(20, 10), e(25, 16)]],
    [
      ...(['Prueba E, periodos desiguales', 'E-test, unequal periods'] as const),
      [0.08837900929018157, 0.1748748209437075, 0.46072218239086815, 0.08053536501752913],
      9,
      () => [e(0, 3, 100, 100), e(2, 6, 100, 100), e(25, 16, 2, 1), e(5, 40, 1, 4)],
    ],
  ]),
  ...all('Agresti 2007, p. 39', [
    [
      ...(['Dos relojes, X²', 'Two clocks, X²'] as const),
      [30.070149095754672],
      9,
      () => [saidOf(compareClocks([762, 327, 468], [484, 239, 477])).chiSquared],
    ],
    [
      ...(['Dos relojes, p en 1e−7', 'Two clocks, p in 1e−7'] as const),
      [2.95358918321176],
      8,
      () => [saidOf(compareClocks([762, 327, 468], [484, 239, 477])).p * 1e7],
    ],
  ]),
  ...all('Whyte et al. 1987; Dobson 1990', [
    [
      ...(['Tendencia log-lineal, sida en Australia', 'Log-linear trend, AIDS in Australia'] as const),
      [0.25652, 0.02204],
      4,
      () => [Math.log1p(aids().perYear), Math.log1p(aids().perYear) / aids().z / Math.sqrt(aids().dispersion)],
    ],
  ]),
  ...all('scipy 1.17.1, kendalltau, theilslopes', [
    [
      ...(['Sen: pendiente e intervalo', 'Sen: slope and interval'] as const),
      [1.6, 1, 2.4],
      1,
      () => {
        const found = saidOf(mannKendall([12, 15, 11, 18, 18, 20, 19, 24, 22, 30]));
        return [found.slopePerStep, found.slopeLow, found.slopeHigh];
      },
    ],
  ]),
  ...all('Wikipedia, Spearman’s rank correlation: −29/165', [
    [
      ...(['Rangos de Spearman', 'Spearman’s ranks'] as const),
      [-29 / 165],
      12,
      () => [rankCorrelation([106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17])],
    ],
  ]),
  ...all('Bernasco & Steenbeek 2017, doi 10.1007/s10940-016-9324-7', [
    [
      'Gini y generalizado, 5 2 1 0…',
      'Gini and generalised, 5 2 1 0…',
      [0.8, 0.75],
      12,
      () => gini([5, 2, 1, 0, 0, 0, 0, 0, 0, 0]),
    ],
    [
      'Gini y generalizado, 10 8 2 0…',
      'Gini and generalised, 10 8 2 0…',
      [0.78, 0.78],
      12,
      () => gini([10, 8, 2, 0, 0, 0, 0, 0, 0, 0]),
    ],
  ]),
  ...all('ptools, tests/testthat/test-pai.R', [
    ['PAI', 'PAI', [2, 1.5, 1], 12, () => scored().pai],
    ['PEI', 'PEI', [1, 1, 1], 12, () => scored().pei],
    ['RRI', 'RRI', [3 / 6, 5 / 9, 6 / 9], 12, () => scored().rri],
  ]),
  ...all(AORISTIC, [
    [
      '10:30–12:00, horas 10, 11, 12',
      '10:30–12:00, hours 10, 11, 12',
      [1 / 3, 2 / 3, 0],
      12,
      () => hours(630, 720, 10, 11, 12),
    ],
    [
      ...(['Horas enteras, fin anterior, sin fin', 'Whole hours, end before, no end'] as const),
      [1, 1, 1],
      12,
      () => [hours(600, 660, 10), hours(600, 500, 10), hours(600, null, 10)].flat(),
    ],
    [
      ...(['Más de 168 horas', 'More than 168 hours'] as const),
      [1 / 168, 1 / 168],
      15,
      () => hours(0, 168 * 60 + 1, 0, 167),
    ],
  ]),
  ...all('spatstat density.ppp; Silverman 1986', [
    [
      'Radio del cuártico, σ = 100',
      'Quartic radius, σ = 100',
      [282.8427],
      4,
      () => [bandwidthOf('quartic', { sigmaM: 100 }).radiusM],
    ],
  ]),
  ...all('spNetwork, tests/testthat/test_nkde_manual_bws.R', [
    [
      ...(['Densidad en la red, estrella de 4 brazos', 'Network density, star of 4 arms'] as const),
      [quartic(6, 10) / 10 / 3 + quartic(6.2, 12) / 12 / 3],
      12,
      starNetwork,
    ],
  ]),
  ...all(WDD, [
    [
      ...(['WDD, tres casos hechos', 'WDD, three made cases'] as const),
      [-10, -10, -20],
      12,
      () => [
        saidOf(wdd({ treated: fall, control: still })).local.estimate,
        saidOf(wdd({ ...around, treated: still })).displaced.estimate,
        saidOf(wdd({ ...around, treated: fall })).total.estimate,
      ],
    ],
    [
      ...(['WDD: total, varianza, error, z, intervalo', 'WDD: total, variance, error, z, interval'] as const),
      [-118, 1568, 39.6, -2.98, -195.61, -40.39],
      2,
      () => {
        const { estimate, variance, se, z, low, high } = saidOf(wdd(paper)).total;
        return [estimate, variance, se, z, low, high];
      },
    ],
    [
      ...(['WDD: local y desplazado, con error', 'WDD: local and displaced, with error'] as const),
      [-107, 30.7, -11, 25],
      1,
      () => {
        const { local, displaced } = saidOf(wdd(paper));
        return [local.estimate, local.se, displaced.estimate, displaced.se];
      },
    ],
    [
      ...(['WDD, dos años antes y uno después', 'WDD, two years before and one after'] as const),
      [-20, Math.sqrt(115)],
      12,
      () => {
        const { estimate, se } = saidOf(wdd({ treated: [80, 20], control: [100, 50] }, { periods: [2, 1] })).total;
        return [estimate, se];
      },
    ],
    [
      ...(['WDD, áreas desiguales', 'WDD, unequal areas'] as const),
      [-99.69444444, 35.4280755, -2.813995483, -169.1321965, -30.25669241],
      7,
      () => {
        const { estimate, se, z, low, high } = saidOf(wdd(paper, { areas })).total;
        return [estimate, se, z, low, high];
      },
    ],
    [
      ...(['WDD con daño, cinco delitos', 'WDD with harm, five crimes'] as const),
      [-1721, 304.10360077, -5.65925558, -2317.03210507, -1124.96789493],
      7,
      () => {
        const estimates = kinds.map((kind) => saidOf(wdd(kind)).local);
        const { estimate, se, z, low, high } = saidOf(wddOfHarm(estimates, [3, 2, 5, 7, 10]));
        return [estimate, se, z, low, high];
      },
    ],
    [
      ...([
        'Menor baja visible con 10, 20, 50, 100, 200 antes',
        'Smallest drop seen with 10, 20, 50, 100, 200 before',
      ] as const),
      [12.4, 17.5, 27.7, 39.2, 55.4],
      1,
      () => power.map((n) => saidOf(wdd({ treated: [n, n], control: [n, n] })).smallestDetectable),
    ],
  ]),
  ...all('Bowers & Johnson 2003', [['WDQ', 'WDQ', [0.258], 3, () => [quotients(paper).wdq]]]),
];
