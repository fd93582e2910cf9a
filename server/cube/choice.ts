// Which snapshot answers a question about a jurisdiction just now: its cube, the cube with what came since, the cube
// before while a new one is built, or the tables. A change of the data shows within ten seconds: at once for cities
// whose cube is built in two, else from the tables once the cube before is too old.

import type { DataState } from '../filter/catalogue.ts';
import type { Builds } from './builds.ts';
import type { CubeMemory } from './memory.ts';
import type { BuiltCube, Snapshot, snapshotsOf } from './snapshots.ts';

/** A question waits this long for the cube of new data; small cities are built by then. */
const WAIT_FOR_CUBE_MS = 2000;
/** Cubes of more rows take longer than people like to wait: theirs is answered from the cube before at once. */
const QUICK_ROWS = 300_000;
/** The cube before, which may be at most this old (a change shows within 10 s). */
const OLD_CUBE_MS = 8000;

export type ChoiceDeps = {
  readonly snapshots: Pick<ReturnType<typeof snapshotsOf>, 'bySql' | 'byCubeAndRecent'>;
  readonly memory: CubeMemory;
  readonly builds: Builds;
  readonly known: KnownSnapshots;
};

/** The snapshot of that state, or of one a little before. */
export async function chooseSnapshot(deps: ChoiceDeps, id: number, state: DataState): Promise<Snapshot> {
  const { memory, builds } = deps;
  const held = memory.use(id);
  if (held?.snapshot.token === state.token) return held.snapshot;
  if (!memory.fits(id, state)) return fromTables(deps, id, state);
  const recent = held && (await withRecent(deps, id, held, state));
  if (recent) return recent;
  const begun = builds.begin(id, state);
  const isQuick = !held || held.base.saved.cube.layout.rows <= QUICK_ROWS;
  const built = await within(begun.done, begun.beganAt + (isQuick ? WAIT_FOR_CUBE_MS : 0) - Date.now());
  if (built) return built;
  if (held && begun.failedAt === 0 && Date.now() - begun.beganAt < OLD_CUBE_MS) return held.snapshot;
  return fromTables(deps, id, state);
}

function fromTables({ snapshots, known }: ChoiceDeps, id: number, state: DataState): Promise<Snapshot> {
  return known.bySql.of(id, [state.token], () => snapshots.bySql(id, state));
}

/** The cube with what came since; null when it takes a new one. */
function withRecent(
  { snapshots, known }: ChoiceDeps,
  id: number,
  held: BuiltCube,
  state: DataState,
): Promise<Snapshot | null> {
  return known.recent.of(id, [state.token, held], () => snapshots.byCubeAndRecent(id, held.base, state));
}

/** Snapshots that are not made again for every question. */
export type KnownSnapshots = {
  readonly bySql: LatestOfEach<Snapshot>;
  readonly recent: LatestOfEach<Snapshot | null>;
};

type LatestOfEach<T> = {
  /** What was made last for this jurisdiction, when it was made of the same; else made now. */
  of(id: number, madeOf: readonly unknown[], make: () => Promise<T>): Promise<T>;
  forget(id: number): void;
};

export function latestOfEach<T>(): LatestOfEach<T> {
  const latest = new Map<number, { readonly madeOf: readonly unknown[]; readonly made: Promise<T> }>();
  return {
    of(id, madeOf, make) {
      const known = latest.get(id);
      if (known?.madeOf.every((part, i) => part === madeOf[i])) return known.made;
      const made = make();
      latest.set(id, { madeOf, made });
      made.catch(() => latest.get(id)?.made === made && latest.delete(id));
      return made;
    },
    forget: (id) => void latest.delete(id),
  };
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
