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
  return new Intl.PluralRules(language).select(Number(shown.replaceAll(/[^\d.]/g, ''))) === 'one' ? one : other;
}

/** A translator for one language; never escapes, since the page and JSON do their own escaping. */
export function translatorOf(language: Language, catalogue: WordCatalogue): Translate {
  const instance = createInstance();
  instance.init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: catalogue } },
    // No format but the forms of a number, which are found by no name and so come to the handler.
    interpolation: { escapeValue: false, formatSeparator: '\0' },
    missingInterpolationHandler: (_text: string, [, asked = '']: string[], values: object) => {
      const [name = '', forms] = asked.split(', ');
      return forms === undefined ? '' : formOf(language, String((values as Values)[name] ?? ''), forms);
    },
    initAsync: false,
  });
  return (key, values) => {
    // Spanish has a third form for round millions ("un millón de"), which figures never need.
    const count = values?.count === undefined ? {} : { count: values.count === 1 ? 1 : 2 };
    return instance.t(key, { ...values, ...count });
  };
}
