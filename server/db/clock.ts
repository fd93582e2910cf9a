// What the clock of the database says, asked before a change that writes it down: the change may happen on another machine,
// whose clock is another.

import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.ts';

export type DatabaseClock = {
  /** This moment, as PostgreSQL writes it. */
  readonly now: string;
  /** Its day in the time zone of the session, YYYY-MM-DD. */
  readonly today: string;
};

export async function databaseClock(db: Kysely<Tables>): Promise<DatabaseClock> {
  const { rows } = await sql<DatabaseClock>`
    select clock_timestamp()::text as now, current_date::text as today`.execute(db);
  return rows[0]!;
}
