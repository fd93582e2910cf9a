// JSON whose whole numbers keep their digits: an id or a code beyond what a double holds becomes text.

/** A whole number of so many digits, or in powers of ten, as what rounds numbers writes them. */
const MAY_LOSE_DIGITS = /(?:^|[^\d.])\d{16,}(?![\d.])|\de\+?\d/i;

/** As JSON.parse, but for whole numbers that lose digits; those in powers of ten are written with their sign: 9.01e+17. */
export function parseExactJson(text: string): unknown {
  // Hearing of every number takes several times as long.
  if (!MAY_LOSE_DIGITS.test(text)) return JSON.parse(text);
  // Node hands over how a number is written, which its types do not tell yet.
  const asWritten = (_: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? context?.source?.replace(/e(?=\d)/i, 'e+')
      : value;
  return JSON.parse(text, asWritten as (key: string, value: unknown) => unknown);
}
