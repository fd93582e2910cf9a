// What lists say of many jurisdictions at once, from the tables, in as many questions as their incidents need, however
// many jurisdictions these belong to.

import { type RawBuilder, sql } from 'kysely';
import type { DayCounts } from '../calendar/data-through.ts';
import type { Day } from '../calendar/days.ts';
import { askCostly } from '../db/costly.ts';
import type { Database } from '../db/open.ts';
import type { CellCounts, Grid } from '../engine/answers.ts';
import { FIRST_OF_KNOWN } from '../engine/sql.ts';
import type { CatalogueSource, DataState } from '../filter/catalogue.ts';
import { describeSources, type SourceFacts } from '../filter/source-profile.ts';

/** Incident ids per statement: well under a second on either engine. */
const INCIDENTS_PER_STATEMENT = { postgis: 250_000, embedded: 50_000 } as const;
/** The planner takes such a question for so costly that it would compile it, which takes longer than the answer. */
const SETTINGS = { jit: 'off' };

/** The jurisdictions asked about, each as of its state. */
export type AskedStates = ReadonlyMap<number, Pick<DataState, 'head' | 'nextIncidentId'>>;

/** What a list says of a source. */
export type ListedSource = ReturnType<typeof describeSources<ClockSource>>[number];
type ClockSource = Pick<CatalogueSource, 'sourceId' | 'code' | 'kind' | 'live' | 'declaredThrough'>;

/** The sources of each, with their first and last day and the day up to which they are complete. */
export async function readManySources(
  database: Database,
  asked: AskedStates,
  most: number = INCIDENTS_PER_STATEMENT[database.engine],
): Promise<ReadonlyMap<number, ListedSource[]>> {
  const { rows } = await sql<ClockSource & { id: number }>`
    select jurisdiction_id as id, source_id as "sourceId", code, kind, live, declared_through as "declaredThrough"
    from source where jurisdiction_id = any(${[...asked.keys()]}::int[]) and not monthly
    order by jurisdiction_id, source_id`.execute(database.db);
  const units = await readUnits(database, asked, most);
  const sources = Map.groupBy(rows, ({ id }) => id);
  return new Map(
    [...asked.keys()].map((id) => {
      const facts = [...(units.get(id) ?? [])].map(([sourceId, of]) => factsOf(sourceId, [...of.values()]));
      return [id, describeSources(sources.get(id) ?? [], facts)];
    }),
  );
}

/** A month of a source, or a day of a live one, with the first and the last day of it that has incidents. */
type Unit = { readonly first: Day; readonly last: Day; readonly count: number } & Readonly<
  Record<'byMonth' | 'byQuarter', number>
>;
type UnitsOfSources = Map<number, Map<Day, Unit>>;

async function readUnits(
  database: Database,
  asked: AskedStates,
  most: number,
): Promise<ReadonlyMap<number, UnitsOfSources>> {
  const found = new Map<number, UnitsOfSources>();
  for (const pieces of inPieces(asked, most)) {
    const question = sql<Unit & { id: number; sourceId: number; unit: Day }>`
      with known as (
        select i.jurisdiction_id, i.source_id, i.date_precision, s.live,
          ${FIRST_OF_KNOWN} as day
        from ${visible(pieces)}
        join source s on s.jurisdiction_id = i.jurisdiction_id and s.source_id = i.source_id
        where ${isAsked(pieces, 'i')} and ${isAsked(pieces, 's')}
      )
      select jurisdiction_id as id, source_id as "sourceId",
        case when live then day else date_trunc('month', day::timestamp)::date end - date '1970-01-01' as unit,
        min(day) - date '1970-01-01' as first, max(day) - date '1970-01-01' as last, count(*)::int as count,
        (count(*) filter (where date_precision = 3))::int as "byMonth",
        (count(*) filter (where date_precision = 4))::int as "byQuarter"
      from known group by 1, 2, 3`;
    for (const { id, sourceId, unit, ...told } of await askCostly(database, question, SETTINGS)) {
      const ofSource = memberOf(
        memberOf(found, id, () => new Map()),
        sourceId,
        () => new Map<Day, Unit>(),
      );
      ofSource.set(unit, added(ofSource.get(unit), told));
    }
  }
  return found;
}

function added(before: Unit | undefined, more: Unit): Unit {
  if (!before) return more;
  return {
    first: Math.min(before.first, more.first),
    last: Math.max(before.last, more.last),
    count: before.count + more.count,
    byMonth: before.byMonth + more.byMonth,
    byQuarter: before.byQuarter + more.byQuarter,
  };
}

/** As many days as decide how far a source reaches: the first of all, and the last of each unit for the whole of it. */
function factsOf(sourceId: number, units: readonly Unit[]): SourceFacts {
  const inOrder = units.toSorted((a, b) => a.first - b.first);
  const days: DayCounts = {
    days: [inOrder[0]!.first, ...inOrder.map(({ last }) => last)],
    counts: [0, ...inOrder.map(({ count }) => count)],
  };
  const sum = (of: (unit: Unit) => number) => units.reduce((total, unit) => total + of(unit), 0);
  return {
    sourceId,
    incidents: sum(({ count }) => count),
    days,
    precisions: [0, 0, 0, sum((unit) => unit.byMonth), sum((unit) => unit.byQuarter)],
    fillers: [],
  };
}

/** Per jurisdiction its points in the cells of its grid; all grids have as many columns and rows. */
export async function readManyCells(
  database: Database,
  asked: AskedStates,
  grids: ReadonlyMap<number, Grid>,
): Promise<ReadonlyMap<number, Pick<CellCounts, 'cells' | 'counts'>>> {
  const sums = new Map<number, Map<number, number>>();
  for (const pieces of inPieces(asked, INCIDENTS_PER_STATEMENT[database.engine])) {
    const of = (number: (grid: Grid) => number) => sql`${pieces.map(({ id }) => number(grids.get(id)!))}::float8[]`;
    const { columns, rows } = grids.get(pieces[0]!.id)!;
    const column = sql`floor((round(i.lon * 1e7)::int - west) / cell_width)::int`;
    const row = sql`floor((round(i.lat * 1e7)::int - south) / cell_height)::int`;
    const question = sql<{ id: number; cell: number; count: number }>`
      select i.jurisdiction_id as id, ${row} * ${columns}::int + ${column} as cell, count(*)::int as count
      from ${visible(pieces)}
      join unnest(${pieces.map(({ id }) => id)}::int[], ${of((grid) => grid.west)}, ${of((grid) => grid.south)},
          ${of((grid) => grid.cellWidth)}, ${of((grid) => grid.cellHeight)})
        as grid (id, west, south, cell_width, cell_height) on grid.id = i.jurisdiction_id
      where ${isAsked(pieces, 'i')} and i.lon is not null
        and ${column} between 0 and ${columns}::int - 1 and ${row} between 0 and ${rows}::int - 1
      group by 1, 2`;
    for (const { id, cell, count } of await askCostly(database, question, SETTINGS)) {
      const cells = memberOf(sums, id, () => new Map<number, number>());
      cells.set(cell, (cells.get(cell) ?? 0) + count);
    }
  }
  return new Map(
    [...sums].map(([id, cells]) => {
      const inOrder = [...cells].sort(([a], [b]) => a - b);
      return [
        id,
        {
          cells: Uint32Array.from(inOrder, ([cell]) => cell),
          counts: Uint32Array.from(inOrder, ([, count]) => count),
        },
      ];
    }),
  );
}

/** Some incidents of a jurisdiction: those whose ids lie in a range. */
type Piece = { readonly id: number; readonly head: number; readonly first: number; readonly until: number };

/** All incidents of all of them, so many in a statement. */
function* inPieces(asked: AskedStates, most: number): Generator<readonly Piece[]> {
  let pieces: Piece[] = [];
  let room = most;
  for (const [id, { head, nextIncidentId }] of asked) {
    for (let first = 1; first < nextIncidentId; ) {
      const until = Math.min(nextIncidentId, first + room);
      pieces.push({ id, head, first, until });
      room -= until - first;
      first = until;
      if (room > 0) continue;
      yield pieces;
      pieces = [];
      room = most;
    }
  }
  if (pieces.length) yield pieces;
}

const visible = (pieces: readonly Piece[]): RawBuilder<unknown> => sql`unnest(
    ${pieces.map(({ id }) => id)}::int[], ${pieces.map(({ head }) => head)}::int[],
    ${pieces.map(({ first }) => first)}::bigint[], ${pieces.map(({ until }) => until)}::bigint[]
  ) as asked (id, head, first, until)
  join incident i on i.jurisdiction_id = asked.id and i.incident_id >= asked.first and i.incident_id < asked.until
    and i.from_delivery <= asked.head and (i.until_delivery is null or i.until_delivery > asked.head)`;

/** Said of the table itself as well, so that it finds the rows by its index, and the shard they lie in. */
const isAsked = (pieces: readonly Piece[], table: 'i' | 's'): RawBuilder<unknown> =>
  sql`${sql.ref(`${table}.jurisdiction_id`)} = any(${[...new Set(pieces.map(({ id }) => id))]}::int[])`;

function memberOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
