// Secrets that are handed out once and kept as what cannot be turned back: sessions, links, keys.

import { createHash, randomBytes } from 'node:crypto';

const BYTES = 32;

export const newSecret = () => randomBytes(BYTES).toString('base64url');
/** As long as what is hashed is random, one round is enough. */
export const secretHash = (secret: string) => createHash('sha256').update(secret).digest('hex');
/** 32 bytes as newSecret writes them. */
export const isSecret = (text: string) => /^[\w-]{43}$/.test(text);
