// All incidents a plan matches, a page at a time: whoever reads slowly holds neither memory nor a connection.

import type { Jurisdiction, Viewer } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { type Cursor, type ListedIncident, listIncidents } from '../incidents/query.ts';
import type { DataState } from '../stats/catalogue.ts';
import type { Plan } from '../stats/plan.ts';

const PAGE = 1000;

/**
 * Newest first, as of `state` however long it takes: rows are never overwritten. Throws when it ends with another number
 * than `expected`, so that a file that is cut short cannot pass for whole.
 */
export async function* pagesOf(
  database: Database,
  viewer: Viewer,
  jurisdiction: Jurisdiction,
  state: DataState,
  plan: Plan,
  expected: number,
): AsyncGenerator<ListedIncident[]> {
  let after: Cursor | null = null;
  let given = 0;
  for (;;) {
    const page: ListedIncident[] = await listIncidents(database, viewer, jurisdiction, state, plan, PAGE, after);
    given += page.length;
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (page.length < PAGE || !last) break;
    after = { occurredOn: last.date, incidentId: Number(last.id) };
  }
  if (given !== expected) throw new Error(`an export gave ${given} incidents instead of ${expected}`);
}
