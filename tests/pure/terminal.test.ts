// What the command line says without a database: its language, lines to be copied, and what it makes of a header.

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { terminalEn } from '../../server/i18n/en-terminal.ts';
import { terminalEs } from '../../server/i18n/es-terminal.ts';
import { reasonIn } from '../../server/i18n/reasons.ts';
import { openSpeech, printable, terminalLanguage } from '../../server/i18n/speech.ts';
import { terminalReasonIn } from '../../server/i18n/terminal-reasons.ts';
import type { DetectedColumn } from '../../server/imports/contract.ts';
import { openFindings } from '../../server/mapfiles/findings.ts';
import { answersTo } from '../../server/terminal/answers.ts';
import { guessFields, withNames } from '../../server/terminal/header.ts';
import { commandLine, shellWord, withOptions } from '../../server/terminal/shell.ts';
import { tellFeeds } from '../../server/terminal/tell-installation.ts';
import { listed, namesIn } from '../../server/text/choices.ts';

test('the language is the one asked for, else that of the terminal, else Spanish', () => {
  expect(terminalLanguage(['check', '--language', 'en'], { LANG: 'es_MX.UTF-8' })).toBe('en');
  expect(terminalLanguage(['check', '--language=es'], { LANG: 'en_US.UTF-8' })).toBe('es');
  for (const [env, language] of [
    [{ LANG: 'en_GB.UTF-8' }, 'en'],
    [{ LANG: 'en' }, 'en'],
    [{ LANG: 'es_MX.UTF-8' }, 'es'],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'es_MX.UTF-8' }, 'es'],
    [{ LANG: 'es_MX', LC_ALL: '', LC_MESSAGES: 'en_US' }, 'en'],
    [{ LANG: 'C.UTF-8' }, 'es'],
    [{ LANG: 'enm_XX' }, 'es'],
    [{}, 'es'],
  ] as const)
    expect([env, terminalLanguage(['check'], env)]).toEqual([env, language]);
});

test('both languages name the same values in every sentence', () => {
  const values = (text: string) => [...text.matchAll(/\{\{\w+\}\}/g)].map(String).sort();
  for (const [key, text] of Object.entries(terminalEs))
    expect([key, values(terminalEn[key as keyof typeof terminalEs])]).toEqual([key, values(text)]);
});

test('figures are written as the language does', () => {
  expect(openSpeech('es').int(1234567)).toBe('1,234,567');
  expect(openSpeech('es').say('unlocated', { n: '12' })).toBe('Sin coordenadas utilizables: 12.');
  expect(openSpeech('en').note({ code: 'nul-bytes', count: 1200, example: null })).toMatch(/: 1,200$/);
});

test('examples that are points or places are not written', () => {
  const { note } = openSpeech('es');
  for (const code of ['coordinates-far', 'axes-swapped', 'place-unknown', 'neighbourhood-unknown'])
    expect(note({ code, count: 3, example: '19.43, -99.13 CALLE' })).toMatch(/: 3$/);
  expect(note({ code: 'offence-unknown', count: 3, example: 'ROBO RARO' })).toContain('ROBO RARO');
});

test('what a file holds cannot steer the terminal it is shown on', () => {
  expect(printable('  - Delito \u001b[2J\u001b]0;x\u0007\r\u009b1m\u007f')).toBe(
    '  - Delito \ufffd[2J\ufffd]0;x\ufffd\ufffd\ufffd1m\ufffd',
  );
  expect(printable('año «n.º 5»\n\tÑandú 🚲')).toBe('año «n.º 5»\n\tÑandú 🚲');
});

test('what only the command line refuses is told in Spanish', () => {
  for (const [english, spanish] of [
    ['no saved reading mía (there are: otra)', 'no existe la lectura guardada mía (hay: otra)'],
    [
      'the file looks like sspdf, but no column says the offence: say --offence LABEL',
      'el archivo parece de sspdf, pero ninguna columna dice el delito: indíquelo con --offence ETIQUETA',
    ],
    ['--numbers comma|point (the decimal mark)', '--numbers comma|point (coma o punto decimal)'],
    ['no removed version 2 of colonias', 'no existe la versión 2 quitada de colonias'],
    ['this is not a whole backup of Cuadra: it is cut', 'no es un respaldo completo de Cuadra: it is cut'],
  ] as const)
    expect([english, reasonIn('es', terminalReasonIn('es', english))]).toEqual([english, spanish]);
});

test.runIf(process.platform !== 'win32')('a shell hands on every word of a line as it is', () => {
  const words = [
    ...['Fecha del hecho=date', "Delito d'agresión=offence", 'a"b', '$HOME', '`id`', '!x', 'a\\b', 'ñandú', '~', '*'],
    ...['', ' ', '-x', 'a\nb', '#', 'a=b', '=ls', 'x;y', '(z)', '{a,b}', '%PATH%', 'plain.csv', 'de/otra\tcosa'],
  ];
  const line = words.map((word) => shellWord(word)).join(' ');
  const said = execFileSync('sh', ['-c', `for word in ${line}; do printf '%s\\0' "$word"; done`], { encoding: 'utf8' });
  expect(said.split('\0').slice(0, -1)).toEqual(words);
  expect(commandLine(['import', 'incidents', 'a.csv'])).toBe('npm run cuadra -- import incidents a.csv');
});

test('for Windows a word with spaces or quotes stands in double quotes', () => {
  expect(shellWord('Fecha del hecho=date', 'win32')).toBe('"Fecha del hecho=date"');
  expect(shellWord('a "b" c', 'win32')).toBe('"a \\"b\\" c"');
  expect(shellWord('D:\\mis datos\\', 'win32')).toBe('"D:\\mis datos\\\\"');
});

test('an answer takes the place of the option it answers, and columns add up', () => {
  const argv = [
    'import',
    'incidents',
    'a.csv',
    '--preset',
    'sspdf',
    '--map',
    'x=date',
    '--date-order=dmy',
    '--confirm',
  ];
  expect(
    withOptions(argv, [
      ['--preset', 'generic'],
      ['--map', 'y=offence'],
      ['--date-order', 'mdy'],
    ]),
  ).toEqual([
    ...['import', 'incidents', 'a.csv', '--map', 'x=date', '--confirm'],
    ...['--preset', 'generic', '--map', 'y=offence', '--date-order', 'mdy'],
  ]);
  expect(withOptions(argv, [['--confirm']]).filter((word) => word === '--confirm')).toHaveLength(1);
});

test('a refusal that lists what there is comes with an option for each', () => {
  for (const [reason, options] of [
    [
      'which column holds the residents? pob 1, pob2',
      [
        ['--population', 'pob 1'],
        ['--population', 'pob2'],
      ],
    ],
    ['give the year of the residents: pob:YEAR', [['--population', 'pob:YEAR']]],
    [
      'two columns fit, to different areas: --code "a b" (4) or --name "c" (3) of 4 rows; say which',
      [
        ['--code', 'a b'],
        ['--name', 'c'],
      ],
    ],
    [
      'the file holds several layers, name one: calles, manzanas',
      [
        ['--source-layer', 'calles'],
        ['--source-layer', 'manzanas'],
      ],
    ],
    [
      'several municipalities are called Juárez, say which: 08037 Juárez (Chihuahua), 19031 Juárez (Nuevo León)',
      [
        ['--area', '08037'],
        ['--area', '19031'],
      ],
    ],
    [
      '2 records without an id would stand beside 3 that are stored and not in the file, from 2024-01-01 until 2024-02-01; replace that period, or confirm that they are others',
      [['--confirm']],
    ],
    ['12 of 40 records of 2024-01 are not in the file; confirm to let them go', [['--confirm']]],
    [
      'does a row stand for several cases? column n x counts 9 in the first 3 rows; say --map "n x=quantity" to count them so, or --map "n x=discard" to count each row once',
      [
        ['--map', 'n x=quantity'],
        ['--map', 'n x=discard'],
      ],
    ],
    [
      'no column has a different value in every row, name one or let them be numbered (--numbered): nombre, tipo',
      [['--numbered'], ['--code', 'nombre'], ['--code', 'tipo']],
    ],
    ['the features have no columns, so no code: they can be numbered (--numbered)', [['--numbered']]],
    ['the file is empty', []],
  ] as const)
    expect([reason, answersTo(reason)]).toEqual([reason, options]);
});

test('names with commas and quotes in them come back whole', () => {
  for (const names of [
    ['uno', 'dos'],
    ['Robo, con violencia', 'otro'],
    ['"a", b', 'c, ', 'd'],
    ['a,b', 'x ,y', 'n\nm, o'],
  ]) {
    expect(namesIn(listed(names))).toEqual(names);
    expect(answersTo(`the archive holds several layers, name one: ${listed(names)}`)).toEqual(
      names.map((name) => ['--source-layer', name]),
    );
  }
  expect(listed(['uno', 'dos'])).toBe('uno, dos');
});

const column = (name: string, ...samples: string[]): DetectedColumn => ({
  name,
  field: null,
  personal: false,
  samples,
});

test('columns are guessed by their names and what they hold', () => {
  const guessed = guessFields([
    column('Nr.', '1', '2'),
    column('Registrado el', '2024-02-01', '2024-02-02'),
    column('Día en que ocurrió', '2024-01-05', '2024-01-09'),
    column('A qué hora', '08:10', '21:00'),
    column('Clave de conducta', 'A1', 'B2'),
    column('Qué conducta', 'Robo', 'Riña'),
    column('Dirección', 'Calle 5 núm. 3'),
    column('pos_x', '-99.1', '-99.2'),
    column('pos_y', '19.4', '19.5'),
  ]);
  expect(Object.fromEntries(guessed)).toEqual({
    date: 'Día en que ocurrió',
    time: 'A qué hora',
    offence: 'Qué conducta',
    lon: 'pos_x',
    lat: 'pos_y',
  });
});

test('nothing is guessed from columns about persons, empty ones, or projected coordinates', () => {
  const guessed = guessFields([
    { ...column('Nombre de la víctima', 'X'), personal: true },
    column('fecha'),
    column('x', '485000', '486000'),
    column('y', '2145000', '2146000'),
    column('total', '3', '4'),
  ]);
  expect(guessed.size).toBe(0);
});

test('a column that is read for its name stands in the line to copy, whatever it holds', () => {
  const columns = [column('longitud', '999', '-99.1'), column('latitud', '999', '19.4'), column('fecha', '5/3?')];
  const read = withNames([...columns, column('hora'), column('otra', '7')], guessFields(columns));
  expect(Object.fromEntries(read)).toEqual({ lon: 'longitud', lat: 'latitud', date: 'fecha' });
});

test('gaps that were counted do not stand beside «no gaps were looked for», and nothing found beside a bare «not»', () => {
  const findings = openFindings();
  findings.add('gap', {}, 209);
  findings.add('overlap', {}, 12);
  findings.add('coverage-not-checked', { detail: 'overlap' });
  findings.add('coverage-not-checked', { detail: 'outside' });
  const told = (language: 'es' | 'en') => findings.notes().map((note) => openSpeech(language).note(note));
  expect(told('es')).toEqual([
    'Huecos entre áreas: 209',
    'Áreas encimadas: 12',
    'Por su tamaño no se buscaron todos los encimes: puede haber más',
    'Por su tamaño no se buscaron todas las partes fuera del municipio: puede haber más',
  ]);
  expect(told('en')[2]).toBe('Too large to look for all overlaps: there may be more');
});

test('the list of feeds says what a record is known again by, and what its dates and times mean where that was said', () => {
  const feed = { name: 'cad', source: 'c5', kind: 'call', preset: 'c5-911', createdAt: '2024-05-06T12:00:00Z' };
  const plain = { ...feed, dateOrder: null, times: null, idRule: null };
  const [told, other] = tellFeeds(openSpeech('es'), {
    feeds: [plain, { ...feed, dateOrder: 'mdy', times: 'utc', idRule: 'id+month' }],
  });
  expect(told).toMatch(/^cad: .*; un registro se reconoce por su folio$/);
  expect(other).toMatch(/; un registro se reconoce por su folio dentro del mes; fechas mdy; horas utc$/);
});
