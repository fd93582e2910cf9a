// Opens what is behind the door step by step: database, demo city, cubes, jobs, routes; and closes it again.

import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

import { listJurisdictions } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { keepWatch } from '../alerts/keep-watch.ts';
import { createApp } from '../app.ts';
import { openAudit } from '../audit/log.ts';
import { discardHalfRestored } from '../backup/restore.ts';
import { runCommand } from '../commands/index.ts';
import type { Config } from '../config.ts';
import { openStats } from '../counts/asking.ts';
import { createEvents } from '../counts/events.ts';
import { createOverview, type Overview } from '../counts/overview.ts';
import { keepReminding } from '../courses/remind.ts';
import { createCubes } from '../cube/store.ts';
import type { RunCommand } from '../db/control.ts';
import type { Database } from '../db/open.ts';
import { seeingEverybody } from '../db/tenants.ts';
import { createPlacers } from '../feeds/placers.ts';
import { createFeedWriter } from '../feeds/write.ts';
import { openUploads } from '../files/uploads.ts';
import { discardAllPending } from '../incidents/deliveries.ts';
import { createJobs } from '../jobs/queue.ts';
import { keepViews } from '../protection/keep-views.ts';
import { loadTaxonomy } from '../taxonomy/taxonomy.ts';
import { keepForgetting } from '../tips/box.ts';
import { watchFolder } from '../watched/watch.ts';
import { openAccounts } from './accounts.ts';
import { loadDemo } from './demo.ts';
import type { Progress } from './progress.ts';

export type Portal = {
  readonly handle: RequestListener;
  readonly runCommand: RunCommand;
  /** Tells whoever started the server how to come in, where nobody can yet. */
  readonly greet: (origin: string) => Promise<void>;
  /** Ends streams and what runs in the background; `idle` resolves when the last answer has left. */
  close(idle: Promise<unknown>): Promise<void>;
};

/** What the steps of a start are expected to take, in seconds, and the percentage each ends at. */
const DEMO = { until: 90, seconds: 25 };
const CUBE = { until: 97, seconds: 1 };
const REST = { until: 100, seconds: 1 };
/** What the first list says is looked up before anybody asks; where that takes longer, the rest while they ask. */
const LIST_WITHIN_MS = 1000;

/** `took` hears the name of each step when it is over. */
export async function openPortal(
  database: Database,
  config: Config,
  log: Logger,
  progress: Progress,
  took: (step: string) => void,
): Promise<Portal> {
  const taxonomy = loadTaxonomy();
  await discardHalfRestored(database);
  await discardAllPending(database, log);
  const cubes = await createCubes({ database, dataDir: config.dataDir, budgetMb: config.cubeMb, log });
  took('leftovers');
  if (config.demo ?? (database.engine === 'embedded' && (await listJurisdictions(database, OPERATOR)).length === 0)) {
    const { percent } = progress.now();
    await loadDemo({ database, log }, (fraction, seconds) =>
      progress.toward('demo', percent + fraction * (DEMO.until - percent), seconds),
    );
    took('demo');
  }
  progress.toward('cube', CUBE.until, CUBE.seconds);
  const overview = createOverview({ database, cubes, file: join(config.dataDir, 'overview.json'), log });
  const listed = within(LIST_WITHIN_MS, listAll(database, overview, log));
  await cubes.warmUp();
  took('cube');

  progress.toward('cube', REST.until, REST.seconds);
  const now = () => new Date();
  const uploads = await openUploads({ dataDir: config.dataDir, log, now });
  const jobs = await createJobs({ database, log, reaches: uploads.holds });
  const feeds = createFeedWriter(database, createPlacers(), log);
  const events = createEvents({ database, log });
  const audit = openAudit({ database, log, now });
  const accounts = openAccounts({ database, config, audit, log, now });
  const stats = openStats({ database, taxonomy, cubes });
  const app = createApp({
    ...{ database, taxonomy, cubes, stats, overview, jobs, uploads, feeds, events },
    accounts,
    config,
    log,
    now,
  });
  const watched = config.watchDir && watchFolder(config.watchDir, { database, jobs, uploads, log, now });
  if (config.watchDir) log.info({ folder: config.watchDir }, 'watching a folder for files to import');
  const views = keepViews({ database, taxonomy, log });
  const { hasAccounts } = accounts;
  const alerting = keepWatch({ stats, ways: config.alerts, hasAccounts, audit, log, now });
  const reminding = keepReminding({ database, ways: config.alerts, hasAccounts, log, now });
  const forgetting = keepForgetting({ database, log, now });
  await listed;
  took('jobs');
  return {
    handle: app,
    greet: accounts.greet,
    runCommand: async (argv, io) => {
      try {
        const installation = { database, taxonomy, dataDir: config.dataDir, portal: config.alerts.portal, log };
        return await seeingEverybody(() => runCommand(installation, argv, io));
      } finally {
        await accounts.sessions.forget(); // one that changes accounts holds from the next request on
      }
    },
    async close(idle) {
      events.close();
      const unkept = Promise.all([views.close(), forgetting.close(), alerting.close(), reminding.close()]);
      const unwatched = watched ? watched.close() : null;
      uploads.close();
      await jobs.close();
      await unwatched;
      await unkept;
      await feeds.close();
      await idle;
      await audit.close();
      await cubes.close();
    },
  };
}

async function listAll(database: Database, overview: Overview, log: Logger): Promise<void> {
  try {
    await overview.rows(await listJurisdictions(database, OPERATOR));
  } catch (error) {
    log.info({ err: error }, 'the list of jurisdictions was not looked up before it is asked for');
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, sleep(ms, undefined, { signal: over.signal }).catch(() => {})]);
  over.abort();
}
