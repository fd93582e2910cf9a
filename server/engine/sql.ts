// Answers plans from the incident tables: slower than the cube, the same numbers. It serves while a cube is being built
// or does not fit, and the tests hold the cube against it.

import { type RawBuilder, sql } from 'kysely';
import { DATE_PRECISIONS, WITHHELD } from '../db/contract.ts';
import { askCostly } from '../db/costly.ts';
import type { Database } from '../db/open.ts';
import type { DataState } from '../filter/catalogue.ts';
import { UNITS_PER_DEGREE } from '../filter/ground-cell.ts';
import type { Plan, PlanWithin } from '../filter/plan.ts';
import { allIncidents, type Slice } from '../filter/slices.ts';
import { collectFacts, type SourceFacts } from '../filter/source-profile.ts';
import { isSurelyValid } from '../geometry/ring-validity.ts';
import type { Answers, CellCounts, CornerShares, DayCount, DayTally, Grid, PlaceCounts, Tally } from './answers.ts';
import { HOURS, SLOTS } from './answers.ts';

/** Incident ids per statement where a whole table is read, so that the embedded engine stays open to others. */
const INCIDENTS_PER_STATEMENT = 200_000;

const [DAY, MONTH, QUARTER] = (['day', 'month', 'quarter'] as const).map((known) => DATE_PRECISIONS.indexOf(known)) as [
  number,
  number,
  number,
];

/** Days from 1970 of a date PostgreSQL can hold, before all incidents. */
const FIRST_DAY = -700_000;

/** What SQL says of an incident; rows without a fate are not asked for. */
type Fate = 'matched' | 'leftOut' | 'partlyInRange' | 'unknownDay' | 'unknownHour';
type FateRow = {
  readonly fate: Fate;
  readonly located: boolean;
  readonly withheld: boolean;
  readonly count: number;
};

/** Answers as of one data state. */
export function sqlAnswers(database: Database, jurisdictionId: number, state: DataState): Answers {
  const ask = async <Row extends FateRow>(
    plan: Plan,
    columns: RawBuilder<unknown>,
    joins = sql``,
    sums = sql``,
  ): Promise<Row[]> => {
    const counted = sql<Row>`
      with asked as (${askedIncidents(jurisdictionId, state.head, plan)})
      select fate, located, place_precision = ${sql.lit(WITHHELD)} as withheld, ${columns}, count(*)::int as count ${sums}
      from asked ${joins}
      where fate is not null
      group by 1, 2, 3, 4, 5`;
    // The planner takes unnested placements for ten rows and would loop over a quarter of a million of them; without the
    // loop it takes every question for so costly that it would compile each, which takes longer than the answer.
    return askCostly(database, counted, { enable_nestloop: 'off', jit: 'off' });
  };

  return {
    async byPlace(plan, layer): Promise<PlaceCounts> {
      const rows = await ask<FateRow & { place: number }>(
        plan,
        sql`coalesce(place_id, 0) as place, 0 as nothing`,
        sql`left join ${allIncidents(jurisdictionId).placed(layer)} using (incident_id)`,
      );
      const counts = new Uint32Array(layer.features + 1);
      const tally = tallyOf(rows);
      let [named, told] = [0, 0];
      for (const { fate, located, withheld, place, count } of rows) {
        if (fate !== 'matched' || (!located && place === 0)) continue;
        counts[place]! += count;
        if (located) continue;
        if (withheld) told += count;
        else named += count;
      }
      return { ...tally, unlocated: tally.unlocated - named, withheld: tally.withheld - told, counts };
    },

    async byDay(plan): Promise<DayTally> {
      const known = sql`greatest(date_precision, ${sql.lit(DAY)}) as precision`;
      const rows = await ask<FateRow & { day: number; precision: number }>(plan, sql`day, ${known}`);
      const of = (precision: number): DayCount[] => {
        const sums = new Map<number, number>();
        for (const row of rows) {
          if (row.fate !== 'matched' || row.precision !== precision) continue;
          sums.set(row.day, (sums.get(row.day) ?? 0) + row.count);
        }
        return [...sums].sort(([a], [b]) => a - b);
      };
      return { ...tallyOf(rows), days: of(DAY), months: of(MONTH), quarters: of(QUARTER) };
    },

    async bySlot(plan) {
      const rows = await ask<FateRow & { slot: number; offence: number }>(
        plan,
        sql`case when day_known then weekday - 1 else 7 end * ${sql.lit(HOURS)}
          + case when day_known and hour_known then hour else 24 end as slot, offence_id as offence`,
      );
      const slots = new Uint32Array(SLOTS);
      const offences = new Map<number, number>();
      for (const { fate, slot, offence, count } of rows) {
        if (fate !== 'matched') continue;
        slots[slot]! += count;
        offences.set(offence, (offences.get(offence) ?? 0) + count);
      }
      return { ...tallyOf(rows), slots, offences };
    },

    async byCell(plan, grid): Promise<CellCounts> {
      const rows = await ask<FateRow & { cell: number | null }>(plan, sql`${cellOf(grid)} as cell, 0 as nothing`);
      const sums = new Map<number, number>();
      for (const { fate, cell, count } of rows) {
        if (fate === 'matched' && cell !== null) sums.set(cell, (sums.get(cell) ?? 0) + count);
      }
      const inOrder = [...sums].sort(([a], [b]) => a - b);
      return {
        ...tallyOf(rows),
        cells: Uint32Array.from(inOrder, ([cell]) => cell),
        counts: Uint32Array.from(inOrder, ([, count]) => count),
      };
    },

    async byCorner(plan, grid): Promise<CornerShares> {
      const { west, south, cellWidth, cellHeight, columns, rows: lines } = grid;
      const between = { ...grid, columns: columns - 1, rows: lines - 1 };
      const past = (axis: 'x' | 'y', from: number, size: number) => {
        const away = sql`(${sql.ref(axis)} - ${from}::float8)`;
        return sql`(${away} - floor(${away} / ${size}::float8) * ${size}::float8)`;
      };
      const [east, north] = [past('x', west, cellWidth), past('y', south, cellHeight)];
      type Summed = FateRow & { cell: number | null; east: number; north: number; both: number };
      const rows = await ask<Summed>(
        plan,
        sql`${cellOf(between)} as cell, 0 as nothing`,
        sql``,
        sql`, sum(${east}) as east, sum(${north}) as north, sum(${east} * ${north}) as both`,
      );
      const shares = new Float64Array(columns * lines);
      for (const { fate, cell, count, ...past } of rows) {
        if (fate !== 'matched' || cell === null) continue;
        const at = Math.floor(cell / between.columns) * columns + (cell % between.columns);
        shares[at]! += cellWidth * cellHeight * count - cellHeight * past.east - cellWidth * past.north + past.both;
        shares[at + 1]! += cellHeight * past.east - past.both;
        shares[at + columns]! += cellWidth * past.north - past.both;
        shares[at + columns + 1]! += past.both;
      }
      return { ...tallyOf(rows), shares };
    },
  };
}

function tallyOf(rows: readonly FateRow[]): Tally {
  let matched = 0;
  let unlocated = 0;
  let withheld = 0;
  let leftOut = 0;
  const excluded = { partlyInRange: 0, unknownHour: 0, unknownDay: 0 };
  for (const { fate, located, withheld: isWithheld, count } of rows) {
    if (fate === 'leftOut') leftOut += count;
    else if (fate !== 'matched') excluded[fate] += count;
    else {
      matched += count;
      if (isWithheld) withheld += count;
      else if (!located) unlocated += count;
    }
  }
  return { matched, unlocated, withheld, excluded, leftOut };
}

/** The visible incidents of the plan's sources and offences whose dates touch its range, each with its fate. */
export function askedIncidents(
  jurisdictionId: number,
  head: number,
  plan: Plan,
  slice: Slice = allIncidents(jurisdictionId),
): RawBuilder<unknown> {
  const { range, hours, weekdays, within, inside, scope } = plan;
  const { from, until } = range;
  const conditions = [
    sql`i.jurisdiction_id = ${jurisdictionId}`,
    sql`i.from_delivery <= ${head} and (i.until_delivery is null or i.until_delivery > ${head})`,
    slice.condition,
    sql`i.source_id = any(${[...plan.sourceIds]}::int[])`,
    sql`${from}::int < ${until}::int`,
    // Enough for the index: a month touches the range only when some day of it does, and so does a quarter, which is
    // stored by its first day.
    sql`i.occurred_on between date '1970-01-01' + greatest(${from}::int - 92, ${sql.lit(FIRST_DAY)})
      and date '1970-01-01' + (${until}::int + 31)`,
  ];
  if (plan.offenceIds) conditions.push(sql`i.offence_id = any(${[...plan.offenceIds]}::int[])`);
  if (within?.type === 'polygon') conditions.push(sql`i.lon is not null and ${covered(within)}`);
  const places = within?.type === 'place' ? sql`join ${slice.placed(within)} using (incident_id)` : sql``;
  if (within?.type === 'place') conditions.push(sql`placed.place_id = ${within.placeId}`);
  const scopes = scope
    ? sql`join lateral (select incident_id, place_id as scope_id from ${slice.placed(scope)}) as scopes
        using (incident_id)`
    : sql``;
  if (scope) conditions.push(sql`scope_id = any(${[...scope.placeIds]}::int[])`);
  const insides = inside
    ? sql`left join lateral (select incident_id, place_id as inside_id from ${slice.placed(inside)}) as insides
        using (incident_id)`
    : sql``;
  const isJudged = sql`(i.lon is not null or i.source_id = any(${[...(inside?.placed ?? [])]}::int[]))`;
  const isOutside = inside ? sql`${isJudged} and coalesce(inside_id, 0) = 0` : sql`false`;

  const hourAsked = hours ? hourIn(sql`hour`, hours) : sql`true`;
  const listed = (weekday: RawBuilder<unknown>) => sql`${weekday} = any(${[...weekdays]}::int[])`;
  const dayBefore = sql`(weekday + 5) % 7 + 1`;
  let weekdayAsked = sql`true`;
  let weekdayPossible = sql`true`;
  if (weekdays.length) {
    weekdayAsked = listed(sql`weekday`);
    weekdayPossible = weekdayAsked;
    if (plan.byNight && hours) {
      weekdayAsked = listed(sql`case when hour < ${sql.lit(hours.until)} then ${dayBefore} else weekday end`);
      if (hours.until > 0) weekdayPossible = sql`(${weekdayPossible} or ${listed(dayBefore)})`;
    }
  }
  const judged = sql`
    select *, case
        when first_day >= ${until}::int or last_day < ${from}::int then null
        when first_day < ${from}::int or last_day >= ${until}::int then 'partlyInRange'
        when ${sql.lit(weekdays.length > 0)} and not day_known then 'unknownDay'
        when ${sql.lit(hours !== null)} and not hour_known then
          case when not day_known or (${weekdayPossible}) then 'unknownHour' end
        when (${hourAsked}) and (${weekdayAsked}) then 'matched'
      end as ${sql.raw(inside ? 'fate_of' : 'fate')}
    from (
      select i.incident_id, i.offence_id, i.label_no, i.source_id, i.occurred_on, i.minute_of_day, i.date_precision,
        i.until_on, i.until_minute, i.reported_on, i.reported_minute, i.place_precision, i.place_text_id, i.lon, i.lat, i.lon is not null as located,
        round(i.lon * 1e7)::int as x, round(i.lat * 1e7)::int as y,
        i.date_precision < 3 as day_known,
        i.date_precision < 2 and i.minute_of_day is not null as hour_known,
        extract(isodow from i.occurred_on)::int as weekday,
        i.minute_of_day / 60 as hour,
        ${FIRST_OF_KNOWN} - date '1970-01-01' as day,
        ${FIRST_OF_KNOWN} - date '1970-01-01' as first_day,
        case i.date_precision when 3 then (${FIRST_OF_KNOWN} + interval '1 month')::date - 1
          when 4 then (${FIRST_OF_KNOWN} + interval '3 months')::date - 1
          else i.occurred_on end - date '1970-01-01' as last_day,
        ${isOutside} as is_outside
      from incident i ${places} ${scopes} ${insides}
      where ${sql.join(conditions, sql` and `)}
    ) known`;
  if (!inside) return judged;
  return sql`
    select *, case when not is_outside then fate_of when fate_of = 'matched' then 'leftOut' end as fate
    from (${judged}) judged`;
}

/** The first day of what is known of the date of an incident `i`. */
export const FIRST_OF_KNOWN = sql`case i.date_precision when 3 then date_trunc('month', i.occurred_on::timestamp)::date
  when 4 then date_trunc('quarter', i.occurred_on::timestamp)::date else i.occurred_on end`;

function hourIn(hour: RawBuilder<unknown>, { from, until }: { from: number; until: number }): RawBuilder<unknown> {
  const [since, before] = [sql`${hour} >= ${sql.lit(from)}`, sql`${hour} < ${sql.lit(until)}`];
  return from < until ? sql`${since} and ${before}` : sql`(${since} or ${before})`;
}

/**
 * In integer units, where PostGIS decides exactly. Made valid, a ring that crosses itself is read by even-odd; the ring
 * is asked as well because making valid drops the parts of it that enclose nothing. One that nowhere meets itself is
 * taken as it is; how often others may is bounded by polygonOf.
 */
function covered({ xs, ys, cell }: Extract<PlanWithin, { type: 'polygon' }>): RawBuilder<unknown> {
  const ring = [...xs.keys(), 0].map((i): [number, number] => [xs[i]!, ys[i]!]);
  const drawn = sql`ST_GeomFromText(${`POLYGON((${ring.map((corner) => corner.join(' ')).join(',')}))`})`;
  const [x, y] = [sql`round(i.lon * 1e7)`, sql`round(i.lat * 1e7)`];
  const middle = (of: RawBuilder<unknown>, side: number) =>
    sql`floor(${of} / ${side}::float8) * ${side}::float8 + ${Math.floor(side / 2)}::float8`;
  const point = cell
    ? sql`ST_MakePoint(${middle(x, cell.width)}, ${middle(y, cell.height)})`
    : sql`ST_MakePoint(${x}, ${y})`;
  const [reachX, reachY] = [1 + (cell?.width ?? 0), 1 + (cell?.height ?? 0)];
  const inside = isSurelyValid([[ring]])
    ? sql`ST_Covers((select ${drawn}), ${point})`
    : sql`(ST_Covers((select ST_CollectionExtract(ST_MakeValid(${drawn}), 3)), ${point})
    or ST_Covers((select ST_ExteriorRing(${drawn})), ${point}))`;
  return sql`${inside}
    and i.lon between ${(Math.min(...xs) - reachX) / UNITS_PER_DEGREE} and ${(Math.max(...xs) + reachX) / UNITS_PER_DEGREE}
    and i.lat between ${(Math.min(...ys) - reachY) / UNITS_PER_DEGREE} and ${(Math.max(...ys) + reachY) / UNITS_PER_DEGREE}`;
}

function cellOf({ west, south, cellWidth, cellHeight, columns, rows }: Grid): RawBuilder<unknown> {
  const column = sql`floor((x - ${west}::float8) / ${cellWidth}::float8)::int`;
  const row = sql`floor((y - ${south}::float8) / ${cellHeight}::float8)::int`;
  return sql`case when located and ${column} between 0 and ${columns}::int - 1 and ${row} between 0 and ${rows}::int - 1
    then ${row}::float8 * ${columns}::int + ${column} end`;
}

/** What the cube learns of each source while it is built, from the tables. */
export async function readFacts({ db }: Database, jurisdictionId: number, state: DataState): Promise<SourceFacts[]> {
  const facts = collectFacts();
  for (let from = 1; from < state.nextIncidentId; from += INCIDENTS_PER_STATEMENT) {
    const { rows } = await sql<{
      source: number;
      day: number | null;
      precision: number | null;
      minute: number | null;
      count: number;
    }>`
      with known as materialized (
        select source_id, date_precision, case when date_precision = 0 then minute_of_day end as minute,
          ${FIRST_OF_KNOWN} - date '1970-01-01' as day
        from incident i
        where jurisdiction_id = ${jurisdictionId}
          and incident_id >= ${from} and incident_id < ${from + INCIDENTS_PER_STATEMENT}
          and from_delivery <= ${state.head} and (until_delivery is null or until_delivery > ${state.head})
      )
      select source_id as source, day, date_precision as precision, minute, count(*)::int as count
      from known
      group by grouping sets ((source_id, day), (source_id, date_precision), (source_id, minute))`.execute(db);
    for (const { source, day, precision, minute, count } of rows) {
      if (day !== null) facts.addDay(source, day, count);
      else if (precision !== null) facts.addPrecision(source, precision, count);
      else if (minute !== null) facts.addMinute(source, minute, count);
    }
  }
  return facts.facts();
}
