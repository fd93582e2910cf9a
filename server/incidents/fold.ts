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

/** A column name for comparing: letters and digits of any script only. */
export function foldName(name: string): string {
  return fold(name).replace(/[^\p{L}\p{N}]+/gu, '');
}
