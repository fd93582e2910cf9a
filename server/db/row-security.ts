// The second net on PostgreSQL: policies of row security on every tenant table, and what the application's role needs and
// no more. Made by whoever owns the tables; the application's role owns nothing and sees the rows that tenants.ts opens.

import { type Kysely, sql } from 'kysely';
import { KEY, TABLE_CLASSES, tablesOf } from './table-classes.ts';
import { EVERYBODY, TENANTS_SETTING } from './tenants.ts';

/** Whoever changes the policies counts this up: they are made anew where they have another name. */
const POLICY = 'cuadra_tenants_1';
/** Of these a table class says nothing of tenants, but their rows are those of one. */
export const TENANT_TABLES: readonly string[] = [...tablesOf('reference'), ...tablesOf('distributed')];
/** Rows are added at its end and never touched again, by the database's own word. */
const APPEND_ONLY: readonly string[] = ['audit_entry'];
const ONLY_READ: readonly string[] = ['kysely_migration', 'kysely_migration_lock'];

/**
 * Both subqueries are made once for a statement (an InitPlan), and the column stands bare, so that an index that leads with
 * it serves. The cast at the end makes a value of the subquery, which any() would else take for rows. Without the setting, and with an empty one, it is true of no row.
 */
const SEEN = `((select current_setting('${TENANTS_SETTING}', true)) = '${EVERYBODY}'
  or ${KEY} = any ((select string_to_array(nullif(current_setting('${TENANTS_SETTING}', true), '${EVERYBODY}'), ',')::int[])::int[]))`;

export type RowSecurity = {
  readonly role: string;
  /** The role neither owns the tables nor passes over their policies, and all of them have theirs. */
  readonly isOn: boolean;
  /** The index of a map is used below a policy; where it is not, tiles are read as far as the jurisdiction goes. */
  readonly isQuick: boolean;
};

/** What holds for the role that is connected. */
export async function readRowSecurity<T>(db: Kysely<T>): Promise<RowSecurity> {
  const { rows } = await sql<{ role: string; passes: boolean; unprotected: number; isQuick: boolean }>`
    select current_user::text as role,
      coalesce((select rolsuper or rolbypassrls from pg_roles where rolname = current_user), true)
        or exists (select from pg_class where relnamespace = current_schema()::regnamespace
          and relname = any(${TENANT_TABLES}::text[]) and pg_has_role(current_user, relowner, 'usage')) as passes,
      (select count(*)::int from unnest(${TENANT_TABLES}::text[]) as wanted (name) where not exists (
        select from pg_class c join pg_policy p on p.polrelid = c.oid
        where c.relnamespace = current_schema()::regnamespace and c.relname = wanted.name and c.relrowsecurity)) as unprotected,
      ${OVERLAPS_IS_LEAKPROOF} as "isQuick"`.execute(db);
  const { role, passes, unprotected, isQuick } = rows[0]!;
  return { role, isOn: !passes && unprotected === 0, isQuick };
}

/** It compares boxes and tells nothing of them; PostGIS leaves it to whoever runs the database to say so. */
const OVERLAPS_IS_LEAKPROOF = sql<boolean>`coalesce((select bool_and(proleakproof) from pg_proc
  where proname = 'geometry_overlaps' and prosrc = 'gserialized_overlaps_2d'), false)`;

/**
 * Puts up what is not there yet, for the role; by the owner of the tables, after every migration. A superuser says of the
 * index of maps that it tells nothing, without which a policy keeps the database from using it.
 */
export async function putUpRowSecurity<T>(owner: Kysely<T>, role: string): Promise<void> {
  await owner.transaction().execute(async (trx) => {
    const { rows: found } = await sql<{ name: string; isEnabled: boolean; policies: string[] }>`
      select c.relname::text as name, c.relrowsecurity as "isEnabled",
        array(select polname::text from pg_policy where polrelid = c.oid) as policies
      from pg_class c where c.relnamespace = current_schema()::regnamespace
        and c.relname = any(${TENANT_TABLES}::text[])`.execute(trx);
    for (const { name, isEnabled, policies } of found) {
      const table = sql.table(name);
      for (const old of policies.filter((each) => each !== POLICY))
        await sql`drop policy ${sql.id(old)} on ${table}`.execute(trx);
      if (!policies.includes(POLICY))
        await sql`create policy ${sql.id(POLICY)} on ${table} using (${sql.raw(SEEN)})`.execute(trx);
      if (!isEnabled) await sql`alter table ${table} enable row level security`.execute(trx);
    }
    await grantAll(trx, role);
  });
  await sql`do $$ begin
    if (select rolsuper from pg_roles where rolname = current_user)
      and exists (select from pg_proc where proname = 'geometry_overlaps' and prosrc = 'gserialized_overlaps_2d' and not proleakproof)
    then alter function geometry_overlaps(geometry, geometry) leakproof; end if;
  end $$`.execute(owner);
}

async function grantAll<T>(trx: Kysely<T>, role: string): Promise<void> {
  const to = sql.id(role);
  const { rows } = await sql<{ schema: string }>`select current_schema()::text as schema`.execute(trx);
  const schema = sql.id(rows[0]!.schema);
  const named = (names: readonly string[]) => sql.join(names.map((name) => sql.table(name)));
  const all = Object.keys(TABLE_CLASSES);
  await sql`grant usage on schema ${schema} to ${to}`.execute(trx);
  await sql`grant select, insert on ${named(all)} to ${to}`.execute(trx);
  await sql`grant update, delete on ${named(all.filter((name) => !APPEND_ONLY.includes(name)))} to ${to}`.execute(trx);
  await sql`grant select on ${named(ONLY_READ)} to ${to}`.execute(trx);
  await sql`grant usage, select on all sequences in schema ${schema} to ${to}`.execute(trx);
  // Statistics are the owner's to take; without them the planner knows nothing of what was just imported.
  await sql`create or replace function ${schema}.cuadra_analyze(name text) returns void
    language plpgsql security definer set search_path = ${schema}, pg_temp as $$ begin
      if name = any (${sql.lit(`{${all.join(',')}}`)}::text[]) then execute format('analyze %I', name); end if;
    end $$`.execute(trx);
  await sql`revoke all on function ${schema}.cuadra_analyze(text) from public`.execute(trx);
  await sql`grant execute on function ${schema}.cuadra_analyze(text) to ${to}`.execute(trx);
}
