// Monthly totals by area, for a set of offences, as they stood at a delivery.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import type { Taxonomy } from '../incidents/taxonomy.ts';
import type { BenchmarkAnswer } from './contract.ts';

export type BenchmarkQuestion = {
  readonly jurisdictionId: number;
  readonly head: number;
  readonly kind: 'incident' | 'victim';
  /** Null = every offence. */
  readonly offences: readonly string[] | null;
  readonly from: string | null;
  readonly until: string | null;
};

type AreaRow = { code: string; name: string; months: string[]; counts: (number | null)[] };

/** Throws BadInput('offence') for a code there is not. */
export async function benchmarkOf(
  { db }: Database,
  taxonomy: Taxonomy,
  { jurisdictionId, head, kind, offences, from, until }: BenchmarkQuestion,
): Promise<Omit<BenchmarkAnswer, 'dataVersion'>> {
  const standing = sql`
    from monthly_total m
    join source s on s.jurisdiction_id = m.jurisdiction_id and s.source_id = m.source_id and s.kind = ${kind}
    where m.jurisdiction_id = ${jurisdictionId} and m.from_delivery <= ${head}
      and (m.until_delivery is null or m.until_delivery > ${head})`;
  const known = await sql<{ offence: string }>`select distinct m.offence ${standing}`.execute(db);
  const leaves = known.rows.map(({ offence }) => offence);
  const wanted = offences === null ? leaves : [...taxonomy.subtree(offences, leaves)];
  const notCounted = (offences ?? []).filter((code) => taxonomy.subtree([code], leaves).size === 0);
  const areas = await sql<AreaRow>`
    with month as (
      select m.area_code, make_date(m.year, c.month::int, 1) as month, sum(c.count)::int as count
      from (select m.area_code, m.year, m.counts ${standing} and m.offence = any(${wanted}::text[])) as m
      cross join lateral unnest(m.counts) with ordinality as c (count, month)
      group by 1, 2
    )
    select month.area_code as code, a.name, array_agg(to_char(month, 'YYYY-MM') order by month) as months,
      array_agg(count order by month) as counts
    from month
    join monthly_area a on a.jurisdiction_id = ${jurisdictionId} and a.area_code = month.area_code
    where (${from}::date is null or month >= ${from}::date)
      and (${until}::date is null or month + interval '1 month' <= ${until}::date)
    group by month.area_code, a.name order by length(month.area_code) desc, month.area_code`.execute(db);
  const told = await sql<{ code: string; title: string; through: string | null }>`
    select s.code, s.title, to_char(max(c.last), 'YYYY-MM-DD') as through
    from (
      select m.source_id, (make_date(m.year, c.month::int, 1) + interval '1 month' - interval '1 day')::date as last
      from (select m.source_id, m.year, m.counts ${standing}) as m
      cross join lateral unnest(m.counts) with ordinality as c (count, month)
      where c.count is not null
    ) as c
    join source s on s.jurisdiction_id = ${jurisdictionId} and s.source_id = c.source_id
    group by s.code, s.title order by through desc limit 1`.execute(db);
  const [newest] = told.rows;
  return {
    areas: areas.rows.map(({ code, name, months, counts }) => ({
      code,
      name,
      months: months.map((month, i) => ({ month, count: counts[i]! })),
    })),
    source: newest ? { code: newest.code, title: newest.title } : null,
    through: newest?.through ?? null,
    notCounted,
  };
}
