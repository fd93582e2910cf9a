// Files of incidents over HTTP, in the order of the page: send one, see what it seems to be, say how it is read, see what
// importing it would do, import it, fetch what was rejected.

import { existsSync } from 'node:fs';
import { type Request, Router } from 'express';
import * as z from 'zod';
import type { Jurisdiction } from '../access/contract.ts';
import { jurisdictionOf } from '../access/viewer.ts';
import type { Database } from '../db/open.ts';
import { NotFound } from '../errors.ts';
import type { Upload, Uploads } from '../files/uploads.ts';
import { parseWith } from '../http/contract.ts';
import { clientOf, throttle } from '../http/throttle.ts';
import type { JobRunner, Jobs } from '../jobs/queue.ts';
import { DateDoubt } from '../reading/date-doubt.ts';
import { FIELDS, presetCodes, presetOf } from '../reading/presets.ts';
import { Doubt } from '../tables/doubt.ts';
import { createRejectFile } from '../tables/reject-file.ts';
import type { ImportDryRun } from './contract.ts';
import { type ImportMapping, importMapping, type PresetsAnswer, type WaitingImport } from './contract.ts';
import { detectInWorker } from './detect-in-worker.ts';
import { importersOf } from './importers.ts';
import { forgetFile, incidentsFile, readMapping, rejectsPath, writeMapping } from './pending-upload.ts';
import { recogniseUpload } from './recognise.ts';
import { listSavedPresets, removeSavedPreset, savePreset } from './saved-presets.ts';

type Deps = { readonly database: Database; readonly jobs: Jobs; readonly uploads: Uploads };

const UPLOADS_PER_MINUTE = 60;
/** What a check can tell of a file before its question is answered. */
const NOTHING_READ = {
  ...{ read: 0, stored: 0, changed: 0, unchanged: 0, gone: 0, rejected: 0, unlocated: 0 },
  ...{ firstDay: null, lastDay: null, goneByMonth: [], rejects: [], sample: [], notes: [] },
};
/** The question behind a refusal; null for any other error. */
function askedBy(error: unknown): Pick<ImportDryRun, 'dateQuestion' | 'question'> | null {
  if (error instanceof DateDoubt) return { dateQuestion: error.question };
  return error instanceof Doubt ? { question: error.question } : null;
}
const commitBody = z.strictObject({ confirmed: z.boolean().default(false) });
const payload = z.strictObject({
  upload: z.string(),
  confirmed: z.boolean(),
  via: z.enum(['page', 'folder']).default('page'),
});

/** Mounted under /api/v1. */
export function importRoutes({ database, jobs, uploads }: Deps): Router {
  const routes = Router();

  const waiting = async (
    upload: Upload,
    { bounds, timezone }: Jurisdiction,
    mapping: ImportMapping,
    savedPreset: string | null,
  ) => {
    const { name, bytes, path } = incidentsFile(upload);
    const detection = await detectInWorker({ path, name, sheet: mapping.sheet, bounds, timezone, mapping });
    return { id: upload.id, name, bytes, mapping, detection, savedPreset } satisfies WaitingImport;
  };
  const asked = async (request: Request) => {
    const jurisdiction = await jurisdictionOf(database, request);
    return { jurisdiction, upload: await uploads.find(jurisdiction.code, String(request.params.id)) };
  };

  const runner =
    (work: 'check' | 'import'): JobRunner =>
    async (jurisdiction, given, watch) => {
      const { upload: id, confirmed, via } = parseWith(payload, given);
      const upload = await uploads.find(jurisdiction.code, id);
      const file = incidentsFile(upload);
      const options = { ...(await readMapping(upload)), confirmed, via, fileName: file.name };
      const rejects = await createRejectFile(rejectsPath(upload));
      try {
        const run = importersOf(options.preset)[work];
        const report = await run(database.background, jurisdiction, file.path, options, {
          ...watch,
          onReject: rejects.add,
        });
        if (work === 'import') await forgetFile(upload);
        return { upload: id, ...report };
      } catch (error) {
        const asked = work === 'check' ? askedBy(error) : null;
        if (asked === null) throw error;
        return { upload: id, ...NOTHING_READ, ...asked } satisfies ImportDryRun & { upload: string };
      } finally {
        await rejects.end();
      }
    };
  jobs.handle('check-import', runner('check'));
  jobs.handle('import', runner('import'));

  const throttled = throttle(UPLOADS_PER_MINUTE);
  routes.post('/:jurisdiction/imports', throttled, async (request: Request, response) => {
    const jurisdiction = await jurisdictionOf(database, request);
    const upload = await uploads.receive(request, jurisdiction.code, clientOf(request));
    try {
      const { seen, mapping, savedPreset } = await recogniseUpload(database, jurisdiction, upload);
      await writeMapping(upload, mapping);
      const { name, bytes } = incidentsFile(upload);
      const answer =
        savedPreset === null
          ? ({ id: upload.id, name, bytes, mapping, detection: seen, savedPreset } satisfies WaitingImport)
          : await waiting(upload, jurisdiction, mapping, savedPreset);
      response.status(201).json(answer);
    } catch (error) {
      await uploads.remove(jurisdiction.code, upload.id);
      throw error;
    }
  });

  routes
    .route('/:jurisdiction/imports/:id')
    .get(async (request: Request, response) => {
      const { jurisdiction, upload } = await asked(request);
      const mapping = await readMapping(upload);
      response.set('Cache-Control', 'private, no-store').json(await waiting(upload, jurisdiction, mapping, null));
    })
    .put(async (request: Request, response) => {
      const mapping = parseWith(importMapping, request.body);
      const { jurisdiction, upload } = await asked(request);
      importersOf(mapping.preset);
      const answer = await waiting(upload, jurisdiction, mapping, null);
      await writeMapping(upload, mapping);
      response.json(answer);
    })
    .delete(async (request: Request, response) => {
      const { jurisdiction, upload } = await asked(request);
      await uploads.remove(jurisdiction.code, upload.id);
      response.status(204).end();
    });

  routes.post('/:jurisdiction/imports/:id/check', async (request: Request, response) => {
    const { jurisdiction, upload } = await asked(request);
    incidentsFile(upload);
    response
      .status(202)
      .json(await jobs.start(jurisdiction, 'check-import', { upload: upload.id, confirmed: true }, upload.id));
  });
  routes.post('/:jurisdiction/imports/:id/commit', async (request: Request, response) => {
    const { confirmed } = parseWith(commitBody, request.body ?? {});
    const { jurisdiction, upload } = await asked(request);
    incidentsFile(upload);
    response.status(202).json(await jobs.start(jurisdiction, 'import', { upload: upload.id, confirmed }, upload.id));
  });
  routes.get('/:jurisdiction/imports/:id/rejects.csv', async (request: Request, response) => {
    const { upload } = await asked(request);
    const path = rejectsPath(upload);
    if (!existsSync(path)) throw new NotFound('nothing was read of this file yet');
    response.set('Cache-Control', 'private, no-store').type('text/csv; charset=utf-8').attachment('rejected-rows.csv');
    await new Promise<void>((resolve, reject) =>
      response.sendFile(path, { dotfiles: 'allow', cacheControl: false }, (error) =>
        error ? reject(error) : resolve(),
      ),
    );
  });

  routes.get('/:jurisdiction/presets', async (request, response) => {
    const jurisdiction = await jurisdictionOf(database, request);
    const presets = presetCodes()
      .map(presetOf)
      .map(({ code, sourceTitle: title, kind, source, accuracyM }) => ({ code, title, kind, source, accuracyM }));
    const answer: PresetsAnswer = { presets, saved: await listSavedPresets(database, jurisdiction), fields: FIELDS };
    response.set('Cache-Control', 'private, no-store').json(answer);
  });
  routes
    .route('/:jurisdiction/presets/:name')
    .put(async (request, response) => {
      const { params, body } = request;
      const mapping = parseWith(importMapping, body);
      importersOf(mapping.preset);
      const jurisdiction = await jurisdictionOf(database, request);
      await savePreset(database, jurisdiction, params.name, mapping);
      response.status(204).end();
    })
    .delete(async (request, response) => {
      const jurisdiction = await jurisdictionOf(database, request);
      await removeSavedPreset(database, jurisdiction, request.params.name);
      response.status(204).end();
    });
  return routes;
}
