// Refusals in Spanish down to the words of the programs that read the files.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reasonIn } from '../../server/i18n/reasons.ts';
import { terminalReasonIn } from '../../server/i18n/terminal-reasons.ts';

const SERVER = join(import.meta.dirname, '../../server');

test.each([
  [
    'the archive cannot be read: End of central directory record signature not found. Either not a zip file, or file is truncated.',
    'el archivo no se puede abrir como zip ni como libro de Excel: está incompleto, o no es lo que dice su nombre',
  ],
  [
    'the archive cannot be read: invalid central directory file header signature: 0x1',
    'el archivo no se puede abrir como zip ni como libro de Excel: su índice está dañado (0x1)',
  ],
  [
    'the archive cannot be read: unsupported compression method: 97',
    'el archivo no se puede abrir como zip ni como libro de Excel: está comprimido de una forma que no se puede leer (97)',
  ],
  [
    'the archive cannot be read: invalid relative path: ../../a.geojson',
    'el archivo no se puede abrir como zip ni como libro de Excel: contiene un nombre que sale de su carpeta (../../a.geojson)',
  ],
  [
    'the archive cannot be read: not enough bytes in the stream. expected 9. got only 4',
    'el archivo no se puede abrir como zip ni como libro de Excel: está incompleto: trae menos de lo que dice',
  ],
  [
    'no column for offence with preset generic; the columns are: a, b; where every row is the same offence, say --offence LABEL',
    'falta la columna de offence para el formato generic; las columnas son: a, b; si todos los renglones son del mismo delito, indíquelo con --offence ETIQUETA',
  ],
  ['more than 5000 labels', 'ya hay 5000 etiquetas; no caben más'],
  ['the archive holds no calles.shp', 'el archivo comprimido no contiene calles.shp'],
  [
    'the archive holds no CSV, TSV or XLSX file, nor GeoJSON',
    'el zip no contiene ningún archivo CSV, TSV o XLSX, ni GeoJSON',
  ],
  [
    'the file cannot be read as map data: At line 1, character 756: Unterminated object',
    'el archivo no se puede leer como mapa: está cortado o mal formado en el renglón 1, carácter 756 (un objeto no termina)',
  ],
  ['the layer luces holds only points, not areas', 'la capa luces contiene solo puntos, no áreas'],
  ['plano.jpg is a picture or a document, not map data', 'plano.jpg es una imagen o un documento, no un mapa'],
  [
    'the file cannot be read as map data: PROJ: proj_create_from_database: crs not found',
    'el archivo no se puede leer como mapa: no se conoce ese sistema de referencia (no existe)',
  ],
])('%s', (english, spanish) => {
  expect(reasonIn('es', english)).toBe(spanish);
  expect(reasonIn('en', english)).toBe(english);
});

test.each([
  ['Too big: expected string to have <=200 characters', 'es demasiado largo: 200 caracteres como máximo'],
  ['Unrecognized key: "colour"', 'no existe "colour"'],
  ['Invalid option: expected one of "dmy"|"mdy"', 'no es uno de "dmy"|"mdy"'],
])('%s, as the parser of bodies says it', (english, spanish) => {
  expect(reasonIn('es', english)).toBe(spanish);
});

test('what is named in a refusal is left as it is', () => {
  expect(reasonIn('es', 'cerro.geojson is empty')).toBe('cerro.geojson está vacío');
});

/** Folders whose refusals a command can meet, and what only a program that asks the API does. */
const OF_COMMANDS =
  `access/jurisdictions backup/ basemap/ commands/ db/open db/control files/ imports/saved layers/ mapfiles/ publishing/
  streets/ geometry/ protection/`.split(/\s+/);
const OF_ROUTES = /routes\.ts$|^(layers\/history|publishing\/(preview|publish)|files\/uploads)\.ts$/;

test('what a command refuses is said in Spanish', () => {
  const files = globSync('**/*.ts', { cwd: SERVER }).filter(
    (file) => OF_COMMANDS.some((start) => file.startsWith(start)) && !OF_ROUTES.test(file),
  );
  const thrown = files.flatMap((file) => refusalsIn(readFileSync(join(SERVER, file), 'utf8')));
  expect(thrown.length).toBeGreaterThan(60);
  const left = thrown.filter((english) => reasonIn('es', terminalReasonIn('es', english)) === english);
  const alike = /^--[a-z-]+ \S+$/; // an option and what it may be, the same in both languages
  const ofTheApi = ['no such jurisdiction', 'no such saved preset'];
  expect(left.filter((english) => !alike.test(english) && !ofTheApi.includes(english))).toEqual([]);
});

/** Met by whoever starts the server or types a command, never by the page or a program. */
const OF_OPERATORS =
  /^(backup|commands|db)\/|^basemap\/(archive|store)\.ts$|^(cli|config|main)\.ts$|^feeds\/keys\.ts$|^protection\/(import-file|layers-file|store-edition)\.ts$/;

test('what the API refuses is said in Spanish', () => {
  const files = globSync('**/*.ts', { cwd: SERVER }).filter((file) => !OF_OPERATORS.test(file));
  const said = files.flatMap((file) => {
    const code = readFileSync(join(SERVER, file), 'utf8');
    const checks = code.matchAll(
      /addIssue\('([^'\n]+)'\)|\.(?:regex|refine)\([^'`\n]*'([^'\n]+)'|message: '([^'\n]+)'/g,
    );
    const sentences = [...checks].map(([, issue, check, message]) => (issue ?? check ?? message)!);
    return [...refusalsIn(code), ...sentences.filter((each) => /[a-z]{2} /.test(each))].map((each) => ({ file, each }));
  });
  expect(said.length).toBeGreaterThan(150);
  // Files of their own machine, which only commands name with their path.
  const ofCommands = ['cannot be opened (7): 7', 'not a file: 7', '7 or COLUMN=VALUE', 'no 7version 7 of 7'];
  expect(said.filter(({ each }) => reasonIn('es', each) === each && !ofCommands.includes(each))).toEqual([]);
});

/** Sentences that stand whole in the throwing line, each value in them as `7`. */
function refusalsIn(code: string): string[] {
  const thrown = code.matchAll(
    /new (?:BadInput|BadRequest|NotFound|NotAllowed|Conflict|Busy|TooLarge|TooMany|NoRoom|Unavailable|Outdated|CannotStart)\(\s*(?:(?:'[\w.-]*'|[\w.]+),\s*)?(?:'([^'\n]+)'|`([^`\n]+)`)/g,
  );
  return [...thrown].flatMap(([, plain, filled]) => {
    const english = plain ?? filled!.replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '7');
    return /[a-z]{2} /.test(english) && !english.includes('${') ? [english] : [];
  });
}
