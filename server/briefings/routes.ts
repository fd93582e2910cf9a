// Briefings over HTTP: written by several people, with figures that stay as they were answered until somebody renews them.

import { type Request, type Response, Router } from 'express';
import { mayDo } from '../access/rights.ts';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import type { AnalysisDeps } from '../analysis/values.ts';
import { askAgain } from '../cube/again.ts';
import { BadInput, NotAllowed, NotFound } from '../errors.ts';
import { languageOf, refuseParameters } from '../filter/parse.ts';
import { findLayer } from '../filter/places.ts';
import { parseWith } from '../http/contract.ts';
import { json } from '../http/responses.ts';
import { throttle } from '../http/throttle.ts';
import { reasonIn } from '../i18n/reasons.ts';
import {
  type BriefingAnswer,
  type BriefingConflict,
  type BriefingFigure,
  type BriefingNow,
  type BriefingsAnswer,
  briefingPatch,
  newBriefing,
  partsInOrder,
  renewBody,
  restoreBody,
  shapesQuery,
} from './contract.ts';
import { type AnsweredFigure, type Answering, type AskedFigure, answerFigure, askedByPart } from './figures.ts';
import { outlinesForPaper } from './shapes.ts';
import {
  addBriefing,
  changeBriefing,
  findBriefing,
  keepFigures,
  keptFigures,
  keyOfAsked,
  listBriefings,
  listStates,
  type NewFigure,
  refuseOfOtherAreas,
  restoreBriefing,
  type StoredBriefing,
} from './store.ts';

type Deps = { readonly analyses: AnalysisDeps; readonly now: () => Date };

/** Each asks as many questions as a briefing has parts. */
const ANSWERED_PER_MINUTE = 60;

/** Mounted under /api/v1. */
export function briefingRoutes({ analyses: stats, now }: Deps): Router {
  const { database, cubes } = stats;
  const routes = Router();
  const seldom = throttle(ANSWERED_PER_MINUTE);
  const opened = async (request: Request) => {
    const jurisdiction = await jurisdictionOf(database, request);
    return { jurisdiction, id: jurisdiction.id, viewer: viewerOf(request), language: languageOf(request) };
  };
  const answer = (response: Response, value: unknown, status = 200) =>
    void response.set('Cache-Control', 'private, no-store').status(status).json(value);

  type Asked = ReadonlyMap<string, { readonly key: string; readonly asked: AskedFigure }>;
  const askedIn = ({ body, isTemplate }: StoredBriefing): Asked =>
    new Map(
      partsInOrder(body.blocks).flatMap(([name, block]) => {
        const asked = isTemplate ? null : askedByPart(block, body.period);
        return asked ? [[name, { asked, key: keyOfAsked(asked) }] as const] : [];
      }),
    );

  /** Answers of one data version; a part that cannot be answered is told with the reason. */
  const answered = async (request: Request, asked: Asked) =>
    askAgain(async () => {
      const { jurisdiction, viewer, language } = await opened(request);
      const answering: Answering = { stats, jurisdiction, viewer, snapshot: await cubes.snapshot(jurisdiction) };
      const made = new Map<string, AnsweredFigure>();
      const refused: Record<string, string> = {};
      const byKey = new Map<string, Promise<AnsweredFigure>>();
      for (const [name, { key, asked: question }] of asked) {
        const known = byKey.get(key) ?? answerFigure(question, answering);
        byKey.set(key, known);
        try {
          made.set(name, await known);
        } catch (error) {
          if (!(error instanceof BadInput || error instanceof NotAllowed || error instanceof NotFound)) throw error;
          refused[name] = reasonIn(language, error.message);
        }
      }
      return { made, refused, dataVersion: answering.snapshot.dataVersion };
    });

  /** With the figures kept; those missing are answered and kept where `mayKeep`. */
  const whole = async (request: Request, briefing: StoredBriefing, mayKeep: boolean): Promise<BriefingAnswer> => {
    const { id, jurisdiction, viewer } = await opened(request);
    const asked = askedIn(briefing);
    const keys = [...asked.values()].map(({ key }) => key);
    let kept = await keptFigures(database, id, briefing.id, keys);
    const missing = new Map([...asked].filter(([, { key }]) => !kept.has(key)));
    let refused: Readonly<Record<string, string>> = {};
    if (missing.size > 0 && mayKeep) {
      const fresh = await answered(request, missing);
      refused = fresh.refused;
      await keepFigures(database, viewer, id, briefing.id, newFigures(missing, fresh), now());
      kept = await keptFigures(database, id, briefing.id, keys);
    }
    const figures: Record<string, BriefingFigure | null> = {};
    for (const [name, { key }] of asked) {
      const found = kept.get(key);
      if (!found) continue;
      const { needs, ...figure } = found;
      figures[name] = needs.every((right) => mayDo(viewer, right)) ? figure : null;
    }
    const { dataVersion } = await cubes.snapshot(jurisdiction);
    return { ...briefing, figures, refused, dataVersion };
  };
  const newFigures = (asked: Asked, { made, dataVersion }: Awaited<ReturnType<typeof answered>>): NewFigure[] =>
    [...made].map(([name, figure]) => ({ key: asked.get(name)!.key, dataVersion, ...figure }));

  const found = async (request: Request) => {
    const { id, viewer } = await opened(request);
    return findBriefing(database, viewer, id, briefingAsked(request));
  };
  const changed = async (request: Request, response: Response, conflict: BriefingConflict | null) => {
    if (conflict) return answer(response, conflict, 409);
    answer(response, await whole(request, await found(request), true));
  };

  routes.get('/:jurisdiction/briefings', async (request, response) => {
    refuseParameters(request);
    const { id, viewer } = await opened(request);
    answer(response, (await listBriefings(database, viewer, id)) satisfies BriefingsAnswer);
  });
  routes.post('/:jurisdiction/briefings', seldom, async (request, response) => {
    refuseParameters(request);
    const { isTemplate, ...body } = parseWith(newBriefing, request.body);
    const { id, viewer } = await opened(request);
    if (isTemplate && viewer.entry?.kind === 'key') throw new NotAllowed('templates are of persons');
    const made = await addBriefing(database, viewer, id, body, isTemplate);
    answer(response, await whole(request, made, true), 201);
  });
  routes.get('/:jurisdiction/briefings/:briefing', async (request, response) => {
    refuseParameters(request);
    answer(response, await whole(request, await found(request), false));
  });
  routes.patch('/:jurisdiction/briefings/:briefing', seldom, async (request, response) => {
    refuseParameters(request);
    const patch = parseWith(briefingPatch, request.body);
    const { id, viewer } = await opened(request);
    await changed(request, response, await changeBriefing(database, viewer, id, briefingAsked(request), patch));
  });
  routes.get('/:jurisdiction/briefings/:briefing/history', async (request, response) => {
    refuseParameters(request);
    const { id } = await opened(request);
    answer(response, { changes: await listStates(database, id, (await found(request)).id) });
  });
  routes.post('/:jurisdiction/briefings/:briefing/restore', seldom, async (request, response) => {
    refuseParameters(request);
    const versions = parseWith(restoreBody, request.body);
    const { id, viewer } = await opened(request);
    await changed(request, response, await restoreBriefing(database, viewer, id, briefingAsked(request), versions));
  });
  routes.post('/:jurisdiction/briefings/:briefing/renew', seldom, async (request, response) => {
    refuseParameters(request);
    const { blocks } = parseWith(renewBody, request.body);
    const { id, viewer } = await opened(request);
    const briefing = await found(request);
    refuseOfOtherAreas(viewer, briefing);
    const asked = new Map([...askedIn(briefing)].filter(([name]) => blocks === undefined || blocks.includes(name)));
    const fresh = await answered(request, asked);
    await keepFigures(database, viewer, id, briefing.id, newFigures(asked, fresh), now());
    const told = await whole(request, briefing, false);
    answer(response, { ...told, refused: fresh.refused } satisfies BriefingAnswer);
  });
  routes.get('/:jurisdiction/briefings/:briefing/now', seldom, async (request, response) => {
    refuseParameters(request);
    const briefing = await found(request);
    // What one would be told oneself is not what these figures would be.
    refuseOfOtherAreas(viewerOf(request), briefing);
    const { made, refused, dataVersion } = await answered(request, askedIn(briefing));
    const figures = Object.fromEntries([...made].map(([name, { data }]) => [name, data]));
    answer(response, { dataVersion, figures, refused } satisfies BriefingNow);
  });
  routes.get('/:jurisdiction/briefing-shapes', async (request, response) => {
    const { layer } = parseWith(shapesQuery, request.query);
    await askAgain(async () => {
      const { id, jurisdiction } = await opened(request);
      const snapshot = await cubes.snapshot(jurisdiction);
      const asked = await findLayer(database, snapshot, layer);
      if (asked.type !== 'areas') throw new BadInput('layer', 'not areas');
      await stats.respond(request, response, snapshot, ['briefing-shapes', layer], async () =>
        json(await outlinesForPaper(database, id, asked)),
      );
    });
  });
  return routes;
}

function briefingAsked(request: Request): number {
  const text = String(request.params.briefing);
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new NotFound('no such briefing');
  return Number(text);
}
