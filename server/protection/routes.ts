// What a city publishes of its data, over HTTP: what the public view is made of, and the very file it stands on.

import { pipeline } from 'node:stream/promises';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { type Jurisdiction, PUBLIC } from '../access/contract.ts';
import { findJurisdiction } from '../access/jurisdictions.ts';
import { jurisdictionOf } from '../access/viewer.ts';
import { askAgain, refuseOutdated } from '../cube/again.ts';
import type { Database } from '../db/open.ts';
import { nameOfAnswer } from '../db/program.ts';
import type { DataState } from '../filter/catalogue.ts';
import { refuseParameters } from '../filter/parse.ts';
import { throttle } from '../http/throttle.ts';
import type { CatchmentsAnswer, ProtectionAnswer } from './contract.ts';
import { publicLayersOf } from './public-layers.ts';
import { createPublishedFiles } from './published-files.ts';
import { readAbout } from './read-edition.ts';

type Deps = { readonly database: Database };
const FILES_PER_MINUTE = 10;
const TYPES = { csv: 'text/csv; charset=utf-8', geojson: 'application/geo+json; charset=utf-8' } as const;

/** Mounted under /api/v1. Everybody who may know of the jurisdiction is answered as the public are. */
export function protectionRoutes({ database }: Deps): Router {
  const routes = Router();
  const throttled = throttle(FILES_PER_MINUTE);
  const files = createPublishedFiles(database);
  const viewOf = async (request: Request): Promise<Jurisdiction> => {
    refuseParameters(request);
    const { code } = await jurisdictionOf(database, request);
    return findJurisdiction(database, PUBLIC, code);
  };
  const send = async (request: Request, response: Response, ending: keyof typeof TYPES): Promise<void> => {
    const view = await viewOf(request);
    const { state: now } = await readAbout(database, view);
    const etagOf = ({ token }: DataState) => `W/"${nameOfAnswer([view.id, token, ending])}"`;
    response.set('Cache-Control', 'private, no-cache');
    if (request.get('if-none-match')?.includes(etagOf(now))) {
      response.set('ETag', etagOf(now)).status(304).end();
      return;
    }
    const { file, state } = await files.open(view, now, ending === 'csv' ? 'rows' : 'layers');
    response
      .set({ ETag: etagOf(state), 'Cuadra-Data-Version': String(state.dataVersion) })
      .attachment(ending === 'csv' ? `${view.code}-protected.csv` : `${view.code}-protected-layers.geojson`)
      .type(TYPES[ending]);
    await pipeline(file.createReadStream(), response);
  };

  routes.get('/:jurisdiction/protection', async (request: Request, response) => {
    const view = await viewOf(request);
    const { about, state, publishedAt } = await readAbout(database, view);
    const at = `/api/v1/${view.code}/protected`;
    const answer: ProtectionAnswer = {
      ...{ dataVersion: state.dataVersion, publishedAt, ...about },
      ...{ rows: `${at}.csv`, layers: `${at}-layers.geojson` },
    };
    response.set('Cache-Control', 'private, no-cache').json(answer);
  });
  routes.get('/:jurisdiction/catchments', async (request: Request, response) => {
    const view = await viewOf(request);
    const answer = await askAgain(async (): Promise<CatchmentsAnswer> => {
      const { catchments, state } = await readAbout(database, view);
      const streets = (await publicLayersOf(database, view.id)).find(({ type }) => type === 'streets');
      await refuseOutdated(database, view.id, state);
      return { layer: streets?.code ?? null, version: streets?.version ?? null, middles: streets ? catchments : [] };
    });
    response.set('Cache-Control', 'private, no-cache').json(answer);
  });
  /** Of one that may not be known of nothing is counted either. */
  const known: RequestHandler = async (request, _response, next) => {
    await viewOf(request);
    next();
  };
  routes.get('/:jurisdiction/protected.csv', known, throttled, (request: Request, response: Response) =>
    send(request, response, 'csv'),
  );
  routes.get('/:jurisdiction/protected-layers.geojson', known, throttled, (request: Request, response: Response) =>
    send(request, response, 'geojson'),
  );
  return routes;
}
