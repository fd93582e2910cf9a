// The badge itself: an Open Badge 3.0 (a verifiable credential of W3C's data model 2.0), the list of those revoked
// (Bitstring Status List 1.0), and who issues them. Pure: signing is for sign.ts.

import { gzipSync } from 'node:zlib';
import type { JWK } from 'jose';
import type { Jurisdiction } from '../access/contract.ts';
import type { PublicKey } from './keys.ts';

const CREDENTIALS = 'https://www.w3.org/ns/credentials/v2';
const OPEN_BADGES = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';

/** As long as the standard asks for at least, so that a place in it tells of nobody. */
export const LIST_BITS = 131_072;
/** What other programs may remember a list for. */
const LIST_TTL_MS = 300_000;

export type City = Pick<Jurisdiction, 'code' | 'name'>;
/** Addresses of an issuer below those of the portal as people open it; null: it has no address of its own. */
export type Addresses = ReturnType<typeof addressesOf>;

export function addressesOf(portal: string, { code }: Pick<City, 'code'>) {
  const api = `${portal}/api/v1/${code}`;
  return {
    portal,
    issuer: `${api}/badges/issuer`,
    key: (id: string) => `${api}/badges/keys/${id}`,
    list: (no: number) => `${api}/badges/lists/${no}`,
    badge: (certificate: string) => `${api}/certificates/${certificate}/badge`,
    page: (certificate: string) => `${portal}/verify/${code}/${certificate}`,
    did: didOf(api),
  };
}

/** did:web names the folder of `did.json` by the host and the path, with colons between. */
function didOf(api: string): string {
  const { host, pathname } = new URL(`${api}/badges`);
  return ['did:web', encodeURIComponent(host), ...pathname.split('/').slice(1)].join(':');
}

/** Who issues where no address is known: named by the key itself. */
export const didOfKey = (jwk: JWK): string => `did:jwk:${Buffer.from(JSON.stringify(jwk)).toString('base64url')}`;

export type Badge = {
  readonly code: string;
  /** Names the holder to nobody, and is in no other badge. */
  readonly subject: string;
  readonly holder: string;
  readonly course: string;
  readonly title: string;
  readonly hours: number;
  readonly description: string;
  readonly criteria: string;
  readonly language: string;
  readonly completedAt: string;
  /** Whole seconds. */
  readonly issuedAt: Date;
  readonly validUntil: Date | null;
  readonly place: { readonly list: number; readonly index: number } | null;
};

const moment = (date: Date) => date.toISOString().replace(/\.\d{3}Z$/, 'Z');

/** As the claims of a JWT: the credential's own members, and those a JWT names them by. */
export function badgeClaims(city: City, key: Pick<PublicKey, 'jwk'>, at: Addresses | null, badge: Badge) {
  const issuer = at?.issuer ?? didOfKey(key.jwk);
  const id = at?.badge(badge.code) ?? `urn:cuadra:certificate:${city.code}:${badge.code}`;
  const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
  const { place } = badge;
  return {
    ...{ iss: issuer, jti: id, sub: badge.subject, nbf: seconds(badge.issuedAt) },
    ...(badge.validUntil ? { exp: seconds(badge.validUntil) } : {}),
    '@context': [CREDENTIALS, OPEN_BADGES],
    id,
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: badge.title,
    issuer: { id: issuer, type: ['Profile'], name: city.name, ...(at ? { url: at.portal } : {}) },
    validFrom: moment(badge.issuedAt),
    ...(badge.validUntil ? { validUntil: moment(badge.validUntil) } : {}),
    credentialSubject: {
      id: badge.subject,
      type: ['AchievementSubject'],
      identifier: [{ type: 'IdentityObject', hashed: false, identityHash: badge.holder, identityType: 'name' }],
      activityEndDate: badge.completedAt,
      achievement: {
        id: `${issuer}#${encodeURIComponent(badge.course)}`,
        type: ['Achievement'],
        achievementType: 'Course',
        inLanguage: badge.language,
        name: badge.title,
        description: badge.description,
        criteria: { narrative: badge.criteria },
        creditsAvailable: badge.hours,
      },
    },
    ...(at && place
      ? {
          credentialStatus: {
            id: `${at.list(place.list)}#${place.index}`,
            type: 'BitstringStatusListEntry',
            statusPurpose: 'revocation',
            statusListIndex: String(place.index),
            statusListCredential: at.list(place.list),
          },
        }
      : {}),
  };
}

/** The first place is the leftmost bit of the first byte; `u` says base64url (multibase). */
function encodeList(revoked: readonly number[]): string {
  const bits = Buffer.alloc(LIST_BITS / 8);
  for (const index of revoked) bits[index >> 3]! |= 0x80 >> (index & 7);
  return `u${gzipSync(bits).toString('base64url')}`;
}

export function listClaims(at: Addresses, no: number, revoked: readonly number[], now: Date) {
  const id = at.list(no);
  return {
    ...{ iss: at.issuer, jti: id, sub: `${id}#list`, nbf: Math.floor(now.getTime() / 1000) },
    '@context': [CREDENTIALS],
    id,
    type: ['VerifiableCredential', 'BitstringStatusListCredential'],
    issuer: at.issuer,
    validFrom: moment(now),
    credentialSubject: {
      id: `${id}#list`,
      type: 'BitstringStatusList',
      statusPurpose: 'revocation',
      encodedList: encodeList(revoked),
      ttl: LIST_TTL_MS,
    },
  };
}

export const issuerProfile = (city: City, at: Addresses) => ({
  '@context': [CREDENTIALS, OPEN_BADGES],
  id: at.issuer,
  type: ['Profile'],
  name: city.name,
  url: at.portal,
});

export const asJwks = (keys: readonly PublicKey[], alg: string) => ({
  keys: keys.map(({ id, jwk }) => ({ ...jwk, kid: id, use: 'sig', alg })),
});

export const didDocument = (at: Addresses, keys: readonly PublicKey[]) => ({
  '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/suites/jws-2020/v1'],
  id: at.did,
  alsoKnownAs: [at.issuer],
  verificationMethod: keys.map(({ id, jwk }) => ({
    ...{ id: `${at.did}#${id}`, type: 'JsonWebKey2020', controller: at.did, publicKeyJwk: jwk },
  })),
  assertionMethod: keys.map(({ id }) => `${at.did}#${id}`),
});
