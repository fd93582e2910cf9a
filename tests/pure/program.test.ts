// A program is known by what it is made of, wherever it lies, and every answer is named by it.

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { nameOfAnswer, sha256OfFiles } from '../../server/db/program.ts';
import { sourcesIn } from '../support/sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'test-program-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the same files are the same program in every folder, and another once one changes, comes or is renamed', () => {
  const [here, there] = [join(folder, 'here'), join(folder, 'there')];
  mkdirSync(join(here, 'server/deep'), { recursive: true });
  writeFileSync(join(here, 'package.json'), '{"version":"1"}');
  writeFileSync(join(here, 'server/deep/rule.ts'), 'export const rule = 1;');
  cpSync(here, there, { recursive: true });
  const of = (root: string) => sha256OfFiles(root, ['package.json', 'server', 'not there']);
  const first = of(here);
  expect(of(there)).toBe(first);
  const seen = new Set([first]);
  for (const [name, content] of [
    ['server/deep/rule.ts', 'export const rule = 2;'],
    ['server/deep/more.ts', ''],
    ['package.json', '{"version":"2"}'],
  ] as const) {
    writeFileSync(join(there, name), content);
    seen.add(of(there));
  }
  expect(seen.size).toBe(4);
});

test('an answer has another name from another program, and the same from the same', () => {
  expect(nameOfAnswer(['counts', 7], 'program 1')).toBe(nameOfAnswer(['counts', 7], 'program 1'));
  expect(nameOfAnswer(['counts', 7], 'program 1')).not.toBe(nameOfAnswer(['counts', 7], 'program 2'));
  expect(nameOfAnswer(['counts', 7], 'program 1')).not.toBe(nameOfAnswer(['counts', 8], 'program 1'));
});

test('every ETag is made from such a name', () => {
  const tags = sourcesIn('server', ['.ts']).filter(({ text }) =>
    /\bETag\b|'etag'/.test(text.replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, '')),
  );
  expect(tags.length).toBeGreaterThan(2);
  expect(tags.filter(({ text }) => !text.includes('nameOfAnswer('))).toEqual([]);
});
