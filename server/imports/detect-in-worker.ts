// Has a thread look at the beginning of a file: a workbook must be read whole for that, and a server goes on answering.

import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { BadInput, TooLarge } from '../errors.ts';
import { makeScratch } from '../files/scratch.ts';
import type { Bounds } from '../geometry/contract.ts';
import { MOST_MEMORY_MB, type Refused, refusal } from '../reading/read-in-worker.ts';
import type { Detection, ImportMapping } from './contract.ts';

export type DetectRequest = {
  readonly path: string;
  readonly sheet: string | null;
  readonly bounds: Bounds | null;
  /** IANA zone of the place. */
  readonly timezone: string;
  /** What its owner calls the file. */
  readonly name?: string;
  /** How it is to be read, instead of guessing. */
  readonly mapping?: Partial<ImportMapping>;
};
export type DetectMessage = { readonly detection: Detection } | Refused;

const PATIENCE_MS = 60_000;

/** Throws BadInput('file') for what cannot be read, TooLarge for what takes too much memory or time. */
export async function detectInWorker(request: DetectRequest): Promise<Detection> {
  const unpackTo = await makeScratch('detect');
  const worker = new Worker(new URL('./detect-worker.ts', import.meta.url), {
    workerData: { ...request, unpackTo },
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  });
  try {
    const [message] = (await once(worker, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) })) as [DetectMessage];
    if ('refused' in message) throw refusal(message);
    return message.detection;
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    if (error instanceof BadInput || (code !== 'ERR_WORKER_OUT_OF_MEMORY' && name !== 'AbortError')) throw error;
    throw new TooLarge('the file needs more memory or time than is let in: save it as CSV');
  } finally {
    await worker.terminate();
    await rm(unpackTo, { recursive: true, force: true });
  }
}
