// Statements that stand whole in the source are judged as they stand: some are sent once a minute or after a failure, which
// a run of the tests may or may not see. What is put together of parts is judged where it is sent (support/watch-sql.ts).

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'vite';
import { expect, test } from 'vitest';
import { refusedOf } from '../support/sql-allowed.ts';

const SERVER = join(import.meta.dirname, '../../server');
const IS_STATEMENT = /^\s*(select|insert|update|delete|with)\b/i;
/** A parameter that is no value but a condition or a list of columns, made elsewhere. */
const HAS_PART =
  /\b(where|and|or|on|from|join|select|returning)\s+\$\d+\s*(?=$|[),]|\b(and|or|order|group|limit|returning|from)\b)/i;

type Node = { readonly type?: string; readonly start: number; readonly end: number; readonly [field: string]: unknown };
type Quasi = {
  readonly quasis: readonly { readonly value: { readonly cooked: string } }[];
  readonly expressions: readonly Node[];
};

function statementsOf(source: string, name: string): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) return void node.forEach(visit);
    const { type, tag, quasi } = node as Node;
    if (type === 'TaggedTemplateExpression' && /^sql\b/.test(source.slice((tag as Node).start, (tag as Node).end))) {
      const { quasis, expressions } = quasi as Quasi;
      found.push(quasis.map(({ value }, i) => value.cooked + (i < expressions.length ? `$${i + 1}` : '')).join(''));
    }
    Object.values(node).forEach(visit);
  };
  visit(parseSync(name, source).program);
  return found;
}

/** What is refused of a statement; null where it does not stand whole: only put together is it SQL. */
function refusedIn(text: string, sender: string): string[] | null {
  try {
    return refusedOf(new Map([[text, sender]]));
  } catch {
    return null;
  }
}

test('no statement of the source asks what a spread database refuses, or asks of every machine', () => {
  const files = (readdirSync(SERVER, { recursive: true }) as string[]).filter((name) => name.endsWith('.ts'));
  const judged = files.flatMap((name) => {
    const source = readFileSync(join(SERVER, name), 'utf8');
    const written = /\bsql[<`]/.test(source) ? statementsOf(source, name) : [];
    const whole = written.filter((text) => IS_STATEMENT.test(text) && !HAS_PART.test(text));
    return whole.map((text) => refusedIn(text, name)).filter((refused) => refused !== null);
  });
  expect(judged.length, 'statements that stand whole').toBeGreaterThan(150);
  expect(judged.flat()).toEqual([]);
});
