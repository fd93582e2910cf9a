// Files and pictures of a problem over HTTP: sent, fetched, removed. No files are taken unless the server is set to.

import { readFile } from 'node:fs/promises';
import { Router } from 'express';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotAllowed } from '../errors.ts';
import type { Uploads } from '../files/uploads.ts';
import { refuseParameters } from '../filter/parse.ts';
import { clientOf, throttle } from '../http/throttle.ts';
import { addFile, readFileOf, removeFile } from './files.ts';
import { problemAsked } from './routes.ts';
import { findProblem } from './store.ts';

type Deps = {
  readonly database: Database;
  readonly uploads: Pick<Uploads, 'receive' | 'remove'>;
  /** Of one file; null = none are taken. */
  readonly filesMb: number | null;
};

const PER_MINUTE = 60;
const MB = 1_000_000;

/** Mounted under /api/v1. */
export function problemFileRoutes({ database, uploads, filesMb }: Deps): Router {
  const routes = Router();
  routes.post('/:jurisdiction/problems/:problem/files', throttle(PER_MINUTE), async (request, response) => {
    refuseParameters(request);
    const viewer = viewerOf(request);
    const jurisdiction = await jurisdictionOf(database, request);
    const problem = problemAsked(request);
    await findProblem(database, viewer, jurisdiction.id, problem);
    if (filesMb === null) throw new NotAllowed('this server takes no files of problems');
    const most = { bytes: filesMb * MB, files: 1 };
    const upload = await uploads.receive(request, jurisdiction.code, clientOf(request), most);
    try {
      const [file] = upload.files;
      if (!file || file.bytes === 0) throw new BadInput('file', 'the file is empty');
      const added = await addFile(database, viewer, jurisdiction.id, problem, file.name, await readFile(file.path));
      response.set('Cache-Control', 'private, no-store').status(201).json(added);
    } finally {
      await uploads.remove(jurisdiction.code, upload.id);
    }
  });
  routes.get('/:jurisdiction/problems/:problem/files/:item', throttle(PER_MINUTE), async (request, response) => {
    refuseParameters(request);
    const { id } = await jurisdictionOf(database, request);
    const [problem, item] = [problemAsked(request), problemAsked(request, 'item')];
    const { body, content } = await readFileOf(database, viewerOf(request), id, problem, item);
    response
      .set({ 'Cache-Control': 'private, no-store', 'X-Content-Type-Options': 'nosniff' })
      .set('Content-Security-Policy', "default-src 'none'; sandbox")
      .attachment(body.name)
      // Whatever it is, it is kept, not shown.
      .type('application/octet-stream')
      .send(content);
  });
  routes.delete('/:jurisdiction/problems/:problem/files/:item', async (request, response) => {
    refuseParameters(request);
    const { id } = await jurisdictionOf(database, request);
    const [problem, item] = [problemAsked(request), problemAsked(request, 'item')];
    await removeFile(database, viewerOf(request), id, problem, item);
    response.status(204).end();
  });
  return routes;
}
