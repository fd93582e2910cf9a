// The files of sql/schema also run on a database that is spread over several machines: Citus takes one change of a table at
// a time, and a foreign key only once both its tables are spread.

import { parseSync } from 'libpg-query';
import { expect, test } from 'vitest';
import { migrationNames, migrationSteps, migrationText } from '../../server/db/migrate.ts';
import { TABLE_CLASSES } from '../../server/db/table-classes.ts';
import { lintSql } from '../support/sql-lint.ts';
import { type Node, namedOf, partsOf } from '../support/sql-tree.ts';

/** A database can be spread once it has tables; the first two make those. */
const NAMES = migrationNames().slice(2);
const statementsIn = (text: string) => (parseSync(text) as { stmts: { stmt: Node }[] }).stmts.map(({ stmt }) => stmt);
const ofAll = (kind: string) => NAMES.flatMap((name) => partsOf(statementsIn(migrationText(name)), kind));
const constraintsIn = (node: unknown, kind: string) =>
  partsOf(node, 'Constraint').filter(({ contype }) => contype === kind);
const INLINE = ['CONSTR_CHECK', 'CONSTR_UNIQUE', 'CONSTR_PRIMARY', 'CONSTR_FOREIGN'];

/** What is wrong with a migration, by the words a reader would use. */
function wrongIn(text: string, steps: readonly string[]): string[] {
  const statements = statementsIn(text);
  const alters = partsOf(statements, 'AlterTableStmt');
  const creates = partsOf(statements, 'CreateStmt');
  const columns = partsOf(alters, 'ColumnDef');
  return [
    ...alters.filter(({ cmds }) => (cmds as unknown[]).length > 1).map(() => 'several changes in one ALTER TABLE'),
    ...columns
      .filter((column) => INLINE.some((kind) => constraintsIn(column, kind).length))
      .map(() => 'a constraint inside ADD COLUMN'),
    ...creates.filter((create) => constraintsIn(create, 'CONSTR_FOREIGN').length).map(() => 'a key in CREATE TABLE'),
    ...constraintsIn(alters, 'CONSTR_FOREIGN')
      .filter(({ conname }) => conname === undefined)
      .map(() => 'a key without a name'),
    ...constraintsIn(statementsIn(steps[0]!), 'CONSTR_FOREIGN').map(() => 'a key before its line'),
    ...steps
      .slice(1)
      .flatMap((step) => partsOf(statementsIn(step), 'CreateStmt'))
      .map(() => 'a table after the keys'),
    ...partsOf(partsOf(statements, 'UpdateStmt'), 'TypeCast')
      .filter(({ arg }) => 'ColumnRef' in (arg as Node))
      .map(() => 'a cast of a column that may depend on the session'),
    ...lintSql(text)
      .filter(({ fault }) => fault !== 'tenant table without its own key')
      .map(({ fault }) => fault),
  ];
}

test.each(NAMES)('%s passes on tables that are spread', (name) => {
  expect(wrongIn(migrationText(name), migrationSteps(name))).toEqual([]);
});

test('every table a migration makes has a class', () => {
  const made = migrationNames().flatMap((name) =>
    partsOf(statementsIn(migrationText(name)), 'CreateStmt').map(({ relation }) => namedOf(relation as Node).table),
  );
  expect(made.sort()).toEqual(Object.keys(TABLE_CLASSES).sort());
});

test('what would stop on tables that are spread is found', () => {
  const wrong = (text: string) => wrongIn(text, [text]);
  expect(wrong('alter table layer add column a int, add column b int')).toEqual(['several changes in one ALTER TABLE']);
  expect(wrong('alter table layer add column a int check (a > 0)')).toEqual(['a constraint inside ADD COLUMN']);
  expect(wrong('create table kept (a int references layer)')).toEqual([
    'a key in CREATE TABLE',
    'a key before its line',
  ]);
  expect(wrong('alter table layer add foreign key (a) references source (b)')).toEqual([
    'a key without a name',
    'a key before its line',
  ]);
  expect(wrong('update layer_version set valid_from = created_at::date')).toEqual([
    'a cast of a column that may depend on the session',
  ]);
  expect(wrong('update layer set title = now()')).toEqual(['volatile function in a change']);
  expect(wrongIn('select 1; create table kept (a int)', ['select 1', 'create table kept (a int)'])).toEqual([
    'a table after the keys',
  ]);
});

test('the parts of a migration are all of it, and the keys come last', () => {
  const steps = migrationSteps('0010_place_names');
  expect(steps).toHaveLength(2);
  expect(steps[1]).toContain('place_match_version');
  expect(ofAll('CreateStmt').length).toBeGreaterThan(8);
  expect(ofAll('AlterTableStmt').length).toBeGreaterThan(30);
  expect(migrationSteps('0005_feeds')).toEqual([migrationText('0005_feeds')]);
});
