// The lessons this program brings, one Markdown file a language: read once, when they are first asked for.

import { readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Language } from '../i18n/contract.ts';
import { LANGUAGES } from '../i18n/contract.ts';
import { MODULE_CODE } from './contract.ts';
import { yaml } from './parsers.ts';
import { type Lesson, readLesson } from './read-lesson.ts';

const FOLDER = new URL('../../geodata/lessons/', import.meta.url);
const moduleTitle = z.string().min(1).max(200);
export const modulesFile = z.record(MODULE_CODE, z.strictObject({ es: moduleTitle, en: moduleTitle }));

export type LessonCatalogue = {
  readonly modules: readonly { readonly code: string; readonly title: Readonly<Record<Language, string>> }[];
  /** In the order they are learnt. */
  readonly lessons: Readonly<Record<Language, readonly Lesson[]>>;
};

let read: LessonCatalogue | null = null;

export function lessonCatalogue(): LessonCatalogue {
  read ??= readLessons(FOLDER);
  return read;
}

/** `CODE.es.md`, `CODE.en.md` and `modules.yaml` below a folder. Throws LessonFault. */
export function readLessons(folder: URL): LessonCatalogue {
  const titles = modulesFile.parse(yaml().parse(readFileSync(new URL('modules.yaml', folder), 'utf8')));
  const ofLanguage = (language: Language) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(`.${language}.md`))
      .map((name) => readLesson(name.split('.')[0]!, name, readFileSync(new URL(name, folder), 'utf8')))
      .sort((a, b) => a.front.module.localeCompare(b.front.module) || a.front.order - b.front.order);
  const lessons = Object.fromEntries(LANGUAGES.map((language) => [language, ofLanguage(language)]));
  return {
    modules: Object.entries(titles).map(([code, title]) => ({ code, title })),
    lessons: lessons as Record<Language, Lesson[]>,
  };
}
