// Makes snapshots of a jurisdiction: from a cube, read from disk or built, or from the tables where there is none.

import { setImmediate as breathe } from 'node:timers/promises';
import type { Logger } from 'pino';
import { inTurn } from '../db/costly.ts';
import type { Database } from '../db/open.ts';
import type { Answers } from '../engine/answers.ts';
import { buildCube } from '../engine/build.ts';
import type { Cube } from '../engine/layout.ts';
import { type CubeQuestion, canAnswer, rowsAsked, type ScanShare, scan } from '../engine/scan.ts';
import { readFacts, sqlAnswers } from '../engine/sql.ts';
import { sumOf } from '../engine/sum.ts';
import { type Catalogue, type DataState, readCatalogue, readState } from '../filter/catalogue.ts';
import type { Plan } from '../filter/plan.ts';
import { changedFacts, describeSources, type SourceFacts, type SourceInfo } from '../filter/source-profile.ts';
import { refuseOutdated } from './again.ts';
import { loadCube, type SavedCube, saveCube } from './file.ts';
import type { ScanPool } from './pool.ts';
import { readRows, type Selection } from './read.ts';
import { onlyDeliveriesSince, readRecent } from './recent.ts';

/** A jurisdiction at one data version: whatever is asked of a snapshot is answered from that version. */
export type Snapshot = {
  readonly jurisdictionId: number;
  readonly dataVersion: number;
  readonly token: string;
  /** What it was made from: read with this head, the tables say the same. */
  readonly state: DataState;
  /** Names the layers and settings it stands on: deliveries, as a feed makes every second, leave it as it is. */
  readonly layersToken: string;
  readonly sources: readonly SourceInfo[];
  readonly offences: Catalogue['offences'];
  readonly choices: Catalogue['choices'];
  readonly layers: Catalogue['layers'];
  readonly answers: Answers;
  /** Cubes whose rows together are what counts; null where it is not all in cubes, or a cube holds what no longer counts. */
  readonly cubes: readonly Cube[] | null;
  readonly engine: 'cube' | 'sql';
};

export type SnapshotOptions = {
  readonly database: Database;
  /** Where cubes are saved. */
  readonly folder: string;
  readonly pool: ScanPool;
  readonly log: Logger;
  /** Aborted when the server stops: no further statement is begun. */
  readonly signal: AbortSignal;
};

/** A cube and the state it was made from. */
export type Base = { readonly state: DataState; readonly saved: SavedCube };
export type BuiltCube = { readonly snapshot: Snapshot; readonly bytes: number; readonly base: Base };

/** At most a few SQL answers run at once; beyond those waiting, Unavailable. */
export function snapshotsOf({ database, folder, pool, log, signal }: SnapshotOptions) {
  /** Answers from the tables; one that other data slipped into is not given. */
  const slowAnswers = (id: number, state: DataState, head = state.head): Answers => {
    const answers = sqlAnswers(database, id, { ...state, head });
    const guarded =
      <A extends unknown[], T>(ask: (...args: A) => Promise<T>) =>
      (...args: A) =>
        inTurn(database, async () => {
          const answer = await ask(...args);
          // Deliveries leave what was told before as it was; a layer placed anew does not.
          await refuseOutdated(database, id, state);
          return answer;
        });
    return {
      byPlace: guarded(answers.byPlace),
      byDay: guarded(answers.byDay),
      bySlot: guarded(answers.bySlot),
      byCell: guarded(answers.byCell),
      byCorner: guarded(answers.byCorner),
    };
  };

  /** What cubes answer; the tables where `cube` lacks the layer version. */
  const fastAnswers = (id: number, state: DataState, { cube }: SavedCube, answers = scannedBy(pool, cube)): Answers => {
    const slow = slowAnswers(id, state);
    const whose = (plan: Plan, question: CubeQuestion) => (canAnswer(cube, plan, question) ? answers : slow);
    return {
      byPlace: (plan, layer) => whose(plan, { by: 'place', layer }).byPlace(plan, layer),
      byDay: (plan) => whose(plan, { by: 'day' }).byDay(plan),
      bySlot: (plan) => whose(plan, { by: 'slot' }).bySlot(plan),
      byCell: (plan, grid) => whose(plan, { by: 'cell', grid }).byCell(plan, grid),
      byCorner: (plan, grid) => whose(plan, { by: 'corner', grid }).byCorner(plan, grid),
    };
  };

  const describe = (id: number, state: DataState, catalogue: Catalogue, facts: readonly SourceFacts[]) => ({
    jurisdictionId: id,
    dataVersion: state.dataVersion,
    token: state.token,
    state,
    layersToken: nameLayers(state, catalogue),
    sources: describeSources(catalogue.sources, facts),
    offences: catalogue.offences,
    choices: catalogue.choices,
    layers: catalogue.layers,
  });

  return {
    /** Null when the data changed while it was read. */
    async byCube(id: number, state: DataState): Promise<BuiltCube | null> {
      const began = performance.now();
      const catalogue = await readCatalogue(database, id, state.head);
      let saved = await loadCube(folder, id, state.token);
      const fromDisk = saved !== null;
      if (!saved) {
        const rows = await readRows(database, id, state, catalogue.layers, { signal });
        saved = { cube: await buildCube(rows, breathe), facts: rows.facts };
      }
      const now = await readState(database, id);
      if (!now || !onlyDeliveriesSince(state, now)) return null;
      const { rows, bytes } = saved.cube.layout;
      log.info({ jurisdictionId: id, rows, bytes, fromDisk, ms: Math.round(performance.now() - began) }, 'cube ready');
      if (!fromDisk) {
        await saveCube(folder, id, state.token, saved).catch((error: unknown) => {
          log.warn({ err: error }, 'cube not saved; it will be built again after a restart');
        });
      }
      const answers = fastAnswers(id, state, saved);
      const snapshot: Snapshot = {
        ...describe(id, state, catalogue, saved.facts),
        answers,
        cubes: [saved.cube],
        engine: 'cube',
      };
      return { snapshot, bytes, base: { state, saved } };
    },

    async bySql(id: number, state: DataState): Promise<Snapshot> {
      const catalogue = await readCatalogue(database, id, state.head);
      const facts = await readFacts(database, id, state);
      return { ...describe(id, state, catalogue, facts), answers: slowAnswers(id, state), cubes: null, engine: 'sql' };
    },

    /**
     * From a cube and the few incidents that came or went since: a live feed need not have the cube built again for each
     * call. Null when more than deliveries changed since, or too much.
     */
    async byCubeAndRecent(id: number, { state: then, saved }: Base, state: DataState): Promise<Snapshot | null> {
      const ids = await readRecent(database, id, then, state);
      if (ids === null) return null;
      const catalogue = await readCatalogue(database, id, state.head);
      const little = async (of: DataState, selection: Selection) => {
        const rows = await readRows(database, id, of, catalogue.layers, { signal, selection });
        return { cube: await buildCube(rows, breathe), facts: rows.facts };
      };
      const added = await little(state, { first: then.nextIncidentId });
      const ended = ids.length ? await little(then, { ids }) : null;
      const now = await readState(database, id);
      if (!now || !onlyDeliveriesSince(then, now)) return null;
      const facts = changedFacts(saved.facts, added.facts, ended?.facts ?? []);
      const answers = sumOf([
        { sign: 1, answers: scannedBy(pool, saved.cube) },
        { sign: 1, answers: scannedBy(AT_ONCE, added.cube) },
        ...(ended ? [{ sign: -1, answers: scannedBy(AT_ONCE, ended.cube) } as const] : []),
      ]);
      return {
        ...describe(id, state, catalogue, facts),
        answers: fastAnswers(id, state, saved, answers),
        cubes: ended ? null : [saved.cube, added.cube],
        engine: 'cube',
      };
    },

    /** What `state` says of the time when delivery `head` was the last. */
    async asOf(id: number, state: DataState, head: number): Promise<Snapshot> {
      const then = { ...state, head, token: tokenAsOf(state, head) };
      const catalogue = await readCatalogue(database, id, head);
      const facts = await readFacts(database, id, then);
      const layersToken = nameLayers(state, catalogue);
      return {
        ...describe(id, then, catalogue, facts),
        layersToken,
        answers: slowAnswers(id, state, head),
        cubes: null,
        engine: 'sql',
      };
    },
  };
}

type Scans = Pick<ScanPool, 'ask' | 'threads'>;

/** A thread scans this many in a millisecond or two; of more, each thread takes its share. */
const ROWS_TO_SHARE = 2_000_000;
/** Scanned in less time than it takes to wake a thread, to be told what it found and to make an answer of it. */
const ROWS_AT_ONCE = 262_144;

/** On this thread: a worker would take longer to be asked than a few thousand rows to be scanned. */
const AT_ONCE: Scans = { threads: 1, ask: async (cube, plan, question) => scan(cube, plan, question) };

/** By the threads of a pool, each its share of a large cube. */
export function scannedBy(scans: Scans, cube: Cube): Answers {
  const of = cube.layout.rows < ROWS_TO_SHARE ? 1 : scans.threads;
  const shares: readonly (ScanShare | undefined)[] =
    of === 1 ? [undefined] : Array.from({ length: of }, (_, index) => ({ index, of }));
  const rowsOf = rowsAsked(cube);
  const by = <Q extends CubeQuestion>(plan: Plan, question: Q) =>
    (of === 1 && plan.within?.type !== 'polygon' && rowsOf(plan) <= ROWS_AT_ONCE ? AT_ONCE : scans).ask(
      cube,
      plan,
      question,
    );
  const answers = shares.map(
    (share): Answers => ({
      byPlace: (plan, layer) => by(plan, { by: 'place', layer, share }),
      byDay: (plan) => by(plan, { by: 'day', share }),
      bySlot: (plan) => by(plan, { by: 'slot', share }),
      byCell: (plan, grid) => scans.ask(cube, plan, { by: 'cell', grid, share }),
      byCorner: (plan, grid) => scans.ask(cube, plan, { by: 'corner', grid, share }),
    }),
  );
  return answers.length === 1 ? answers[0]! : sumOf(answers.map((each) => ({ sign: 1, answers: each })));
}

/**
 * What is no delivery raises the data version alone. When the layers were published tells them from those of a
 * jurisdiction that was removed, or put back from a backup, under the same id.
 */
function nameLayers({ dataVersion, head }: DataState, { layers }: Catalogue): string {
  const published = layers.map(({ layerId, version, publishedAt }) => `${layerId}@${version} ${publishedAt}`);
  return [dataVersion - head, ...published].join();
}

/** Names what is answered from `state` about the time of an earlier delivery. */
export function tokenAsOf({ token }: DataState, head: number): string {
  return `${token}@${head}`;
}
