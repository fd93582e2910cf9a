// What a new course begins with: nothing, or the syllabus of 120 hours this program brings.

import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Language } from '../i18n/contract.ts';
import { yaml } from '../lessons/parsers.ts';
import { type CourseBody, courseBody, type newCourse } from './contract.ts';

const FILE = new URL('../../geodata/lessons/diploma.yaml', import.meta.url);
const words = z.strictObject({ es: z.string(), en: z.string() });
const syllabus = z.strictObject({
  title: words,
  about: words,
  modules: z.array(
    z.strictObject({
      id: z.string(),
      hours: z.number(),
      title: words,
      items: z.array(
        z.union([
          z.strictObject({ lesson: z.string() }),
          z.strictObject({ id: z.string(), es: z.string(), en: z.string(), address: z.string().optional() }),
        ]),
      ),
    }),
  ),
});

const EMPTY_TITLES: Readonly<Record<Language, string>> = { es: 'Curso nuevo', en: 'New course' };

/** `lessons`: codes of those that can be done here; `leftOut` = those of the syllabus that cannot. */
export function templateOf(
  template: z.output<typeof newCourse>['template'],
  title: string | null,
  language: Language,
  lessons: ReadonlySet<string>,
): { readonly body: CourseBody; readonly leftOut: readonly string[] } {
  if (template === 'empty') return { body: courseBody.parse({ title: title ?? EMPTY_TITLES[language] }), leftOut: [] };
  const whole = syllabus.parse(yaml().parse(readFileSync(FILE, 'utf8')));
  const leftOut = whole.modules.flatMap(({ items }) =>
    items.flatMap((item) => ('lesson' in item && !lessons.has(item.lesson) ? [item.lesson] : [])),
  );
  const body = courseBody.parse({
    title: title ?? whole.title[language],
    about: whole.about[language],
    modules: whole.modules.map((module) => ({
      ...{ id: module.id, title: module.title[language], hours: module.hours },
      items: module.items.flatMap<object>((item) => {
        if (!('lesson' in item))
          return [{ id: item.id, kind: 'resource', title: item[language], address: item.address ?? null }];
        return lessons.has(item.lesson) ? [{ id: item.lesson, kind: 'lesson', lesson: item.lesson }] : [];
      }),
    })),
  });
  return { body, leftOut };
}
