// Monthly totals in the database: what is told of them now, what a delivery adds and ends, and taking one back.

import { type Kysely, sql } from 'kysely';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import type { DeliveryChanges } from '../incidents/contract.ts';
import type { FoundArea } from './contract.ts';
import type { MonthlyTotal } from './map-rows.ts';

/** Lines written, ended or removed in one statement: well under a second on the embedded engine. */
const PAGE = 2500;
const MAX_CELLS = 5000;

export type SourceRef = { readonly jurisdictionId: number; readonly sourceId: number };
type Moved = SourceRef & { readonly delivery: number };

/** Every total of these areas that counts at `head`, in pages. */
export async function* storedTotals(
  { db }: Database,
  { jurisdictionId, sourceId }: SourceRef,
  areas: readonly string[],
  head: number,
): AsyncGenerator<MonthlyTotal[]> {
  for (const area of areas) {
    const { rows } = await sql<MonthlyTotal>`
      select area_code as area, year, category, sex, age, offence, counts from monthly_total
      where jurisdiction_id = ${jurisdictionId} and source_id = ${sourceId} and area_code = ${area}
        and from_delivery <= ${head} and (until_delivery is null or until_delivery > ${head})`.execute(db);
    yield rows;
  }
}

/** Areas kept of any kind: whoever kept a municipality of offences keeps it of victims. */
export async function areasKept({ db }: Database, jurisdictionId: number, head: number): Promise<string[]> {
  const { rows } = await sql<{ code: string }>`
    select distinct area_code as code from monthly_total
    where jurisdiction_id = ${jurisdictionId} and from_delivery <= ${head}
      and (until_delivery is null or until_delivery > ${head})
    order by area_code`.execute(db);
  return rows.map(({ code }) => code);
}

/** Under a delivery nobody reads yet. */
export async function writeTotals(
  { db }: Database,
  { jurisdictionId, sourceId, delivery }: Moved,
  totals: readonly MonthlyTotal[],
): Promise<void> {
  for (let first = 0; first < totals.length; first += PAGE) {
    const page = totals.slice(first, first + PAGE);
    const of = (column: keyof MonthlyTotal) => page.map((total) => total[column]);
    const counts = page.map((total) => `{${total.counts.map((count) => count ?? 'null').join()}}`);
    await sql`
      insert into monthly_total (jurisdiction_id, source_id, area_code, year, category, sex, age, from_delivery, offence,
        counts)
      select ${jurisdictionId}, ${sourceId}, area, year, category, sex, age, ${delivery}, offence, counts::int[]
      from unnest(${of('area')}::text[], ${of('year')}::int[], ${of('category')}::text[], ${of('sex')}::text[],
        ${of('age')}::text[], ${of('offence')}::text[], ${counts}::text[])
        as t (area, year, category, sex, age, offence, counts)`.execute(db);
  }
}

/** Ends totals as they are stored, from `delivery` on. */
export async function endTotals(
  { db }: Database,
  { jurisdictionId, sourceId, delivery }: Moved,
  totals: readonly MonthlyTotal[],
): Promise<void> {
  for (let first = 0; first < totals.length; first += PAGE) {
    const page = totals.slice(first, first + PAGE);
    const of = (column: keyof MonthlyTotal) => page.map((total) => total[column]);
    await sql`
      update monthly_total m set until_delivery = ${delivery}
      from unnest(${of('area')}::text[], ${of('year')}::int[], ${of('category')}::text[], ${of('sex')}::text[],
        ${of('age')}::text[]) as t (area, year, category, sex, age)
      where m.jurisdiction_id = ${jurisdictionId} and m.source_id = ${sourceId} and m.area_code = t.area
        and m.year = t.year and m.category = t.category and m.sex = t.sex and m.age = t.age
        and m.from_delivery < ${delivery} and m.until_delivery is null`.execute(db);
  }
}

/** Keeps the words for areas; those of the newest file. */
export async function writeAreas({ db }: Database, jurisdictionId: number, areas: readonly FoundArea[]): Promise<void> {
  await sql`
    insert into monthly_area (jurisdiction_id, area_code, name, state_name)
    select ${jurisdictionId}, code, name, state
    from unnest(${areas.map(({ code }) => code)}::text[], ${areas.map(({ name }) => name)}::text[],
      ${areas.map(({ state }) => state)}::text[]) as t (code, name, state)
    on conflict (jurisdiction_id, area_code) do update
      set name = excluded.name, state_name = excluded.state_name`.execute(db);
}

/**
 * Undoes what a source told since `undone`: ends it with `delivery`, and tells again what it had told before. Answers how
 * many lines that were.
 */
export async function undoTotals(
  { db }: Database,
  { jurisdictionId, sourceId, delivery }: Moved,
  undone: number,
): Promise<{ readonly ended: number; readonly restored: number }> {
  const mine = sql`jurisdiction_id = ${jurisdictionId} and source_id = ${sourceId}`;
  const ended = await inPages(
    db,
    (rows) => sql`
    update monthly_total set until_delivery = ${delivery} where ${mine} and ctid = any(array(
      select ctid from monthly_total where ${mine} and from_delivery >= ${undone} and from_delivery < ${delivery}
        and until_delivery is null
      limit ${rows}))`,
  );
  const restored = await inPages(
    db,
    (rows) => sql`
    insert into monthly_total (jurisdiction_id, source_id, area_code, year, category, sex, age, from_delivery, offence,
      counts)
    select jurisdiction_id, source_id, area_code, year, category, sex, age, ${delivery}, offence, counts
    from monthly_total m where ${mine} and from_delivery < ${undone} and until_delivery >= ${undone}
      and until_delivery < ${delivery} and not exists (
        select from monthly_total t where t.jurisdiction_id = ${jurisdictionId} and t.source_id = m.source_id
          and t.area_code = m.area_code and t.year = m.year and t.category = m.category and t.sex = m.sex
          and t.age = m.age and t.from_delivery = ${delivery})
    limit ${rows}`,
  );
  return { ended, restored };
}

/** What a delivery changed in what was told before: by month, offence and area, the largest differences first. */
export async function changesOfTotals(
  { db }: Database,
  jurisdictionId: number,
  delivery: number,
): Promise<DeliveryChanges['totals']> {
  const { rows } = await sql<DeliveryChanges['totals'][number]>`
    with told as (
      select m.area_code, m.year, m.offence, c.count, c.month, m.from_delivery = d.delivery as is_new
      from delivery d
      join monthly_total m on m.jurisdiction_id = ${jurisdictionId} and m.source_id = d.source_id
        and (m.from_delivery = d.delivery or m.until_delivery = d.delivery)
      cross join lateral unnest(m.counts) with ordinality as c (count, month)
      where d.jurisdiction_id = ${jurisdictionId} and d.delivery = ${delivery}
    ),
    cells as (
      select area_code, year, month, offence, coalesce(sum(count) filter (where is_new), 0)::int as added,
        coalesce(sum(count) filter (where not is_new), 0)::int as ended
      from told group by area_code, year, month, offence
    ),
    before as (
      select distinct area_code, year, month from told where not is_new and count is not null
    )
    select c.year || '-' || lpad(c.month::text, 2, '0') as month, c.offence, c.added, c.ended,
      c.added - c.ended as difference, coalesce(a.name, c.area_code) as area
    from cells c
    join before b on b.area_code = c.area_code and b.year = c.year and b.month = c.month
    left join monthly_area a on a.jurisdiction_id = ${jurisdictionId} and a.area_code = c.area_code
    where c.added <> c.ended
    order by abs(c.added - c.ended) desc, c.year, c.month, c.offence, c.area_code limit ${MAX_CELLS}`.execute(db);
  return rows;
}

/** Repeats a statement that touches at most so many rows until none is left; answers how many there were. */
async function inPages(db: Kysely<Tables>, statement: (rows: number) => ReturnType<typeof sql>): Promise<number> {
  for (let total = 0; ; ) {
    const { numAffectedRows } = await statement(PAGE).execute(db);
    total += Number(numAffectedRows ?? 0);
    if (Number(numAffectedRows ?? 0) < PAGE) return total;
  }
}
