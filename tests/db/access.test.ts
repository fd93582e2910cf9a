// Adding and removing jurisdictions, on both engines.

import { sql } from 'kysely';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { STAFF } from '../../server/access/contract.ts';
import {
  addJurisdiction,
  findJurisdiction,
  listJurisdictions,
  removeJurisdiction,
} from '../../server/access/jurisdictions.ts';
import { withJurisdictionLock } from '../../server/db/lock.ts';
import type { Database } from '../../server/db/open.ts';
import { Conflict, NotFound } from '../../server/errors.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
});
afterEach(() => emptyTables(database));

const add = (code: string) =>
  addJurisdiction(database, STAFF, { code, name: code, timezone: 'America/Mexico_City', srid: 32614 });

/** More incidents than one statement removes, with everything they refer to. */
async function fill(jurisdictionId: number, incidents: number): Promise<void> {
  await sql`insert into source (jurisdiction_id, source_id, code, kind, title, preset)
    values (${jurisdictionId}, 1, 's', 'incident', 's', 'generic')`.execute(database.db);
  await sql`insert into offence (jurisdiction_id, offence_id, code, labels)
    select ${jurisdictionId}, n, 'generic.o' || n, array['o'] from generate_series(1, 45) n`.execute(database.db);
  await sql`insert into incident (jurisdiction_id, incident_id, from_delivery, source_id, offence_id, occurred_on,
      date_precision, place_precision, record_hash)
    select ${jurisdictionId}, n, 1, 1, 1 + n % 45, '2024-01-01', 2, 4, n
    from generate_series(1, ${incidents}::int) n`.execute(database.db);
}

async function rowsOf(table: string, jurisdictionId: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from ${sql.table(table)} where jurisdiction_id = ${jurisdictionId}`.execute(
    database.db,
  );
  return rows[0]!.count;
}

test('a removed jurisdiction leaves nothing, and its neighbour as it was', async () => {
  const [gone, kept] = [await add('ida'), await add('queda')];
  await fill(gone.id, 10_500);
  await fill(kept.id, 7);
  await removeJurisdiction(database, STAFF, 'ida');
  for (const table of ['incident', 'offence', 'source', 'data_state', 'jurisdiction']) {
    expect([table, await rowsOf(table, gone.id)]).toEqual([table, 0]);
  }
  expect(await rowsOf('incident', kept.id)).toBe(7);
  expect((await listJurisdictions(database, STAFF)).map(({ code }) => code)).toEqual(['queda']);
});

test('a removal that was killed is not seen, and finished by whoever uses the code again', async () => {
  const { id } = await add('media');
  await fill(id, 30);
  await sql`delete from data_state where jurisdiction_id = ${id}`.execute(database.db); // as far as it came
  await expect(findJurisdiction(database, STAFF, 'media')).rejects.toThrow(NotFound);
  expect(await listJurisdictions(database, STAFF)).toEqual([]);
  const again = await add('media');
  expect(await rowsOf('incident', again.id)).toBe(0);
});

test('a jurisdiction is not removed under a running import', async () => {
  const { id } = await add('ocupada');
  await withJurisdictionLock(database, id, async () => {
    await expect(removeJurisdiction(database, STAFF, 'ocupada')).rejects.toThrow(Conflict);
  });
  expect((await findJurisdiction(database, STAFF, 'ocupada')).code).toBe('ocupada');
});
