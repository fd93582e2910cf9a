// Who has completed what: a module of lessons once each of its exercises is solved, where the portal keeps the answers.

import { sql } from 'kysely';
import type { Jurisdiction, Viewer } from '../access/contract.ts';
import { mayDo } from '../access/rights.ts';
import type { Database } from '../db/open.ts';
import { lessonCatalogue } from '../lessons/catalogue.ts';
import { isHere } from '../lessons/routes.ts';
import type { Completed } from './contract.ts';

type Solved = { readonly learner: number; readonly exercise: string; readonly at: Date };

/** Whether the viewer may issue certificates of a course and revoke them. */
export const mayCertify = (viewer: Viewer, _course: string): boolean => mayDo(viewer, 'certify');

/** Of one learner, or of everybody (null). */
export async function completedBy(
  database: Database,
  jurisdiction: Jurisdiction,
  learner: number | null,
): Promise<Completed[]> {
  const { rows } = await sql<Solved>`
    select account_id as learner, lesson || '/' || exercise as exercise, min(received_at) as at
    from lesson_answer
    where jurisdiction_id = ${jurisdiction.id} and is_right is not false
      and (${learner}::int is null or account_id = ${learner}::int)
    group by account_id, lesson, exercise`.execute(database.db);
  return modulesDone(jurisdiction, rows);
}

/** Completed when the last of its exercises was. */
export function modulesDone(jurisdiction: Jurisdiction, solved: readonly Solved[]): Completed[] {
  const { modules, lessons } = lessonCatalogue();
  const here = lessons.es.filter(isHere(jurisdiction));
  const byLearner = Map.groupBy(solved, ({ learner }) => learner);
  return modules.flatMap(({ code, title }) => {
    const own = here.filter(({ front }) => front.module === code);
    const wanted = own.flatMap((lesson) => lesson.exercises.map(({ id }) => `${lesson.code}/${id}`));
    const minutes = own.reduce((sum, { front }) => sum + front.minutes, 0);
    if (wanted.length === 0) return [];
    return [...byLearner].flatMap(([learner, answers]) => {
      const when = new Map(answers.map(({ exercise, at }) => [exercise, at.getTime()]));
      if (!wanted.every((exercise) => when.has(exercise))) return [];
      const last = Math.max(...wanted.map((exercise) => when.get(exercise)!));
      const course = `lessons:${code}`;
      // Half hours: what a lesson is said to take is no more exact.
      const hours = Math.max(0.5, Math.round(minutes / 30) / 2);
      return [{ course, title, hours, learner, completedAt: new Date(last).toISOString() }];
    });
  });
}
