// How an answer leaves: named by data version and question, so that neither browser nor server works twice for one.

import { promisify } from 'node:util';
import { brotliCompress, gunzip, gzip, constants as zlib } from 'node:zlib';
import type { Request, Response } from 'express';
import { LRUCache } from 'lru-cache';
import { rightsKey } from '../access/contract.ts';
import { viewerOf } from '../access/viewer.ts';
import { nameOfAnswer } from '../db/program.ts';

/** The state of the data an answer is made from; `token` changes with whatever it can depend on. */
type AnsweredFrom = { readonly jurisdictionId: number; readonly token: string; readonly dataVersion: number };
export type Body = {
  readonly type: string;
  readonly bytes: Buffer;
  /** How the bytes are packed; as they are unless said. */
  readonly packing?: 'gzip';
  /** Of a file of single incidents. */
  readonly rows?: number;
};
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

/** By the session as well: with the cookie of another, a browser takes nothing of what it keeps for an answer. */
const VARY = 'Accept, Accept-Encoding, Accept-Language, Cookie';

/**
 * Answers from the cache when the same was asked of the same data; `cache: false` makes every answer anew, and `isSecret`
 * has no browser keep it.
 */
export function createResponder(options: { readonly cache: boolean; readonly isSecret?: boolean }) {
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
    const named = nameFor(request, snapshot, question);
    let body = named.isKnown ? undefined : answers?.get(named.name);
    if (!body && !named.isKnown) {
      body = { ...(await make()), packed: new Map() };
      answers?.set(named.name, body);
    }
    tellName(response, snapshot, named.name);
    if (options.isSecret) response.set('Cache-Control', 'private, no-store');
    if (body) await send(request, response, body);
    else response.status(304).end();
  };
}

/** What an answer is called, and whether whoever asks has it. */
export function nameFor(
  request: Request,
  snapshot: AnsweredFrom,
  question: readonly unknown[],
): { readonly name: string; readonly isKnown: boolean } {
  const name = nameOfAnswer([rightsKey(viewerOf(request)), snapshot.jurisdictionId, snapshot.token, ...question]);
  // Not request.fresh: it takes the "no-cache" that fetch() adds to a conditional request for a reload.
  return { name, isKnown: request.get('if-none-match')?.includes(etagOf(name)) ?? false };
}

const etagOf = (name: string) => `W/"${name}"`;

export function tellName(response: Response, { dataVersion }: AnsweredFrom, name: string): void {
  response.set({
    ETag: etagOf(name),
    'Cache-Control': 'private, no-cache',
    Vary: VARY,
    'Cuadra-Data-Version': String(dataVersion),
  });
}

/** All at once and packed once for all who ask, where the packing of whatever is sent would begin anew for each. */
async function send(request: Request, response: Response, held: Held): Promise<void> {
  if (held.packing) return sendPacked(request, response, held);
  const { type, bytes, packed } = held;
  const packing = type === JSON_TYPE && bytes.length >= LEAST_PACKED ? packingFor(request) : null;
  response.type(type);
  if (!packing) return void response.send(bytes);
  const made = packed.get(packing) ?? PACKINGS[packing](bytes);
  packed.set(packing, made);
  response.set('Content-Encoding', packing).send(await made);
}

/** What was packed when it was made; unpacked again for the few who ask for it so. */
export async function sendPacked(request: Request, response: Response, { type, bytes }: Body): Promise<void> {
  response.type(type);
  if (request.acceptsEncodings('gzip')) response.set('Content-Encoding', 'gzip').send(bytes);
  else response.send(await promisify(gunzip)(bytes));
}

function packingFor(request: Request): Packing | null {
  if (request.acceptsEncodings('br')) return 'br';
  return request.acceptsEncodings('gzip') ? 'gzip' : null;
}

export function json(value: unknown): Body {
  return { type: JSON_TYPE, bytes: Buffer.from(JSON.stringify(value)) };
}
