// Cubes being built, one at a time for each jurisdiction; one that failed is tried again after a while.

import type { Logger } from 'pino';
import { isConnectionLost } from '../db/open.ts';
import type { DataState } from '../filter/catalogue.ts';
import type { CubeMemory } from './memory.ts';
import type { BuiltCube, Snapshot } from './snapshots.ts';

const RETRY_AFTER_MS = 10_000;

/** `done` is null where the cube has no room, or failed. */
export type Build = {
  readonly token: string;
  readonly beganAt: number;
  readonly done: Promise<Snapshot | null>;
  failedAt: number;
};

export type BuildDeps = {
  /** Null when the data changed meanwhile. */
  readonly make: (id: number, state: DataState) => Promise<BuiltCube | null>;
  readonly readState: (id: number) => Promise<DataState | null>;
  readonly memory: CubeMemory;
  readonly onBuilt: (id: number) => void;
  readonly log: Logger;
  readonly signal: AbortSignal;
};

export type Builds = {
  /** Begins to build the cube, or answers the build that runs or has just failed. */
  begin(id: number, state: DataState): Build;
  /** Resolves when nothing is being built any more. */
  settled(): Promise<unknown>;
};

export function createBuilds(deps: BuildDeps): Builds {
  const builds = new Map<number, Build>();
  return {
    begin(id, state) {
      const known = builds.get(id);
      if (known && (known.failedAt === 0 || isTooSoon(known, state))) return known;
      const begun: Build = {
        token: state.token,
        beganAt: Date.now(),
        failedAt: 0,
        done: buildLatest(deps, id, state).then(
          (snapshot) => {
            builds.delete(id);
            return snapshot;
          },
          (error: unknown) => {
            begun.failedAt = Date.now();
            tellFailure(deps, id, error);
            return null;
          },
        ),
      };
      builds.set(id, begun);
      return begun;
    },
    settled: () => Promise.all([...builds.values()].map(({ done }) => done)),
  };
}

function isTooSoon({ token, failedAt }: Build, state: DataState): boolean {
  return token === state.token && Date.now() - failedAt < RETRY_AFTER_MS;
}

/** Builds until the data held still meanwhile. */
async function buildLatest(
  { make, readState, memory, onBuilt }: BuildDeps,
  id: number,
  state: DataState,
): Promise<Snapshot | null> {
  for (let wanted: DataState | null = state; wanted; wanted = await readState(id)) {
    const built = await make(id, wanted);
    if (!built) continue;
    if (!memory.keep(id, built)) return null;
    onBuilt(id);
    return built.snapshot;
  }
  return null;
}

function tellFailure({ log, signal }: BuildDeps, jurisdictionId: number, error: unknown): void {
  if (signal.aborted) return;
  if (isConnectionLost(error)) log.info({ jurisdictionId }, 'cube not built: the database went away');
  else log.error({ err: error, jurisdictionId }, 'cube not built, counting by SQL');
}
