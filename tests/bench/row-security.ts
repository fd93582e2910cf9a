// What row security costs: the same questions asked by the application's bound user and by the owner, over a million rows of
// four jurisdictions in one table. Without an index that is used below the policy a map would be a hundred times slower.

import { sql } from 'kysely';
import { seeded } from '../../geodata/demo/random.ts';
import { STAFF } from '../../server/access/contract.ts';
import { findJurisdiction } from '../../server/access/jurisdictions.ts';
import { createCubes } from '../../server/cube/store.ts';
import { type Database, openDatabase } from '../../server/db/open.ts';
import { seeingOnly } from '../../server/db/tenants.ts';
import { EVERYTHING } from '../../server/filter/contract.ts';
import { polygonOf, resolveFilter } from '../../server/filter/plan.ts';
import { listIncidents } from '../../server/listing/query.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { TILE_LAYERS } from '../../server/tiles/layers.ts';
import { tileRenderer } from '../../server/tiles/render.ts';
import { quietLog } from '../support/log.ts';
import { asApplication } from '../support/postgres.ts';
import { CITY } from './city.ts';
import { type BenchContext, type BenchLine, interleave, line, missingLine, NO_POSTGIS } from './contract.ts';

const NAME = 'row-security';
/** At most twice as long. */
const TARGET = 0.5;
const ROUNDS = 15;
const BOXES = 20;
const JURISDICTIONS = 4;
const ZOOM = 14;
/** In which the points are strewn, and the side of a box a map asks for. */
const [WEST, SOUTH, WIDTH] = [-99.24, 19.3, 0.18];
const SIDE = 0.01;

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  const home = await context.city();
  if (home?.databaseUrl == null) return [missingLine(NAME, context.rows, NO_POSTGIS)];
  const adminUrl = home.databaseUrl;
  const bound = await openDatabase({
    ...{ databaseUrl: await asApplication(adminUrl), adminUrl, dataDir: home.dataDir, log: quietLog },
  });
  const owner = await openDatabase({ ...home, log: quietLog });
  try {
    await strewPoints(owner, context.rows);
    const id = (await findJurisdiction(owner, STAFF, CITY)).id;
    const inBoth = async (name: string, ask: (database: Database) => Promise<unknown>) => {
      context.say(name);
      const asked = (database: Database) => seeingOnly([id], () => ask(database));
      const [ours, theirs] = [await asked(bound), await asked(owner)];
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) throw new Error(`${name}: the answers differ`);
      const times = await interleave(
        ROUNDS,
        () => asked(bound),
        () => asked(owner),
      );
      const unit = `ms for ${BOXES}`;
      return line({
        name: `${NAME} ${name}`,
        rows: context.rows,
        baseline: 'the owner',
        unit,
        ...times,
        target: TARGET,
      });
    };
    const state = await plansOf(owner, home.dataDir);
    const tiles = [tileRenderer(bound), tileRenderer(owner)] as const;
    return [
      await inBoth('points in a box', (database) =>
        inTurns(async ([west, south]) => {
          const { rows } = await sql`select place_id from reference_point
            where jurisdiction_id = ${id} and layer_id = 90 and version = 1
              and geom_3857 && ST_Transform(ST_MakeEnvelope(${west}, ${south}, ${west + SIDE}, ${south + SIDE}, 4326), 3857)
            order by place_id`.execute(database.db);
          return rows;
        }),
      ),
      await inBoth('tiles of points', (database) =>
        inTurns(async ([west, south]) => {
          const render = database === bound ? tiles[0] : tiles[1];
          const key = { jurisdictionId: id, layerId: 90, version: 1 };
          return (await render(key, TILE_LAYERS.points!.sourceLayers, tileAt(west, south))).hash;
        }),
      ),
      await inBoth('incidents in a drawn box', (database) =>
        inTurns(async ([west, south]) => {
          const ring = [
            ...([
              [west, south],
              [west + SIDE, south],
              [west + SIDE, south + SIDE],
            ] as const),
            [west, south + SIDE] as const,
          ];
          const plan = { ...state.plan, within: polygonOf(ring) };
          const page = { limit: 100, after: null };
          return listIncidents(database, STAFF, state.jurisdiction, state.state, plan, page);
        }),
      ),
    ];
  } finally {
    await bound.close();
    await owner.close();
  }
}

/** One after the other in as many places, the same in every round. */
async function inTurns(ask: (corner: readonly [number, number]) => Promise<unknown>): Promise<unknown[]> {
  const random = seeded(11);
  const answers: unknown[] = [];
  for (let n = 0; n < BOXES; n++)
    answers.push(await ask([WEST + random.next() * (WIDTH - SIDE), SOUTH + random.next() * (WIDTH - SIDE)]));
  return answers;
}

/** A layer of points in each of four jurisdictions, all over the same ground, so that no box tells them apart. */
async function strewPoints({ db }: Database, rows: number): Promise<void> {
  const each = Math.floor(rows / JURISDICTIONS);
  const all = sql`generate_series(1, ${JURISDICTIONS}) as of (n)`;
  await sql`insert into jurisdiction (jurisdiction_id, code, name, timezone, srid)
    select n, 'beside-' || n, 'Beside', 'UTC', 32614 from ${all} where n > 1 on conflict do nothing`.execute(db);
  await sql`insert into layer (jurisdiction_id, layer_id, code, title, type)
    select n, 90, 'strewn', 'Strewn', 'points' from ${all} on conflict do nothing`.execute(db);
  await sql`insert into layer_version (jurisdiction_id, layer_id, version, features, file_name, file_sha256)
    select n, 90, 1, ${each}, '', '' from ${all} on conflict do nothing`.execute(db);
  await sql`insert into reference_point (jurisdiction_id, layer_id, version, place_id, code, name, geom)
    select n, 90, 1, p, p::text, '', ST_SetSRID(ST_MakePoint(${WEST} + ${WIDTH} * random(), ${SOUTH} + ${WIDTH} * random()), 4326)
    from ${all}, generate_series(1, ${each}::int) as points (p) on conflict do nothing`.execute(db);
  await sql`analyze reference_point`.execute(db);
}

async function plansOf(database: Database, dataDir: string) {
  const jurisdiction = await findJurisdiction(database, STAFF, CITY);
  const cubes = await createCubes({ database, dataDir, budgetMb: 0, log: quietLog });
  try {
    const snapshot = await cubes.snapshot(jurisdiction);
    const plan = resolveFilter(EVERYTHING, { ...snapshot, taxonomy: loadTaxonomy() }, null);
    return { jurisdiction, state: snapshot.state, plan };
  } finally {
    await cubes.close();
  }
}

function tileAt(lon: number, lat: number) {
  const side = 2 ** ZOOM;
  const x = Math.floor(((lon + 180) / 360) * side);
  const radians = (lat * Math.PI) / 180;
  const y = Math.floor(((1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2) * side);
  return { z: ZOOM, x, y };
}
