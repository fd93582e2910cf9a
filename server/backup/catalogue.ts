// The tables of a schema as the database itself describes them, whatever version of the program made them.

import type pg from 'pg';

export type StoredColumn = { readonly name: string; readonly type: string };
export type StoredTable = {
  readonly name: string;
  /** Without those the database computes. */
  readonly columns: readonly StoredColumn[];
  /** Names of the columns of the primary key, in its order. */
  readonly key: readonly string[];
  /** With what it keeps aside; without indexes. */
  readonly bytes: number;
};

/** Tables that belong to no jurisdiction and are in a backup all the same. */
export const OF_INSTALLATION: readonly string[] = [
  'account',
  'account_passkey',
  'access_key',
  'audit_entry',
  'audit_head',
];

/** Tables a backup leaves out, and why. Every other one of the schema is in it. */
export const NOT_SAVED: ReadonlyMap<string, string> = new Map([
  ['account_session', 'whoever has a backup must not be somebody by it, nor a session begin again that was ended'],
  ['account_link', 'likewise: a link is good once'],
  ['passkey_challenge', 'likewise: what is signed is good once'],
  ['agreement', 'one that was ended since must not hold again; the authorities agree anew'],
  ['job', 'work that waits or runs belongs to running servers, and the uploads it needs are not in a backup'],
]);

/** The tables of `schema` a backup holds. */
export async function savedTables(client: pg.PoolClient | pg.Pool, schema: string): Promise<StoredTable[]> {
  return (await storedTables(client, schema)).filter(({ name }) => !NOT_SAVED.has(name));
}

/** The tables of `schema` that hold what belongs to a jurisdiction or the installation, those others refer to first. */
export async function storedTables(client: pg.PoolClient | pg.Pool, schema: string): Promise<StoredTable[]> {
  const { rows } = await client.query<Omit<StoredTable, 'bytes'> & { bytes: string }>(
    `with recursive
      ours as (
        select c.oid, c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition
          and (c.relname = any($2) or exists (
            select from pg_attribute a
            where a.attrelid = c.oid and a.attname = 'jurisdiction_id' and not a.attisdropped))
      ),
      depth as (
        select oid, 0 as level from ours
        union
        select f.conrelid, d.level + 1 from depth d
        join pg_constraint f on f.confrelid = d.oid and f.contype = 'f' and f.conrelid <> d.oid
      )
    select name, pg_table_size(oid) as bytes,
      (
        select json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod)) order by attnum)
        from pg_attribute where attrelid = oid and attnum > 0 and not attisdropped and attgenerated = ''
      ) as columns,
      coalesce((
        select json_agg(a.attname order by k.at)
        from pg_index i
        cross join unnest(i.indkey::int[]) with ordinality as k (attnum, at)
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        where i.indrelid = ours.oid and i.indisprimary
      ), '[]') as key
    from ours join (select oid, max(level) as level from depth group by oid) as deepest using (oid)
    order by level, name`,
    [schema, OF_INSTALLATION],
  );
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
}

/** The schema the program's tables are in. */
export async function ownSchema(client: pg.PoolClient | pg.Pool): Promise<string> {
  const { rows } = await client.query<{ schema: string }>('select current_schema() as schema');
  return rows[0]!.schema;
}
