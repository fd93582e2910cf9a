// The question the main screen asks: five offences, 20 to 2 o'clock, Friday to Sunday, per area and per street.

import pg from 'pg';
import { STAFF } from '../../server/access/contract.ts';
import { findJurisdiction } from '../../server/access/jurisdictions.ts';
import { readRows } from '../../server/cube/read.ts';
import { createCubes, type Snapshot } from '../../server/cube/store.ts';
import { type Database, openDatabase } from '../../server/db/open.ts';
import type { PlaceCounts } from '../../server/engine/answers.ts';
import { buildCube } from '../../server/engine/build.ts';
import { scan } from '../../server/engine/scan.ts';
import { readState } from '../../server/filter/catalogue.ts';
import { OPEN_DAY, type Plan } from '../../server/filter/plan.ts';
import { quietLog } from '../support/log.ts';
import { CITY } from './city.ts';
import {
  type BenchContext,
  type BenchLine,
  interleave,
  limitLine,
  line,
  missingLine,
  NO_POSTGIS,
  spreadOf,
} from './contract.ts';

const NAME = 'central-query';
const ROUNDS = 15;
const NAIVE_ROUNDS = 3;
const LARGE = 5_000_000;
const SCAN_LIMIT_NS = 1;
const MATCHING = 'offence_id = any($1) and (hour >= 20 or hour < 2) and weekday in (5, 6, 7)';

type Layer = Snapshot['layers'][number];

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  const home = await context.city();
  if (home?.databaseUrl == null) return [missingLine(NAME, context.rows, NO_POSTGIS)];
  const database = await openDatabase({ ...home, log: quietLog });
  const cubes = await createCubes({ database, dataDir: context.scratch(), budgetMb: 4096, log: quietLog });
  const client = new pg.Client({ connectionString: home.databaseUrl });
  await client.connect();
  try {
    const jurisdiction = await findJurisdiction(database, STAFF, CITY);
    await cubes.warm(jurisdiction);
    const snapshot = await cubes.snapshot(jurisdiction);
    const layer = (type: string) => snapshot.layers.find((each) => each.type === type)!;
    context.say('building the tables of the baselines');
    await prepareBaselines(client, jurisdiction.id, layer('areas'), layer('streets'));
    const plan = await centralPlan(client);
    const measured: BenchLine[] = [];
    const large = context.rows >= LARGE;
    for (const [type, column] of [
      ['areas', 'area_id'],
      ['streets', 'segment_id'],
    ] as const) {
      const flat = `select ${column} as place, count(*)::int as count from bench.flat where ${MATCHING} and ${column} > 0 group by 1`;
      const ours = () => snapshot.answers.byPlace(plan, layer(type));
      const theirs = () => client.query<PlaceRow>(flat, [plan.offenceIds]);
      assertEqual(`${type} against the column`, await ours(), (await theirs()).rows);
      const times = await interleave(ROUNDS, ours, theirs);
      const baseline = 'SQL over a pre-assigned column, covering index, serial';
      measured.push(
        line({
          name: `${NAME} per ${type}`,
          rows: context.rows,
          baseline,
          unit: 'ms',
          ...times,
          target: large ? 40 : 10,
        }),
      );
    }
    measured.push(await againstNaive(context, client, snapshot, plan, layer('areas'), large ? 800 : 100));
    measured.push(await scanCost(database, jurisdiction.id, plan, layer('areas')));
    return measured;
  } finally {
    await client.end();
    await cubes.close();
    await database.close();
  }
}

type PlaceRow = { readonly place: number; readonly count: number };

/** The tables anybody would make who wants these answers from SQL: one with the places assigned, one with points. */
async function prepareBaselines(client: pg.Client, id: number, areas: Layer, streets: Layer): Promise<void> {
  const placed = ({ layerId, version }: Layer) => `
    select first_incident_id + at - 1 as incident_id, place_id from placement, unnest(place_ids) with ordinality as p (place_id, at)
    where jurisdiction_id = ${id} and layer_id = ${layerId} and version = ${version}`;
  await client.query(`
    set max_parallel_workers_per_gather = 0;
    create schema bench;
    create table bench.flat as
      select occurred_on as day, extract(isodow from occurred_on)::smallint as weekday, (minute_of_day / 60)::smallint as hour,
        offence_id, a.place_id as area_id, s.place_id as segment_id
      from incident i join (${placed(areas)}) a using (incident_id) join (${placed(streets)}) s using (incident_id)
      where i.jurisdiction_id = ${id} order by occurred_on;
    create index on bench.flat (day);
    create index on bench.flat (offence_id, day) include (weekday, hour, area_id, segment_id);
    create table bench.point as
      select occurred_on as day, extract(isodow from occurred_on)::smallint as weekday, (minute_of_day / 60)::smallint as hour,
        offence_id, ST_SetSRID(ST_MakePoint(lon, lat), 4326) as geom
      from incident where jurisdiction_id = ${id} and lon is not null order by occurred_on;
    create index on bench.point (offence_id, day);
    create index on bench.point using gist (geom);
    create table bench.area as select place_id, geom from area
      where jurisdiction_id = ${id} and layer_id = ${areas.layerId} and version = ${areas.version};
    create index on bench.area using gist (geom)`);
  for (const table of ['flat', 'point', 'area']) await client.query(`vacuum analyze bench.${table}`);
}

async function centralPlan(client: pg.Client): Promise<Plan> {
  const { rows } = await client.query<{ id: number }>(
    'select offence_id as id from bench.flat group by 1 order by count(*) desc, 1 limit 5',
  );
  return {
    range: { from: -OPEN_DAY, until: OPEN_DAY },
    sourceIds: [1],
    offenceIds: rows.map(({ id }) => id),
    hours: { from: 20, until: 2 },
    weekdays: [5, 6, 7],
    byNight: false,
    within: null,
    inside: null,
    scope: null,
  };
}

async function againstNaive(
  context: BenchContext,
  client: pg.Client,
  { answers }: Snapshot,
  plan: Plan,
  layer: Layer,
  target: number,
): Promise<BenchLine> {
  const naive = `select a.place_id as place, count(*)::int as count
    from bench.area a join bench.point p on ST_Intersects(a.geom, p.geom) where ${MATCHING} group by 1`;
  const ours = () => answers.byPlace(plan, layer);
  const theirs = () => client.query<PlaceRow>(naive, [plan.offenceIds]);
  assertEqual('areas against ST_Intersects', await ours(), (await theirs()).rows);
  const times = await interleave(NAIVE_ROUNDS, ours, theirs);
  const baseline = 'SQL ST_Intersects … GROUP BY, serial';
  return line({ name: `${NAME} per areas, naive`, rows: context.rows, baseline, unit: 'ms', ...times, target });
}

/** Processor time per row of the scan itself, on this thread, over every row of the cube. */
async function scanCost(database: Database, id: number, plan: Plan, layer: Layer): Promise<BenchLine> {
  const state = (await readState(database, id))!;
  const cube = await buildCube(await readRows(database, id, state, [layer]));
  const { rows } = cube.layout;
  const samples: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.cpuUsage();
    scan(cube, plan, { by: 'place', layer });
    const { user, system } = process.cpuUsage(before);
    samples.push(((user + system) * 1000) / rows);
  }
  return limitLine(
    { name: `${NAME} scan`, rows, unit: 'ns CPU per row', ours: spreadOf(samples.slice(1)) },
    SCAN_LIMIT_NS,
  );
}

function assertEqual(what: string, { counts }: PlaceCounts, rows: readonly PlaceRow[]): void {
  const ours = new Map([...counts.entries()].filter(([place, count]) => place > 0 && count > 0));
  const differing = rows.filter(({ place, count }) => ours.get(place) !== count);
  if (differing.length || rows.length !== ours.size || rows.length === 0) {
    throw new Error(
      `answers differ (${what}): ${rows.length} places, ${ours.size} of ours, ${differing.length} differ`,
    );
  }
}
