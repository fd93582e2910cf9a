// A data folder that holds the demo city already, made by `npm ci` (prepare) and copied by the first start: loading the
// city takes half a minute, copying it a second.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sql } from 'kysely';
import type { Logger } from 'pino';

import { findJurisdiction, listJurisdictions } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { createCubes } from '../cube/store.ts';
import { openDatabase } from '../db/open.ts';
import { setLocally } from '../db/set-locally.ts';
import { templateFolder } from '../db/template.ts';
import { CACHE } from '../embedded/cache.ts';
import { createJobs } from '../jobs/queue.ts';
import { makeView } from '../protection/view.ts';
import { loadTaxonomy } from '../taxonomy/taxonomy.ts';
import { DEMO, loadDemo } from './demo.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
/** All that decides what the city is and how it is stored. */
const SOURCES = ['geodata', 'server'];
const CUBE_MB = 512;

/** The template of this very program; null when prepare has not made it, and the first start loads the city itself. */
export function findDemoTemplate(): string | null {
  const folder = demoTemplateFolder();
  return existsSync(folder) ? folder : null;
}

/** The name changes with any source, so that no start takes a city that another version stored. */
function demoTemplateFolder(): string {
  const hash = createHash('sha256').update(basename(templateFolder()));
  for (const top of SOURCES) {
    const files = readdirSync(join(ROOT, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|json)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
    for (const path of files.sort()) hash.update(path.slice(ROOT.length)).update(readFileSync(path));
  }
  return join(CACHE, `demo-${hash.digest('hex').slice(0, 16)}`);
}

/** Makes the template unless it is there, and removes those of other versions. */
export async function buildDemoTemplate(log: Logger): Promise<void> {
  const folder = demoTemplateFolder();
  if (existsSync(folder)) return;
  mkdirSync(CACHE, { recursive: true });
  for (const name of readdirSync(CACHE)) {
    if (name.startsWith('demo-')) rmSync(join(CACHE, name), { recursive: true, force: true });
  }
  const building = `${folder}.${process.pid}`;
  const database = await openDatabase({ databaseUrl: null, dataDir: building, log });
  await loadDemo({ database, log }, () => {});
  const city = await findJurisdiction(database, OPERATOR, DEMO);
  await makeView({ database, taxonomy: loadTaxonomy(), log }, city, new AbortController().signal);
  const cubes = await createCubes({ database, dataDir: building, budgetMb: CUBE_MB, log });
  for (const jurisdiction of await listJurisdictions(database, OPERATOR)) await cubes.warm(jurisdiction);
  await cubes.close();
  await (await createJobs({ database, log })).close();
  // The log of what was written is not kept for reuse: the template would be twice as large.
  await database.db.transaction().execute(async (trx) => {
    await setLocally(trx, database, { wal_recycle: 'off' });
    await sql`checkpoint`.execute(trx);
  });
  await database.close();
  renameSync(building, folder);
}
