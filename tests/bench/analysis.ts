// The analyses against SQL and R: a density on cells of 50 m, Gi* of sixty thousand places, and their permutations. Where R
// with spdep is not installed, its times are read from a table that says on which machine they were taken.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { STAFF } from '../../server/access/contract.ts';
import { findJurisdiction } from '../../server/access/jurisdictions.ts';
import { densityOf } from '../../server/analysis/compute-surfaces.ts';
import { gridsOver } from '../../server/analysis/grids.ts';
import { createCubes } from '../../server/cube/store.ts';
import { openDatabase } from '../../server/db/open.ts';
import { OPEN_DAY, type Plan } from '../../server/filter/plan.ts';
import { bandwidthOf } from '../../server/statistics/kernel-density.ts';
import { localG } from '../../server/statistics/local-g.ts';
import { withinDistance } from '../../server/statistics/neighbours.ts';
import { dealNeighbours } from '../../server/statistics/permutations.ts';
import { styled } from '../../server/statistics/weights.ts';
import { quietLog } from '../support/log.ts';
import { CITY } from './city.ts';
import { type BenchContext, type BenchLine, interleave, line, missingLine, NO_POSTGIS, spreadOf } from './contract.ts';

const NAME = 'analysis';
const SIDE = 245;
const DEALS = 99;
const [RADIUS_M, CELL_M] = [500, 50];
const ROUNDS = 15;
const NAIVE_ROUNDS = 3;
const EVERY_INCIDENT: Plan = {
  ...{ range: { from: -OPEN_DAY, until: OPEN_DAY }, sourceIds: [1], offenceIds: null, hours: null, weekdays: [] },
  ...{ byNight: false, within: null, inside: null, scope: null },
};

/** CPU ms of spdep's localG on the same lattice; its permutations were not timed there. */
const TAKEN: ByR = {
  localG: 162,
  localGPerm: null,
  machine: 'spdep 1.2-7, R 4.2.2 on 2 x86-64 cores, 29 Nov 2026: R with spdep is not installed here',
};

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  return [await density(context), ...(await hotSpots(context))];
}

/** Cells of 50 m, quartic, radius 500 m: the cube and the fold, against counts by cell folded by SQL with the same kernel. */
async function density(context: BenchContext): Promise<BenchLine> {
  const home = await context.city();
  if (home?.databaseUrl == null) return missingLine(`${NAME} density`, context.rows, NO_POSTGIS);
  const database = await openDatabase({ ...home, log: quietLog });
  const cubes = await createCubes({ database, dataDir: context.scratch(), budgetMb: 4096, log: quietLog });
  const client = new pg.Client({ connectionString: home.databaseUrl });
  await client.connect();
  try {
    const jurisdiction = await findJurisdiction(database, STAFF, CITY);
    await cubes.warm(jurisdiction);
    const { answers } = await cubes.snapshot(jurisdiction);
    const bandwidth = bandwidthOf('quartic', { radiusM: RADIUS_M });
    const { fine, grid, fineM } = gridsOver(jurisdiction.bounds!, CELL_M, (CELL_M / RADIUS_M) * 400);
    const { columns, rows } = grid;
    const size = { cellM: fineM.width * fineM.cuts, heightM: fineM.height * fineM.cuts };
    const ours = async () => {
      const { cells, counts } = await answers.byCell(EVERY_INCIDENT, fine);
      const said = densityOf({
        ...{ kernel: 'quartic', bandwidth, inside: null, residents: null, movedBeforeM: 0 },
        grid: { west: 0, south: 0, ...size, columns, rows },
        fine: { cells, counts, columns: fine.columns, widthM: fineM.width, heightM: fineM.height },
      });
      if (said.reason !== null) throw new Error(said.reason);
      return said;
    };
    const [east, north] = [Math.ceil(RADIUS_M / size.cellM), Math.ceil(RADIUS_M / size.heightM)];
    const sql = `
      with cell as (
        select floor((lon - ${grid.west}) / ${grid.cellWidth})::int as c, floor((lat - ${grid.south}) / ${grid.cellHeight})::int as r,
          count(*)::float8 as n
        from incident where jurisdiction_id = ${jurisdiction.id} and lon is not null group by 1, 2
      ), kernel as (
        select dc, dr, 3 / pi() / ${RADIUS_M ** 2} * (1 - d2 / ${RADIUS_M ** 2}) ^ 2 as k
        from generate_series(${-east}, ${east}) dc, generate_series(${-north}, ${north}) dr,
          lateral (select (dc * ${size.cellM}) ^ 2 + (dr * ${size.heightM}) ^ 2 as d2) d where d2 < ${RADIUS_M ** 2}
      )
      select max(density) as peak from (select sum(n * k) as density from cell, kernel group by c + dc, r + dr) s`;
    const theirs = async () => Number((await client.query<{ peak: number }>(sql)).rows[0]!.peak);
    const [{ density: own }, peak] = [await ours(), await theirs()];
    const most = own.reduce((a, b) => Math.max(a, b), 0);
    if (Math.abs(most / peak - 1) > 0.02) throw new Error(`peaks differ: ${most} and ${peak}`);
    const times = await interleave(NAIVE_ROUNDS, ours, theirs);
    const baseline = 'SQL: counts by cell of 50 m, folded with the kernel';
    return line({ name: `${NAME} density`, rows: context.rows, baseline, unit: 'ms', ...times, target: 50 });
  } finally {
    await client.end();
    await cubes.close();
    await database.close();
  }
}

/** CPU time, as the table of R holds it: a machine that is busy with other things is no fault of either. */
async function hotSpots(context: BenchContext): Promise<BenchLine[]> {
  const places = SIDE * SIDE;
  const at = {
    x: Array.from({ length: places }, (_, i) => i % SIDE),
    y: Array.from({ length: places }, (_, i) => Math.floor(i / SIDE)),
  };
  const weights = styled(withinDistance(at, 1.5)!, 'B', true);
  const values = Float64Array.from({ length: places }, (_, i) => ((37 * (i + 1) ** 2 + 11 * (i + 1)) % 10_007) % 41);
  const theirs = await byR(context);
  const found = localG(values, weights, 'gi-star');
  if (found.reason !== null) throw new Error(found.reason);
  for (const [k, place] of [0, 1000, 30_000].entries())
    if (theirs.z && Math.abs(found.z[place]! - theirs.z[k]!) > 1e-9) throw new Error(`z of place ${place} differs`);
  const ours = (rounds: number, work: () => unknown) =>
    spreadOf(Array.from({ length: rounds }, () => cpuMs(work)).slice(1));
  const dealt = () => dealNeighbours(values, weights, { seed: 1, most: DEALS });
  const about = { rows: places, unit: 'ms CPU', note: theirs.machine, target: 20 };
  const spread = (ms: number) => ({ min: ms, median: ms });
  return [
    line({
      ...{ ...about, name: `${NAME} Gi*`, baseline: 'spdep::localG' },
      ...{ ours: ours(ROUNDS + 1, () => localG(values, weights, 'gi-star')), theirs: spread(theirs.localG) },
    }),
    theirs.localGPerm === null
      ? missingLine(`${NAME} ${DEALS} permutations`, places, theirs.machine)
      : line({
          ...{ ...about, name: `${NAME} ${DEALS} permutations`, baseline: 'spdep::localG_perm' },
          ...{ ours: ours(NAIVE_ROUNDS + 1, dealt), theirs: spread(theirs.localGPerm) },
        }),
  ];
}

function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

type ByR = {
  readonly localG: number;
  readonly localGPerm: number | null;
  readonly machine: string;
  readonly z?: readonly number[];
};

async function byR({ say }: BenchContext): Promise<ByR> {
  const script = `suppressPackageStartupMessages(library(spdep)); n <- ${SIDE}; i <- 1:(n * n)
    x <- ((37 * i^2 + 11 * i) %% 10007) %% 41; lw <- nb2listw(include.self(dnearneigh(as.matrix(expand.grid(1:n, 1:n)), 0, 1.5)), style = "B")
    cpu <- function(t) 1000 * sum(t[1:2]); z <- localG(x, lw)
    g <- median(replicate(5, cpu(system.time(localG(x, lw))))); p <- cpu(system.time(localG_perm(x, lw, nsim = ${DEALS})))
    cat(sprintf("%.15g", c(g, p, z[c(1, 1001, 30001)])))`;
  try {
    say('R computes the same');
    const { stdout } = await promisify(execFile)('Rscript', ['-e', script], { timeout: 280_000 });
    const [localG, localGPerm, ...z] = stdout.trim().split(/\s+/).map(Number) as [number, number, ...number[]];
    return { localG, localGPerm, z, machine: 'R here' };
  } catch {
    return TAKEN;
  }
}
