// Writes down what the program sends to PostgreSQL, with the file that sends it, by listening to `pg`.

import pg from 'pg';

/** These hand a query on: who asks stands behind them on the stack. */
const BETWEEN = /\/server\/db\/(one-connection|copy|tenants)\.ts|node_modules/;
const OURS = /\/((?:server|tests)\/[\w./-]+\.ts)/;
const FRAMES = 60;
/**
 * What they change lies on one machine, or is judged as a file of sql/schema (tests/pure/migrations.test.ts); and a backup
 * reads every table through, whosever the rows are.
 */
const NOT_JUDGED = [
  'server/db/migrate.ts',
  'server/db/distribute.ts',
  'server/backup/staging.ts',
  'server/backup/rows.ts',
];

/** Tells every text of the program once, with its sender; what tests send themselves is left out. */
export function recordSql(onSent: (text: string, sender: string) => void): void {
  type Query = (...args: unknown[]) => unknown;
  const known = new Set<string>();
  /** What tests asked by a pool, behind which it cannot be seen any more who asks. */
  const ofTests = new Set<string>();
  const textOf = ([given]: unknown[]) => (typeof given === 'string' ? given : (given as { text?: unknown })?.text);
  const { query: ask } = pg.Pool.prototype as { query: Query };
  const { query: send } = pg.Client.prototype as { query: Query };
  pg.Pool.prototype.query = function (this: pg.Pool, ...args: unknown[]) {
    const text = textOf(args);
    if (typeof text === 'string' && senderOf().startsWith('tests/')) ofTests.add(text);
    return ask.apply(this, args);
  } as typeof pg.Pool.prototype.query;
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const text = textOf(args);
    if (typeof text === 'string' && !known.has(text)) {
      const sender = senderOf();
      const isOfTests = sender.startsWith('tests/') || (sender === '' && ofTests.has(text));
      if (!isOfTests) {
        known.add(text);
        if (!NOT_JUDGED.includes(sender)) onSent(text, sender);
      }
    }
    return send.apply(this, args);
  } as typeof pg.Client.prototype.query;
}

/** The nearest file of ours on the stack behind this one; empty where none can be seen, which counts as the program. */
function senderOf(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const frames = new Error().stack?.split('\n').slice(3) ?? [];
  Error.stackTraceLimit = limit;
  const frame = frames.find((each) => OURS.test(each) && !BETWEEN.test(each));
  return frame ? OURS.exec(frame)![1]! : '';
}
