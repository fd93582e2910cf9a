// The thread that looks at the beginning of a file.

import { parentPort, workerData } from 'node:worker_threads';
import { refusedBy } from '../reading/read-in-worker.ts';
import { loadTaxonomy } from '../taxonomy/taxonomy.ts';
import { detectFile } from './detect.ts';
import type { DetectMessage, DetectRequest } from './detect-in-worker.ts';

const { path, ...options } = workerData as DetectRequest & { readonly unpackTo: string };
const say = (message: DetectMessage) => parentPort!.postMessage(message);
try {
  say({ detection: await detectFile(path, { ...options, taxonomy: loadTaxonomy() }) });
} catch (error) {
  const refused = refusedBy(error);
  if (refused === null) throw error;
  say(refused);
}
