// Which cubes are made ready when the server starts: the largest before it serves, the other large ones behind its back.
// A small city's cube is built by the first question about it, sooner than people notice.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';

/** Of fewer incidents a cube is built in some tenths of a second. */
const LARGE_INCIDENTS = 20_000;
const MOST = 200;

type WarmUpDeps = {
  readonly database: Database;
  /** Has the cube in memory when it resolves; never throws for one that cannot be built. */
  readonly warm: (jurisdiction: { readonly id: number }) => Promise<void>;
  /** Whether so many incidents more have room in memory. */
  readonly hasRoom: (incidents: number) => boolean;
  readonly onFailure: (error: unknown) => void;
  readonly signal: AbortSignal;
};

/** Resolves when the largest cube is there. */
export async function warmUp(deps: WarmUpDeps): Promise<void> {
  const { rows } = await sql<{ id: number; incidents: number }>`
    select jurisdiction_id as id, next_incident_id::float8 as incidents from data_state
    order by next_incident_id desc, jurisdiction_id limit ${MOST}`.execute(deps.database.db);
  const [largest, ...others] = rows;
  if (!largest) return;
  await deps.warm(largest);
  warmOthers(
    deps,
    others.filter(({ incidents }) => incidents >= LARGE_INCIDENTS),
  ).catch(deps.onFailure);
}

async function warmOthers(
  { warm, hasRoom, signal }: WarmUpDeps,
  others: readonly { readonly id: number; readonly incidents: number }[],
): Promise<void> {
  for (const each of others) {
    if (signal.aborted) return;
    if (hasRoom(each.incidents)) await warm(each);
  }
}
