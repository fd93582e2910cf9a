// Recovery codes, each good once instead of a code of the authenticator. Long enough at random that one round of a hash
// is all that keeps them.

import { randomBytes } from 'node:crypto';
import { secretHash } from './secrets.ts';
import { base32 } from './totp.ts';

const CODES = 8;
/** 120 bits: 24 letters. */
const BYTES = 15;
const SHAPE = /^[A-Z2-7]{24}$/;

/** As they are shown, and as they are kept. */
export function newRecoveryCodes(): { readonly shown: readonly string[]; readonly hashes: readonly string[] } {
  const codes = Array.from({ length: CODES }, () => base32(randomBytes(BYTES)));
  return { shown: codes.map((code) => code.match(/.{4}/g)!.join('-')), hashes: codes.map(secretHash) };
}

/** As it would be kept, however it was typed; null for what is no such code. */
export function recoveryHashOf(typed: string): string | null {
  const code = typed.replaceAll(/[\s-]/g, '').toUpperCase();
  return SHAPE.test(code) ? secretHash(code) : null;
}
