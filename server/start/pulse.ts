// Whether the database answers just now, for /readyz: within a second and a half, whatever state it is in.

import type { RequestHandler } from 'express';
import type { Database } from '../db/open.ts';
import type { Readiness } from './progress.ts';

const WITHIN_MS = 1500;
/** The embedded engine serves one transaction after another: during an import it may be late without being away. */
const LATE_FOR_MS = { postgis: 0, embedded: 10_000 } as const;
const RETRY_AFTER_SECONDS = 2;

/** 200 while the database answers; 503 with the step `database` while it is away, or has no connection to give. */
export function readyz(database: Database): RequestHandler {
  const answers = openPulse(database);
  return async (_request, response) => {
    response.set('Cache-Control', 'no-store');
    if (await answers()) return void response.json({ step: 'ready', percent: 100 } satisfies Readiness);
    response.status(503).set('Retry-After', String(RETRY_AFTER_SECONDS));
    response.json({ step: 'database', percent: 0 } satisfies Readiness);
  };
}

/** Asks one thing at a time, however many want to know. */
function openPulse({ engine, pool }: Database): () => Promise<boolean> {
  let asking: { readonly since: number; readonly answer: Promise<boolean> } | null = null;
  return async () => {
    asking ??= {
      since: Date.now(),
      answer: pool
        .query('select 1')
        .then(
          () => true,
          () => false,
        )
        .finally(() => {
          asking = null;
        }),
    };
    const { since, answer } = asking;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(Date.now() - since < LATE_FOR_MS[engine]), WITHIN_MS);
    });
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  };
}
