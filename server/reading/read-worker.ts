// The thread that reads a file of incidents: parses, checks, packs in columns, some batches ahead of whoever stores them.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { loadTaxonomy } from '../taxonomy/taxonomy.ts';
import { batcher, buffersOf } from './batch.ts';
import { keyBy } from './id-rule.ts';
import { openIncidentFile } from './incident-file.ts';
import { type ReadMessage, type ReadTask, refusedBy } from './read-in-worker.ts';

const request = workerData as ReadTask;
const port = parentPort!;
const asked: (() => void)[] = [];
/** One batch is on its way while the next is parsed; to have more ready has measured no gain. */
let credit = 1;
port.on('message', () => {
  const waiting = asked.shift();
  if (waiting) waiting();
  else credit++;
});

const say = (message: ReadMessage, moved: ArrayBuffer[] = []) => port.postMessage(message, moved);
/** Waits until the reader wants another batch. */
const wanted = async () => {
  if (credit > 0) credit--;
  else await new Promise<void>((resolve) => asked.push(resolve));
};

try {
  const hash = createHash('sha256');
  const hashing = pipeline(createReadStream(request.path), hash);
  hashing.catch(() => {}); // reading the file tells what is wrong with it
  const file = openIncidentFile(request.path, { ...request, taxonomy: loadTaxonomy().withChoices(request.choices) });
  const { pack } = batcher();
  let read = 0;
  let rejected = 0;
  for await (const { incidents, rejects, file: inArchive, fraction } of file.rows) {
    read += incidents.length + rejects.length;
    rejected += rejects.length;
    const batch = pack(incidents, keyBy(request.idRule, inArchive ?? request.fileName));
    await wanted();
    say({ batch, rejects, fraction }, buffersOf(batch));
  }
  await hashing;
  await wanted();
  const { point, lon, lat } = file.columns();
  const pointColumns = point ? [point] : lon && lat ? [lon, lat] : [];
  say({ summary: { read, rejected, notes: file.notes(), pointColumns, sha256: hash.digest('hex') } });
} catch (error) {
  const refused = refusedBy(error);
  if (refused === null) throw error;
  say(refused);
}
port.close();
