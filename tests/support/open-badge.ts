// What Open Badges 3.0 asks of a credential (its tables B.1.1 to B.1.9: which members a class has, which are required, of what
// kind), written down from the specification; a member no table has is a mistake of ours.

import * as z from 'zod';

const uri = z.string().regex(/^[a-z][a-z0-9+.-]*:\S+$/i, 'no URI');
const dateTimeZ = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/, 'no moment with its zone');
const typeWith = (name: string) =>
  z.array(z.string()).refine((types) => types.includes(name) && new Set(types).size === types.length, name);

const profile = z.strictObject({
  ...{ id: uri, type: typeWith('Profile'), name: z.string().optional(), url: uri.optional() },
});
const identityObject = z.strictObject({
  type: z.literal('IdentityObject'),
  ...{ hashed: z.boolean(), identityHash: z.string().min(1), identityType: z.literal('name') },
});
const criteria = z
  .strictObject({ id: uri.optional(), narrative: z.string().min(1).optional() })
  .refine(({ id, narrative }) => id !== undefined || narrative !== undefined, 'how it is earned is not told');
const achievement = z.strictObject({
  ...{ id: uri, type: typeWith('Achievement'), name: z.string().min(1), description: z.string().min(1), criteria },
  ...{ achievementType: z.literal('Course'), inLanguage: z.string().regex(/^[a-z]{2,4}(-[A-Za-z0-9]{2,8})*$/) },
  creditsAvailable: z.number(),
});
const achievementSubject = z
  .strictObject({
    ...{ id: uri.optional(), type: typeWith('AchievementSubject'), identifier: z.array(identityObject).optional() },
    ...{ activityEndDate: dateTimeZ, achievement },
  })
  .refine(({ id, identifier }) => id !== undefined || identifier?.length, 'neither id nor identifier');
const credentialStatus = z.strictObject({
  ...{ id: uri, type: z.literal('BitstringStatusListEntry'), statusPurpose: z.literal('revocation') },
  // Bitstring Status List 1.0, 2.1: a whole number, written as a text.
  ...{ statusListIndex: z.string().regex(/^(0|[1-9]\d*)$/), statusListCredential: uri },
});

/** Claims of a VC-JWT: the members of AchievementCredential, and those section 8.2 has a JWT name again. */
export const openBadge = z
  .strictObject({
    '@context': z.tuple(
      [
        z.literal('https://www.w3.org/ns/credentials/v2'),
        z.string().regex(/^https:\/\/purl\.imsglobal\.org\/spec\/ob\/v3p0\/context-3\.0\.\d\.json$/),
      ],
      uri,
    ),
    ...{ id: uri, name: z.string().min(1), issuer: profile, validFrom: dateTimeZ, validUntil: dateTimeZ.optional() },
    type: typeWith('VerifiableCredential').refine(
      (types) => types.includes('OpenBadgeCredential') || types.includes('AchievementCredential'),
      'no badge',
    ),
    ...{ credentialSubject: achievementSubject, credentialStatus: credentialStatus.optional() },
    ...{ iss: uri, jti: uri, sub: uri, nbf: z.int(), exp: z.int().optional() },
  })
  .refine(({ iss, issuer }) => iss === issuer.id, 'iss is not issuer.id')
  .refine(({ jti, id }) => jti === id, 'jti is not id')
  .refine(({ sub, credentialSubject }) => sub === credentialSubject.id, 'sub is not credentialSubject.id')
  .refine(({ nbf, validFrom }) => nbf * 1000 === Date.parse(validFrom), 'nbf is not validFrom')
  .refine(
    ({ exp, validUntil }) =>
      exp === undefined ? validUntil === undefined : exp * 1000 === Date.parse(validUntil ?? ''),
    'exp is not validUntil',
  );
