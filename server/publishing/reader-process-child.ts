// The process a large file is read and checked in. It reaches the database through its parent only (reader-process.ts).

import type { Database } from '../db/open.ts';
import { BadInput, TooLarge, Unavailable } from '../errors.ts';
import type { OnProgress } from '../layers/contract.ts';
import type { Content } from '../layers/versions.ts';
import { keepSpareReaders } from '../mapfiles/gdal.ts';
import { relayedDatabase } from './ipc-database.ts';
import { prepareHere } from './prepare.ts';
import { previewHere } from './preview.ts';
import type { FromChild, Task, ToChild } from './reader-process.ts';

const say = (message: FromChild) => process.send?.(message);
const asked = new Map<number, (rows: unknown[]) => void>();
let prepared: { readonly content: Content; readonly database: Database } | null = null;

/** Without its parent nothing is waited for, GDAL neither. */
process.once('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
process.on('message', (message: ToChild) => {
  if (message.type === 'rows') {
    asked.get(message.id)?.([...message.rows]);
    asked.delete(message.id);
  } else if (message.type === 'task') {
    // Temporary files go where the parent removes them, however this ends.
    process.env.TMPDIR = message.folder;
    run(message.task, message.engine).catch(fail).finally(keepSpareReaders);
  } else
    prepared?.content
      .write(prepared.database, message.key, onProgress)
      .then(() => say({ type: 'written' }))
      .catch(fail);
});

keepSpareReaders();

const onProgress: OnProgress = (fraction, step) => say({ type: 'progress', fraction, step });

async function run(task: Task, engine: Database['engine']): Promise<void> {
  let last = 0;
  const database = relayedDatabase(engine, (sql, parameters) => {
    last += 1;
    const { promise, resolve } = Promise.withResolvers<unknown[]>();
    asked.set(last, resolve);
    say({ type: 'query', id: last, sql, parameters });
    return promise;
  });
  if (task.kind === 'preview') {
    const preview = await previewHere(database, task.jurisdiction, task.path, task.options);
    say({ type: 'preview', preview });
    return;
  }
  prepared = { content: await prepareHere(database, task, onProgress), database };
  const { write: _, close: __, ...content } = prepared.content;
  say({ type: 'content', content });
}

function fail(error: unknown): void {
  const { message } = error as Error;
  if (error instanceof BadInput) say({ type: 'failed', error: 'BadInput', parameter: error.parameter, message });
  else say({ type: 'failed', error: kindOf(error), parameter: '', message });
}

function kindOf(error: unknown): 'TooLarge' | 'Unavailable' | 'other' {
  if (error instanceof TooLarge) return 'TooLarge';
  return error instanceof Unavailable ? 'Unavailable' : 'other';
}
