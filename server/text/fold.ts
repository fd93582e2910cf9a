// How the words of sources are compared: without accents, case, spaces and punctuation.

import { createHash } from 'node:crypto';

const MAX_SLUG = 100;
const HASH_LENGTH = 8;

/** Lower case without accents; ñ becomes n. Punctuation stays. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/**
 * The part of a code made from words: `[a-z0-9-]`, at most 100 characters, never empty. Different spellings of accents,
 * case and punctuation give the same slug; what folding would lose (a long tail, letters outside a-z) is kept apart by a
 * hash of the folded words.
 */
export function slug(text: string): string {
  const folded = fold(text);
  const words = folded.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  const lossy = /[^\p{ASCII}\p{P}\p{Z}\p{S}]/u.test(folded);
  if (words !== '' && words.length <= MAX_SLUG && !lossy) return words;
  const hash = createHash('sha256')
    .update(folded.replace(/[\s\p{P}]+/gu, ' ').trim())
    .digest('hex')
    .slice(0, HASH_LENGTH);
  const head = words.slice(0, MAX_SLUG - HASH_LENGTH - 1).replace(/-$/, '');
  return head === '' ? `x-${hash}` : `${head}-${hash}`;
}

/** What a label is told apart by: case, accents and the width of gaps do not count, every other sign does. */
export function foldWords(text: string): string {
  const plain = text.normalize('NFD').replace(/(\p{Script=Latin})\p{M}+/gu, '$1');
  return plain.toLowerCase().replace(/\s+/g, ' ').trim();
}

/**
 * As `slug`, but different for whatever `foldWords` tells apart. Letters, digits and spaces alone are their slug; other
 * signs add a hash: `_m…` where they only part words (a comma, brackets), `_s…` where they may say more (`<`, `+`, `%`).
 */
export function exactSlug(text: string): string {
  const words = foldWords(text);
  if (!/[^\p{L}\p{N} ]/u.test(words)) return slug(text);
  const onlyParts = !/[^\p{L}\p{N}\p{P} ]|[%&*#@§‰]/u.test(words);
  const hash = createHash('sha256').update(words).digest('hex').slice(0, HASH_LENGTH);
  const head = slug(text).slice(0, MAX_SLUG - HASH_LENGTH - 6);
  return `${head}_${onlyParts ? 'm' : 's'}${hash}`;
}

/** The code of the same words without what only parts them; codes of other labels stay as they are. */
export function withoutMarks(code: string): string {
  return code.replace(/_m[0-9a-f]{8}$/, '');
}

/** A column name for comparing: letters and digits of any script only. */
export function foldName(name: string): string {
  return fold(name).replace(/[^\p{L}\p{N}]+/gu, '');
}
