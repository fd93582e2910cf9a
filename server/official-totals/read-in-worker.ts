// Has a thread read a table of monthly totals: a national one takes a while, and a server goes on answering.

import { on } from 'node:events';
import { rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { TooLarge } from '../errors.ts';
import { makeScratch } from '../files/scratch.ts';
import { MOST_MEMORY_MB, type Refused, refusal } from '../reading/read-in-worker.ts';
import type { RejectedRow } from '../tables/reject-file.ts';
import type { MonthlyFile, MonthlyFileOptions } from './read-file.ts';

export type MonthlyRequest = Pick<MonthlyFileOptions, 'keep' | 'fileName' | 'sheet'> & { readonly path: string };
export type MonthlyMessage =
  | { readonly fraction: number }
  | { readonly rejects: readonly RejectedRow[] }
  | { readonly file: MonthlyFile; readonly sha256: string }
  | Refused;
type Watch = {
  readonly onProgress: (fraction: number) => void;
  readonly onReject: (reject: RejectedRow) => void;
  readonly signal: AbortSignal;
};

/** Throws as readMonthlyFile does, and what `watch.signal` is aborted with. */
export async function readMonthlyInWorker(
  request: MonthlyRequest,
  watch: Watch,
): Promise<MonthlyFile & { readonly sha256: string }> {
  watch.signal.throwIfAborted();
  const unpackTo = await makeScratch('monthly');
  const worker = new Worker(new URL('./read-worker.ts', import.meta.url), {
    workerData: { ...request, unpackTo },
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  });
  try {
    for await (const [message] of on(worker, 'message', { signal: watch.signal }) as AsyncIterable<[MonthlyMessage]>) {
      if ('refused' in message) throw refusal(message);
      if ('file' in message) return { ...message.file, sha256: message.sha256 };
      if ('fraction' in message) watch.onProgress(message.fraction);
      else message.rejects.forEach(watch.onReject);
    }
    throw new Error('the thread that reads ended early');
  } catch (error) {
    watch.signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
    throw new TooLarge('the file needs more memory than is let in: save it as CSV');
  } finally {
    await worker.terminate();
    await rm(unpackTo, { recursive: true, force: true });
  }
}
