// Looks one certificate up by its code and finds out whether it holds: by what is stored, and by its signature.

import type { Jurisdiction } from '../access/contract.ts';
import { findJurisdiction } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { dayIn } from '../calendar/time-zone.ts';
import type { Database } from '../db/open.ts';
import { NotFound } from '../errors.ts';
import { type CertificateShown, readCode } from './contract.ts';
import { publicKeys } from './keys.ts';
import { claimsSignedBy } from './sign.ts';
import { endOf, findCertificate, type StoredCertificate, shownOf } from './store.ts';

type Deps = { readonly database: Database; readonly now: () => Date };

/** Whoever has a code may ask, also where the city shows the public nothing else. Throws NotFound. */
export async function certificateOfCode(
  { database }: Pick<Deps, 'database'>,
  city: string,
  typed: string,
): Promise<{ readonly city: Jurisdiction; readonly stored: StoredCertificate }> {
  const code = readCode(typed);
  const jurisdiction = await findJurisdiction(database, OPERATOR, city).catch((error: unknown) => {
    if (error instanceof NotFound) return null;
    throw error;
  });
  const stored = code && jurisdiction && (await findCertificate(database, jurisdiction.id, code));
  if (!stored) throw new NotFound('no such certificate');
  return { city: jurisdiction!, stored };
}

/** Throws NotFound. */
export async function verifyCode(deps: Deps, city: string, typed: string): Promise<CertificateShown> {
  const found = await certificateOfCode(deps, city, typed);
  const shown = shownOf(found.stored, found.city, deps.now());
  if (found.stored.signed === null || (await isAsSigned(deps, found.city, found.stored))) return shown;
  return { ...shown, state: 'unverifiable' };
}

/** What is stored beside the badge says the same as the badge, and a key of the city signed that. */
async function isAsSigned({ database }: Deps, city: Jurisdiction, stored: StoredCertificate): Promise<boolean> {
  const key = (await publicKeys(database, city.id)).find(({ id }) => id === stored.keyId);
  const claims = key ? ((await claimsSignedBy(stored.signed!, key)) as Claims | null) : null;
  if (!claims) return false;
  const { identifier, activityEndDate, achievement } = claims.credentialSubject;
  const until = stored.validUntil === null ? undefined : endOf(stored.validUntil, city.timezone).getTime() / 1000;
  return (
    claims.jti.includes(stored.code) &&
    claims.nbf === Math.floor(stored.issuedAt.getTime() / 1000) &&
    claims.exp === until &&
    identifier[0]?.identityHash === stored.holder &&
    dayIn(city.timezone, new Date(activityEndDate)) === stored.completedOn &&
    achievement.name === (achievement.inLanguage === 'en' ? stored.titleEn : stored.titleEs) &&
    achievement.creditsAvailable === stored.hours
  );
}

type Claims = {
  readonly jti: string;
  readonly nbf: number;
  readonly exp?: number;
  readonly credentialSubject: {
    readonly identifier: readonly { readonly identityHash: string }[];
    readonly activityEndDate: string;
    readonly achievement: { readonly name: string; readonly inLanguage: string; readonly creditsAvailable: number };
  };
};
