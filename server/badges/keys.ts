// The keys of a jurisdiction: one that signs, and those before it, whose signatures stay good.

import type { JWK } from 'jose';
import { type Kysely, sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import { Conflict } from '../errors.ts';
import { hasSecret, openSecret, seal, unseal } from './secret.ts';

/** What every verifier of Open Badges 3.0 must know; others are allowed and understood by few. */
export const ALGORITHM = 'RS256';
const MODULUS_BITS = 3072;

/** Only who signs or checks a badge needs it. */
export const jose = () => import('jose');

export type PublicKey = {
  readonly id: string;
  readonly jwk: JWK;
  readonly madeAt: string;
  /** Since when it signs nothing more. */
  readonly retiredAt: string | null;
};
export type SigningKey = { readonly id: string; readonly jwk: JWK; readonly key: CryptoKey };
export type KeyDeps = { readonly database: Pick<Database, 'db'>; readonly dataDir: string; readonly now: () => Date };

const about = (jurisdictionId: number, keyId: string) => `badge-key ${jurisdictionId} ${keyId}`;

/** All there were, the newest first. */
export async function publicKeys({ db }: Pick<Database, 'db'>, jurisdictionId: number): Promise<PublicKey[]> {
  const rows = await db
    .selectFrom('badge_key')
    .select(['key_id as id', 'public_jwk as jwk', 'made_at as madeAt', 'retired_at as retiredAt'])
    .where('jurisdiction_id', '=', jurisdictionId)
    .orderBy('made_at', 'desc')
    .execute();
  return rows.map(({ id, jwk, madeAt, retiredAt }) => ({
    ...{ id, jwk: jwk as JWK },
    ...{ madeAt: madeAt.toISOString(), retiredAt: retiredAt?.toISOString() ?? null },
  }));
}

/** The key that signs, made where there is none. Throws Conflict where the secret it was sealed with is not here. */
export async function signingKey(deps: KeyDeps, jurisdiction: Pick<Jurisdiction, 'id' | 'code'>): Promise<SigningKey> {
  const { id } = jurisdiction;
  const found = await currentKey(deps.database.db, id);
  const { keyId, jwk, sealed } = found ?? (await makeKey(deps, id));
  const text = unseal(await openSecret(deps.dataDir), about(id, keyId), sealed);
  if (text === null)
    throw new Conflict(
      `the badge key of ${jurisdiction.code} was sealed with another secret: put badges/secret of the old data folder back, or rotate the key`,
    );
  const { importJWK } = await jose();
  return { id: keyId, jwk, key: (await importJWK(JSON.parse(text), ALGORITHM)) as CryptoKey };
}

type StoredKey = { readonly keyId: string; readonly jwk: JWK; readonly sealed: string };

async function currentKey(db: Kysely<Tables>, jurisdictionId: number): Promise<StoredKey | null> {
  const row = await db
    .selectFrom('badge_key')
    .select(['key_id as keyId', 'public_jwk as jwk', 'sealed'])
    .where('jurisdiction_id', '=', jurisdictionId)
    .where('retired_at', 'is', null)
    .executeTakeFirst();
  return row ? { ...row, jwk: row.jwk as JWK } : null;
}

async function newKey({ dataDir }: KeyDeps, jurisdictionId: number): Promise<StoredKey> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await jose();
  const pair = await generateKeyPair(ALGORITHM, { modulusLength: MODULUS_BITS, extractable: true });
  const { kty, n, e } = await exportJWK(pair.publicKey);
  const jwk = { kty: kty!, n: n!, e: e! };
  const keyId = await calculateJwkThumbprint(jwk);
  const secret = await openSecret(dataDir);
  const text = JSON.stringify(await exportJWK(pair.privateKey));
  return { keyId, jwk, sealed: seal(secret, about(jurisdictionId, keyId), text) };
}

/** Of two servers that make the first at once, one does. */
async function makeKey(deps: KeyDeps, jurisdictionId: number): Promise<StoredKey> {
  await storeKey(deps.database.db, jurisdictionId, await newKey(deps, jurisdictionId), deps.now());
  return (await currentKey(deps.database.db, jurisdictionId))!;
}

async function storeKey(db: Kysely<Tables>, id: number, { keyId, jwk, sealed }: StoredKey, now: Date): Promise<void> {
  await sql`
    insert into badge_key (jurisdiction_id, key_id, public_jwk, sealed, made_at)
    values (${id}::int, ${keyId}, ${JSON.stringify(jwk)}::jsonb, ${sealed}, ${now.toISOString()}::timestamptz)
    on conflict do nothing`.execute(db);
}

/** Whoever signs or rotates holds this until the end of the transaction, so that nothing is signed with a key just retired. */
export async function oneSignerAtATime(trx: Kysely<Tables>, jurisdictionId: number): Promise<void> {
  await sql`select jurisdiction_id from data_state where jurisdiction_id = ${jurisdictionId} for update`.execute(trx);
}

/** A new key signs from now on. Of the one before nothing is kept that could sign; what it signed stays good. */
export async function rotateKey(deps: KeyDeps, { id }: Pick<Jurisdiction, 'id'>): Promise<string> {
  const made = await newKey(deps, id);
  await deps.database.db.transaction().execute(async (trx) => {
    await oneSignerAtATime(trx, id);
    await sql`
      update badge_key set retired_at = ${deps.now().toISOString()}::timestamptz, sealed = ''
      where jurisdiction_id = ${id} and retired_at is null`.execute(trx);
    await storeKey(trx, id, made, deps.now());
  });
  return made.keyId;
}

/** Codes of the jurisdictions whose key cannot sign here, since what opens it is not in this data folder. */
export async function lockedKeys({ database, dataDir }: Omit<KeyDeps, 'now'>, cities: readonly Jurisdiction[]) {
  const secret = (await hasSecret(dataDir)) ? await openSecret(dataDir) : null;
  const locked: string[] = [];
  for (const { id, code } of cities) {
    const key = await currentKey(database.db, id);
    if (key && (secret === null || unseal(secret, about(id, key.keyId), key.sealed) === null)) locked.push(code);
  }
  return locked;
}
