// Where everything that is to be audited is told: what must stand there before an answer leaves, what may follow within a
// second, and what is only counted, so that nobody outside can fill the table.

import type { Logger } from 'pino';
import { type Database, isConnectionLost } from '../db/open.ts';
import { appendRows, type Dated } from './chain.ts';
import type { NewAuditRow } from './contract.ts';

export type Audit = {
  /** Resolves once it is stored. */
  write(row: NewAuditRow): Promise<void>;
  /** Stored within a second, and at the latest when the server ends. */
  note(row: NewAuditRow): void;
  /** Somebody who is not signed in was refused: counted by the hour. */
  countRefused(): void;
  /** A sign-in that failed: so many an hour one by one, the rest counted. */
  noteFailedSignIn(row: NewAuditRow): void;
  /** Stores what waits, for whoever is about to read; with the database away it goes on waiting. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

const WRITE_AFTER_MS = 1000;
const MOST_AT_ONCE = 500;
/** With the database away, what waits is bounded; what is lost then is told in the log. */
const MOST_WAITING = 20_000;
const HOUR_MS = 3600_000;
const FAILED_SIGN_INS_AN_HOUR = 200;
const LONGEST = 2000;

type Waiting = {
  readonly row: Dated;
  readonly stored: (error?: unknown) => void;
  /** Nobody waits for it: it may be stored when the database is back. */
  readonly mayWait: boolean;
};

export function openAudit({
  database,
  log,
  now,
}: {
  readonly database: Database;
  readonly log: Logger;
  readonly now: () => Date;
}): Audit {
  let waiting: Waiting[] = [];
  let writing: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let closing = false;
  const counted = { hour: 0, refused: 0, failed: 0 };

  /** One transaction at a time, of everything that waits: writers at once share it. */
  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing ??= (async () => {
      while (waiting.length) {
        const batch = waiting.slice(0, MOST_AT_ONCE);
        waiting = waiting.slice(batch.length);
        try {
          await appendRows(
            database.background,
            batch.map(({ row }) => row),
          );
          for (const { stored } of batch) stored();
        } catch (error) {
          const isAway = isConnectionLost(error) && !closing;
          for (const { stored, mayWait } of batch) if (!(isAway && mayWait)) stored(error);
          if (!isAway) continue;
          waiting = [...batch.filter(({ mayWait }) => mayWait), ...waiting];
          timer = setTimeout(write, WRITE_AFTER_MS).unref();
          return;
        }
      }
    })().finally(() => {
      writing = null;
      // Whoever was told that theirs is written may have brought the next before this was set.
      if (waiting.length && timer === undefined) void write();
    });
    return writing;
  };
  const dated = (row: NewAuditRow): Dated => ({
    ...row,
    at: now().toISOString(),
    who: plain(row.who, 120),
    detail: plain(row.detail, LONGEST),
  });
  const add = (each: Waiting) => {
    if (waiting.length >= MOST_WAITING) return each.stored(new Error('too much waits to be audited'));
    waiting.push(each);
  };
  const note = (row: NewAuditRow) => {
    const kept = dated(row);
    const lost = (error?: unknown) => {
      if (error === undefined) return;
      log.error({ err: error, what: kept.what, who: kept.who }, 'not written to the audit');
    };
    add({ row: kept, stored: lost, mayWait: true });
    timer ??= setTimeout(write, WRITE_AFTER_MS).unref();
  };
  /** Tells what was only counted of the hour before. */
  const turnHour = (force = false) => {
    const hour = Math.floor(now().getTime() / HOUR_MS);
    if (hour === counted.hour && !force) return;
    const of = { who: '', role: 'public', address: '', jurisdiction: null };
    const detail = counted.hour ? new Date(counted.hour * HOUR_MS).toISOString() : '';
    if (counted.refused) note({ ...of, what: 'refused-public', detail, rows: counted.refused });
    const more = counted.failed - FAILED_SIGN_INS_AN_HOUR;
    if (more > 0) note({ ...of, what: 'sign-ins-failed', detail, rows: more });
    Object.assign(counted, { hour, refused: 0, failed: 0 });
  };
  const hourly = setInterval(turnHour, HOUR_MS / 60).unref();

  return {
    write(row) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      add({ row: dated(row), stored: (error) => (error === undefined ? resolve() : reject(error)), mayWait: false });
      void write();
      return promise;
    },
    note,
    countRefused() {
      turnHour();
      counted.refused++;
    },
    noteFailedSignIn(row) {
      turnHour();
      if (++counted.failed <= FAILED_SIGN_INS_AN_HOUR) note(row);
    },
    async flush() {
      await writing;
      await write();
    },
    async close() {
      clearInterval(hourly);
      turnHour(true);
      await writing;
      closing = true;
      await write();
    },
  };
}

/** No line breaks or other signs that move a cursor, and no more than fits. */
const plain = (text: string, most: number) =>
  text
    .slice(0, most)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\u{fffd}');
