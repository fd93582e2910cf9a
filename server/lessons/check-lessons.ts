// What must hold of lessons before anybody learns by them: every one can be read, speaks of values there are, belongs to a
// module there is, and is the same lesson in both languages.

import type { Language } from '../i18n/contract.ts';
import { LANGUAGES } from '../i18n/contract.ts';
import { reasonIn } from '../i18n/reasons.ts';
import { type Lesson, LessonFault, readLesson, refusedIn } from './read-lesson.ts';
import { filled } from './rules.ts';
import { VALUES } from './values.ts';

export type LessonFile = {
  readonly code: string;
  readonly language: Language;
  /** As it is called where it came from. */
  readonly file: string;
  readonly text: string;
};
/** Its reason as people read it: what is wrong in Spanish, after the name of the part as it stands in the file. */
export function faultIn(language: Language, reason: string): string {
  const whole = reasonIn(language, reason);
  const [, part, wrong] = /^([A-Za-z]\w*(?:\.\w+)*): (.+)$/s.exec(reason) ?? [];
  return whole !== reason || wrong === undefined ? whole : `${part}: ${reasonIn(language, wrong)}`;
}

export type FaultTold = { readonly file: string; readonly line: number; readonly reason: string };

/** More would take long to look through, and nobody learns by that. */
const MOST_OPENED = 100;
/** What one answer to an exercise may ask of the portal. */
const MOST_QUESTIONS = 60;

export function checkLessons(
  files: readonly LessonFile[],
  modules: ReadonlySet<string>,
): { readonly lessons: readonly (LessonFile & { readonly lesson: Lesson })[]; readonly faults: readonly FaultTold[] } {
  const faults: FaultTold[] = [];
  const lessons: (LessonFile & { readonly lesson: Lesson })[] = [];
  for (const file of files) {
    try {
      const lesson = readBounded(file);
      lessons.push({ ...file, lesson });
      faults.push(...faultsIn(file, lesson, modules));
    } catch (error) {
      if (error instanceof LessonFault) faults.push({ file: file.file, line: error.line, reason: error.reason });
      // Lists within lists without end: no parser of them comes back.
      else if (error instanceof RangeError) faults.push({ file: file.file, line: 1, reason: 'nested too deeply' });
      else throw error;
    }
  }
  for (const { code, file, lesson } of lessons.filter(({ language }) => language === LANGUAGES[1])) {
    const other = lessons.find((each) => each.code === code && each.language === LANGUAGES[0]);
    const differs = other && differenceOf(other.lesson, lesson);
    if (differs) faults.push({ file, line: 1, reason: `not the same lesson as ${other.file}: ${differs}` });
  }
  return { lessons, faults };
}

function readBounded({ code, file, text }: LessonFile): Lesson {
  if (text.split('```exercise').length > MOST_OPENED)
    throw new LessonFault(file, 1, `more than ${MOST_OPENED} exercises`);
  return readLesson(code, file, text);
}

function faultsIn(
  { file, text }: LessonFile,
  { front, parts, exercises }: Lesson,
  modules: ReadonlySet<string>,
): FaultTold[] {
  const lineOf = (words: string) => Math.max(1, text.slice(0, Math.max(0, text.indexOf(words))).split('\n').length);
  const known = new Map([...VALUES, ...Object.keys(front.values)].map((name) => [name, 'x']));
  const said = [...parts.map((part) => JSON.stringify(part)), JSON.stringify(front.values)].join('\n');
  const unknown = new Set([...filled(said, known).matchAll(/\{[a-z][A-Za-z0-9]*\}/g)].map(([name]) => name));
  // The values of a lesson are asked for at every answer, too; one `ask` of an exercise is what the learner reads.
  const askedIn = (part: unknown) => JSON.stringify(part).split('"ask":').length - 1;
  const ofValues = askedIn(front.values);
  return [
    ...(modules.has(front.module)
      ? []
      : [{ file, line: lineOf('module:'), reason: `no module ${front.module}: name it in modules.yaml` }]),
    ...[...unknown].map((name) => ({ file, line: lineOf(name), reason: `no value is called ${name}` })),
    ...parts
      .flatMap((part) => ('markdown' in part ? refusedIn(part.markdown) : []))
      .map((address) => ({
        ...{ file, line: lineOf(address), reason: `neither a view (map:?…) nor an address with https: ${address}` },
      })),
    ...exercises
      .filter((exercise) => ofValues + askedIn(exercise) - 1 > MOST_QUESTIONS)
      .map(({ id }) => ({ file, line: lineOf(id), reason: `${id} asks more than ${MOST_QUESTIONS} questions` })),
  ];
}

/** Everything but what people read must be alike; null where it is, else what differs. */
function differenceOf(one: Lesson, other: Lesson): string | null {
  const [here, there] = [bonesOf(one), bonesOf(other)];
  return Object.keys(here).find((name) => JSON.stringify(here[name]) !== JSON.stringify(there[name])) ?? null;
}

const bonesOf = ({ front, exercises }: Lesson): Record<string, unknown> => {
  const { module, order, minutes, roles, city, needs, values } = front;
  const plain = JSON.stringify(exercises, (name, value) =>
    ['ask', 'hint', 'because', 'text', 'model', 'unit'].includes(name) &&
    typeof value === 'string' &&
    !/^[a-z]+\?/.test(value)
      ? undefined
      : value,
  );
  return { module, order, minutes, roles, city, needs, values, goals: front.goals.length, exercises: plain };
};
