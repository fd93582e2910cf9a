// Stores what feeds send. Requests that arrive within a second are stored together, as one small delivery, so that a
// busy dispatch centre raises the data version once a second and not once a call.

import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Jurisdiction } from '../access/contract.ts';
import { dayOf, textOf } from '../calendar/days.ts';
import { type Writer, withJurisdictionLock } from '../db/lock.ts';
import { type Database, isConnectionLost } from '../db/open.ts';
import { Conflict, statusOf, Unavailable } from '../errors.ts';
import { openLocator, textsWithoutPoint } from '../geocoding/locator.ts';
import { atMost } from '../http/at-most.ts';
import { discardPending, orDiscard, publish, readHead } from '../incidents/deliveries.ts';
import { ensureOffences, ensurePlaceTexts, offenceIn } from '../incidents/dictionaries.ts';
import { append, emptyChunk, storeChunk } from '../incidents/store.ts';
import { batcher, recordHash } from '../reading/batch.ts';
import type { Incident } from '../reading/contract.ts';
import { keyBy } from '../reading/id-rule.ts';
import { presetOf } from '../reading/presets.ts';
import { storeApart } from './apart.ts';
import type { FeedTold } from './contract.ts';
import { keepKeyed } from './keyed.ts';
import type { Feed } from './keys.ts';
import type { Placers } from './placers.ts';

const FLUSH_EVERY_MS = 1000;
/** Records waiting in memory; past it senders are told to come back. */
const MAX_WAITING = 20_000;
/** Stored together. */
const MAX_TOGETHER = 5000;
/** Each of them takes a connection and a thread that places; the others wait their turn. */
const CITIES_AT_ONCE = 4;
const FAULTY = 'a record of a feed cannot be stored; it is rejected alone';

type Keyed = Incident & { readonly key: string };
type Waiting = {
  readonly jurisdiction: Jurisdiction;
  readonly feed: Feed;
  readonly incidents: readonly Keyed[];
  readonly done: PromiseWithResolvers<FeedTold[]>;
};
type Line = { readonly waiting: Waiting[]; flushing: Promise<void> | null };

export type FeedWriter = {
  /**
   * Resolves, with what became of each, when the incidents are durable and visible. Throws Unavailable when too much
   * waits or another writer has the jurisdiction.
   */
  store(jurisdiction: Jurisdiction, feed: Feed, incidents: readonly Keyed[]): Promise<FeedTold[]>;
  /** Waits for what is being stored. */
  close(): Promise<void>;
};

export function createFeedWriter(database: Database, placers: Placers, log: Logger): FeedWriter {
  const lines = new Map<number, Line>();
  const closing = new AbortController();
  const inTurn = atMost(CITIES_AT_ONCE, Number.POSITIVE_INFINITY);

  const flush = async (together: readonly Waiting[]): Promise<void> => {
    const { jurisdiction, feed } = together[0]!;
    const store = (incidents: readonly Keyed[]) => storeTogether(database, placers, jurisdiction, feed, incidents);
    try {
      const all = together.flatMap(({ incidents }) => incidents);
      const told = await inTurn(() =>
        storeApart(all, store, (error) => log.error({ err: error, feed: feed.name }, FAULTY)),
      );
      for (const { incidents, done } of together) done.resolve(told.splice(0, incidents.length));
    } catch (error) {
      const told = error instanceof Conflict ? new Unavailable('an import is running; send again') : error;
      if (statusOf(told).status === 500 && !isConnectionLost(told)) {
        log.error({ err: error, feed: feed.name }, 'feed not stored');
      }
      for (const { done } of together) done.reject(told);
    }
  };

  const flushAll = async (line: Line): Promise<void> => {
    while (line.waiting.length) {
      const { feed } = line.waiting[0]!;
      const together: Waiting[] = [];
      let records = 0;
      for (const each of [...line.waiting]) {
        if (each.feed.feedId !== feed.feedId || records + each.incidents.length > MAX_TOGETHER) continue;
        records += each.incidents.length;
        together.push(each);
        line.waiting.splice(line.waiting.indexOf(each), 1);
      }
      const began = Date.now();
      await flush(together);
      const rest = FLUSH_EVERY_MS - (Date.now() - began);
      if (rest > 0) await sleep(rest, undefined, { signal: closing.signal }).catch(() => {});
    }
  };

  return {
    store(jurisdiction, feed, incidents) {
      const line = lines.get(jurisdiction.id) ?? { waiting: [], flushing: null };
      lines.set(jurisdiction.id, line);
      const queued = line.waiting.reduce((sum, each) => sum + each.incidents.length, 0);
      if (closing.signal.aborted || queued + incidents.length > MAX_WAITING) {
        throw new Unavailable('too many records wait to be stored');
      }
      const done = Promise.withResolvers<FeedTold[]>();
      line.waiting.push({ jurisdiction, feed, incidents, done });
      line.flushing ??= flushAll(line).finally(() => {
        line.flushing = null;
      });
      return done.promise;
    },
    async close() {
      closing.abort();
      await Promise.all([...lines.values()].map(({ flushing }) => flushing));
      await placers.close();
    },
  };
}

async function storeTogether(
  database: Database,
  placers: Placers,
  jurisdiction: Jurisdiction,
  feed: Feed,
  incidents: readonly Keyed[],
): Promise<FeedTold[]> {
  const { id } = jurisdiction;
  return withJurisdictionLock(database, id, async (writer) => {
    await discardPending(writer, id);
    await keepKeyed(writer, id, feed.sourceId);
    const keyOf = keyOfFeed(feed);
    const known = await findByKey(writer, id, feed.sourceId, incidents.map(keyOf));
    const latest = new Map<string, Keyed>();
    const told = incidents.map((incident): FeedTold => {
      const key = keyOf(incident);
      const before = latest.get(key);
      const hash = recordHash(incident);
      const stored = before ? recordHash(before) : known.get(key)?.hash;
      if (stored === hash) return { outcome: 'unchanged' };
      latest.set(key, incident);
      if (stored === undefined) return { outcome: 'stored' };
      const notes = doubtsOfId(incident, before?.occurredOn ?? known.get(key)!.occurredOn, before !== undefined);
      return { outcome: 'changed', ...(notes.length && { notes }) };
    });
    // Sent as one thing and, in the same second, again as what is stored already: nothing changes.
    const news = [...latest.values()].filter((each) => recordHash(each) !== known.get(keyOf(each))?.hash);
    if (news.length) {
      const ended = news.flatMap((each) => known.get(keyOf(each))?.incidentId ?? []);
      await orDiscard(writer, id, () => deliver(writer, placers, jurisdiction, feed, news, ended));
    }
    return told;
  });
}

/** What a record of the feed is known again by. */
const keyOfFeed = ({ idRule, name }: Feed) => {
  const keyOf = keyBy(idRule, name);
  return (incident: Keyed): string => keyOf(incident) ?? incident.key;
};

/** An id that comes with another content is a correction, or no id: who sends it must hear of it. */
function doubtsOfId({ occurredOn }: Incident, before: string, sameSecond: boolean): string[] {
  const month = (day: string) => day.slice(0, 7);
  return [
    ...(sameSecond ? ['id-repeated'] : []),
    ...(month(occurredOn) === month(before) ? [] : ['ids-of-other-month']),
  ];
}

type Known = { readonly incidentId: string; readonly hash: bigint; readonly occurredOn: string };

/** What counts now under these ids of the source. */
async function findByKey(
  { db }: Database,
  jurisdictionId: number,
  sourceId: number,
  keys: readonly string[],
): Promise<Map<string, Known>> {
  const { rows } = await sql<{ key: string; incidentId: string; hash: string; occurredOn: string }>`
    select i.source_key as key, i.occurred_on as "occurredOn", i.incident_id as "incidentId", i.record_hash as hash
    from incident i join data_state t on t.jurisdiction_id = ${jurisdictionId}
    where i.jurisdiction_id = ${jurisdictionId} and i.source_id = ${sourceId} and i.keyed and i.source_key = any(${[...new Set(keys)]}::text[])
      and i.from_delivery <= t.head_delivery and i.until_delivery is null`.execute(db);
  return new Map(rows.map(({ key, hash, ...known }) => [key, { ...known, hash: BigInt(hash) }]));
}

async function deliver(
  writer: Writer,
  placers: Placers,
  jurisdiction: Jurisdiction,
  feed: Feed,
  news: readonly Keyed[],
  ended: readonly string[],
): Promise<void> {
  const { id } = jurisdiction;
  const head = await readHead(writer, id);
  const preset = presetOf(feed.preset);
  const batch = batcher().pack(news, keyBy(feed.idRule, feed.name));
  const offenceIds = await ensureOffences(writer, id, batch.newOffences);
  const placeTextIds = await ensurePlaceTexts(writer, id, batch.newPlaceTexts);
  const chunk = emptyChunk(batch.rows);
  for (let row = 0; row < batch.rows; row++) {
    const offence = offenceIn(offenceIds, batch.newOffences[batch.offence[row]!]!);
    append(chunk, batch, row, offence, batch.placeText[row]! < 0 ? 0 : placeTextIds[batch.placeText[row]!]!);
  }
  const placed = await placers.place(writer, jurisdiction, preset, batch.lon, batch.lat);
  const texts = textsWithoutPoint(batch.lon, chunk.placeTextId, batch.rows);
  if (texts.size) {
    const locator = openLocator(writer, jurisdiction);
    await locator.look(texts);
    locator.fill(placed, batch.lon, chunk.placeTextId);
  }
  const delivering = { jurisdictionId: id, delivery: head.delivery + 1, sourceId: feed.sourceId, keyed: true };
  await storeChunk(writer, delivering, chunk, head.nextIncidentId, placed);
  if (ended.length) {
    await sql`update incident set until_delivery = ${head.delivery + 1}
      where jurisdiction_id = ${id} and incident_id = any(${ended}::bigint[])`.execute(writer.db);
  }
  const days = news.map(({ occurredOn }) => occurredOn).sort();
  await publish(writer, id, head, head.nextIncidentId + news.length, {
    sourceId: feed.sourceId,
    fileName: feed.name,
    fileSha256: '',
    preset: preset.code,
    mode: 'add',
    coversFrom: days[0]!,
    coversUntil: textOf(dayOf(days.at(-1)!) + 1),
    report: { read: news.length, stored: news.length - ended.length, changed: ended.length },
    via: 'feed',
    askedSha256: null,
    undoes: null,
  });
}
