// COPY in and out over a pooled connection, on either engine.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/**
 * Runs `COPY … FROM STDIN` with the chunks as its data. The embedded engine holds a whole COPY in memory: callers send
 * at most about 20,000 rows in one.
 */
export async function copyIn(
  client: pg.PoolClient,
  statement: string,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<void> {
  await pipeline(Readable.from(chunks, { objectMode: false }), client.query(copyFrom(statement)));
}

/** Runs `COPY … TO STDOUT` and yields its data as it comes. */
export function copyOut(client: pg.PoolClient, statement: string): AsyncIterable<Buffer> {
  return client.query(copyTo(statement));
}
