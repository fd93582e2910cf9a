// The public view of a large city: how long it takes to make, and how much of it is written after a small delivery.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seeded } from '../../geodata/demo/random.ts';
import { STAFF } from '../../server/access/contract.ts';
import { findJurisdiction } from '../../server/access/jurisdictions.ts';
import { openDatabase } from '../../server/db/open.ts';
import { SAFE_RULES } from '../../server/protection/contract.ts';
import { saveSettings } from '../../server/protection/settings.ts';
import { type Made, makeView } from '../../server/protection/view.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { reportOf } from '../support/cli.ts';
import { quietLog } from '../support/log.ts';
import { CITY } from './city.ts';
import { type BenchContext, type BenchLine, limitLine, missingLine, NO_POSTGIS, spreadOf, timeMs } from './contract.ts';

const NAME = 'protection';
/** For 1.3 million incidents. */
const LIMIT_S = 60;
const OF_INCIDENTS = 1_300_000;
const ONE_IN = 100;

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  const cdmx = await context.cdmx();
  const home = cdmx?.home ?? (await context.city());
  if (home?.databaseUrl == null) return [missingLine(NAME, context.rows, NO_POSTGIS)];
  const code = cdmx ? 'cdmx' : CITY;
  const database = await openDatabase({ ...home, log: quietLog });
  try {
    const deps = { database, taxonomy: loadTaxonomy(), log: quietLog };
    const jurisdiction = await findJurisdiction(database, STAFF, code);
    const on = { isOn: true, rules: SAFE_RULES, areas: null, sensitiveAreas: null, addresses: null, licence: null };
    await saveSettings(database, jurisdiction, on, quietLog);
    const measure = async (name: string) => {
      context.say(name);
      const made: Made[] = [];
      const ms = await timeMs(async () => made.push(await makeView(deps, jurisdiction)));
      const [one] = made;
      if (one?.view !== 'made' || !one.stored) throw new Error('no view was made');
      const { account, stored } = one;
      const limit = (LIMIT_S * account.incidents) / OF_INCIDENTS;
      const note = `${stored.added} written, ${stored.ended} ended, ${stored.kept} kept`;
      return limitLine({ name, rows: account.incidents, unit: 's', ours: spreadOf([ms / 1000]), note }, limit);
    };
    const first = await measure(`${NAME} made`);
    const file = join(context.scratch(), 'more.csv');
    writeFileSync(file, moreIncidents(Math.round(first.rows / ONE_IN)));
    await reportOf(home, ['import', 'incidents', file, '--jurisdiction', code, '--preset', 'generic']);
    return [first, await measure(`${NAME} after a delivery of 1 %`)];
  } finally {
    await database.close();
  }
}

/** Robberies anywhere in the city in complete months. */
function moreIncidents(rows: number): string {
  const random = seeded(7);
  const lines = Array.from({ length: rows }, (_, n) => {
    const day = new Date(Date.UTC(2019, 0, 1 + random.below(1700))).toISOString().slice(0, 10);
    const [lon, lat] = [-99.23 + random.next() * 0.17, 19.31 + random.next() * 0.16];
    return `X${n},${day},12:00,Robo a transeúnte en vía pública,${lon.toFixed(6)},${lat.toFixed(6)}`;
  });
  return ['folio,fecha,hora,delito,longitud,latitud', ...lines].join('\n');
}
