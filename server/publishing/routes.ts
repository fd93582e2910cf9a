// Map files over HTTP: send, preview, correct, publish; nothing is visible to others until it is published.

import { type Request, type Response, Router } from 'express';
import * as z from 'zod';
import { jurisdictionOf } from '../access/viewer.ts';
import type { Database } from '../db/open.ts';
import { BadInput, statusOf, TooLarge } from '../errors.ts';
import type { Upload, Uploads } from '../files/uploads.ts';
import { placeLayer } from '../geocoding/placement.ts';
import { parseWith } from '../http/contract.ts';
import { clientOf, throttle } from '../http/throttle.ts';
import { languageAsked, reasonIn } from '../i18n/reasons.ts';
import type { Jobs } from '../jobs/queue.ts';
import { publication, type UploadType, uploadChoices } from '../layers/contract.ts';
import type { Check } from '../mapfiles/contract.ts';
import { searchCrs } from '../mapfiles/crs.ts';
import { checksToCsv, checksToGeojson } from '../mapfiles/findings.ts';
import { lastPreview, mainFile, type PublishPayload, previewUpload, publishRunner } from './publish.ts';
import { keepReader } from './reader-process.ts';

type Deps = { readonly database: Database; readonly jobs: Jobs; readonly uploads: Uploads };

const UPLOADS_PER_MINUTE = 60;
const reportQuery = z.object({ format: z.enum(['csv', 'geojson', 'json']).default('json') });
const crsQuery = z.object({ q: z.string().max(100).default('') });

/** Mounted under /api/v1. */
export function boundaryRoutes({ database, jobs, uploads }: Deps): Router {
  const routes = Router();
  const deps = { database, placeLayer };
  jobs.handle('publish', publishRunner({ ...deps, database: database.background }, uploads));
  const throttled = throttle(UPLOADS_PER_MINUTE);
  const asked = async (request: Request) => {
    const jurisdiction = await jurisdictionOf(database, request);
    return { jurisdiction, upload: await uploads.find(jurisdiction.code, String(request.params.id)) };
  };

  routes.get('/crs', async (request, response) => {
    const { q } = parseWith(crsQuery, request.query);
    response.set('Cache-Control', 'private, no-cache').json(await searchCrs(database, q));
  });
  routes.post('/:jurisdiction/uploads', throttled, async (request: Request, response) => {
    const jurisdiction = await jurisdictionOf(database, request);
    keepReader(database);
    const { id, files } = await uploads.receive(request, jurisdiction.code, clientOf(request));
    const named = files.map(({ name, bytes }) => ({ name, bytes }));
    response.status(201).json({ upload: id, files: named });
  });
  routes.delete('/:jurisdiction/uploads/:id', async (request: Request, response) => {
    const { jurisdiction, upload } = await asked(request);
    await uploads.remove(jurisdiction.code, upload.id);
    response.status(204).end();
  });
  routes.post('/:jurisdiction/uploads/:id/preview', async (request: Request, response) => {
    const choices = parseWith(uploadChoices, request.body);
    const { jurisdiction, upload } = await asked(request);
    try {
      const preview = await previewUpload(deps, jurisdiction, upload, choices);
      const { problem } = preview;
      const told = problem && { ...problem, detail: reasonIn(languageAsked(request), problem.detail) };
      response.json({ ...preview, problem: told });
    } catch (error) {
      // No other choice makes an unreadable file readable, so it is not kept; but a table may be one of residents.
      const unreadable = error instanceof BadInput && error.parameter === 'file';
      if (error instanceof TooLarge || (unreadable && !mayBeTable(upload, choices.type)))
        await uploads.remove(jurisdiction.code, upload.id);
      // Removed while it was read.
      if (statusOf(error).status === 500) await uploads.find(jurisdiction.code, upload.id);
      throw error;
    }
  });
  routes.get('/:jurisdiction/uploads/:id/report', async (request: Request, response) => {
    const { format } = parseWith(reportQuery, request.query);
    const { upload } = await asked(request);
    sendReport(response, (await lastPreview(upload)).checks, format, 'report');
  });
  routes.post('/:jurisdiction/uploads/:id/publish', async (request: Request, response) => {
    const wish = parseWith(publication, request.body);
    const { jurisdiction, upload } = await asked(request);
    const { choices, blocked } = await lastPreview(upload);
    if (blocked) throw new BadInput('file', 'the preview shows problems that must be settled first');
    if (choices.type === 'streets' && wish.layer !== 'streets')
      throw new BadInput('layer', 'the layer of lines is streets');
    if (choices.type !== 'streets' && wish.layer === 'streets')
      throw new BadInput('layer', 'streets is the layer of lines');
    mainFile(upload);
    const payload: PublishPayload = { upload: upload.id, choices, ...wish };
    response.status(202).json(await jobs.start(jurisdiction, 'publish', payload, upload.id));
  });
  return routes;
}

const mayBeTable = (upload: Upload, type: UploadType) =>
  type !== 'population' && upload.files.some(({ name, bytes }) => bytes > 0 && /\.(csv|tsv|txt|xlsx)$/i.test(name));

/** As a file to keep, in the format asked for. */
export function sendReport(response: Response, checks: readonly Check[], format: string, name: string): void {
  response.set('Cache-Control', 'private, no-store');
  if (format === 'json') return void response.json(checks);
  response.attachment(`${name}.${format}`);
  if (format === 'csv') response.type('text/csv; charset=utf-8').send(checksToCsv(checks));
  else response.type('application/geo+json').send(JSON.stringify(checksToGeojson(checks)));
}
