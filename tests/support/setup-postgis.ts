// Before the suites on real PostGIS: one temporary cluster for all of them, whose databases begin with today's schema. Where
// CUADRA_TEST_CITUS_URL names a database on a coordinator of Citus, the tests of db/ run there instead, on spread tables.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { spreadAll } from '../../server/db/distribute.ts';
import { openDatabase } from '../../server/db/open.ts';
import { quietLog } from './log.ts';
import { createDatabase, databaseBeside, PREPARED, startCluster } from './postgres.ts';
import { refusedOf } from './sql-allowed.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide('dataDir', null);
  const coordinator = process.env.CUADRA_TEST_CITUS_URL;
  if (coordinator && project.name === 'db-postgis') {
    await prepareCoordinator(coordinator);
    project.provide('databaseUrl', coordinator);
    project.provide('isCitus', true);
    return async () => {};
  }
  const cluster = await startCluster();
  const prepared = await openDatabase({
    databaseUrl: databaseBeside(cluster.url, PREPARED),
    dataDir: '',
    log: quietLog,
  });
  await prepared.close();
  const url = await createDatabase(cluster.url, 'cuadra');
  project.provide('databaseUrl', url);
  project.provide('isCitus', false);
  const judge = project.name === 'server-postgis' ? recordServers() : () => {};
  return async () => {
    await cluster.stop();
    judge();
  };
}

/** Has every server and command that the tests start write down what it sends; the answer judges it at the end. */
function recordServers(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'cuadra-sent-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.env.CUADRA_TEST_SENT_SQL = folder;
  process.env.NODE_OPTIONS = `--import=${new URL('./record-sql-child.ts', import.meta.url)}`;
  return () => {
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    // A line cut by a kill was not sent.
    const lines = files.flatMap((text) => text.split('\n').slice(0, -1));
    const sent = new Map(lines.map((line) => JSON.parse(line) as [text: string, sender: string]));
    const began = performance.now();
    const refused = refusedOf(sent);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`${sent.size} statements of ${files.length} servers and commands judged in ${seconds} s`);
    if (refused.length) throw new Error(`a spread database refuses, or asks of every machine:\n${refused.join('\n')}`);
  };
}

/** Migrates and spreads. The tests remove every row there is: a database is theirs only when its name says so. */
async function prepareCoordinator(url: string): Promise<void> {
  const { pathname } = new URL(url);
  if (!/test/i.test(pathname)) throw new Error('CUADRA_TEST_CITUS_URL: the name of the database must contain "test"');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('create extension if not exists citus').finally(() => client.end());
  const database = await openDatabase({ databaseUrl: url, dataDir: '', log: quietLog });
  await spreadAll(database.db).finally(() => database.close());
}
