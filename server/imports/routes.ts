// Files of incidents over HTTP, in the order of the page: send one, see what it seems to be, say how it is read, see what
// importing it would do, import it, fetch what was rejected.

import { existsSync } from 'node:fs';
import { type Request, type Response, Router } from 'express';
import type { Jurisdiction } from '../access/contract.ts';
import { jurisdictionOf, tellRows } from '../access/viewer.ts';
import type { Database } from '../db/open.ts';
import { NotFound } from '../errors.ts';
import type { Upload, Uploads } from '../files/uploads.ts';
import { parseWith } from '../http/contract.ts';
import { clientOf, throttle } from '../http/throttle.ts';
import type { Jobs } from '../jobs/queue.ts';
import { FIELDS, presetCodes, presetOf } from '../reading/presets.ts';
import { commitBody, type ImportMapping, importMapping, type PresetsAnswer, type WaitingImport } from './contract.ts';
import { detectInWorker } from './detect-in-worker.ts';
import { handleImportJobs } from './import-jobs.ts';
import { importersOf } from './importers.ts';
import { incidentsFile, readMapping, refuseUnchecked, rejectsPath, writeMapping } from './pending-upload.ts';
import { recogniseUpload } from './recognise.ts';
import { listSavedPresets, removeSavedPreset, savePreset } from './saved-presets.ts';

type Deps = { readonly database: Database; readonly jobs: Jobs; readonly uploads: Uploads };

const UPLOADS_PER_MINUTE = 60;

/** Mounted under /api/v1. */
export function importRoutes(deps: Deps): Router {
  const routes = Router();
  handleImportJobs(deps);
  /** A handler that is given what the server has. */
  const withDeps = (handler: Handler) => (request: Request, response: Response) => handler(deps, request, response);
  routes.post('/:jurisdiction/imports', throttle(UPLOADS_PER_MINUTE), withDeps(receiveUpload));
  routes
    .route('/:jurisdiction/imports/:id')
    .get(withDeps(answerWaiting))
    .put(withDeps(changeMapping))
    .delete(withDeps(removeUpload));
  routes.post('/:jurisdiction/imports/:id/check', withDeps(startCheck));
  routes.post('/:jurisdiction/imports/:id/commit', withDeps(startImport));
  routes.get('/:jurisdiction/imports/:id/rejects.csv', withDeps(sendRejects));
  routes.get('/:jurisdiction/presets', withDeps(listPresets));
  routes.route('/:jurisdiction/presets/:name').put(withDeps(keepPreset)).delete(withDeps(removePreset));
  return routes;
}

type Handler = (deps: Deps, request: Request, response: Response) => Promise<void>;
const NOT_KEPT = 'private, no-store';

async function receiveUpload({ database, uploads }: Deps, request: Request, response: Response): Promise<void> {
  const jurisdiction = await jurisdictionOf(database, request);
  const upload = await uploads.receive(request, jurisdiction.code, clientOf(request));
  try {
    const { seen, mapping, savedPreset } = await recogniseUpload(database, jurisdiction, upload);
    await writeMapping(upload, mapping);
    const { name, bytes } = incidentsFile(upload);
    const answer =
      savedPreset === null
        ? ({ id: upload.id, name, bytes, mapping, detection: seen, savedPreset } satisfies WaitingImport)
        : await detectAgain(upload, jurisdiction, mapping, savedPreset);
    response.status(201).json(answer);
  } catch (error) {
    await uploads.remove(jurisdiction.code, upload.id);
    throw error;
  }
}

async function answerWaiting(deps: Deps, request: Request, response: Response): Promise<void> {
  const { jurisdiction, upload } = await askedUpload(deps, request);
  const mapping = await readMapping(upload);
  response.set('Cache-Control', NOT_KEPT).json(await detectAgain(upload, jurisdiction, mapping, null));
}

async function changeMapping(deps: Deps, request: Request, response: Response): Promise<void> {
  const mapping = parseWith(importMapping, request.body);
  const { jurisdiction, upload } = await askedUpload(deps, request);
  importersOf(mapping.preset);
  const answer = await detectAgain(upload, jurisdiction, mapping, null);
  await writeMapping(upload, mapping);
  response.json(answer);
}

async function removeUpload(deps: Deps, request: Request, response: Response): Promise<void> {
  const { jurisdiction, upload } = await askedUpload(deps, request);
  await deps.uploads.remove(jurisdiction.code, upload.id);
  response.status(204).end();
}

async function startCheck(deps: Deps, request: Request, response: Response): Promise<void> {
  const { jurisdiction, upload } = await askedUpload(deps, request);
  incidentsFile(upload);
  const payload = { upload: upload.id, mapping: await readMapping(upload), confirmed: true };
  response.status(202).json(await deps.jobs.start(jurisdiction, 'check-import', payload, upload.id));
}

async function startImport(deps: Deps, request: Request, response: Response): Promise<void> {
  const { confirmed, checked } = parseWith(commitBody, request.body ?? {});
  const { jurisdiction, upload } = await askedUpload(deps, request);
  incidentsFile(upload);
  const mapping = await readMapping(upload);
  await refuseUnchecked(upload, mapping, checked);
  const payload = { upload: upload.id, mapping, confirmed };
  response.status(202).json(await deps.jobs.start(jurisdiction, 'import', payload, upload.id));
}

async function sendRejects(deps: Deps, request: Request, response: Response): Promise<void> {
  const { upload } = await askedUpload(deps, request);
  const path = rejectsPath(upload);
  if (!existsSync(path)) throw new NotFound('nothing was read of this file yet');
  await tellRows(request, null);
  response.set('Cache-Control', NOT_KEPT).type('text/csv; charset=utf-8').attachment('rejected-rows.csv');
  await new Promise<void>((resolve, reject) =>
    response.sendFile(path, { dotfiles: 'allow', cacheControl: false }, (error) => (error ? reject(error) : resolve())),
  );
}

async function listPresets({ database }: Deps, request: Request, response: Response): Promise<void> {
  const jurisdiction = await jurisdictionOf(database, request);
  const presets = presetCodes()
    .map(presetOf)
    .map(({ code, sourceTitle: title, kind, source, accuracyM }) => ({ code, title, kind, source, accuracyM }));
  const answer: PresetsAnswer = { presets, saved: await listSavedPresets(database, jurisdiction), fields: FIELDS };
  response.set('Cache-Control', NOT_KEPT).json(answer);
}

async function keepPreset({ database }: Deps, request: Request, response: Response): Promise<void> {
  const mapping = parseWith(importMapping, request.body);
  importersOf(mapping.preset);
  const jurisdiction = await jurisdictionOf(database, request);
  await savePreset(database, jurisdiction, String(request.params.name), mapping);
  response.status(204).end();
}

async function removePreset({ database }: Deps, request: Request, response: Response): Promise<void> {
  const jurisdiction = await jurisdictionOf(database, request);
  await removeSavedPreset(database, jurisdiction, String(request.params.name));
  response.status(204).end();
}

async function askedUpload(
  { database, uploads }: Deps,
  request: Request,
): Promise<{ readonly jurisdiction: Jurisdiction; readonly upload: Upload }> {
  const jurisdiction = await jurisdictionOf(database, request);
  return { jurisdiction, upload: await uploads.find(jurisdiction.code, String(request.params.id)) };
}

/** What the file seems to be when it is read so. */
async function detectAgain(
  upload: Upload,
  { bounds, timezone }: Jurisdiction,
  mapping: ImportMapping,
  savedPreset: string | null,
): Promise<WaitingImport> {
  const { name, bytes, path } = incidentsFile(upload);
  const detection = await detectInWorker({ path, name, sheet: mapping.sheet, bounds, timezone, mapping });
  return { id: upload.id, name, bytes, mapping, detection, savedPreset };
}
