// Reads a file of incidents in a thread of its own, so that parsing, placing and storing go on side by side and a server
// that imports keeps answering.

import { on } from 'node:events';
import { rm } from 'node:fs/promises';
import { type MessagePort, Worker } from 'node:worker_threads';
import { BadInput, TooLarge } from '../errors.ts';
import { makeScratch } from '../files/scratch.ts';
import type { Bounds } from '../geometry/contract.ts';
import type { FileQuestion, IdRule } from '../tables/contract.ts';
import { Doubt } from '../tables/doubt.ts';
import type { OffenceChoices } from '../taxonomy/taxonomy.ts';
import type { DecimalMark, Note } from '../text/contract.ts';
import type { Batch } from './batch.ts';
import type { DateOrder, DateQuestion } from './contract.ts';
import { DateDoubt } from './date-doubt.ts';
import type { Reject } from './map-rows.ts';

/** A text file needs a hundredth of it; a workbook is held whole. */
export const MOST_MEMORY_MB = 1500;

export type ReadRequest = {
  readonly path: string;
  readonly preset: string;
  readonly map: Readonly<Record<string, string>>;
  readonly bounds: Bounds | null;
  readonly timezone: string;
  readonly dateOrder: DateOrder | null;
  readonly times: string | null;
  readonly numbers: DecimalMark | null;
  /** The offence of every row; null = a column says it. */
  readonly offence: string | null;
  readonly sheet: string | null;
  /** What a record is known again by, and what the file is called where that counts. */
  readonly idRule: IdRule | null;
  readonly fileName: string;
  /** What people say labels are: node of the tree by folded words. */
  readonly choices: OffenceChoices;
};
/** A request with the folder for what archives hold. */
export type ReadTask = ReadRequest & { readonly unpackTo: string };
export type ReadSummary = {
  readonly read: number;
  readonly rejected: number;
  readonly notes: readonly Note[];
  /** The columns of longitude and latitude, or the one of both; none where no points are read. */
  readonly pointColumns: readonly string[];
  readonly sha256: string;
};
/** What the thread says; a batch is said only when asked for with `more`. */
export type ReadMessage =
  | { readonly batch: Batch; readonly rejects: readonly Reject[]; readonly fraction: number }
  | { readonly summary: ReadSummary }
  | Refused;
/** Why a file is not read, as it crosses threads; `parameter` is null for a file too large. */
export type Refused = {
  readonly refused: {
    readonly parameter: string | null;
    readonly message: string;
    readonly dateQuestion?: DateQuestion;
    readonly question?: FileQuestion;
  };
};
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
    const unpackTo = await makeScratch('read');
    const worker = new Worker(new URL('./read-worker.ts', import.meta.url), {
      workerData: { ...request, unpackTo } satisfies ReadTask,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
    });
    try {
      // Batches that come while one is stored wait here.
      for await (const [message] of on(worker, 'message', { close: ['exit'] }) as AsyncIterable<[ReadMessage]>) {
        if ('refused' in message) throw refusal(message);
        if ('summary' in message) {
          summary = message.summary;
          return;
        }
        worker.postMessage('more'); // the thread parses further batches while this one is stored
        message.rejects.forEach(onReject);
        yield message;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
      throw new TooLarge('the file needs more memory than is let in: save it as CSV');
    } finally {
      await worker.terminate();
      await rm(unpackTo, { recursive: true, force: true });
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

/** The error a thread refused a file with, again. */
export function refusal({ refused: { parameter, message, dateQuestion, question } }: Refused): Error {
  if (dateQuestion) return new DateDoubt(dateQuestion);
  if (question) return new Doubt(question);
  return parameter === null ? new TooLarge(message) : new BadInput(parameter, message);
}

/** What a thread says of an error; null for one that is no refusal. */
export function refusedBy(error: unknown): Refused | null {
  if (error instanceof DateDoubt) {
    const { parameter, message, question } = error;
    return { refused: { parameter, message, dateQuestion: question } };
  }
  if (error instanceof Doubt) {
    const { parameter, message, question } = error;
    return { refused: { parameter, message, question } };
  }
  if (error instanceof BadInput) return { refused: { parameter: error.parameter, message: error.message } };
  return error instanceof TooLarge ? { refused: { parameter: null, message: error.message } } : null;
}
