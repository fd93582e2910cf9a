// Places incidents by their words anew, after somebody said what a name means or a layer came that has it.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { raiseDataVersion, type Writer, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { keptLayers } from '../placing/load.ts';
import { matchStored, textsInUse } from './locator.ts';

/** Blocks of `placement` written in one statement. */
const BLOCKS_AT_ONCE = 10;

/** The name of an alias. */
export type AliasKey = { readonly name: string; readonly within: string };
type Watch = { readonly signal: AbortSignal; readonly onProgress: (step: 'placing', fraction: number | null) => void };

/**
 * Looks for all texts, or those of one name, again and places their incidents on every kept layer version. Stopped or
 * killed halfway it is finished by doing it again; readers see nothing of it before the data version rises at the end.
 * Answers how many texts. Throws Conflict when somebody is writing.
 */
export async function placeNamesAgain(
  database: Database,
  jurisdiction: Jurisdiction,
  only: AliasKey | null,
  watch: Watch,
): Promise<number> {
  return withJurisdictionLock(database, jurisdiction.id, (writer) => placeAgain(writer, jurisdiction, only, watch));
}

/** The same for one who holds the jurisdiction's lock. */
export async function placeAgain(
  database: Writer,
  jurisdiction: Jurisdiction,
  only: AliasKey | null,
  { signal, onProgress }: Watch,
): Promise<number> {
  const { id } = jurisdiction;
  const texts = only ? await textsNamed(database, id, only) : await textsInUse(database, id);
  if (texts.length === 0) return 0;
  onProgress('placing', null);
  await matchStored(database, jurisdiction, texts);
  const layers = await keptLayers(database, id);
  for (const [i, { layerId, version }] of layers.entries()) {
    const key = sql`p.jurisdiction_id = ${id} and p.layer_id = ${layerId} and p.version = ${version}`;
    const { rows: blocks } = await sql<{ first: string }>`
      select distinct block.first from incident i cross join lateral (
        select p.first_incident_id as first from placement p
        where ${key} and p.first_incident_id <= i.incident_id order by p.first_incident_id desc limit 1
      ) as block
      where i.jurisdiction_id = ${id} and i.lon is null and i.place_text_id = any(${texts}::int[])`.execute(
      database.db,
    );
    for (let from = 0; from < blocks.length; from += BLOCKS_AT_ONCE) {
      signal.throwIfAborted();
      const firsts = blocks.slice(from, from + BLOCKS_AT_ONCE).map(({ first }) => first);
      await sql`
        update placement set place_ids = fresh.place_ids
        from (
          select p.first_incident_id, array_agg(
            case when i.incident_id is null then u.place_id else coalesce(m.place_id, 0) end order by u.n
          ) as place_ids
          from placement p cross join lateral unnest(p.place_ids) with ordinality as u (place_id, n)
          left join incident i on i.jurisdiction_id = ${id} and i.incident_id = p.first_incident_id + u.n - 1
            and i.lon is null and i.place_text_id = any(${texts}::int[])
          left join place_match m on m.jurisdiction_id = ${id} and m.place_text_id = i.place_text_id
            and m.layer_id = ${layerId} and m.version = ${version}
          where ${key} and p.first_incident_id = any(${firsts}::bigint[])
          group by p.first_incident_id
        ) as fresh
        where placement.jurisdiction_id = ${id} and placement.layer_id = ${layerId} and placement.version = ${version}
          and placement.first_incident_id = fresh.first_incident_id`.execute(database.db);
      onProgress('placing', (i + Math.min(1, (from + BLOCKS_AT_ONCE) / blocks.length)) / layers.length);
    }
  }
  await database.publishing((trx) => raiseDataVersion(trx, id));
  return texts.length;
}

async function textsNamed({ db }: Database, jurisdictionId: number, { name, within }: AliasKey): Promise<number[]> {
  const rows = await db
    .selectFrom('place_text')
    .select('place_text_id')
    .where('jurisdiction_id', '=', jurisdictionId)
    .where('name', '=', name)
    .where('within_name', '=', within)
    .execute();
  return rows.map((row) => row.place_text_id);
}
