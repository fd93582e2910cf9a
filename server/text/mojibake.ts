// Repairs words that were written in one character set and read in another, and only those.

import iconv from 'iconv-lite';

/**
 * What accented capitals of CP850 become when read as Latin-1, and no writer means: Á µ, Ñ ¥, Ó à, É a control
 * character; Í is Ö, which is plain in ÍA, ÍO and ÍE. Ú is é, but so is É in capitals made by a program that knows
 * no accents (MéXICO): alone it proves nothing.
 */
const BROKEN = /[\u0080-\u009f]|\p{Lu}[µ¥àéÖ]*[µ¥à][µ¥àéÖ]*\p{Lu}|(?<!\p{L})[µà]\p{Lu}{2}|\p{Ll}[¡¢£¤‚]\p{Ll}|Ö[AOE]/u;
const LOWER_AMONG_CAPITALS = /\p{Lu}é\p{Lu}/u;
const UTF8_IN_LATIN1 = /[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/;
const SPANISH = /^[\x20-\x7eÁÉÍÓÚÜÑáéíóúüñ°ºª¿¡«»“”’–—…]*$/;

/**
 * The words as they were meant, or the same string where nothing is plainly wrong. Knows CP850 read as Latin-1, once or
 * twice (`VÖA PéBLICA`, `V\x99A`), and UTF-8 read as Latin-1 (`VÃ­a`). `isKnown` settles what spelling alone cannot.
 */
export function repairWords(text: string, isKnown: (text: string) => boolean = () => false): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  if (UTF8_IN_LATIN1.test(text)) {
    const repaired = reread(text, 'utf-8');
    if (repaired !== null && !repaired.includes('\ufffd')) return repaired;
  }
  if (isKnown(text)) return text;
  const once = reread(text, 'cp850');
  if (once === null) return text;
  const twice = reread(once, 'cp850');
  for (const candidate of [once, twice]) if (candidate !== null && isKnown(candidate)) return candidate;
  if (!BROKEN.test(text)) return text;
  const repaired = twice !== null && (BROKEN.test(once) || LOWER_AMONG_CAPITALS.test(once)) ? twice : once;
  return SPANISH.test(repaired) ? repaired : text;
}

/** The text's bytes in Latin-1 (or Windows-1252 where it has such letters) read again; null when it has other letters. */
function reread(text: string, charset: 'cp850' | 'utf-8'): string | null {
  for (const written of ['latin1', 'windows-1252']) {
    const bytes = iconv.encode(text, written);
    if (iconv.decode(bytes, written) === text) return iconv.decode(bytes, charset);
  }
  return null;
}
