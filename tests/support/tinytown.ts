// Loads tests/tinytown into an installation by its own commands.

import { join } from 'node:path';
import type { IncidentsReport } from '../../server/incidents/import.ts';
import { type Home, reportOf } from './cli.ts';

const file = (name: string) => join(import.meta.dirname, '../tinytown', name);

/** Jurisdiction `tiny` with its limit, layer `areas`, streets and the incidents; answers the incidents' report. */
export async function loadTinyTown(home: Home): Promise<IncidentsReport> {
  const zone = ['--timezone', 'America/Mexico_City'];
  await reportOf(home, [
    'jurisdiction',
    'add',
    'tiny',
    '--name',
    'Pueblo Chico',
    ...zone,
    '--limit',
    file('limit.geojson'),
  ]);
  const columns = ['--code', 'clave', '--name', 'nombre'];
  const population = ['--population', 'poblacion_2020:2020'];
  await reportOf(home, [
    'import',
    'areas',
    file('areas.geojson'),
    '--layer',
    'areas',
    '--jurisdiction',
    'tiny',
    ...columns,
    ...population,
  ]);
  await reportOf(home, ['import', 'streets', file('streets.geojson'), '--jurisdiction', 'tiny', ...columns]);
  return importIncidents(home);
}

export function importIncidents(home: Home): Promise<IncidentsReport> {
  return reportOf<IncidentsReport>(home, [
    'import',
    'incidents',
    file('incidents.csv'),
    '--jurisdiction',
    'tiny',
    '--preset',
    'generic',
  ]);
}
