// What a group answered, for its tutors: where it fails, the texts that wait for them, and what they say of those.

import { sql } from 'kysely';
import type * as z from 'zod';
import type { Database } from '../db/open.ts';
import { Conflict, NotFound } from '../errors.ts';
import { solves } from '../lessons/answers.ts';
import type { LessonAnswer } from '../lessons/contract.ts';
import type { CourseAnswer, FirstTries, MarkedText, markBody } from './contract.ts';

const MOST_WAITING = 200;
const MOST_MARKED = 100;

export type MistakeFound = {
  readonly answer: LessonAnswer['answer'];
  readonly because: string | null;
  readonly learners: number;
};
type Hardness = {
  readonly lesson: string;
  readonly exercise: string;
  readonly tried: number;
  readonly right: number;
  readonly wrong: number;
  readonly mistakes: readonly MistakeFound[];
};

/**
 * Of each exercise somebody answered: how many did, how many have it right, and which wrong answers were given. Texts nobody
 * has read yet are no failures: of those only the marked ones count.
 */
export async function hardnessOf(
  { db }: Database,
  id: number,
  learners: readonly number[],
  lessons: readonly string[],
): Promise<Hardness[]> {
  const theirs = sql`jurisdiction_id = ${id} and account_id = any(${[...learners]}::int[])
    and lesson = any(${[...lessons]}::text[])`;
  const { rows: exercises } = await sql<Omit<Hardness, 'mistakes'>>`
    select lesson, exercise,
      (count(distinct account_id) filter (where is_right is not null or marked_right is not null))::int as tried,
      (count(distinct account_id) filter (where ${solves(false)}))::int as right,
      (count(*) filter (where is_right is false or marked_right is false))::int as wrong
    from lesson_answer where ${theirs} and (is_right is not null or marked_right is not null)
    group by lesson, exercise`.execute(db);
  const { rows: mistakes } = await sql<MistakeFound & { lesson: string; exercise: string }>`
    select lesson, exercise, answer, max(mistake) as because, (count(distinct account_id))::int as learners
    from lesson_answer where ${theirs} and is_right is false
    group by lesson, exercise, answer order by learners desc, answer`.execute(db);
  const key = (each: { lesson: string; exercise: string }) => `${each.lesson}/${each.exercise}`;
  const byExercise = Map.groupBy(mistakes, key);
  return exercises.map((each) => ({ ...each, mistakes: byExercise.get(key(each)) ?? [] }));
}

type TextFound = {
  readonly answer: string;
  readonly learner: number;
  readonly lesson: string;
  readonly exercise: string;
  readonly text: string;
  readonly givenAt: string;
};

type Row = Omit<TextFound, 'givenAt'> & { readonly given: Date };

/** The newest text of each learner and exercise, unless one was found right or it was looked at already; the oldest first. */
export async function waitingTexts(
  { db }: Database,
  id: number,
  learners: readonly number[],
  lessons: readonly string[],
): Promise<{ readonly texts: readonly TextFound[]; readonly inAll: number }> {
  const { rows } = await sql<Row & { marked: boolean | null; hasRight: boolean; all: number }>`
    select *, (count(*) over ())::int as "all" from (
      select distinct on (account_id, lesson, exercise) answer_id as answer, account_id as learner, lesson, exercise,
        answer #>> '{}' as text, given_at as given, marked_right as marked,
        bool_or(marked_right) over (partition by account_id, lesson, exercise) as "hasRight"
      from lesson_answer
      where jurisdiction_id = ${id} and account_id = any(${[...learners]}::int[])
        and lesson = any(${[...lessons]}::text[]) and is_right is null
      order by account_id, lesson, exercise, received_at desc, answer_id
    ) as newest
    where marked is null and "hasRight" is not true
    order by given, answer limit ${MOST_WAITING}`.execute(db);
  const texts = rows.map(({ given, marked: _, hasRight: __, all: ___, ...row }) => ({
    ...{ ...row, givenAt: given.toISOString() },
  }));
  return { texts, inAll: rows[0]?.all ?? 0 };
}

type Marked = TextFound & Pick<MarkedText, 'right' | 'comment' | 'markedBy' | 'markedAt'>;

/** The texts that were marked, the last ones first. */
export async function markedTexts(
  { db }: Database,
  id: number,
  learners: readonly number[],
  lessons: readonly string[],
): Promise<{ readonly texts: readonly Marked[]; readonly inAll: number }> {
  const { rows } = await sql<Row & { right: boolean; comment: string; markedBy: string; at: Date; all: number }>`
    select (count(*) over ())::int as "all", answer_id as answer, account_id as learner, lesson, exercise, answer #>> '{}' as text, given_at as given,
      marked_right as right, coalesce(mark_comment, '') as comment, coalesce(marked_by, '') as "markedBy", marked_at as at
    from lesson_answer
    where jurisdiction_id = ${id} and account_id = any(${[...learners]}::int[])
      and lesson = any(${[...lessons]}::text[]) and marked_right is not null
    order by marked_at desc, answer_id limit ${MOST_MARKED}`.execute(db);
  const texts = rows.map(({ given, at, all: _, ...row }) => ({
    ...{ ...row, givenAt: given.toISOString(), markedAt: at.toISOString() },
  }));
  return { texts, inAll: rows[0]?.all ?? 0 };
}

/**
 * Throws NotFound where it is no text of these learners and lessons, Conflict where somebody has marked it since `seen`. The
 * same verdict again keeps the moment of the first: when something was completed does not move with a comment.
 */
export async function markText(
  { db }: Database,
  id: number,
  learners: readonly number[],
  lessons: readonly string[],
  mark: z.output<typeof markBody>,
  who: string,
  now: Date,
): Promise<void> {
  const theirs = sql`jurisdiction_id = ${id} and answer_id = ${mark.answer} and account_id = any(${[...learners]}::int[])
    and lesson = any(${[...lessons]}::text[]) and is_right is null`;
  const { numAffectedRows } = await sql`
    update lesson_answer set marked_right = ${mark.right}::boolean, mark_comment = ${mark.comment}, marked_by = ${who},
      marked_at = case when marked_right = ${mark.right}::boolean then marked_at else ${now.toISOString()}::timestamptz end
    where ${theirs} and date_trunc('milliseconds', marked_at) is not distinct from ${mark.seen}::timestamptz`.execute(
    db,
  );
  if (numAffectedRows) return;
  const { rows } = await sql`select from lesson_answer where ${theirs}`.execute(db);
  throw rows.length > 0
    ? new Conflict('somebody marked this meanwhile: read it again')
    : new NotFound('no such answer');
}

/** Whether each of these learners had each exercise right the first time; texts have no first time. */
export async function firstTriesOf(
  { db }: Database,
  id: number,
  learners: readonly number[],
  lessons: readonly string[],
): Promise<readonly FirstTry[]> {
  const { rows } = await sql<FirstTry>`
    select account_id as learner, lesson, exercise,
      (array_agg(is_right order by given_at, received_at, answer_id))[1] as "isRight"
    from lesson_answer
    where jurisdiction_id = ${id} and account_id = any(${[...learners]}::int[])
      and lesson = any(${[...lessons]}::text[]) and is_right is not null
    group by account_id, lesson, exercise`.execute(db);
  return rows;
}
type FirstTry = {
  readonly learner: number;
  readonly lesson: string;
  readonly exercise: string;
  readonly isRight: boolean;
};

export const firstTriesIn = (tries: readonly FirstTry[]): FirstTries => ({
  right: tries.filter(({ isRight }) => isRight).length,
  of: tries.length,
});

/** What tutors said of the texts of one learner, the newest of each exercise. */
export async function marksOf(
  { db }: Database,
  id: number,
  learner: number,
  lessons: readonly string[],
): Promise<NonNullable<CourseAnswer['own']>['marks']> {
  const { rows } = await sql<NonNullable<CourseAnswer['own']>['marks'][number]>`
    select distinct on (lesson, exercise) lesson, exercise, marked_right as right, coalesce(mark_comment, '') as comment
    from lesson_answer
    where jurisdiction_id = ${id} and account_id = ${learner} and lesson = any(${[...lessons]}::text[])
      and marked_right is not null
    order by lesson, exercise, marked_at desc, answer_id`.execute(db);
  return rows;
}
