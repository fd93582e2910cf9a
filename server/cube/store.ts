// The cube of each jurisdiction at its present data version: from memory, from disk, or built; SQL where there is none.

import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Database } from '../db/open.ts';
import { Unavailable } from '../errors.ts';
import type { Answers } from '../stats/answers.ts';
import { type Catalogue, type DataState, readCatalogue, readState } from '../stats/catalogue.ts';
import { describeSources, type SourceFacts, type SourceInfo } from '../stats/facts.ts';
import type { Plan } from '../stats/plan.ts';
import { readFacts, sqlAnswers } from '../stats/query.ts';
import { buildCube } from './build.ts';
import { loadCube, type SavedCube, saveCube } from './file.ts';
import { limitTo } from './limit.ts';
import { createScanPool, type ScanPool } from './pool.ts';
import { readRows } from './read.ts';
import { type AnswerTo, canAnswer, type Question } from './scan.ts';
import { watchStates } from './watch.ts';

/** A jurisdiction at one data version: whatever is asked of a snapshot is answered from that version. */
export type Snapshot = {
  readonly jurisdictionId: number;
  readonly dataVersion: number;
  readonly token: string;
  readonly sources: readonly SourceInfo[];
  readonly offences: Catalogue['offences'];
  readonly layers: Catalogue['layers'];
  readonly answers: Answers;
  readonly engine: 'cube' | 'sql';
};

export type Cubes = {
  /** Throws NotFound when the jurisdiction has no data state, Unavailable when too much is asked at once. */
  snapshot(jurisdiction: { readonly id: number }): Promise<Snapshot>;
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
/** After that it is answered from the cube before, which may be at most this old (a change shows within 10 s). */
const OLD_CUBE_MS = 8000;
const LOOK_EVERY_MS = 5000;
const RETRY_BUILD_MS = 10_000;
const SQL_AT_ONCE = 2;
const SQL_WAITING = 40;
const MB = 1024 * 1024;

type Held = { readonly snapshot: Snapshot; readonly bytes: number };
type Build = {
  readonly token: string;
  readonly beganAt: number;
  readonly done: Promise<Snapshot | null>;
  failedAt: number;
};

export async function createCubes(options: CubesOptions): Promise<Cubes> {
  const { database, budgetMb, log } = options;
  const folder = join(options.dataDir, 'cubes');
  const pool = options.pool ?? createScanPool({ log });
  const states = watchStates((id) => readState(database, id));
  const sqlLimit = limitTo(SQL_AT_ONCE, SQL_WAITING);
  /** In order of use, the least recent first. */
  const memory = new Map<number, Held>();
  const builds = new Map<number, Build>();
  const bySql = new Map<number, { readonly token: string; readonly snapshot: Promise<Snapshot> }>();
  let closed = false;

  const slowAnswers = (id: number, state: DataState): Answers => {
    const answers = sqlAnswers(database, id, state);
    const guarded =
      <A extends unknown[], T>(ask: (...args: A) => Promise<T>) =>
      (...args: A) =>
        sqlLimit(async () => {
          const answer = await ask(...args);
          const now = await readState(database, id);
          if (now?.token !== state.token) throw new Unavailable('the data changed while counting');
          return answer;
        });
    return {
      byPlace: guarded(answers.byPlace),
      byDay: guarded(answers.byDay),
      bySlot: guarded(answers.bySlot),
      byCell: guarded(answers.byCell),
    };
  };

  const snapshotOf = (id: number, state: DataState, catalogue: Catalogue, facts: readonly SourceFacts[]) => ({
    jurisdictionId: id,
    dataVersion: state.dataVersion,
    token: state.token,
    sources: describeSources(catalogue.sources, facts),
    offences: catalogue.offences,
    layers: catalogue.layers,
  });

  const cubeSnapshot = (id: number, state: DataState, catalogue: Catalogue, { cube, facts }: SavedCube): Snapshot => {
    const slow = slowAnswers(id, state);
    const ask = <Q extends Question>(plan: Plan, question: Q, otherwise: () => Promise<AnswerTo<Q>>) =>
      canAnswer(cube, plan, question) ? pool.ask(cube, plan, question) : otherwise();
    return {
      ...snapshotOf(id, state, catalogue, facts),
      answers: {
        byPlace: (plan, layer) => ask(plan, { by: 'place', layer }, () => slow.byPlace(plan, layer)),
        byDay: (plan) => ask(plan, { by: 'day' }, () => slow.byDay(plan)),
        bySlot: (plan) => ask(plan, { by: 'slot' }, () => slow.bySlot(plan)),
        byCell: (plan, grid) => ask(plan, { by: 'cell', grid }, () => slow.byCell(plan, grid)),
      },
      engine: 'cube',
    };
  };

  /** Null when the data changed while it was read. */
  const readVersion = async (id: number, state: DataState): Promise<Held | null> => {
    const began = performance.now();
    const catalogue = await readCatalogue(database, id, state.head);
    let saved = await loadCube(folder, id, state.token);
    const fromDisk = saved !== null;
    if (!saved) {
      const rows = await readRows(database, id, state, catalogue.layers);
      saved = { cube: await buildCube(rows), facts: rows.facts };
    }
    if ((await readState(database, id))?.token !== state.token) return null;
    const { layout } = saved.cube;
    const ms = Math.round(performance.now() - began);
    log.info({ jurisdictionId: id, rows: layout.rows, bytes: layout.bytes, fromDisk, ms }, 'cube ready');
    if (!fromDisk) {
      await saveCube(folder, id, state.token, saved).catch((error: unknown) =>
        log.warn({ err: error }, 'cube not saved'),
      );
    }
    return { snapshot: cubeSnapshot(id, state, catalogue, saved), bytes: layout.bytes };
  };

  const keep = (id: number, held: Held) => {
    memory.delete(id);
    memory.set(id, held);
    let bytes = 0;
    for (const each of memory.values()) bytes += each.bytes;
    for (const [other, each] of memory) {
      if (bytes <= budgetMb * MB || other === id) break;
      memory.delete(other);
      bytes -= each.bytes;
      log.info({ jurisdictionId: other }, 'cube out of memory budget, kept on disk');
    }
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
      for (let wanted: DataState | null = state; wanted && !closed; wanted = await readState(database, id)) {
        const held = await readVersion(id, wanted);
        if (!held) continue;
        keep(id, held);
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
          if (!closed) log.error({ err: error, jurisdictionId: id }, 'cube not built, counting by SQL');
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
    const snapshot = (async (): Promise<Snapshot> => {
      const catalogue = await readCatalogue(database, id, state.head);
      const facts = await readFacts(database, id, state);
      return { ...snapshotOf(id, state, catalogue, facts), answers: slowAnswers(id, state), engine: 'sql' };
    })();
    bySql.set(id, { token: state.token, snapshot });
    snapshot.catch(() => bySql.delete(id));
    return snapshot;
  };

  const fits = (state: DataState) => leastBytes(state) <= budgetMb * MB;

  const snapshot = async ({ id }: { readonly id: number }): Promise<Snapshot> => {
    const state = await states.read(id);
    const held = memory.get(id);
    if (held?.snapshot.token === state.token) {
      memory.delete(id);
      memory.set(id, held);
      return held.snapshot;
    }
    if (!fits(state)) return sqlSnapshot(id, state);
    const begun = build(id, state);
    const built = await within(begun.done, begun.beganAt + WAIT_FOR_CUBE_MS - Date.now());
    if (built) return built;
    if (held && begun.failedAt === 0 && Date.now() - begun.beganAt < OLD_CUBE_MS) return held.snapshot;
    return sqlSnapshot(id, state);
  };

  const look = setInterval(() => {
    for (const [id, held] of memory) {
      states
        .read(id)
        .then((state) => {
          if (state.token !== held.snapshot.token && fits(state)) build(id, state);
        })
        .catch((error: unknown) => log.debug({ err: error }, 'data state not read'));
    }
  }, LOOK_EVERY_MS);
  look.unref();

  return {
    snapshot,
    async warm({ id }) {
      const state = await states.read(id);
      if (memory.get(id)?.snapshot.token !== state.token && fits(state)) await build(id, state).done;
    },
    async close() {
      closed = true;
      clearInterval(look);
      await pool.close();
      await Promise.all([...builds.values()].map(({ done }) => done));
    },
  };
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
