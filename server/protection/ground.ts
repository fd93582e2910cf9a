// The ground of a jurisdiction: where it lies, its limit, and the system distances are measured in.

import { sql } from 'kysely';
import type { Writer } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import type { Polygon } from '../geometry/shape.ts';
import { multiPolygonWkb, polygonsOfWkb } from '../geometry/wkb.ts';

export type ProtectedGround = {
  readonly srid: number;
  readonly bounds: readonly [number, number, number, number] | null;
  readonly limit: readonly Polygon[] | null;
};

export async function readGround({ db }: Pick<Database, 'db'>, id: number): Promise<ProtectedGround> {
  const { rows } = await sql<{ srid: number; box: (number | null)[]; limit: Buffer | null }>`
    select srid, array[west, south, east, north] as box, ST_AsBinary(limit_geom, 'NDR') as limit
    from jurisdiction where jurisdiction_id = ${id}`.execute(db);
  const { srid, box, limit } = rows[0]!;
  const bounds = box.some((each) => each === null) ? null : (box as unknown as ProtectedGround['bounds']);
  return { srid, bounds, limit: limit && polygonsOfWkb(limit) };
}

/** Whether both lie on the same ground. */
export async function sameGround(database: Database, one: number, other: number): Promise<boolean> {
  const [a, b] = [await readGround(database, one), await readGround(database, other)];
  return JSON.stringify({ ...a, bounds: null }) === JSON.stringify({ ...b, bounds: null });
}

export async function takeGround(writer: Writer, from: number, to: number): Promise<void> {
  await putGround(writer, to, await readGround(writer, from));
}

export async function putGround({ db }: Writer, id: number, { srid, bounds, limit }: ProtectedGround): Promise<void> {
  const [west, south, east, north] = bounds ?? [null, null, null, null];
  const wkb = limit && multiPolygonWkb(limit);
  await sql`
    update jurisdiction set srid = ${srid}, west = ${west}::float8, south = ${south}::float8, east = ${east}::float8,
      north = ${north}::float8, limit_geom = ST_GeomFromWKB(decode(${wkb}::text, 'hex'), 4326)
    where jurisdiction_id = ${id}`.execute(db);
}
