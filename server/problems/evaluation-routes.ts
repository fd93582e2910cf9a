// Whether a measure helped, over HTTP: asked anew of the data there are, kept as it was answered, and what differs since.

import { type Request, Router } from 'express';
import { LRUCache } from 'lru-cache';
import { rightsKey } from '../access/contract.ts';
import { mayDo } from '../access/rights.ts';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import type { AnalysisDeps } from '../analysis/values.ts';
import { askAgain } from '../cube/again.ts';
import { nameOfAnswer } from '../db/program.ts';
import { NotFound } from '../errors.ts';
import { answerEvaluation, type Evaluated, openEvaluation } from '../evaluation/answer.ts';
import type { EvaluationAnswer } from '../evaluation/contract.ts';
import { sentenceOf } from '../evaluation/sentence.ts';
import { parseFilter } from '../filter/contract.ts';
import { languageOf, refuseParameters } from '../filter/parse.ts';
import { parseWith } from '../http/contract.ts';
import { throttle } from '../http/throttle.ts';
import type { Language } from '../i18n/contract.ts';
import {
  evaluationQuery,
  type ItemRow,
  type KeptEvaluation,
  keepBody,
  type ProblemEvaluation,
  type SinceKept,
} from './contract.ts';
import { problemAsked } from './routes.ts';
import { addItem, findProblem, listItems, sameContent } from './store.ts';
import { shownTo } from './visible.ts';

const KNOWN = 100;
/** Each counts months of all places and compares them with hundreds. */
const PER_MINUTE = 60;

/** Mounted under /api/v1. */
export function evaluationRoutes(analyses: AnalysisDeps): Router {
  const { database, cubes } = analyses;
  const deps = openEvaluation(analyses, analyses.shapes.neighbours);
  const routes = Router();
  const seldom = throttle(PER_MINUTE);
  const known = new LRUCache<string, EvaluationAnswer>({ max: KNOWN });
  const answered = async (asked: Evaluated): Promise<EvaluationAnswer> => {
    const { viewer, jurisdiction, snapshot, ...question } = asked;
    const key = nameOfAnswer([rightsKey(viewer), jurisdiction.id, snapshot.token, question]);
    const answer = known.get(key) ?? (await answerEvaluation(deps, asked));
    known.set(key, answer);
    return answer;
  };

  const evaluated = async (request: Request, wanted: number | undefined) => {
    const viewer = viewerOf(request);
    const jurisdiction = await jurisdictionOf(database, request);
    const problem = await findProblem(database, viewer, jurisdiction.id, problemAsked(request));
    const all = await listItems(database, jurisdiction.id, null, ['measure']);
    const own = all.filter((each) => each.problem === problem.id);
    const measure = own.find(({ id }) => wanted === undefined || id === wanted);
    if (!measure?.body) throw new NotFound('no such measure');
    const { ground, from, until, selection, controls, ringM, harm } = measure.body;
    const others = all.flatMap(({ problem: of, id, body }) =>
      body && !(of === problem.id && id === measure.id) ? [body] : [],
    );
    const answer = await askAgain(async () =>
      answered({
        ...{ viewer, jurisdiction, snapshot: await cubes.snapshot(jurisdiction), language: languageOf(request) },
        filter: parseFilter(problem.body.filter),
        measure: { ground, from, until, selection, controls, ringM, harm },
        others,
      }),
    );
    return { answer, viewer, jurisdiction, problem, measure };
  };

  routes.get('/:jurisdiction/problems/:problem/evaluation', seldom, async (request, response) => {
    const { measure: wanted } = parseWith(evaluationQuery, request.query);
    const { answer, viewer, jurisdiction, problem, measure } = await evaluated(request, wanted);
    const kept = (await listItems(database, jurisdiction.id, problem.id, ['evaluation']))
      .map((item) => shownTo(viewer, item))
      .filter(({ body }) => body?.measure === measure.id);
    const told: ProblemEvaluation = {
      ...answer,
      measure: measure.id,
      kept: kept.map((item) => sinceKept(item, answer, languageOf(request))),
    };
    response.set('Cache-Control', 'private, no-store').json(told);
  });
  routes.post('/:jurisdiction/problems/:problem/evaluations', seldom, async (request, response) => {
    refuseParameters(request);
    const { measure: wanted } = parseWith(keepBody, request.body);
    const { answer, viewer, jurisdiction, problem, measure } = await evaluated(request, wanted);
    const isStreets = (await cubes.snapshot(jurisdiction)).layers.some(
      ({ code, type }) => code === answer.layer && type === 'streets',
    );
    const isSensitive = isStreets && mayDo(viewer, 'see-sensitive-places');
    const frozen = { ...answer, design: { ...answer.design, alike: [] } };
    const body: KeptEvaluation = { measure: measure.id, answer: frozen, isSensitive };
    const kept = await addItem(database, viewer, jurisdiction.id, problem.id, 'evaluation', body);
    response.set('Cache-Control', 'private, no-store').status(201).json(kept);
  });
  return routes;
}

function sinceKept(
  { id, body, createdAt, createdBy }: ItemRow<'evaluation'>,
  now: EvaluationAnswer,
  language: Language,
): SinceKept {
  const then = body!.answer;
  const counts = (['treated', 'control', 'displacement'] as const).flatMap((what) => {
    const [was, is] = [then.counts?.[what] ?? [], now.counts?.[what] ?? []];
    return was.join() === is.join() ? [] : [{ what, was, is }];
  });
  const placesOf = ({ design, layerChanges }: EvaluationAnswer) =>
    [...design.treated.map(({ code }) => code), ...(layerChanges?.gone ?? [])].sort();
  const controlsOf = ({ design }: EvaluationAnswer) => design.controls.map(({ code }) => code).join();
  const weightsOf = ({ harm }: EvaluationAnswer) =>
    harm?.source ? { source: harm.source, weights: harm.weights } : null;
  return {
    ...{ item: id, keptAt: createdAt, keptBy: createdBy, dataVersion: then.dataVersion },
    ...{ verdict: then.verdict, sentence: sentenceOf(then, language), counts },
    periodsMoved: !sameContent(then.periods, now.periods),
    layerVersion: then.layerVersion === now.layerVersion ? null : { was: then.layerVersion, is: now.layerVersion },
    filterChanged: !sameContent(then.parameters.query, now.parameters.query),
    // Without a comparison it is not told which places it would have been of.
    placeChanged:
      then.layer !== now.layer ||
      (then.design.treated.length > 0 && now.design.treated.length > 0 && !sameContent(placesOf(then), placesOf(now))),
    designChanged:
      controlsOf(then) !== controlsOf(now) ||
      then.design.ringM !== now.design.ringM ||
      !sameContent(weightsOf(then), weightsOf(now)),
  };
}
