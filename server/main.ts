// Starts the portal: takes the data folder, listens at once, and opens what is behind it step by step.

import { createServer, type RequestListener } from 'node:http';
import { STAFF } from './access/contract.ts';
import { listJurisdictions } from './access/jurisdictions.ts';
import { createApp } from './app.ts';
import { discardHalfRestored } from './backup/restore.ts';
import { runCommand } from './commands.ts';
import { type Config, readConfig } from './config.ts';
import { createCubes } from './cube/store.ts';
import { type Ownership, ownFolder } from './db/control.ts';
import { openDatabase } from './db/open.ts';
import { loadDemo } from './demo.ts';
import { CannotStart } from './errors.ts';
import { createEvents } from './events.ts';
import { createPlacers } from './feeds/placers.ts';
import { createFeedWriter } from './feeds/write.ts';
import { discardAllPending } from './incidents/deliveries.ts';
import { loadTaxonomy } from './incidents/taxonomy.ts';
import { createJobs } from './jobs.ts';
import { createLog } from './log.ts';
import { answerWhileStarting, type Readiness } from './readiness.ts';
import { openUploads } from './uploads.ts';
import { watchFolder } from './watched/watch.ts';

const STOP_WITHIN_MS = 9000;
/** A boundary file of a gigabyte over a slow line; slow headers are cut by Node after a minute. */
const REQUEST_TIMEOUT_MS = 30 * 60_000;

const log = createLog('info');

try {
  await start(readConfig(process.env));
} catch (error) {
  if (!(error instanceof CannotStart)) log.fatal({ err: error }, 'Cuadra cannot start');
  else console.error(`Cuadra: ${error.message}`);
  process.exit(1);
}

async function start(config: Config): Promise<void> {
  const ownership = config.databaseUrl === null ? await own(config.dataDir) : null;
  const readiness: Readiness = { step: 'database', percent: 0 };
  let handle: RequestListener = (request, response) => answerWhileStarting(readiness, request, response);
  const server = createServer((request, response) => handle(request, response));
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new CannotStart(`port ${config.port} is taken by another program; set PORT to a free one`)
          : new CannotStart(`cannot listen on ${config.host}:${config.port}: ${error.message}`),
      ),
    );
    server.listen(config.port, config.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;
  log.info(`http://${config.host === '127.0.0.1' ? 'localhost' : config.host}:${port} opens; preparing the data`);

  const { databaseUrl, dataDir, backupFirst } = config;
  const database = await openDatabase({ databaseUrl, dataDir, backupFirst, log });
  const taxonomy = loadTaxonomy();
  await discardHalfRestored(database);
  await discardAllPending(database, log);
  const cubes = await createCubes({ database, dataDir: config.dataDir, budgetMb: config.cubeMb, log });
  const stopping = new AbortController();
  if (config.demo ?? (database.engine === 'embedded' && (await listJurisdictions(database, STAFF)).length === 0)) {
    readiness.step = 'demo';
    const began = performance.now();
    await loadDemo({ database, log }, (fraction) => {
      readiness.percent = Math.round(fraction * 90);
    });
    log.info({ seconds: Math.round((performance.now() - began) / 100) / 10 }, 'demo city loaded');
  }
  readiness.step = 'cube';
  readiness.percent = 90;
  for (const jurisdiction of await listJurisdictions(database, STAFF)) await cubes.warm(jurisdiction);

  const jobs = await createJobs({ database, log });
  const now = () => new Date();
  const uploads = await openUploads({ dataDir: config.dataDir, log, now });
  const feeds = createFeedWriter(database, createPlacers(database), log);
  const events = createEvents({ database, log });
  const app = createApp({ database, taxonomy, cubes, jobs, uploads, feeds, events, config, log, now });
  handle = app;
  const watched = config.watchDir && watchFolder(config.watchDir, { database, jobs, uploads, log, now });
  if (config.watchDir) log.info({ folder: config.watchDir }, 'watching a folder for files to import');
  ownership?.serve((argv, io) => runCommand({ database, taxonomy, dataDir: config.dataDir, log }, argv, io));
  log.info(`ready: http://${config.host === '127.0.0.1' ? 'localhost' : config.host}:${port}`);
  if (database.engine === 'embedded') {
    log.info(
      'the embedded database survives a crash of this program, but not always a power cut; set DATABASE_URL for that',
    );
  }

  const stop = async () => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    events.close();
    const unwatched = watched ? watched.close() : null;
    uploads.close();
    await jobs.close();
    await unwatched;
    await feeds.close();
    await closed;
    await cubes.close();
    await database.close();
    await ownership?.release();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

async function own(dataDir: string): Promise<Ownership> {
  const ownership = await ownFolder(dataDir);
  if (!ownership)
    throw new CannotStart(`the data folder ${dataDir} is in use by another Cuadra; stop it or set CUADRA_DATA_DIR`);
  return ownership;
}
