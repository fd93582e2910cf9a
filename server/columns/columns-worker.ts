// The thread in which columns are made and packed: of a large city it takes seconds, in which the server answers others.

import { gzipSync } from 'node:zlib';
import { answerWith } from '../jobs/thread.ts';
import { arrowOf, type Travelling } from './arrow.ts';

/** As much smaller as it is worth: the highest level takes three times as long for a twentieth less. */
const GZIP_LEVEL = 4;

// Copied: what is small lies in memory that the thread shares among many.
answerWith(
  (asked: Travelling) => new Uint8Array(gzipSync(arrowOf(asked), { level: GZIP_LEVEL })),
  ({ buffer }) => [buffer],
);
