// The thread that reads a table of monthly totals.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { refusedBy } from '../reading/read-in-worker.ts';
import type { RejectedRow } from '../tables/reject-file.ts';
import { loadTaxonomy } from '../taxonomy/taxonomy.ts';
import { readMonthlyFile } from './read-file.ts';
import type { MonthlyMessage, MonthlyRequest } from './read-in-worker.ts';

/** As many as a file of rejects holds. */
const MOST_REJECTS = 100_000;
const TOGETHER = 500;

const { path, ...options } = workerData as MonthlyRequest & { readonly unpackTo: string };
const say = (message: MonthlyMessage) => parentPort!.postMessage(message);
let rejects: RejectedRow[] = [];
let told = 0;
const sayRejects = () => {
  if (rejects.length) say({ rejects });
  rejects = [];
};

try {
  const hash = createHash('sha256');
  const hashing = pipeline(createReadStream(path), hash);
  hashing.catch(() => {}); // reading the file tells what is wrong with it
  const file = await readMonthlyFile(path, {
    ...options,
    taxonomy: loadTaxonomy(),
    onReject: (reject) => {
      if (++told > MOST_REJECTS) return;
      rejects.push(reject);
      if (rejects.length === TOGETHER) sayRejects();
    },
    onProgress: (fraction) => say({ fraction }),
  });
  await hashing;
  sayRejects();
  say({ file, sha256: hash.digest('hex') });
} catch (error) {
  const refused = refusedBy(error);
  if (refused === null) throw error;
  say(refused);
}
parentPort!.close();
