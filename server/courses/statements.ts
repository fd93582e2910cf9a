// What a group did as statements of the Experience API (xAPI 1.0.3), for platforms that collect them.

import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import { LANGUAGES, type Language } from '../i18n/contract.ts';
import type { ExerciseKind, LessonAnswer } from '../lessons/contract.ts';
import type { Lesson } from '../lessons/read-lesson.ts';
import type { StoredMember } from './members.ts';

const VERBS = {
  registered: ['http://adlnet.gov/expapi/verbs/registered', 'se inscribió', 'registered'],
  answered: ['http://adlnet.gov/expapi/verbs/answered', 'contestó', 'answered'],
  scored: ['http://adlnet.gov/expapi/verbs/scored', 'fue calificado', 'was scored'],
  completed: ['http://adlnet.gov/expapi/verbs/completed', 'terminó', 'completed'],
} as const;
const TYPES = {
  course: 'http://adlnet.gov/expapi/activities/course',
  lesson: 'http://adlnet.gov/expapi/activities/lesson',
  exercise: 'http://adlnet.gov/expapi/activities/cmi.interaction',
} as const;
/** Of the kinds of interaction the specification knows; what it does not know is `other`. */
const INTERACTIONS: Readonly<Partial<Record<ExerciseKind, string>>> = {
  ...{ number: 'numeric', choice: 'choice', order: 'sequencing', text: 'long-fill-in' },
};

type Activity = { readonly objectType: 'Activity'; readonly id: string; readonly definition: object };
export type Statement = {
  readonly id: string;
  readonly version: '1.0.3';
  readonly actor: object;
  readonly verb: object;
  readonly object: Activity;
  readonly result?: object;
  readonly context: object;
  readonly timestamp: string;
};

type StatementsOf = {
  /** The portal as people open it, which names the accounts and begins the names of what they did. */
  readonly portal: string;
  readonly city: string;
  readonly course: { readonly id: number; readonly title: string };
  /** In both languages: who takes them when and in which language makes no other statements of them. */
  readonly lessons: readonly Readonly<Record<Language, Lesson>>[];
  /** Of this learner. */
  readonly completedAt: string | null;
};

/** Of one learner, in the order it was done. */
export async function statementsOf(
  { db }: Database,
  id: number,
  member: StoredMember,
  name: string,
  about: StatementsOf,
): Promise<Statement[]> {
  const { rows } = await sql<{
    id: string;
    lesson: string;
    exercise: string;
    answer: LessonAnswer['answer'];
    given: Date;
    right: boolean | null;
    marked: boolean | null;
    markedAt: Date | null;
  }>`
    select answer_id as id, lesson, exercise, answer, given_at as given, is_right as right,
      marked_right as marked, marked_at as "markedAt"
    from lesson_answer
    where jurisdiction_id = ${id} and account_id = ${member.learner}
      and lesson = any(${about.lessons.map(({ es }) => es.code)}::text[])
    order by given_at, answer_id`.execute(db);
  const { portal, course, completedAt } = about;
  const actor = { objectType: 'Agent', account: { homePage: portal, name } };
  const whole = activity(about, 'course', `course=${course.id}`, { es: course.title, en: course.title });
  const made = (
    key: string,
    verb: keyof typeof VERBS,
    object: Activity,
    timestamp: string,
    more: { readonly result?: object; readonly context?: object } = {},
  ): Statement => ({
    ...{ id: key, version: '1.0.3', actor, verb: verbOf(verb), object },
    ...(more.result ? { result: more.result } : {}),
    context: { platform: 'Cuadra', ...more.context },
    timestamp,
  });
  const own = (what: string) => uuidOf(`${portal} ${about.city} ${course.id} ${member.learner} ${what}`);
  const answered = rows.flatMap((row): Statement[] => {
    const lesson = about.lessons.find(({ es }) => es.code === row.lesson);
    const [exercise, other] = LANGUAGES.map((each) => lesson?.[each].exercises.find((one) => one.id === row.exercise));
    // Of a lesson that has changed since nobody could say what was asked.
    if (!lesson || !exercise || !other) return [];
    const object = activity(
      about,
      'exercise',
      `lesson=${row.lesson}:${row.exercise}`,
      { es: exercise.ask, en: other.ask },
      {
        interactionType: INTERACTIONS[exercise.kind] ?? 'other',
        ...optionsOf(exercise, other),
      },
    );
    const result = {
      ...(row.right === null ? {} : { success: row.right }),
      response: Array.isArray(row.answer) ? row.answer.join('[,]') : String(row.answer ?? ''),
    };
    const parent = [
      activity(about, 'lesson', `lesson=${row.lesson}`, {
        ...{ es: lesson.es.front.title, en: lesson.en.front.title },
      }),
    ];
    const context = { contextActivities: { parent, grouping: [whole] } };
    const said = [made(own(`answered ${row.id}`), 'answered', object, row.given.toISOString(), { result, context })];
    if (row.marked === null || row.markedAt === null) return said;
    // What a tutor found comes later and may be put right: statements of their own, each with its moment.
    const at = row.markedAt.toISOString();
    const found = { result: { success: row.marked }, context };
    return [...said, made(own(`scored ${row.id} ${row.marked} ${at}`), 'scored', object, at, found)];
  });
  return [
    made(own(`registered ${member.enrolledAt}`), 'registered', whole, member.enrolledAt),
    ...answered,
    ...(completedAt === null
      ? []
      : [made(own(`completed ${completedAt}`), 'completed', whole, completedAt, { result: { completion: true } })]),
  ];
}

const verbOf = (verb: keyof typeof VERBS) => {
  const [id, es, en] = VERBS[verb];
  return { id, display: { 'es-MX': es, 'en-US': en } };
};

function activity(
  { portal, city }: StatementsOf,
  type: keyof typeof TYPES,
  part: string,
  name: Readonly<Record<Language, string>>,
  more: object = {},
): Activity {
  const tab = type === 'course' ? 'courses' : 'learn';
  return {
    objectType: 'Activity',
    id: `${portal}/?city=${encodeURIComponent(city)}&tab=${tab}&${part}`,
    definition: { type: TYPES[type], name: inBoth(name), ...more },
  };
}

const inBoth = ({ es, en }: Readonly<Record<Language, string>>) => ({ 'es-MX': es, 'en-US': en });

type AnyExercise = Lesson['exercises'][number];
const textsOf = (exercise: AnyExercise) =>
  exercise.kind === 'choice' ? exercise.options : exercise.kind === 'order' ? exercise.items : null;

function optionsOf(exercise: AnyExercise, english: AnyExercise): object {
  const options = textsOf(exercise);
  if (!options) return {};
  const told = options.map(({ text }, index) => ({
    id: String(index),
    description: inBoth({ es: text, en: textsOf(english)?.[index]?.text ?? text }),
  }));
  return { choices: told };
}

/** The same name for the same thing whenever it is written out: a platform knows that it has it (RFC 9562, version 8). */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
