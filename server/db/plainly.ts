// Asks one question with the planner held back where it is known to be wrong.

import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from './tables.ts';

/**
 * The planner takes unnested placements for ten rows and polygons for dear: it would loop over a quarter of a million
 * rows, and compile or share out among workers what takes less time than that. `loops` = nested loops are right here.
 */
export function askPlainly<Row>(db: Kysely<Tables>, question: RawBuilder<Row>, loops: boolean): Promise<Row[]> {
  return db.transaction().execute(async (trx) => {
    await sql`set local jit = off`.execute(trx);
    await sql`set local max_parallel_workers_per_gather = 0`.execute(trx);
    if (!loops) await sql`set local enable_nestloop = off`.execute(trx);
    return (await question.execute(trx)).rows;
  });
}
