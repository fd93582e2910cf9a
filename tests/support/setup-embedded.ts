// Before the suites on the embedded engine: a migrated data folder, built once per schema and copied for each run.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../server/db/open.ts';
import { quietLog } from './log.ts';

const ROOT = join(import.meta.dirname, '../..');
const CACHE = join(ROOT, '.cache');

export default async function setup(project: TestProject): Promise<() => void> {
  const template = await ensureTemplate();
  const dataDir = mkdtempSync(join(tmpdir(), 'cuadra-test-'));
  cpSync(template, dataDir, { recursive: true });
  project.provide('dataDir', dataDir);
  project.provide('template', template);
  project.provide('databaseUrl', null);
  return () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
}

/** The migrated, empty data folder; built under another name first, so that a killed run leaves no half template. */
async function ensureTemplate(): Promise<string> {
  const template = join(CACHE, `test-data-${fingerprint()}`);
  if (existsSync(template)) return template;
  mkdirSync(CACHE, { recursive: true });
  const building = mkdtempSync(join(CACHE, 'test-data-building-'));
  const database = await openDatabase({ databaseUrl: null, dataDir: building, log: quietLog });
  await database.close();
  if (existsSync(template)) rmSync(building, { recursive: true, force: true });
  else renameSync(building, template);
  return template;
}

/** Changes with anything that changes what an empty, migrated folder looks like. */
function fingerprint(): string {
  const hash = createHash('sha256');
  const folders = ['sql/schema', 'sql/functions', 'sql/seed', 'server/db'].map((name) => join(ROOT, name));
  for (const folder of folders.filter((path) => existsSync(path)))
    for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex')
    .slice(0, 12);
}
