// How an answer leaves: named by data version and question, so that neither browser nor server works twice for one.

import type { Request, Response } from 'express';
import { LRUCache } from 'lru-cache';
import { rightsKey } from '../access/contract.ts';
import { viewerOf } from '../access/viewer.ts';
import { nameOfAnswer } from '../db/program.ts';

/** The state of the data an answer is made from; `token` changes with whatever it can depend on. */
type AnsweredFrom = { readonly jurisdictionId: number; readonly token: string; readonly dataVersion: number };
export type Body = { readonly type: string; readonly bytes: Buffer };

const CACHE_BYTES = 32 * 1024 * 1024;

/** Answers from the cache when the same was asked of the same data; `cache: false` makes every answer anew. */
export function createResponder(options: { readonly cache: boolean }) {
  const answers = options.cache
    ? new LRUCache<string, Body>({ maxSize: CACHE_BYTES, sizeCalculation: ({ bytes }) => bytes.length + 200 })
    : null;

  /** `question` holds everything the answer depends on beside the data and who may see what of them. */
  return async (
    request: Request,
    response: Response,
    snapshot: AnsweredFrom,
    question: readonly unknown[],
    make: () => Promise<Body>,
  ): Promise<void> => {
    const key = nameOfAnswer([rightsKey(viewerOf(request)), snapshot.jurisdictionId, snapshot.token, ...question]);
    const etag = `W/"${key}"`;
    // Not request.fresh: it takes the "no-cache" that fetch() adds to a conditional request for a reload.
    const known = request.get('if-none-match')?.includes(etag) ?? false;
    let body = known ? undefined : answers?.get(key);
    if (!body && !known) {
      body = await make();
      answers?.set(key, body);
    }
    response.set({
      ETag: etag,
      'Cache-Control': 'private, no-cache',
      Vary: 'Accept, Accept-Language',
      'Cuadra-Data-Version': String(snapshot.dataVersion),
    });
    if (body) response.type(body.type).send(body.bytes);
    else response.status(304).end();
  };
}

export function json(value: unknown): Body {
  return { type: 'application/json', bytes: Buffer.from(JSON.stringify(value)) };
}
