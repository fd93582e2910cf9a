// The real sets as their offices hand them over: each recognised by its layout alone, and a revision of the largest.

import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { sql } from 'kysely';
import { openDatabase } from '../../server/db/open.ts';
import type { UndoReport } from '../../server/incidents/contract.ts';
import type { IncidentsReport } from '../../server/incidents/import.ts';
import { type Home, reportOf } from './cli.ts';
import { quietLog } from './log.ts';
import { CDMX_INCIDENTS, REAL_DATA } from './real-data.ts';

type Note = (what: string, expected: unknown, found: unknown) => void;

/** File, layout and source it must be recognised as, rows, rows without a point, rows without a month. */
const SETS = [
  ['cdmx/sample_fgj_10k.csv', 'fgj-cdmx', 'fgj', 10_021, 0, 0],
  ['cdmx/incidents_sspdf_2013_2016.csv.gz', 'sspdf', 'sspdf', 132_692, 1551, 0],
  ['cdmx/fgj_libertad_no_coords.csv', 'fgj-cdmx-sin-coordenadas', 'fgj-sin-coordenadas', 6660, 6655, 5],
  ['bath/2018-10-avon-and-somerset-street.csv.gz', 'police-uk', 'police-uk', null, null, 0],
] as const;

/** Imports each into a jurisdiction of its own without saying what it is. */
export async function everySet(home: Home, note: Note): Promise<void> {
  await reportOf(home, ['jurisdiction', 'add', 'sets', '--name', 'Sets', '--timezone', 'America/Mexico_City']);
  for (const [file, preset, source, read, unlocated, rejected] of SETS) {
    const report = await reportOf<IncidentsReport>(home, [
      ...['import', 'incidents', join(REAL_DATA, file), '--jurisdiction', 'sets'],
    ]);
    note(`${file}: rows read`, read, report.read);
    note(`${file}: rows without a point`, unlocated, report.unlocated);
    note(`${file}: rows rejected`, rejected, report.rejected);
    const { rows } = await asking(home, (db) =>
      sql<{ preset: string; source: string }>`
        select d.preset, s.code as source from delivery d join source s using (jurisdiction_id, source_id)
        join jurisdiction j using (jurisdiction_id) where j.code = 'sets' order by delivery desc limit 1`.execute(db),
    );
    note(`${file}: recognised as`, `${preset}, source ${source}`, `${rows[0]?.preset}, source ${rows[0]?.source}`);
  }
}

/**
 * Over the full file: the sample added to it changes nothing, a revision is told row by row, and undone whole. Answers how
 * many rows counted in between.
 */
export async function revisionOfAll(home: Home, note: Note, scratch: string): Promise<{ rows: number }> {
  const into = ['--jurisdiction', 'cdmx'];
  const nothing = 'stored 0, changed 0, gone 0';
  const sample = await reportOf<IncidentsReport>(home, [
    ...['import', 'incidents', join(REAL_DATA, 'cdmx/sample_fgj_10k.csv'), ...into],
  ]);
  note('cdmx: the sample added', nothing, `stored ${sample.stored}, changed ${sample.changed}, gone ${sample.gone}`);
  const before = await checksum(home);

  const file = join(scratch, 'revised.csv.gz');
  const expected = await writeRevision(file);
  const period = ['--mode', 'replace', '--period', '2019-01-01..2026-01-01'];
  const told = await reportOf<IncidentsReport>(home, ['import', 'incidents', file, ...into, ...period]);
  const { read, stored, changed, unchanged, gone } = told;
  note('cdmx: a revision', JSON.stringify(expected), JSON.stringify({ read, stored, changed, unchanged, gone }));
  const revised = await checksum(home);
  note('cdmx: another state than before', true, revised !== before);
  const list = await reportOf<{ deliveries: readonly { delivery: number }[] }>(home, ['deliveries', 'list', 'cdmx']);
  const last = Math.max(...list.deliveries.map(({ delivery }) => delivery));
  await reportOf<UndoReport>(home, ['deliveries', 'undo', String(last), ...into]);
  note('cdmx: undone, the state before', before, await checksum(home));
  return { rows: expected.read };
}

/** Of every thousand rows one is altered, one dropped, one doubled, and one is added. */
async function writeRevision(to: string) {
  const lines = createInterface({
    input: createReadStream(join(REAL_DATA, CDMX_INCIDENTS)).pipe(createGunzip()),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  const count = { rows: -1, altered: 0, dropped: 0, doubled: 0, added: 0 };
  const at = (line: string, hour: string) => line.replace(/^([^,]*),[^,]*/, `$1,${hour}`);
  async function* revised() {
    for await (const line of lines) {
      const turn = count.rows++ % 1000;
      if (turn === 1) {
        count.altered++;
        yield `${at(line, '04:44:44')}\n`;
      } else if (turn === 2) count.dropped++;
      else if (turn === 3) {
        count.doubled++;
        yield `${line}\n${line}\n`;
      } else if (turn === 4) {
        count.added++;
        yield `${line}\n${at(line, '05:55:55')}\n`;
      } else yield `${line}\n`;
    }
  }
  await pipeline(revised, createGzip({ level: 1 }), createWriteStream(to));
  const { rows, altered, dropped, doubled, added } = count;
  const stored = altered + doubled + added;
  const read = rows - dropped + doubled + added;
  return { read, stored, changed: 0, unchanged: read - stored, gone: altered + dropped };
}

async function checksum(home: Home): Promise<string> {
  const { rows } = await asking(home, (db) =>
    sql<{ sum: string }>`
      select count(*) || ' ' || sum(hashtextextended(concat_ws(' ', occurred_on, minute_of_day, date_precision, offence_id,
        lon, lat, place_text_id), 0)) as sum
      from incident i join jurisdiction j using (jurisdiction_id) join data_state t using (jurisdiction_id)
      where j.code = 'cdmx' and from_delivery <= head_delivery
        and (until_delivery is null or until_delivery > head_delivery)`.execute(db),
  );
  return rows[0]!.sum;
}

async function asking<T>(
  home: Home,
  ask: (db: Awaited<ReturnType<typeof openDatabase>>['db']) => Promise<T>,
): Promise<T> {
  const database = await openDatabase({ ...home, log: quietLog });
  try {
    return await ask(database.db);
  } finally {
    await database.close();
  }
}
