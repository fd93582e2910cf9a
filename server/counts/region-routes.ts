// The map above the municipality over HTTP: one row for every jurisdiction the viewer may see.

import { type Request, Router } from 'express';
import { LRUCache } from 'lru-cache';
import * as z from 'zod';
import { type Jurisdiction, PUBLIC, rightsKey } from '../access/contract.ts';
import { listJurisdictions, listShared } from '../access/jurisdictions.ts';
import { viewerOf } from '../access/viewer.ts';
import type { Snapshot } from '../cube/store.ts';
import { inLanes } from '../db/concurrently.ts';
import type { Database } from '../db/open.ts';
import { type DataState, readStates } from '../filter/catalogue.ts';
import { EVERYTHING, type Filter } from '../filter/contract.ts';
import { parseAsked, yearAsked } from '../filter/parse.ts';
import { throughOf } from '../filter/plan.ts';
import { json } from '../http/responses.ts';
import type { Stats } from './asking.ts';
import type { RegionAnswer, RegionRow } from './contract.ts';
import { createElsewhere } from './elsewhere.ts';
import { countedInYear, latestYear } from './region.ts';
import { refuseWithinAreas } from './scoped.ts';

const ROWS_KNOWN = 5000;
const PARAMETERS = z.object({ year: yearAsked.optional(), base: yearAsked.optional() });

export type Seen = { readonly jurisdiction: Jurisdiction; readonly state: DataState };

/** Mounted under /api/v1. */
export function regionRoutes(stats: Stats): Router {
  const { database, cubes, taxonomy } = stats;
  const counting = { taxonomy, places: stats.places, elsewhereOf: createElsewhere() };
  /** By what they depend on: a delivery in one city has that one counted anew. */
  const rows = new LRUCache<string, RegionRow>({ max: ROWS_KNOWN });

  const eachOf = async <T>(seen: readonly Seen[], make: (each: Seen) => Promise<T>): Promise<T[]> => {
    const made: T[] = [];
    await inLanes(database.engine, seen.entries(), async ([index, each]) => {
      made[index] = await make(each);
    });
    return made;
  };
  const rowOf = async (filter: Filter, year: number, base: number, { jurisdiction, state }: Seen) => {
    const { id, code, name, synthetic, shared } = jurisdiction;
    const key = JSON.stringify([id, state.token, code, name, limitsOf(jurisdiction), filter, year, base]);
    const known = rows.get(key);
    if (known) return known;
    const snapshot = await cubes.snapshot(jurisdiction);
    const counted = await countedInYear(counting, snapshot, filter, { year, base, offences: shared?.offences ?? null });
    const row: RegionRow = { code, name, synthetic, ...(shared?.level && { shared: shared.level }), ...counted };
    if (snapshot.token === state.token) rows.set(key, row);
    return row;
  };

  const routes = Router();
  routes.get('/region', async (request, response) => {
    refuseWithinAreas(viewerOf(request));
    const { filter: asked, own } = parseAsked(request, PARAMETERS);
    const { offences, theme, kind } = asked;
    const filter: Filter = { ...EVERYTHING, offences, theme, kind };
    const seen = await seenBy(database, request);
    const token = seen.map(({ jurisdiction: of, state }) => `${of.id} ${state.token} ${limitsOf(of)}`).join();
    const dataVersion = seen.reduce((sum, { state }) => sum + state.dataVersion, 0);
    await stats.respond(
      request,
      response,
      { jurisdictionId: 0, token, dataVersion },
      ['region', filter, own],
      async () => {
        const year = own.year ?? (await latestYearOf(filter, seen)) ?? new Date().getUTCFullYear() - 1;
        const base = own.base ?? year - 1;
        const answer: RegionAnswer = {
          year,
          base,
          rows: await eachOf(seen, (each) => rowOf(filter, year, base, each)),
        };
        return json(answer);
      },
    );
  });
  return routes;

  async function latestYearOf(filter: Filter, seen: readonly Seen[]): Promise<number | null> {
    const throughs = await eachOf(seen, async ({ jurisdiction }) => {
      const { sources }: Snapshot = await cubes.snapshot(jurisdiction);
      return throughOf(filter, sources);
    });
    return latestYear(throughs);
  }
}

/** What of a jurisdiction is shared, for the key of whatever is remembered of it. */
const limitsOf = ({ shared }: Jurisdiction) => (shared ? rightsKey({ ...PUBLIC, scope: shared }) : '');

/** What the viewer of a request may see, each as it is now; of others what they share of the whole of theirs. */
export async function seenBy(database: Database, request: Request): Promise<Seen[]> {
  const viewer = viewerOf(request);
  const shared = (await listShared(database, viewer, new Date())).filter((each) => !each.shared?.areas);
  const jurisdictions = [...(await listJurisdictions(database, viewer)), ...shared];
  const states = await readStates(
    database,
    jurisdictions.map(({ id }) => id),
  );
  return jurisdictions.flatMap((jurisdiction) => {
    const state = states.get(jurisdiction.id);
    return state ? [{ jurisdiction, state }] : [];
  });
}
