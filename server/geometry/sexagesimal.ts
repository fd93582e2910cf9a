// Degrees in words and parts: 19°25'57.3"N, 99 10 12 W, N 19° 25.95', 99,17 O.

const NUMBER = /\d+(?:[.,]\d+)?/.source;
/** N, S, E, W; O is west in Spanish. */
const LETTER = /[NSEWO](?:orte?|ur|ste|este|orth|outh|ast|est)?/.source;
const PARTS = new RegExp(
  `^(${LETTER})?[\\s.:]*([+-])?\\s*(${NUMBER})\\s*(?:[°º˚]|deg|grados|d)?(?:[\\s:]*(${NUMBER})\\s*(?:['\u2032\u2019\u00b4]|min|m)?(?:[\\s:]*(${NUMBER})\\s*(?:["\u2033\u201d]|''|\u2032\u2032|\u2019\u2019|\u00b4\u00b4|seg|sec|s)?)?)?[\\s.]*(${LETTER})?\\.?$`,
  'i',
);

export type Degrees = {
  readonly degrees: number;
  /** The axis its letter says; null where it has none. */
  readonly axis: 'lon' | 'lat' | null;
};

/** Null for anything that is no such degrees, a plain number included. */
export function sexagesimalOf(text: string): Degrees | null {
  const match = PARTS.exec(text.trim());
  if (!match) return null;
  const [, before, sign, whole = '', minutes, seconds, behind] = match;
  if (before !== undefined && behind !== undefined) return null;
  const letter = (before ?? behind)?.charAt(0).toUpperCase() ?? null;
  if (letter === null && minutes === undefined && !/[°º˚]/.test(text)) return null;
  const [d, m, s] = [whole, minutes ?? '0', seconds ?? '0'].map((part) => Number(part.replace(',', '.'))) as [
    number,
    number,
    number,
  ];
  const isBroken = (part: number, next: string | undefined) => next !== undefined && !Number.isInteger(part);
  if (m >= 60 || s >= 60 || isBroken(d, minutes) || isBroken(m, seconds)) return null;
  const degrees = d + m / 60 + s / 3600;
  const isBelow = letter === 'S' || letter === 'W' || letter === 'O';
  // A minus before west says the same again.
  const negative = sign === '-' || isBelow;
  if (sign === '-' && letter !== null && !isBelow) return null;
  const axis = letter === null ? null : letter === 'N' || letter === 'S' ? 'lat' : 'lon';
  return { degrees: negative ? -degrees : degrees, axis };
}

const LONGEST_PAIR = 80;

/** Two of them in one text, latitude first where no letters say which is which; null for any other text. */
export function sexagesimalPair(text: string): { readonly lon: string; readonly lat: string } | null {
  if (text.length > LONGEST_PAIR || !/\d/.test(text) || !/[°º˚NSEWO]/i.test(text)) return null;
  const inside = text.trim().replace(/^\((.*)\)$/s, '$1');
  for (const { index, 0: mark } of inside.matchAll(/\s*[,;|/]\s*|\s+|(?<=[NSEWO])(?=[\d+-])/gi)) {
    const [first, second] = [inside.slice(0, index), inside.slice(index + mark.length)];
    const [one, other] = [sexagesimalOf(first), sexagesimalOf(second)];
    if (!one || !other || (one.axis === null) !== (other.axis === null)) continue;
    if (one.axis !== null && one.axis === other.axis) continue;
    return one.axis === 'lon' ? { lon: first, lat: second } : { lon: second, lat: first };
  }
  return null;
}
