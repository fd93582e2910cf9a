// The thread that writes a workbook: packing tens of thousands of rows would keep a server from answering.

import { parentPort, workerData } from 'node:worker_threads';
import writeWorkbook from 'write-excel-file/node';
import type { Sheet } from './workbook.ts';

const sheets = workerData as readonly Sheet[];
// Text is written as text, so nothing in a cell is ever a formula.
const bytes = await writeWorkbook(
  sheets.map(({ sheet, data }) => ({ sheet, data: data.map((row) => [...row]) })),
).toBuffer();
parentPort!.postMessage(bytes);
