// Passkeys (WebAuthn): key pairs that a person's devices keep. The library says whether what came back is what was asked for;
// here is who may add one, what is asked, each time once, and what is kept.

import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import { BadInput, Conflict, NotFound, NotSignedIn } from '../errors.ts';
import { hostnameOf, isLoopback } from '../http/hosts.ts';
import type { Passkey, PasskeyUsed } from './contract.ts';
import type { Account } from './store.ts';

/** Where a page of ours was opened: a passkey is of one name of the server. */
export type Site = { readonly rpId: string; readonly origins: readonly string[] };

const GOOD_FOR_MS = 5 * 60_000;
const MOST_OF_ACCOUNT = 10;
const RP_NAME = 'Cuadra';
/** EdDSA, ES256, RS256 by their numbers in COSE: what devices have. */
const ALGORITHMS = [-8, -7, -257];

/** Only who has one, or adds one, needs it. */
const library = () => import('@simplewebauthn/server');

/** `host` as the request named it; without TLS browsers know passkeys of this machine alone. */
export function siteOf(host: string): Site {
  const rpId = hostnameOf(host) ?? '';
  return { rpId, origins: [`https://${host}`, ...(isLoopback(rpId) ? [`http://${host}`] : [])] };
}

/** What a device is asked to make a key pair of. Throws Conflict where an account has as many as it may. */
export async function proposePasskey(
  database: Database,
  { id, name }: Pick<Account, 'id' | 'name'>,
  { rpId }: Site,
  now: Date,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const known = await refuseMore(database, id);
  const { generateRegistrationOptions } = await library();
  const options = await generateRegistrationOptions({
    ...{ rpName: RP_NAME, rpID: rpId, userName: name, userDisplayName: name, attestationType: 'none' },
    supportedAlgorithmIDs: ALGORITHMS,
    userID: new TextEncoder().encode(`cuadra ${id}`),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    excludeCredentials: known.map((each) => ({ id: each.credential_id })),
    timeout: GOOD_FOR_MS,
  });
  await keepChallenge(database, options.challenge, id, now);
  return options;
}

async function refuseMore(database: Database, id: number) {
  const known = await passkeysOf(database, id);
  if (known.length >= MOST_OF_ACCOUNT) throw new Conflict(`an account has at most ${MOST_OF_ACCOUNT} passkeys`);
  return known;
}

/** Keeps what the device made. Throws BadInput for what is not the answer to what this account was asked. */
export async function addPasskey(
  database: Database,
  { id }: Pick<Account, 'id'>,
  { rpId, origins }: Site,
  { name, credential }: { readonly name: string; readonly credential: PasskeyUsed },
  now: Date,
): Promise<void> {
  const { verifyRegistrationResponse } = await library();
  const { registrationInfo } = await verifyRegistrationResponse({
    response: credential as unknown as RegistrationResponseJSON,
    expectedChallenge: (challenge) => takeChallenge(database, challenge, id, now),
    ...{ expectedOrigin: [...origins], expectedRPID: rpId, requireUserVerification: true },
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(() => ({ registrationInfo: undefined }));
  if (!registrationInfo) throw new BadInput('credential', 'the passkey is not what was asked for');
  // Asked for several times before the first was added.
  await refuseMore(database, id);
  const made = registrationInfo.credential;
  const { numInsertedOrUpdatedRows } = await database.db
    .insertInto('account_passkey')
    .values({
      ...{ credential_id: made.id, account_id: id, name, rp_id: rpId, counter: made.counter, created_at: now },
      ...{ public_key: Buffer.from(made.publicKey).toString('base64url'), transports: made.transports ?? [] },
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (!numInsertedOrUpdatedRows) throw new Conflict('this passkey is known already');
}

/** What a device is asked to sign by whoever enters: it does not say who that is, so nothing is told of accounts. */
export async function askForPasskey(
  database: Database,
  { rpId }: Site,
  now: Date,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await library();
  const options = await generateAuthenticationOptions({
    ...{ rpID: rpId, userVerification: 'required', allowCredentials: [], timeout: GOOD_FOR_MS },
  });
  await keepChallenge(database, options.challenge, null, now);
  return options;
}

/** The number of the account whose passkey signed what was asked. Throws NotSignedIn, in the same words whatever is wrong. */
export async function accountOfPasskey(
  database: Database,
  { rpId, origins }: Site,
  credential: PasskeyUsed,
  now: Date,
): Promise<number> {
  const refused = new NotSignedIn('the passkey is not right');
  const known = await database.db
    .selectFrom('account_passkey')
    .selectAll()
    .where('credential_id', '=', credential.id)
    .where('rp_id', '=', rpId)
    .executeTakeFirst();
  if (!known) throw refused;
  const { verifyAuthenticationResponse } = await library();
  const found = await verifyAuthenticationResponse({
    response: credential as unknown as AuthenticationResponseJSON,
    expectedChallenge: (challenge) => takeChallenge(database, challenge, null, now),
    ...{ expectedOrigin: [...origins], expectedRPID: rpId, requireUserVerification: true },
    credential: {
      ...{ id: known.credential_id, counter: Number(known.counter) },
      publicKey: new Uint8Array(Buffer.from(known.public_key, 'base64url')),
      transports: known.transports as AuthenticatorTransport[],
    },
  }).catch(() => null);
  if (!found?.verified) throw refused;
  const counter = found.authenticationInfo.newCounter;
  // Of two at once with the same count one is a copy.
  const { rows } = await sql`
    update account_passkey set counter = ${counter}, used_at = ${now.toISOString()}::timestamptz
    where credential_id = ${known.credential_id} and (counter < ${counter} or (counter = 0 and ${counter}::bigint = 0))
    returning 1`.execute(database.db);
  if (rows.length === 0) throw refused;
  return known.account_id;
}

const passkeysOf = ({ db }: Pick<Database, 'db'>, accountId: number) =>
  db.selectFrom('account_passkey').selectAll().where('account_id', '=', accountId).orderBy('created_at').execute();

export async function listPasskeys(database: Pick<Database, 'db'>, accountId: number): Promise<Passkey[]> {
  return (await passkeysOf(database, accountId)).map((row) => ({
    ...{ id: row.credential_id, name: row.name, site: row.rp_id, createdAt: row.created_at.toISOString() },
    usedAt: row.used_at?.toISOString() ?? null,
  }));
}

/** Throws NotFound for one that is not of this account. */
export async function removePasskey({ db }: Pick<Database, 'db'>, accountId: number, id: string): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('account_passkey')
    .where('account_id', '=', accountId)
    .where('credential_id', '=', id)
    .executeTakeFirst();
  if (!numDeletedRows) throw new NotFound('no such passkey');
}

async function keepChallenge({ db }: Database, challenge: string, accountId: number | null, now: Date): Promise<void> {
  await db.deleteFrom('passkey_challenge').where('expires_at', '<', now).execute();
  const expires_at = new Date(now.getTime() + GOOD_FOR_MS);
  await db.insertInto('passkey_challenge').values({ challenge, account_id: accountId, expires_at }).execute();
}

/** Good once, in time, and for whom it was made. */
async function takeChallenge({ db }: Database, challenge: string, accountId: number | null, now: Date) {
  const { rows } = await sql`
    delete from passkey_challenge where challenge = ${challenge} and expires_at > ${now.toISOString()}::timestamptz
      and account_id is not distinct from ${accountId}::int
    returning 1`.execute(db);
  return rows.length > 0;
}
