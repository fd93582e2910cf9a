// Whose rows a question to the database sees, for the second net on PostgreSQL (row-security.ts): a request begins with
// nobody's, and sees those of a jurisdiction from when it was found for its viewer. Work of the installation itself says so.

import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';

/** The setting that the policies read, and its value for work of the installation. */
export const TENANTS_SETTING = 'cuadra.jurisdictions';
export const EVERYBODY = '*';

/** Not handed from function to function, like who asks (costly.ts): a forgotten argument would be a hole in the net. */
const seeing = new AsyncLocalStorage<Set<number> | typeof EVERYBODY>();

/** What `run` asks sees nobody's rows until they are opened. */
export const seeingNobody = <T>(run: () => T): T => seeing.run(new Set(), run);

/** What `run` asks sees these alone. */
export const seeingOnly = <T>(jurisdictionIds: Iterable<number>, run: () => T): T =>
  seeing.run(new Set(jurisdictionIds), run);

/** For whoever has the machine, for looking up what there is, and for work nobody in particular asked for. */
export const seeingEverybody = <T>(run: () => T): T => seeing.run(EVERYBODY, run);

/** From here on whoever asks sees these too: call it where it was found that they may. */
export function openTenants(jurisdictionIds: Iterable<number>): void {
  const seen = seeing.getStore();
  if (seen instanceof Set) for (const id of jurisdictionIds) seen.add(id);
}

/** The value of the setting for who asks now; empty = nobody's rows, as where nobody said anything. */
export function tenantsNow(): string {
  const seen = seeing.getStore() ?? '';
  return seen instanceof Set ? [...seen].sort((a, b) => a - b).join(',') : seen;
}

type Handed = (error: Error | undefined, client: pg.PoolClient | undefined, release: pg.PoolClient['release']) => void;

/**
 * Has every connection that the pool hands out see what `tenants` says at that moment, whatever it saw before: the setting
 * is made outside of any transaction, so that none that is rolled back takes it along. One that cannot be set is thrown away.
 * Null = nothing is set.
 */
export function scopedPool(pool: pg.Pool, tenants: () => string | null): pg.Pool {
  const known = new WeakMap<object, string>();
  const hand = pool.connect.bind(pool) as () => Promise<pg.PoolClient>;
  const scoped = async (wanted: string | null): Promise<pg.PoolClient> => {
    const client = await hand();
    if (wanted === null || known.get(client) === wanted) return client;
    try {
      known.delete(client);
      await client.query('select set_config($1, $2, false)', [TENANTS_SETTING, wanted]);
      known.set(client, wanted);
      return client;
    } catch (error) {
      client.release(true);
      throw error;
    }
  };
  const connect = (handed?: Handed): Promise<pg.PoolClient> | undefined => {
    const client = scoped(tenants());
    if (!handed) return client;
    client.then(
      (given) => handed(undefined, given, given.release),
      (error: Error) => handed(error, undefined, () => {}),
    );
    return undefined;
  };
  return Object.assign(pool, { connect });
}
