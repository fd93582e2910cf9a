// The limit of a jurisdiction: the union of the polygons in a file, what a layer of areas covers, or one of its areas.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { raiseDataVersion, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotFound } from '../errors.ts';
import { countCrossings } from '../geometry/crossings.ts';
import type { ReadOptions } from '../mapfiles/contract.ts';
import { openFindings } from '../mapfiles/findings.ts';
import { readFeatures } from '../mapfiles/formats.ts';
import { boundsOfPolygons } from './areas.ts';
import { noPolygons } from './check-areas.ts';
import { shapesOf } from './collect.ts';
import type { LimitReport, LimitWish } from './contract.ts';
import { findStoredLayer, requireVersion } from './history.ts';
import { findFaults, MOST_CROSSINGS, storeLimit } from './store.ts';
import { locateJurisdiction } from './versions.ts';

/** The polygons of a limit are united in one statement, which costs by these. */
const MOST_CROSSINGS_OF_LIMIT = 20_000;
/** Areas of a layer that make a limit together. */
const MOST_AREAS = 5000;
/** So many shapes are joined in one statement: well under a second on the embedded engine. */
const JOINED_AT_ONCE = 24;
/** Smaller holes are rounding, filled without a word. */
const LEAST_HOLE_M2 = 1;
/** A tenth of a millimetre; without a grid GEOS may throw where the embedded engine does not recover (coverage.ts). */
const GRID_DEGREES = 1e-9;

/**
 * Makes the union of the polygons in a file the limit and the bounds of a jurisdiction. What is already placed stays:
 * streets imported before need `import streets` again. Throws BadInput as importAreas does.
 */
export async function importLimit(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  options: ReadOptions,
): Promise<void> {
  const findings = openFindings();
  const source = await readFeatures(path, options);
  const shapes = shapesOf(source, findings).map(({ polygons }) => polygons);
  const faults = await findFaults(database, shapes, () => {});
  const usable = shapes.flatMap((polygons, index) => {
    const fault = faults[index]!;
    if (fault.fault === 'repairable') return [fault.repaired];
    if (fault.fault === 'tangled') findings.add('too-many-crossings', { detail: `> ${MOST_CROSSINGS}` });
    return fault.fault === 'none' ? [polygons] : [];
  });
  if (usable.length === 0) throw noPolygons(source, findings);
  if (countCrossings(usable.flat(2), MOST_CROSSINGS_OF_LIMIT) === Infinity) {
    throw new BadInput('file', `its polygons cross each other more than ${MOST_CROSSINGS_OF_LIMIT} times`);
  }
  await withJurisdictionLock(database, jurisdiction.id, (writer) =>
    writer.publishing(async (trx) => {
      await storeLimit(trx, jurisdiction.id, usable);
      await locateJurisdiction(trx, jurisdiction, boundsOfPolygons(usable.flat()));
      await raiseDataVersion(trx, jurisdiction.id);
    }),
  );
}

/**
 * What to make the limit, looked up before a job is started for it. Throws NotFound for a layer, version or area that is
 * not there, BadInput for a layer of lines or points or of too many areas.
 */
export async function requireLimitAreas(
  database: Database,
  jurisdiction: Jurisdiction,
  { layer: code, version, area }: LimitWish,
): Promise<readonly number[]> {
  const layer = await findStoredLayer(database, jurisdiction, code);
  if (layer.type !== 'areas') throw new BadInput('layer', 'only areas can be a limit');
  await requireVersion(database.db, jurisdiction.id, layer, version, false);
  const { rows } = await sql<{ id: number }>`
    select place_id as id from area
    where jurisdiction_id = ${jurisdiction.id} and layer_id = ${layer.layerId} and version = ${version}
      and (${area}::text is null or code = ${area})
    order by ST_GeoHash(ST_Transform(label_3857, 4326)), place_id
    limit ${MOST_AREAS + 1}`.execute(database.db);
  if (rows.length === 0) throw new NotFound(`no area ${area?.slice(0, 60)} in ${code}`);
  if (rows.length > MOST_AREAS) throw new BadInput('layer', `more than ${MOST_AREAS} areas to join`);
  return rows.map(({ id }) => id);
}

/**
 * Makes the areas of a version, or one of them, the limit and the bounds of a jurisdiction. Between areas that are joined
 * holes are filled, since colonias leave out parks and stations, and told; those of a single area are its own. What is
 * placed on streets stays until placeStreetsAgain.
 */
export async function limitFromAreas(
  database: Database,
  jurisdiction: Jurisdiction,
  wish: LimitWish,
  onProgress: (share: number) => void,
): Promise<LimitReport> {
  const ids = await requireLimitAreas(database, jurisdiction, wish);
  const { layerId } = await findStoredLayer(database, jurisdiction, wish.layer);
  const { id } = jurisdiction;
  return await withJurisdictionLock(database, id, async (writer) => {
    let joined: string[] = [];
    for (const some of inLots(ids)) {
      const { rows } = await sql<{ hex: string }>`
        select encode(ST_AsBinary(ST_Union(geom, ${GRID_DEGREES}::float8)), 'hex') as hex from area
        where jurisdiction_id = ${id} and layer_id = ${layerId} and version = ${wish.version}
          and place_id = any(${some}::int[])`.execute(writer.db);
      joined.push(rows[0]!.hex);
      onProgress((0.8 * joined.length * JOINED_AT_ONCE) / (ids.length + JOINED_AT_ONCE));
    }
    while (joined.length > 1) {
      const next: string[] = [];
      for (const some of inLots(joined)) {
        const { rows } = await sql<{ hex: string }>`
          select encode(ST_AsBinary(ST_Union(ST_GeomFromWKB(decode(hex, 'hex'), 4326), ${GRID_DEGREES}::float8)), 'hex') as hex
          from unnest(${some}::text[]) as given (hex)`.execute(writer.db);
        next.push(rows[0]!.hex);
      }
      joined = next;
    }
    onProgress(0.9);
    const { rows } = await writer.publishing(async (trx) => {
      const stored = await sql<Pick<LimitReport, 'areaKm2' | 'holes' | 'holesKm2'>>`
        with whole as materialized (
          select ST_CollectionExtract(ST_GeomFromWKB(decode(${joined[0]!}::text, 'hex'), 4326), 3) as geom
        ),
        part as materialized (select (ST_Dump(geom)).geom as geom from whole),
        filled as materialized (
          select ST_Multi(ST_Union(case when ${ids.length > 1}::boolean
            then ST_MakePolygon(ST_ExteriorRing(geom)) else geom end, ${GRID_DEGREES}::float8)) as geom from part
        ),
        stored as (
          update jurisdiction set limit_geom = filled.geom,
            west = ST_XMin(filled.geom), south = ST_YMin(filled.geom),
            east = ST_XMax(filled.geom), north = ST_YMax(filled.geom)
          from filled where jurisdiction_id = ${id}
        )
        select ST_Area(filled.geom::geography) / 1e6 as "areaKm2",
          case when ${ids.length > 1}::boolean then (
            select count(*)::int from part, lateral ST_DumpRings(part.geom) as ring
            where ring.path[1] > 0 and ST_Area(ring.geom::geography) >= ${LEAST_HOLE_M2}
          ) else 0 end as holes,
          greatest(0, ST_Area(filled.geom::geography) - ST_Area(whole.geom::geography)) / 1e6 as "holesKm2"
        from filled, whole`.execute(trx);
      await raiseDataVersion(trx, id);
      return stored;
    });
    return { ...wish, areas: ids.length, ...rows[0]! };
  });
}

function* inLots<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let first = 0; first < items.length; first += JOINED_AT_ONCE) yield items.slice(first, first + JOINED_AT_ONCE);
}
