// How the names of places are compared: without accents, order of the kind, articles and abbreviations, but never
// without what tells neighbours apart (numbers, sections, north and south, extensions).

import { fold } from '../text/fold.ts';

/** `folded` = core, then the kind of place; `core` alone finds «San Marcos (Barr)» for «San Marcos». */
export type FoldedName = { readonly folded: string; readonly core: string };

/** Longer names would not fit an index. */
const MAX_FOLDED = 160;

const SHORT: Readonly<Record<string, string>> = Object.fromEntries(
  `sta santa|sto santo|sn san|ma maria|gral general|gpe guadalupe|fco francisco|dr doctor|dra doctora|lic licenciado|
  ing ingeniero|prof profesor|cnel coronel|cap capitan|pte poniente|pon poniente|ote oriente|nte norte|secc seccion|
  sec seccion|amp ampliacion|ampl ampliacion|cda cerrada|cerr cerrada|priv privada|pvda privada|prol prolongacion|
  prolong prolongacion|cjon callejon|callej callejon|and andador|ret retorno|rcda rinconada|rncda rinconada|
  rcnda rinconada|ej ejido|pje paraje|cond condominio|conj conjunto|hab habitacional|habs habitacional|
  primera 1|primer 1|1ra 1|1era 1|1er 1|segunda 2|2da 2|2do 2|tercera 3|tercer 3|3ra 3|3era 3|3er 3|cuarta 4|4ta 4|
  quinta 5|5ta 5|sexta 6|6ta 6|septima 7|7ma 7|octava 8|8va 8|novena 9|9na 9|decima 10|
  i 1|ii 2|iii 3|iv 4|v 5|vi 6|vii 7|viii 8|ix 9|x 10|xi 11|xii 12`
    .split('|')
    .map((pair) => pair.trim().split(' ')),
);

/** A housing estate. */
export const ESTATE = 'unidad';
/** Kinds of area, in their one word here, as they stand before or behind a name. */
const AREA_KINDS: readonly (readonly [RegExp, string])[] = [
  [/\b(unidad(es)? habitacional(es)?|conjunto habitacional|u habitacional|uh|u h)\b|\bu$/, ESTATE],
  [/^(barrio|barr|bo)\b|\b(barr|barrio)$/, 'barrio'],
  [/^(pueblo|pblo)\b|\b(pblo|pueblo)$/, 'pueblo'],
  [/^(fraccionamiento|fracc|frac)\b|\b(fraccionamiento|fracc)$/, 'fraccionamiento'],
  [/^(residencial|rdcial)\b|\b(residencial|rdcial)$/, 'residencial'],
  [/^(colonia|col|alcaldia|delegacion|municipio)\b|\b(col|colonia)$/, ''],
];
/** Kinds of street that people leave out; a closed street or a passage of the same name is another street. */
const STREET_KINDS: readonly (readonly [RegExp, string])[] = [
  [/^(calle|c)\b/, 'calle'],
  [/^(avenida|ave|av)\b/, 'avenida'],
  [/^(boulevard|bulevar|blvd|bvd|blv)\b/, 'bulevar'],
  [/^(calzada|calz|czda)\b/, 'calzada'],
];
const SMALL = new Set(['de', 'del', 'la', 'las', 'los', 'el', 'y', 'e', 'the', 'of']);
/** «En o cerca de», as data.police.uk and dispatchers write before a street. */
const NEAR = /^(on or near|at or near|near|en o cerca de|cerca de)\s+/;

/** Null where nothing is left to compare. */
export const foldArea = (name: string): FoldedName | null => foldWith(AREA_KINDS, name);
export const foldStreet = (name: string): FoldedName | null => foldWith(STREET_KINDS, name);

const foldWith = (kinds: typeof AREA_KINDS, name: string): FoldedName | null => {
  let text = fold(name)
    .replace(NEAR, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/\bu h(ab|abs)?\b/g, 'unidad habitacional')
    .replace(/\bconj hab\b/g, 'conjunto habitacional')
    .replace(/\b(\d+)[ao]s?\b/g, '$1');
  let kind = '';
  for (const [pattern, word] of kinds) {
    const without = text.replace(pattern, ' ').replace(/\s+/g, ' ').trim();
    if (without === text || without === '') continue;
    text = without;
    kind = word;
    break;
  }
  const words = text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => SHORT[word] ?? word);
  const weighty = words.filter((word) => !SMALL.has(word));
  // An extension stands before or behind its name.
  const sorted = [...(weighty.length ? weighty : words)].sort(
    (a, b) => Number(isExtension(a)) - Number(isExtension(b)),
  );
  const core = sorted.join(' ').slice(0, MAX_FOLDED).trim();
  if (core === '') return null;
  return { core, folded: kind === '' ? core : `${core} ${kind}` };
};

const isExtension = (word: string) => word === 'ampliacion';

const TELLING = new Set(
  `norte sur oriente poniente este oeste centro alto alta bajo baja nueva nuevo vieja viejo primera ampliacion seccion
  sector manzana cerrada privada callejon andador retorno prolongacion rinconada circuito eje unidad ejido condominio
  north south east west upper lower`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Whether two cores hold the same numbers, letters and words that tell places of a like name apart. */
export function tellAlike(a: string, b: string): boolean {
  const telling = (core: string) =>
    core
      .split(' ')
      .filter((word) => /\d/.test(word) || word.length === 1 || TELLING.has(word))
      .sort()
      .join(' ');
  return telling(a) === telling(b);
}

/** «doctores» of «doctores 3»: what a numbered part is a part of. */
export const wholeOf = (core: string): string => core.replace(/(?<=\D) \d{1,2}$/, '');

/** The two streets of a crossing written as one («Olmo esq. con Pino», «A / B»); null for one street. */
export function crossingOf(words: string): readonly [street: string, crossing: string] | null {
  const parts = words.split(/\s+(?:esq(?:uina)?\.?(?:\s+con)?|cruce con|casi esquina con)\s+|\s*[&/]\s*/i);
  const [street = '', crossing = ''] = parts.map((part) => part.trim());
  return parts.length === 2 && street !== '' && crossing !== '' ? [street, crossing] : null;
}
