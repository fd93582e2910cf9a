// The suites and the engines they run on; `npm test` (run.ts) runs them. With CUADRA_TEST_THOROUGH=1 every file of a suite
// that there is for both engines runs on both, and what is tried at moments chosen by chance is tried at more of them.

import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { CACHE } from '../server/embedded/cache.ts';
import { PATIENCE_MS } from './support/browser.ts';
import { findPostgres } from './support/postgres.ts';
import { isThorough } from './support/thorough.ts';

// What a test starts (servers, commands, worker threads) loads its modules as compiled before: hundreds of them start.
process.env.NODE_COMPILE_CACHE ??= join(CACHE, 'compiled');

/** How long a test polls for what is to come: a busy machine is no fault. */
const POLLED_MS = 30_000;
const expect = { poll: { timeout: POLLED_MS } };
/** Servers, browsers and processes meet by chance; who needs a second try is named at the end of the run (run.ts). */
const retry = 1;
/** One process per engine: starting the embedded one costs seconds, emptying its tables milliseconds. */
const oneProcess = { isolate: false, maxWorkers: 1, testTimeout: 60_000, hookTimeout: 180_000, expect };
/**
 * Where there is PostgreSQL one engine is enough for these: the SQL behind them runs on both in other files, named here.
 * With CUADRA_TEST_THOROUGH=1 and where there is no PostgreSQL the embedded engine runs them, too.
 */
const ON_POSTGIS_ALONE = [
  // Hosts, origins, passwords, shares and streams are decided before anything reaches a database.
  'server/doors.test.ts',
  // Hostile requests are parsed and refused, or asked as any others; bad bytes in text: db/feeds-beside.test.ts.
  'server/fuzz.test.ts',
  // Sentences of the command line; commands inside a server on the embedded engine: server/tinytown.test.ts.
  'server/terminal.test.ts',
  // Who may ask for which address is decided before a database is asked; accounts on both engines: server/accounts.
  'server/rights.test.ts',
  // Names of places over HTTP; their statements: db/locating.test.ts.
  'server/place-names.test.ts',
  // What a file leaves open: read, asked, and remembered as in db/imports; how its rows are stored: db/import.test.ts.
  'db/import-choices.test.ts',
  'db/date-choices.test.ts',
  'db/point-doubt.test.ts',
  // The files of a folder, moved and answered; the imports they begin: db/imports.test.ts.
  'db/watched.test.ts',
  // Uploads over HTTP; their statements: db/boundaries, db/preview.
  'server/uploads.test.ts',
  // Restores on either engine what PostgreSQL saved; what the embedded engine saved is restored in a thorough run.
  'server/backup.test.ts',
  // Signing in over HTTP; the statements of accounts and sessions: db/sessions, db/access.
  'server/accounts.test.ts',
  // A file of incidents over HTTP; its statements: db/import.test.ts.
  'db/imports.test.ts',
  // The page with boundaries and what a map file leaves open; the same without a page: server/uploads, db/map-choices.
  'e2e/boundaries.e2e.ts',
  'e2e/map-choices.e2e.ts',
];
/** They look at the sample city on one server; the others start servers of their own. */
const IN_THE_SAMPLE_CITY = [
  'ask-place',
  'at-a-glance',
  'brush',
  'hand',
  'main-screen',
  'meeting',
  'screen-in-trouble',
].map((name) => `e2e/${name}.e2e.ts`);
/** With this engine commands run inside the server, whose memory is watched. */
const ON_EMBEDDED_ALONE = ['server/bad-files.test.ts'];
const isOnBoth = isThorough || findPostgres() === null;
/** In a browser everything is waited for; a machine that is busy with other things is no fault of the page. */
const inBrowser = { retry, testTimeout: 400_000, expect: { poll: { timeout: PATIENCE_MS, interval: 100 } } };
const setup = (of: 'embedded' | 'postgis' | 'demo') => [`${import.meta.dirname}/support/setup-${of}.ts`];

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: `${import.meta.dirname}/../node_modules/.vitest`,
  test: {
    projects: [
      // Each file would else load anew what most of them share.
      {
        test: {
          name: 'pure',
          include: ['pure/**/*.test.ts'],
          isolate: false,
          maxWorkers: 2,
          testTimeout: 30_000,
          expect,
        },
      },
      {
        test: {
          name: 'db-embedded',
          include: ['db/**/*.test.ts'],
          exclude: isOnBoth ? [] : ON_POSTGIS_ALONE,
          ...oneProcess,
          provide: { engine: 'embedded' },
          globalSetup: setup('embedded'),
        },
      },
      {
        test: {
          name: 'db-postgis',
          include: ['db/**/*.test.ts'],
          ...oneProcess,
          provide: { engine: 'postgis' },
          globalSetup: setup('postgis'),
          setupFiles: [`${import.meta.dirname}/support/watch-sql.ts`],
        },
      },
      {
        test: {
          name: 'server-embedded',
          include: ['server/**/*.test.ts'],
          exclude: isOnBoth ? [] : ON_POSTGIS_ALONE,
          ...oneProcess,
          testTimeout: 120_000,
          retry,
          provide: { engine: 'embedded' },
          globalSetup: setup('embedded'),
        },
      },
      {
        test: {
          name: 'server-postgis',
          include: ['server/**/*.test.ts'],
          exclude: isOnBoth ? [] : ON_EMBEDDED_ALONE,
          ...oneProcess,
          testTimeout: 120_000,
          retry,
          provide: { engine: 'postgis' },
          globalSetup: setup('postgis'),
          setupFiles: [`${import.meta.dirname}/support/watch-sql.ts`],
        },
      },
      {
        test: {
          name: 'e2e',
          include: IN_THE_SAMPLE_CITY,
          ...oneProcess,
          ...inBrowser,
          globalSetup: setup('demo'),
        },
      },
      {
        test: {
          name: 'e2e-own',
          include: ['e2e/**/*.e2e.ts'],
          exclude: [...IN_THE_SAMPLE_CITY, ...(isOnBoth ? [] : ON_POSTGIS_ALONE)],
          ...oneProcess,
          ...inBrowser,
          globalSetup: setup('embedded'),
        },
      },
      {
        test: {
          name: 'e2e-postgis',
          include: ['e2e/boundaries.e2e.ts', 'e2e/map-choices.e2e.ts'],
          ...oneProcess,
          ...inBrowser,
          globalSetup: setup('postgis'),
        },
      },
    ],
  },
});
