// Problems in the database: documents with a version. Whoever changes one says which version they saw; what others changed
// meanwhile is kept, and where both changed the same, nothing is written and both texts are told.

import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Viewer } from '../access/contract.ts';
import { whoIs } from '../accounts/doors.ts';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import { BadInput, NotFound } from '../errors.ts';
import type { ToldInWords } from '../evaluation/sentence.ts';
import type { ChangeRow, EditConflict, ItemKind, ItemRow, ProblemBody, ProblemRow } from './contract.ts';

type Db = Kysely<Tables> | Transaction<Tables>;
type Body = Readonly<Record<string, unknown>>;
export const MOST_PROBLEMS = 2000;
const MOST_ITEMS = 500;
/** In all problems of a jurisdiction: lists, map and workbook hold them at once. */
export const MOST_ITEMS_OF_ALL = 20_000;

/** Whoever is bound to areas sees the problems whose place lies there. */
const withinScope = ({ scope }: Viewer, id: number) =>
  scope.areas ? liesInAreas(scope.areas, id, sql`ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)`) : sql`true`;

/** Whether a point lies in areas as they are drawn now. */
export const liesInAreas = (
  areas: NonNullable<Viewer['scope']['areas']>,
  id: number,
  point: RawBuilder<unknown>,
) => sql`
  exists (
    select from layer l
    join area a on a.jurisdiction_id = ${id} and a.layer_id = l.layer_id and a.version = l.current_version
    where l.jurisdiction_id = ${id} and l.code = ${areas.layer} and a.code = any(${[...areas.codes]}::text[])
      and ST_Covers(a.geom, ${point}))`;

type Stamps = { version: number; created: Date; createdBy: string; changed: Date; changedBy: string };
const stamps = sql`version, created_at as created, created_by as "createdBy", changed_at as changed,
  changed_by as "changedBy"`;
const stamped = ({ version, created, createdBy, changed, changedBy }: Stamps) => ({
  ...{ version, createdAt: created.toISOString(), createdBy, changedAt: changed.toISOString(), changedBy },
});

export async function listProblems({ db }: Database, viewer: Viewer, id: number): Promise<ProblemRow[]> {
  const { rows } = await sql<Stamps & { id: number; body: ProblemBody; lon: number | null; lat: number | null }>`
    select problem_id as id, body, lon, lat, ${stamps} from problem p
    where p.jurisdiction_id = ${id} and ${withinScope(viewer, id)}
    order by p.problem_id desc limit ${MOST_PROBLEMS}`.execute(db);
  return rows.map(toProblem);
}

const toProblem = (row: Stamps & { id: number; body: ProblemBody; lon: number | null; lat: number | null }) => ({
  ...{ id: row.id, body: row.body, at: row.lon === null ? null : ([row.lon, row.lat!] as const) },
  ...stamped(row),
});

/** Throws NotFound, also for what lies outside the areas of the viewer. */
export async function findProblem({ db }: { readonly db: Db }, viewer: Viewer, id: number, problem: number) {
  const { rows } = await sql<Stamps & { id: number; body: ProblemBody; lon: number | null; lat: number | null }>`
    select problem_id as id, body, lon, lat, ${stamps} from problem p
    where p.jurisdiction_id = ${id} and p.problem_id = ${problem} and ${withinScope(viewer, id)}`.execute(db);
  if (!rows[0]) throw new NotFound('no such problem');
  return toProblem(rows[0]);
}

/** Of one problem, or of all there are. */
export async function listItems<K extends ItemKind>(
  { db }: Database,
  id: number,
  problem: number | null,
  kinds: readonly K[],
): Promise<(ItemRow<K> & { readonly problem: number })[]> {
  const { rows } = await sql<Stamps & { problem: number; id: number; kind: K; body: ItemRow<K>['body'] }>`
    select problem_id as problem, item_id as id, kind, body, ${stamps} from problem_item
    where jurisdiction_id = ${id} and (${problem}::int is null or problem_id = ${problem}::int)
      and kind = any(${[...kinds]}::text[])
    order by problem_id, item_id`.execute(db);
  return rows.map((row) => ({ ...stamped(row), problem: row.problem, id: row.id, kind: row.kind, body: row.body }));
}

/** Measures and agreements of all problems in words alone: what is told of them without their places. */
export async function listTexts<K extends 'measure' | 'agreement'>(
  { db }: Database,
  id: number,
  kind: K,
): Promise<TextsOf<K>[]> {
  const { rows } = await sql<TextsOf<K>>`
    select problem_id as problem, item_id as id, body - '{ground,controls,harm}'::text[] as body from problem_item
    where jurisdiction_id = ${id} and kind = ${kind} and jsonb_typeof(body) = 'object'
    order by problem_id, item_id`.execute(db);
  return rows;
}
export type TextsOf<K extends 'measure' | 'agreement'> = {
  readonly problem: number;
  readonly id: number;
  readonly body: Omit<NonNullable<ItemRow<K>['body']>, 'ground' | 'controls' | 'harm'>;
};

/** Of each measure the evaluation that was kept last: what its sentence is made of. */
export async function lastKept({ db }: Database, id: number): Promise<LastKept[]> {
  const { rows } = await sql<LastKept>`
    select distinct on (problem_id, body -> 'measure') problem_id as problem, (body ->> 'measure')::int as measure,
      coalesce((body ->> 'isSensitive')::boolean, false) as "isSensitive",
      jsonb_build_object('verdict', body #> '{answer,verdict}', 'displaced', body #> '{answer,displaced}',
        'local', body #> '{answer,local}', 'smallestDetectable', body #> '{answer,smallestDetectable}',
        'scatter', body #> '{answer,scatter}') as answer
    from problem_item where jurisdiction_id = ${id} and kind = 'evaluation' and jsonb_typeof(body) = 'object'
    order by problem_id, body -> 'measure', item_id desc`.execute(db);
  return rows;
}
export type LastKept = {
  readonly problem: number;
  readonly measure: number;
  readonly isSensitive: boolean;
  readonly answer: ToldInWords;
};

export type ItemCounts = { readonly measures: number; readonly openAgreements: number };

/** Of each problem that has some, by its number. */
export async function countItems({ db }: Database, id: number): Promise<ReadonlyMap<number, ItemCounts>> {
  const { rows } = await sql<ItemCounts & { problem: number }>`
    select problem_id as problem, (count(*) filter (where kind = 'measure'))::int as measures,
      (count(*) filter (where kind = 'agreement' and body ->> 'state' = 'open'))::int as "openAgreements"
    from problem_item where jurisdiction_id = ${id} and kind in ('measure', 'agreement')
    group by problem_id`.execute(db);
  return new Map(rows.map(({ problem, ...counts }) => [problem, counts]));
}

/** Newest first. */
export async function listChanges({ db }: Database, id: number, problem: number): Promise<ChangeRow[]> {
  const { rows } = await sql<Omit<ChangeRow, 'at'> & { at: Date }>`
    select item_id as item, version, what, at, who, body from problem_change
    where jurisdiction_id = ${id} and problem_id = ${problem}
    order by at desc, item_id desc, version desc limit 1000`.execute(db);
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

export type At = readonly [lon: number, lat: number] | null;

export async function openProblem(
  { db }: Database,
  viewer: Viewer,
  id: number,
  body: ProblemBody,
  at: At,
): Promise<ProblemRow> {
  return db.transaction().execute(async (trx) => {
    // One at a time in a jurisdiction, so that no number is given twice.
    await sql`select from data_state where jurisdiction_id = ${id} for update`.execute(trx);
    const who = whoIs(viewer);
    const { rows } = await sql<{ problem: number }>`
      insert into problem (jurisdiction_id, problem_id, version, state, body, lon, lat, created_by, changed_by)
      select ${id}::int, coalesce(max(problem_id), 0) + 1, 1, ${body.state}, ${JSON.stringify(body)}::jsonb,
        ${at?.[0] ?? null}::float8, ${at?.[1] ?? null}::float8, ${who}, ${who}
      from problem where jurisdiction_id = ${id} having count(*) < ${MOST_PROBLEMS}
      returning problem_id as problem`.execute(trx);
    if (!rows[0]) throw new BadInput('problem', `at most ${MOST_PROBLEMS} problems`);
    await noteChange(trx, id, { problem: rows[0].problem, item: 0 }, { version: 1, what: 'opened', who, body });
    // Whoever is bound to areas opens none elsewhere: it would not be found, and nothing is written.
    return findProblem({ db: trx }, viewer, id, rows[0].problem);
  });
}

export async function addItem<K extends ItemKind>(
  { db }: Pick<Database, 'db'>,
  viewer: Viewer,
  id: number,
  problem: number,
  kind: K,
  body: NonNullable<ItemRow<K>['body']>,
  /** What else is written with it, or not at all. */
  alongside: (trx: Transaction<Tables>, item: number) => Promise<void> = async () => {},
): Promise<ItemRow<K>> {
  return db.transaction().execute(async (trx) => {
    await sql`select from problem where jurisdiction_id = ${id} and problem_id = ${problem} for update`.execute(trx);
    await findProblem({ db: trx }, viewer, id, problem);
    const { rows: all } = await sql<{ n: number }>`
      select count(*)::int as n from problem_item where jurisdiction_id = ${id}`.execute(trx);
    if (all[0]!.n >= MOST_ITEMS_OF_ALL)
      throw new BadInput('problem', `at most ${MOST_ITEMS_OF_ALL} measures, notes and agreements`);
    const who = whoIs(viewer);
    const { rows } = await sql<Stamps & { id: number; kind: K; body: ItemRow<K>['body'] }>`
      insert into problem_item (jurisdiction_id, problem_id, item_id, kind, version, body, created_by, changed_by)
      select ${id}::int, ${problem}::int, coalesce(max(item_id), 0) + 1, ${kind}, 1, ${JSON.stringify(body)}::jsonb,
        ${who}, ${who}
      from problem_item where jurisdiction_id = ${id} and problem_id = ${problem} having count(*) < ${MOST_ITEMS}
      returning item_id as id, kind, body, ${stamps}`.execute(trx);
    const [row] = rows;
    if (!row) throw new BadInput('problem', `at most ${MOST_ITEMS} measures, notes and agreements`);
    await noteChange(trx, id, { problem, item: row.id }, { version: 1, what: 'opened', who, body });
    await alongside(trx, row.id);
    return { ...stamped(row), id: row.id, kind: row.kind, body: row.body };
  });
}

export type Edited = { readonly problem: number; readonly item: number };
/** `make` judges the whole of what it would become. */
export type DocumentChange = {
  readonly version: number;
  readonly changes: Body;
  readonly make: (body: Body) => Body;
  readonly at?: At;
};

/**
 * The document with the changes, or both texts where others changed the same fields since the version that was seen.
 * Throws NotFound.
 */
export async function changeDocument(
  { db }: Database,
  viewer: Viewer,
  id: number,
  edited: Edited,
  { version, changes, make, at }: DocumentChange,
): Promise<EditConflict | null> {
  return db.transaction().execute(async (trx) => {
    const now = await lockDocument(trx, viewer, id, edited);
    if (version > now.version) throw new BadInput('version', 'no such version');
    if (version < now.version) {
      const seen = await bodyAt(trx, id, edited, version);
      const both = Object.keys(changes).filter(
        (field) => !sameContent(seen[field], now.body[field]) && !sameContent(changes[field], now.body[field]),
      );
      if (both.length) return conflictOf(now, changes, both);
    }
    const body = make({ ...now.body, ...changes });
    if (sameContent(body, now.body)) return null;
    await writeDocument(trx, viewer, id, edited, { version: now.version + 1, what: 'changed', body }, at);
    await refuseMovedAway(trx, viewer, id, edited);
    return null;
  });
}

/** It becomes what it was before its last change; nothing is forgotten. Throws NotFound; Conflict is told as above. */
export async function undoChange(
  database: Database,
  viewer: Viewer,
  id: number,
  edited: Edited,
  version: number,
  atOf: (body: Body) => Promise<At>,
  /** Throws where the viewer may not put it back as it was. */
  mayStand: (body: Body) => Promise<void>,
): Promise<EditConflict | null> {
  const { db } = database;
  await findProblem(database, viewer, id, edited.problem);
  // What an earlier version said never changes. Where it lies is asked before the transaction: the embedded engine has one
  // session, on which a question from within would wait for its own end.
  const body = version > 1 ? await bodyAt(db, id, edited, version - 1) : null;
  if (body) await mayStand(body);
  const at = body && edited.item === 0 ? await atOf(body) : undefined;
  return db.transaction().execute(async (trx) => {
    const now = await lockDocument(trx, viewer, id, edited);
    if (version !== now.version) return conflictOf(now, {}, Object.keys(now.body));
    if (!body) throw new BadInput('version', 'there is no earlier version');
    await writeDocument(trx, viewer, id, edited, { version: version + 1, what: 'undone', body }, at);
    await refuseMovedAway(trx, viewer, id, edited);
    return null;
  });
}

/** Whoever is bound to areas moves no problem out of them: it would not be found, and nothing is written. */
async function refuseMovedAway(trx: Db, viewer: Viewer, id: number, { problem }: Edited): Promise<void> {
  await findProblem({ db: trx }, viewer, id, problem);
}

type Locked = { version: number; kind: string; body: Body; changed: Date; changedBy: string };

async function lockDocument(trx: Db, viewer: Viewer, id: number, { problem, item }: Edited): Promise<Locked> {
  await findProblem({ db: trx }, viewer, id, problem);
  const { rows } = await (item === 0
    ? sql<Locked>`select version, 'problem' as kind, body, changed_at as changed, changed_by as "changedBy" from problem
        where jurisdiction_id = ${id} and problem_id = ${problem} for update`
    : sql<Locked>`select version, kind, body, changed_at as changed, changed_by as "changedBy" from problem_item
        where jurisdiction_id = ${id} and problem_id = ${problem} and item_id = ${item} for update`
  ).execute(trx);
  if (!rows[0] || ['evaluation', 'file', 'picture'].includes(rows[0].kind))
    throw new NotFound('no such measure, note or agreement');
  return rows[0];
}

async function bodyAt(trx: Db, id: number, { problem, item }: Edited, version: number): Promise<Body> {
  const { rows } = await sql<{ body: Body }>`
    select body from problem_change where jurisdiction_id = ${id} and problem_id = ${problem} and item_id = ${item}
      and version = ${version}`.execute(trx);
  if (!rows[0]) throw new BadInput('version', 'no such version');
  return rows[0].body;
}

type Written = { readonly version: number; readonly what: ChangeRow['what']; readonly body: Body };

async function writeDocument(trx: Db, viewer: Viewer, id: number, edited: Edited, written: Written, at?: At) {
  const { problem, item } = edited;
  const { version, body } = written;
  const who = whoIs(viewer);
  const set = sql`version = ${version}, body = ${JSON.stringify(body)}::jsonb, changed_at = ${new Date().toISOString()}::timestamptz,
    changed_by = ${who}`;
  if (item === 0) {
    const moved = at === undefined ? sql`` : sql`, lon = ${at?.[0] ?? null}::float8, lat = ${at?.[1] ?? null}::float8`;
    await sql`update problem set ${set}, state = ${String(body.state)} ${moved}
      where jurisdiction_id = ${id} and problem_id = ${problem}`.execute(trx);
  } else
    await sql`update problem_item set ${set}
      where jurisdiction_id = ${id} and problem_id = ${problem} and item_id = ${item}`.execute(trx);
  await noteChange(trx, id, edited, { ...written, who });
}

export async function noteChange(
  trx: Db,
  id: number,
  { problem, item }: Edited,
  change: Written & { readonly who: string },
) {
  await sql`insert into problem_change (jurisdiction_id, problem_id, item_id, version, what, who, body)
    values (${id}, ${problem}, ${item}, ${change.version}, ${change.what}, ${change.who},
      ${JSON.stringify(change.body)}::jsonb)`.execute(trx);
}

const conflictOf = (now: Locked, changes: Body, fields: readonly string[]): EditConflict => ({
  ...{ type: 'conflict', version: now.version, changedBy: now.changedBy, changedAt: now.changed.toISOString() },
  theirs: Object.fromEntries(fields.map((field) => [field, now.body[field] ?? null])),
  yours: Object.fromEntries(fields.map((field) => [field, changes[field] ?? null])),
});

/** The database keeps no order of keys. */
export const sameContent = (a: unknown, b: unknown): boolean => ordered(a) === ordered(b);
const ordered = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
