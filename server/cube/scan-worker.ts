// Worker thread that scans cubes; it keeps nothing between questions, so a new one can take over at any time.

import type { Cube } from '../engine/layout.ts';
import { type CubeQuestion, scan } from '../engine/scan.ts';
import type { Plan } from '../filter/plan.ts';
import { answerWith } from '../jobs/thread.ts';

export type ScanRequest = { readonly cube: Cube; readonly plan: Plan; readonly question: CubeQuestion };

answerWith(({ cube, plan, question }: ScanRequest) => scan(cube, plan, question), buffersOf);

/** Arrays are handed over, not copied. */
function buffersOf(answer: object): ArrayBuffer[] {
  return Object.values(answer).flatMap((value) => (ArrayBuffer.isView(value) ? [value.buffer as ArrayBuffer] : []));
}
