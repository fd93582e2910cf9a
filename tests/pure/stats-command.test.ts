// `cuadra stats` on plain files: columns, weights files, areas, and what it says of files that are not as asked.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runStats } from '../../server/commands/stats.ts';
import { runStatsWithin } from '../../server/commands/stats-thread.ts';

const folder = mkdtempSync(join(tmpdir(), 'cuadra-stats-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return name;
};

async function stats(...argv: string[]) {
  const printed: string[] = [];
  const refused: string[] = [];
  const io = {
    out: (text: string) => void printed.push(text),
    err: (text: string) => void refused.push(text),
    cwd: folder,
    language: 'es' as const,
  };
  const status = await runStats(['stats', ...argv], io);
  return { status, text: printed.join('\n'), refused: refused.join('\n') };
}
const json = async (...argv: string[]) => JSON.parse((await stats(...argv, '--json')).text);

const SIX = put('six.csv', 'place,x,y,v\na,10,10,2\nb,20,10,3\nc,40,10,3.2\nd,15,20,5\ne,30,20,8\nf,30,30,7\n');

test('Gi* by distance, by a GAL file and by a table of weights is the same', async () => {
  const byDistance = await json(
    'gi-star',
    SIX,
    '--value',
    'v',
    '--id',
    'place',
    '--x',
    'x',
    '--y',
    'y',
    '--distance',
    '15',
  );
  expect(byDistance.ids).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  expect(byDistance.z[5]).toBeCloseTo(2.0242433, 7);
  expect(byDistance.parameters).toEqual({
    method: 'gi-star',
    neighbours: 'distance:15',
    style: 'B',
    correction: 'fdr',
    islands: 0,
  });
  put('six.gal', '6\na 2\nb d\nb 3\na d e\nc 1\ne\nd 3\na b e\ne 4\nb c d f\nf 1\ne\n');
  const byGal = await json('gi-star', SIX, '--value', 'v', '--id', 'place', '--weights', 'six.gal');
  expect(byGal.z).toEqual(byDistance.z);
  put('w.csv', 'from,to\na,b\na,d\nb,a\nb,d\nb,e\nc,e\nd,a\nd,b\nd,e\ne,b\ne,c\ne,d\ne,f\nf,e\n');
  expect((await json('gi-star', SIX, '--value', 'v', '--id', 'place', '--weights', 'w.csv')).z).toEqual(byDistance.z);
});

test('areas of GeoJSON touch by queen unless rook is asked', async () => {
  const square = (x: number, y: number, v: number) => ({
    type: 'Feature',
    properties: { v },
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [x, y],
          [x + 1, y],
          [x + 1, y + 1],
          [x, y + 1],
          [x, y],
        ],
      ],
    },
  });
  const features = [square(0, 0, 1), square(1, 0, 2), square(0, 1, 3), square(1, 1, 5)];
  const file = put('areas.geojson', JSON.stringify({ type: 'FeatureCollection', features }));
  expect((await json('moran', file, '--value', 'v')).parameters.neighbours).toBe('queen');
  const rook = await json('moran', file, '--value', 'v', '--neighbours', 'rook');
  expect(rook.expected).toBeCloseTo(-1 / 3, 12);
  expect(rook.i).toBeCloseTo(-0.25 / 8.75, 12); // by hand
});

test('every method of the issue answers', async () => {
  expect((await json('gini', '--values', '5,2,1,0,0,0,0,0,0,0')).generalisedGini).toBeCloseTo(0.75, 12);
  expect((await json('pai', '--observed', '6,3,0', '--predicted', '3,2,1')).pai).toEqual([2, 1.5, 1]);
  expect((await json('e-test', '--before', '6', '--after', '2')).p).toBeCloseTo(0.1749, 4);
  expect((await json('aoristic', '--from', '2026-01-05 10:30', '--until', '2026-01-05 12:00')).byHour[11]).toBeCloseTo(
    2 / 3,
  );
  expect((await json('mann-kendall', '--values', '1,2,3,4,5')).s).toBe(10);
  const wdd = await json(
    'wdd',
    '--treated',
    '207,110',
    '--control',
    '308,318',
    '--displacement',
    '178,157',
    '--displacement-control',
    '150,140',
  );
  expect(wdd).toMatchObject({ wdd: -118, variance: 1568 });
  expect(Object.keys(wdd)).toEqual(expect.arrayContaining(['se', 'z', 'low', 'high', 'wdq', 'smallestDetectable']));
  const harm = await json(
    'wdd',
    '--treated',
    '130,74/327,202/398,190/144,92/183,96',
    '--control',
    '133,91/388,305/148,97/86,64/94,67',
    '--harm',
    '3,2,5,7,10',
  );
  expect(harm.wdd).toBe(-1721);
  // Two years of 80 are 40 a year, of which 20 were left.
  const [before, after] = ['80,20', '100,50'];
  expect((await json('wdd', '--treated', before, '--control', after, '--periods', '2,1')).grossEffect).toBe(20);
  for (const method of ['gi-star', 'gi', 'lisa'])
    expect(await json(method, SIX, '--value', 'v', '--x', 'x', '--y', 'y', '--distance', '99')).toMatchObject({
      reason: 'all-neighbours',
    });
  expect(harm.se).toBeCloseTo(304.1036, 4);
  const points = put('points.csv', 'X,Y,D\n0,0,2026-01-01\n50,0,2026-01-03\n5000,0,2026-02-01\n');
  const knox = await json(
    'knox',
    points,
    '--x',
    'X',
    '--y',
    'Y',
    '--date',
    'D',
    '--distances',
    '0,100,inf',
    '--days',
    '0,7,inf',
    '--runs',
    '99',
    '--seed',
    '1',
  );
  expect(knox.observed).toEqual([
    [1, 0],
    [0, 2],
  ]);
  const kde = await json('kde', points, '--x', 'X', '--y', 'Y', '--radius', '100', '--at', points);
  expect(kde.density[2]).toBeCloseTo(3 / (Math.PI * 1e4), 12);
  expect(kde.parameters).toMatchObject({ radiusM: 100, sigmaM: 100 / Math.sqrt(8) });
  const table = put('table.csv', 'before,after,events,residents\n20,80,5,1000\n5,5,1,900\n');
  expect((await json('e-test', table, '--before', 'before', '--after', 'after')).arrows).toBe(1);
  expect((await json('empirical-bayes', table, '--events', 'events', '--residents', 'residents')).rate).toHaveLength(2);
});

test('what cannot be said is a sentence and no number', async () => {
  expect(await json('gini', '--values', '0,0')).toEqual({
    parameters: { method: 'gini' },
    reason: 'all-zero',
    sentence: 'No hay ningún incidente en lo elegido.',
  });
  expect((await stats('gini', '--values', '0,0', '--language', 'en')).text).toBe(
    'There is no incident in what was chosen.',
  );
});

test.each([
  [['gi-star', 'six.csv'], 'falta --value; las órdenes: npm run cuadra -- --help'],
  [['gi-star', 'six.csv', '--value', 'w'], 'no hay columna w; las columnas son: place, x, y, v'],
  [['gi-star', 'six.csv', '--value', 'place', '--distance', '1'], 'renglón 2: «a» en place no es un número'],
  [
    ['moran', 'six.csv', '--value', 'v'],
    'hace falta una de --weights ARCHIVO, --distance METROS y --neighbours queen|rook|knn:K',
  ],
  [['moran', 'six.csv', '--value', 'v', '--neighbours', 'queen'], 'queen y rook piden áreas: un GeoJSON de polígonos'],
  [['e-test', '--before', 'x', '--after', '2'], '--before es un número'],
  [['wdd', '--treated', '1', '--control', '1,2'], '--treated es ANTES,DESPUÉS'],
  [
    ['knox', 'six.csv', '--date', 'v', '--distances', '0,5,1', '--days', '0,7'],
    '--distances es una lista creciente, como 0,100,200',
  ],
  [['kde', 'six.csv', '--radius', '0'], '--radius es más de 0'],
  [['e-test', '--before', 'Infinity', '--after', '3'], '--before es un número'],
  [['e-test', '--before', '2.5', '--after', '3'], '--before es un número entero'],
  [['fdr', '--values', '2,-1,0.3'], '--values está entre 0 y 1'],
  [['poisson-interval', '--count', '5', '--level', '1'], '--level está entre 0 y 1'],
])('%j is refused: %s', async (argv, sentence) => {
  expect(await stats(...argv)).toEqual({ status: 1, text: '', refused: sentence });
});

test('the help names every method with its reference; an unknown one is answered with it', async () => {
  const { status, text } = await stats('--help');
  expect(status).toBe(0);
  for (const method of ['knox', 'gi-star', 'moran', 'kde', 'gini', 'pai', 'e-test', 'aoristic', 'mann-kendall', 'wdd'])
    expect(text).toMatch(new RegExp(`^  ${method} .*\\n      .*\\d{4}`, 'm'));
  expect((await stats('magic')).status).toBe(2);
});

test('rates of two places: 10 of 1,000 is 1,000 per 100,000, from 479.5 to 1,839.0 (Garwood’s 4.795 to 18.390)', async () => {
  const file = put('rates.csv', 'events,residents\n10,1000\n20,4000\n0,0\n');
  const found = await json('rates', file, '--events', 'events', '--residents', 'residents');
  expect([found.rate, found.rate[2]]).toEqual([[1000, 500, null], null]);
  expect([found.low[0], found.high[0]].map((each: number) => Math.round(each * 10) / 10)).toEqual([479.5, 1839]);
  expect(found.whole).toMatchObject({ count: 30, base: 5000, rate: 600 });
});

test('a year of doubling months changes by 2¹² − 1; a file says how long each step was', async () => {
  const steady = await json('log-trend', '--values', Array.from({ length: 12 }, (_, i) => 10 * 2 ** i).join());
  expect(steady.perYear).toBeCloseTo(2 ** 12 - 1, 4);
  const rows = Array.from({ length: 12 }, (_, i) => `${(28 + (i % 4)) * 10},${28 + (i % 4)}`);
  const even = await json(
    'log-trend',
    put('months.csv', `n,days\n${rows.join('\n')}\n`),
    '--value',
    'n',
    '--days',
    'days',
  );
  expect(even.perYear).toBeCloseTo(0, 9);
});

test('years of places: one held half of the first year, another of the second', async () => {
  const file = put('years.csv', 'a,b\n6,0\n4,6\n2,5\n0,1\n');
  const found = await json('stability', file, '--years', 'a,b');
  expect(found.years.map((year: { holding: number; kept: number | null }) => [year.holding, year.kept])).toEqual([
    [1, null],
    [1, 0],
  ]);
  expect(found.times).toEqual([1, 1, 0, 0]);
  expect((await stats('stability', file, '--years', 'a,b', '--share', '2')).status).toBe(1);
});

test('along two streets that meet, what lies on one reaches the other, and nothing the third', async () => {
  const file = put('streets.csv', 'a,b,m,n\n1,2,20,1\n2,3,20,0\n8,9,20,0\n');
  const columns = ['--from', 'a', '--to', 'b', '--length', 'm', '--value', 'n', '--radius', '100'];
  const { density } = await json('street-density', file, ...columns);
  // From the middle of the one in its parts of 20 m, one only: 15/16 ÷ 100, and (1 − 0.2²)² of it 20 m on.
  expect(density[0]).toBeCloseTo(0.9375 / 100, 12);
  expect(density[1]).toBeCloseTo((0.9375 * (1 - 0.04) ** 2) / 100, 12);
  expect(density[2]).toBe(0);
});

test('a method that would take longer than it may is ended with the limit named, and one that may prints as usual', async () => {
  const printed: string[] = [];
  const io = {
    out: (text: string) => void printed.push(text),
    err: (text: string) => void printed.push(text),
    cwd: folder,
    language: 'es' as const,
  };
  const spread = put(
    'spread.csv',
    `x,y,d\n${Array.from({ length: 400 }, (_, i) => `${i},${i % 7},${i % 31}`).join('\n')}\n`,
  );
  const knox = ['stats', 'knox', spread, '--date', 'd', '--distances', '0,300,inf', '--days', '0,7,14', '--runs'];
  const limits = { longestMs: 1500, mostMb: 512 };
  expect(await runStatsWithin([...knox, '99999'], io, limits)).toBe(1);
  expect(printed).toEqual(['tardaría más de 1.5 segundos o 512 MB: elija menos datos o menos vecinos']);
  expect(await runStatsWithin(['stats', 'e-test', '--before', '6', '--after', '2'], io)).toBe(0);
  expect(printed[1]).toContain('wheelerZ');
});
