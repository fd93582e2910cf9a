// The layouts beside each other: as many rows of police.uk and of a plain file as of FGJ, each imported into a database of
// its own without layers, in turn, so that a busy machine is busy for all.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Random, seeded } from '../../geodata/demo/random.ts';
import { type Home, reportOf } from '../support/cli.ts';
import { type BenchContext, type BenchLine, line, missingLine, NO_POSTGIS, spreadOf, timeMs } from './contract.ts';

const NAME = 'import-readers';
const SEED = 20_181_001;
const MOST_ROWS = 300_000;
const ROUNDS = 3;
/** As the real files have them: a street name every six rows, a neighbourhood every seven hundred, an id a row. */
const STREETS_PER_ROW = 1 / 6;
const NEIGHBOURHOODS = 1800;

type Layout = { readonly header: string; readonly row: (random: Random, n: number, rows: number) => string };
const below = (random: Random, most: number) => Math.floor(random.next() * most);
const two = (number: number) => String(number).padStart(2, '0');
const hex = (random: Random) =>
  Array.from({ length: 8 }, () =>
    below(random, 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
const dayOf = (random: Random) =>
  `20${19 + below(random, 6)}-${two(1 + below(random, 12))}-${two(1 + below(random, 28))}`;
const hourOf = (random: Random) => `${two(below(random, 24))}:${two(below(random, 60))}:00`;
const near = (random: Random, degrees: number) => (degrees + random.next() * 0.2).toFixed(6);
const OFFENCES = Array.from({ length: 320 }, (_, n) => `DELITO ${n} CON VIOLENCIA`);
const UK_OFFENCES = [
  'Anti-social behaviour',
  'Burglary',
  'Drugs',
  'Robbery',
  'Vehicle crime',
  'Violence and sexual offences',
];

const LAYOUTS: Readonly<Record<string, Layout>> = {
  'fgj-cdmx': {
    header: 'fecha_hecho,hora_hecho,anio_hecho,delito,colonia_catalogo,alcaldia_hecho,latitud,longitud',
    row: (random) => {
      const [day, place] = [dayOf(random), below(random, NEIGHBOURHOODS)];
      const offence = OFFENCES[below(random, OFFENCES.length)];
      return `${day},${hourOf(random)},${day.slice(0, 4)},${offence},Colonia ${place},ALCALDIA ${place % 16},${near(random, 19.3)},${near(random, -99.2)}`;
    },
  },
  'police-uk': {
    header:
      'Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context',
    row: (random, _n, rows) => {
      const force = 'Avon and Somerset Constabulary,Avon and Somerset Constabulary';
      const offence = UK_OFFENCES[below(random, UK_OFFENCES.length)]!;
      const id = offence.startsWith('Anti') ? '' : hex(random);
      const street = below(random, Math.ceil(rows * STREETS_PER_ROW));
      return `${id},${dayOf(random).slice(0, 7)},${force},${near(random, -2.5)},${near(random, 51.4)},On or near Street ${street},E01014399,Bath 001A,${offence},Under investigation,`;
    },
  },
  generic: {
    header: 'id,fecha,hora,delito,lon,lat,lugar',
    row: (random, n, rows) =>
      `F-${n},${dayOf(random)},${hourOf(random)},${OFFENCES[below(random, OFFENCES.length)]},${near(random, -99.2)},${near(random, 19.3)},Calle ${below(random, Math.ceil(rows * STREETS_PER_ROW))}`,
  },
};

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  const rows = Math.min(context.rows, MOST_ROWS);
  const dir = context.scratch();
  for (const [preset, layout] of Object.entries(LAYOUTS)) await write(join(dir, `${preset}.csv`), layout, rows);
  const seconds = new Map(Object.keys(LAYOUTS).map((preset) => [preset, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const preset of Object.keys(LAYOUTS)) {
      const databaseUrl = await context.emptyDatabase();
      if (databaseUrl === null) return [missingLine(NAME, rows, NO_POSTGIS)];
      const home: Home = { dataDir: context.scratch(), databaseUrl };
      await reportOf(home, ['jurisdiction', 'add', 'bench', '--name', 'Bench', '--timezone', 'America/Mexico_City']);
      const file = join(dir, `${preset}.csv`);
      const command = ['import', 'incidents', file, '--jurisdiction', 'bench', '--preset', preset, '--confirm-points'];
      const took = await timeMs(() => reportOf(home, command));
      seconds.get(preset)!.push(took / 1000);
      context.say(`${preset}: ${Math.round(rows / (took / 1000)).toLocaleString('en')} rows a second`);
    }
  }
  const theirs = spreadOf(seconds.get('fgj-cdmx')!);
  return ['police-uk', 'generic'].map((preset) =>
    line({
      name: `${NAME} ${preset}`,
      ...{ rows, unit: 's', ours: spreadOf(seconds.get(preset)!), theirs, target: 0.8 },
      baseline: 'as many rows of the FGJ layout, in turn',
      note: 'whole command, no layers',
    }),
  );
}

async function write(path: string, { header, row }: Layout, rows: number): Promise<void> {
  const random = seeded(SEED);
  const file = createWriteStream(path);
  file.write(`${header}\n`);
  for (let n = 0; n < rows; n++) {
    if (!file.write(`${row(random, n, rows)}\n`)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
}
