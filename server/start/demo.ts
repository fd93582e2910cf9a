// Loads the demo city with the importers any city uses: generated to files, imported, and the files thrown away.

import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { CITY_NAME, type DemoFiles, demoFiles } from '../../geodata/demo/generate.ts';

import { addJurisdiction, findJurisdiction, listJurisdictions, removeJurisdiction } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import type { Database } from '../db/open.ts';
import { makeScratch } from '../files/scratch.ts';
import { placeLayer } from '../geocoding/placement.ts';
import { readHead } from '../incidents/deliveries.ts';
import { importIncidents } from '../incidents/import.ts';
import { importLimit } from '../layers/limit.ts';
import { readSettings, saveSettings } from '../protection/settings.ts';
import { importAreas, importStreets } from '../publishing/load-layer.ts';

export const DEMO = 'demo';
type Toward = (fraction: number, seconds: number) => void;
const GENERATOR = new URL('../../geodata/demo/generate.ts', import.meta.url).pathname;
const GENERATE_LIMIT_MS = 120_000;
const FILE_OPTIONS = { title: null, code: null, name: null, sourceLayer: null, crs: null, encoding: null };

/**
 * All or nothing: a demo that a killed start left half loaded is removed and loaded anew, a whole one is kept.
 * `toward` hears, before each part of the work, how far the whole is after it (0 to 1) and about how long it takes.
 */
export async function loadDemo({ database, log }: { database: Database; log: Logger }, toward: Toward): Promise<void> {
  const existing = (await listJurisdictions(database, OPERATOR)).find(({ code }) => code === DEMO);
  if (existing && (await readHead(database, existing.id)).delivery > 0) return;
  if (existing) await removeJurisdiction(database, OPERATOR, DEMO);
  log.info('loading the demo city (once, about half a minute)');
  const folder = await makeScratch('demo');
  try {
    // In a process of its own: generating takes seconds, and the server must go on answering.
    toward(0.25, 6);
    await promisify(execFile)(process.execPath, [GENERATOR, folder], { timeout: GENERATE_LIMIT_MS });
    await importCity(database, demoFiles(folder), toward);
    await showToPublic(database, log);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The view itself is made in the background, as any city's is. */
async function showToPublic(database: Database, log: Logger): Promise<void> {
  const city = await findJurisdiction(database, OPERATOR, DEMO);
  await saveSettings(database, city, { ...(await readSettings(database, city)), isOn: true }, log);
}

async function importCity(database: Database, files: DemoFiles, toward: Toward): Promise<void> {
  const quiet = () => {};
  const deps = { database, placeLayer };
  toward(0.35, 3);
  const added = await addJurisdiction(database, OPERATOR, {
    code: DEMO,
    name: CITY_NAME,
    timezone: 'America/Mexico_City',
    srid: null,
    synthetic: true,
  });
  await importLimit(database, added, files.limit, FILE_OPTIONS);
  const city = await findJurisdiction(database, OPERATOR, DEMO);
  const areas = { ...FILE_OPTIONS, type: 'areas', population: null } as const;
  await importAreas(deps, city, files.colonias, { ...areas, layer: 'colonias', title: 'Colonias' }, quiet);
  await importAreas(deps, city, files.sectores, { ...areas, layer: 'sectores', title: 'Sectores' }, quiet);
  await importAreas(
    deps,
    city,
    files.context,
    { ...areas, type: 'context', layer: 'contexto', title: 'Contexto' },
    quiet,
  );
  toward(0.45, 4);
  await importStreets(deps, city, files.streets, { ...FILE_OPTIONS, title: 'Calles' }, quiet);
  toward(0.5, 2);
  const options = {
    preset: 'generic',
    source: 'demo',
    kind: null,
    replaces: null,
    confirmed: false,
    map: {},
    through: null,
  };
  await importIncidents(database, city, files.incidents, options, {
    onProgress: (step, fraction) => {
      if (step === 'publishing') toward(1, 2);
      else if (fraction !== null) toward(0.5 + 0.45 * fraction, 1);
    },
    onReject: quiet,
    signal: new AbortController().signal,
  });
}
