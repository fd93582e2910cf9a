// The OpenAPI page against the routes there are: who writes a client from it must find every address.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openApi } from '../../server/openapi/page.ts';

type Operation = { readonly responses: Readonly<Record<string, { readonly content?: object }>> };
const { paths } = openApi() as { paths: Record<string, Record<string, Operation>> };
const server = join(import.meta.dirname, '../../server');

const ROUTE_FILES = [...globSync('**/*routes.ts', { cwd: server }), 'counts/events.ts'];

/** Beside the API: its TileJSON and tiles. */
const OF_MAPS = ['tiles/routes.ts'];

test.each(ROUTE_FILES.filter((file) => !OF_MAPS.includes(file)))('every address of %s is described', (file) => {
  const source = readFileSync(join(server, file), 'utf8');
  const methods = source.matchAll(/\broutes\s*\.(get|post|put|delete|route)\(\s*(['`])(\/[^'`]*)\2/g);
  const found = [...methods].map(([, method, , path]) => ({ method, path: path!.replaceAll(/:(\w+)/g, '{$1}') }));
  expect(found.length).toBeGreaterThan(0);
  // Tiles are for map programs, which are told their address.
  const isTile = (path: string) => path.includes('{z}/{x}/{y}');
  const isDescribed = ({ method, path }: (typeof found)[number]) =>
    Object.entries(paths).some(
      ([known, operations]) => matches(path, known) && (method === 'route' || Object.hasOwn(operations, method!)),
    );
  expect(found.filter((route) => !isTile(route.path) && !isDescribed(route))).toEqual([]);
});

/** `${…}` in a path stands for whatever the code puts there. */
function matches(path: string, known: string): boolean {
  const parts = path.split(/\$\{[^}]*\}/).map((part) => part.replaceAll(/[.*+?^$()|[\]\\{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('[\\w.-]+')}$`).test(known);
}

test('what a preview takes and what stops it are told by their names', () => {
  const text = JSON.stringify(paths['/{jurisdiction}/uploads/{id}/preview']);
  for (const word of ['swapAxes', 'sourceLayer', 'only', 'axes-swapped', 'unmatchedRows']) expect(text).toContain(word);
  expect(paths['/{jurisdiction}/layers/{layer}']!.delete!.responses['204']!.content).toBeUndefined();
});

test('what a file that waits looks like is described, and so is why a record of a feed is rejected', () => {
  const waiting = JSON.stringify(paths['/{jurisdiction}/imports/{id}']!.get);
  for (const word of ['looksLike', 'personal', 'headerLine', 'fraction']) expect(waiting).toContain(word);
  expect(JSON.stringify(paths['/{jurisdiction}/incidents']!.post)).toContain('Accept-Language');
});

test('every choice of an import is told with what it answers', () => {
  const text = JSON.stringify(paths['/{jurisdiction}/imports/{id}']!.put);
  for (const choice of ['dateOrder', 'times', 'numbers', 'offence', 'idRule', 'confirmPoints', 'sheet', 'map'])
    expect(text).toMatch(new RegExp(`"${choice}":\\{[^{]*(\\{.*?)?"description":"[^"]{20,}`));
  for (const question of ['quantity', 'unread-dates', 'sheets', 'ids', 'points', 'overlap'])
    expect(text).toContain(question);
  expect(Object.keys(paths['/{jurisdiction}/presets/{name}']!)).toEqual(['put', 'delete']);
});
