// The schema keeps the rules that let the same tables run on one machine and spread over many by jurisdiction.

import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import type { Database } from '../../server/db/open.ts';
import { KEY, LOCAL_TABLES, TABLE_CLASSES, tablesOf } from '../../server/db/table-classes.ts';
import { openTestDatabase } from '../support/database.ts';
import { type Column, readTables } from '../support/tables-type.ts';

type Constraint = {
  readonly name: string;
  readonly table: string;
  readonly type: 'p' | 'u' | 'f' | 'x' | 'c' | 'i';
  readonly columns: readonly string[];
  readonly target: string | null;
  readonly targetColumns: readonly string[];
  readonly onDelete: string;
  readonly onUpdate: string;
};

let database: Database;
let columns: Map<string, Map<string, Column & { readonly generator: string }>>;
let constraints: readonly Constraint[];

beforeAll(async () => {
  database = await openTestDatabase();
  columns = await readColumns();
  constraints = await readConstraints();
});

const distributed = () => tablesOf('distributed');

test('every table has a class: how it lies when the database is spread over several machines', () => {
  const ours = [...columns.keys()].filter((table) => !LOCAL_TABLES.includes(table));
  expect(Object.keys(TABLE_CLASSES).sort()).toEqual(ours.sort());
  expect(tablesOf('reference')).toEqual(['jurisdiction']);
});

test('every table of the database is written down in server/db/tables.ts, with its columns, types and nulls', () => {
  const written = readTables();
  const live = Object.fromEntries(
    [...columns]
      .filter(([table]) => !LOCAL_TABLES.includes(table))
      .map(([table, of]) => [
        table,
        Object.fromEntries([...of].map(([name, { type, nullable }]) => [name, { type, nullable }])),
      ]),
  );
  expect(written).toEqual(live);
});

test('the key of the jurisdiction is the first column of every tenant table and never null', () => {
  const first = distributed().map((table) => [
    table,
    [...columns.get(table)!.keys()][0],
    columns.get(table)!.get(KEY)?.nullable,
  ]);
  expect(first).toEqual(distributed().map((table) => [table, KEY, false]));
  expect(distributed().length).toBeGreaterThan(8);
});

test('every tenant table has a primary key', () => {
  const withKey = constraints.filter((constraint) => constraint.type === 'p').map((constraint) => constraint.table);
  expect(distributed().filter((table) => !withKey.includes(table))).toEqual([]);
});

test('every primary key, unique key and unique index of a tenant table begins with the jurisdiction', () => {
  const unique = constraints.filter(({ type, table }) => 'pui'.includes(type) && distributed().includes(table));
  expect(unique.filter(({ columns: [first] }) => first !== KEY)).toEqual([]);
  expect(unique.length).toBeGreaterThan(distributed().length);
});

test('every foreign key begins with the jurisdiction on both sides and stays inside one', () => {
  const foreign = constraints.filter(({ type }) => type === 'f');
  const wrong = foreign.filter(({ columns: from, targetColumns: to }) => from[0] !== KEY || to[0] !== KEY);
  expect(wrong).toEqual([]);
  expect(foreign.filter(({ table }) => !distributed().includes(table))).toEqual([]);
});

test('foreign keys carry names of their own, so that a later step can drop and add them', () => {
  expect(constraints.filter(({ type, name }) => type === 'f' && name.endsWith('_fkey'))).toEqual([]);
});

test('no foreign key sets part of a key to null or to a default', () => {
  const setting = constraints.filter(({ onDelete, onUpdate }) => /[nd]/.test(onDelete + onUpdate));
  expect(setting).toEqual([]);
});

test('there are no exclusion constraints', () => {
  expect(constraints.filter(({ type }) => type === 'x')).toEqual([]);
});

test('no column takes its value from a sequence', () => {
  const sequenced = [...columns].flatMap(([table, of]) =>
    [...of].filter(([, { generator }]) => generator !== '').map(([name]) => `${table}.${name}`),
  );
  expect(sequenced).toEqual([]);
});

test('there are no triggers and no rules', async () => {
  const found = await sql<{ name: string }>`
    select tgname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
    union all
    select rulename from pg_rewrite r join pg_class c on c.oid = r.ev_class
    where c.relnamespace = 'public'::regnamespace and c.relkind <> 'v'`.execute(database.db);
  expect(found.rows).toEqual([]);
});

test('the lint sees a table that breaks the rules', async () => {
  class Undo extends Error {}
  const attempt = database.db.transaction().execute(async (trx) => {
    await sql`create table badly_made (id serial primary key, ${sql.ref(KEY)} int references jurisdiction on delete set null)`.execute(
      trx,
    );
    const of = await readColumns(trx);
    const badly = (await readConstraints(trx)).filter(({ table }) => table === 'badly_made');
    expect([...of.get('badly_made')!.keys()][0]).toBe('id');
    expect(of.get('badly_made')!.get('id')!.generator).toContain('nextval');
    expect(badly.find(({ type }) => type === 'p')?.columns).toEqual(['id']);
    expect(badly.find(({ type }) => type === 'f')).toMatchObject({
      onDelete: 'n',
      name: 'badly_made_jurisdiction_id_fkey',
    });
    throw new Undo();
  });
  await expect(attempt).rejects.toThrow(Undo);
});

/** A generated column counts as never null: ours come from columns that are not. */
async function readColumns(db: Pick<Database, 'db'>['db'] = database.db): Promise<typeof columns> {
  const { rows } = await sql<{ table: string; name: string; type: string; nullable: boolean; generator: string }>`
    select c.relname as table, a.attname as name, format_type(a.atttypid, null) as type, not a.attnotnull and a.attgenerated = '' as nullable,
      case when a.attidentity <> '' then 'identity'
        when pg_get_expr(d.adbin, d.adrelid) like 'nextval(%' then pg_get_expr(d.adbin, d.adrelid) else '' end as generator
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    order by c.relname, a.attnum`.execute(db);
  const tables: typeof columns = new Map();
  for (const { table, name, type, nullable, generator } of rows) {
    const of = tables.get(table) ?? new Map();
    tables.set(table, of.set(name, { type: READ_AS[type] ?? type, nullable, generator }));
  }
  return tables;
}

/** What a column of each type is in TypeScript when it is read. */
const READ_AS: Record<string, string> = {
  smallint: 'number',
  integer: 'number',
  'double precision': 'number',
  real: 'number',
  bigint: 'string',
  text: 'string',
  date: 'string',
  geometry: 'string',
  boolean: 'boolean',
  bytea: 'Buffer',
  jsonb: 'unknown',
  'timestamp with time zone': 'Date',
  'text[]': 'string[]',
  'integer[]': 'number[]',
};

async function readConstraints(db: Pick<Database, 'db'>['db'] = database.db): Promise<readonly Constraint[]> {
  const namesOf = (keys: string, rel: string) =>
    sql`(select coalesce(array_agg(a.attname::text order by k.at), '{}') from unnest(${sql.ref(keys)}) with ordinality as k(num, at)
      join pg_attribute a on a.attrelid = ${sql.ref(rel)} and a.attnum = k.num)`;
  const { rows } = await sql<Constraint>`
    select o.conname as name, c.relname as table, o.contype as type, ${namesOf('o.conkey', 'o.conrelid')} as columns,
      t.relname as target, ${namesOf('o.confkey', 'o.confrelid')} as "targetColumns",
      o.confdeltype as "onDelete", o.confupdtype as "onUpdate"
    from pg_constraint o join pg_class c on c.oid = o.conrelid left join pg_class t on t.oid = o.confrelid
    where c.relnamespace = 'public'::regnamespace
    union all
    select i.relname, c.relname, 'i', ${namesOf('x.indkey', 'x.indrelid')}, null, '{}', ' ', ' '
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
    where x.indisunique and c.relnamespace = 'public'::regnamespace`.execute(db);
  return rows;
}
