// The door for dispatch systems: a key of its own instead of the page's session, and an answer for every record.

import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { findJurisdiction } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import type { Database } from '../db/open.ts';
import { NotFound } from '../errors.ts';
import { parseWith } from '../http/contract.ts';
import { throttle } from '../http/throttle.ts';
import type { Language } from '../i18n/contract.ts';
import { problemTitle } from '../i18n/problems.ts';
import { languageAsked } from '../i18n/reasons.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import { type FeedAnswer, type FeedOutcome, type FeedTold, feedBody } from './contract.ts';
import { feedOfKey } from './keys.ts';
import { type ReadRecord, readRecords } from './read-records.ts';
import { tellReason } from './tell-reason.ts';
import type { FeedWriter } from './write.ts';

type Deps = { readonly database: Database; readonly taxonomy: Taxonomy; readonly feeds: FeedWriter };

const BODY_LIMIT = '2mb';
const REFUSALS_PER_MINUTE = 30;

/** Mounted under /api/v1, before the page's own door. */
export function feedRoutes({ database, taxonomy, feeds }: Deps): Router {
  const routes = Router();
  /** Only refusals count: a busy centre is not slowed down. */
  const throttled = throttle(REFUSALS_PER_MINUTE);
  routes.post(
    '/:jurisdiction/incidents',
    express.json({ limit: BODY_LIMIT }),
    async (request: Request, response: Response, next: NextFunction) => {
      const opened = await openedBy(database, request);
      if (!opened)
        return void throttled(request, response, (error?: unknown) =>
          error ? next(error) : refuse(request, response),
        );
      const { jurisdiction, feed } = opened;
      const { incidents } = parseWith(feedBody, request.body);
      const { bounds, timezone } = jurisdiction;
      const { preset, dateOrder, times } = feed;
      const read = readRecords(incidents, { preset, bounds, taxonomy, timezone, dateOrder, times });
      const good = read.flatMap((each) => ('incident' in each ? [each.incident] : []));
      const outcomes = good.length ? await feeds.store(jurisdiction, feed, good) : [];
      response.set('Cache-Control', 'no-store').json(answerOf(read, outcomes, languageAsked(request)));
    },
  );
  return routes;
}

async function openedBy(database: Database, request: Request) {
  const { headers } = request;
  const key = /^Bearer (\S{20,100})$/.exec(headers.authorization ?? '')?.[1];
  if (!key) return null;
  try {
    // The key says whose it is: nobody is signed in here.
    const jurisdiction = await findJurisdiction(database, OPERATOR, String(request.params.jurisdiction));
    const feed = await feedOfKey(database, jurisdiction, key);
    return feed && { jurisdiction, feed };
  } catch (error) {
    if (error instanceof NotFound) return null; // whoever has no key learns of no jurisdiction
    throw error;
  }
}

function refuse(request: Request, response: Response): void {
  const language = languageAsked(request);
  response
    .status(401)
    .set({ 'Cache-Control': 'no-store', 'WWW-Authenticate': 'Bearer' })
    .type('application/problem+json')
    .send({ type: 'no-such-key', title: problemTitle('no-such-key', language), status: 401 });
}

function answerOf(read: ReturnType<typeof readRecords>, outcomes: readonly FeedTold[], language: Language): FeedAnswer {
  const left = [...outcomes];
  const inWords = (told: FeedAnswer['records'][number]) =>
    told.reason === undefined ? told : { ...told, detail: tellReason(language, told.reason) };
  const records = read.map((each): FeedAnswer['records'][number] =>
    inWords(
      'incident' in each ? toldOf(each, left.shift()!) : { id: each.id, outcome: 'rejected', reason: each.reason },
    ),
  );
  const noted = new Map<string, number[]>();
  for (const [at, { notes = [] }] of records.entries())
    for (const code of new Set(notes)) noted.set(code, [...(noted.get(code) ?? []), at]);
  const count = (outcome: FeedOutcome) => records.filter((each) => each.outcome === outcome).length;
  return {
    received: records.length,
    stored: count('stored'),
    changed: count('changed'),
    unchanged: count('unchanged'),
    rejected: count('rejected'),
    ...(noted.size && { noted: [...noted].map(([code, of]) => ({ code, count: of.length, records: of })) }),
    records,
  };
}

function toldOf(
  { incident, notes: ofRecord }: Extract<ReadRecord, { incident: unknown }>,
  { notes: ofOthers = [], ...told }: FeedTold,
): FeedAnswer['records'][number] {
  const notes = [...ofRecord, ...ofOthers];
  return { id: incident.key, ...told, ...(notes.length ? { notes } : {}) };
}
