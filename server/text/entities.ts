// Words that a program wrote for a web page: `&amp;`, `&eacute;` and `&#233;` are the signs they stand for.

const ENTITY = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z]{2,8}));/g;
const MARKED = /^([A-Za-z])(acute|grave|circ|uml|tilde|cedil)$/;
const MARKS: Readonly<Record<string, string>> = {
  ...{ acute: '\u0301', grave: '\u0300', circ: '\u0302', uml: '\u0308', tilde: '\u0303', cedil: '\u0327' },
};
const SIGNS: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', iexcl: '¡', iquest: '¿', ordm: 'º', ordf: 'ª' },
  ...{ deg: '°', ndash: '–', mdash: '—', laquo: '«', raquo: '»', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”' },
};
/** Between these, numbers are meant as those of windows-1252. */
const [FIRST_OF_WINDOWS, LAST_OF_WINDOWS] = [0x80, 0x9f];
const windows = new TextDecoder('windows-1252');
/** Some are written twice over: `&amp;eacute;`. */
const MOST_TIMES = 2;

/** The text with the signs that are meant; what is no entity stays as it stands. */
export function decodeEntities(text: string): string {
  let decoded = text;
  for (let time = 0; time < MOST_TIMES && decoded.includes('&'); time++) {
    decoded = decoded.replace(ENTITY, (entity, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return named(name) ?? entity;
      return signOf(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)) ?? entity;
    });
  }
  return decoded;
}

function named(name: string): string | null {
  const [, letter, mark] = MARKED.exec(name) ?? [];
  if (!letter) return SIGNS[name] ?? null;
  const sign = (letter + MARKS[mark!]!).normalize('NFC');
  return sign.length === 1 ? sign : null;
}

/** Null for what is no sign: controls, halves of one, numbers beyond all. */
function signOf(code: number): string | null {
  if (code < 0x20 || code === 0x7f || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return null;
  if (code >= FIRST_OF_WINDOWS && code <= LAST_OF_WINDOWS) return windows.decode(Uint8Array.of(code));
  return code === 0xa0 ? ' ' : String.fromCodePoint(code);
}
