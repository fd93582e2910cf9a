// The pages of one listing of incidents: `next` carries where a page ended and the data it was of, so that deliveries in
// between neither repeat nor lose anybody, and other changes end the listing in words.

import * as z from 'zod';
import type { Jurisdiction } from '../access/contract.ts';
import { isDay } from '../calendar/days.ts';
import { onlyDeliveriesSince } from '../cube/recent.ts';
import type { Database } from '../db/open.ts';
import { Conflict } from '../errors.ts';
import { type DataState, readCatalogue, readState } from '../filter/catalogue.ts';
import { OPEN_DAY, type Range } from '../filter/plan.ts';
import { describeSources } from '../filter/source-profile.ts';
import type { Cursor, ListedIncident } from './query.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** What a listing is made from; its range, so that "the last 12 months" stay the same ones. */
type Listing = Pick<DataState, 'dataVersion' | 'head'> & { readonly range: Range };
/** Where it goes on. */
export type Continued = Listing & Cursor;
/** Its incidents, one more than a page holds where there are. */
export type Started = { readonly found: readonly ListedIncident[]; readonly from: Listing };

/** Day and id of the last row; data version and last delivery; first day and day after the last. */
const NEXT = /^(\d{4}-\d{2}-\d{2})_(\d{1,15})_(\d{1,9})_(\d{1,9})_(-?\d{1,7})_(-?\d{1,7})$/;

export const pageParameters = z.object({
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'not a whole number')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= MAX_LIMIT, `not between 1 and ${MAX_LIMIT}`)
    .default(DEFAULT_LIMIT),
  after: z
    .string()
    .transform((text, context): Continued => {
      const [, occurredOn = '', ...numbers] = NEXT.exec(text) ?? [];
      const [incidentId = 0, dataVersion = 0, head = 0, from = 0, until = 0] = numbers.map(Number);
      if (isDay(occurredOn) && Math.max(Math.abs(from), Math.abs(until)) <= OPEN_DAY) {
        return { occurredOn, incidentId, dataVersion, head, range: { from, until } };
      }
      context.addIssue('not the `next` of a page');
      return z.NEVER;
    })
    .optional(),
});

/** The `next` of a page that ended with this row. */
export function nextOf(last: ListedIncident, { dataVersion, head, range: { from, until } }: Listing): string {
  return [last.date, last.id, dataVersion, head, from, until].join('_');
}

/**
 * What codes stood for when the listing began, and a check for after the page was read. Both throw Conflict when more
 * than deliveries came since: places may have changed, and a page of them would not fit those before it.
 */
export async function continuedAt(database: Database, { id }: Jurisdiction, at: Listing) {
  const confirm = async () => {
    const now = await readState(database, id);
    if (!now || at.head > now.head || !onlyDeliveriesSince(at, now)) {
      throw new Conflict('the data changed since the first page: begin the list again');
    }
  };
  await confirm();
  const { sources, offences, choices, layers } = await readCatalogue(database, id, at.head);
  return { context: { jurisdictionId: id, sources: describeSources(sources, []), offences, choices, layers }, confirm };
}
