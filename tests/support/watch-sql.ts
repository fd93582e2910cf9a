// In every file of a suite on PostgreSQL: what the program sends is written down, and judged when the file is through.

import { afterAll, expect } from 'vitest';
import { recordSql } from './record-sql.ts';
import { refusedOf, type Sent } from './sql-allowed.ts';

/** Vitest gives every test file fresh modules, so it hangs on what they share. */
const shared = globalThis as { cuadraSentSql?: Sent };

if (!shared.cuadraSentSql) {
  const unjudged: Sent = new Map();
  shared.cuadraSentSql = unjudged;
  recordSql((text, sender) => unjudged.set(text, sender));
}
const sent = shared.cuadraSentSql;

afterAll(() => {
  const refused = refusedOf(sent);
  sent.clear();
  expect(refused, 'statements that a spread database refuses or asks of every machine').toEqual([]);
});
