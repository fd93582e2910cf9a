// Judges statements as a database spread by jurisdiction would: it parses them as PostgreSQL does and refuses what Citus
// refuses, asks of every machine, or does without saying so.

import { loadModule, parseSync } from 'libpg-query';
import { tablesOf } from '../../server/db/table-classes.ts';
import {
  isOurs,
  isPinned,
  type Level,
  levelOf,
  type Named,
  type Node,
  namedOf,
  partsOf,
  stringsOf,
} from './sql-tree.ts';
import { readTables } from './tables-type.ts';

const DISTRIBUTED = new Set(tablesOf('distributed'));
const REFERENCE = new Set(tablesOf('reference'));
const isDistributed = ({ table }: { readonly table: string }) => DISTRIBUTED.has(table);
const isReference = ({ table }: { readonly table: string }) => REFERENCE.has(table);

/** What a statement is refused for. */
export type Fault =
  | 'tenant table without its own key'
  | 'correlated subquery with a reference table'
  | 'volatile function in a change'
  | 'RETURNING with a subquery'
  | 'reference table changed while distributed ones are read'
  | 'SET LOCAL without propagation'
  | 'INSERT … SELECT … DO NOTHING without RETURNING'
  | 'system table beside a tenant table';
export type Refused = { readonly fault: Fault; readonly what: string };

/** Theirs is the moment of the statement: not the same on every machine, so where a row is set it comes as a parameter. */
const OF_THE_MOMENT = new Set(['now', 'statement_timestamp', 'transaction_timestamp']);
/** Their value is another at every call; nowhere in a change of rows that are there. */
const VOLATILE = new Set([
  'clock_timestamp',
  'timeofday',
  'random',
  'setseed',
  'nextval',
  'currval',
  'gen_random_uuid',
  'uuid_generate_v4',
  'txid_current',
  'pg_backend_pid',
]);
const PROPAGATION = 'citus.propagate_set_commands';
/** How the coordinator itself works; nothing for other machines. */
const OF_THE_COORDINATOR = /^citus\./;
/** Each machine has its own: on the one that holds the jurisdiction it says nothing of where the question was asked. */
const SYSTEM_TABLE = /^pg_(?!temp)/;

const COLUMNS = readTables();

await loadModule();

/**
 * Every fault of the statements in `text`, which are sent at once. `isPropagated` = the transaction they stand in has
 * said already that its settings are for every machine, or the one place has sent them that says so where it is needed.
 */
export function lintSql(text: string, { isPropagated = false } = {}): Refused[] {
  const found: Refused[] = [];
  let propagated = isPropagated;
  for (const { stmt } of (parseSync(text) as { stmts?: { stmt: Node }[] }).stmts ?? []) {
    const set = stmt.VariableSetStmt as Node | undefined;
    if (set?.is_local) {
      if (set.name === PROPAGATION) propagated = true;
      else if (!propagated && !OF_THE_COORDINATOR.test(String(set.name)))
        found.push({ fault: 'SET LOCAL without propagation', what: String(set.name ?? '') });
    }
    const all = tablesBelow(stmt);
    const system = all.find(({ table }) => SYSTEM_TABLE.test(table));
    if (system && all.some(isDistributed))
      found.push({ fault: 'system table beside a tenant table', what: system.table });
    judge(stmt, [], found);
  }
  return found;
}

/** Goes through everything below a node; `outer` are the levels of the queries it stands in, the nearest first. */
function judge(node: unknown, outer: readonly Level[], found: Refused[]): void {
  if (Array.isArray(node)) {
    for (const each of node) judge(each, outer, found);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  for (const [kind, of] of Object.entries(node as Node)) {
    if (kind === 'SubLink') judgeSubquery((of as Node).subselect, outer, found);
    if (kind === 'RangeSubselect' && (of as Node).lateral) judgeSubquery((of as Node).subquery, outer, found);
    const level = levelOf(kind, of, outer);
    for (const each of level?.tables.filter(isDistributed) ?? []) {
      if (!isPinned(level!, each, isDistributed))
        found.push({
          fault: 'tenant table without its own key',
          what: [...new Set([each.table, each.alias])].join(' '),
        });
    }
    if (CHANGES.has(kind)) judgeChange(kind, of as Node, found);
    judge(of, level ? [level, ...outer] : outer, found);
  }
}

/** Whether a table has a column, for names that do not say of which table they are. */
const has =
  (column: string) =>
  ({ table }: Named) =>
    COLUMNS[table]?.[column] !== undefined;

const CHANGES = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt']);

function judgeSubquery(query: unknown, outer: readonly Level[], found: Refused[]): void {
  const inner = tablesBelow(query);
  const around = outer.flatMap(({ tables }) => tables);
  const own = new Set(inner.map(({ alias }) => alias));
  const names = new Set(outer.flatMap((level) => [...level.names]).filter((name) => !own.has(name)));
  const isCorrelated = partsOf(query, 'ColumnRef').some(({ fields }) => {
    const [column, table] = stringsOf(fields).reverse();
    if (table !== undefined) return names.has(table);
    return column !== undefined && !inner.some(has(column)) && around.some(has(column));
  });
  const isMixed = (these: readonly Named[], those: readonly Named[]) =>
    these.some(isReference) && those.some(isDistributed);
  if (isCorrelated && (isMixed(around, inner) || isMixed(inner, around)))
    found.push({
      fault: 'correlated subquery with a reference table',
      what: inner.map(({ table }) => table).join(', '),
    });
}

/** Also of what stands in the place of a table without being one, such as a query of a WITH. */
const tablesBelow = (node: unknown): Named[] => partsOf(node, 'RangeVar').filter(isOurs).map(namedOf);

function judgeChange(kind: string, of: Node, found: Refused[]): void {
  const [target] = tablesBelow({ RangeVar: of.relation });
  if (!target) return;
  const conflict = of.onConflictClause as Node | undefined;
  const isInsert = kind === 'InsertStmt';
  const read = isInsert ? tablesBelow([of.selectStmt, of.withClause]) : tablesBelow({ ...of, relation: null });
  if (isReference(target) && read.some(isDistributed))
    found.push({ fault: 'reference table changed while distributed ones are read', what: target.table });
  // The values of an INSERT are computed once, on the coordinator; what changes rows that are there, where they lie.
  const set = isInsert ? conflict?.targetList : of.targetList;
  const where = isInsert ? conflict?.whereClause : of.whereClause;
  const called = [...volatileIn(set), ...volatileIn(where).filter((name) => VOLATILE.has(name))];
  for (const name of called) found.push({ fault: 'volatile function in a change', what: name });
  const returning = (of.returningClause as Node | undefined)?.exprs ?? of.returningList;
  if (partsOf(returning, 'SubLink').length) found.push({ fault: 'RETURNING with a subquery', what: target.table });
  const select = (of.selectStmt as Node | undefined)?.SelectStmt as Node | undefined;
  if (isInsert && select && !select.valuesLists && conflict?.action === 'ONCONFLICT_NOTHING' && !returning)
    found.push({ fault: 'INSERT … SELECT … DO NOTHING without RETURNING', what: target.table });
}

function volatileIn(node: unknown): string[] {
  const called = partsOf(node, 'FuncCall').map((call) => stringsOf(call.funcname).at(-1)!);
  const words = partsOf(node, 'SQLValueFunction').map(({ op }) =>
    String(op)
      .replace(/^SVFOP_/, '')
      .toLowerCase(),
  );
  return [
    ...called.filter((name) => VOLATILE.has(name) || OF_THE_MOMENT.has(name)),
    ...words.filter((word) => /^(current_(date|time)|localtime)/.test(word)),
  ];
}
