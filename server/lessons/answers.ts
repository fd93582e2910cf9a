// What learners answered, in the database: each answer once, whichever way and however often it was sent.

import { type RawBuilder, sql } from 'kysely';
import type { Viewer } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { TooMany } from '../errors.ts';
import type { LessonAnswer } from './contract.ts';
import type { Judged } from './mark.ts';

/** More answers to one exercise than anybody learns by. */
const MOST_ANSWERS = 200;

/** Whose answers are kept: of an account, or of whoever has the machine (0). Null: the page keeps them. */
export function learnerOf({ account, entry, role }: Viewer): number | null {
  if (account) return account.id;
  return entry || role === 'public' ? null : 0;
}

/**
 * Of a row of lesson_answer: whether it solves its exercise. A text is no solution once a tutor found it wrong; whether it is
 * one before anybody read it, `unread` says: yes for who learns on their own, no in a course.
 */
export const solves = (unread: boolean): RawBuilder<boolean> =>
  sql`coalesce(is_right, marked_right, ${unread}::boolean)`;

export type AnswerOf = { readonly learner: number; readonly lesson: string; readonly exercise: string };
export type Tried = { readonly tries: number; readonly isDone: boolean };

/** Stores an answer and says how many wrong ones there were with it. One that is there already is not stored again. */
export async function keepAnswer(
  { db }: Database,
  jurisdictionId: number,
  { learner, lesson, exercise }: AnswerOf,
  { id, givenAt, answer }: LessonAnswer,
  { right, because }: Judged,
  now: Date,
): Promise<Tried> {
  const moment = now.toISOString();
  await sql`
    insert into lesson_answer (jurisdiction_id, answer_id, account_id, lesson, exercise, given_at, received_at, answer,
      is_right, mistake, data_version)
    select ${jurisdictionId}::int, ${id}, ${learner}::int, ${lesson}, ${exercise},
      least(${givenAt}::timestamptz, ${moment}::timestamptz), ${moment}::timestamptz, ${JSON.stringify(answer)}::jsonb,
      ${right}::boolean, ${because}::text,
      (select data_version from data_state where jurisdiction_id = ${jurisdictionId})
    where (
      select count(*) from lesson_answer
      where jurisdiction_id = ${jurisdictionId} and account_id = ${learner} and lesson = ${lesson}
        and exercise = ${exercise}
    ) < ${MOST_ANSWERS}
    on conflict (jurisdiction_id, answer_id) do nothing returning answer_id`.execute(db);
  const { rows } = await sql<{ readonly tries: number; readonly done: boolean; readonly all: number }>`
    select count(*) filter (where is_right is false)::int as tries, coalesce(bool_or(${solves(true)}), false) as done,
      count(*)::int as all
    from lesson_answer
    where jurisdiction_id = ${jurisdictionId} and account_id = ${learner} and lesson = ${lesson}
      and exercise = ${exercise}`.execute(db);
  const { tries, done, all } = rows[0]!;
  if (all >= MOST_ANSWERS && !done) throw new TooMany('more answers than an exercise takes', 3600);
  return { tries, isDone: done };
}

/** The exercises a learner has done, as `LESSON/EXERCISE`. */
export async function doneBy({ db }: Database, jurisdictionId: number, learner: number): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ readonly lesson: string; readonly exercise: string }>`
    select lesson, exercise from lesson_answer
    where jurisdiction_id = ${jurisdictionId} and account_id = ${learner} and ${solves(true)}
    group by lesson, exercise`.execute(db);
  return new Set(rows.map(({ lesson, exercise }) => `${lesson}/${exercise}`));
}

/** Removes all that a learner answered, and says how many answers that were. */
export async function forgetAnswers({ db }: Database, jurisdictionId: number, learner: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from lesson_answer where jurisdiction_id = ${jurisdictionId} and account_id = ${learner}`.execute(db);
  return Number(numAffectedRows ?? 0);
}
