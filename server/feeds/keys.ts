// Who may send incidents: a key for one jurisdiction, source and kind, shown once when it is made and kept as its hash.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import type { Kind } from '../db/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput, Conflict, NotFound } from '../errors.ts';
import { ensureSource } from '../incidents/dictionaries.ts';
import type { DateOrder } from '../reading/contract.ts';
import { presetOf } from '../reading/presets.ts';
import type { FeedIdRule } from '../tables/contract.ts';
import { CODE } from '../taxonomy/contract.ts';
import type { FeedRow } from './contract.ts';
import { keyNow } from './keyed.ts';

export type Feed = {
  readonly feedId: number;
  readonly sourceId: number;
  readonly preset: string;
  readonly name: string;
  readonly dateOrder: DateOrder | null;
  readonly times: string | null;
  readonly idRule: FeedIdRule | null;
};
export type NewFeed = {
  readonly name: string;
  readonly preset: string;
  readonly source: string | null;
  readonly kind: Kind | null;
  /** The order of day and month where the preset does not say it, and what times without an offset mean. */
  readonly dateOrder?: DateOrder | null;
  readonly times?: string | null;
  /** What a record is known again by; its id unless said. */
  readonly idRule?: FeedIdRule | null;
};

const KEY_BYTES = 32;
const hashOf = (key: string) => createHash('sha256').update(key).digest();

/** Adds a feed and answers its key, which is not kept. Throws BadInput, or Conflict for a name that is taken. */
export async function addFeed(
  database: Database,
  { id }: Jurisdiction,
  added: NewFeed,
): Promise<{ readonly key: string }> {
  if (!CODE.test(added.name)) throw new BadInput('name', 'a name is lower-case letters, digits, dots or hyphens');
  const preset = presetOf(added.preset);
  const source = added.source ?? preset.source;
  if (!CODE.test(source)) throw new BadInput('source', 'not a source code');
  const sourceId = await ensureSource(database, id, source, added.kind ?? preset.kind, preset);
  const key = `cuadra_${randomBytes(KEY_BYTES).toString('base64url')}`;
  await database.db.transaction().execute(async (trx) => {
    await sql`update source set live = true where jurisdiction_id = ${id} and source_id = ${sourceId}`.execute(trx);
    const { rows } = await sql`
      insert into feed (jurisdiction_id, feed_id, name, source_id, preset, key_sha256, date_order, times, id_rule)
      select ${id}, coalesce(max(feed_id), 0) + 1, ${added.name}, ${sourceId}, ${preset.code}, ${hashOf(key).toString('hex')},
        ${added.dateOrder ?? null}, ${added.times ?? null}, ${added.idRule ?? null}
      from feed where jurisdiction_id = ${id}
      on conflict (jurisdiction_id, name) do nothing returning feed_id`.execute(trx);
    // What is returned was written; on several machines the count of rows says one even where there was a conflict.
    if (rows.length === 0) throw new Conflict(`feed ${added.name} exists already`);
  });
  await keyNow(database, id, sourceId);
  return { key };
}

export async function listFeeds({ db }: Database, { id }: Jurisdiction): Promise<FeedRow[]> {
  const { rows } = await sql<FeedRow>`
    select f.name, s.code as source, s.kind, f.preset, f.date_order as "dateOrder", f.times, f.id_rule as "idRule", to_json(f.created_at) #>> '{}' as "createdAt"
    from feed f join source s on s.jurisdiction_id = ${id} and s.source_id = f.source_id
    where f.jurisdiction_id = ${id} order by f.name`.execute(db);
  return rows;
}

/** Its key opens nothing any more; what it sent stays. Throws NotFound. */
export async function removeFeed({ db }: Database, { id }: Jurisdiction, name: string): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('feed')
    .where('jurisdiction_id', '=', id)
    .where('name', '=', name)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new NotFound(`no feed ${name.slice(0, 80)}`);
}

/** The feed a key belongs to; null for any other text. */
export async function feedOfKey({ db }: Database, { id }: Jurisdiction, key: string): Promise<Feed | null> {
  const feeds = await db
    .selectFrom('feed')
    .select(['feed_id', 'source_id', 'preset', 'name', 'key_sha256', 'date_order', 'times', 'id_rule'])
    .where('jurisdiction_id', '=', id)
    .execute();
  const given = hashOf(key);
  const found = feeds.find((feed) => timingSafeEqual(Buffer.from(feed.key_sha256, 'hex'), given));
  if (!found) return null;
  const { feed_id: feedId, source_id: sourceId, preset, name, date_order, times, id_rule } = found;
  const [dateOrder, idRule] = [date_order as DateOrder | null, id_rule as FeedIdRule | null];
  return { feedId, sourceId, preset, name, dateOrder, times, idRule };
}
