// Signs what credential.ts puts together as a compact JWS, and finds out whether one was signed by a key and is what it says.

import type { Addresses } from './credential.ts';
import { ALGORITHM, jose, type PublicKey, type SigningKey } from './keys.ts';

/** The header names the key by its address, or holds it where there is no address: nothing else is allowed in it. */
export async function sign(claims: Record<string, unknown>, { id, jwk, key }: SigningKey, at: Addresses | null) {
  const { SignJWT } = await jose();
  const named = at ? { kid: at.key(id) } : { jwk: jwk as { kty: string } };
  return new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', ...named }).sign(key);
}

/** The claims; null where the signature is not of this key. */
export async function claimsSignedBy(signed: string, { jwk }: Pick<PublicKey, 'jwk'>): Promise<unknown> {
  const { compactVerify, importJWK } = await jose();
  try {
    const { payload } = await compactVerify(signed, await importJWK(jwk, ALGORITHM), { algorithms: [ALGORITHM] });
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return null;
  }
}
