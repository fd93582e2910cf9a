// Reads the tree that PostgreSQL's parser makes of a statement: which tables a query reads, and what holds each to a key.

import { KEY } from '../../server/db/table-classes.ts';

export type Node = { readonly [kind: string]: unknown };
export type Named = { readonly table: string; readonly alias: string };

/** One SELECT, UPDATE, DELETE or COPY without those inside it; an INSERT reads nothing itself. */
export type Level = {
  readonly tables: readonly Named[];
  /** Everything whose columns can be named here, tables or not. */
  readonly names: ReadonlySet<string>;
  /** Queries of a WITH, by name: these are no tables. */
  readonly withs: ReadonlySet<string>;
  /** Conditions that must hold, with the names whose rows they can leave out; null = of every name here. */
  readonly conditions: readonly { readonly holds: Node; readonly only: ReadonlySet<string> | null }[];
};

/** Every node of a kind at or below `node`. */
export function partsOf(node: unknown, kind: string): Node[] {
  if (Array.isArray(node)) return node.flatMap((each) => partsOf(each, kind));
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, of]) => [...(name === kind ? [of as Node] : []), ...partsOf(of, kind)]);
}

/** The words of a name in parts, such as that of a column. */
export const stringsOf = (list: unknown): string[] => partsOf(list, 'String').map(({ sval }) => String(sval ?? ''));

/** Tables of a schema of their own, as those of a restore before they count, are no tenants'. */
export const isOurs = ({ schemaname }: Node): boolean => schemaname === undefined || schemaname === 'public';

export function namedOf({ relname, alias }: Node): Named {
  const table = String(relname);
  return { table, alias: String((alias as Node | undefined)?.aliasname ?? table) };
}

/** The level a node opens; null when it is no query. `outer` = those around it. */
export function levelOf(kind: string, node: unknown, outer: readonly Level[]): Level | null {
  if (!isQuery(kind, node)) return null;
  const of = node as Node;
  const ctes = partsOfWith(of.withClause);
  const withs = new Set([...outer.flatMap((level) => [...level.withs]), ...ctes]);
  const tables: Named[] = [];
  const names = new Set<string>();
  const conditions: Level['conditions'][number][] = [];
  const add = (range: Node) => {
    const { table, alias } = namedOf(range);
    names.add(alias);
    if (isOurs(range) && (range.schemaname !== undefined || !withs.has(table))) tables.push({ table, alias });
    return [alias];
  };
  /** Answers the names that an item of FROM brings. */
  const from = (item: Node): string[] => {
    const [[itemKind, value]] = Object.entries(item) as [[string, Node]];
    if (itemKind === 'RangeVar') return add(value);
    if (itemKind !== 'JoinExpr') {
      const alias = (value.alias as Node | undefined)?.aliasname;
      if (alias !== undefined) names.add(String(alias));
      return alias === undefined ? [] : [String(alias)];
    }
    const left = from(value.larg as Node);
    const right = from(value.rarg as Node);
    const filtered = { JOIN_LEFT: right, JOIN_RIGHT: left, JOIN_FULL: [] }[String(value.jointype)] ?? null;
    if (value.quals) conditions.push({ holds: value.quals as Node, only: filtered && new Set(filtered) });
    return [...left, ...right];
  };
  if (of.relation && kind !== 'InsertStmt' && !of.is_from) add(of.relation as Node);
  for (const item of [of.fromClause, of.usingClause].flat()) if (item) from(item as Node);
  if (of.whereClause) conditions.push({ holds: of.whereClause as Node, only: null });
  return { tables, names, withs, conditions };
}

/** The two halves of a UNION stand unwrapped under these names, those of a JOIN wrapped. */
function isQuery(kind: string, node: unknown): boolean {
  if (['SelectStmt', 'UpdateStmt', 'DeleteStmt', 'InsertStmt', 'CopyStmt'].includes(kind)) return true;
  return (kind === 'larg' || kind === 'rarg') && typeof node === 'object' && node !== null && 'op' in node;
}

function partsOfWith(clause: unknown): string[] {
  const ctes = ((clause as Node | undefined)?.ctes ?? []) as Node[];
  return ctes.map((cte) => String((cte.CommonTableExpr as Node).ctename));
}

/** Whether a condition holds this table itself to jurisdictions that are known before the query runs. */
export function isPinned(level: Level, { alias }: Named, isDistributed: (table: Named) => boolean): boolean {
  const isAlone = level.tables.filter(isDistributed).length === 1;
  const isKey = (node: unknown) => {
    const column = (node as Node | undefined)?.ColumnRef as Node | undefined;
    const words = column ? stringsOf(column.fields) : [];
    return words.length === 1 ? isAlone && words[0] === KEY : words.at(-2) === alias && words.at(-1) === KEY;
  };
  return level.conditions.some(
    ({ holds, only }) =>
      (only === null || only.has(alias)) &&
      conjuncts(holds).some((each) => {
        const of = each.A_Expr as Node | undefined;
        if (!of || stringsOf(of.name).join() !== '=') return false;
        if (of.kind === 'AEXPR_OP')
          return (isKey(of.lexpr) && isKnown(of.rexpr)) || (isKey(of.rexpr) && isKnown(of.lexpr));
        return (of.kind === 'AEXPR_OP_ANY' || of.kind === 'AEXPR_IN') && isKey(of.lexpr) && isKnown(of.rexpr);
      }),
  );
}

function conjuncts(node: Node): Node[] {
  const of = node.BoolExpr as Node | undefined;
  return of?.boolop === 'AND_EXPR' ? (of.args as Node[]).flatMap(conjuncts) : [node];
}

/** A parameter or a constant, or a list of such. */
function isKnown(node: unknown): boolean {
  const [[kind, of]] = Object.entries(node as Node) as [[string, Node]];
  if (kind === 'ParamRef' || kind === 'A_Const') return true;
  if (kind === 'TypeCast') return isKnown(of.arg);
  if (kind === 'List') return (of.items as Node[]).every(isKnown);
  return kind === 'A_ArrayExpr' && ((of.elements ?? []) as Node[]).every(isKnown);
}
