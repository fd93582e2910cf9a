// The languages, the shape every catalogue has, and the translator made from one. The page imports this too, and loads the
// catalogue of its language by itself.

import { createInstance } from 'i18next';
import type { es, WordCatalogue } from '../words/es.ts';

export const LANGUAGES = ['es', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Locale of numbers and dates. */
export const LOCALES: Record<Language, string> = { es: 'es-MX', en: 'en-GB' };

type Sections = typeof es;
type WithoutPlural<K extends string> = K extends `${infer Base}_one`
  ? Base
  : K extends `${infer Base}_other`
    ? Base
    : K;
export type MessageKey = {
  [S in keyof Sections & string]: `${S}.${WithoutPlural<keyof Sections[S] & string>}`;
}[keyof Sections & string];

/** `count` picks the plural form; numbers to be shown are passed formatted, as text. */
export type Values = { readonly count?: number } & { readonly [name: string]: string | number };
export type Translate = (key: MessageKey, values?: Values) => string;

/**
 * In a sentence of several numbers each has its own forms: `{{n}} {{n, row|rows}}`. The number comes as it is shown, with
 * its separators.
 */
export function formOf(language: Language, shown: string, forms: string): string {
  const [one = '', other = ''] = forms.split('|');
  return RULES[language].select(Number(shown.replaceAll(/[^\d.]/g, ''))) === 'one' ? one : other;
}
const RULES: Record<Language, Intl.PluralRules> = { es: new Intl.PluralRules('es'), en: new Intl.PluralRules('en') };

/** A name in braces, and behind it the forms of its number where it stands for a word. */
const GAP = /{{\s*(\w+)(?:, ([^}]*))?\s*}}/;

/** A translator for one language; never escapes, since the page and JSON do their own escaping. */
export function translatorOf(language: Language, catalogue: WordCatalogue): Translate {
  const instance = createInstance();
  instance.init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: catalogue } },
    initAsync: false,
  });
  // A screen says hundreds of sentences at each step of a hand: each is looked up and taken apart once.
  const known = new Map<string, readonly string[]>();
  const partsOf = (key: MessageKey, count: number | undefined): readonly string[] => {
    // Spanish has a third form for round millions ("un millón de"), which figures never need.
    const form = count === undefined ? '' : count === 1 ? 1 : 2;
    const name = `${key} ${form}`;
    const parts =
      known.get(name) ?? instance.t(key, { skipInterpolation: true, ...(form && { count: form }) }).split(GAP);
    known.set(name, parts);
    return parts;
  };
  return (key, values) => {
    const parts = partsOf(key, values?.count);
    let text = parts[0] ?? '';
    // By threes: a name, its forms, and the text up to the next.
    for (let i = 1; i < parts.length; i += 3) {
      const value = String(values?.[parts[i]!] ?? '');
      const forms: string | undefined = parts[i + 1];
      text += (forms === undefined ? value : formOf(language, value, forms)) + (parts[i + 2] ?? '');
    }
    return text;
  };
}
