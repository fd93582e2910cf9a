// What a stranger may send: values of every wrong kind, drawn by a seeded hand, and every route there is to send them to.

import type { Express } from 'express';

export type Random = () => number;
export type Route = { readonly method: string; readonly path: string };

/** One of them. */
export const draw = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

/** As texts in an address or a body. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\0',
  'areas\0',
  'a'.repeat(5000),
  '-1',
  '0',
  '00',
  '1e308',
  '-1e309',
  'NaN',
  'Infinity',
  '2147483648',
  '9223372036854775808',
  '99999999999999999999999999',
  '0x10',
  '1.5',
  '١٢',
  'areas@99999999999',
  'areas@-1',
  'areas@abc',
  'areas@0',
  'areas@1@1',
  'areas:#9223372036854775808',
  'areas:#-1',
  'areas:#99999999999999999999',
  'areas@2147483648:A',
  'areas:\0',
  'areas:',
  ':',
  '#',
  '@',
  '../../../../etc/passwd',
  '..%2f..%2fetc/passwd',
  '%00',
  '%zz',
  '\r\nX-Injected: 1',
  "'; drop table incident; --",
  "' or 1=1 --",
  '{}',
  '[]',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  'toString',
  '\u202e\u0000\ufeff',
  '\ud800',
  '𝕏'.repeat(50),
  'poly:',
  'poly:0,0;1,1',
  'poly:1e308,1e308;0,0;1,1;1e308,1e308',
  'poly:NaN,NaN;1,1;2,2',
  'poly:0,0;10,10;0,10;10,0',
  `poly:${'0,0;'.repeat(600)}1,1`,
  'poly:0,0;0,0;0,0;0,0',
  '2023-02-30',
  '2023-13-01',
  '0000-01-01',
  '0001-01-01',
  '9999-12-31',
  '99999-01-01',
  '-2023-01-01',
  '2024-01-01T00:00:00Z',
  '9999-12-31_999999999999999',
  '0001-01-01_0',
  '2024-01-01_9223372036854775808',
  '1,2,3,4,5,6,7,8,9',
  Array.from({ length: 2000 }, (_, i) => `x${i}`).join(','),
  '25-26',
  '-1-5',
  '0-0',
  '5-5',
  '8,9,0',
  '-180,-90,180,90',
  '0,0,1e-300,1e-300',
  '-99.2,19.3,-99.1,19.4',
  'NaN,NaN,NaN,NaN',
  '<script>alert(1)</script>',
  '$(id)',
  '{{7*7}}',
];

/** As values of a JSON body. */
export const HOSTILE_VALUES: readonly unknown[] = [
  ...HOSTILE_TEXTS,
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  2 ** 31,
  2 ** 53,
  1e21,
  [],
  {},
  [null],
  [[[[]]]],
  { $gt: '' },
  { toString: 'x' },
  Array.from({ length: 3000 }, () => 0),
  Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k\0${i}`, i])),
  JSON.parse('{"__proto__": {"polluted": true}}'),
];

/** Whole bodies that are no body. */
export const HOSTILE_BODIES: readonly string[] = [
  '',
  '{',
  '[1,',
  'null',
  '"text"',
  '12',
  '\0',
  '{"a":1}{"b":2}',
  '{"version":1e999}',
  '{"__proto__":{"x":1},"constructor":{"prototype":{"y":1}}}',
  `${'['.repeat(15_000)}${']'.repeat(15_000)}`,
  `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`,
  `"${'x'.repeat(70_000)}"`,
  '{"name":"\\ud800","within":"\\u0000"}',
  '\ufeff{}',
];

export const CONTENT_TYPES: readonly string[] = [
  'application/json',
  'application/json; charset=utf-16',
  'application/json; charset=nonsense',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  ';;;',
];

type Layer = {
  readonly route?: {
    readonly path: string | readonly string[];
    readonly stack: readonly { readonly method: string }[];
  };
  readonly handle: { readonly stack?: readonly Layer[] };
  /** Where it is mounted. */
  readonly rawPath: string;
};

/** Every route of the application, read from Express itself. */
export function routesOf(app: Express): Route[] {
  const found: Route[] = [];
  const walk = (stack: readonly Layer[], prefix: string) => {
    for (const layer of stack) {
      const { route } = layer;
      for (const path of route ? [route.path].flat() : [])
        for (const method of new Set(route!.stack.map((each) => each.method.toUpperCase())))
          found.push({ method, path: prefix + path });
      if (layer.handle.stack) walk(layer.handle.stack, prefix + layer.rawPath.replace(/\/$/, ''));
    }
  };
  walk((app as unknown as { router: { stack: readonly Layer[] } }).router.stack, '');
  return found;
}

type Schema = {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly format?: string;
};

/** A value a JSON schema may let in; `known` knows better for some names. */
export function sampleOf(schema: Schema, known: Readonly<Record<string, unknown>>, name = ''): unknown {
  if (name in known) return known[name];
  if (schema.enum) return schema.enum[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.properties)
    return Object.fromEntries(Object.entries(schema.properties).map(([key, of]) => [key, sampleOf(of, known, key)]));
  const type = [schema.type].flat()[0];
  if (type === 'array') return schema.items ? [sampleOf(schema.items, known)] : [];
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return true;
  if (type === 'object') return {};
  return schema.format === 'date' ? '2024-01-01' : 'x';
}

/** The body with one value somewhere in it, or a new one, replaced by a hostile one. */
export function spoiled(body: unknown, random: Random): unknown {
  if (typeof body !== 'object' || body === null || random() < 0.1) return draw(random, HOSTILE_VALUES);
  if (Array.isArray(body)) {
    const at = Math.floor(random() * body.length);
    return body.length ? body.with(at, spoiled(body[at], random)) : [draw(random, HOSTILE_VALUES)];
  }
  const copy: Record<string, unknown> = { ...body };
  const keys = Object.keys(copy);
  const key = keys.length && random() < 0.9 ? draw(random, keys) : draw(random, ['x', '__proto__', '\0', 'id']);
  if (random() < 0.1) delete copy[key];
  else Object.defineProperty(copy, key, { value: spoiled(copy[key], random), enumerable: true, configurable: true });
  return copy;
}

/** A file or form with some bytes turned, cut, doubled or replaced by what confuses its reader. */
export function mangled(bytes: Buffer, random: Random): Buffer {
  const at = Math.floor(random() * bytes.length);
  const insert = (text: string) => Buffer.concat([bytes.subarray(0, at), Buffer.from(text), bytes.subarray(at)]);
  switch (Math.floor(random() * 6)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return insert(
        draw(random, ['\0', '\ud800', '"', '1e308', '[[[[', '{}', '\r\n--frontera', '<!DOCTYPE x>', ',,,,,']),
      );
    case 2: {
      const copy = Buffer.from(bytes);
      for (let i = 0; i < 5 && copy.length; i++) copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
      return copy;
    }
    case 3:
      return Buffer.concat([bytes, bytes.subarray(at)]);
    case 4:
      return Buffer.from(
        bytes.toString('latin1').replaceAll(/\d+\.\d+/g, () => draw(random, ['1e308', '-1', 'NaN', '19.4'])),
        'latin1',
      );
    default:
      return Buffer.from(
        bytes
          .toString('latin1')
          .replace(/Polygon|Feature\b|WKT|fecha/i, () => draw(random, ['GeometryCollection', 'Point', '\0', ''])),
        'latin1',
      );
  }
}
