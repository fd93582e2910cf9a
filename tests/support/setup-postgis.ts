// Before the suites on real PostGIS: one temporary cluster for all of them, whose databases begin with today's schema.

import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../server/db/open.ts';
import { quietLog } from './log.ts';
import { createDatabase, databaseBeside, PREPARED, startCluster } from './postgres.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster();
  const prepared = await openDatabase({
    databaseUrl: databaseBeside(cluster.url, PREPARED),
    dataDir: '',
    log: quietLog,
  });
  await prepared.close();
  const url = await createDatabase(cluster.url, 'cuadra');
  project.provide('databaseUrl', url);
  project.provide('dataDir', null);
  return () => cluster.stop();
}
