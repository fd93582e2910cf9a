// How an answer leaves: named by data version and question, so that neither browser nor server works twice for one.

import { promisify } from 'node:util';
import { brotliCompress, gzip, constants as zlib } from 'node:zlib';
import type { Request, Response } from 'express';
import { LRUCache } from 'lru-cache';
import { rightsKey } from '../access/contract.ts';
import { viewerOf } from '../access/viewer.ts';
import { nameOfAnswer } from '../db/program.ts';

/** The state of the data an answer is made from; `token` changes with whatever it can depend on. */
type AnsweredFrom = { readonly jurisdictionId: number; readonly token: string; readonly dataVersion: number };
export type Body = { readonly type: string; readonly bytes: Buffer };
/** A body and, once somebody was sent it so, the same packed. */
type Held = Body & { readonly packed: Map<Packing, Promise<Buffer>> };

const JSON_TYPE = 'application/json';
const CACHE_BYTES = 32 * 1024 * 1024;
/** An answer with what it is packed to. */
const HELD_PER_BYTE = 1.5;
/** Shorter ones fit into one packet of the network as they are. */
const LEAST_PACKED = 1024;
/** A few in a hundred larger than by the programs' own levels, in half of the time. */
const PACKINGS = {
  br: (bytes: Buffer) => promisify(brotliCompress)(bytes, { params: { [zlib.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes, { level: 4 }),
} as const;
type Packing = keyof typeof PACKINGS;

/** Answers from the cache when the same was asked of the same data; `cache: false` makes every answer anew. */
export function createResponder(options: { readonly cache: boolean }) {
  const answers = options.cache
    ? new LRUCache<string, Held>({
        maxSize: CACHE_BYTES,
        sizeCalculation: ({ bytes }) => Math.ceil(bytes.length * HELD_PER_BYTE) + 200,
      })
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
      body = { ...(await make()), packed: new Map() };
      answers?.set(key, body);
    }
    response.set({
      ETag: etag,
      'Cache-Control': 'private, no-cache',
      Vary: 'Accept, Accept-Encoding, Accept-Language',
      'Cuadra-Data-Version': String(snapshot.dataVersion),
    });
    if (body) await send(request, response, body);
    else response.status(304).end();
  };
}

/** All at once and packed once for all who ask, where the packing of whatever is sent would begin anew for each. */
async function send(request: Request, response: Response, { type, bytes, packed }: Held): Promise<void> {
  const packing = type === JSON_TYPE && bytes.length >= LEAST_PACKED ? packingFor(request) : null;
  response.type(type);
  if (!packing) return void response.send(bytes);
  const made = packed.get(packing) ?? PACKINGS[packing](bytes);
  packed.set(packing, made);
  response.set('Content-Encoding', packing).send(await made);
}

function packingFor(request: Request): Packing | null {
  if (request.acceptsEncodings('br')) return 'br';
  return request.acceptsEncodings('gzip') ? 'gzip' : null;
}

export function json(value: unknown): Body {
  return { type: JSON_TYPE, bytes: Buffer.from(JSON.stringify(value)) };
}
