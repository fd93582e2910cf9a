// The words of the language chosen: loaded one language at a time, kept once they are here.

import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Language } from '../../server/i18n/contract.ts';
import type { WordCatalogue } from '../../server/words/es.ts';
import type { Store } from './state.ts';

export type Spoken = { readonly language: Language; readonly catalogue: WordCatalogue };

const LOAD: Readonly<Record<Language, () => Promise<WordCatalogue>>> = {
  es: async () => (await import('../../server/words/es.ts')).es,
  en: async () => (await import('../../server/words/en.ts')).en,
};
const NOTHING = {} as WordCatalogue;

/**
 * What is spoken follows the language chosen as soon as its words are there; until then, and where they cannot be had, the
 * one before goes on. `isSpeaking` rejects when there are none at all.
 */
export function createSpoken(store: Pick<Store, 'language'>): {
  readonly spoken: ReadonlySignal<Spoken>;
  readonly isSpeaking: Promise<void>;
} {
  const spoken = signal<Spoken>({ language: store.language.peek(), catalogue: NOTHING });
  const known: Partial<Record<Language, Promise<WordCatalogue>>> = {};
  const speak = async (language: Language): Promise<void> => {
    known[language] ??= LOAD[language]();
    try {
      const catalogue = await known[language];
      if (store.language.peek() === language) spoken.value = { language, catalogue };
    } catch (error) {
      known[language] = undefined;
      throw error;
    }
  };
  const isSpeaking = speak(store.language.peek());
  effect(() => {
    speak(store.language.value).catch(() => undefined);
  });
  return { spoken, isSpeaking };
}
