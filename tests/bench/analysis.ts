// The analyses against SQL and R: a density on cells of 50 m, Gi* of sixty thousand places, their permutations, and near
// repeats. Where R with spdep or spatstat is not installed, or a baseline takes too long to wait for, its times are read from
// a table that says on which machine they were taken.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { densityOf } from '../../server/analysis/compute-surfaces.ts';
import type { DegreeGrid } from '../../server/analysis/contract.ts';
import { cornersOver } from '../../server/analysis/grids.ts';
import { createScanPool } from '../../server/cube/pool.ts';
import { scannedBy } from '../../server/cube/snapshots.ts';
import { buildCube } from '../../server/engine/build.ts';
import type { Cube } from '../../server/engine/layout.ts';
import { OPEN_DAY, type Plan } from '../../server/filter/plan.ts';
import { bandwidthOf } from '../../server/statistics/kernel-density.ts';
import { localG } from '../../server/statistics/local-g.ts';
import { knox } from '../../server/statistics/near-repeat.ts';
import { withinDistance } from '../../server/statistics/neighbours.ts';
import { dealNeighbours } from '../../server/statistics/permutations.ts';
import { randomFrom } from '../../server/statistics/random.ts';
import { styled } from '../../server/statistics/weights.ts';
import { quietLog } from '../support/log.ts';
import {
  type BenchContext,
  type BenchLine,
  limitLine,
  line,
  missingLine,
  NO_POSTGIS,
  type Spread,
  spreadOf,
  timeMs,
} from './contract.ts';

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

/** CPU ms on the same lattice, and of the same density. */
const TAKEN = {
  localG: 122,
  localGPerm: 31_925,
  machine: 'spdep 1.2-7, R 4.2.2 on 2 x86-64 cores, 29 Nov 2026: R with spdep is not installed here',
};
const SPATSTAT_TAKEN = {
  msPerMillion: 1450,
  machine: 'spatstat 3.0-3, R 4.2.2 on 2 x86-64 cores, 29 Nov 2026',
};
/** As many as a place needs to pass a control of false discoveries over all of them. */
const MOST_DEALS = 99_999;
const DEALT_LIMIT_MS = 30_000;
const KNOX_POINTS = 10_000;
const KNOX_LIMIT_MS = 10_000;

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  return [...(await densities(context)), ...(await hotSpots(context)), nearRepeats()];
}

/** Where incident `i` of a city of 20 km lies, in units of 1e-7 degrees from its corner: around 400 places, by whole numbers, so that SQL says the same. */
const WIDE = 1_900_000;
const placeOf = (i: number) => ({
  x: (((i % 400) * 475_301) % WIDE) + ((i * 7919) % 40_009) + ((i * 104_729) % 40_013),
  y: (((i % 400) * 815_279) % WIDE) + ((i * 15_485) % 40_009) + ((i * 32_452) % 40_013),
});
const [WEST, SOUTH] = [-992_400_000, 193_000_000];
const TABLE = `create table crime as select
  (${WEST} + ((i % 400) * 475301) % ${WIDE} + (i * 7919) % 40009 + (i * 104729) % 40013)::float8 / 1e7 as lon,
  (${SOUTH} + ((i % 400) * 815279) % ${WIDE} + (i * 15485) % 40009 + (i * 32452) % 40013)::float8 / 1e7 as lat
  from generate_series(0::bigint, `;

/** A day's incidents after the other's, each with one of a thousand combinations. */
async function cubeOf(rows: number): Promise<Cube> {
  const [days, combos] = [1826, 1000];
  const column = (of: (i: number) => number) => Int32Array.from({ length: rows }, (_, i) => of(i));
  const perDay = Math.ceil(rows / days);
  return buildCube({
    rows,
    group: Uint32Array.from({ length: rows }, (_, i) => Math.floor(i / perDay)),
    combo: Uint32Array.from({ length: rows }, (_, i) => (i * 31) % combos),
    lon: column((i) => WEST + placeOf(i).x),
    lat: column((i) => SOUTH + placeOf(i).y),
    keys: [],
    groups: Array.from({ length: Math.ceil(rows / perDay) }, (_, k) => ({
      ...{ ground: 'point' as const, time: 0, day: 18_000 + k, rows: Math.min(perDay, rows - k * perDay) },
    })),
    combos: Array.from({ length: combos }, (_, k) => ({
      ...{ offenceId: 1 + (k % 40), sourceId: 1, weekday: 1 + (k % 7), hour: k % 24 },
    })),
  });
}

/**
 * Cells of 50 m, quartic, radius 500 m: the scan of a cube and the fold, against counts by cell folded by SQL with the same
 * kernel over a table of nothing but points, once: it takes a minute.
 */
async function densities(context: BenchContext): Promise<BenchLine[]> {
  const { rows: incidents } = context;
  const cube = await cubeOf(incidents);
  const pool = createScanPool({ log: quietLog });
  try {
    const answers = scannedBy(pool, cube);
    const bandwidth = bandwidthOf('quartic', { radiusM: RADIUS_M });
    const side = WIDE + 80_022;
    const degrees = (units: number) => units / 1e7;
    const bounds = [degrees(WEST), degrees(SOUTH), degrees(WEST + side), degrees(SOUTH + side)] as const;
    const laid = cornersOver([...bounds], CELL_M, 'quartic', bandwidth);
    if (!laid) throw new Error('cells of a tenth of the radius have corners');
    const { corners, grid, fineM, whole } = laid;
    const { columns, rows } = grid;
    const size = { cellM: fineM.width * fineM.cuts, heightM: fineM.height * fineM.cuts };
    const ours = async () => {
      const { shares } = await answers.byCorner(EVERY_INCIDENT, corners);
      const said = densityOf({
        ...{ kernel: 'quartic', bandwidth, inside: null, residents: null },
        grid: { west: 0, south: 0, ...size, columns, rows },
        fine: { shares, whole, cuts: fineM.cuts },
      });
      if (said.reason !== null) throw new Error(said.reason);
      return said;
    };
    const samples = await timesOf(2 * ROUNDS, ours);
    const spread = spreadOf(samples.slice(ROUNDS));
    const { density, errorBound } = await ours();
    const most = density.reduce((a, b) => Math.max(a, b), 0);
    context.say(`a surface in ${spread.median} ms, its bound ${((100 * errorBound) / most).toFixed(2)} % of the peak`);
    const about = { rows: incidents, unit: 'ms', target: 50, ours: spread };
    const { ms, machine } = await bySpatstat(context);
    return [
      await densityBySql(context, { grid, size, most, about }),
      line({
        ...{ ...about, name: `${NAME} density, R`, baseline: 'spatstat::density.ppp, quartic, cells of 50 m' },
        ...{ theirs: { min: ms, median: ms }, note: machine },
      }),
    ];
  } finally {
    await pool.close();
  }
}

type Laid = {
  readonly grid: DegreeGrid;
  readonly size: { readonly cellM: number; readonly heightM: number };
  readonly most: number;
  readonly about: Pick<BenchLine, 'rows' | 'unit' | 'target'> & { readonly ours: Spread };
};

async function densityBySql(context: BenchContext, { grid, size, most, about }: Laid): Promise<BenchLine> {
  const url = await context.emptyDatabase();
  if (url === null) return missingLine(`${NAME} density`, context.rows, NO_POSTGIS);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`${TABLE}${context.rows} - 1) i`);
    await client.query('analyze crime');
    const [east, north] = [Math.ceil(RADIUS_M / size.cellM), Math.ceil(RADIUS_M / size.heightM)];
    context.say('SQL folds the same');
    const began = performance.now();
    const { rows } = await client.query<{ peak: number }>(`
      with cell as (
        select floor((lon - ${grid.west}) / ${grid.cellWidth})::int as c, floor((lat - ${grid.south}) / ${grid.cellHeight})::int as r,
          count(*)::float8 as n
        from crime group by 1, 2
      ), kernel as (
        select dc, dr, 3 / pi() / ${RADIUS_M ** 2} * (1 - d2 / ${RADIUS_M ** 2}) ^ 2 as k
        from generate_series(${-east}, ${east}) dc, generate_series(${-north}, ${north}) dr,
          lateral (select (dc * ${size.cellM}) ^ 2 + (dr * ${size.heightM}) ^ 2 as d2) d where d2 < ${RADIUS_M ** 2}
      )
      select max(density) as peak from (select sum(n * k) as density from cell, kernel group by c + dc, r + dr) s`);
    const ms = performance.now() - began;
    const peak = Number(rows[0]!.peak);
    if (Math.abs(most / peak - 1) > 0.02) throw new Error(`peaks differ: ${most} and ${peak}`);
    const baseline = 'SQL: counts by cell of 50 m, folded with the kernel';
    return line({ ...about, name: `${NAME} density`, baseline, theirs: { min: ms, median: ms }, note: 'SQL once' });
  } finally {
    await client.end();
  }
}

async function timesOf(rounds: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await timeMs(work));
  return times;
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
  const theirs = await bySpdep(context);
  const found = localG(values, weights, 'gi-star');
  if (found.reason !== null) throw new Error(found.reason);
  for (const [k, place] of [0, 1000, 30_000].entries())
    if (theirs.z && Math.abs(found.z[place]! - theirs.z[k]!) > 1e-9) throw new Error(`z of place ${place} differs`);
  const ours = (rounds: number, work: () => unknown) =>
    // The first rounds are run before the engine has compiled for speed, and R has run before it is timed.
    spreadOf(Array.from({ length: rounds }, () => cpuMs(work)).slice(-Math.ceil(rounds / 2)));
  const dealt = () => dealNeighbours(values, weights, { seed: 1, most: DEALS });
  const about = { rows: places, unit: 'ms CPU', note: theirs.machine, target: 20 };
  const spread = (ms: number) => ({ min: ms, median: ms });
  return [
    line({
      ...{ ...about, name: `${NAME} Gi*`, baseline: 'spdep::localG' },
      ...{ ours: ours(2 * ROUNDS, () => localG(values, weights, 'gi-star')), theirs: spread(theirs.localG) },
    }),
    line({
      ...{ ...about, name: `${NAME} ${DEALS} permutations`, baseline: 'spdep::localG_perm' },
      ...{ ours: ours(NAIVE_ROUNDS + 1, dealt), ...(await bySpdepDealt(context)) },
    }),
    limitLine(
      {
        ...{
          name: `${NAME} permutations to ${MOST_DEALS}`,
          rows: places,
          unit: 'ms CPU',
          note: 'until a place is decided',
        },
        ours: ours(1, () => dealNeighbours(values, weights, { seed: 1, most: MOST_DEALS, enough: 20 })),
      },
      DEALT_LIMIT_MS,
    ),
  ];
}

/** 999 runs over points and days as they fall, in the function that the thread calls. */
function nearRepeats(): BenchLine {
  const random = randomFrom(1);
  const drawn = (most: number) => Float64Array.from({ length: KNOX_POINTS }, () => random.share() * most);
  const points = { x: drawn(20_000), y: drawn(20_000) };
  const days = drawn(365).map(Math.floor);
  const options = { distancesM: [0, 1, 100, 200, 300, 400], days: [0, 7, 14, 21, 28], metric: 'manhattan' } as const;
  const ours = spreadOf(
    Array.from({ length: NAIVE_ROUNDS }, () => cpuMs(() => knox(points, days, { ...options, runs: 999, seed: 1 }))),
  );
  const about = { name: `${NAME} near repeats, 999 runs`, rows: KNOX_POINTS, unit: 'ms CPU' };
  return limitLine({ ...about, ours, note: '' }, KNOX_LIMIT_MS);
}

/** As many points over as large a city; how they lie makes no difference to a fast Fourier transform. */
async function bySpatstat({ rows, say }: BenchContext): Promise<{ readonly ms: number; readonly machine: string }> {
  const script = `suppressPackageStartupMessages({ library(spatstat.geom); library(spatstat.explore) }); set.seed(1)
    n <- ${rows}; X <- ppp(runif(n, 0, 20000), runif(n, 0, 20000), window = owin(c(0, 20000), c(0, 20000)), check = FALSE)
    one <- function() sum(system.time(density(X, sigma = ${RADIUS_M} / sqrt(8), kernel = "quartic", edge = FALSE, eps = ${CELL_M}))[1:2])
    cat(1000 * median(replicate(3, one())))`;
  try {
    say('spatstat computes the same');
    const { stdout } = await promisify(execFile)('Rscript', ['-e', script], { timeout: 200_000 });
    const ms = Number(stdout.trim().split(/\s+/).at(-1));
    if (!(ms > 0)) throw new Error(stdout);
    return { ms, machine: 'R here, CPU time against our wall clock' };
  } catch {
    return { ms: (SPATSTAT_TAKEN.msPerMillion * rows) / 1e6, machine: SPATSTAT_TAKEN.machine };
  }
}

function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const LATTICE = `suppressPackageStartupMessages(library(spdep)); n <- ${SIDE}; i <- 1:(n * n)
    x <- ((37 * i^2 + 11 * i) %% 10007) %% 41; lw <- nb2listw(include.self(dnearneigh(as.matrix(expand.grid(1:n, 1:n)), 0, 1.5)), style = "B")
    cpu <- function(t) 1000 * sum(t[1:2]);`;

async function inR(script: string, timeout: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('Rscript', ['-e', script], { timeout });
  const numbers = stdout.trim().split(/\s+/).map(Number);
  if (!numbers.every(Number.isFinite)) throw new Error(stdout);
  return numbers;
}

type BySpdep = { readonly localG: number; readonly machine: string; readonly z?: readonly number[] };

async function bySpdep({ say }: BenchContext): Promise<BySpdep> {
  try {
    say('spdep computes the same');
    const [localG, ...z] = (await inR(
      `${LATTICE} z <- localG(x, lw); g <- median(replicate(5, cpu(system.time(localG(x, lw)))))
      cat(sprintf("%.15g", c(g, z[c(1, 1001, 30001)])))`,
      200_000,
    )) as [number, ...number[]];
    return { localG, z, machine: 'R here' };
  } catch {
    return TAKEN;
  }
}

/** Once: it takes minutes. */
async function bySpdepDealt({ say }: BenchContext): Promise<{ readonly theirs: Spread; readonly note: string }> {
  const spread = (ms: number) => ({ min: ms, median: ms });
  try {
    say(`spdep deals ${DEALS} times`);
    const [ms] = await inR(`${LATTICE} cat(cpu(system.time(localG_perm(x, lw, nsim = ${DEALS}))))`, 280_000);
    return { theirs: spread(ms!), note: 'R here, once' };
  } catch {
    return { theirs: spread(TAKEN.localGPerm), note: TAKEN.machine };
  }
}
