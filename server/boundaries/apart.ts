// Files of any size are read and checked in a process of their own: the one that answers people neither stops nor grows.

import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput, TooLarge } from '../errors.ts';
import type { AreasOptions, OnProgress, PointsOptions, Preview, StreetsOptions, UploadChoices } from './contract.ts';
import { residentBytes } from './gdal.ts';
import { extensionOf } from './sniff.ts';
import { filesOf } from './stage.ts';
import type { Content, VersionKey } from './versions.ts';

/** What the process is to do with the file at `path`. */
export type Task = { readonly jurisdiction: Jurisdiction; readonly path: string } & (
  | { readonly kind: 'preview'; readonly options: UploadChoices }
  | { readonly kind: 'areas'; readonly options: AreasOptions }
  | { readonly kind: 'streets'; readonly options: StreetsOptions }
  | { readonly kind: 'points'; readonly options: PointsOptions }
);
export type ToChild =
  | { readonly type: 'task'; readonly task: Task; readonly engine: Database['engine'] }
  | { readonly type: 'rows'; readonly id: number; readonly rows: readonly unknown[] }
  | { readonly type: 'write'; readonly key: VersionKey };
export type FromChild =
  | { readonly type: 'query'; readonly id: number; readonly sql: string; readonly parameters: readonly unknown[] }
  | { readonly type: 'progress'; readonly fraction: number | null; readonly step: Parameters<OnProgress>[1] }
  | { readonly type: 'preview'; readonly preview: Preview }
  | { readonly type: 'content'; readonly content: Omit<Content, 'write' | 'close'> }
  | { readonly type: 'written' }
  | {
      readonly type: 'failed';
      readonly error: 'BadInput' | 'TooLarge' | 'other';
      readonly parameter: string;
      readonly message: string;
    };

export type ApartLimits = { readonly seconds: number; readonly rssBytes: number };
const LIMITS: ApartLimits = { seconds: 600, rssBytes: 1_800_000_000 };
const HEAP_MB = 1500;
const WATCH_INTERVAL_MS = 200;
/** Smaller files are read where they are: starting a process would take longer. */
const APART_FROM_BYTES = 1_000_000;
/** About as much comes out of an archive as this many times its size. */
const INFLATES = 8;

export async function isLarge(path: string): Promise<boolean> {
  const parts = await filesOf(path).catch(() => [path]);
  let bytes = 0;
  for (const part of parts) bytes += (await stat(part).catch(() => ({ size: 0 }))).size;
  return bytes * (['zip', 'kmz'].includes(extensionOf(path)) ? INFLATES : 1) > APART_FROM_BYTES;
}

/** As `here` would answer, which does it in this process where the file is small. */
export async function previewApart(
  database: Database,
  task: Extract<Task, { readonly kind: 'preview' }>,
  here: () => Promise<Preview>,
): Promise<Preview> {
  if (!(await isLarge(task.path))) return here();
  const child = await startApart(database, task, () => {});
  try {
    const answer = await child.answer();
    if (answer.type !== 'preview') throw new Error(`answered ${answer.type}`);
    return answer.preview;
  } finally {
    await child.end();
  }
}

/** As `here` would prepare, which does it in this process where the file is small. */
export async function prepareApart(
  database: Database,
  task: Exclude<Task, { readonly kind: 'preview' }>,
  onProgress: OnProgress,
  here: () => Promise<Content>,
): Promise<Content> {
  if (!(await isLarge(task.path))) return here();
  const child = await startApart(database, task, onProgress);
  try {
    const answer = await child.answer();
    if (answer.type !== 'content') throw new Error(`answered ${answer.type}`);
    return {
      ...answer.content,
      write: async (key) => {
        child.send({ type: 'write', key });
        await child.answer();
      },
      close: child.end,
    };
  } catch (error) {
    await child.end();
    throw error;
  }
}

type Answer = Exclude<FromChild, { readonly type: 'query' | 'progress' | 'failed' }>;

/** The process with its task; what it asks of the database is answered. After `end` nothing is left of it. */
export async function startApart(database: Database, task: Task, onProgress: OnProgress, limits = LIMITS) {
  const folder = await mkdtemp(join(tmpdir(), 'cuadra-apart-'));
  const child = fork(new URL('./apart-child.ts', import.meta.url), [], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
    env: { TMPDIR: folder },
    // A group of its own, so that GDAL, its child, ends with it.
    detached: true,
  });
  const send = (message: ToChild) => child.send(message);
  let waiting: PromiseWithResolvers<Answer> = Promise.withResolvers();
  waiting.promise.catch(() => {});
  const fail = (error: unknown) => {
    waiting.reject(error);
    kill(child);
  };
  const hear = async (message: FromChild) => {
    if (message.type === 'failed') fail(errorOf(message));
    else if (message.type === 'progress') onProgress(message.fraction, message.step);
    else if (message.type !== 'query') waiting.resolve(message);
    else {
      const { rows } = await database.pool.query(message.sql, [...message.parameters]);
      if (child.connected) send({ type: 'rows', id: message.id, rows });
    }
  };
  child.on('message', (message: FromChild) => void hear(message).catch(fail));
  child.on('error', fail);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  closed.then(() => waiting.reject(new BadInput('file', 'the file cannot be read as map data: the reader ended')));
  const tooLong = () => fail(new TooLarge(`reading the file took longer than ${limits.seconds} s`));
  const timer = setTimeout(tooLong, limits.seconds * 1000);
  const meter = setInterval(() => {
    if (residentBytes(child.pid) <= limits.rssBytes) return;
    fail(new TooLarge(`reading the file took more than ${Math.round(limits.rssBytes / 1e6)} MB of memory`));
  }, WATCH_INTERVAL_MS);
  send({ type: 'task', task, engine: database.engine });
  return {
    pid: child.pid,
    send,
    /** The next answer. Throws what the task threw, what the database threw, and TooLarge past the limits. */
    async answer(): Promise<Answer> {
      const answer = await waiting.promise;
      waiting = Promise.withResolvers();
      waiting.promise.catch(() => {});
      return answer;
    },
    async end(): Promise<void> {
      clearTimeout(timer);
      clearInterval(meter);
      kill(child);
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** With its group. */
function kill({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function errorOf({ error, parameter, message }: Extract<FromChild, { readonly type: 'failed' }>): Error {
  if (error === 'BadInput') return new BadInput(parameter, message);
  return error === 'TooLarge' ? new TooLarge(message) : new Error(message);
}
