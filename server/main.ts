// Starts the portal: takes the data folder, listens at once, and opens what is behind it step by step.

import { createServer, type RequestListener } from 'node:http';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { type Config, readConfig } from './config.ts';
import { type Ownership, ownFolder } from './db/control.ts';
import type { RowSecurity } from './db/row-security.ts';
import { CACHE } from './embedded/cache.ts';
import { CannotStart } from './errors.ts';
import { keepScratchIn } from './files/scratch.ts';
import { createLog } from './start/log.ts';
import { createProgress } from './start/progress.ts';
import { answerWhileStarting } from './start/readiness.ts';

const STOP_WITHIN_MS = 9000;
/** A boundary file of a gigabyte over a slow line; other bodies have less, and heads the time below. */
const REQUEST_TIMEOUT_MS = 30 * 60_000;
const HEADERS_TIMEOUT_MS = 20_000;
const CHECK_EVERY_MS = 5000;
/** Room for the longest address there is (MAX_URL_LENGTH) and what else a browser and proxies write. */
const MAX_HEAD_BYTES = 48 * 1024;

/** Seconds the engine takes to open, and the percentage that ends at: with a city to load much is yet to come. */
const OPENING = { seconds: 3, until: 75, untilWithDemo: 20 };

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
  await keepScratchIn(config.dataDir);
  const progress = createProgress(() => performance.now());
  let handle: RequestListener = (request, response) => answerWhileStarting(progress.now(), config, request, response);
  const options = { connectionsCheckingInterval: CHECK_EVERY_MS, maxHeaderSize: MAX_HEAD_BYTES };
  const server = createServer(options, (request, response) => handle(request, response));
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
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

  const took = stopwatch();
  // What is loaded after the door is open is compiled once and kept; loading goes on while the engine opens.
  enableCompileCache(join(CACHE, 'compiled'));
  const { openDatabase, isFresh } = await import('./db/open.ts');
  const mayTakeDemo = config.databaseUrl === null && config.demo !== false && isFresh(config.dataDir);
  const { findDemoTemplate } = mayTakeDemo
    ? await import('./start/demo-template.ts')
    : { findDemoTemplate: () => null };
  const template = findDemoTemplate();
  progress.toward('database', mayTakeDemo && !template ? OPENING.untilWithDemo : OPENING.until, OPENING.seconds);
  const { databaseUrl, databaseAdminUrl: adminUrl, dataDir, backupFirst } = config;
  const { savingBefore } = await import('./backup/before-upgrade.ts');
  const beforeUpgrade = backupFirst ? { beforeUpgrade: savingBefore({ dataDir, log }) } : {};
  const opening = openDatabase({ databaseUrl, adminUrl, dataDir, template, log, ...beforeUpgrade });
  opening.catch(() => {}); // told where it is awaited
  const { openPortal } = await import('./start/portal.ts');
  took('modules');
  const database = await opening;
  took('database');
  const { seeingEverybody } = await import('./db/tenants.ts');
  const portal = await seeingEverybody(() => openPortal(database, config, log, progress, took));
  handle = portal.handle;
  ownership?.serve(portal.runCommand);
  log.info({ seconds: took.all() }, `ready: http://${config.host === '127.0.0.1' ? 'localhost' : config.host}:${port}`);
  await portal.greet(`http://${config.host === '127.0.0.1' ? 'localhost' : config.host}:${port}`);
  if (database.engine === 'embedded') {
    log.info(
      'the embedded database survives a crash of this program, but not always a power cut; set DATABASE_URL for that',
    );
  }

  if (database.rowSecurity) log.info(rowSecurityInWords(database.rowSecurity));

  const stopping = new AbortController();
  const stop = async () => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await portal.close(closed);
    await database.close();
    await ownership?.release();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function rowSecurityInWords({ role, isOn, isQuick }: RowSecurity): string {
  if (!isOn)
    return `row security, the second net between jurisdictions, is off: ${role} owns the tables (OPERATING.md says how to set DATABASE_ADMIN_URL)`;
  return isQuick
    ? `row security is on for ${role}`
    : `row security is on for ${role}; tiles are read faster once a superuser of the database ran "alter function geometry_overlaps(geometry, geometry) leakproof"`;
}

async function own(dataDir: string): Promise<Ownership> {
  const ownership = await ownFolder(dataDir);
  if (!ownership)
    throw new CannotStart(`the data folder ${dataDir} is in use by another Cuadra; stop it or set CUADRA_DATA_DIR`);
  return ownership;
}

/** Names what each step took: seconds since the one before. */
function stopwatch() {
  const steps: Record<string, number> = { loading: Math.round(performance.now() / 100) / 10 };
  let last = performance.now();
  const took = (step: string) => {
    const now = performance.now();
    steps[step] = Math.round((now - last) / 100) / 10;
    last = now;
  };
  return Object.assign(took, { all: () => ({ ...steps, total: Math.round(performance.now() / 100) / 10 }) });
}
