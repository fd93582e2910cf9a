// Loads tests/tinytown into an installation by its own commands.

import { join } from 'node:path';
import type { IncidentsReport } from '../../server/incidents/import.ts';
import { type Home, reportOf } from './cli.ts';

const file = (name: string) => join(import.meta.dirname, '../tinytown', name);

/** Runs a command and answers its report. */
type Report = <T = Record<string, unknown>>(args: readonly string[]) => Promise<T>;

/** Jurisdiction `tiny` with its limit, layer `areas`, streets and the incidents; answers the incidents' report. */
export function loadTinyTown(home: Home): Promise<IncidentsReport> {
  return loadTinyTownBy((args) => reportOf(home, args));
}

/** The same by commands that are run otherwise, as on a database that is open already. */
export async function loadTinyTownBy(report: Report): Promise<IncidentsReport> {
  const zone = ['--timezone', 'America/Mexico_City'];
  await report(['jurisdiction', 'add', 'tiny', '--name', 'Pueblo Chico', ...zone, '--limit', file('limit.geojson')]);
  const into = ['--jurisdiction', 'tiny'];
  const columns = ['--code', 'clave', '--name', 'nombre'];
  const population = ['--population', 'poblacion_2020:2020'];
  await report(['import', 'areas', file('areas.geojson'), '--layer', 'areas', ...into, ...columns, ...population]);
  await report(['import', 'streets', file('streets.geojson'), ...into, ...columns]);
  return report(importing);
}

const importing = ['import', 'incidents', file('incidents.csv'), '--jurisdiction', 'tiny', '--preset', 'generic'];

export const importIncidents = (home: Home) => reportOf<IncidentsReport>(home, importing);
