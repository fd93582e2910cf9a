// The layout and the seams of the code are as README and design say, so that a newcomer finds what the name promises.

import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { expect, test } from 'vitest';
import { settingsTable } from '../../server/config.ts';
import { ROOT, type SourceFile, sourcesIn, withoutComments } from '../support/sources.ts';

const SERVER = sourcesIn('server', ['.ts']);
const WEB = sourcesIn('web', ['.ts', '.tsx']);
const TESTS = sourcesIn('tests', ['.ts']);
const GEODATA = sourcesIn('geodata', ['.ts']);
const CODE = [...SERVER, ...WEB, ...TESTS, ...GEODATA];

const MOST_LINES = 400;
const TOP_LEVEL = ['geodata', 'server', 'sql', 'tests', 'web'];
/** Folders deeper than two, each with its reason. */
const DEEPER = [/^web\/help\/(es|en)$/];

/** Relative imports of a file as paths from the root; also those of dynamic imports, workers and types. */
function importsOf({ path, text }: SourceFile): string[] {
  const specifiers = withoutComments(text).matchAll(/\b(?:from|import|import\()\s*['"](\.{1,2}\/[^'"?]+)/g);
  return [...specifiers].map(([, specifier]) => posix.join(posix.dirname(path), specifier!));
}

/** The counting of the server, which a thread of the page does as well. */
const ANSWERS_ON_PAGE = 'server/columns/answer-here.ts';
/** Whether two counts differ is decided on the page by the very rule of the server. */
const JUDGES_ON_PAGE = 'server/statistics/poisson-change.ts';
/** What the page may take from the server besides. */
const KNOWN_TO_PAGE = /^server\/([\w-]+\/contract\.ts|(i18n|words)\/.*)$/;

test('the page takes only contracts and words from the server', () => {
  const trespasses = WEB.flatMap((file) =>
    importsOf(file)
      .filter(
        (path) =>
          path.startsWith('server/') && !KNOWN_TO_PAGE.test(path) && ![ANSWERS_ON_PAGE, JUDGES_ON_PAGE].includes(path),
      )
      .map((path) => `${file.path} → ${path}`),
  );
  expect(trespasses).toEqual([]);
});

test('what answers on the page as on the server, and all it stands on, knows neither Node nor the browser', () => {
  const byPath = new Map(SERVER.map((file) => [file.path, file]));
  const reached = new Set([ANSWERS_ON_PAGE]);
  for (const path of reached) {
    const text = withoutComments(byPath.get(path)!.text).replaceAll(/import type [^;]+;/g, '');
    for (const [, to] of text.matchAll(/from '(\.[^']+)'/g)) reached.add(posix.join(posix.dirname(path), to!));
    expect([path, /from 'node:|\bwindow\b|\bdocument\b/.test(text)]).toEqual([path, false]);
  }
  expect(reached.size).toBeGreaterThan(15);
});

test('contracts are pure: they know other contracts, the errors, the words, zod and i18next', () => {
  const contracts = SERVER.filter(({ path }) => path.endsWith('/contract.ts'));
  const relative = contracts.flatMap((file) => importsOf(file).map((path) => ({ file: file.path, path })));
  expect(
    relative.filter(({ path }) => !/^server\/(errors|[\w-]+\/contract|(i18n|words)\/[\w-]+)\.ts$/.test(path)),
  ).toEqual([]);
  const packages = contracts.flatMap(({ text }) => [...text.matchAll(/from '([^.'][^']*)'/g)].map(([, name]) => name));
  expect(packages.filter((name) => name !== 'zod' && name !== 'i18next')).toEqual([]);
  expect(contracts.length).toBeGreaterThan(2);
});

test('the server knows neither the page nor the tests', () => {
  const outside = SERVER.flatMap((file) =>
    importsOf(file)
      .filter((path) => /^(web|tests)\//.test(path))
      .map((path) => `${file.path} → ${path}`),
  );
  expect(outside).toEqual([]);
});

test('a name that is exported means one thing, in the server and in all that the page knows', () => {
  const exported = /^export (?:default )?(?:async )?(?:const|let|function\*?|class|type|interface|enum) (\w+)/gm;
  const twice = (files: readonly SourceFile[]) => {
    const places = Map.groupBy(
      files.flatMap(({ path, text }) => [...text.matchAll(exported)].map(([, name]) => ({ name: name!, path }))),
      ({ name }) => name,
    );
    expect(places.size).toBeGreaterThan(300);
    return [...places.values()].filter(({ length }) => length > 1).flat();
  };
  expect(twice(SERVER)).toEqual([]);
  expect(twice([...WEB, ...SERVER.filter(({ path }) => KNOWN_TO_PAGE.test(path))])).toEqual([]);
});

test('no file is longer than a reader holds in mind', () => {
  const styles = sourcesIn('web', ['.css']);
  const long = [...CODE, ...styles, ...sourcesIn('sql', ['.sql'])]
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > MOST_LINES);
  expect(long).toEqual([]);
});

test('every code file opens with a sentence that says what it is for', () => {
  const silent = CODE.filter(({ path, text }) => !path.endsWith('.d.ts') && !opensWithSentence(text, '//'));
  expect(silent.map(({ path }) => path)).toEqual([]);
  const sql = sourcesIn('sql', ['.sql']).filter(({ text }) => !opensWithSentence(text, '--'));
  expect(sql.map(({ path }) => path)).toEqual([]);
});

function opensWithSentence(text: string, mark: string): boolean {
  const lines = text.replace(/^#!.*\n/, '').split('\n');
  const end = lines.findIndex((line) => !line.startsWith(mark));
  const opening = lines.slice(0, end).map((line) => line.slice(mark.length).trim());
  return /^\S.*[.:](\s|$)/.test(opening.join(' '));
}

test('folders are two deep at most and stand where the design puts them', () => {
  expect(
    readdirSync(ROOT, { withFileTypes: true })
      .filter(isOurFolder)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(TOP_LEVEL);
  expect(folders().filter((path) => path.split('/').length > 2 && !DEEPER.some((known) => known.test(path)))).toEqual(
    [],
  );
});

test('no folder or file is a drawer for what found no name', () => {
  const drawer = /^(utils?|helpers?|services?|common|misc|lib)(\.tsx?)?$/;
  const names = [...folders(), ...CODE.map(({ path }) => path)].map((path) => posix.basename(path));
  expect(names.filter((name) => drawer.test(name))).toEqual([]);
});

function isOurFolder(entry: Dirent): boolean {
  return entry.isDirectory() && !entry.name.startsWith('.') && !['node_modules', 'dist'].includes(entry.name);
}

/** Every folder of the project below its top, as a path from the root. */
function folders(): string[] {
  return TOP_LEVEL.flatMap((top) =>
    readdirSync(join(ROOT, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/')),
  );
}

test('what is left to do stands in an issue, not in the code', () => {
  // Written in two parts so that this line does not find itself.
  const pattern = new RegExp(`\\b(${'TO'}DO|${'FIX'}ME|X{3}|${'HA'}CK)\\b`);
  expect(CODE.filter(({ text }) => pattern.test(text)).map(({ path }) => path)).toEqual([]);
});

test('no path of somebody’s machine is written into a file', () => {
  const pattern = /\/(home|Users|work|tmp)\/[a-z]/;
  const allowed = ({ path }: SourceFile) => path === 'tests/pure/house-rules.test.ts';
  expect(CODE.filter((file) => !allowed(file) && pattern.test(file.text)).map(({ path }) => path)).toEqual([]);
});

test('SETTINGS.md lists the settings there are', () => {
  expect(readFileSync(join(ROOT, 'SETTINGS.md'), 'utf8')).toContain(settingsTable());
});

test('the README is read in three minutes, and what pages and styles name is there', () => {
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8').trimEnd().split('\n').length).toBeLessThan(120);
  const pages = ['README.md', 'OPERATING.md', 'SETTINGS.md', 'MEASURED.md', 'server/README.md'];
  const named = [
    ...pages.flatMap((page) =>
      [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)#:]+)\)/g)].map(([, to]) =>
        posix.join(posix.dirname(page), to!),
      ),
    ),
    ...sourcesIn('web', ['.css']).flatMap(({ path, text }) =>
      [...text.matchAll(/url\('(\.[^']+)'\)/g)].map(([, to]) => posix.join(posix.dirname(path), to!)),
    ),
  ];
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('a file that a comment names is there', () => {
  const sql = sourcesIn('sql', ['.sql']);
  const paths = [...CODE, ...sql].map(({ path }) => `/${path}`);
  const comments = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|^--[^\n]*/gm;
  const named = [...CODE, ...sql].flatMap(({ path, text }) =>
    [...text.matchAll(comments)].flatMap(([comment]) =>
      [...comment.matchAll(/(?<![\w/*.-])(?:[\w-]+\/)*[\w-]+(?:\.(?:test|e2e))?\.tsx?\b/g)].map(([name]) => ({
        path,
        name,
      })),
    ),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(({ name }) => !paths.some((known) => known.endsWith(`/${name}`)))).toEqual([]);
});
