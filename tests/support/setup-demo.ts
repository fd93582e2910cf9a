// Before the browser tests: the demo city on the embedded engine, as a visitor finds it after `npm start`.

import type { TestProject } from 'vitest/node';
import { startServer } from './server.ts';

const READY_WITHIN_MS = 240_000;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer({
    env: { CUADRA_DEMO: '1' },
    readyTimeoutMs: READY_WITHIN_MS,
    isLongLived: true,
  });
  project.provide('demo', server.origin);
  project.provide('databaseUrl', null);
  return async () => {
    await server.stop();
    server.remove();
    server.assertLogClean();
  };
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Origin of the server with the demo city; only in the suite `e2e`. */
    demo: string;
  }
}
