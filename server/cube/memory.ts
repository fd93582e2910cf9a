// The cubes held in memory, within a budget: the one that was asked for longest ago goes first, and stays on disk.

import type { Logger } from 'pino';
import type { DataState } from '../filter/catalogue.ts';
import type { BuiltCube } from './snapshots.ts';

const MB = 1024 * 1024;
/** What each incident of a cube without layers would take: its combination and its point. */
const LEAST_BYTES_AN_INCIDENT = 10;
/** With the places of a few layers, and its order by combination. */
const USUAL_BYTES_AN_INCIDENT = 20;

export type CubeMemory = {
  get(id: number): BuiltCube | undefined;
  /** The cube for a question, alone or with what came since: it goes last. */
  use(id: number): BuiltCube | undefined;
  /** Of a jurisdiction that is no more. */
  drop(id: number): void;
  /** False when it alone is over the budget. */
  keep(id: number, built: BuiltCube): boolean;
  /** Whether a cube of that state may have room. */
  fits(id: number, state: DataState): boolean;
  /** Whether a cube of so many incidents has room without another having to go, as far as can be told before. */
  hasRoom(incidents: number): boolean;
  /** Every cube there is, the one that goes first first. */
  all(): Iterable<readonly [id: number, built: BuiltCube]>;
};

/** `onOut` is told of each that had to go. */
export function createMemory(budgetMb: number, log: Logger, onOut: (id: number) => void): CubeMemory {
  const budget = budgetMb * MB;
  /** In order of use, the least recent first. */
  const held = new Map<number, BuiltCube>();
  /** Tokens of cubes that were built and alone are over the budget. */
  const tooLarge = new Map<number, string>();
  let bytes = 0;

  const remove = (id: number) => {
    bytes -= held.get(id)?.bytes ?? 0;
    held.delete(id);
  };

  return {
    get: (id) => held.get(id),
    use(id) {
      const built = held.get(id);
      if (!built) return undefined;
      held.delete(id);
      held.set(id, built);
      return built;
    },
    drop(id) {
      remove(id);
      tooLarge.delete(id);
      onOut(id);
    },
    keep(id, built) {
      remove(id);
      if (built.bytes > budget) {
        tooLarge.set(id, built.snapshot.token);
        log.warn({ jurisdictionId: id, bytes: built.bytes, budgetMb }, 'cube over the memory budget, counting by SQL');
        return false;
      }
      held.set(id, built);
      bytes += built.bytes;
      for (const [other] of held) {
        if (bytes <= budget || other === id) break;
        remove(other);
        onOut(other);
        log.info({ jurisdictionId: other }, 'cube out of memory budget, kept on disk');
      }
      return true;
    },
    fits: (id, { nextIncidentId, token }) =>
      nextIncidentId * LEAST_BYTES_AN_INCIDENT <= budget && tooLarge.get(id) !== token,
    hasRoom: (incidents) => bytes + incidents * USUAL_BYTES_AN_INCIDENT <= budget,
    all: () => held,
  };
}
