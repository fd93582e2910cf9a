// `npm run cuadra -- check`: does the installation hold together? Schema, totals, and cube = SQL on random filters.

import type { Logger } from 'pino';

import { type Jurisdiction, PUBLIC } from '../access/contract.ts';
import { listJurisdictions } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { askAgain, refuseOutdated } from '../cube/again.ts';
import { type Cubes, createCubes } from '../cube/store.ts';
import { inLanes } from '../db/concurrently.ts';
import { appliedMigrations, migrationNames } from '../db/migrate.ts';
import type { Database } from '../db/open.ts';
import type { Answers } from '../engine/answers.ts';
import { sqlAnswers } from '../engine/sql.ts';
import { EVERYTHING, type Filter, PERIODS } from '../filter/contract.ts';
import { type Plan, resolveFilter } from '../filter/plan.ts';
import { damagedFiles } from '../problems/files.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';

const FILTERS = 20;
/** Memory for the cubes of the check, which belong to it alone. */
const CHECK_CUBE_MB = 4096;

export type InstallationDeps = {
  readonly database: Database;
  readonly taxonomy: Taxonomy;
  readonly dataDir: string;
  readonly log: Logger;
};

export type CheckReport = {
  readonly ok: boolean;
  readonly schema: string;
  readonly jurisdictions: number;
  readonly comparisons: number;
  readonly differences: readonly string[];
};

/** Compares the answers of both engines for each jurisdiction, the layers in turn. Changes nothing. */
export async function checkInstallation(
  { database, taxonomy, log, dataDir }: InstallationDeps,
  onProgress: (step: string, fraction: number | null) => void,
): Promise<CheckReport> {
  const differences: string[] = [];
  const applied = await appliedMigrations(database.db);
  if (applied.join() !== migrationNames().join()) differences.push(`schema: ${applied.join(', ')}`);
  const own = await listJurisdictions(database, OPERATOR);
  const views = (await listJurisdictions(database, PUBLIC)).filter((view) => !own.some(({ id }) => id === view.id));
  const jurisdictions = [...own, ...views.map((view) => ({ ...view, code: `${view.code}/public` }))];
  const cubes = await createCubes({ database, dataDir, budgetMb: CHECK_CUBE_MB, log });
  const comparing = new Map<Jurisdiction, Compared>();
  let compared = 0;
  const onCompared = ({ code }: Jurisdiction) => onProgress(code, ++compared / FILTERS / jurisdictions.length);
  try {
    await inLanes(database.engine, jurisdictions, async (jurisdiction) => {
      comparing.set(
        jurisdiction,
        await askAgain(() => compareCity({ database, taxonomy, cubes, onCompared }, jurisdiction)),
      );
    });
  } finally {
    await cubes.close();
  }
  const inOrder = jurisdictions.map((jurisdiction) => comparing.get(jurisdiction)!);
  differences.push(...inOrder.flatMap((each) => each.differences));
  for (const { id, code } of own)
    differences.push(...(await damagedFiles(database, id)).map((what) => `${code}: ${what}`));
  return {
    ok: differences.length === 0,
    schema: applied.at(-1) ?? 'none',
    jurisdictions: jurisdictions.length,
    comparisons: inOrder.reduce((sum, each) => sum + each.comparisons, 0),
    differences,
  };
}

type Compared = { readonly comparisons: number; readonly differences: readonly string[] };
type CityDeps = Pick<InstallationDeps, 'database' | 'taxonomy'> & {
  readonly cubes: Cubes;
  readonly onCompared: (jurisdiction: Jurisdiction) => void;
};

/** Throws Outdated when the layers changed meanwhile. */
async function compareCity(
  { database, taxonomy, cubes, onCompared }: CityDeps,
  jurisdiction: Jurisdiction,
): Promise<Compared> {
  await cubes.warm(jurisdiction);
  const cube = await cubes.snapshot(jurisdiction);
  const bySql = sqlAnswers(database, jurisdiction.id, cube.state);
  const differences = cube.engine === 'cube' ? [] : [`${jurisdiction.code}: no cube`];
  let comparisons = 0;
  for (const [i, filter] of filters(cube.offences.map(({ code }) => code)).entries()) {
    const plan = resolveFilter(filter, { ...cube, taxonomy }, null);
    const layer = cube.layers[i % cube.layers.length];
    if (!layer) break;
    const where = `${jurisdiction.code} ${layer.code} ${JSON.stringify(filter)}`;
    differences.push(...(await compare(cube.answers, bySql, plan, layer)).map((what) => `${where}: ${what}`));
    comparisons++;
    onCompared(jurisdiction);
  }
  await refuseOutdated(database, jurisdiction.id, cube.state);
  return { comparisons, differences };
}

async function compare(
  cube: Answers,
  sql: Answers,
  plan: Plan,
  layer: Parameters<Answers['byPlace']>[1],
): Promise<string[]> {
  const [ours, oracle] = [await cube.byPlace(plan, layer), await sql.byPlace(plan, layer)];
  const differing: string[] = [];
  if (ours.matched !== oracle.matched) differing.push(`matched ${ours.matched}, SQL ${oracle.matched}`);
  if (ours.unlocated !== oracle.unlocated) differing.push(`unlocated ${ours.unlocated}, SQL ${oracle.unlocated}`);
  const at = ours.counts.findIndex((count, place) => count !== oracle.counts[place]);
  if (at >= 0) differing.push(`place ${at} has ${ours.counts[at]}, SQL ${oracle.counts[at]}`);
  if (ours.withheld !== oracle.withheld) differing.push(`withheld ${ours.withheld}, SQL ${oracle.withheld}`);
  const sum = ours.counts.reduce((total, count) => total + count, 0) + ours.unlocated + ours.withheld;
  if (sum !== ours.matched)
    differing.push(`mapped, outside, unlocated and withheld make ${sum}, matched ${ours.matched}`);
  return differing;
}

/** Filters of many kinds, the same on every run, over the offences there are. */
function filters(offences: readonly string[]): Filter[] {
  return Array.from({ length: FILTERS }, (_, i) => {
    const year = 2019 + (i % 7);
    return {
      ...EVERYTHING,
      ...(i % 4 === 1 ? { from: `${year}-01-01`, until: `${year + 1}-01-01` } : {}),
      ...(i % 4 === 2 ? { period: PERIODS[i % PERIODS.length]! } : {}),
      offences: i % 3 === 0 ? [] : offences.filter((_code, at) => at % (i + 2) === 0),
      hours: i % 5 === 0 ? null : { from: (i * 7) % 24, until: (i * 7 + 6) % 24 },
      weekdays: i % 2 ? [] : [5, 6],
      weekdayOf: i % 3 === 0 ? 'clock' : 'shift',
    };
  });
}
