// The SQL we write stays inside what PostgreSQL 15, the embedded engine and a sharded database all do alike.

import { describe, expect, test } from 'vitest';
import { sourcesIn, withoutComments } from '../support/sources.ts';

type Rule = {
  readonly why: string;
  readonly pattern: RegExp;
  readonly caught: readonly string[];
  readonly free: readonly string[];
  /** Where it is meant, with the reason beside the rule. */
  readonly except?: readonly string[];
};

/** Start of a statement: of a string or template in TypeScript (double quotes stand inside messages only); SQL files
 * are read with each statement quoted. */
const START = /[`']\s*/.source;

const RULES: readonly Rule[] = [
  {
    why: 'MERGE is not distributed by the key',
    pattern: /\bmerge\s+into\b/i,
    caught: ['`merge into incident i using …`'],
    free: ["'emerge in toto'"],
  },
  {
    why: 'set_config outlives or escapes its transaction on other nodes',
    pattern: /\bset_config\s*\(/i,
    caught: ["`select set_config('a.b', $1, true)`"],
    free: ["`select current_setting('server_version')`"],
    // Whose rows a connection may see, said at each hand-out; only where rows are told apart by it, which no sharded one is.
    except: ['server/db/tenants.ts'],
  },
  {
    why: 'a session SET leaks to every user of the one embedded session',
    pattern: new RegExp(`${START}set\\s+(?!local\\b|transaction\\b)(session\\s+)?[\\w.]+\\s*(=|to\\b)`, 'i'),
    caught: ["'set statement_timeout = 0'", '`set session work_mem to 1`'],
    free: ["'set local work_mem = 1'", '`update t set a = 1`'],
  },
  {
    why: 'LISTEN and NOTIFY do not reach the other connections of the embedded engine',
    pattern: new RegExp(`${START}(un)?(listen|notify)\\s+\\w+`, 'i'),
    caught: ["'listen data_changed'", '`notify data_changed`'],
    free: ["'Address to listen on.'", 'server.listen(port)'],
  },
  {
    why: 'named prepared statements clash between connections of the embedded engine',
    pattern: /\bquery\w*\s*(<[^>]*>)?\(\s*\{[^}]*\bname\s*:|\bprepare\s+\w+(\s*\([^)]*\))?\s+as\b/i,
    caught: ["pool.query({ name: 'one', text: 'select 1' })", '`prepare one as select 1`'],
    free: ["parseQuery('name', value)", "pool.query({ text: 'select 1' })"],
  },
  {
    why: 'GROUPING SETS, CUBE and ROLLUP run on one node only: over a materialized part that carries the key',
    pattern: /`(?![^`]*\bas\s+materialized\b)[^`]*\b(grouping\s+sets|group\s+by\s+(cube|rollup))\b/i,
    caught: ['`group by grouping sets ((a), (b))`', '`group by rollup (a, b)`'],
    free: ['`with k as materialized (select 1) select 1 group by grouping sets ((a), (b))`', '`group by cube_id`'],
  },
  {
    why: 'a cursor holds the one embedded session while its client thinks',
    pattern: /\bdeclare\s+\w+\s+(\w+\s+)*cursor\b|pg-cursor|pg-query-stream/i,
    caught: ['`declare c no scroll cursor for select 1`'],
    free: ["'cursor: pointer'"],
  },
  {
    why: 'triggers and rules hide writes from the reader and from the shards',
    pattern: /\bcreate\s+(or\s+replace\s+)?(constraint\s+)?(trigger|rule)\b/i,
    caught: ['create trigger t after insert on incident', 'create or replace rule r as on update'],
    free: ['create table ruler (a int)'],
  },
  {
    why: 'SET NULL on a composite key would empty the jurisdiction',
    pattern: /\bon\s+(delete|update)\s+set\s+(null|default)\b/i,
    caught: ['references layer on delete set null'],
    free: ['references layer on delete cascade'],
  },
  {
    why: 'the embedded PostGIS has no such function, or PostGIS 3.3 has not',
    pattern: /\bST_(AsMVT\w*|AsGeobuf|CoverageSimplify|CoverageUnion|LargestEmptyCircle)\b/i,
    caught: ['`select ST_AsMVTGeom(geom)`'],
    free: ['`select ST_AsBinary(geom)`'],
  },
];

const TYPESCRIPT = sourcesIn('server', ['.ts']).map(({ path, text }) => ({ path, text: withoutComments(text) }));
const SQL = sourcesIn('sql', ['.sql']).map(({ path, text }) => ({ path, text: quoteStatements(text) }));

function quoteStatements(text: string): string {
  const statements = text.replace(/--.*$/gm, '').split(';');
  return statements.map((statement) => `\`${statement}\``).join('\n');
}

describe.each(RULES)('$why', ({ pattern, caught, free, except = [] }) => {
  test('the pattern finds what it is for and nothing beside it', () => {
    expect(caught.filter((text) => !pattern.test(text))).toEqual([]);
    expect(free.filter((text) => pattern.test(text))).toEqual([]);
  });

  test('our SQL is free of it', () => {
    const found = [...TYPESCRIPT, ...SQL].filter(({ text }) => pattern.test(text)).map(({ path }) => path);
    expect(found).toEqual(except);
  });
});

test('schema changes stand in sql/schema, where they happen once and in order', () => {
  const change = new RegExp(`${START}(create|alter|drop)\\s+(table|index|view|extension|function)\\b`, 'i');
  const changing = TYPESCRIPT.filter(({ text }) => change.test(text)).map(({ path }) => path);
  // The tables of a file that somebody downloads; those of a backup, made by sql/schema and moved to where the old ones were;
  // foreign keys that stand aside in the transaction that spreads the tables over several machines; and the rows a user of the
  // database may see, which follow from what tables there are at each start.
  const others = ['exports/geopackage-worker.ts', 'backup/staging.ts', 'db/distribute.ts', 'db/row-security.ts'];
  expect(changing.filter((path) => !others.includes(path.slice('server/'.length)))).toEqual([]);
  expect(SQL.some(({ text }) => change.test(text))).toBe(true);
});

test('settings of a transaction come from the one place that tells every machine of them', () => {
  const setting = TYPESCRIPT.filter(({ text }) => /[`'"]\s*set\s+local\b/i.test(text)).map(({ path }) => path);
  expect(setting).toEqual(['server/db/set-locally.ts']);
});

test('there is SQL to look at', () => {
  expect(TYPESCRIPT.length).toBeGreaterThan(20);
  expect(SQL.length).toBeGreaterThan(1);
});
