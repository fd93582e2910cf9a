// The lessons of a jurisdiction: those the program brings, and its own, which lie in the database as they were sent.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import type { Language } from '../i18n/contract.ts';
import { type LessonCatalogue, lessonCatalogue } from './catalogue.ts';
import { type Lesson, readLesson } from './read-lesson.ts';

type OwnRow = {
  readonly lesson: string;
  readonly language: Language;
  readonly source: string;
  readonly titles: Readonly<Record<string, Readonly<Record<Language, string>>>>;
};

/** Of each database, read once for as long as nothing was sent or removed. */
const read = new WeakMap<object, Map<number, { readonly state: string; readonly lessons: LessonCatalogue }>>();

/** In both languages; an own lesson that has one language alone stands in that one in both. */
export async function lessonsHere(
  { db }: Database,
  { id, code, synthetic }: Pick<Jurisdiction, 'id' | 'code' | 'synthetic'>,
): Promise<LessonCatalogue> {
  const { rows: states } = await sql<{ state: string }>`
    select count(*) || ' ' || coalesce(extract(epoch from max(sent_at))::text, '') as state
    from own_lesson where jurisdiction_id = ${id}`.execute(db);
  const { state } = states[0]!;
  const ofDatabase = read.get(db) ?? new Map();
  read.set(db, ofDatabase);
  const known = ofDatabase.get(id);
  if (known?.state === state) return known.lessons;
  const { rows } = await sql<OwnRow>`
    select lesson, language, source, module_titles as titles from own_lesson
    where jurisdiction_id = ${id} order by sent_at, lesson, language`.execute(db);
  const lessons = together(lessonCatalogue(), rows, synthetic && code.startsWith('demo'));
  ofDatabase.set(id, { state, lessons });
  return lessons;
}

function together({ modules, lessons }: LessonCatalogue, own: readonly OwnRow[], isDemo: boolean): LessonCatalogue {
  const titles = new Map(own.flatMap((row) => Object.entries(row.titles)));
  const ofLanguage = (language: Language): Lesson[] => {
    const chosen = new Map<string, OwnRow>();
    for (const row of own) if (!chosen.has(row.lesson) || row.language === language) chosen.set(row.lesson, row);
    const theirs = [...chosen.values()].map((row) => readLesson(row.lesson, row.lesson, row.source));
    return [...lessons[language], ...theirs]
      .filter(({ front }) => front.city === 'any' || isDemo)
      .sort((a, b) => a.front.module.localeCompare(b.front.module) || a.front.order - b.front.order);
  };
  const known = new Set(modules.map(({ code }) => code));
  return {
    modules: [
      ...modules,
      ...[...titles].filter(([code]) => !known.has(code)).map(([code, title]) => ({ code, title })),
    ].sort((a, b) => a.code.localeCompare(b.code)),
    lessons: { es: ofLanguage('es'), en: ofLanguage('en') },
  };
}
