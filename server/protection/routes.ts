// What a city publishes of its data, over HTTP: what the public view is made of, and the very file it stands on.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { type Jurisdiction, PUBLIC } from '../access/contract.ts';
import { findJurisdiction } from '../access/jurisdictions.ts';
import { jurisdictionOf } from '../access/viewer.ts';
import { askAgain, refuseOutdated } from '../cube/again.ts';
import type { Database } from '../db/open.ts';
import { refuseParameters } from '../filter/parse.ts';
import { throttle } from '../http/throttle.ts';
import type { CatchmentsAnswer, ProtectionAnswer } from './contract.ts';
import { publicLayersOf } from './public-layers.ts';
import { readAbout, readEdition } from './read-edition.ts';
import { publishedTexts } from './write-file.ts';

type Deps = { readonly database: Database };
const FILES_PER_MINUTE = 10;
const TYPES = { csv: 'text/csv; charset=utf-8', geojson: 'application/geo+json; charset=utf-8' } as const;

/** Mounted under /api/v1. Everybody who may know of the jurisdiction is answered as the public are. */
export function protectionRoutes({ database }: Deps): Router {
  const routes = Router();
  const throttled = throttle(FILES_PER_MINUTE);
  /** One at a time: the rows of a large city take memory. */
  let reading: Promise<unknown> = Promise.resolve();
  const viewOf = async (request: Request): Promise<Jurisdiction> => {
    refuseParameters(request);
    const { code } = await jurisdictionOf(database, request);
    return findJurisdiction(database, PUBLIC, code);
  };
  const send = async (request: Request, response: Response, ending: keyof typeof TYPES): Promise<void> => {
    const view = await viewOf(request);
    const read = reading.then(() => askAgain(() => readEdition(database, view)));
    reading = read.catch(() => {});
    const edition = await read;
    const { rows, layers } = await publishedTexts(database, view, view.id, edition);
    response
      .set({ 'Cache-Control': 'private, no-cache', 'Cuadra-Data-Version': String(edition.state.dataVersion) })
      .attachment(ending === 'csv' ? `${view.code}-protected.csv` : `${view.code}-protected-layers.geojson`)
      .type(TYPES[ending]);
    await pipeline(Readable.from(ending === 'csv' ? rows() : layers()), response);
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
