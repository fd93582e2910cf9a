// The register of problems as a briefing tells it: what is open, what is done, and what the kept evaluations said.

import type { Viewer } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { sentenceOf } from '../evaluation/sentence.ts';
import { countItems, listItems, listProblems } from '../problems/store.ts';
import { shownTo } from '../problems/visible.ts';
import type { FigureData, ProblemTold } from './contract.ts';

const MOST_TOLD = 40;

/** Those not closed, newest first; what follows them is what closed last. */
export async function problemsTold(
  database: Database,
  viewer: Viewer,
  id: number,
): Promise<Extract<FigureData, { kind: 'problems' }>> {
  // What is kept in a briefing is read by others than whoever had it answered.
  const anyReader: Viewer = { ...viewer, role: 'planner' };
  const problems = await listProblems(database, viewer, id);
  const counts = await countItems(database, id);
  const items = await listItems(database, id, null, ['measure', 'evaluation']);
  const told = [...problems]
    .sort((a, b) => Number(a.body.state === 'closed') - Number(b.body.state === 'closed'))
    .slice(0, MOST_TOLD);
  const rows = told.map(({ id: problem, body: { title, state, owner, placeName } }): ProblemTold => {
    const own = items.filter((item) => item.problem === problem).map((item) => shownTo(anyReader, item));
    const measures = own.flatMap((item) => {
      if (item.kind !== 'measure' || !item.body || !('type' in item.body)) return [];
      const { title: of, type, from, until } = item.body;
      const kept = own.flatMap(({ body }) => (body && 'measure' in body && body.measure === item.id ? [body] : []));
      const last = kept.at(-1)?.answer;
      const sentences = last ? { es: sentenceOf(last, 'es'), en: sentenceOf(last, 'en') } : null;
      return [{ title: of, type, from, until, sentences }];
    });
    const openAgreements = counts.get(problem)?.openAgreements ?? 0;
    return { id: problem, title, state, owner, placeName, openAgreements, measures };
  });
  return { kind: 'problems', all: problems.length, rows };
}
