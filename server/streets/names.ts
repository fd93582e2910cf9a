// Street names as people write them, and whether there is one at all.

/** Words that INEGI and others write where a street has no name. */
const UNNAMED = /^(ninguno|ninguna|sin nombre|sin nombre oficial|s\/n|s\.n\.|n\/a|n\/d|nd|no aplica|unnamed|null|-+)$/i;

/** Kinds of street that stand before the name in INEGI's upper-case `TIPO NOMBRE`. */
const KINDS =
  /^(ampliación|andador|autopista|avenida|boulevard|callejón|calle|calzada|camino|carretera|cerrada|circuito|circunvalación|continuación|corredor|diagonal|eje vial|otro|pasaje|peatonal|periférico|privada|prolongación|retorno|terracería|vereda|viaducto)(?=\s|$)/i;
const SMALL_WORDS = new Set(['a', 'al', 'con', 'de', 'del', 'e', 'el', 'en', 'la', 'las', 'los', 'o', 'y']);
const ARTICLES = new Set(['el', 'la', 'las', 'los']);
const ROMAN = /^(?=[IVXLC])(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})$/;

/**
 * A street name for people, or null where there is none. Upper-case names are set in Spanish title case
 * (`AVENIDA 5 DE MAYO` → `Avenida 5 de Mayo`, `CALLE NINGUNO` → null, `OTRO LOS PINOS` → `Los Pinos`); others stay.
 */
export function streetName(raw: string | null): string | null {
  const text = (raw ?? '').replaceAll('\0', '').normalize('NFC').replace(/\s+/g, ' ').trim();
  const kind = KINDS.exec(text)?.[0] ?? '';
  const rest = text.slice(kind.length).trim();
  if (text === '' || UNNAMED.test(text) || UNNAMED.test(rest)) return null;
  if (/\p{Ll}/u.test(text)) return text;
  const named = /^otro$/i.test(kind) ? rest : text;
  if (named === '') return null;
  return titleCase(named, named === text ? kind.split(' ').length : 0);
}

/** `nameAt` is the word the name itself begins with: an article there is part of it (Calle La Paz). */
function titleCase(text: string, nameAt: number): string {
  return text
    .split(' ')
    .map((word, index) => {
      const lower = word.toLocaleLowerCase('es');
      const leads = index === 0 || (index === nameAt && ARTICLES.has(lower));
      if (!leads && SMALL_WORDS.has(lower)) return lower;
      if (ROMAN.test(word)) return word;
      return lower.replace(/^([^\p{L}\p{N}]*)(\p{L})/u, (_, before, letter) => before + letter.toLocaleUpperCase('es'));
    })
    .join(' ');
}
