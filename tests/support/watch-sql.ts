// In every file of a database suite: what the program sends is written down, and judged when the file is through.

import pg from 'pg';
import { afterAll, expect } from 'vitest';
import { isAllowed } from './sql-allowed.ts';
import { lintSql } from './sql-lint.ts';

/** Vitest gives every test file fresh modules, so it hangs on what they share. */
type Sent = {
  /** By text, the file that sent it first. */
  readonly unjudged: Map<string, string>;
  readonly known: Set<string>;
  /** What tests asked by a pool, behind which it cannot be seen any more who asks. */
  readonly ofTests: Set<string>;
};
const shared = globalThis as { cuadraSentSql?: Sent };

/** These hand a query on: who asks stands behind them on the stack. */
const BETWEEN = /\/server\/db\/(one-connection|copy)\.ts|node_modules/;
const OURS = /\/((?:server|tests)\/[\w./-]+\.ts)/;
const FRAMES = 60;
/** Says what must be said before it where there is Citus. */
const SET_LOCALLY = 'server/db/set-locally.ts';
/** What they change lies on one machine, or is judged as a file of sql/schema (tests/pure/migrations.test.ts). */
const NOT_JUDGED = ['server/db/migrate.ts', 'server/db/distribute.ts'];

function watch(): Sent {
  const sent: Sent = { unjudged: new Map(), known: new Set(), ofTests: new Set() };
  type Query = (...args: unknown[]) => unknown;
  const textOf = ([given]: unknown[]) => (typeof given === 'string' ? given : (given as { text?: unknown })?.text);
  const { query: ask } = pg.Pool.prototype as { query: Query };
  const { query: send } = pg.Client.prototype as { query: Query };
  pg.Pool.prototype.query = function (this: pg.Pool, ...args: unknown[]) {
    const text = textOf(args);
    if (typeof text === 'string' && senderOf().startsWith('tests/')) sent.ofTests.add(text);
    return ask.apply(this, args);
  } as typeof pg.Pool.prototype.query;
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const text = textOf(args);
    if (typeof text === 'string' && !sent.known.has(text)) {
      const sender = senderOf();
      const isOfTests = sender.startsWith('tests/') || (sender === '' && sent.ofTests.has(text));
      if (!isOfTests) {
        sent.known.add(text);
        if (!NOT_JUDGED.includes(sender)) sent.unjudged.set(text, sender);
      }
    }
    return send.apply(this, args);
  } as typeof pg.Client.prototype.query;
  return sent;
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

shared.cuadraSentSql ??= watch();
const sent = shared.cuadraSentSql;

afterAll(() => {
  const refused = [...sent.unjudged].flatMap(([text, sender]) =>
    lintSql(text, { isPropagated: sender === SET_LOCALLY })
      .filter((each) => !isAllowed(text, each))
      .map(({ fault, what }) => `${sender || 'somewhere'}: ${fault}: ${what}\n${text}`),
  );
  sent.unjudged.clear();
  expect(refused, 'statements that a spread database refuses or asks of every machine').toEqual([]);
});
