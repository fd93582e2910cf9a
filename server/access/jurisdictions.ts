// The authorities whose data is here, as far as the viewer may know of them.

import { type Kysely, sql } from 'kysely';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import { BadInput, Conflict, NotFound } from '../errors.ts';
import type { Jurisdiction, Viewer } from './contract.ts';

const CODE = /^[a-z][a-z0-9-]{0,30}$/;
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

/** Every jurisdiction the viewer may see, by name. */
export async function listJurisdictions(database: Database, _viewer: Viewer): Promise<Jurisdiction[]> {
  const rows = await database.db.selectFrom('jurisdiction').select(columns).orderBy('jurisdiction_id').execute();
  return rows.map(toJurisdiction);
}

/** Throws NotFound; the same for one that does not exist and one the viewer may not know of. */
export async function findJurisdiction(database: Database, _viewer: Viewer, code: string): Promise<Jurisdiction> {
  const row = CODE.test(code)
    ? await database.db.selectFrom('jurisdiction').select(columns).where('code', '=', code).executeTakeFirst()
    : null;
  if (!row) throw new NotFound(`no jurisdiction ${code.slice(0, 40)}`);
  return toJurisdiction(row);
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
  if (!CODE.test(added.code)) throw new BadInput('code', 'a code is a letter, then letters, digits or hyphens');
  if (added.name.trim() === '') throw new BadInput('name', 'a name is needed');
  checkTimezone(added.timezone);
  if (added.srid !== null) await checkSrid(database.db, added.srid);
  await database.db.transaction().execute(async (trx) => {
    const taken = await trx.selectFrom('jurisdiction').select('code').where('code', '=', added.code).executeTakeFirst();
    if (taken) throw new Conflict(`jurisdiction ${added.code} exists already`);
    const { rows } = await sql<{
      id: number;
    }>`select coalesce(max(jurisdiction_id), 0) + 1 as id from jurisdiction`.execute(trx);
    const id = rows[0]!.id;
    await sql`insert into jurisdiction (jurisdiction_id, code, name, timezone, srid, synthetic)
      values (${id}, ${added.code}, ${added.name}, ${added.timezone}, ${added.srid ?? UNPLACED_SRID}, ${added.synthetic ?? false})`.execute(
      trx,
    );
    await trx.insertInto('data_state').values({ jurisdiction_id: id, data_token: crypto.randomUUID() }).execute();
  });
  return findJurisdiction(database, viewer, added.code);
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

/** Removes a jurisdiction and everything it loaded. */
export async function removeJurisdiction(database: Database, viewer: Viewer, code: string): Promise<void> {
  const { id } = await findJurisdiction(database, viewer, code);
  await database.db.transaction().execute(async (trx) => {
    for (const table of CHILDREN_FIRST) await trx.deleteFrom(table).where('jurisdiction_id', '=', id).execute();
  });
}

const CHILDREN_FIRST = [
  'placement',
  'incident',
  'delivery',
  'saved_preset',
  'feed',
  'place_text',
  'offence',
  'source',
  'segment',
  'reference_point',
  'population',
  'area',
  'layer_version',
  'layer',
  'data_state',
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
