// Worker thread that owns the embedded PostGIS; its parent hands it one message port per database connection.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { leanPostgis } from './lean-postgis.ts';
import { serveConnections } from './wire.ts';

export type WorkerInput = { readonly folder: string; readonly busySince: SharedArrayBuffer };
export type EngineRequest = { readonly port: MessagePort } | { readonly stop: true };

const { folder, busySince } = workerData as WorkerInput;
const since = new BigInt64Array(busySince);
const engine = await PGlite.create({ dataDir: folder, extensions: { postgis: leanPostgis(), pg_trgm } });
const serve = serveConnections(engine, (ms) => Atomics.store(since, 0, BigInt(ms)));

parentPort!.on('message', async (request: EngineRequest) => {
  if ('port' in request) return serve(request.port);
  await engine.close();
  process.exit(0);
});
parentPort!.postMessage('ready');
