// Every analysis over HTTP on what there is nothing to say of: no incident, one, all at one moment and door, one area, an
// hour nobody knows, days before and after the data, no neighbours or everybody's, nobody living there, options beyond reason.
// Each is numbers as described, a reason that has a sentence, or a refusal by name; never a failure, never a number that is none.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTranslator } from '../../server/i18n/translator.ts';
import { ANALYSIS_QUESTIONS } from '../../server/openapi/analysis.ts';
import { REASONS } from '../../server/statistics/contract.ts';
import type { AoristicAnswer, ClocksAnswer } from '../../server/timing/contract.ts';
import { type Analysed, openAnalysed } from '../support/analysed.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { HEAD, randomIncidents, type WorldIncident, writeWorld } from '../support/small-world.ts';

const many = randomIncidents(300, 11).map((each): WorldIncident => ({ ...each, offence: 1 + (each.offence % 2) }));
const known = { source: 1, from: 1, until: null, datePrecision: 0, minute: 600, area: 2, segment: 3 } as const;
const alike: WorldIncident = { ...known, offence: 4, day: '2024-03-05', point: [-98.95, 19.05] };
const only: WorldIncident = { ...known, offence: 3, day: '2024-06-07', point: [-98.93, 19.07] };

const all = [...many, only, ...Array.from({ length: 30 }, () => alike)];
const visible = all.filter(
  ({ from, until, source }) => from <= HEAD && (until === null || until > HEAD) && source !== 3,
);

let analysed: Analysed;
beforeAll(async () => {
  const database = await openTestDatabase();
  await emptyTables(database);
  await writeWorld(database, all);
  analysed = await openAnalysed(database);
});
afterAll(async () => {
  await analysed.close();
  await emptyTables(await openTestDatabase());
});

const YEAR = 'from=2024-01-01&until=2025-01-01';
const CHOSEN: Readonly<Record<string, string>> = {
  everything: YEAR,
  nothing: `${YEAR}&offence=patrimonio&within=poly:-99,19;-98.999,19;-98.999,19.0001`,
  'one incident': `${YEAR}&offence=fgj.homicidio-por-arma-de-fuego`,
  'one door and moment': `${YEAR}&offence=fgj.del-espacio`,
  'one area': `${YEAR}&within=barrios:b1`,
  'one street': `${YEAR}&within=streets:1`,
  'an hour of Mondays': `${YEAR}&weekday=1&hour=3-4`,
  'before the data': 'from=1990-01-01&until=1991-01-01',
  'after the data': 'from=2030-01-01&until=2031-01-01',
  'one day': 'from=2024-06-07&until=2024-06-08',
  'without an end': 'from=2023-02-01',
};
const ASKED: readonly string[] = [
  ...['hotspots?layer=barrios&weights=knn:2', 'hotspots?layer=barrios&weights=distance:1'],
  ...[
    'hotspots?layer=barrios&weights=distance:99999',
    'hotspots?layer=streets&weights=knn:999&method=gi&permutations=99',
  ],
  ...[
    'hotspots?layer=barrios&value=rate&weights=knn:2',
    'hotspots?layer=streets&value=rate&method=lisa&style=W&weights=knn:3',
  ],
  ...[
    'density?radius=300',
    'density?radius=20000&cell=5000&kernel=gaussian',
    'density?edge=uniform',
    'density?over=barrios',
  ],
  ...['street-density?layer=streets', 'street-density?layer=streets&radius=5000&split=continuous&kernel=gaussian'],
  ...[
    'grid-hotspots?cell=5000',
    'grid-hotspots?cell=800&method=lisa&permutations=99',
    'grid-hotspots?shape=h3&resolution=6',
  ],
  ...['near-repeat?runs=19', 'near-repeat?distances=0,inf&days=0,inf&runs=19&metric=euclidean'],
  ...['concentration?layer=barrios', 'concentration?layer=streets&limit=1'],
  ...['change?layer=barrios', 'change?layer=streets&before=1980-01-01..1981-01-01', 'change?layer=barrios&level=0.5'],
  ...['emerging?layer=barrios&weights=knn:2', 'emerging?layer=streets&weights=distance:1&step=28d&value=rate'],
  ...['stability?layer=barrios', 'stability?layer=streets&share=0.25'],
  ...['rates?layer=barrios', 'rates?layer=streets&interval=0.999&level=0.0001'],
  ...['trend?layer=barrios', 'trend?layer=streets&step=week&watch=52&season=none'],
  ...['clocks?unit=week', 'clocks?unit=payday&against=even', 'clocks?unit=month&against=other-places'],
  ...['clocks?unit=monthday&against=1980-01-01..1981-01-01', 'clocks?unit=hour&against=other-offences'],
  ...[
    'aoristic?',
    'scoring?layer=barrios&weights=knn:2',
    'scoring?layer=streets&days=730&learn=3650&weights=distance:1',
  ],
];
const schemas = new Map(ANALYSIS_QUESTIONS.map(({ path, answer }) => [path.split('/').at(-1)!, answer]));
const spoken = (['es', 'en'] as const).map((language) => createTranslator(language));

async function oddOf(asked: string, filter: string): Promise<string | null> {
  const response = await fetch(`${analysed.base}/small/${asked}&${filter}`, { headers: { 'x-viewer': 'staff' } });
  const text = await response.text();
  if (response.status === 422) return JSON.parse(text).parameter ? null : `refused without a name: ${text}`;
  if (response.status !== 200) return `${response.status} ${text.slice(0, 300)}`;
  const schema = schemas.get(asked.split('?')[0]!)!;
  const body = JSON.parse(text);
  const { error } = schema.safeParse(body);
  if (error)
    return error.issues
      .slice(0, 2)
      .map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join('; ');
  if (body.reason === null) return null;
  const isSaid =
    REASONS.includes(body.reason) && spoken.every((t) => t(`notSaid.${body.reason as 'empty'}`).includes(' '));
  return isSaid ? null : `no sentence for ${body.reason}`;
}

test.each(Object.entries(CHOSEN))(
  'of %s every analysis says numbers, why there are none, or what was wrong',
  async (_, filter) => {
    const found: string[] = [];
    for (const asked of ASKED) {
      const odd = await oddOf(asked, filter);
      if (odd) found.push(`${asked}&${filter}: ${odd}`);
    }
    expect(found).toEqual([]);
  },
);

test('of times what has no hour, or no day that may be meant, is told and in no number', async () => {
  const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);
  const byMonth = visible.filter(({ datePrecision }) => datePrecision === 3).length;
  const found = await analysed.answerTo<AoristicAnswer>('small/aoristic');
  expect(found.notPlaced).toEqual({ unlocated: 0, outside: 0, withheld: 0, excluded: byMonth });
  expect(Math.round(sum(found.hours)) + found.unknown + byMonth).toBe(visible.length);
  const even = 'small/clocks?unit=hour&against=even&from=2023-01-01&until=2025-01-01';
  const whole = await analysed.answerTo<ClocksAnswer>(even);
  // From the day on that all sources tell of, up to the one that the data reach.
  const { from, until } = whole.parameters;
  expect([from, until]).toEqual(['2023-01-04', '2025-01-01']);
  const told = visible.filter(({ day }) => day >= from! && day < until!);
  expect(sum(whole.second) + whole.unknownSecond + whole.notPlaced.excluded).toBe(told.length);
  const saturdays = await analysed.answerTo<ClocksAnswer>(`${even}&weekday=6`);
  expect(saturdays.notPlaced.excluded).toBe(told.filter(({ datePrecision }) => datePrecision === 3).length);
  expect(saturdays.notPlaced.excluded).toBeGreaterThan(20);
});

test('every analysis there is was asked', () => {
  expect(new Set(ASKED.map((asked) => asked.split('?')[0]))).toEqual(new Set(schemas.keys()));
});
