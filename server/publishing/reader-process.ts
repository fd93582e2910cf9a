// Files of any size are read and checked in a process of their own: the one that answers people neither stops nor grows.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rm, stat } from 'node:fs/promises';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput, TooLarge, Unavailable } from '../errors.ts';
import { makeScratch } from '../files/scratch.ts';
import type {
  AreasOptions,
  OnProgress,
  PointsOptions,
  Preview,
  StreetsOptions,
  UploadChoices,
} from '../layers/contract.ts';
import type { Content, VersionKey } from '../layers/versions.ts';
import type { Check } from '../mapfiles/contract.ts';
import { residentBytes } from '../mapfiles/gdal.ts';
import { extensionOf } from '../mapfiles/sniff.ts';
import { filesOf } from '../mapfiles/stage.ts';

/** What the process is to do with the file at `path`. */
export type Task = { readonly jurisdiction: Jurisdiction; readonly path: string } & (
  | { readonly kind: 'preview'; readonly options: UploadChoices }
  | { readonly kind: 'areas'; readonly options: AreasOptions; readonly shown: readonly Check[] | null }
  | { readonly kind: 'streets'; readonly options: StreetsOptions }
  | { readonly kind: 'points'; readonly options: PointsOptions }
);
/** One that becomes a version of a layer. */
export type LayerTask = Exclude<Task, { readonly kind: 'preview' }>;
export type ToChild =
  | { readonly type: 'task'; readonly task: Task; readonly engine: Database['engine']; readonly folder: string }
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
      readonly error: 'BadInput' | 'TooLarge' | 'Unavailable' | 'other';
      readonly parameter: string;
      readonly message: string;
    };

export type ApartLimits = { readonly seconds: number; readonly rssBytes: number };
const LIMITS: ApartLimits = { seconds: 600, rssBytes: 1_800_000_000 };
const HEAP_MB = 1500;
const WATCH_INTERVAL_MS = 200;
/** Without a file for so long, a process is not kept. */
const KEPT_MS = 60_000;
/** One that has grown beyond is not kept either. */
const KEPT_RSS_BYTES = 400_000_000;
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
  task: LayerTask,
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
      write: async (writer, key) => {
        child.askFrom(writer);
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

/** A process with nothing to do, kept for the next file: it is warm, and so is GDAL in it. */
type Kept = { readonly child: ChildProcess; release(): void };
/** One for each database: a server's, or a command's. */
const kept = new WeakMap<Database, Kept>();

/** Has a process ready, as a file is on its way. It ends when nothing comes. */
export function keepReader(database: Database): void {
  if (!kept.has(database)) keep(database, startProcess());
}

function keep(database: Database, child: ChildProcess): void {
  const forget = () => kept.delete(database);
  const idle = setTimeout(() => {
    forget();
    kill(child);
  }, KEPT_MS);
  idle.unref();
  child.unref();
  child.channel?.unref();
  child.once('close', forget);
  const release = () => {
    clearTimeout(idle);
    child.off('close', forget);
    child.ref();
    child.channel?.ref();
  };
  kept.set(database, { child, release });
}

function takeProcess(database: Database): ChildProcess {
  const ready = kept.get(database);
  if (!ready?.child.connected) return startProcess();
  kept.delete(database);
  ready.release();
  return ready.child;
}

function startProcess(): ChildProcess {
  const child = fork(new URL('./reader-process-child.ts', import.meta.url), [], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
    env: {},
    // A group of its own, so that GDAL, its child, ends with it.
    detached: true,
  });
  // What is sent to one that has just ended fails after nobody listens any more.
  child.on('error', () => {});
  return child;
}

/** A process with its task; what it asks of the database is answered. After `end` nothing is left of the task. */
export async function startApart(database: Database, task: Task, onProgress: OnProgress, limits = LIMITS) {
  const folder = await makeScratch('apart');
  const child = takeProcess(database);
  let asked = database;
  const send = (message: ToChild) => child.send(message);
  let waiting: PromiseWithResolvers<Answer> = Promise.withResolvers();
  waiting.promise.catch(() => {});
  // Nothing is asked of it any more, so another task can be.
  let free = false;
  const fail = (error: unknown) => {
    waiting.reject(error);
    if (!free) kill(child);
  };
  const hear = async (message: FromChild) => {
    free = message.type === 'preview' || message.type === 'written' || message.type === 'failed';
    if (message.type === 'failed') fail(errorOf(message));
    else if (message.type === 'progress') onProgress(message.fraction, message.step);
    else if (message.type !== 'query') waiting.resolve(message);
    else {
      const { rows } = await asked.pool.query(message.sql, [...message.parameters]);
      if (child.connected) send({ type: 'rows', id: message.id, rows });
    }
  };
  const listen = (message: FromChild) => void hear(message).catch(fail);
  const ended = () => fail(new BadInput('file', 'the file cannot be read as map data: the reader ended'));
  const tooLong = () => fail(new TooLarge(`reading the file took longer than ${limits.seconds} s`));
  child.on('message', listen);
  child.on('error', fail);
  child.once('close', ended);
  const timer = setTimeout(tooLong, limits.seconds * 1000);
  const meter = setInterval(() => {
    if (residentBytes(child.pid) <= limits.rssBytes) return;
    fail(new TooLarge(`reading the file took more than ${Math.round(limits.rssBytes / 1e6)} MB of memory`));
  }, WATCH_INTERVAL_MS);
  send({ type: 'task', task, engine: database.engine, folder });
  let isOver = false;
  return {
    pid: child.pid,
    send,
    /** What it asks from now on is asked of this one. */
    askFrom(other: Database): void {
      asked = other;
    },
    /** The next answer. Throws what the task threw, what the database threw, and TooLarge past the limits. */
    async answer(): Promise<Answer> {
      const answer = await waiting.promise;
      waiting = Promise.withResolvers();
      waiting.promise.catch(() => {});
      return answer;
    },
    async end(): Promise<void> {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      clearInterval(meter);
      child.off('message', listen);
      child.off('error', fail);
      child.off('close', ended);
      const isFit = free && child.connected && residentBytes(child.pid) < KEPT_RSS_BYTES;
      if (isFit && !kept.has(database)) keep(database, child);
      else {
        kill(child);
        if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
      }
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
  if (error === 'Unavailable') return new Unavailable(message);
  return error === 'TooLarge' ? new TooLarge(message) : new Error(message);
}
