// Before the suites on the embedded engine: its template exists, and this run has a data folder of its own.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildTemplate } from '../../server/db/template.ts';
import { quietLog } from './log.ts';

export default async function setup(project: TestProject): Promise<() => void> {
  await buildTemplate(quietLog);
  const dataDir = mkdtempSync(join(tmpdir(), 'cuadra-test-'));
  project.provide('dataDir', dataDir);
  project.provide('databaseUrl', null);
  project.provide('isCitus', false);
  return () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
}
