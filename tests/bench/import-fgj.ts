// The real Mexico City file: import by the command line against a plain COPY of the rows it leaves behind.

import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import copyStreams from 'pg-copy-streams';
import { openDatabase } from '../../server/db/open.ts';
import { quietLog } from '../support/log.ts';
import { CDMX_INCIDENTS, REAL_DATA, realFile } from '../support/real-data.ts';
import { loadCdmx } from './cdmx.ts';
import { type BenchContext, type BenchLine, limitLine, line, missingLine, NO_POSTGIS, spreadOf } from './contract.ts';
import type { Peak } from './memory.ts';

const NAME = 'import-fgj';
const COPY_ROUNDS = 2;
const POSTGIS_LIMIT_MB = 700;
const EMBEDDED_LIMIT_MB = 2560;
/** What an import finds there and refers to, parents first. */
const GIVEN = ['jurisdiction', 'layer', 'layer_version'];
/** What an import may fill, parents first; a table it left empty costs nothing to copy. */
const FILLED = ['source', 'offence', 'place_text', 'delivery', 'incident', 'placement'];

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  if (realFile(CDMX_INCIDENTS) === null) return [missingLine(NAME, 0, `no real data at ${REAL_DATA}`)];
  return [...(await onPostgis(context)), await onEmbedded(context)];
}

async function onPostgis(context: BenchContext): Promise<BenchLine[]> {
  const loaded = await context.cdmx();
  const baselineUrl = await context.emptyDatabase();
  if (!loaded?.home.databaseUrl || baselineUrl === null) return [missingLine(NAME, 0, NO_POSTGIS)];
  const { rows, seconds, peak } = loaded;
  context.say(`imported in ${seconds.toFixed(1)} s; now COPY of the same rows`);
  const theirs = spreadOf(await copySeconds(loaded.home.databaseUrl, baselineUrl, context.scratch()));
  const ours = spreadOf([seconds]);
  const note = `one import, whole command; COPY ${COPY_ROUNDS} times into ${FILLED.join(', ')}`;
  const baseline = 'COPY of the same final rows, same indexes and constraints';
  return [
    line({ name: NAME, rows, baseline, unit: 's', ours, theirs, target: 0.333, note }),
    memoryLine(`${NAME} memory`, rows, peak, POSTGIS_LIMIT_MB, ''),
  ];
}

async function onEmbedded(context: BenchContext): Promise<BenchLine> {
  context.say('the same on the embedded engine');
  const { rows, seconds, peak } = await loadCdmx({ dataDir: context.scratch(), databaseUrl: null });
  return memoryLine(`${NAME} memory, embedded`, rows, peak, EMBEDDED_LIMIT_MB, `imported in ${seconds.toFixed(1)} s, `);
}

function memoryLine(name: string, rows: number, peak: Peak, limitMb: number, note: string): BenchLine {
  if (peak.processMb === null) return missingLine(name, rows, `${note}no /proc to read the peak from`);
  const ours = spreadOf([peak.processMb]);
  return limitLine({ name, rows, unit: 'MB', ours, note: `${note}children ${peak.childrenMb} MB` }, limitMb);
}

/** Copies what the import left in `fromUrl` into an equal, empty schema, and answers the seconds of each round. */
async function copySeconds(fromUrl: string, toUrl: string, dir: string): Promise<number[]> {
  await (await openDatabase({ databaseUrl: toUrl, dataDir: '', log: quietLog })).close();
  const from = new pg.Client({ connectionString: fromUrl });
  const to = new pg.Client({ connectionString: toUrl });
  await from.connect();
  await to.connect();
  try {
    const file = (table: string) => join(dir, `${table}.copy`);
    for (const table of [...GIVEN, ...FILLED]) {
      const out = from.query(copyStreams.to(`copy ${table} to stdout (format binary)`));
      await pipeline(out, createWriteStream(file(table)));
    }
    const load = async (tables: readonly string[]) => {
      for (const table of tables) {
        await pipeline(
          createReadStream(file(table)),
          to.query(copyStreams.from(`copy ${table} from stdin (format binary)`)),
        );
      }
    };
    await load(GIVEN);
    const seconds: number[] = [];
    for (let round = 0; round < COPY_ROUNDS; round++) {
      await to.query(`truncate ${FILLED.join(', ')} cascade`);
      await to.query('checkpoint');
      const began = performance.now();
      await load(FILLED);
      seconds.push((performance.now() - began) / 1000);
    }
    await assertEqual(from, to);
    return seconds;
  } finally {
    await from.end();
    await to.end();
  }
}

async function assertEqual(from: pg.Client, to: pg.Client): Promise<void> {
  for (const table of FILLED) {
    const question = `select count(*)::text as rows, md5(sum(hashtextextended(t::text, 0))::text) as content from ${table} t`;
    const [ours, theirs] = [await from.query(question), await to.query(question)];
    if (JSON.stringify(ours.rows) !== JSON.stringify(theirs.rows)) throw new Error(`the copied ${table} differs`);
  }
}
