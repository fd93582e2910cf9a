// Every label has its place in the offence tree, and themes hold what their name says.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BadInput } from '../../server/errors.ts';
import { CODE } from '../../server/taxonomy/contract.ts';
import { loadTaxonomy, taxonomyOf, unconfirmedOf } from '../../server/taxonomy/taxonomy.ts';
import { slug } from '../../server/text/fold.ts';

const taxonomy = loadTaxonomy();
const nodes = new Map(taxonomy.nodes.map((node) => [node.code, node]));
const labelsOf = (scheme: string): Record<string, string> =>
  JSON.parse(readFileSync(new URL(`../../geodata/offences/labels-${scheme}.json`, import.meta.url), 'utf8'));
const SCHEMES = ['fgj', 'sspdf', 'c5', 'police-uk', 'generic'];

test('every node hangs on a node that exists, up to a root', () => {
  expect(taxonomy.nodes.filter(({ parent }) => parent !== null && !nodes.has(parent))).toEqual([]);
  const roots = taxonomy.nodes.filter(({ parent }) => parent === null).map(({ code }) => code);
  expect(roots).toEqual([
    ...['vida', 'libertad', 'sexual', 'patrimonio', 'familia', 'sociedad', 'otros'],
    ...['no-delito', 'sin-confirmar', 'unclassified'],
  ]);
  for (const { code } of taxonomy.nodes) expect(roots).toContain([code, ...taxonomy.ancestors(code)].at(-1));
});

test('no two nodes share a code or a title in either language', () => {
  expect(nodes.size).toBe(taxonomy.nodes.length);
  const owners = new Map<string, Set<string>>();
  for (const { code, es, en } of taxonomy.nodes) {
    for (const title of [es, en]) owners.set(slug(title), (owners.get(slug(title)) ?? new Set()).add(code));
  }
  expect([...owners].filter(([, codes]) => codes.size > 1)).toEqual([]);
});

test.for(SCHEMES)('every label of %s stands under a node that exists and is not unclassified', (scheme) => {
  const labels = Object.entries(labelsOf(scheme));
  expect(labels.filter(([, parent]) => !nodes.has(parent) || parent === 'unclassified')).toEqual([]);
  for (const [label, parent] of labels) {
    const leaf = taxonomy.leafOf(scheme, label);
    expect(leaf).toMatchObject({ parent, known: true });
    expect(leaf.code).toMatch(CODE);
  }
});

test.for(SCHEMES)('labels of %s that make one leaf stand under one node', (scheme) => {
  const parents = new Map<string, Set<string>>();
  for (const [label, parent] of Object.entries(labelsOf(scheme))) {
    parents.set(slug(label), (parents.get(slug(label)) ?? new Set()).add(parent));
  }
  expect([...parents].filter(([, found]) => found.size > 1)).toEqual([]);
});

test('violence is what the label says it is', () => {
  for (const scheme of ['fgj', 'sspdf']) {
    for (const [label, parent] of Object.entries(labelsOf(scheme))) {
      if (parent.endsWith('.con-violencia')) expect(label).toMatch(/CON VIOLENCIA|C\/V|C\.V\./);
      if (parent.endsWith('.sin-violencia')) expect(label).toMatch(/SIN VIOLENCIA|S\/V|S\.V\./);
    }
  }
});

test('spellings that differ in accents, case or spaces are one leaf', () => {
  const spellings = [
    'Robo a transeúnte en  vía pública con violencia',
    'ROBO A TRANSEUNTE EN VIA PUBLICA CON VIOLENCIA ',
  ];
  expect(new Set(spellings.map((label) => taxonomy.leafOf('fgj', label).code))).toEqual(
    new Set(['fgj.robo-a-transeunte-en-via-publica-con-violencia']),
  );
});

test('labels that differ by a sign, a digit or a mark are as many leaves', () => {
  for (const labels of [
    ['FRAUDE < 1000', 'FRAUDE > 1000', 'FRAUDE >= 1000', 'FRAUDE 1000', 'FRAUDE 10000', 'FRAUDE ≥ 1000'],
    ['Theft $500 +', 'Theft $500 -', 'Theft 500', 'Theft 5-00', 'Theft +500'],
    ['Daño 5 %', 'Daño 5 °', 'Daño 5'],
    ['Lesiones (dolosas)', 'Lesiones dolosas', 'Lesiones, dolosas', 'Lesiones/dolosas'],
    ['盗, 車', '盗 車', '盗車'],
  ]) {
    const codes = labels.map((label) => taxonomy.leafOf('generic', label).code);
    expect(new Set(codes).size).toBe(labels.length);
    for (const code of codes) expect(code).toMatch(CODE);
  }
});

test('a label with another comma than a known one stands under the same parent; with another sign it is unknown', () => {
  expect(taxonomy.leafOf('fgj', 'Robo a transeúnte, en vía pública con violencia')).toMatchObject({
    parent: 'patrimonio.robo.transeunte-via.con-violencia',
    known: true,
  });
  expect(taxonomy.leafOf('fgj', 'Robo a transeúnte en vía pública con violencia +').known).toBe(false);
});

test('a sign at the end of a label of any length fits a code', () => {
  const code = taxonomy.leafOf('generic', `${'long '.repeat(60)}<`).code;
  expect(code).toMatch(CODE);
  expect(unconfirmedOf(code)).toMatch(CODE);
});

test('long labels and labels in other scripts keep apart, in codes that are stable', () => {
  const long = 'A'.repeat(150);
  const codes = [`${long}B`, `${long}C`, '窃盗', '強盗', '!!!'].map((label) => taxonomy.leafOf('generic', label).code);
  expect(new Set(codes).size).toBe(5);
  for (const code of codes) expect(code).toMatch(CODE);
  // printf '窃盗' | sha256sum
  expect(codes[2]).toBe('generic.x-a8393c61');
});

test('an unknown label lies under unclassified and keeps its words', () => {
  expect(taxonomy.leafOf('fgj', 'Robo de nubes')).toEqual({
    code: 'fgj.robo-de-nubes',
    parent: 'unclassified',
    known: false,
  });
  expect(taxonomy.parentOf('fgj.robo-de-nubes')).toBe('unclassified');
  expect(taxonomy.title('fgj.robo-de-nubes', 'es', 'ROBO DE NUBES')).toBe('Robo de nubes');
});

test('a plain file may use the titles of the tree in either language, or the words of a source we know', () => {
  const parent = (label: string) => taxonomy.leafOf('generic', label).parent;
  expect(parent('robo a transeunte en via publica con violencia')).toBe('patrimonio.robo.transeunte-via.con-violencia');
  expect(parent('Street robbery with violence')).toBe('patrimonio.robo.transeunte-via.con-violencia');
  expect(parent('Criminal damage and arson')).toBe('patrimonio.dano.intencional');
  expect(parent('ROBO A TRANSEUNTE C.V.')).toBe('patrimonio.robo.transeunte-via.con-violencia');
  expect(parent('Robo a transeúnte')).toBe('patrimonio.robo.transeunte-via');
});

test('labels of American cities stand under the offence they name, whatever signs are in them', () => {
  const labels = Object.entries(labelsOf('americas'));
  for (const [label, parent] of labels) {
    expect(nodes.has(parent), label).toBe(true);
    for (const written of [label, label.toUpperCase(), ` ${label.replaceAll(' ', '  ')}`])
      expect([written, taxonomy.leafOf('generic', written).parent]).toEqual([written, parent]);
  }
  const parent = (label: string) => taxonomy.leafOf('generic', label).parent;
  expect(parent('VEHICLE THEFT')).toBe('patrimonio.robo.vehiculo');
  expect(parent('DRUG/NARCOTIC')).toBe('otros.narcomenudeo');
  expect(parent('LARCENY/THEFT')).toBe('patrimonio.robo');
  expect(parent('CRIM SEXUAL ASSAULT')).toBe('sexual.violacion');
  expect(parent('THEFT FROM MOTOR VEHICLE - PETTY ($950 & UNDER)')).toBe('patrimonio.robo.en-vehiculo');
  expect(parent('THEFT F/AUTO')).toBe('patrimonio.robo.en-vehiculo');
  expect(parent('theft-bicycle')).toBe('patrimonio.robo.bicicleta');
  expect(parent('LARCENY THEFT OF MV PARTS & ACCESSORIES')).toBe('patrimonio.robo.autopartes');
  expect(parent('Credit Card/Automated Teller Machine Fraud')).toBe('patrimonio.fraude');
  expect(parent('M/V ACCIDENT - PROPERTY DAMAGE')).toBe('patrimonio.dano.transito');
  expect(parent('HURTO A RESIDENCIAS')).toBe('patrimonio.robo.casa');
  expect(parent('FURTO DE VEÍCULO')).toBe('patrimonio.robo.vehiculo.sin-violencia');
});

test('an attempt, and a label that may be several offences, is not taken for the offence', () => {
  for (const label of [
    ...['BURGLARY, ATTEMPTED', 'RAPE, ATTEMPTED', 'ATTEMPTED ROBBERY', 'VEHICLE - ATTEMPT STOLEN'],
    ...['OFFENSE INVOLVING CHILDREN', 'LATROCÍNIO', 'STALKING', 'Assault Offenses', 'DRUG+NARCOTIC'],
  ])
    expect([label, taxonomy.leafOf('generic', label).known]).toEqual([label, false]);
});

test('labels of American cities say of no words what another list does not', () => {
  const others = new Map(
    SCHEMES.flatMap((scheme) =>
      Object.entries(labelsOf(scheme)).map(([label, parent]) => [slug(label), parent] as const),
    ),
  );
  for (const { code, es, en } of taxonomy.nodes) for (const title of [es, en]) others.set(slug(title), code);
  expect(Object.keys(labelsOf('americas')).filter((label) => others.has(slug(label)))).toEqual([]);
});

test('what is said of a label holds for its leaf in every scheme and for no other words', () => {
  const said = taxonomy.withChoices(
    new Map([
      ['hold-up <20', 'patrimonio.robo.con-violencia'],
      ['robo de nubes', 'vida'],
    ]),
  );
  for (const scheme of ['generic', 'police-uk'])
    for (const label of ['Hold-Up <20', ' HOLD-UP  <20'])
      expect(said.leafOf(scheme, label)).toMatchObject({ parent: 'patrimonio.robo.con-violencia', known: true });
  for (const label of ['Hold-Up >20', 'Hold Up <20', 'Hold-Up 20'])
    expect(said.leafOf('generic', label).known).toBe(false);
  const { code } = taxonomy.leafOf('generic', 'Hold-Up <20');
  expect(said.leafOf('generic', 'Hold-Up <20').code).toBe(code);
  expect(said.ancestors(code)).toEqual(['patrimonio.robo.con-violencia', 'patrimonio.robo', 'patrimonio']);
  expect([...said.subtree(['patrimonio'], [code])]).toEqual([code]);
  expect(said.parentOf('fgj.robo-de-nubes')).toBe('vida');
  expect(said.parentOf(unconfirmedOf('fgj.robo-de-nubes'))).toBe('sin-confirmar');
  expect(taxonomy.parentOf(code)).toBe('unclassified');
});

test('what is said of a label goes before the lists', () => {
  const said = taxonomy.withChoices(
    new Map([
      ['drug/narcotic', 'otros.narcomenudeo.venta'],
      ['burglary', 'patrimonio.robo.casa'],
    ]),
  );
  expect(said.leafOf('generic', 'DRUG/NARCOTIC').parent).toBe('otros.narcomenudeo.venta');
  expect(said.leafOf('police-uk', 'Burglary').parent).toBe('patrimonio.robo.casa');
  expect(said.parentOf('police-uk.burglary')).toBe('patrimonio.robo.casa');
});

const small = taxonomyOf(
  [
    { code: 'a', parent: null, es: 'A', en: 'A', severity: 0, sensitivity: 'public' },
    { code: 'a.b', parent: 'a', es: 'B', en: 'Bee', severity: 7, sensitivity: 'sensitive' },
    { code: 'c', parent: null, es: 'C', en: 'C', severity: 3, sensitivity: 'public' },
    {
      code: 'unclassified',
      parent: null,
      es: 'Sin clasificar',
      en: 'Unclassified',
      severity: 0,
      sensitivity: 'sensitive',
    },
  ],
  [{ code: 't', es: 'T', en: 'T', default: true, offences: ['a.b', 'c'] }],
  [['s', { 'Uno, dos': 'a.b', Tres: 'c', Cuatro: 'a' }]],
);
const LEAVES = ['s.uno-dos', 's.tres', 's.cuatro', 's.otro'];

test('a subtree is the leaves in use at or below each code', () => {
  expect([...small.subtree(['a'], LEAVES)]).toEqual(['s.uno-dos', 's.cuatro']);
  expect([...small.subtree(['a.b', 'c'], LEAVES)]).toEqual(['s.uno-dos', 's.tres']);
  expect([...small.subtree(['s.otro'], LEAVES)]).toEqual(['s.otro']);
  expect([...small.subtree(['unclassified'], LEAVES)]).toEqual(['s.otro']);
  expect([...small.subtree(['s.tres'], [])]).toEqual([]);
  expect(() => small.subtree(['nada'], LEAVES)).toThrow(BadInput);
  expect(() => small.subtree(['s.nada'], LEAVES)).toThrow(expect.objectContaining({ parameter: 'offence' }));
});

test('a leaf has the weight and the class of its node; a node its title in both languages', () => {
  expect([small.severity('s.uno-dos'), small.sensitivity('s.uno-dos')]).toEqual([7, 'sensitive']);
  expect([small.title('a.b', 'es'), small.title('a.b', 'en')]).toEqual(['B', 'Bee']);
  expect(small.ancestors('s.uno-dos')).toEqual(['a.b', 'a']);
});

test('the themes hold nodes that exist, one is the default, and the last holds everything', () => {
  for (const { code } of taxonomy.themes) {
    expect(taxonomy.themeOffences(code).filter((offence) => !nodes.has(offence))).toEqual([]);
  }
  expect(taxonomy.themes.filter((theme) => theme.default).map(({ code }) => code)).toEqual(['espacio-publico']);
  const leaves = SCHEMES.flatMap((scheme) =>
    Object.keys(labelsOf(scheme)).map((label) => taxonomy.leafOf(scheme, label).code),
  );
  leaves.push('fgj.algo-nuevo');
  expect(taxonomy.subtree(taxonomy.themeOffences('todos'), leaves)).toEqual(new Set(leaves));
  expect(() => taxonomy.themeOffences('nada')).toThrow(expect.objectContaining({ parameter: 'theme' }));
});

test('the public space theme takes the street offences of each source and leaves homes and shops out', () => {
  const parents = ['fgj', 'sspdf', 'police-uk'].flatMap((scheme) =>
    Object.keys(labelsOf(scheme)).map((label) => [label, taxonomy.leafOf(scheme, label).code] as const),
  );
  const inside = taxonomy.subtree(
    taxonomy.themeOffences('espacio-publico'),
    parents.map(([, code]) => code),
  );
  const isIn = (label: string) => parents.some(([own, code]) => own === label && inside.has(code));
  for (const label of [
    ...[
      'ROBO A TRANSEUNTE EN VIA PUBLICA CON VIOLENCIA',
      'ROBO A PASAJERO A BORDO DE METRO SIN VIOLENCIA',
      'HOMICIDIO POR ARMA DE FUEGO',
    ],
    ...[
      'LESIONES INTENCIONALES POR GOLPES',
      'ROBO DE VEHICULO AUTOMOTOR C.V.',
      'Robbery',
      'Public order',
      'Vehicle crime',
    ],
  ]) {
    expect([label, isIn(label)]).toEqual([label, true]);
  }
  for (const label of [
    'ROBO A CASA HABITACION SIN VIOLENCIA',
    'VIOLENCIA FAMILIAR',
    'FRAUDE',
    'Burglary',
    'Shoplifting',
  ]) {
    expect([label, isIn(label)]).toEqual([label, false]);
  }
});

test('sexual offences, family violence, minors, suicide and abduction are sensitive', () => {
  for (const label of [
    'ABUSO SEXUAL',
    'VIOLENCIA FAMILIAR',
    'SUSTRACCIÓN DE MENORES',
    'PERDIDA DE LA VIDA POR SUICIDIO',
    'PLAGIO O SECUESTRO',
  ]) {
    expect([label, taxonomy.sensitivity(taxonomy.leafOf('fgj', label).code)]).not.toEqual([label, 'public']);
  }
});
