// What other programs make of a badge: its parts, its signature, and the list of what is revoked.

import { createPublicKey } from 'node:crypto';
import { Bitstring } from '@digitalbazaar/bitstring';
import jwt from 'jsonwebtoken';

export const partOf = <T = Record<string, unknown>>(jws: string, part: 0 | 1) =>
  JSON.parse(Buffer.from(jws.split('.')[part]!, 'base64url').toString()) as T;

/** As another implementation finds it, at that moment (ms). Throws its refusal. */
export const verified = (jws: string, key: JsonWebKey, at: number) =>
  jwt.verify(jws, createPublicKey({ key: key as never, format: 'jwk' }), {
    ...{ algorithms: ['RS256'], clockTimestamp: Math.floor(at / 1000) },
  });

export function bitsOf(list: string): Promise<Bitstring> {
  const { credentialSubject } = partOf<{ credentialSubject: { encodedList: string } }>(list, 1);
  // The u before it says base64url.
  return Bitstring.decodeBits({ encoded: credentialSubject.encodedList.slice(1) }).then(
    (buffer) => new Bitstring({ buffer }),
  );
}
