// Passwords: which are good enough, and Argon2id of them, a few at a time so that a rush of sign-ins stalls nobody.

import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { BadInput, Unavailable } from '../errors.ts';
import { COMMON_PASSWORDS } from './common-passwords.ts';

export const SHORTEST = 12;
export const LONGEST = 256;

/** OWASP's: 19 MiB, two passes, one lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const;
const SALT_BYTES = 16;
const AT_ONCE = 2;
const MOST_WAITING = 40;
const HASH = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([\w+/-]{10,100})\$([\w+/-]{20,200})$/;

export type Derive = (parameters: Argon2Parameters) => Promise<Buffer>;
const derived: Derive = promisify((parameters: Argon2Parameters, done: (error: Error | null, key: Buffer) => void) =>
  argon2('argon2id', parameters, done),
);

export type Passwords = {
  /** Throws Unavailable when too many wait. */
  hash(password: string): Promise<string>;
  /** Null, an account that is not there or has none: the same work, and never right. */
  isRight(password: string, hash: string | null): Promise<boolean>;
};

/** `derive` = what does the work. */
export function openPasswords(derive: Derive = derived): Passwords {
  const turn = inTurn(AT_ONCE, MOST_WAITING);
  const nobody = write(randomBytes(SALT_BYTES), randomBytes(COST.tagLength));
  return {
    async hash(password) {
      const nonce = randomBytes(SALT_BYTES);
      return write(nonce, await turn(() => derive({ message: bytesOf(password), nonce, ...COST })));
    },
    async isRight(password, hash) {
      const [, memory, passes, parallelism, salt, tag] = HASH.exec(hash ?? nobody) ?? HASH.exec(nobody)!;
      const wanted = Buffer.from(tag!, 'base64');
      const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
      const nonce = Buffer.from(salt!, 'base64');
      const given = await turn(() => derive({ message: bytesOf(password), nonce, ...cost, tagLength: wanted.length }));
      return timingSafeEqual(given, wanted) && hash !== null;
    },
  };
}

const bytesOf = (password: string) => Buffer.from(password.normalize('NFC'));
const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
const write = (salt: Buffer, tag: Buffer) =>
  `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${base64(salt)}$${base64(tag)}`;

/** Runs so many at once; so many more wait, the rest are refused. */
function inTurn(atOnce: number, most: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= atOnce) {
      if (waiting.length >= most) throw new Unavailable('too many sign in at once');
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}

/** Of keyboards and alphabets, as people walk along them. */
const WALKS = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjklñ', 'asdfghjkl', 'zxcvbnm'];
const SHORTEST_WALK = 5;
/** What is left when names and walks are taken away must be this much. */
const OWN_SIGNS = 8;

/**
 * Throws BadInput for a password that is too short or long, common, or made of repetition, walks along the keyboard or
 * `names` (of the account, the cities, the product).
 */
export function checkPassword(password: string, names: readonly string[], parameter = 'password'): void {
  const text = password.normalize('NFC');
  const length = [...text].length;
  if (length < SHORTEST) throw new BadInput(parameter, `a password needs at least ${SHORTEST} characters`);
  if (length > LONGEST) throw new BadInput(parameter, `a password has at most ${LONGEST} characters`);
  const folded = fold(text);
  if (
    COMMON_PASSWORDS.has(text.toLowerCase()) ||
    COMMON_PASSWORDS.has(folded) ||
    COMMON_PASSWORDS.has(unmasked(folded))
  )
    throw new BadInput(parameter, 'the password is one of the commonest');
  if (new Set(folded).size < 5 || isRepeated(folded))
    throw new BadInput(parameter, 'the password repeats few characters');
  const parts = ['cuadra', 'passw0rd', 'p@ssw0rd', 'p@ssword', 'password', 'contrasena', ...names.map(fold)].filter(
    (part) => part.length >= 3,
  );
  let left = folded;
  for (const part of parts.sort((a, b) => b.length - a.length)) left = left.replaceAll(part, '');
  for (const walk of WALKS) left = withoutWalks(withoutWalks(left, walk), [...walk].reverse().join(''));
  if (left.replaceAll(/[^\p{L}\p{N}]/gu, '').length < OWN_SIGNS && left.length < folded.length)
    throw new BadInput(parameter, 'the password is too easily guessed: names, sequences or the keyboard');
}

const fold = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
/** The letters behind the figures and signs people put for them. */
const unmasked = (text: string) =>
  text
    .replaceAll(/[@4]/g, 'a')
    .replaceAll('3', 'e')
    .replaceAll(/[1!]/g, 'i')
    .replaceAll('0', 'o')
    .replaceAll(/[$5]/g, 's');

/** A piece of at most half, over and over. */
function isRepeated(text: string): boolean {
  for (let period = 1; period <= Math.min(6, text.length / 2); period++)
    if (
      text ===
      text
        .slice(0, period)
        .repeat(Math.ceil(text.length / period))
        .slice(0, text.length)
    )
      return true;
  return false;
}

function withoutWalks(text: string, walk: string): string {
  let left = text;
  for (let length = walk.length; length >= SHORTEST_WALK; length--)
    for (let at = 0; at + length <= walk.length; at++) left = left.replaceAll(walk.slice(at, at + length), '');
  return left;
}
