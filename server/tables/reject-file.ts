// Hands rejected rows back as a CSV file: where each stood, why it was rejected, and the columns that are read, under
// their own names, so that the corrected file can be imported as a supplement.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { BOM, csvLine } from '../text/contract.ts';

/** A file with more is no delivery gone slightly wrong. */
const MAX_REJECTS = 100_000;
/** Rejects of a kind that shows no columns wait this long for one that does. */
const MAX_WAITING = 1000;

/** What every kind of rejected row says of itself; never carries what a column about persons held. */
export type RejectedRow = {
  readonly line: number;
  /** Name of the column, or null when the row as a whole is wrong. */
  readonly field: string | null;
  readonly value: string | null;
  readonly reason: string;
  /** What the columns that are read held, by their names. */
  readonly used: Readonly<Record<string, string>>;
};

export type RejectFile = {
  add(reject: RejectedRow): void;
  /** Resolves when everything is on the disk. */
  end(): Promise<void>;
};

/** Rejects when the file cannot be written. */
export async function createRejectFile(path: string): Promise<RejectFile> {
  const file = createWriteStream(path);
  await once(file, 'open');
  const done = finished(file);
  done.catch(() => {}); // told by end()
  const waiting: RejectedRow[] = [];
  let columns: string[] | null = null;
  let written = 0;

  const write = (reject: RejectedRow): void => {
    const { line, field, reason, used } = reject;
    file.write(csvLine([line, field, reason, ...columns!.map((column) => used[column] ?? null)]));
  };
  const begin = (names: string[]): void => {
    columns = names;
    file.write(BOM + csvLine(['line', 'field', 'reason', ...names]));
    waiting.splice(0).forEach(write);
  };
  return {
    add(reject) {
      if (++written > MAX_REJECTS) return;
      const names = Object.keys(reject.used);
      if (columns === null && (names.length > 0 || waiting.length >= MAX_WAITING)) begin(names);
      if (columns === null) waiting.push(reject);
      else write(reject);
    },
    async end() {
      if (columns === null) begin([]);
      file.end();
      await done;
    },
  };
}
