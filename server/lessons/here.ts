// The lessons of a jurisdiction: those the program brings, and its own, which lie in the database as they were sent.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import type { Language } from '../i18n/contract.ts';
import { type LessonCatalogue, lessonCatalogue } from './catalogue.ts';
import { type Lesson, LessonFault, readLesson } from './read-lesson.ts';

/** An own lesson nobody can learn by: which, and why. */
export type OwnFault = { readonly lesson: string; readonly language: Language; readonly reason: string };
type LessonsHere = LessonCatalogue & { readonly faults: readonly OwnFault[] };

type OwnRow = {
  readonly lesson: string;
  readonly language: Language;
  readonly source: string;
  readonly titles: Readonly<Record<string, Readonly<Record<Language, string>>>>;
};

/** Of each database, read once for as long as nothing was sent or removed. */
const read = new WeakMap<object, Map<number, { readonly state: string; readonly lessons: LessonsHere }>>();

/** Those the program brings that can be done here; of what tutors sent, nothing. */
export const lessonsOfProgram = (city: Pick<Jurisdiction, 'code' | 'synthetic'>): LessonCatalogue => {
  const { modules, lessons } = lessonCatalogue();
  const here = (of: readonly Lesson[]) => of.filter(isFor(city));
  return { modules, lessons: { es: here(lessons.es), en: here(lessons.en) } };
};

/** Whether its questions can be asked of the data of a jurisdiction at all. */
export const isFor =
  ({ code, synthetic }: Pick<Jurisdiction, 'code' | 'synthetic'>) =>
  ({ front }: Lesson): boolean =>
    front.city === 'any' || (synthetic && code.startsWith('demo'));

/**
 * With those of its own. One of these that cannot be read any more, or stands under the code of a lesson that came with the
 * program since, is left out and told among the faults.
 * In both languages; an own lesson that has one language alone stands in that one in both. */
export async function lessonsHere(
  { db }: Database,
  city: Pick<Jurisdiction, 'id' | 'code' | 'synthetic'>,
): Promise<LessonsHere> {
  const { id } = city;
  const { rows: states } = await sql<{ state: string }>`
    select coalesce(md5(string_agg(lesson || ' ' || language || ' ' || sent_at::text, ',' order by lesson, language)), '')
      as state
    from own_lesson where jurisdiction_id = ${id}`.execute(db);
  const { state } = states[0]!;
  const ofDatabase = read.get(db) ?? new Map();
  read.set(db, ofDatabase);
  const known = ofDatabase.get(id);
  if (known?.state === state) return known.lessons;
  const { rows } = await sql<OwnRow>`
    select lesson, language, source, module_titles as titles from own_lesson
    where jurisdiction_id = ${id} order by sent_at, lesson, language`.execute(db);
  const lessons = together(lessonsOfProgram(city), rows, isFor(city));
  ofDatabase.set(id, { state, lessons });
  return lessons;
}

function together(
  { modules, lessons }: LessonCatalogue,
  own: readonly OwnRow[],
  isHere: (lesson: Lesson) => boolean,
): LessonsHere {
  const titles = new Map(own.flatMap((row) => Object.entries(row.titles)));
  const taken = new Set(lessonCatalogue().lessons.es.map(({ code }) => code));
  const faults: OwnFault[] = [];
  const readable: { readonly language: Language; readonly lesson: Lesson }[] = [];
  for (const { lesson, language, source } of own) {
    try {
      if (taken.has(lesson)) throw new LessonFault(lesson, 1, 'a lesson of the program has this name');
      readable.push({ language, lesson: readLesson(lesson, lesson, source) });
    } catch (error) {
      // What was checked by another version of the program, or came out of a backup of one.
      if (!(error instanceof LessonFault) && !(error instanceof RangeError)) throw error;
      const reason = error instanceof LessonFault ? error.reason : 'nested too deeply';
      faults.push({ lesson, language, reason });
    }
  }
  const ofLanguage = (language: Language): Lesson[] => {
    const chosen = new Map<string, (typeof readable)[number]>();
    for (const each of readable)
      if (!chosen.has(each.lesson.code) || each.language === language) chosen.set(each.lesson.code, each);
    const theirs = [...chosen.values()].map(({ lesson }) => lesson).filter(isHere);
    return [...lessons[language], ...theirs].sort(
      (a, b) => a.front.module.localeCompare(b.front.module) || a.front.order - b.front.order,
    );
  };
  const known = new Set(modules.map(({ code }) => code));
  return {
    modules: [
      ...modules,
      ...[...titles].filter(([code]) => !known.has(code)).map(([code, title]) => ({ code, title })),
    ].sort((a, b) => a.code.localeCompare(b.code)),
    lessons: { es: ofLanguage('es'), en: ofLanguage('en') },
    faults,
  };
}
