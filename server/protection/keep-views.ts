// Keeps the public views of an installation up to date in the background, while the server runs and after it starts again.
// Of several servers the first one makes a view; the others find it made.

import { sql } from 'kysely';
import { findJurisdictionById } from '../access/jurisdictions.ts';
import { isConnectionLost } from '../db/open.ts';
import { Busy, NotFound, Outdated } from '../errors.ts';
import { readState } from '../filter/catalogue.ts';
import { makeView, type ViewDeps } from './view.ts';

const LOOK_EVERY_MS = 5000;
/** Data that change at every look are waited for no longer than so many looks. */
const MOST_LOOKS = 12;

export type KeptViews = { close(): Promise<void> };

/** `lookEveryMs`: data that stay as they are from one look to the next are taken for whole. */
export function keepViews(deps: ViewDeps, lookEveryMs = LOOK_EVERY_MS): KeptViews {
  const closing = new AbortController();
  const seen = new Map<number, { token: string; looks: number }>();
  let working: Promise<void> = Promise.resolve();
  let isLooking = false;
  const look = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    working = lookAtAll(deps, seen, closing.signal).finally(() => {
      isLooking = false;
    });
  }, lookEveryMs);
  look.unref();
  return {
    async close() {
      closing.abort();
      clearInterval(look);
      await working;
    },
  };
}

async function lookAtAll(deps: ViewDeps, seen: Map<number, { token: string; looks: number }>, signal: AbortSignal) {
  const { database, log } = deps;
  const isExpected = (error: unknown) =>
    signal.aborted || error instanceof Busy || error instanceof NotFound || error instanceof Outdated;
  try {
    const { rows } = await sql<{ id: number }>`
      select jurisdiction_id as id from protection where is_on order by jurisdiction_id`.execute(
      database.background.db,
    );
    for (const { id } of rows) {
      if (signal.aborted) return;
      const token = (await readState(database.background, id))?.token ?? '';
      const before = seen.get(id);
      const looks = before && before.token !== token ? before.looks + 1 : 0;
      seen.set(id, { token, looks });
      if (looks > 0 && looks < MOST_LOOKS) continue;
      seen.set(id, { token, looks: 0 });
      try {
        await makeView(deps, await findJurisdictionById(database, id), signal);
      } catch (error) {
        if (isConnectionLost(error)) throw error;
        if (!isExpected(error))
          log.error({ err: error, jurisdictionId: id }, 'the public view was not brought up to date');
      }
    }
  } catch (error) {
    if (isConnectionLost(error)) log.info({ err: error }, 'public views not looked at: the database went away');
    else if (!isExpected(error)) log.error({ err: error }, 'public views were not looked at');
  }
}
