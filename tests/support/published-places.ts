// Values published by others that the tests reproduce, of hot spots, distributions and rates: what, by whom, to how many
// decimals, and how it is computed here.

import {
  chiSquaredAbove,
  normalBelow,
  normalQuantile,
  normalTwoSided,
  studentReach,
} from '../../server/statistics/distributions.ts';
import { adjusted, criticalP, esdaThreshold } from '../../server/statistics/false-discoveries.ts';
import { globalG, localG } from '../../server/statistics/local-g.ts';
import { localMoran } from '../../server/statistics/moran.ts';
import { withinDistance } from '../../server/statistics/neighbours.ts';
import { empiricalBayes, poissonInterval, poissonQuantile } from '../../server/statistics/rates.ts';
import { styled, weightsOf } from '../../server/statistics/weights.ts';
import { saidOf } from './said.ts';

export type Published = {
  readonly es: string;
  readonly en: string;
  readonly source: string;
  readonly values: readonly number[];
  /** Agreement to so many decimals, as published. */
  readonly decimals: number;
  readonly ours: () => readonly (number | null)[];
};

const six = withinDistance({ x: [10, 20, 40, 15, 30, 30], y: [10, 10, 10, 20, 20, 30] }, 15)!;
const sixValues = [2, 3, 3.2, 5, 8, 7];
const star = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331];
const gi = (style: 'B' | 'W', which: 'gi' | 'gi-star') =>
  saidOf(localG(sixValues, styled(six, style, which === 'gi-star'), which)).z;

const tenNeighbours = [
  ...[
    [2, 4],
    [1, 5],
    [4, 7],
    [1, 3, 5, 8],
    [2, 4, 6, 9],
  ],
  ...[
    [5, 10],
    [3, 8],
    [4, 7, 9],
    [5, 8, 10],
    [6, 9],
  ],
];
const ten = styled(
  weightsOf(
    10,
    tenNeighbours.flatMap((row, i) => row.map((j) => [i, j - 1] as const)),
  ),
  'W',
  false,
);
const tenValues = [2.24, 3.1, 4.55, -5.15, -4.39, 0.46, 5.54, 9.02, -2.09, -3.06];
const QUADRANTS = ['high-high', 'low-high', 'low-low', 'high-low'];

// Benjamini & Hochberg 1995, section 4: fifteen comparisons of two treatments.
const fifteen = [
  ...[0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344],
  ...[0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1],
];
const none = Array.from({ length: 78 }, () => 0.5);
const intervals = (counts: readonly number[], side: 'low' | 'high') =>
  counts.map((each) => poissonInterval(each)[side]);
const ESDA = 'pysal/esda, esda/tests/test_getisord.py, esda/getisord.py';
const AS = 'Abramowitz & Stegun 1964';

export const all = (
  source: string,
  rows: readonly (readonly [
    es: string,
    en: string,
    values: readonly number[],
    decimals: number,
    ours: Published['ours'],
  ])[],
): Published[] => rows.map(([es, en, values, decimals, ours]) => ({ source, es, en, values, decimals, ours }));

export const OF_PLACES: readonly Published[] = [
  ...all(ESDA, [
    [
      'G global, 6 puntos',
      'Global G, 6 points',
      [0.55709779],
      8,
      () => [saidOf(globalG(sixValues, styled(six, 'B', false))).g],
    ],
    [
      'G global, p de un lado',
      'Global G, one-sided p',
      [0.1729],
      4,
      () => [saidOf(globalG(sixValues, styled(six, 'B', false))).pOneSided],
    ],
    [
      ...(['Gi, pesos B', 'Gi, weights B'] as const),
      [-1.0136729, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941],
      7,
      () => gi('B', 'gi'),
    ],
    ['Gi*, pesos B', 'Gi*, weights B', star, 8, () => gi('B', 'gi-star')],
    ['Gi*, pesos W: lo mismo', 'Gi*, weights W: the same', star, 8, () => gi('W', 'gi-star')],
  ]),
  ...all('De Smith, Goodchild & Longley; pysal Moran_Local', [
    [
      ...(['I local, 10 lugares, entre n − 1', 'Local I, 10 places, over n − 1'] as const),
      [
        ...[-0.11409277, -0.19940543, -0.13351408, -0.51770383, 0.48095009],
        ...[0.12208113, 1.19148298, -0.58144305, 0.07101383, 0.34314301],
      ],
      8,
      () => saidOf(localMoran(tenValues, ten, { divisor: 'n-1' })).i,
    ],
    [
      ...(['Cuadrantes', 'Quadrants'] as const),
      [4, 4, 4, 2, 3, 3, 1, 4, 3, 3],
      12,
      () => saidOf(localMoran(tenValues, ten)).quadrant.map((name) => QUADRANTS.indexOf(name!) + 1),
    ],
  ]),
  ...all('Benjamini & Hochberg 1995, §4, doi 10.1111/j.2517-6161.1995.tb02031.x', [
    ['p crítica de 15 pruebas', 'Critical p of 15 tests', [0.0095], 12, () => [criticalP(fifteen, 0.05)]],
    [
      ...(['Rechazadas de 15', 'Rejected of 15'] as const),
      [4],
      12,
      () => [adjusted(fifteen).filter((value) => value! <= 0.05).length],
    ],
  ]),
  ...all('pysal/esda, esda/util.py', [
    [
      ...(['Umbral sin hallazgos, 78 condados', 'Threshold with none, 78 counties'] as const),
      [0.001282051, 0.000641026],
      9,
      () => [esdaThreshold(none, 0.1), esdaThreshold(none, 0.05)],
    ],
  ]),
  ...all(`${AS}, 26.1`, [
    [
      ...(['Normal hasta 0.5, 1, 2, 3', 'Normal up to 0.5, 1, 2, 3'] as const),
      [0.691462461274013, 0.841344746068543, 0.977249868051821, 0.99865010196837],
      14,
      () => [0.5, 1, 2, 3].map(normalBelow),
    ],
  ]),
  ...all(`${AS}, 26.5`, [
    [
      ...(['Cuantil normal de 0.95, 0.975, 0.995', 'Normal quantile of 0.95, 0.975, 0.995'] as const),
      [1.64485363, 1.95996398, 2.5758293],
      7,
      () => [0.95, 0.975, 0.995].map(normalQuantile),
    ],
  ]),
  ...all(`${AS}, 26.8`, [
    [
      ...(['Ji cuadrada, p', 'Chi-squared, p'] as const),
      [0.05, 0.05, 0.01],
      9,
      () => [chiSquaredAbove(3.841458821, 1), chiSquaredAbove(18.30703805, 10), chiSquaredAbove(23.20925116, 10)],
    ],
  ]),
  ...all(`${AS}, 26.10`, [
    [
      ...([
        't de Student, 5 % a dos lados: 1, 5, 10, 30 grados',
        'Student’s t, 5 % two-sided: 1, 5, 10, 30 degrees',
      ] as const),
      [12.706, 2.571, 2.228, 2.042],
      3,
      () => [1, 5, 10, 30].map((degrees) => studentReach(0.05, degrees)),
    ],
  ]),
  ...all('scipy 1.17.1, norm.sf', [
    [
      ...(['p de z = 10, en 1e−23', 'p of z = 10, in 1e−23'] as const),
      [1.523970604832094],
      8,
      () => [normalTwoSided(10) * 1e23],
    ],
  ]),
  ...all('Pearson & Hartley 1966, Biometrika Tables 40; Garwood 1936', [
    ['Poisson 95 %, abajo: 1', 'Poisson 95 %, low: 1', [0.0253], 4, () => intervals([1], 'low')],
    ['Poisson 95 %, abajo: 2, 3', 'Poisson 95 %, low: 2, 3', [0.242, 0.619], 3, () => intervals([2, 3], 'low')],
    [
      ...(['Poisson 95 %, abajo: 0, 4, 5, 10, 20, 30, 50', 'Poisson 95 %, low: 0, 4, 5, 10, 20, 30, 50'] as const),
      [0, 1.09, 1.62, 4.8, 12.22, 20.24, 37.11],
      2,
      () => intervals([0, 4, 5, 10, 20, 30, 50], 'low'),
    ],
    [
      ...(['Poisson 95 %, arriba: 0–5, 10, 20, 30, 50', 'Poisson 95 %, high: 0–5, 10, 20, 30, 50'] as const),
      [3.69, 5.57, 7.22, 8.77, 10.24, 11.67, 18.39, 30.89, 42.83, 65.92],
      // The table rounds a half upwards, 10.2416 to 10.24 and 18.3904 to 18.39.
      2,
      () => intervals([0, 1, 2, 3, 4, 5, 10, 20, 30, 50], 'high'),
    ],
  ]),
  ...all('PySAL, doc/users/tutorials/smoothing.rst; Marshall 1991, doi 10.2307/2347593', [
    [
      ...(['Bayes empírico, 6 áreas', 'Empirical Bayes, 6 areas'] as const),
      [0.09080775, 0.09252352, 0.12332267, 0.10753624, 0.03301368, 0.05934766],
      8,
      () => saidOf(empiricalBayes([18, 5, 8, 7, 3, 8], [190, 45, 45, 50, 160, 150])).rate,
    ],
  ]),
  ...all('R qpois', [
    [
      ...(['Límites del embudo, media 10', 'Funnel limits, mean 10'] as const),
      [4, 17, 2, 21],
      12,
      () => [0.025, 0.975, 0.001, 0.999].map((share) => poissonQuantile(share, 10)),
    ],
  ]),
];
