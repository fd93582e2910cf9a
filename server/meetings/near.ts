// The near repeats of a meeting: single points of the last nine weeks, and where each series lies.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { type Day, textOf } from '../calendar/days.ts';
import type { Snapshot } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import { askPlainly } from '../db/planner-hints.ts';
import { viewCube } from '../engine/layout.ts';
import { canAnswer, matchesOf } from '../engine/scan.ts';
import { askedIncidents } from '../engine/sql.ts';
import { type GroundCell, middleOfCell, UNITS_PER_DEGREE } from '../filter/ground-cell.ts';
import type { Plan } from '../filter/plan.ts';
import { lookedUp } from '../filter/slices.ts';
import { projection } from '../geometry/projection.ts';
import { loadMetricSystem } from '../placing/load.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import { type NearRepeats, REPEAT_METRES, type RepeatSeries } from './contract.ts';
import { repeatsIn } from './repeats.ts';

/** Of these it is known that one is often followed by another nearby (Johnson et al. 2007). */
const FOLLOWED = ['casa', 'inmueble', 'negocio', 'vehiculo', 'autopartes'].map((kind) => `patrimonio.robo.${kind}`);
const WEEKS_BACK = 8;
const MOST_POINTS = 20_000;
const MOST_SERIES = 3;
const CORNERS = 16;
const METRES_PER_DEGREE = 111_320;
const NEAR_MERCATOR_M = 400;
const WHOLE_DAYS = 2;

type Point = { offence: number; day: number; lon: number; lat: number };

export type RepeatsFound = {
  /** Null where none can be looked for: no offence of the kind is asked for, or none has a point. */
  readonly repeats: readonly NearRepeats[] | null;
  /** Kinds of offences that were looked at, whatever was found. */
  readonly tested: number;
  /** Whether there were more points than are looked at: the oldest are left out. */
  readonly isCut: boolean;
  /** The offences of these kinds, as far as they were asked for. */
  readonly offenceIds: readonly number[];
};

export async function nearRepeatsOf(
  { database, taxonomy }: { readonly database: Database; readonly taxonomy: Taxonomy },
  jurisdiction: Jurisdiction,
  snapshot: Snapshot,
  plan: Plan,
  cell: GroundCell | null,
  monday: Day,
  titleOf: (code: string) => string,
): Promise<RepeatsFound> {
  const tree = taxonomy.withChoices(snapshot.choices);
  const asked = plan.offenceIds === null ? null : new Set(plan.offenceIds);
  const kinds = FOLLOWED.map((code) => {
    const leaves = tree.subtree(
      [code],
      snapshot.offences.map((each) => each.code),
    );
    const mine = snapshot.offences.filter((each) => leaves.has(each.code) && (!asked || asked.has(each.offenceId)));
    return { code, ids: new Set(mine.map(({ offenceId }) => offenceId)) };
  }).filter(({ ids }) => ids.size > 0);
  if (kinds.length === 0) return { repeats: null, tested: 0, isCut: false, offenceIds: [] };
  const range = { from: monday - 7 * WEEKS_BACK, until: monday + 7 };
  const offenceIds = kinds.flatMap(({ ids }) => [...ids]);
  const looked = { ...plan, range, offenceIds };
  const points = await pointsOf(database, jurisdiction, snapshot, looked);
  if (points.length === 0 && (await snapshot.answers.byDay(looked)).matched > 0)
    return { repeats: null, tested: 0, isCut: false, offenceIds };
  const isCut = points.length > MOST_POINTS;
  const exact = points.slice(-MOST_POINTS);
  // Whoever may not see exact points is told of what is near by the middles of their cells.
  const inCell = (degrees: number, side: number) =>
    middleOfCell(Math.round(degrees * UNITS_PER_DEGREE), side) / UNITS_PER_DEGREE;
  const rows = cell
    ? exact.map((point) => ({ ...point, lon: inCell(point.lon, cell.width), lat: inCell(point.lat, cell.height) }))
    : exact;
  const project = projection(await loadMetricSystem(database, jurisdiction.srid));
  const told: (Omit<NearRepeats, 'series'> & { readonly series: readonly Point[][] })[] = [];
  for (const { code, ids } of kinds) {
    const mine = rows.filter(({ offence }) => ids.has(offence));
    const [x, y] = [new Float64Array(mine.length), new Float64Array(mine.length)];
    const at = new Float64Array(2);
    for (const [i, { lon, lat }] of mine.entries()) {
      project(lon, lat, at, 0);
      [x[i], y[i]] = [at[0]!, at[1]!];
    }
    const { followed, expected, series } = repeatsIn({ x, y, day: mine.map(({ day }) => day) }, monday);
    if (followed === 0) continue;
    const shown = series.slice(0, MOST_SERIES).map((each) => each.map((i) => mine[i]!));
    told.push({
      ...{ title: titleOf(code), offences: [code], followed },
      ...{ expected: Math.round(expected * 10) / 10, series: shown },
    });
  }
  const places = await streetsAt(
    database,
    jurisdiction.id,
    snapshot,
    told.flatMap(({ series }) => series.map(middleOf)),
  );
  let next = 0;
  const repeats = told.map(({ series, ...rest }) => ({
    ...rest,
    series: series.map((of) => seriesTold(of, places[next++] ?? '')),
  }));
  return { repeats, tested: kinds.length, isCut, offenceIds };
}

/**
 * In the order of their days, from the cube where it holds all that counts, else from the tables: the latest, and one more
 * than are looked at where there are so many.
 */
async function pointsOf(
  database: Database,
  jurisdiction: Jurisdiction,
  { cubes, state }: Snapshot,
  plan: Plan,
): Promise<Point[]> {
  if (cubes?.every((cube) => canAnswer(cube, plan, null))) {
    const points: Point[] = [];
    for (const cube of cubes) {
      const view = viewCube(cube);
      for (const { slice, rows } of matchesOf(cube, plan)) {
        if (slice.ground !== 'point' || (slice.time !== 'hour' && slice.time !== 'day')) continue;
        let d = 0;
        for (const row of rows) {
          while (slice.starts[d + 1]! <= row) d++;
          const [lon, lat] = [view.lon[row]! / UNITS_PER_DEGREE, view.lat[row]! / UNITS_PER_DEGREE];
          points.push({ offence: view.dictionary.offence[view.combo[row]!]!, day: slice.dayList[d]!, lon, lat });
        }
      }
    }
    return points.sort((a, b) => a.day - b.day || a.lon - b.lon || a.lat - b.lat).slice(-MOST_POINTS - 1);
  }
  const latest = await askPlainly(
    database,
    sql<Point>`
      select offence_id as offence, occurred_on - date '1970-01-01' as day, lon, lat
      from (${askedIncidents(jurisdiction.id, state.head, plan, lookedUp(jurisdiction.id))}) as asked
      where fate = 'matched' and lon is not null and date_precision <= ${WHOLE_DAYS}
      order by occurred_on desc, lon desc, lat desc limit ${MOST_POINTS + 1}`,
    true,
  );
  return latest.reverse();
}

type Middle = readonly [lon: number, lat: number];

function middleOf(points: readonly Point[]): Middle {
  const mean = (value: (point: Point) => number) =>
    points.reduce((sum, point) => sum + value(point), 0) / points.length;
  return [mean((point) => point.lon), mean((point) => point.lat)];
}

/** The name of the street nearest to each point; empty where none is near. */
async function streetsAt(
  { db }: Database,
  id: number,
  { layers }: Snapshot,
  points: readonly Middle[],
): Promise<string[]> {
  const streets = layers.find(({ type }) => type === 'streets');
  if (!streets || points.length === 0) return [];
  const { rows } = await sql<{ name: string | null }>`
    select (
      select s.name from segment s
      where s.jurisdiction_id = ${id} and s.layer_id = ${streets.layerId} and s.version = ${streets.version}
        and s.name is not null and s.geom_3857 && ST_Expand(p.at, ${NEAR_MERCATOR_M}::float8)
      order by s.geom_3857 <-> p.at limit 1) as name
    from (
      select n, ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 3857) as at
      from unnest(${points.map(([lon]) => lon)}::float8[], ${points.map(([, lat]) => lat)}::float8[])
        with ordinality as u (lon, lat, n)) p
    order by p.n`.execute(db);
  return rows.map(({ name }) => name ?? '');
}

function seriesTold(points: readonly Point[], place: string): RepeatSeries {
  const [lon, lat] = middleOf(points);
  const east = METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
  const farthest = Math.max(
    ...points.map((point) => Math.hypot((point.lon - lon) * east, (point.lat - lat) * METRES_PER_DEGREE)),
  );
  const reach = Math.max(REPEAT_METRES / 2, farthest + 20);
  const ring = Array.from({ length: CORNERS }, (_, corner) => {
    const angle = (2 * Math.PI * corner) / CORNERS;
    const [dLon, dLat] = [(reach * Math.cos(angle)) / east, (reach * Math.sin(angle)) / METRES_PER_DEGREE];
    return `${(lon + dLon).toFixed(5)},${(lat + dLat).toFixed(5)}`;
  });
  const days = points.map(({ day }) => day);
  return {
    ...{ count: points.length, first: textOf(Math.min(...days)), last: textOf(Math.max(...days)) },
    ...{ place, within: `poly:${ring.join(';')}` },
  };
}
