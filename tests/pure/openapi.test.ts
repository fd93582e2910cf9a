// The OpenAPI page against the routes there are: who writes a client from it must find every address.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openApi } from '../../server/openapi/page.ts';

type Operation = { readonly responses: Readonly<Record<string, { readonly content?: object }>> };
const { paths } = openApi() as { paths: Record<string, Record<string, Operation>> };
const server = join(import.meta.dirname, '../../server');

test.each(['boundaries/routes.ts', 'boundaries/version-routes.ts'])('every route of %s is described', (file) => {
  const source = readFileSync(join(server, file), 'utf8');
  const routes = [...source.matchAll(/routes\.(get|post|put|delete)\(\s*'([^']+)'/g)].map(
    ([, method, path]) => `${method} ${path!.replaceAll(/:(\w+)/g, '{$1}')}`,
  );
  expect(routes.length).toBeGreaterThan(5);
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(routes.filter((route) => !described.includes(route))).toEqual([]);
});

test('what a preview takes and what stops it are told by their names', () => {
  const text = JSON.stringify(paths['/{jurisdiction}/uploads/{id}/preview']);
  for (const word of ['swapAxes', 'sourceLayer', 'only', 'axes-swapped', 'unmatchedRows']) expect(text).toContain(word);
  expect(paths['/{jurisdiction}/layers/{layer}']!.delete!.responses['204']!.content).toBeUndefined();
});

test('every choice of an import is told with what it answers', () => {
  const text = JSON.stringify(paths['/{jurisdiction}/imports/{id}']!.put);
  for (const choice of ['dateOrder', 'times', 'numbers', 'offence', 'idRule', 'confirmPoints', 'sheet', 'map'])
    expect(text).toMatch(new RegExp(`"${choice}":\\{[^{]*(\\{.*?)?"description":"[^"]{20,}`));
  for (const question of ['quantity', 'unread-dates', 'sheets', 'ids', 'points']) expect(text).toContain(question);
  expect(Object.keys(paths['/{jurisdiction}/presets/{name}']!)).toEqual(['put', 'delete']);
});
