// The near repeats of a meeting: single points of the last nine weeks from the tables, and where each series lies.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { type Day, textOf } from '../calendar/days.ts';
import type { Snapshot } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import { askPlainly } from '../db/planner-hints.ts';
import { askedIncidents } from '../engine/sql.ts';
import type { Plan } from '../filter/plan.ts';
import { lookedUp } from '../filter/slices.ts';
import { projection } from '../geometry/projection.ts';
import { loadMetricSystem } from '../placing/load.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import { type NearRepeats, REPEAT_METRES, type RepeatSeries } from './contract.ts';
import { repeatsIn } from './repeats.ts';

/** Of these it is known that one is often followed by another nearby (Johnson et al. 2007). */
const FOLLOWED = ['patrimonio.robo.casa', 'patrimonio.robo.inmueble', 'patrimonio.robo.negocio'].concat(
  ...['patrimonio.robo.vehiculo', 'patrimonio.robo.autopartes'],
);
const WEEKS_BACK = 8;
const MOST_POINTS = 20_000;
const MOST_SERIES = 3;
const CORNERS = 16;
const METRES_PER_DEGREE = 111_320;
const WHOLE_DAYS = 2;

type Point = { offence: number; day: number; lon: number; lat: number };

export async function nearRepeatsOf(
  { database, taxonomy }: { readonly database: Database; readonly taxonomy: Taxonomy },
  jurisdiction: Jurisdiction,
  snapshot: Snapshot,
  plan: Plan,
  monday: Day,
  titleOf: (code: string) => string,
): Promise<NearRepeats[]> {
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
  if (kinds.length === 0) return [];
  const range = { from: monday - 7 * WEEKS_BACK, until: monday + 7 };
  const offenceIds = kinds.flatMap(({ ids }) => [...ids]);
  const rows = await askPlainly(
    database,
    sql<Point>`
      select offence_id as offence, occurred_on - date '1970-01-01' as day, lon, lat
      from (${askedIncidents(jurisdiction.id, snapshot.state.head, { ...plan, range, offenceIds }, lookedUp(jurisdiction.id))}) as asked
      where fate = 'matched' and lon is not null and date_precision <= ${WHOLE_DAYS}
      order by occurred_on, incident_id limit ${MOST_POINTS}`,
    true,
  );
  const project = projection(await loadMetricSystem(database, jurisdiction.srid));
  const told: NearRepeats[] = [];
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
    const shown: RepeatSeries[] = [];
    for (const each of series.slice(0, MOST_SERIES))
      shown.push(
        await seriesTold(
          database,
          jurisdiction.id,
          snapshot,
          each.map((i) => mine[i]!),
        ),
      );
    told.push({
      ...{ title: titleOf(code), offences: [code], followed },
      ...{ expected: Math.round(expected * 10) / 10, series: shown },
    });
  }
  return told;
}

async function seriesTold(
  { db }: Database,
  id: number,
  { layers }: Snapshot,
  points: readonly Point[],
): Promise<RepeatSeries> {
  const mean = (value: (point: Point) => number) =>
    points.reduce((sum, point) => sum + value(point), 0) / points.length;
  const [lon, lat] = [mean((point) => point.lon), mean((point) => point.lat)];
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
  const streets = layers.find(({ type }) => type === 'streets');
  const { rows } = streets
    ? await sql<{ name: string | null }>`
        select name from segment
        where jurisdiction_id = ${id} and layer_id = ${streets.layerId} and version = ${streets.version}
          and name is not null
        order by geom <-> ST_SetSRID(ST_MakePoint(${lon}::float8, ${lat}::float8), 4326) limit 1`.execute(db)
    : { rows: [] };
  const days = points.map(({ day }) => day);
  return {
    ...{ count: points.length, first: textOf(Math.min(...days)), last: textOf(Math.max(...days)) },
    ...{ place: rows[0]?.name ?? '', within: `poly:${ring.join(';')}` },
  };
}
