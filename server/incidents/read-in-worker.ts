// Reads a file of incidents in a thread of its own, so that parsing, placing and storing go on side by side and a server
// that imports keeps answering.

import { once } from 'node:events';
import { type MessagePort, Worker } from 'node:worker_threads';
import type { Bounds } from '../access/contract.ts';
import { BadInput } from '../errors.ts';
import type { Batch } from './batch.ts';
import type { Note } from './contract.ts';
import type { Reject } from './map-rows.ts';

export type ReadRequest = {
  readonly path: string;
  readonly preset: string;
  readonly map: Readonly<Record<string, string>>;
  readonly bounds: Bounds | null;
};
export type ReadSummary = {
  readonly read: number;
  readonly rejected: number;
  readonly notes: readonly Note[];
  readonly sha256: string;
};
/** What the thread says; a batch is said only when asked for with `more`. */
export type ReadMessage =
  | { readonly batch: Batch; readonly rejects: readonly Reject[]; readonly fraction: number }
  | { readonly summary: ReadSummary }
  | { readonly refused: { readonly parameter: string; readonly message: string } };
export type WorkerPort = Pick<MessagePort, 'postMessage' | 'on'>;

export type FileInColumns = {
  readonly batches: AsyncIterable<{ readonly batch: Batch; readonly fraction: number }>;
  /** Complete when the batches are read. */
  summary(): ReadSummary;
};

/** Batches come in file order. Throws BadInput when the file cannot be read as asked. */
export function readInWorker(request: ReadRequest, onReject: (reject: Reject) => void): FileInColumns {
  let summary: ReadSummary | null = null;
  async function* batches() {
    const worker = new Worker(new URL('./read-worker.ts', import.meta.url), { workerData: request });
    try {
      let next = once(worker, 'message');
      for (;;) {
        const [message] = (await next) as [ReadMessage];
        if ('refused' in message) throw new BadInput(message.refused.parameter, message.refused.message);
        if ('summary' in message) {
          summary = message.summary;
          return;
        }
        next = once(worker, 'message');
        next.catch(() => {}); // whoever awaits it next is told
        worker.postMessage('more'); // the thread parses the next batch while this one is stored
        message.rejects.forEach(onReject);
        yield message;
      }
    } finally {
      await worker.terminate();
    }
  }
  return {
    batches: batches(),
    summary: () => {
      if (!summary) throw new Error('the file has not been read to its end');
      return summary;
    },
  };
}
