// The tab «Análisis» without a browser: its address, its words, its table and file, its bands and the script for R.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type {
  ConcentrationAnswer,
  DensityAnswer,
  EmergingAnswer,
  HotspotsAnswer,
  SaidBeside,
} from '../../server/analysis/contract.ts';
import { createTranslator } from '../../server/i18n/translator.ts';
import type { ClocksAnswer } from '../../server/timing/contract.ts';
import { bandFeatures, bandsOf } from '../../web/analysis/bands.ts';
import { type AnalysisFound, foundOf } from '../../web/analysis/found.ts';
import { yearName } from '../../web/analysis/later-rows.ts';
import { madeTexts } from '../../web/analysis/made.ts';
import { parameterRows } from '../../web/analysis/parameters.ts';
import {
  asksOfPlaces,
  CALLED,
  FIELDS,
  formParts,
  queryOf,
  readAsked,
  TASKS,
  takes,
  writeAsked,
} from '../../web/analysis/params.ts';
import { pictureOf } from '../../web/analysis/picture.ts';
import { scriptOf } from '../../web/analysis/r-script.ts';
import { readingOf } from '../../web/analysis/reading.ts';
import { parameterTexts, sortedRows, tableCsv, tableOf } from '../../web/analysis/rows.ts';
import { extentOf, ticksOf } from '../../web/analysis/scales.ts';
import { createFormats } from '../../web/store/formats.ts';
import { readUrl, writeUrl } from '../../web/store/url.ts';

const spanish = { t: createTranslator('es'), f: createFormats('es') };
const english = { t: createTranslator('en'), f: createFormats('en') };
const naming = (id: string) => ({ name: `Colonia ${id}`, code: `C${id}` });
const beside = {
  leavesOutSensitive: false,
  arePlacesMoved: false,
  notPlaced: { unlocated: 0, outside: 0, withheld: 0, excluded: 0 },
};
const about = { ...beside, dataVersion: 7, layer: 'colonias', layerVersion: 1, reason: null, part: null };
const hot: HotspotsAnswer & SaidBeside = {
  ...about,
  parameters: {
    ...{ method: 'gi-star', weights: 'queen', style: 'B', value: 'count', correction: 'fdr-skew', permutations: 0 },
    ...{ seed: 1, islands: 1, reference: 'Ord & Getis 1995', from: '2025-07-01', until: '2026-07-01' },
  },
  ids: ['1', '2', '3', '4'],
  z: [5.2, -2.6, 0.3, null],
  p: [2e-7, 0.009, 0.76, null],
  skewedP: [3e-6, 0.02, 0.8, null],
  adjustedP: [9e-6, 0.03, 0.8, null],
  class: [3, -2, 0, 0],
  quadrant: null,
  permutationP: null,
  values: [120, 3, 40, 8],
  moran: { i: 0.312, z: 4.1, p: 0.00004 },
};
const found: AnalysisFound = { task: 'hotspots', answer: hot };

describe('the address of an analysis', () => {
  test('holds what differs from how the form opens, and is read as it was written', () => {
    const opening = readAsked({});
    expect(opening.task).toBe('hotspots');
    expect(writeAsked(opening)).toEqual({});
    const asked = {
      ...opening,
      values: { ...opening.values, weights: 'knn:8', permutations: '999', places: 'streets' },
    };
    const url = writeUrl({ ...readUrl(''), tab: 'analysis', analysis: writeAsked(asked) });
    expect(url).toBe('?tab=analysis&a.places=streets&a.weights=knn:8&a.permutations=999');
    expect(readAsked(readUrl(url).analysis)).toEqual(asked);
  });

  test('opens as usual where it cannot be read', () => {
    const url = '?tab=analysis&a.task=guess&a.weights=network:0&a.radius=99999999&a.distances=0,200,100&a.seed=-1';
    expect(readAsked(readUrl(url).analysis)).toEqual(readAsked({}));
  });

  test('asks the server only what the method takes', () => {
    for (const task of TASKS) {
      const query = queryOf({ ...readAsked({}), task }, 'colonias');
      const names = Object.keys(query).filter((name) => !['layer', 'limit'].includes(name));
      expect(FIELDS[task].map((field) => CALLED[field] ?? field)).toEqual(expect.arrayContaining(names));
      expect('layer' in query).toBe(asksOfPlaces(task));
    }
    expect(takes('weights', 'distance:1500')).toBe(true);
    expect(takes('days', '0,7,7')).toBe(false);
  });

  test('shows where first; of how it is computed what has a say, and what of it is not as usual', () => {
    const usual = formParts(readAsked({}));
    expect(usual).toEqual({
      first: ['places'],
      options: ['method', 'value', 'weights', 'correction', 'permutations'],
      unusual: [],
    });
    // A seed without permutations, and a way to weigh that Gi* does not mind, are neither shown nor unusual.
    expect(formParts(readAsked({ weights: 'knn:8', places: 'streets', seed: '5', style: 'W' })).unusual).toEqual([
      'weights',
    ]);
    expect(formParts(readAsked({ permutations: '999', seed: '5' })).unusual).toEqual(['permutations', 'seed']);
    expect(formParts(readAsked({ task: 'grid-hotspots', shape: 'h3' })).first).toEqual(['shape', 'resolution']);
    expect(formParts(readAsked({ task: 'near-repeat' })).options).toContain('seed');
    expect(formParts(readAsked({ task: 'aoristic' })).options).toEqual([]);
  });
});

describe('an answer', () => {
  test('is of the analysis its path names', () => {
    expect(foundOf('/api/v1/demo/hotspots?layer=colonias', hot)?.task).toBe('hotspots');
    expect(foundOf('/api/v1/demo/counts?layer=colonias', hot)).toBeNull();
  });

  test('is read in its own numbers, one of anything as one', () => {
    expect(readingOf(found, spanish, naming)).toEqual([
      'De 3 lugares, 1 es punto caliente y 1 es frío con 95 % o más de confianza.',
      'El más intenso es Colonia 1: 120 incidentes; z = 5.20 (más de 2.58 rara vez es azar).',
      'En conjunto los lugares vecinos se parecen entre sí (I de Moran = 0.312, p < 0.001): la concentración no es de un solo lugar.',
    ]);
    const none: AnalysisFound = { task: 'hotspots', answer: { ...hot, class: [0, 0, 0, 0], moran: null } };
    expect(readingOf(none, spanish, naming)).toEqual([
      'Entre 3 lugares ninguno se aparta, con 95 % de confianza, de lo que daría el azar.',
    ]);
  });

  test('says of the highest what it is a figure of, and that z is rare only where it is', () => {
    const first = (patch: Partial<HotspotsAnswer>, value: 'count' | 'rate' = 'count') =>
      readingOf(
        { task: 'hotspots', answer: { ...hot, ...patch, parameters: { ...hot.parameters, value } } },
        spanish,
        naming,
      )[1];
    expect(first({ z: [2.1, -2.6, 0.3, null] })).toContain('z = 2.10 (más de 1.96 rara vez es azar).');
    expect(first({ z: [1.7, -2.6, 0.3, null] })).toBe('El más intenso es Colonia 1: 120 incidentes; z = 1.70.');
    expect(first({}, 'rate')).toContain('tasa de 120; z');
    expect(first({ values: [1, 3, 40, 8] })).toContain('1 incidente;');
    const title = (value: 'count' | 'rate') =>
      tableOf({ task: 'hotspots', answer: { ...hot, parameters: { ...hot.parameters, value } } }, spanish, naming)
        .columns[2]!.title;
    expect([title('count'), title('rate')]).toEqual(['Incidentes', 'Tasa']);
  });

  test('names its steps as months or weeks, with a key to the classes', () => {
    const emerging: EmergingAnswer & SaidBeside = {
      ...about,
      parameters: {
        ...{ weights: 'queen', style: 'B', value: 'count', correction: 'fdr', step: 'month', islands: 0 },
        ...{ reference: '', from: '2025-01-01', until: '2025-04-01' },
      },
      steps: ['2025-01-01', '2025-02-01', '2025-03-01'],
      ids: ['1'],
      pattern: [{ side: 'hot', pattern: 'new' }],
      classes: [[-1, 0, 3]],
    };
    const said: AnalysisFound = { task: 'emerging', answer: emerging };
    expect(readingOf(said, spanish, naming)[0]).toMatch(/^En 3 meses, 1 lugar tiene/);
    expect(readingOf(said, spanish, naming).at(-1)).toMatch(/^En «Cada mes» de la tabla.*1, 2 y 3, caliente/);
    const { columns, rows } = tableOf(said, spanish, naming);
    expect(columns.at(-1)!.title).toBe('Cada mes');
    expect(columns.at(-1)!.show(rows[0]!.cells.at(-1)!)).toBe('−1 0 3');
    expect(tableCsv({ columns, rows, sortedBy: 0 }, {}, [])).toContain('-1 0 3');
    const weekly: AnalysisFound = {
      task: 'emerging',
      answer: { ...emerging, ids: [], parameters: { ...emerging.parameters, step: 'week' } },
    };
    expect(readingOf(weekly, spanish, naming)[0]).toMatch(/^En 3 semanas ningún lugar/);
  });

  test('compares the hours of what is chosen with something that has a name', () => {
    const clocks: ClocksAnswer & SaidBeside = {
      ...beside,
      ...{ dataVersion: 7, reason: null, chiSquared: 30, degrees: 6, p: 0.0004, sparse: 0, hours: null },
      parameters: {
        ...{ unit: 'weekday', against: 'before', level: 0.05, reference: '', from: '2025-01-01', until: '2026-01-01' },
      },
      previousPeriod: { from: '2024-01-01', until: '2025-01-01' },
      ...{ first: [9, 9, 9, 9, 9, 9, 9], second: [1, 9, 9, 9, 9, 9, 20], unknownFirst: 0, unknownSecond: 0 },
      ...{ residual: [-3.5, 0, 0, 0, 0, 0, 4], adjustedP: [0, 1, 1, 1, 1, 1, 0] },
      direction: ['down', 'none', 'none', 'none', 'none', 'none', 'up'],
    };
    const said: AnalysisFound = { task: 'clocks', answer: clocks };
    expect(readingOf(said, spanish, naming)[0]).toMatch(
      /^Lo elegido y lo de antes \(1 ene.31 dic 2024\) se reparten distinto en el tiempo \(p < 0.001\): 1 día con más parte en lo elegido, 1 día con menos\.$/,
    );
    const table = tableOf(said, spanish, naming);
    expect(table.columns.map(({ title }) => title)).toContain('El periodo anterior');
    expect(table.columns[3]!.show(table.rows[0]!.cells[3]!)).toBe('−3.50');
    const others: AnalysisFound = {
      task: 'clocks',
      answer: { ...clocks, previousPeriod: null, parameters: { ...clocks.parameters, against: 'other-offences' } },
    };
    expect(readingOf(others, spanish, naming)[0]).toMatch(/^Lo elegido y los demás delitos se/);
  });

  test('names twelve months by their year, or by their first and last month', () => {
    expect(yearName('2024-01-01', '2025-01-01', spanish.f)).toBe('2024');
    expect(yearName('2024-07-01', '2025-07-01', spanish.f)).toMatch(/^jul 2024.jun 2025$/);
    expect([spanish.f.share(-0.016), spanish.f.rate(-2), spanish.f.int(-1234)]).toEqual([
      '−1.6\u00a0%',
      '−2',
      '−1,234',
    ]);
  });

  test('colours hot and cold by how sure it is; of what nothing can be said, the hatch', () => {
    const { classes, entries } = pictureOf(found, spanish);
    expect([...classes]).toEqual([
      ['1', 1],
      ['2', 5],
      ['4', -1],
    ]);
    expect(entries[0]!.text).toBe('Caliente, 99 % (1)');
  });

  test('is a file with score, raw p and corrected class together, and its parameters below', () => {
    const lines = tableCsv(tableOf(found, spanish, naming), hot.parameters, ['San Telmo'])
      .slice(1)
      .split('\r\n');
    expect(lines[0]).toBe('code,name,value,z,class,p,p_skew,p_adjusted');
    expect(lines[1]).toBe('C1,Colonia 1,120,5.2,3,2e-7,0.000003,0.000009');
    expect(lines[4]).toBe('C4,Colonia 4,8,,0,,,');
    expect(lines).toContain('weights,queen');
    expect(lines).toContain('San Telmo');
  });

  test('sorts what has no value last, falling or rising', () => {
    const { rows } = tableOf(found, spanish, naming);
    const order = (falling: boolean) => sortedRows(rows, 3, falling).map(({ id }) => id);
    expect(order(true)).toEqual(['1', '3', '2', '4']);
    expect(order(false)).toEqual(['2', '3', '1', '4']);
  });

  test('without numbers has no rows, no colours and no sentences', () => {
    const said: AnalysisFound = { task: 'hotspots', answer: { ...hot, reason: 'all-zero', ids: [], z: [], class: [] } };
    expect(tableOf(said, spanish, naming).rows).toEqual([]);
    expect(pictureOf(said, spanish).classes.size).toBe(0);
    expect(readingOf(said, spanish, naming)).toEqual([]);
    // Nothing may be left for the very reason that much is not told.
    const untold: AnalysisFound = {
      task: 'hotspots',
      answer: { ...said.answer, leavesOutSensitive: true } as typeof hot,
    };
    expect(readingOf(untold, spanish, naming)).toEqual([
      'Sin los delitos delicados, que a su cargo no se muestran con esta finura.',
    ]);
  });
});

describe('a surface', () => {
  const surface: DensityAnswer & SaidBeside = {
    ...{ ...beside, dataVersion: 7, reason: null, incidents: 3, peak: 10, errorBound: 0.1, unit: 'perKm2' },
    parameters: {
      ...{ kernel: 'quartic', radiusM: 500, sigmaM: 177, cellM: 50, reference: 'Silverman 1986' },
      ...{ edge: 'none', city: null, over: null, residents: null, leastResidentsPerKm2: null, from: null, until: null },
    },
    grid: { west: -100, south: 0, cellWidth: 0.01, cellHeight: 0.01, columns: 5, rows: 5 },
    density: Array.from({ length: 25 }, (_, i) => (i === 12 ? 10 : 0)),
  };

  test('is drawn as bands round its peak, where it lies on the ground', () => {
    const bands = bandsOf(surface);
    expect(bands.map(({ from }) => from)).toEqual([0.5, 2, 4, 6, 8]);
    // One cell of a hundredth of a degree at the equator.
    expect(bands[0]!.km2).toBeCloseTo(1.1132 ** 2, 2);
    const [first] = bandFeatures(surface, bands).features;
    const corners = (first!.geometry as GeoJSON.MultiPolygon).coordinates.flat(2);
    for (const [lon, lat] of corners) {
      expect(Math.abs(lon! + 99.975)).toBeLessThan(0.011);
      expect(Math.abs(lat! - 0.025)).toBeLessThan(0.011);
    }
  });
});

describe('the script for R', () => {
  const told = {
    ...{ city: 'demo', origin: 'http://localhost:8080', file: 'demo-colonias-hotspots.csv', rows: 4 },
    ...{ columns: ['code', 'name'], layer: 'colonias', isStreets: false, language: 'es' as const },
    bounds: [-100.1, 20.3, -99.7, 20.6] as const,
  };
  const withParameters = (patch: Partial<HotspotsAnswer['parameters']>): AnalysisFound => ({
    task: 'hotspots',
    answer: { ...hot, parameters: { ...hot.parameters, ...patch } },
  });

  test('says the parameters, reads the exported file, and asks spdep for the same', () => {
    const script = scriptOf(found, told);
    expect(script).toContain('read.csv("demo-colonias-hotspots.csv"');
    expect(script).toContain('weights=queen');
    expect(script).toContain('poly2nb(places, queen = TRUE, snap = 1e-6)');
    expect(script).toContain('localG(x, nb2listw(include.self(nb), style = "B"');
    expect(script).toContain('propia de Cuadra');
  });

  test('follows method, neighbours and correction', () => {
    expect(scriptOf(withParameters({ method: 'lisa' }), told)).toContain('localmoran(');
    expect(scriptOf(withParameters({ correction: 'fdr' }), told)).toContain('p.adjust(p, "BH")');
    // The middle of the city lies in UTM zone 14 north.
    expect(scriptOf(withParameters({ weights: 'knn:6' }), told)).toContain('32614)');
    expect(scriptOf(withParameters({ weights: 'knn:6' }), told)).toContain('knearneigh(xy, k = 6)');
    expect(scriptOf(found, { ...told, isStreets: true })).toContain('st_touches(places)');
    expect(scriptOf(withParameters({ weights: 'network:400' }), told)).toContain('reach <- 400');
  });

  test('warns of places that the protection moved, as the reading does before anything else', () => {
    const moved = { ...found, answer: { ...hot, arePlacesMoved: true } } as AnalysisFound;
    expect(scriptOf(moved, told)).toContain('# Lugares del conjunto protegido');
    expect(readingOf(moved, spanish, naming)[0]).toContain('datos protegidos');
  });

  test('needs no package where the formula is short', () => {
    const answer: ConcentrationAnswer & SaidBeside = {
      ...{ ...about, places: 10, total: 20, gini: 0.5, generalisedGini: 0.5, lorenz: [], holding: [], rows: [] },
      parameters: { limit: 100, reference: '', from: null, until: null },
    };
    const script = scriptOf({ task: 'concentration', answer }, told);
    expect(script).not.toContain('library(');
    expect(script).toContain('n <- 10; total <- 20');
  });
});

describe('axes', () => {
  test('hold nought and have round figures', () => {
    expect(extentOf([{ x: 5, y: -2 }])).toEqual({ x: [0, 5], y: [-2, 0] });
    expect(ticksOf([0, 120])).toEqual([0, 50, 100]);
    expect(ticksOf([-2, 6])).toEqual([-2, 0, 2, 4, 6]);
  });
});

test('a parameter with parts is told by them, in the file and on the page', () => {
  const parameters = {
    kernel: 'quartic',
    radiusM: 500,
    shares: [0.1, 0.2],
    denominator: { year: 2020, source: 'Censo' },
    city: null,
  };
  expect(parameterTexts(parameters, ' ')).toEqual([
    ...[
      ['kernel', 'quartic'],
      ['radiusM', '500'],
      ['shares', '0.1 0.2'],
      ['denominator', '2020 Censo'],
      ['city', ''],
    ],
  ]);
});

test('what it was computed with is told by the names of the form, without what has no say in it', () => {
  expect(madeTexts(found, spanish)).toEqual([
    ...['Estadístico: Gi* de Getis y Ord', 'Vecinos: Borde o esquina', 'Valor: Número de incidentes'],
    ...['Corrección: FDR con asimetría', 'Permutaciones: Sin permutaciones', 'Lugares sin vecinos: 1'],
    ...['Desde: 1 jul 2025', 'Hasta antes de: 1 jul 2026'],
  ]);
});

test('the legend names the hatch of what nothing can be said of', () => {
  expect(pictureOf(found, spanish).entries.at(-1)).toEqual({ color: null, text: 'Sin vecinos o sin valor (1)' });
});

describe.each([
  ['es', spanish, ['Referencia', 'Límites']],
  ['en', english, ['Reference', 'Limits']],
] as const)('«Métodos» (%s)', (language, words, parts) => {
  const text = readFileSync(new URL(`../../web/help/${language}/methods.md`, import.meta.url), 'utf8');
  const sections = new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf('\n')), section.slice(section.indexOf('\n'))]),
  );

  test('tells of each method of the form and of no other, with a formula, references and limits', () => {
    expect([...sections.keys()].sort()).toEqual(TASKS.map((task) => words.t(`analysis.task_${task}`)).sort());
    for (const [title, section] of sections) {
      expect([title, /[=÷]/.test(section.split('\n- ')[0]!)]).toEqual([title, true]);
      for (const part of parts) expect([title, section.includes(`\n- ${part}`)]).toEqual([title, true]);
    }
  });

  test('names all that the form offers of a method', () => {
    const weights = parameterRows(words, 'hotspots')[3]!;
    expect(weights.takes.split(' · ')).toHaveLength(7);
    expect(parameterRows(words, 'density').map(({ usual }) => usual)).toEqual([
      ...[words.t('analysis.choice_quartic'), '500', words.t('analysis.choice_none'), words.t('analysis.choice_area')],
    ]);
    for (const task of TASKS)
      for (const row of parameterRows(words, task))
        expect(Object.values(row).filter((cell) => cell === '' || cell.includes('analysis.'))).toEqual([]);
  });

  test('says of the trend whose distribution its p is of', () => {
    expect(sections.get(words.t('analysis.task_trend'))).toMatch(/Student.*quasipoisson/s);
  });
});
