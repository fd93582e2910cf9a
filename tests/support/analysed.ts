// The routes of the analyses alone, over whatever is in the database, asked as whoever a header says.

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';
import { expect } from 'vitest';
import { PUBLIC, STAFF, type Viewer } from '../../server/access/contract.ts';
import { analysisRoutes, openAnalyses } from '../../server/analysis/routes.ts';
import { openStats } from '../../server/counts/asking.ts';
import { createCubes } from '../../server/cube/store.ts';
import type { Database } from '../../server/db/open.ts';
import { problems } from '../../server/http/problems.ts';
import { ratingRoutes } from '../../server/rating/routes.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { timingRoutes } from '../../server/timing/routes.ts';
import { quietLog } from './log.ts';

export type Analysed = {
  readonly base: string;
  /** What is answered to a path below the base; anything but an answer fails. */
  readonly answerTo: <T>(path: string, viewer?: string) => Promise<T>;
  readonly close: () => Promise<void>;
};

/** By the header x-viewer. */
const VIEWERS: Record<string, Viewer> = {
  staff: STAFF,
  planner: { ...STAFF, role: 'planner' },
  public: PUBLIC,
};

export async function openAnalysed(database: Database): Promise<Analysed> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cuadra-analysis-'));
  const cubes = await createCubes({ database, dataDir, budgetMb: 64, log: quietLog });
  const app = express().use((request: Request, _response: Response, next: NextFunction) => {
    request.viewer = VIEWERS[String(request.headers['x-viewer'] ?? 'staff')]!;
    next();
  });
  app.set('query parser', 'simple');
  const analyses = openAnalyses(openStats({ database, cubes, taxonomy: loadTaxonomy() }));
  app.use('/api/v1', analysisRoutes(analyses), ratingRoutes(analyses), timingRoutes(analyses));
  app.use(problems(quietLog));
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
  return {
    base,
    answerTo: async <T>(path: string, viewer = 'staff') => {
      const response = await fetch(`${base}/${path}`, { headers: { 'x-viewer': viewer } });
      const body = await response.json();
      expect([response.status, body]).toEqual([200, expect.anything()]);
      return body as T;
    },
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      await cubes.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
