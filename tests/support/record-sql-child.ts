// Loaded before a server or command that tests start (NODE_OPTIONS): writes what it sends into a file, a line for each text,
// at once, since it may be killed.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const folder = process.env.CUADRA_TEST_SENT_SQL;
/** Not the tests themselves, nor what they start to be killed at a line of theirs. */
const isProgram = /\/server\/(main|cli)\.ts$/.test(process.argv[1] ?? '');
if (folder && isMainThread && isProgram) {
  // Threads and processes that it starts itself ask it for what they want of the database.
  delete process.env.NODE_OPTIONS;
  const { recordSql } = await import('./record-sql.ts');
  const file = join(folder, `${process.pid}.jsonl`);
  recordSql((text, sender) => appendFileSync(file, `${JSON.stringify([text, sender])}\n`));
}
