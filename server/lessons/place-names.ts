// What places are called that were answered by their codes.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';

/** By code, of the layer as it is now; those that are not there are left out. A street is told by what it is between. */
export async function placesNamed(
  { db }: Database,
  jurisdictionId: number,
  layer: string,
  codes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (codes.length === 0) return new Map();
  const { rows } = await sql<{ code: string; name: string | null; from: string | null; to: string | null }>`
    select p.code, p.name, null as "from", null as "to" from layer l
    join area p on p.jurisdiction_id = ${jurisdictionId} and p.layer_id = l.layer_id and p.version = l.current_version
    where l.jurisdiction_id = ${jurisdictionId} and l.code = ${layer} and p.code = any(${[...codes]}::text[])
    union all
    select p.code, p.name, p.crossing_from as "from", p.crossing_to as "to" from layer l
    join segment p on p.jurisdiction_id = ${jurisdictionId} and p.layer_id = l.layer_id and p.version = l.current_version
    where l.jurisdiction_id = ${jurisdictionId} and l.code = ${layer} and p.code = any(${[...codes]}::text[])`.execute(
    db,
  );
  return new Map(
    rows.map(({ code, name, from, to }) => [code, `${name ?? code}${from && to ? ` (${from} – ${to})` : ''}`]),
  );
}
