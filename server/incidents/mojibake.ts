// Repairs words that were written in one character set and read in another, and only those.

import iconv from 'iconv-lite';

/** Characters CP850 capitals with accents turn into when read as Latin-1 or Windows-1252, once. */
const CONTROL = /[\u0080-\u009f]/;
const INSIDE_WORD = /\p{L}[µ¥¡¢£¤‚]|[µ¥¢£¤‚]\p{L}/u;
const LOWER_AMONG_CAPITALS = /\p{Lu}[àé]\p{Lu}|\p{Lu}{2}[àé]\b|(?:^|\s)[àé]\p{Lu}{2}/u;
/** Spanish has ÍA, ÍO and ÍE everywhere; no language writes ÖA, ÖO or ÖE inside capitals. */
const O_UMLAUT = /Ö[AOE]/;
const UTF8_IN_LATIN1 = /[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/;
const SPANISH = /^[\x20-\x7eÁÉÍÓÚÜÑáéíóúüñ°ºª¿¡«»“”’–—…]*$/;

/**
 * The words as they were meant, or the same string where nothing is plainly wrong. Knows CP850 read as Latin-1, once or
 * twice (`VÖA PéBLICA`, `P\x82BLICA`), and UTF-8 read as Latin-1 (`VÃ­a`). `isKnown` settles what spelling alone cannot.
 */
export function repairWords(text: string, isKnown: (text: string) => boolean = () => false): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  if (UTF8_IN_LATIN1.test(text)) {
    const repaired = reread(text, 'utf-8');
    if (repaired !== null && !repaired.includes('\ufffd')) return repaired;
  }
  if (isKnown(text)) return text;
  let repaired = text;
  for (let pass = 0; pass < 2; pass++) {
    const next = reread(repaired, 'cp850');
    if (next === null) break;
    if (isKnown(next)) return next;
    if (!isBroken(repaired)) break;
    repaired = next;
  }
  return SPANISH.test(repaired) ? repaired : text;
}

function isBroken(text: string): boolean {
  return CONTROL.test(text) || INSIDE_WORD.test(text) || LOWER_AMONG_CAPITALS.test(text) || O_UMLAUT.test(text);
}

/** The text's bytes in Latin-1 (or Windows-1252 where it has such letters) read again; null when it has other letters. */
function reread(text: string, charset: 'cp850' | 'utf-8'): string | null {
  for (const written of ['latin1', 'windows-1252']) {
    const bytes = iconv.encode(text, written);
    if (iconv.decode(bytes, written) === text) return iconv.decode(bytes, charset);
  }
  return null;
}
