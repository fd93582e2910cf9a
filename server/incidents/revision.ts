// Compares a delivery with what its source delivered before: what is there already, what replaces what,
// and, when the delivery replaces a period, what is gone.

import { sql } from 'kysely';
import { dayOf, textOf } from '../calendar/days.ts';
import type { Database } from '../db/open.ts';
import { withinMonth } from '../reading/id-rule.ts';
import type { IdRule } from '../tables/contract.ts';
import { Doubt } from '../tables/doubt.ts';
import type { Note } from '../text/contract.ts';
import { besideNotes, watchBesideStored } from './beside-stored.ts';
import { type Covers, watchChangeOfIds } from './change-of-ids.ts';
import type { BesideStored } from './contract.ts';
import type { Head } from './deliveries.ts';
import { type KnownRecords, knownRecords } from './known-records.ts';
import { watchRepeatedIds } from './repeated-ids.ts';
import { watchRewrittenIds } from './rewritten-ids.ts';

/** From this share on, records that change their date with the same id are other records. */
const MOVED_TO_DOUBT = 0.5;
/** One record alone may have been corrected. */
const FEWEST_MOVED = 2;
/** Ids read or changed in one statement. */
const PAGE = 50_000;

export type Revision = {
  /** True when this very record is stored; each stored record answers for one row of the file. */
  isStored(hash: bigint, key: string | null, day: number): boolean;
  /**
   * After the whole file: ends the stored records that a row with the same key replaces, and those inside `replaces`
   * that the file no longer has; none outside it. Throws Doubt where the keys seem to be none. Ended records stay, as history, until `delivery` is published or discarded; null = they
   * are only counted.
   */
  finish(
    delivery: number | null,
    replaces: Covers | null,
  ): Promise<{
    changed: number;
    gone: number;
    goneByMonth: Map<string, GoneOf>;
    beside: BesideStored | null;
    /** Nothing else would keep them from counting twice: they are others only if somebody says so. */
    isAsked: boolean;
    notes: readonly Note[];
  }>;
};
export type GoneOf = { readonly gone: number; readonly before: number };

/** Opens the comparison with everything of the source that counts at `head`. */
export async function openRevision(
  database: Database,
  jurisdictionId: number,
  sourceId: number,
  head: Head,
  idRule: IdRule | null,
): Promise<Revision> {
  const known = knownRecords(0);
  const changeOfIds = watchChangeOfIds();
  const besideStored = watchBesideStored(idRule === 'none');
  /** Where the source has no ids any more, beside all that is stored. */
  const besideAll = watchBesideStored(true);
  for await (const page of storedRecords(database, jurisdictionId, sourceId, head)) {
    for (const row of page) {
      known.add(BigInt(row.record_hash));
      changeOfIds.stored(row.source_key, dayOf(row.occurred_on));
      besideStored.stored(row.source_key, dayOf(row.occurred_on));
      besideAll.stored(row.source_key, dayOf(row.occurred_on));
    }
  }
  const news = daysByKey();
  const rewritten = watchRewrittenIds();
  let same = 0;
  const nothingStored = known.remaining() === 0;
  const repeated = idRule === null ? watchRepeatedIds() : null;
  const identical = watchIdentical();
  return {
    isStored(hash, key, day) {
      repeated?.add(key, day);
      if (key !== null) identical.add(hash, key);
      if (nothingStored) return false;
      if (known.take(hash)) {
        if (key !== null) same++;
        besideStored.same(key, day);
        besideAll.same(key, day);
        return true;
      }
      if (key !== null) {
        news.add(key, day);
        rewritten.added(key);
      }
      changeOfIds.added(key, day);
      besideStored.added(key, day);
      besideAll.added(key, day);
      return false;
    },
    async finish(delivery, replaces) {
      repeated?.check();
      const ending = { jurisdictionId, sourceId, head, idRule, delivery, replaces };
      const ended = await endReplaced(database, ending, known, { news, rewritten }, () => same);
      const ofIds = changeOfIds.notes(replaces);
      const areGone = ofIds.some(({ code }) => code === 'ids-gone');
      const beside = (areGone ? besideAll : besideStored).found(replaces);
      const notes = [...ofIds, ...(repeated?.notes() ?? []), ...rewritten.notes(), ...identical.notes()];
      return {
        ...ended,
        beside,
        isAsked: beside !== null && (idRule === 'none' || areGone),
        notes: [...ended.notes, ...notes, ...besideNotes(beside)],
      };
    },
  };
}

/** Rows of a file that are another over again, id included: each counts, for it may be one more victim, and it is told. */
function watchIdentical() {
  const seen = knownRecords(0);
  let [count, example] = [0, ''];
  return {
    add(hash: bigint, key: string): void {
      if (seen.add(hash)) return;
      count++;
      example ||= key;
    },
    notes: (): Note[] => (count ? [{ code: 'identical-rows', count, example }] : []),
  };
}

/** The days of the records that are new under a key: mostly one, so that only further ones take a list. */
function daysByKey() {
  const days = new Map<string, number | number[]>();
  return {
    size: () => days.size,
    has: (key: string) => days.has(key),
    add(key: string, day: number): void {
      const before = days.get(key);
      if (before === undefined) days.set(key, day);
      else if (typeof before === 'number') days.set(key, [before, day]);
      else before.push(day);
    },
    isOf: (key: string, day: number): boolean => {
      const left = days.get(key);
      return typeof left === 'number' ? left === day : (left?.includes(day) ?? false);
    },
    /** Takes one record, of this very day where there is one, and answers its day; null when none is left. */
    take(key: string, day: number): number | null {
      const left = days.get(key);
      if (left === undefined) return null;
      if (typeof left === 'number') {
        days.delete(key);
        return left;
      }
      const at = left.indexOf(day);
      const [taken] = left.splice(at < 0 ? 0 : at, 1);
      if (left.length === 0) days.delete(key);
      return taken!;
    },
  };
}

type New = {
  readonly news: ReturnType<typeof daysByKey>;
  readonly rewritten: ReturnType<typeof watchRewrittenIds>;
};

type Ending = {
  readonly jurisdictionId: number;
  readonly sourceId: number;
  readonly head: Head;
  readonly idRule: IdRule | null;
  readonly delivery: number | null;
  readonly replaces: Covers | null;
};

async function endReplaced(
  database: Database,
  ending: Ending,
  known: KnownRecords,
  { news, rewritten }: New,
  same: () => number,
): Promise<Omit<Awaited<ReturnType<Revision['finish']>>, 'beside' | 'isAsked'>> {
  const { jurisdictionId, sourceId, head, idRule, delivery, replaces } = ending;
  const goneByMonth = new Map<string, { gone: number; before: number }>();
  let changed = 0;
  let gone = 0;
  let moved = 0;
  let otherMonth = 0;
  let example: Moved | null = null;
  const outside = new Map<string, string>();
  const told = () => {
    const left = [...outside].filter(([id]) => news.has(id));
    const named = left.slice(0, 1).map(([id, before]) => sayMoved({ id, before, after: textOf(news.take(id, NaN)!) }));
    return {
      ...{ changed, gone, goneByMonth },
      notes: [
        ...named.map((example) => ({ code: 'ids-outside-period', count: left.length, example })),
        ...(otherMonth ? [{ code: 'ids-of-other-month', count: otherMonth, example: sayMoved(example!) }] : []),
      ],
    };
  };
  const isCovered = (day: string) => replaces !== null && day >= replaces.from && day < replaces.until;
  /** Whether a stored record ends that the file has no more, or of another day by now. */
  const settle = (row: StoredRecord, after: number | null): boolean => {
    if (after !== null) {
      changed++;
      if (after !== dayOf(row.occurred_on)) {
        moved++;
        if (textOf(after).slice(0, 7) !== row.occurred_on.slice(0, 7)) otherMonth++;
        example ??= { id: row.source_key!, before: row.occurred_on, after: textOf(after) };
      }
      return true;
    }
    if (!isCovered(row.occurred_on)) return false;
    const month = goneByMonth.get(row.occurred_on.slice(0, 7))!;
    month.gone++;
    gone++;
    return true;
  };
  const end = async (ids: readonly string[]): Promise<void> => {
    if (ids.length === 0 || delivery === null) return;
    await sql`update incident set until_delivery = ${delivery}
      where jurisdiction_id = ${jurisdictionId} and incident_id = any(${ids}::bigint[])`.execute(database.db);
  };
  /** A stored record whose id the file writes otherwise. */
  const takeRewritten = (id: string, day: number): number | null => {
    const other = rewritten.otherOf(id, news.has);
    if (other === null) return null;
    const isSame = news.isOf(other, day);
    rewritten.tell(id, other, isSame);
    return isSame ? news.take(other, day) : null;
  };
  /** Looked at when every record has taken what has its very id. */
  const later: StoredRecord[] = [];
  if (known.remaining() === 0 || (news.size() === 0 && !replaces)) return told();
  for await (const page of storedRecords(database, jurisdictionId, sourceId, head)) {
    const ended: string[] = [];
    for (const row of page) {
      const covered = isCovered(row.occurred_on);
      if (covered) {
        const month = goneByMonth.get(row.occurred_on.slice(0, 7)) ?? { gone: 0, before: 0 };
        month.before++;
        goneByMonth.set(row.occurred_on.slice(0, 7), month);
      }
      if (!known.take(BigInt(row.record_hash))) continue; // the file has it
      const day = dayOf(row.occurred_on);
      const id = row.source_key;
      if (replaces !== null && !covered) {
        // Only named, and only if no record of the period turns out to be the one the file means.
        if (id !== null && news.has(id)) outside.set(id, row.occurred_on);
        continue;
      }
      const ofMonth = id !== null && idRule === 'id+month' ? withinMonth(id, row.occurred_on) : null;
      const ofId = id === null ? null : news.take(id, day);
      const after = ofId ?? (ofMonth === null ? null : news.take(ofMonth, day));
      if (after === null && id !== null && rewritten.otherOf(id, news.has) !== null) later.push(row);
      else if (settle(row, after)) ended.push(row.incident_id);
    }
    await end(ended);
  }
  for (let first = 0; first < later.length; first += PAGE) {
    const page = later.slice(first, first + PAGE);
    const ended = page.filter((row) => settle(row, takeRewritten(row.source_key!, dayOf(row.occurred_on))));
    await end(ended.map((row) => row.incident_id));
  }
  const rows = changed + same();
  if (idRule === null && example && moved >= FEWEST_MOVED && moved > rows * MOVED_TO_DOUBT) {
    const proposal = otherMonth > moved * MOVED_TO_DOUBT ? 'id+month' : 'id+file';
    throw new Doubt({ about: 'ids', rows, moved, example, proposal });
  }
  return told();
}

type Moved = { readonly id: string; readonly before: string; readonly after: string };

const sayMoved = ({ id, before, after }: Moved) => `${id}: ${before} → ${after}`;

type StoredRecord = { incident_id: string; record_hash: string; source_key: string | null; occurred_on: string };

/** What counts at the head, in pages by id: no cursor is held and no statement is long. */
async function* storedRecords(
  database: Database,
  jurisdictionId: number,
  sourceId: number,
  head: Head,
): AsyncGenerator<StoredRecord[]> {
  for (let first = 1; first < head.nextIncidentId; first += PAGE) {
    const { rows } = await sql<StoredRecord>`
      select incident_id, record_hash, source_key, occurred_on from incident
      where jurisdiction_id = ${jurisdictionId} and incident_id >= ${first} and incident_id < ${first + PAGE}
        and source_id = ${sourceId} and from_delivery <= ${head.delivery}
        and (until_delivery is null or until_delivery > ${head.delivery})
      order by incident_id`.execute(database.db);
    yield rows;
  }
}
