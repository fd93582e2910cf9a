// Has the records of a source found by their ids. Those of files need it only once a feed tells of the same source: until
// then nobody looks one up, and an index of ids is the dearest part of storing them.

import { sql } from 'kysely';
import { type Writer, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { Busy } from '../errors.ts';
import { isKeyed } from '../incidents/dictionaries.ts';

/** Rows written anew in one statement. */
const PAGE = 20_000;

/** What was stored before its first feed is marked once; what comes later is stored marked. */
export async function keepKeyed(writer: Writer, jurisdictionId: number, sourceId: number): Promise<void> {
  if (await isKeyed(writer, jurisdictionId, sourceId)) return;
  const { rows } = await sql<{ last: string | null }>`
    select max(incident_id) as last from incident where jurisdiction_id = ${jurisdictionId}`.execute(writer.db);
  const last = Number(rows[0]?.last ?? 0);
  let marked = 0n;
  for (let first = 1; first <= last; first += PAGE) {
    const { numAffectedRows } = await sql`
      update incident set keyed = true
      where jurisdiction_id = ${jurisdictionId} and incident_id >= ${first} and incident_id < ${first + PAGE}
        and source_id = ${sourceId} and source_key is not null and not keyed`.execute(writer.db);
    marked += numAffectedRows ?? 0n;
  }
  // The embedded engine has nobody who would make room again later.
  if (writer.engine === 'embedded' && marked > 0n) await sql`vacuum incident`.execute(writer.db);
  await sql`update source set keyed = true
    where jurisdiction_id = ${jurisdictionId} and source_id = ${sourceId}`.execute(writer.db);
}

/** The same for whoever opens a feed and can wait; while somebody else writes, the first record that comes sees to it. */
export async function keyNow(database: Database, jurisdictionId: number, sourceId: number): Promise<void> {
  const keep = (writer: Writer) => keepKeyed(writer, jurisdictionId, sourceId);
  await withJurisdictionLock(database, jurisdictionId, keep).catch((error) => {
    if (!(error instanceof Busy)) throw error;
  });
}
