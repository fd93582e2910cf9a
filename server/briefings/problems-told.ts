// The register of problems as a briefing tells it: what is open, what is done, and what the kept evaluations said.

import type { Viewer } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { sentenceOf } from '../evaluation/sentence.ts';
import { countItems, lastKept, listProblems, listTexts } from '../problems/store.ts';
import { seesKept } from '../problems/visible.ts';
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
  const texts = Map.groupBy(await listTexts(database, id, 'measure'), ({ problem }) => problem);
  const kept = (await lastKept(database, id)).filter((each) => seesKept(anyReader, each));
  const told = [...problems]
    .sort((a, b) => Number(a.body.state === 'closed') - Number(b.body.state === 'closed'))
    .slice(0, MOST_TOLD);
  const rows = told.map(({ id: problem, body: { title, state, owner, placeName } }): ProblemTold => {
    const measures = (texts.get(problem) ?? []).map(({ id: measure, body: { title: of, type, from, until } }) => {
      const last = kept.find((each) => each.problem === problem && each.measure === measure)?.answer;
      return {
        title: of,
        type,
        from,
        until,
        sentences: last ? { es: sentenceOf(last, 'es'), en: sentenceOf(last, 'en') } : null,
      };
    });
    const openAgreements = counts.get(problem)?.openAgreements ?? 0;
    return { id: problem, title, state, owner, placeName, openAgreements, measures };
  });
  return { kind: 'problems', all: problems.length, rows };
}
