// Makes columns in a thread, one file at a time, and keeps those last made as they travel: a page that takes up a new version
// of the data finds what the first one had made.

import { Worker } from 'node:worker_threads';
import type { Request, Response } from 'express';
import { LRUCache } from 'lru-cache';
import { rightsKey } from '../access/contract.ts';
import { tellRows, viewerOf } from '../access/viewer.ts';
import { whoseOf } from '../accounts/doors.ts';
import type { Stats } from '../counts/asking.ts';
import { forAll, inTurnOf } from '../db/costly.ts';
import { Unavailable } from '../errors.ts';
import { type Body, nameFor, sendPacked, tellName } from '../http/responses.ts';
import { throttleWithin } from '../http/throttle.ts';
import { type Thread, threadOf } from '../jobs/thread.ts';
import type { Travelling } from './arrow.ts';

/** Of Mexico City a file takes 4.7 MB as it travels: a dozen of them. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** New ones: what is kept, or known to whoever asks, costs next to nothing. */
const MADE_PER_MINUTE = { public: 6, others: 30 } as const;
/** Whoever waits longer for their turn is told to come back. */
const WAIT_MS = 15_000;
/** What the thread held is given back then. */
const IDLE_MS = 30_000;
/** Who has been written down as a reader of which file. */
const READERS_KNOWN = 10_000;

/** Packed by gzip. Throws Unavailable when too many wait, or the thread died. */
export type ColumnsMaker = (asked: Travelling) => Promise<Buffer>;

/** The thread is started by the first who asks. */
export function openColumnsMaker(start: () => Worker = startWorker): ColumnsMaker {
  const turns = {};
  let thread: Thread | null = null;
  let rest: NodeJS.Timeout | undefined;
  const make = async (asked: Travelling): Promise<Buffer> => {
    clearTimeout(rest);
    const mine = thread === null || thread.hasEnded() ? threadOf(start()) : thread;
    thread = mine;
    try {
      const { buffer, byteOffset, byteLength } = (await mine.ask(asked)) as Uint8Array<ArrayBuffer>;
      return Buffer.from(buffer, byteOffset, byteLength);
    } catch (error) {
      throw mine.hasEnded() ? new Unavailable('the making of the columns was interrupted') : error;
    } finally {
      rest = setTimeout(() => {
        thread = null;
        void mine.close();
      }, IDLE_MS).unref();
    }
  };
  return (asked) => inTurnOf(turns, { most: 1, waitMs: WAIT_MS }, () => make(asked));
}

const startWorker = () => new Worker(new URL('./columns-worker.ts', import.meta.url));

/**
 * As the responder of other answers (http/responses.ts). Of one question by one kind of viewer the newest version is kept,
 * and it is made once however many ask meanwhile. A client may have so many made in a minute. That a file leaves is
 * written down for everybody but the public; so is that somebody has it already who is not known to have read it.
 */
export function createColumnsResponder(): Stats['respond'] {
  const kept = new LRUCache<string, { readonly name: string; readonly body: Body }>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ body }) => body.bytes.length + 200,
  });
  const making = new Map<string, Promise<Body>>();
  const [publicMayMake, othersMayMake] = [
    throttleWithin(MADE_PER_MINUTE.public),
    throttleWithin(MADE_PER_MINUTE.others),
  ];
  const readers = new LRUCache<string, true>({ max: READERS_KNOWN });

  const begin = (request: Request, response: Response, name: string, make: () => Promise<Body>): Promise<Body> => {
    const mayMake = viewerOf(request).role === 'public' ? publicMayMake : othersMayMake;
    // It goes on when the first who asked has left: others wait for it.
    const made = forAll(async () => {
      await mayMake(request, response);
      return make();
    }).finally(() => making.delete(name));
    making.set(name, made);
    return made;
  };

  return async (request, response, snapshot, question, make) => {
    const { name, isKnown } = nameFor(request, snapshot, question);
    const viewer = viewerOf(request);
    const place = JSON.stringify([rightsKey(viewer), snapshot.jurisdictionId, ...question]);
    const held = kept.get(place);
    let body = held?.name === name ? held.body : undefined;
    while (!body && !isKnown) {
      const under = making.get(name);
      // What was refused to another may be allowed to whoever waited for it.
      body = await (under ? under.catch(() => undefined) : begin(request, response, name, make));
      if (body && !under) kept.set(place, { name, body });
    }
    const reader = `${whoseOf(viewer)} ${name}`;
    if (viewer.role !== 'public' && !(isKnown && readers.has(reader))) {
      await tellRows(request, body?.rows ?? null);
      readers.set(reader, true);
    }
    tellName(response, snapshot, name);
    if (isKnown || !body) response.status(304).end();
    else await sendPacked(request, response, body);
  };
}
