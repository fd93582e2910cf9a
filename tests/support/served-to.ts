// Routes on a port of their own, asked as the viewer of the moment.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Router } from 'express';
import type { Viewer } from '../../server/access/contract.ts';
import { problems } from '../../server/http/problems.ts';
import { quietLog } from './log.ts';

export async function servedTo(
  routes: readonly Router[],
  viewer: () => Viewer,
): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const app = express();
  app.set('query parser', 'simple');
  app.use(express.json(), (request, _response, next) => {
    request.viewer = viewer();
    next();
  });
  app.use('/api/v1', ...routes);
  app.use(problems(quietLog));
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Asks with a body as JSON, and answers what came back as such. */
export async function askJson<T>(method: string, url: string, body?: unknown): Promise<{ status: number; body: T }> {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  return { status: response.status, body: (await response.json()) as T };
}
