// The authorities whose data is here, as far as the viewer may know of them.

import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import { withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import { openTenants, seeingEverybody } from '../db/tenants.ts';
import { BadInput, Conflict, NotFound } from '../errors.ts';
import { endAgreementsOf, sharedWith } from './agreements.ts';
import { JURISDICTION_CODE, type Jurisdiction, type Scope, type Viewer } from './contract.ts';

/** Where a jurisdiction without limit or srid is measured until its first layer says where it is. */
export const UNPLACED_SRID = 3857;

const columns = [
  'jurisdiction_id as id',
  'code',
  'name',
  'timezone',
  'srid',
  'synthetic',
  'west',
  'south',
  'east',
  'north',
  sql<boolean>`limit_geom is not null`.as('hasLimit'),
] as const;

/**
 * One without a data state is being removed: nobody sees it any more. Asked by itself: on several machines the data state
 * of a jurisdiction lies on one of them, and only its key says on which.
 */
async function isThere({ db }: Pick<Database, 'db'>, id: number): Promise<boolean> {
  const { rows } = await seeingEverybody(() => sql`select from data_state where jurisdiction_id = ${id}`.execute(db));
  return rows.length > 0;
}

/** Looked up before it is known whether the viewer may see it; from where it is told on, its rows are in sight. */
async function told(find: () => Promise<Jurisdiction>): Promise<Jurisdiction> {
  const found = await seeingEverybody(find);
  openTenants([found.id]);
  return found;
}

/** Whether the viewer may know that there is such a jurisdiction. */
function mayKnow({ scope }: Viewer, code: string): boolean {
  return scope.jurisdictions === null || scope.jurisdictions.includes(code);
}

/** Every jurisdiction the viewer may see; the public are given the public views there are. */
export async function listJurisdictions(database: Database, viewer: Viewer): Promise<Jurisdiction[]> {
  const listed = await seeingEverybody(() =>
    viewer.role === 'public' ? listPublicViews(database) : listKnown(database, viewer),
  );
  openTenants(listed.map(({ id }) => id));
  return listed;
}

async function listKnown(database: Database, viewer: Viewer): Promise<Jurisdiction[]> {
  const { db } = database;
  const rows = await db
    .selectFrom('jurisdiction')
    .select(columns)
    .where((row) => isNoView(row))
    .orderBy('jurisdiction_id')
    .execute();
  const states = await db.selectFrom('data_state').select('jurisdiction_id').execute();
  const there = new Set(states.map((state) => state.jurisdiction_id));
  return rows.filter(({ id, code }) => there.has(id) && mayKnow(viewer, code)).map(toJurisdiction);
}

/** What other authorities let the viewer see by agreements that hold, each with its limits. */
export async function listShared(database: Database, viewer: Viewer, now: Date): Promise<Jurisdiction[]> {
  const listed = await seeingEverybody(async () => {
    const found: Jurisdiction[] = [];
    for (const { scope, giver } of await sharedWith(database, viewer, now)) {
      const jurisdiction = await lookUp(database, { ...viewer, scope }, giver).catch(unlessMissing);
      if (jurisdiction) found.push({ ...jurisdiction, shared: scope satisfies Scope });
    }
    return found;
  });
  openTenants(listed.map(({ id }) => id));
  return listed;
}

function unlessMissing(error: unknown): null {
  if (error instanceof NotFound) return null;
  throw error;
}

/**
 * Throws NotFound; the same for one that does not exist and one the viewer may not know of. What the public are given is
 * the public view, under the code and name of the jurisdiction itself: nothing they ask leads to its tables.
 */
export function findJurisdiction(database: Database, viewer: Viewer, code: string): Promise<Jurisdiction> {
  return told(() => lookUp(database, viewer, code));
}

async function lookUp(database: Database, viewer: Viewer, code: string): Promise<Jurisdiction> {
  if (viewer.role === 'public' || (viewer.scope.level === 'protected' && mayKnow(viewer, code))) {
    const view = JURISDICTION_CODE.test(code) ? await findPublicView(database, code) : null;
    if (!view) throw new NotFound(`no jurisdiction ${code.slice(0, 40)}`);
    return view;
  }
  const row =
    JURISDICTION_CODE.test(code) && mayKnow(viewer, code)
      ? await database.db.selectFrom('jurisdiction').select(columns).where('code', '=', code).executeTakeFirst()
      : null;
  if (!row || !(await isThere(database, row.id))) throw new NotFound(`no jurisdiction ${code.slice(0, 40)}`);
  return toJurisdiction(row);
}

/** As it is now, for work that was asked for earlier. Throws NotFound. */
export function findJurisdictionById(database: Pick<Database, 'db'>, id: number): Promise<Jurisdiction> {
  return told(() => lookUpById(database, id));
}

async function lookUpById({ db }: Pick<Database, 'db'>, id: number): Promise<Jurisdiction> {
  const row = await db.selectFrom('jurisdiction').select(columns).where('jurisdiction_id', '=', id).executeTakeFirst();
  if (!row || !(await isThere({ db }, id))) throw new NotFound('no such jurisdiction');
  return toJurisdiction(row);
}

/** A public view has a code no address can name; one that is its own view is a jurisdiction like others. */
function isNoView({ eb, or, ref }: ExpressionBuilder<Tables, 'jurisdiction'>) {
  return or([eb('public_of', 'is', null), eb('public_of', '=', ref('jurisdiction_id'))]);
}

/** Public views with the code and name of what they are a view of. */
function publicViews({ db }: Pick<Database, 'db'>) {
  return db
    .selectFrom('jurisdiction as view')
    .innerJoin('jurisdiction as shown', 'shown.jurisdiction_id', 'view.public_of')
    .select(['view.jurisdiction_id as id', 'shown.code', 'shown.name', 'shown.timezone', 'view.srid', 'view.synthetic'])
    .select([
      'view.west',
      'view.south',
      'view.east',
      'view.north',
      sql<boolean>`view.limit_geom is not null`.as('hasLimit'),
    ])
    .orderBy('shown.jurisdiction_id');
}

/** The view the public are given; null where there is none, or nothing was published in it yet. */
async function findPublicView(database: Database, code: string): Promise<Jurisdiction | null> {
  const row = await publicViews(database).where('shown.code', '=', code).executeTakeFirst();
  if (!row) return null;
  const { rows } = await sql`
    select from data_state where jurisdiction_id = ${row.id} and head_delivery > 0`.execute(database.db);
  return rows.length > 0 ? toJurisdiction(row) : null;
}

async function listPublicViews(database: Database): Promise<Jurisdiction[]> {
  const rows = await publicViews(database).execute();
  const { rows: published } = await sql<{ id: number }>`
    select jurisdiction_id as id from data_state
    where jurisdiction_id = any(${rows.map(({ id }) => id)}::int[]) and head_delivery > 0`.execute(database.db);
  const there = new Set(published.map(({ id }) => id));
  return rows.filter(({ id }) => there.has(id)).map(toJurisdiction);
}

export type NewJurisdiction = {
  readonly code: string;
  readonly name: string;
  readonly timezone: string;
  readonly srid: number | null;
  readonly synthetic?: boolean;
};

/** Adds a jurisdiction. Throws BadInput for a bad code, zone or srid, Conflict when the code is taken. */
export async function addJurisdiction(
  database: Database,
  viewer: Viewer,
  added: NewJurisdiction,
): Promise<Jurisdiction> {
  if (!JURISDICTION_CODE.test(added.code))
    throw new BadInput('code', 'a code is a letter, then letters, digits or hyphens');
  if (added.name.trim() === '') throw new BadInput('name', 'a name is needed');
  checkTimezone(added.timezone);
  if (added.srid !== null) await checkSrid(database.db, added.srid);
  if (await isHalfRemoved(database, added.code)) await removeJurisdiction(database, viewer, added.code);
  await database.db.transaction().execute(async (trx) => {
    const taken = await trx.selectFrom('jurisdiction').select('code').where('code', '=', added.code).executeTakeFirst();
    if (taken) throw new Conflict(`jurisdiction ${added.code} exists already`);
    await insertJurisdiction(trx, added, null);
  });
  return findJurisdiction(database, viewer, added.code);
}

/** Without incidents and layers yet; answers its id. `publicOf` = the id of what it is the public view of. */
async function insertJurisdiction(trx: Kysely<Tables>, added: NewJurisdiction, publicOf: number | null) {
  const { rows } = await sql<{
    id: number;
  }>`select coalesce(max(jurisdiction_id), 0) + 1 as id from jurisdiction`.execute(trx);
  const id = rows[0]!.id;
  await sql`insert into jurisdiction (jurisdiction_id, code, name, timezone, srid, synthetic, public_of)
    values (${id}, ${added.code}, ${added.name}, ${added.timezone}, ${added.srid ?? UNPLACED_SRID}, ${added.synthetic ?? false},
      ${publicOf})`.execute(trx);
  await trx.insertInto('data_state').values({ jurisdiction_id: id, data_token: crypto.randomUUID() }).execute();
  return id;
}

/**
 * The id of the public view of a jurisdiction, published or not. Throws nothing: where there is none it is null, and one
 * that was half removed is removed first.
 */
export async function viewIdOf(database: Database, { id }: Pick<Jurisdiction, 'id'>): Promise<number | null> {
  const row = await database.db
    .selectFrom('jurisdiction')
    .select('jurisdiction_id as id')
    .where('public_of', '=', id)
    .executeTakeFirst();
  if (!row || (await isThere(database, row.id))) return row?.id ?? null;
  await removeById(database, row.id);
  return null;
}

/** The view of a jurisdiction, made when there is none: with no incidents and no layers, and shown to nobody yet. */
export async function ensureView(database: Database, shown: Jurisdiction): Promise<number> {
  const { code, name, timezone, srid, synthetic } = shown;
  return (
    (await viewIdOf(database, shown)) ??
    (await database.db
      .transaction()
      .execute((trx) => insertJurisdiction(trx, { code: `${code}/public`, name, timezone, srid, synthetic }, shown.id)))
  );
}

/** Makes a jurisdiction its own public view: its data are such as could be published whole. */
export async function showAsItIs({ db }: Database, { id }: Jurisdiction): Promise<void> {
  await db.updateTable('jurisdiction').set({ public_of: id }).where('jurisdiction_id', '=', id).execute();
}

/** Removes the public view, for the public at once. */
export async function removeView(database: Database, shown: Jurisdiction): Promise<void> {
  const id = await viewIdOf(database, shown);
  if (id !== null && id !== shown.id) await removeById(database, id);
}

async function isHalfRemoved({ db }: Database, code: string): Promise<boolean> {
  const row = await db
    .selectFrom('jurisdiction')
    .select('jurisdiction_id as id')
    .where('code', '=', code)
    .executeTakeFirst();
  return row !== undefined && !(await isThere({ db }, row.id));
}

export type JurisdictionChange = { readonly name?: string; readonly timezone?: string; readonly srid?: number };

/** Changes what was given. Throws BadInput, NotFound. */
export async function changeJurisdiction(
  database: Database,
  viewer: Viewer,
  code: string,
  change: JurisdictionChange,
): Promise<Jurisdiction> {
  const jurisdiction = await findJurisdiction(database, viewer, code);
  if (change.timezone !== undefined) checkTimezone(change.timezone);
  if (change.srid !== undefined) await checkSrid(database.db, change.srid);
  if (Object.keys(change).length) {
    await database.db.updateTable('jurisdiction').set(change).where('jurisdiction_id', '=', jurisdiction.id).execute();
  }
  return findJurisdiction(database, viewer, code);
}

/**
 * Removes a jurisdiction and everything it loaded: for readers at once, in the database by short statements, between
 * which others are answered. One that is killed is finished by the next command that names the code. Throws NotFound,
 * and Conflict while an import runs.
 */
export async function removeJurisdiction(database: Database, _viewer: Viewer, code: string): Promise<void> {
  const row = await database.db
    .selectFrom('jurisdiction')
    .select('jurisdiction_id as id')
    .where('code', '=', code)
    .where((each) => isNoView(each))
    .executeTakeFirst();
  if (!row) throw new NotFound(`no jurisdiction ${code.slice(0, 40)}`);
  await endAgreementsOf(database.db, code, new Date());
  const view = await viewIdOf(database, row);
  if (view !== null && view !== row.id) await removeById(database, view);
  await removeById(database, row.id);
}

async function removeById(database: Database, id: number): Promise<void> {
  await withJurisdictionLock(database, id, async (writer) => {
    await writer.db.deleteFrom('data_state').where('jurisdiction_id', '=', id).execute();
    await removeIncidents(writer, id);
    // An undo names the delivery it undoes, which may be removed in a statement before its own.
    await sql`update delivery set undoes = null where jurisdiction_id = ${id} and undoes is not null`.execute(
      writer.db,
    );
    for (const table of CHILDREN_FIRST) await removeRows(writer, table, id);
  });
}

/** On the embedded engine well under a second. */
const ROWS_AT_ONCE = 10_000;
/** The database looks for each of these among the incidents, and reads past all those just deleted. */
const SLOW_ROWS = new Set<keyof Tables>(['offence', 'source']);
const SLOW_ROWS_AT_ONCE = 20;

/** By ranges of ids: finding the next rows otherwise means reading past all that are already gone. */
async function removeIncidents({ db }: Database, jurisdictionId: number): Promise<void> {
  const { rows } = await sql<{ first: string | null; last: string | null }>`
    select min(incident_id) as first, max(incident_id) as last from incident
    where jurisdiction_id = ${jurisdictionId}`.execute(db);
  const [{ first, last } = { first: null, last: null }] = rows;
  for (let from = Number(first ?? 1); from <= Number(last ?? 0); from += ROWS_AT_ONCE) {
    await sql`delete from incident where jurisdiction_id = ${jurisdictionId}
      and incident_id >= ${from} and incident_id < ${from + ROWS_AT_ONCE}`.execute(db);
  }
}

async function removeRows({ db }: Database, table: keyof Tables, jurisdictionId: number): Promise<void> {
  const most = SLOW_ROWS.has(table) ? SLOW_ROWS_AT_ONCE : ROWS_AT_ONCE;
  for (;;) {
    const { numAffectedRows } = await sql`
      delete from ${sql.table(table)} where jurisdiction_id = ${jurisdictionId} and ctid = any(array(
        select ctid from ${sql.table(table)} where jurisdiction_id = ${jurisdictionId} limit ${most}))`.execute(db);
    if (Number(numAffectedRows ?? 0) < most) return;
  }
}

const CHILDREN_FIRST = [
  'job',
  'protection',
  'tip',
  'tip_box',
  'meeting_action',
  ...(['lesson_answer', 'own_lesson', 'course_member', 'course_group', 'course'] as const),
  ...(['certificate_request', 'certificate', 'badge_list', 'badge_key'] as const),
  'alert',
  'alert_rule',
  ...(['briefing_figure', 'briefing_change', 'briefing'] as const),
  ...(['problem_file', 'problem_change', 'problem_item', 'problem'] as const),
  'placement',
  'monthly_total',
  'monthly_area',
  'delivery',
  'saved_preset',
  'feed',
  'place_match',
  'place_alias',
  'place_name',
  'place_text',
  'offence_choice',
  'offence',
  'source',
  'segment',
  'reference_point',
  'population',
  'area',
  'layer_version',
  'layer',
  'jurisdiction',
] as const satisfies readonly (keyof Tables)[];

/** UTM zone (WGS 84) of a point: the metric system a jurisdiction is measured in unless set. */
export function utmSrid(lon: number, lat: number): number {
  const zone = Math.min(60, Math.max(1, Math.floor((lon + 180) / 6) + 1));
  return (lat >= 0 ? 32600 : 32700) + zone;
}

function checkTimezone(timezone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
  } catch {
    throw new BadInput('timezone', `no such time zone: ${timezone.slice(0, 60)} (like America/Mexico_City)`);
  }
}

async function checkSrid(db: Kysely<Tables>, srid: number): Promise<void> {
  const { rows } = await sql<{
    projection: string;
  }>`select proj4text as projection from spatial_ref_sys where srid = ${srid}`.execute(db);
  if (!rows[0]) throw new BadInput('srid', `PostGIS does not know EPSG:${srid}`);
  if (!/\+units=m\b/.test(rows[0].projection)) throw new BadInput('srid', `EPSG:${srid} does not measure in metres`);
}

function toJurisdiction(row: {
  id: number;
  code: string;
  name: string;
  timezone: string;
  srid: number;
  synthetic: boolean;
  hasLimit: boolean;
  west: number | null;
  south: number | null;
  east: number | null;
  north: number | null;
}): Jurisdiction {
  const { west, south, east, north, ...rest } = row;
  const bounds =
    west === null || south === null || east === null || north === null ? null : ([west, south, east, north] as const);
  return { ...rest, bounds };
}
