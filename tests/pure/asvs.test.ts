// The list of what was checked against ASVS names tests and files that are there, each item once.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/sources.ts';

const text = readFileSync(join(ROOT, 'server/accounts/ASVS.md'), 'utf8');
const rows = text.split('\n').filter((line) => /^\| \d/.test(line));

test('every test and file the list names is there, and no item stands in it twice', () => {
  expect(rows.length).toBeGreaterThan(40);
  const named = [...text.matchAll(/`((?:tests|web)\/[\w./-]+|[a-z]+\/[\w-]+\.ts|OPERATING\.md)`/g)].map(
    ([, path]) => path!,
  );
  expect(named.length).toBeGreaterThan(60);
  const isThere = (path: string) => [path, `server/${path}`].some((each) => existsSync(join(ROOT, each)));
  expect([...new Set(named)].filter((path) => !isThere(path))).toEqual([]);
  const items = rows.flatMap((row) => row.split('|')[1]!.match(/\d+\.\d+\.\d+/g)!);
  expect(items.filter((item, i) => items.indexOf(item) !== i)).toEqual([]);
});
