// Makes snapshots of a jurisdiction: from a cube, read from disk or built, or from the tables where there is none.

import type { Logger } from 'pino';
import type { Database } from '../db/open.ts';
import { Unavailable } from '../errors.ts';
import type { Answers } from '../stats/answers.ts';
import { type Catalogue, type DataState, readCatalogue, readState } from '../stats/catalogue.ts';
import { changedFacts, describeSources, type SourceFacts, type SourceInfo } from '../stats/facts.ts';
import type { Plan } from '../stats/plan.ts';
import { readFacts, slicedFrom, slicedTo, sqlAnswers } from '../stats/query.ts';
import { buildCube } from './build.ts';
import { loadCube, type SavedCube, saveCube } from './file.ts';
import { limitTo } from './limit.ts';
import type { ScanPool } from './pool.ts';
import { readRows } from './read.ts';
import { onlyDeliveriesSince, readRecent } from './recent.ts';
import { type AnswerTo, canAnswer, type Question } from './scan.ts';
import { type Part, sumOf } from './sum.ts';

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

const SQL_AT_ONCE = 2;
const SQL_WAITING = 40;

/** At most a few SQL answers run at once; beyond those waiting, Unavailable. */
export function snapshotsOf({ database, folder, pool, log, signal }: SnapshotOptions) {
  const limit = limitTo(SQL_AT_ONCE, SQL_WAITING);

  const limited = (answers: Answers): Answers => ({
    byPlace: (plan, layer) => limit(() => answers.byPlace(plan, layer)),
    byDay: (plan) => limit(() => answers.byDay(plan)),
    bySlot: (plan) => limit(() => answers.bySlot(plan)),
    byCell: (plan, grid) => limit(() => answers.byCell(plan, grid)),
  });

  /** Answers from the tables; one that other data slipped into is not given. */
  const slowAnswers = (id: number, state: DataState, head = state.head): Answers => {
    const answers = sqlAnswers(database, id, { ...state, head });
    const guarded =
      <A extends unknown[], T>(ask: (...args: A) => Promise<T>) =>
      (...args: A) =>
        limit(async () => {
          const answer = await ask(...args);
          // Deliveries leave what was told before as it was; a layer placed anew does not.
          const now = await readState(database, id);
          if (!now || !onlyDeliveriesSince(state, now)) {
            throw new Unavailable('the data changed while counting');
          }
          return answer;
        });
    return {
      byPlace: guarded(answers.byPlace),
      byDay: guarded(answers.byDay),
      bySlot: guarded(answers.bySlot),
      byCell: guarded(answers.byCell),
    };
  };

  /** The cube's answers; the tables' where the cube lacks the layer version. */
  const fastAnswers = (id: number, state: DataState, { cube }: SavedCube): Answers => {
    const slow = slowAnswers(id, state);
    const ask = <Q extends Question>(plan: Plan, question: Q, otherwise: () => Promise<AnswerTo<Q>>) =>
      canAnswer(cube, plan, question) ? pool.ask(cube, plan, question) : otherwise();
    return {
      byPlace: (plan, layer) => ask(plan, { by: 'place', layer }, () => slow.byPlace(plan, layer)),
      byDay: (plan) => ask(plan, { by: 'day' }, () => slow.byDay(plan)),
      bySlot: (plan) => ask(plan, { by: 'slot' }, () => slow.bySlot(plan)),
      byCell: (plan, grid) => ask(plan, { by: 'cell', grid }, () => slow.byCell(plan, grid)),
    };
  };

  const describe = (id: number, state: DataState, catalogue: Catalogue, facts: readonly SourceFacts[]) => ({
    jurisdictionId: id,
    dataVersion: state.dataVersion,
    token: state.token,
    sources: describeSources(catalogue.sources, facts),
    offences: catalogue.offences,
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
        const rows = await readRows(database, id, state, catalogue.layers, signal);
        saved = { cube: await buildCube(rows), facts: rows.facts };
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
      const snapshot: Snapshot = { ...describe(id, state, catalogue, saved.facts), answers, engine: 'cube' };
      return { snapshot, bytes, base: { state, saved } };
    },

    async bySql(id: number, state: DataState): Promise<Snapshot> {
      const catalogue = await readCatalogue(database, id, state.head);
      const facts = await readFacts(database, id, state);
      return { ...describe(id, state, catalogue, facts), answers: slowAnswers(id, state), engine: 'sql' };
    },

    /**
     * From a cube and the few incidents that came or went since: a live feed need not have the cube built again for each
     * call. Null when more than deliveries changed since, or too much.
     */
    async byCubeAndRecent(id: number, { state: then, saved }: Base, state: DataState): Promise<Snapshot | null> {
      const ids = await readRecent(database, id, then, state);
      if (ids === null) return null;
      const catalogue = await readCatalogue(database, id, state.head);
      const added = slicedFrom(id, then.nextIncidentId);
      const ended = slicedTo(id, ids);
      const facts = changedFacts(
        saved.facts,
        await readFacts(database, id, state, added),
        ids.length ? await readFacts(database, id, then, ended) : [],
      );
      const parts: Part[] = [
        { sign: 1, answers: fastAnswers(id, then, saved) },
        { sign: 1, answers: limited(sqlAnswers(database, id, state, added)) },
        ...(ids.length ? [{ sign: -1, answers: limited(sqlAnswers(database, id, then, ended)) } as const] : []),
      ];
      return { ...describe(id, state, catalogue, facts), answers: sumOf(parts), engine: 'cube' };
    },

    /** What `state` says of the time when delivery `head` was the last. */
    async asOf(id: number, state: DataState, head: number): Promise<Snapshot> {
      const then = { ...state, head, token: tokenAsOf(state, head) };
      const catalogue = await readCatalogue(database, id, head);
      const facts = await readFacts(database, id, then);
      return { ...describe(id, then, catalogue, facts), answers: slowAnswers(id, state, head), engine: 'sql' };
    },
  };
}

/** Names what is answered from `state` about the time of an earlier delivery. */
export function tokenAsOf({ token }: DataState, head: number): string {
  return `${token}@${head}`;
}
