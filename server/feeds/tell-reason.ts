// Why a record of a feed was rejected, as a sentence in the language asked for: the code beside it stays the same.

import type { Language } from '../i18n/contract.ts';
import { reasonIn } from '../i18n/reasons.ts';
import { dataEn } from '../words/en-data.ts';
import { dataEs } from '../words/es-data.ts';

const NOTES: Readonly<Record<Language, Readonly<Record<string, string>>>> = { es: dataEs.notes, en: dataEn.notes };
/** The name of a field before what is wrong with it. */
const OF_FIELD = /^(\w+): (.+)$/s;

export function tellReason(language: Language, reason: string): string {
  const words = NOTES[language][reason];
  if (words !== undefined) return words;
  const [, field, what] = OF_FIELD.exec(reason) ?? [];
  return what === undefined ? reasonIn(language, reason) : `${field}: ${reasonIn(language, what)}`;
}
