// Every method of `stats` on what odd files hold: nothing, one row, all zeros, all the same, no neighbours, nobody living
// there, numbers below nought, and options beyond reason. Each says its numbers, why there are none, or what was wrong.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runStats, statsReport } from '../../server/commands/stats.ts';
import { BadInput, TooLarge } from '../../server/errors.ts';
import { REASONS } from '../../server/statistics/contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'cuadra-stats-odd-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER = 'x,y,v,w,d,u,a,b';
const row = (x: number, y: number, v: number, w: number, day: number) =>
  `${x},${y},${v},${w},2026-01-0${day} 10:00,2026-01-0${day} 12:00,${day},${day + 1}`;
const FILES = {
  nothing: [],
  one: [row(1, 1, 5, 1000, 1)],
  two: [row(1, 1, 5, 1000, 1), row(9, 9, 0, 10, 2)],
  zeros: Array.from({ length: 6 }, (_, i) => row(i, i % 3, 0, 0, 1 + i)),
  same: Array.from({ length: 6 }, () => row(1, 1, 3, 100, 1)),
  negative: Array.from({ length: 6 }, (_, i) => row(i, i % 3, i - 3, i - 2, 1 + i)),
  nobody: Array.from({ length: 6 }, (_, i) => row(i, i % 3, i, 0, 1 + i)),
  huge: Array.from({ length: 6 }, (_, i) => row(i * 1e300, i * -1e300, i * 1e300, i * 1e300, 1 + i)),
  tiny: Array.from({ length: 6 }, (_, i) => row(i * 1e-300, i * 1e-300, i * 1e-300, 1e-300, 1 + i)),
  broken: Array.from({ length: 6 }, (_, i) => row(i, i, i, i, 1 + i).replace(/^\d/, i === 3 ? 'NaN' : `${i}`)),
} as const;
for (const [name, rows] of Object.entries(FILES))
  writeFileSync(join(folder, `${name}.csv`), `${[HEADER, ...rows].join('\n')}\n`);

const PLACES = '--value v --x x --y y';
const METHODS: Readonly<Record<string, readonly string[]>> = {
  'gi-star': [
    `${PLACES} --distance 2`,
    `${PLACES} --distance 1e-9`,
    `${PLACES} --neighbours knn:99 --correction fdr-skew`,
  ],
  gi: [`${PLACES} --distance 2 --permutations 9`, `${PLACES} --neighbours knn:1 --style W --correction fdr-skew`],
  g: [`${PLACES} --distance 2`, `${PLACES} --distance 1e308`],
  moran: [`${PLACES} --distance 2`, `${PLACES} --distance 0`],
  lisa: [`${PLACES} --distance 2 --correction fdr-skew`, `${PLACES} --neighbours knn:2 --moments total --divisor n-1`],
  kde: ['--radius 1', '--sigma 1e-200 --kernel gaussian', '--radius 1e200 --cell 1', '--radius 1 --weight v --edge'],
  knox: [
    '--date d --distances 0,1,inf --days 0,1,inf --runs 9',
    '--date a --distances 0,1e300 --days 0,1e300 --runs 1',
  ],
  gini: ['--value v'],
  pai: ['--observed v --predicted w', '--observed v --predicted w --size u', '--observed v --predicted v --size w'],
  'e-test': [
    '--before v --after w',
    '--before v --after w --periods 0,0',
    '--before v --after w --periods 1e-300,1e300',
  ],
  aoristic: ['--from d --until u', '--from u --until d'],
  'mann-kendall': ['--value v'],
  'empirical-bayes': ['--events v --residents w', '--events v --residents w --level 7'],
  rates: ['--events v --residents w', '--events v --residents w --per 1e308 --interval 0.999999'],
  fdr: ['--value v', '--value w'],
  cusum: ['--value v --target 0 --allowance 0 --limit 0', '--value v --target 1e308 --allowance 1e308 --limit 1e308'],
  'log-trend': ['--value v', '--value v --season --days w', '--value v --steps-per-year 1e-300'],
  stability: ['--years v,w', '--years v', '--years v,v,v --share 0.999'],
  'street-density': [
    '--from a --to b --length w --value v --radius 100',
    '--from a --to b --length v --value w --radius 1e-9',
  ],
};
/** Of numbers given with the option. */
const GIVEN: readonly (readonly string[])[] = [
  ['wdd', '--treated', '0,0', '--control', '0,0'],
  ['wdd', '--treated', '5,5', '--control', '5,5', '--periods', '0,0'],
  ['wdd', '--treated', '5,5', '--control', '5,5', '--areas', '0,0'],
  ['wdd', '--treated', '1e300,5', '--control', '5,1e300', '--displacement', '0,0'],
  ['poisson-interval', '--count', '0'],
  ['poisson-interval', '--count', '1000000000', '--level', '0.999999999'],
  ['clocks', '--first', '0,0', '--second', '0,0'],
  ['clocks', '--first=-5,3', '--second', '2,1'],
  ['clocks', '--first', '5', '--second', '5'],
  ['clocks', '--first', '1e300,0,3', '--second', '0,1e300,3'],
  ['emerging', '--steps', '1'],
  ['emerging', '--steps', '0,0', '--z', '1e308,-1e308'],
  ['e-test', '--before', '0', '--after', '0'],
  ['e-test', '--before=-1', '--after', '3'],
  ['e-test', '--before', '1000000', '--after', '0', '--periods', '1,0'],
  ['gini', '--values=-1,2'],
  ['mann-kendall', '--values', '1,1,1,1,1'],
  ['log-trend', '--values=-1,2,3,4,5,6,7'],
  ['fdr', '--values', '0,0,1,1'],
  ['pai', '--observed', '0,0', '--predicted', '0,0'],
  ['pai', '--observed', '1,-2', '--predicted', '1,2', '--size', '0,0'],
];

/** The first number that is none, by the way to it. */
function oddIn(value: unknown, at = ''): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : `${at} = ${value}`;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, each] of Object.entries(value)) {
    const found = oddIn(each, `${at}.${key}`);
    if (found) return found;
  }
  return null;
}

async function judged(argv: readonly string[]): Promise<string | null> {
  try {
    const { report } = await statsReport(['stats', ...argv], folder);
    const { reason } = report as { readonly reason?: unknown };
    if (reason !== null && !REASONS.includes(reason as (typeof REASONS)[number])) return `reason ${String(reason)}`;
    return oddIn(report);
  } catch (error) {
    return error instanceof BadInput || error instanceof TooLarge ? null : String(error);
  }
}

test.each(Object.entries(METHODS))(
  '%s of odd files is numbers, a reason or a refusal, and never a number that is none',
  async (method, ways) => {
    const found: string[] = [];
    for (const file of Object.keys(FILES))
      for (const way of ways) {
        const odd = await judged([method, `${file}.csv`, ...way.split(' ')]);
        if (odd) found.push(`${file}, ${way}: ${odd}`);
      }
    expect(found).toEqual([]);
  },
);

test('nor of odd numbers given beside it', async () => {
  const found: string[] = [];
  for (const argv of GIVEN) {
    const odd = await judged(argv);
    if (odd) found.push(`${argv.join(' ')}: ${odd}`);
  }
  expect(found).toEqual([]);
});

test('a reason and a refusal are sentences of the language asked for', async () => {
  for (const [argv, status, sentence] of [
    [['gini', 'nothing.csv', '--value', 'v'], 0, 'No hay'],
    [['rates', 'nobody.csv', '--events', 'v', '--residents', 'w'], 0, 'población'],
    [['empirical-bayes', 'negative.csv', '--events', 'v', '--residents', 'w'], 0, 'negativ'],
    [['gi-star', 'broken.csv', ...PLACES.split(' '), '--distance', '2'], 1, 'no es un número'],
    [['kde', 'huge.csv', '--radius', '1'], 1, 'es más de 1000000000000'],
    [['moran', 'tiny.csv', ...PLACES.split(' '), '--distance', '2'], 1, 'demasiado chicos'],
    [['kde', 'one.csv', '--radius', '1', '--cell', '0.0001'], 1, 'celdas'],
  ] as const) {
    const said: string[] = [];
    const io = {
      out: (text: string) => void said.push(text),
      err: (text: string) => void said.push(text),
      cwd: folder,
      language: 'es' as const,
    };
    expect([argv.join(' '), await runStats(['stats', ...argv], io)]).toEqual([argv.join(' '), status]);
    expect(said.join('\n')).toContain(sentence);
  }
});
