// A learner who solved every exercise of the first module, the last one on the fourth of March 2026.

import { sql } from 'kysely';
import type { Database } from '../../server/db/open.ts';
import { lessonCatalogue } from '../../server/lessons/catalogue.ts';

export async function solveFirstModule({ db }: Database, city: string, learner: number): Promise<void> {
  const { modules, lessons } = lessonCatalogue();
  const { rows } = await sql<{
    id: number;
  }>`select jurisdiction_id as id from jurisdiction where code = ${city}`.execute(db);
  const exercises = lessons.es
    .filter(({ front }) => front.module === modules[0]!.code && front.city === 'any')
    .flatMap(({ code, exercises: all }) => all.map(({ id }) => ({ lesson: code, id })));
  for (const each of exercises)
    await sql`insert into lesson_answer (jurisdiction_id, answer_id, account_id, lesson, exercise, given_at, received_at,
        answer, is_right, data_version)
      values (${rows[0]!.id}, ${crypto.randomUUID()}, ${learner}, ${each.lesson}, ${each.id}, '2026-03-04T12:00:00Z',
        '2026-03-04T12:00:00Z', '1', true, 1)`.execute(db);
}
