// Asks one costly question with the planner held back where it is known to be wrong.

import type { RawBuilder } from 'kysely';
import { askCostly } from './costly.ts';
import type { Database } from './open.ts';

/**
 * The planner takes unnested placements for ten rows and polygons for dear: it would loop over a quarter of a million
 * rows, and compile or share out among workers what takes less time than that. `loops` = nested loops are right here.
 */
export function askPlainly<Row>(database: Database, question: RawBuilder<Row>, loops: boolean): Promise<Row[]> {
  return askCostly(database, question, {
    jit: 'off',
    max_parallel_workers_per_gather: '0',
    ...(loops ? {} : { enable_nestloop: 'off' }),
  });
}
