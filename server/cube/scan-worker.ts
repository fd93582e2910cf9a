// Worker thread that scans cubes; it keeps nothing between questions, so a new one can take over at any time.

import { parentPort } from 'node:worker_threads';
import type { Cube } from '../engine/layout.ts';
import { type CubeQuestion, scan } from '../engine/scan.ts';
import type { Plan } from '../filter/plan.ts';

export type ScanRequest = { readonly cube: Cube; readonly plan: Plan; readonly question: CubeQuestion };
export type ScanReply = { readonly answer: ReturnType<typeof scan> } | { readonly problem: string };

parentPort!.on('message', ({ cube, plan, question }: ScanRequest) => {
  try {
    const answer = scan(cube, plan, question);
    parentPort!.postMessage({ answer } satisfies ScanReply, buffersOf(answer));
  } catch (error) {
    parentPort!.postMessage({ problem: String((error as Error).stack) } satisfies ScanReply);
  }
});

/** Arrays are handed over, not copied. */
function buffersOf(answer: object): ArrayBuffer[] {
  return Object.values(answer).flatMap((value) => (value instanceof Uint32Array ? [value.buffer as ArrayBuffer] : []));
}
