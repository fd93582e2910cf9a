// All incidents a plan matches, a few days at a time: whoever reads slowly holds neither memory nor a connection.

import type { Jurisdiction, Viewer } from '../access/contract.ts';
import type { Day } from '../calendar/days.ts';
import { refuseOutdated } from '../cube/again.ts';
import type { Database } from '../db/open.ts';
import type { DayTally } from '../engine/answers.ts';
import type { DataState } from '../filter/catalogue.ts';
import type { Plan } from '../filter/plan.ts';
import { slicedBetween, slicedDays, slicedTo } from '../filter/slices.ts';
import { type Cursor, findIncidents, type ListedIncident, listIncidents } from '../listing/query.ts';

/** Rows of a page at most: more would keep a server from answering others while they become text. */
const PAGE = 2500;
/** Days of the first statement; how many the next one takes depends on how long the last one took. */
const FIRST_DAYS = 8;
const MOST_DAYS = 4096;
const QUICK_MS = 80;
const SLOW_MS = 240;
/** Ids looked through in one statement. */
const IDS_PER_STATEMENT = 100_000;
/** A month that is all a source tells stands somewhere in it; a quarter, at its first day. */
const MONTH_DAYS = 31;

type Matching = Parameters<typeof pagesByDay>;

/**
 * Newest first, as of `state` however long it takes: rows are never overwritten. `tally` says how many there are on each
 * day. Throws when it ends with another number than matched, so that a file that is cut short cannot pass for whole:
 * Outdated where the data changed under it, as does one of places when these may have changed.
 */
export async function* pagesOf(...asked: Matching): AsyncGenerator<ListedIncident[]> {
  const [database, , { id }, state, plan, tally] = asked;
  let given = 0;
  for await (const page of plan.within?.type === 'place' ? pagesOfPlace(...asked) : pagesByDay(...asked)) {
    given += page.length;
    yield page;
  }
  if (given !== tally.matched || plan.within?.type === 'place' || plan.inside || plan.scope)
    await refuseOutdated(database, id, state);
  if (given !== tally.matched) throw new Error(`an export gave ${given} incidents instead of ${tally.matched}`);
}

async function* pagesByDay(
  database: Database,
  viewer: Viewer,
  jurisdiction: Jurisdiction,
  state: DataState,
  plan: Plan,
  tally: DayTally,
): AsyncGenerator<ListedIncident[]> {
  const days = [...tally.days, ...tally.months, ...tally.quarters].sort(([a], [b]) => b - a);
  let most = FIRST_DAYS;
  let until = (days[0]?.[0] ?? 0) + MONTH_DAYS;
  for (let next = 0; next < days.length; ) {
    const { from, after: rest } = spanOf(days, next, most);
    next = rest;
    const slice = slicedDays(jurisdiction.id, from, until);
    until = from;
    for (let cursor: Cursor | null = null; ; ) {
      const began = performance.now();
      const page: ListedIncident[] = await listIncidents(database, viewer, jurisdiction, state, plan, {
        limit: PAGE,
        after: cursor,
        slice,
      });
      const took = performance.now() - began;
      if (took < QUICK_MS) most = Math.min(MOST_DAYS, most * 2);
      else if (took > SLOW_MS) most = Math.max(1, Math.floor(most / 2));
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (page.length < PAGE || !last) break;
      cursor = { occurredOn: last.date, incidentId: Number(last.id) };
    }
  }
}

/** Of one place: few of a day's incidents lie in it, so they are found first, by the blocks that hold the places. */
async function* pagesOfPlace(
  ...[database, viewer, jurisdiction, state, plan]: Matching
): AsyncGenerator<ListedIncident[]> {
  const byDay = new Map<string, string[]>();
  for (let from = 1; from < state.nextIncidentId; from += IDS_PER_STATEMENT) {
    const slice = slicedBetween(jurisdiction.id, from, from + IDS_PER_STATEMENT);
    for (const { id, date } of await findIncidents(database, jurisdiction, state, plan, slice)) {
      const of = byDay.get(date);
      if (of) of.push(id);
      else byDay.set(date, [id]);
    }
  }
  const ids = [...byDay].sort(([a], [b]) => (a < b ? 1 : -1)).flatMap(([, of]) => of.reverse());
  for (let first = 0; first < ids.length; first += PAGE) {
    const slice = slicedTo(jurisdiction.id, ids.slice(first, first + PAGE));
    yield await listIncidents(database, viewer, jurisdiction, state, plan, { limit: PAGE, after: null, slice });
  }
}

/** As many days, from the newest left, as hold a page of matches, within `most`; the index of the first day left. */
function spanOf(days: readonly (readonly [Day, number])[], next: number, most: number): { from: Day; after: number } {
  const first = days[next]![0];
  let rows = 0;
  let after = next;
  while (after < days.length) {
    const [day, count] = days[after]!;
    if (after > next && day < days[after - 1]![0] && (rows + count > PAGE || first - day >= most)) break;
    rows += count;
    after++;
  }
  return { from: days[after - 1]![0], after };
}
