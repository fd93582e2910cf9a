// Monthly totals by area, for a set of offences, as they stood at a delivery.

import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../db/open.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import type { BenchmarkAnswer, BenchmarkArea } from './contract.ts';
import { monthText } from './published.ts';

export type BenchmarkState = {
  readonly jurisdictionId: number;
  readonly head: number;
  readonly kind: 'incident' | 'victim';
};
/** What stands whatever is asked. */
export type BenchmarkFacts = Pick<BenchmarkAnswer, 'source' | 'through'> & {
  /** Nodes of the offence tree that are counted apart. */
  readonly offences: readonly string[];
};
export type BenchmarkQuestion = {
  /** Null = every offence. */
  readonly offences: readonly string[] | null;
  readonly from: string | null;
  readonly until: string | null;
};

const MONTHS = Array.from({ length: 12 }, (_, month) => month);
/** Each month's element of `counts`: taking the array apart into rows would be ten times slower. */
const perMonth = (aggregate: (count: RawBuilder<unknown>) => RawBuilder<unknown>) =>
  sql`array[${sql.join(MONTHS.map((month) => aggregate(sql.raw(`m.counts[${month + 1}]`))))}]`;

function standing({ jurisdictionId, head, kind }: BenchmarkState) {
  return sql`
    from monthly_total m
    join source s on s.jurisdiction_id = ${jurisdictionId} and s.source_id = m.source_id and s.kind = ${kind}
    where m.jurisdiction_id = ${jurisdictionId} and m.from_delivery <= ${head}
      and (m.until_delivery is null or m.until_delivery > ${head})`;
}

export async function benchmarkFacts({ db }: Database, state: BenchmarkState): Promise<BenchmarkFacts> {
  const told = await sql<{ code: string; title: string; year: number; offences: string[] }>`
    with told as (
      select s.code, s.title, m.offence, max(m.year) filter (where array_remove(m.counts, null) <> '{}') as year
      ${standing(state)} group by s.code, s.title, m.offence
    )
    select code, title, max(year) as year, array_agg(offence) as offences
    from told group by code, title order by year desc nulls last`.execute(db);
  const [newest] = told.rows;
  if (!newest) return { source: null, through: null, offences: [] };
  const { code, title, year } = newest;
  const { rows } = await sql<{ told: number[] }>`
    select ${perMonth((count) => sql`count(${count})::int`)} as told
    ${standing(state)} and s.code = ${code} and m.year = ${year}`.execute(db);
  const last = (rows[0]?.told ?? []).findLastIndex((count) => count > 0);
  return {
    source: { code, title },
    through: last < 0 ? null : new Date(Date.UTC(year, last + 1, 0)).toISOString().slice(0, 10),
    offences: [...new Set(told.rows.flatMap(({ offences }) => offences))],
  };
}

/** Throws BadInput('offence') for a code there is not. */
export async function benchmarkOf(
  { db }: Database,
  taxonomy: Taxonomy,
  state: BenchmarkState,
  facts: BenchmarkFacts,
  { offences, from, until }: BenchmarkQuestion,
): Promise<Pick<BenchmarkAnswer, 'areas' | 'notCounted'>> {
  const wanted = offences === null ? null : [...taxonomy.subtree(offences, facts.offences)];
  const notCounted = (offences ?? []).filter((code) => taxonomy.subtree([code], facts.offences).size === 0);
  // Whole months of the range: from the first that begins in it to the last that ends in it.
  const first = from === null ? '' : from.endsWith('-01') ? from.slice(0, 7) : monthAfter(from);
  const end = until === null ? '9999-12' : until.slice(0, 7);
  const { rows } = await sql<{ code: string; name: string; year: number; counts: (number | null)[] }>`
    with year as (
      select m.area_code, m.year, ${perMonth((count) => sql`sum(${count})::int`)} as counts
      ${standing(state)} and (${wanted}::text[] is null or m.offence = any(${wanted}::text[]))
        and m.year >= ${Number(first.slice(0, 4))} and m.year <= ${Number(end.slice(0, 4))}
      group by m.area_code, m.year
    )
    select y.area_code as code, a.name, y.year, y.counts
    from year y join monthly_area a on a.jurisdiction_id = ${state.jurisdictionId} and a.area_code = y.area_code
    order by length(y.area_code) desc, y.area_code, y.year`.execute(db);
  const areas = new Map<string, { code: string; name: string; months: BenchmarkArea['months'][number][] }>();
  for (const { code, name, year, counts } of rows) {
    const area = areas.get(code) ?? { code, name, months: [] };
    areas.set(code, area);
    for (const [index, count] of counts.entries()) {
      const month = monthText(year, index);
      if (month >= first && month < end) area.months.push({ month, count });
    }
  }
  return { areas: [...areas.values()].filter(({ months }) => months.length > 0), notCounted };
}

function monthAfter(day: string): string {
  const [year = 0, month = 0] = day.split('-').map(Number);
  return month === 12 ? monthText(year + 1, 0) : monthText(year, month);
}
