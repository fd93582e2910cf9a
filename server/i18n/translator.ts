// A translator where both catalogues are at hand: in the server, its commands and the tests.

import { en } from '../words/en.ts';
import { es } from '../words/es.ts';
import { type Language, type Translate, translatorOf } from './contract.ts';

const CATALOGUES = { es, en } as const;

export const createTranslator = (language: Language): Translate => translatorOf(language, CATALOGUES[language]);
