// The weekly meeting over HTTP: its figures, and what is agreed in it.

import { type Request, Router } from 'express';
import type { Jurisdiction } from '../access/contract.ts';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import { whoIs } from '../accounts/doors.ts';
import { filterRoute, type Stats } from '../counts/asking.ts';
import type { Database } from '../db/open.ts';
import { NotFound } from '../errors.ts';
import { languageOf, refuseParameters } from '../filter/parse.ts';
import { parseWith } from '../http/contract.ts';
import { json } from '../http/responses.ts';
import { type Acting, addAction, changeAction, listActions } from './actions.ts';
import { answerMeeting, filterOfMeeting } from './answer.ts';
import { actionChange, actionsQuery, meetingQuery, newAction } from './contract.ts';
import { createStreetsWithin } from './hot-streets.ts';

type Deps = { readonly database: Database; readonly now: () => Date };

const ACTION_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Mounted under /api/v1. */
export function meetingRoutes({ database, now }: Deps, stats: Stats): Router {
  const routes = Router();
  const deps = { ...stats, streetsWithin: createStreetsWithin(stats.database) };
  const answer = async (_stats: Stats, asking: Parameters<typeof answerMeeting>[1], request: Request) =>
    json(await answerMeeting(deps, asking, viewerOf(request), languageOf(request)));
  routes.get('/:jurisdiction/meeting', filterRoute(stats, 'meeting', meetingQuery, answer, filterOfMeeting));

  const acting = (request: Request, { timezone }: Jurisdiction): Acting => {
    const viewer = viewerOf(request);
    return { who: whoIs(viewer), now: now(), timezone, areas: viewer.scope.areas };
  };
  routes.get('/:jurisdiction/meeting/actions', async (request, response) => {
    const { week, scope } = parseWith(actionsQuery, request.query);
    const jurisdiction = await jurisdictionOf(database, request);
    const asked = { week, scope: scope ?? null };
    const found = await listActions(database, jurisdiction.id, acting(request, jurisdiction), asked);
    response.set('Cache-Control', 'private, no-store').json(found);
  });
  routes.post('/:jurisdiction/meeting/actions', async (request, response) => {
    refuseParameters(request);
    const body = parseWith(newAction, request.body);
    const jurisdiction = await jurisdictionOf(database, request);
    response.status(201).json(await addAction(database, jurisdiction.id, body, acting(request, jurisdiction)));
  });
  routes.patch('/:jurisdiction/meeting/actions/:id', async (request, response) => {
    refuseParameters(request);
    const change = parseWith(actionChange, request.body);
    const jurisdiction = await jurisdictionOf(database, request);
    const action = String(request.params.id);
    if (!ACTION_ID.test(action)) throw new NotFound('nothing such was agreed');
    response.json(await changeAction(database, jurisdiction.id, action, change, acting(request, jurisdiction)));
  });
  return routes;
}
