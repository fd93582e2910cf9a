// The street or area a tip is about, as the public view has it: named by its code, stored by its middle.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import type { NewTipPlace } from './contract.ts';

export type TipPlace = {
  readonly layer: string;
  readonly code: string;
  readonly name: string;
  readonly lon: number;
  readonly lat: number;
};

type Found = {
  code: string;
  name: string | null;
  crossings: (string | null)[];
  lon: number;
  lat: number;
  inside: boolean;
};

/** Throws BadInput for a place there is not, and for one that lies outside the municipality. */
export async function findTipPlace({ db }: Database, view: Jurisdiction, asked: NewTipPlace): Promise<TipPlace> {
  const row = await db
    .selectFrom('layer')
    .select(['layer_id as layerId', 'type', 'current_version as version'])
    .where('jurisdiction_id', '=', view.id)
    .where('code', '=', asked.layer)
    .executeTakeFirst();
  const { id } = view;
  const named = (table: 's' | 'a') =>
    'code' in asked
      ? sql`${sql.ref(`${table}.code`)} = ${asked.code}`
      : sql`${sql.ref(`${table}.place_id`)} = ${asked.id}`;
  const read = row?.type === 'streets' ? street : row?.type === 'areas' ? area : null;
  const isOlder = 'version' in asked && asked.version !== row?.version;
  const found = read && !isOlder ? await read(row!.layerId, row!.version ?? 0) : undefined;
  if (!found) throw new BadInput('place', 'no such place');
  if (!found.inside) throw new BadInput('place', 'the place lies outside the municipality');
  const crossings = found.crossings.filter((each) => each !== null);
  const name = [found.name ?? '', crossings.join(' – ')].filter((part) => part !== '').join(', ');
  return { layer: asked.layer, code: found.code, name, lon: rounded(found.lon), lat: rounded(found.lat) };

  async function street(layerId: number, version: number): Promise<Found | undefined> {
    const { rows } = await sql<Found>`
      select s.code, s.name, array[s.crossing_from, s.crossing_to] as crossings, ST_X(m.at) as lon, ST_Y(m.at) as lat,
        coalesce(ST_Covers(j.limit_geom, m.at), true) as inside
      from segment s
      join jurisdiction j on j.jurisdiction_id = ${id}
      cross join lateral (select ST_LineInterpolatePoint(s.geom, 0.5) as at) m
      where s.jurisdiction_id = ${id} and s.layer_id = ${layerId} and s.version = ${version}
        and ${named('s')}`.execute(db);
    return rows[0];
  }

  async function area(layerId: number, version: number): Promise<Found | undefined> {
    const { rows } = await sql<Found>`
      select a.code, a.name, array[]::text[] as crossings, ST_X(m.at) as lon, ST_Y(m.at) as lat, true as inside
      from area a cross join lateral (select ST_Transform(a.label_3857, 4326) as at) m
      where a.jurisdiction_id = ${id} and a.layer_id = ${layerId} and a.version = ${version}
        and ${named('a')}`.execute(db);
    return rows[0];
  }
}

const rounded = (degrees: number) => Math.round(degrees * 1e5) / 1e5;
