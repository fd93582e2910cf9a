// Before the suites on real PostGIS: one temporary cluster for all of them.

import type { TestProject } from 'vitest/node';
import { createDatabase, startCluster } from './postgres.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster();
  const url = await createDatabase(cluster.url, 'cuadra');
  project.provide('databaseUrl', url);
  project.provide('dataDir', null);
  return () => cluster.stop();
}
