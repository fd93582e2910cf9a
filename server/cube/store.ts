// The cube of each jurisdiction at its present data version: from memory, from disk, or built; SQL where there is none.

import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Database } from '../db/open.ts';
import { seeingOnly } from '../db/tenants.ts';
import { NotFound } from '../errors.ts';
import { type DataState, readStates } from '../filter/catalogue.ts';
import { type Builds, createBuilds } from './builds.ts';
import { chooseSnapshot, type KnownSnapshots, latestOfEach } from './choice.ts';
import { removeCubesExcept } from './file.ts';
import { type CubeMemory, createMemory } from './memory.ts';
import { createScanPool, type ScanPool } from './pool.ts';
import { MOST_ADDED, onlyDeliveriesSince } from './recent.ts';
import { type Snapshot, snapshotsOf, tokenAsOf } from './snapshots.ts';
import { warmUp } from './warm-up.ts';
import { together, watchStates } from './watch.ts';

export type { Snapshot } from './snapshots.ts';

export type Cubes = {
  /** Throws NotFound when the jurisdiction has no data state, Unavailable when too much is asked at once. */
  snapshot(jurisdiction: { readonly id: number }): Promise<Snapshot>;
  /** The jurisdiction as it was when this delivery was its last; counted from the tables. */
  asOf(jurisdiction: { readonly id: number }, delivery: number): Promise<Snapshot>;
  /** Has the cube in memory when it resolves, if it fits the budget. */
  warm(jurisdiction: { readonly id: number }): Promise<void>;
  /** Makes the largest cube ready; the other large ones follow after it has resolved. */
  warmUp(): Promise<void>;
  /** What the cube in memory says, where it is of this very state; nothing is read or built for it. */
  heldAt(jurisdiction: { readonly id: number }, state: DataState): Snapshot | null;
  close(): Promise<void>;
};

export type CubesOptions = {
  readonly database: Database;
  readonly dataDir: string;
  /** Memory for cubes; 0 = SQL only. */
  readonly budgetMb: number;
  readonly log: Logger;
  readonly pool?: ScanPool;
};

const LOOK_EVERY_MS = 5000;
/** Looks back at earlier deliveries kept ready. */
const EARLIER_KNOWN = 8;

/** Opens the cubes of an installation; they are built or loaded when first asked for. */
export async function createCubes(options: CubesOptions): Promise<Cubes> {
  const { database, log } = options;
  const pool = options.pool ?? createScanPool({ log });
  const closing = new AbortController();
  const folder = join(options.dataDir, 'cubes');
  // Several askers at once: each was found to be one who may before they came here.
  const readState = together((ids) => seeingOnly(ids, () => readStates(database, ids)));
  const states = watchStates(readState);
  const snapshots = snapshotsOf({ database, folder, pool, log, signal: closing.signal });
  const known: KnownSnapshots = { bySql: latestOfEach(), recent: latestOfEach() };
  const memory = createMemory(options.budgetMb, log, known.recent.forget);
  const builds = createBuilds({
    make: snapshots.byCube,
    readState,
    memory,
    onBuilt: known.bySql.forget,
    log,
    signal: closing.signal,
  });
  const earlier = new LRUCache<string, Promise<Snapshot>>({ max: EARLIER_KNOWN });
  await removeCubesExcept(folder, await listJurisdictionIds(database));
  /** Throws NotFound, and forgets the cube, of a jurisdiction that is no more. */
  const stateOf = (id: number) =>
    states.read(id).catch((error: unknown) => {
      if (error instanceof NotFound) {
        memory.drop(id);
        known.bySql.forget(id);
      }
      throw error;
    });
  const look = setInterval(() => lookAtAll(stateOf, memory, builds, log), LOOK_EVERY_MS);
  look.unref();

  const warm: Cubes['warm'] = async ({ id }) => {
    const state = await stateOf(id);
    if (memory.get(id)?.snapshot.token !== state.token && memory.fits(id, state)) await builds.begin(id, state).done;
  };
  return {
    snapshot: async ({ id }) => chooseSnapshot({ snapshots, memory, builds, known }, id, await stateOf(id)),
    async asOf({ id }, delivery) {
      const state = await stateOf(id);
      const key = `${id} ${tokenAsOf(state, delivery)}`;
      const snapshot = earlier.get(key) ?? snapshots.asOf(id, state, delivery);
      earlier.set(key, snapshot);
      snapshot.catch(() => earlier.delete(key));
      return snapshot;
    },
    warm,
    warmUp: () =>
      warmUp({
        database,
        warm,
        hasRoom: memory.hasRoom,
        onFailure: (error) => log.debug({ err: error }, 'a cube was not made ready'),
        signal: closing.signal,
      }),
    heldAt({ id }, { token }) {
      const held = memory.get(id)?.snapshot;
      return held?.token === token ? held : null;
    },
    async close() {
      closing.abort();
      clearInterval(look);
      await pool.close();
      await builds.settled();
    },
  };
}

/** Has new cubes built where much came since; one question tells the states of all that are in memory. */
function lookAtAll(stateOf: (id: number) => Promise<DataState>, memory: CubeMemory, builds: Builds, log: Logger): void {
  for (const [id, { base }] of memory.all()) {
    stateOf(id)
      .then((state) => {
        if (isWorthBuilding(base.state, state) && memory.fits(id, state)) builds.begin(id, state);
      })
      .catch((error: unknown) => log.debug({ err: error }, 'data state not read'));
  }
}

async function listJurisdictionIds({ db }: Database): Promise<number[]> {
  const rows = await db.selectFrom('jurisdiction').select('jurisdiction_id').execute();
  return rows.map((row) => row.jurisdiction_id);
}

/** A little that came since is counted beside the cube; before it is too much, a new cube is built meanwhile. */
function isWorthBuilding(then: DataState, now: DataState): boolean {
  return !onlyDeliveriesSince(then, now) || now.nextIncidentId - then.nextIncidentId > MOST_ADDED / 2;
}
