// The cube of each jurisdiction at its present data version: from memory, from disk, or built; SQL where there is none.

import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { type Database, isConnectionLost } from '../db/open.ts';
import { type DataState, readState } from '../filter/catalogue.ts';
import { removeCubesExcept } from './file.ts';
import { createScanPool, type ScanPool } from './pool.ts';
import { MOST_ADDED, onlyDeliveriesSince } from './recent.ts';
import { type BuiltCube, type Snapshot, snapshotsOf, tokenAsOf } from './snapshots.ts';
import { watchStates } from './watch.ts';

export type { Snapshot } from './snapshots.ts';

export type Cubes = {
  /** Throws NotFound when the jurisdiction has no data state, Unavailable when too much is asked at once. */
  snapshot(jurisdiction: { readonly id: number }): Promise<Snapshot>;
  /** The jurisdiction as it was when this delivery was its last; counted from the tables. */
  asOf(jurisdiction: { readonly id: number }, delivery: number): Promise<Snapshot>;
  /** Has the cube in memory when it resolves, if it fits the budget. */
  warm(jurisdiction: { readonly id: number }): Promise<void>;
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

/** A question waits this long for the cube of new data; small cities are built by then. */
const WAIT_FOR_CUBE_MS = 2000;
/** Cubes of more rows take longer than people like to wait: theirs is answered from the cube before at once. */
const QUICK_ROWS = 300_000;
/** The cube before, which may be at most this old (a change shows within 10 s). */
const OLD_CUBE_MS = 8000;
const LOOK_EVERY_MS = 5000;
const RETRY_BUILD_MS = 10_000;
const MB = 1024 * 1024;
/** Looks back at earlier deliveries kept ready. */
const EARLIER_KNOWN = 8;

type Held = BuiltCube;
type Recent = { readonly token: string; readonly held: Held; readonly snapshot: Promise<Snapshot | null> };
type Build = {
  readonly token: string;
  readonly beganAt: number;
  readonly done: Promise<Snapshot | null>;
  failedAt: number;
};

/**
 * Opens the cubes of an installation; they are built or loaded when first asked for. A change of the data shows within
 * ten seconds: at once for cities whose cube is built in two, else from the tables once the cube before is too old.
 */
export async function createCubes(options: CubesOptions): Promise<Cubes> {
  const { database, budgetMb, log } = options;
  const pool = options.pool ?? createScanPool({ log });
  const states = watchStates((id) => readState(database, id));
  const closing = new AbortController();
  const folder = join(options.dataDir, 'cubes');
  const snapshots = snapshotsOf({ database, folder, pool, log, signal: closing.signal });
  /** In order of use, the least recent first. */
  const memory = new Map<number, Held>();
  const recents = new Map<number, Recent>();
  const builds = new Map<number, Build>();
  const earlier = new LRUCache<string, Promise<Snapshot>>({ max: EARLIER_KNOWN });
  const bySql = new Map<number, { readonly token: string; readonly snapshot: Promise<Snapshot> }>();
  /** Tokens of cubes that were built and alone are over the budget. */
  const tooLarge = new Map<number, string>();
  await removeCubesExcept(folder, await listJurisdictionIds(database));

  /** False when it alone is over the budget. */
  const keep = (id: number, held: Held): boolean => {
    memory.delete(id);
    if (held.bytes > budgetMb * MB) {
      tooLarge.set(id, held.snapshot.token);
      log.warn({ jurisdictionId: id, bytes: held.bytes, budgetMb }, 'cube over the memory budget, counting by SQL');
      return false;
    }
    memory.set(id, held);
    let bytes = 0;
    for (const each of memory.values()) bytes += each.bytes;
    for (const [other, each] of memory) {
      if (bytes <= budgetMb * MB || other === id) break;
      memory.delete(other);
      bytes -= each.bytes;
      log.info({ jurisdictionId: other }, 'cube out of memory budget, kept on disk');
    }
    return true;
  };

  const build = (id: number, state: DataState): Build => {
    const running = builds.get(id);
    if (
      running &&
      (running.failedAt === 0 || (running.token === state.token && Date.now() - running.failedAt < RETRY_BUILD_MS))
    ) {
      return running;
    }
    const run = async (): Promise<Snapshot | null> => {
      for (let wanted: DataState | null = state; wanted; wanted = await readState(database, id)) {
        const held = await snapshots.byCube(id, wanted);
        if (!held) continue;
        if (!keep(id, held)) return null;
        bySql.delete(id);
        return held.snapshot;
      }
      return null;
    };
    const begun: Build = {
      token: state.token,
      beganAt: Date.now(),
      failedAt: 0,
      done: run().then(
        (snapshot) => {
          builds.delete(id);
          return snapshot;
        },
        (error: unknown) => {
          begun.failedAt = Date.now();
          if (closing.signal.aborted) return null;
          if (isConnectionLost(error)) log.info({ jurisdictionId: id }, 'cube not built: the database went away');
          else log.error({ err: error, jurisdictionId: id }, 'cube not built, counting by SQL');
          return null;
        },
      ),
    };
    builds.set(id, begun);
    return begun;
  };

  const sqlSnapshot = (id: number, state: DataState): Promise<Snapshot> => {
    const known = bySql.get(id);
    if (known?.token === state.token) return known.snapshot;
    const snapshot = snapshots.bySql(id, state);
    bySql.set(id, { token: state.token, snapshot });
    snapshot.catch(() => bySql.delete(id));
    return snapshot;
  };

  /** The cube with what came since; null when it takes a new one. */
  const recentSnapshot = (id: number, held: Held, state: DataState): Promise<Snapshot | null> => {
    const known = recents.get(id);
    if (known?.token === state.token && known.held === held) return known.snapshot;
    const snapshot = snapshots.byCubeAndRecent(id, held.base, state);
    recents.set(id, { token: state.token, held, snapshot });
    snapshot.catch(() => recents.delete(id));
    return snapshot;
  };

  const fits = (id: number, state: DataState) => leastBytes(state) <= budgetMb * MB && tooLarge.get(id) !== state.token;

  const snapshot = async ({ id }: { readonly id: number }): Promise<Snapshot> => {
    const state = await states.read(id);
    const held = memory.get(id);
    if (held?.snapshot.token === state.token) {
      memory.delete(id);
      memory.set(id, held);
      return held.snapshot;
    }
    if (!fits(id, state)) return sqlSnapshot(id, state);
    const recent = held && (await recentSnapshot(id, held, state));
    if (recent) return recent;
    const begun = build(id, state);
    const isQuick = !held || held.base.saved.cube.layout.rows <= QUICK_ROWS;
    const built = await within(begun.done, begun.beganAt + (isQuick ? WAIT_FOR_CUBE_MS : 0) - Date.now());
    if (built) return built;
    if (held && begun.failedAt === 0 && Date.now() - begun.beganAt < OLD_CUBE_MS) return held.snapshot;
    return sqlSnapshot(id, state);
  };

  const look = setInterval(() => {
    for (const [id, held] of memory) {
      states
        .read(id)
        .then((state) => {
          if (isWorthBuilding(held.base.state, state) && fits(id, state)) build(id, state);
        })
        .catch((error: unknown) => log.debug({ err: error }, 'data state not read'));
    }
  }, LOOK_EVERY_MS);
  look.unref();

  const asOf = async ({ id }: { readonly id: number }, delivery: number): Promise<Snapshot> => {
    const state = await states.read(id);
    const key = `${id} ${tokenAsOf(state, delivery)}`;
    const snapshot = earlier.get(key) ?? snapshots.asOf(id, state, delivery);
    earlier.set(key, snapshot);
    snapshot.catch(() => earlier.delete(key));
    return snapshot;
  };

  return {
    snapshot,
    asOf,
    async warm({ id }) {
      const state = await states.read(id);
      if (memory.get(id)?.snapshot.token !== state.token && fits(id, state)) await build(id, state).done;
    },
    async close() {
      closing.abort();
      clearInterval(look);
      await pool.close();
      await Promise.all([...builds.values()].map(({ done }) => done));
    },
  };
}

async function listJurisdictionIds({ db }: Database): Promise<number[]> {
  const rows = await db.selectFrom('jurisdiction').select('jurisdiction_id').execute();
  return rows.map((row) => row.jurisdiction_id);
}

/** A little that came since is counted beside the cube; before it is too much, a new cube is built meanwhile. */
function isWorthBuilding(then: DataState, now: DataState): boolean {
  return !onlyDeliveriesSince(then, now) || now.nextIncidentId - then.nextIncidentId > MOST_ADDED / 2;
}

/** What a cube without layers would take: combination and point of every incident. */
function leastBytes({ nextIncidentId }: DataState): number {
  return nextIncidentId * 10;
}

/** The promise's value if it comes within `ms`, else null. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  if (ms <= 0) return null;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
