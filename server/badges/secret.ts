// Private keys as they are stored: sealed with a secret that lies beside the database and not in it, so that neither a
// backup nor a copy of the database can sign.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Conflict } from '../errors.ts';

const CIPHER = 'aes-256-gcm';
const BYTES = { key: 32, iv: 12, tag: 16 } as const;

export const secretFile = (dataDir: string) => join(dataDir, 'badges', 'secret');

/** Made when it is first needed; of several who make it at once, one does. Only its owner may read it. */
export async function openSecret(dataDir: string): Promise<Buffer> {
  const file = secretFile(dataDir);
  const found = await readSecret(file);
  if (found) return found;
  await mkdir(join(dataDir, 'badges'), { recursive: true, mode: 0o700 });
  const made = `${file}.${randomBytes(8).toString('hex')}`;
  await writeFile(made, randomBytes(BYTES.key).toString('base64url'), { mode: 0o600, flush: true });
  // A link is refused where the file is there already, and never shows half of it.
  await link(made, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(made);
  return (await readSecret(file))!;
}

export const hasSecret = async (dataDir: string): Promise<boolean> => (await readSecret(secretFile(dataDir))) !== null;

async function readSecret(file: string): Promise<Buffer | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const secret = Buffer.from(text.trim(), 'base64url');
  if (secret.length !== BYTES.key) throw new Conflict('the secret of the badge keys is damaged');
  return secret;
}

/** `about` is bound to it: sealed for one jurisdiction it is not opened for another. */
export function seal(secret: Buffer, about: string, text: string): string {
  const iv = randomBytes(BYTES.iv);
  const cipher = createCipheriv(CIPHER, secret, iv).setAAD(Buffer.from(about));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Null where it was sealed with another secret, about something else, or altered. */
export function unseal(secret: Buffer, about: string, sealed: string): string | null {
  const bytes = Buffer.from(sealed, 'base64url');
  const tagAt = BYTES.iv + BYTES.tag;
  try {
    const decipher = createDecipheriv(CIPHER, secret, bytes.subarray(0, BYTES.iv))
      .setAAD(Buffer.from(about))
      .setAuthTag(bytes.subarray(BYTES.iv, tagAt));
    return Buffer.concat([decipher.update(bytes.subarray(tagAt)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
