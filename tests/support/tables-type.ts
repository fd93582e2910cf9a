// Reads the type `Tables` of server/db as text, with the parts it is made of: which tables, columns, types and nulls the
// code believes in.

import { readFileSync } from 'node:fs';

/** What a select answers. */
export type Column = { readonly type: string; readonly nullable: boolean };

const PARTS = { Tables: 'tables', TablesWritten: 'tables-written' } as const;

/** Tables by name, columns by name. Throws on a type it does not understand, rather than skip a column. */
export function readTables(): Record<string, Record<string, Column>> {
  return Object.assign(
    {},
    ...Object.entries(PARTS).map(([type, file]) =>
      parseTables(readFileSync(new URL(`../../server/db/${file}.ts`, import.meta.url), 'utf8'), type),
    ),
  );
}

function parseTables(source: string, name: string): Record<string, Record<string, Column>> {
  const text = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
  const aliases = new Map(
    [...text.matchAll(/^type (\w+) = (\{[^}]*\}|[^;]*);$/gm)].map(([, name, body]) => [name!, body!]),
  );
  const tables: Record<string, Record<string, Column>> = {};
  for (const [, table, mixin, body] of bodyOf(text, name).matchAll(/(\w+): (?:(\w+) & )?\{([^}]*)\}/g)) {
    const fields = `${mixin ? aliases.get(mixin) : ''};${body}`;
    tables[table!] = Object.fromEntries(
      [...fields.matchAll(/(\w+): ([^;{}]+)/g)].map(([, column, type]) => [column!, selected(type!.trim(), aliases)]),
    );
  }
  return tables;
}

function bodyOf(text: string, name: string): string {
  const start = text.search(new RegExp(`^export type ${name} = (\\w+ & )*\\{`, 'm'));
  if (start < 0) throw new Error(`no type ${name}`);
  return text.slice(text.indexOf('{', start) + 1, text.indexOf('\n};', start));
}

function selected(type: string, aliases: ReadonlyMap<string, string>): Column {
  const inner = /^ColumnType<([^,]+),|^Generated<(.+)>$/.exec(type);
  if (inner) return selected((inner[1] ?? inner[2]!).trim(), aliases);
  const parts = type.split('|').map((part) => part.trim());
  const nullable = parts.includes('null');
  const [first = '', ...others] = parts.filter((part) => part !== 'null');
  if ([first, ...others].every((part) => /^'.*'$/.test(part))) return { type: 'string', nullable };
  const alias = aliases.get(first);
  if (alias) return { ...selected(alias, aliases), ...(nullable ? { nullable } : {}) };
  if (first === 'LayerType') return { type: 'string', nullable };
  if (others.length === 0 && /^(string|number|boolean|unknown|Date|Buffer)(\[\])?$/.test(first))
    return { type: first, nullable };
  throw new Error(`cannot read the column type ${type}`);
}
