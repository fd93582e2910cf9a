// Before the suites on real PostGIS: one temporary cluster for all of them, whose databases begin with today's schema. Where
// CUADRA_TEST_CITUS_URL names a database on a coordinator of Citus, the tests of db/ run there instead, on spread tables.

import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { spreadAll } from '../../server/db/distribute.ts';
import { openDatabase } from '../../server/db/open.ts';
import { quietLog } from './log.ts';
import { createDatabase, databaseBeside, PREPARED, startCluster } from './postgres.ts';

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
  return () => cluster.stop();
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
