// Which other sites may show the public view in a frame. Only the page itself, opened to be embedded, is ever framable: it
// asks without cookies and shows nothing but what is public. Everything else refuses every frame.

import type { NextFunction, Request, Response } from 'express';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { embedOriginsFor } from '../access/embedding.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/open.ts';
import { seeingEverybody } from '../db/tenants.ts';

const PAGES = ['/', '/index.html'];
const CITIES_KNOWN = 1000;
/** A city that says otherwise is heard within this time. */
const BELIEVED_MS = 1000;
const LONGEST_CODE = 40;

type Deps = {
  readonly database: Database;
  readonly config: Pick<Config, 'access' | 'embedOrigins'>;
  readonly log: Logger;
};
type Origins = { readonly origins: readonly string[] };

/** The sites that may frame the page of a city; where whoever reaches the server is its administrator, none. */
export async function framedBy(
  { database, config }: Omit<Deps, 'log'>,
  city: string | null,
): Promise<readonly string[]> {
  if (config.access !== 'accounts') return [];
  return seeingEverybody(() => embedOriginsFor(database, city, config.embedOrigins));
}

/** After the headers that refuse all frames. */
export function framable(deps: Deps) {
  const known = new LRUCache<string, Origins>({
    ...{ max: CITIES_KNOWN, ttl: BELIEVED_MS },
    fetchMethod: async (city) => ({ origins: await framedBy(deps, city || null) }),
  });
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const policy = response.getHeader('Content-Security-Policy');
    const isAsked = PAGES.includes(request.path) && request.query.embed !== undefined;
    if (isAsked && typeof policy === 'string') {
      const { city } = request.query;
      const code = typeof city === 'string' && city.length <= LONGEST_CODE ? city : '';
      // Where nobody can say, none may.
      const found = await known.fetch(code).catch((error: unknown) => {
        deps.log.info({ err: error }, 'which sites may show the page in a frame was not looked up');
        return undefined;
      });
      if (found && found.origins.length > 0) {
        response.removeHeader('X-Frame-Options');
        response.setHeader(
          'Content-Security-Policy',
          policy.replace(/frame-ancestors [^;]*/, `frame-ancestors ${found.origins.join(' ')}`),
        );
      }
    }
    next();
  };
}
