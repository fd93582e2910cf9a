// Real open data that lie beside the project on some machines; the project itself holds none of it.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { IncidentsReport } from '../../server/incidents/import.ts';
import { type Home, reportOf } from './cli.ts';

export const REAL_DATA = resolve(process.env.CUADRA_REAL_DATA ?? join(import.meta.dirname, '../../../shared/data'));

/** Path of a real file, or null when it is not there. */
export function realFile(path: string): string | null {
  const file = join(REAL_DATA, path);
  return existsSync(file) ? file : null;
}

export const CDMX_INCIDENTS = 'cdmx/incidents_fgj_2019_2024.csv.gz';

/** Layer code → file of it. */
export const CDMX_LAYERS = {
  alcaldias: 'cdmx/alcaldias_limite.geojson',
  colonias: 'cdmx/colonias_iecm.gpkg',
  cuadrantes: 'cdmx/cuadrantes_population_2023.gpkg',
};

/** Adds jurisdiction `cdmx` with its three layers. Throws when a file is missing or an import fails. */
export async function loadCdmxLayers(home: Home): Promise<void> {
  const zone = ['--timezone', 'America/Mexico_City'];
  await reportOf(home, ['jurisdiction', 'add', 'cdmx', '--name', 'Ciudad de México', ...zone]);
  for (const [layer, path] of Object.entries(CDMX_LAYERS)) {
    await reportOf(home, ['import', 'areas', join(REAL_DATA, path), '--layer', layer, '--jurisdiction', 'cdmx']);
  }
}

export function importCdmxIncidents(home: Home, onStart?: (pid: number) => void): Promise<IncidentsReport> {
  const into = ['--jurisdiction', 'cdmx']; // recognised as fgj-cdmx
  return reportOf<IncidentsReport>(home, ['import', 'incidents', join(REAL_DATA, CDMX_INCIDENTS), ...into], onStart);
}
