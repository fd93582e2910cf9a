// Which reference system coordinates are in, judged by where on earth they would land.

import { sql } from 'kysely';
import proj4 from 'proj4';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import type { Bounds } from '../geometry/contract.ts';
import { boundsOf, positionsOf } from '../geometry/shape.ts';
import type { CrsRow, RankedCrs, SourceFile } from './contract.ts';
import type { Findings } from './findings.ts';
import { codesOfState, statesOf } from './mexican-states.ts';

/** What Mexican offices use, the likeliest first; the rest of EPSG is found by search. */
const USUAL_IN_MEXICO = [
  4326, 6372, 32614, 32613, 32615, 32612, 32616, 32611, 6369, 6368, 6370, 6367, 6371, 6366, 3857, 6362, 6365, 4483,
  26714, 26713, 26715, 26712, 26716, 26711, 4267,
];
/** Where a file is looked for while the jurisdiction has no place yet. */
export const MEXICO: Bounds = [-118.5, 14.3, -86.5, 32.8];
const MOST_FOUND = 50;
const EARTH_KM_PER_DEGREE = 111.2;

type Definition = Omit<CrsRow, 'states'> & { readonly proj4text: string };

/** Reference systems whose code, name or states of Mexico hold every word of `query`; the usual ones first. */
export async function searchCrs(database: Database, query: string): Promise<CrsRow[]> {
  const words = query
    .toLowerCase()
    .split(/[\s:/]+/)
    .filter((word) => word !== '' && word !== 'epsg');
  const holds = (word: string) => {
    const pattern = `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`;
    return sql`((srid::text || ' ' || ${name}) ilike ${pattern} or srid = any(${codesOfState(word)}::int[]))`;
  };
  const all = words.length === 0 ? sql`srid = any(${USUAL_IN_MEXICO}::int[])` : sql`true`;
  const { rows } = await sql<Definition>`
    select srid as code, ${name} as name, proj4text from spatial_ref_sys
    where auth_name = 'EPSG' and proj4text <> '' and ${all}
      and ${sql.join([sql`true`, ...words.map(holds)], sql` and `)}
    order by array_position(${USUAL_IN_MEXICO}::int[], srid) nulls last, srid limit ${MOST_FOUND}`.execute(database.db);
  return rows.map(({ code, name }) => ({ code, name, states: statesOf(code) }));
}

/** Second of the quoted words: `PROJCS["WGS 84 / UTM zone 14N",…`. */
const name = sql`split_part(srtext, '"', 2)`;

/** Definitions by code, of the usual systems and `others`. Throws BadInput when one of those is unknown. */
export async function loadCrs(database: Database, others: readonly number[]): Promise<Definition[]> {
  const codes = [...new Set([...USUAL_IN_MEXICO, ...others])];
  const { rows } = await sql<Definition>`
    select srid as code, ${name} as name, proj4text from spatial_ref_sys where srid = any(${codes}::int[])
    order by array_position(${codes}::int[], srid)`.execute(database.db);
  const unknown = others.find((code) => !rows.some((row) => row.code === code));
  if (unknown !== undefined) throw new BadInput('crs', `no such reference system: EPSG:${unknown}`);
  return rows;
}

/**
 * The systems in which an extent would lie on earth, those that put it where the jurisdiction is first, then by how far
 * its middle would lie from there. Equal ones keep the order of `definitions`.
 */
export function rankCrs(
  extent: readonly number[] | null,
  definitions: readonly Definition[],
  jurisdiction: Bounds | null,
): RankedCrs[] {
  const target = jurisdiction ?? MEXICO;
  // Numbers this small are degrees: a projected file of a few hundred metres at the very origin of its system is not met.
  const plausible = extent && liesInDegrees(extent) ? definitions.filter(isGeographic) : definitions;
  const ranked = plausible.flatMap(({ code, name, proj4text }): RankedCrs[] => {
    const bounds = extent && landing(extent, proj4text);
    if (!bounds) return [];
    // A city elsewhere is not told of states of Mexico.
    const states = overlaps(target, MEXICO) ? statesOf(code) : [];
    return [{ code, name, states, bounds, fits: overlaps(bounds, target), distanceKm: distanceKm(bounds, target) }];
  });
  const rank = ({ fits, distanceKm }: RankedCrs) => (fits ? 0 : 1e9) + Math.round(distanceKm);
  return ranked.sort((a, b) => rank(a) - rank(b));
}

/**
 * Says that a file without a reference system was read as degrees. Throws BadInput where that would put all of it
 * somewhere else than the jurisdiction.
 */
export function sayIfGuessed({ crs, crsFrom, features }: SourceFile, place: Bounds | null, findings: Findings): void {
  if (crsFrom !== 'guess') return;
  const bounds = boundsOf(features.flatMap(({ geometry }) => (geometry ? [...positionsOf(geometry)] : [])));
  if (place !== null && !overlaps(bounds, place)) {
    const [west, south, east, north] = bounds;
    throw new BadInput(
      'crs',
      `the file does not say its coordinate system, and as degrees (x ${west} to ${east}, y ${south} to ${north}) it lies elsewhere: give its EPSG code`,
    );
  }
  findings.add('crs-degrees', { detail: `EPSG:${crs.code}` });
}

const isGeographic = ({ proj4text }: Definition) => /\+proj=longlat\b/.test(proj4text);
const liesInDegrees = ([west = 0, south = 0, east = 0, north = 0]: readonly number[]) =>
  west >= -180 && east <= 180 && south >= -90 && north <= 90;

/** Where corners and middle of an extent land, in degrees; null when they do not. */
function landing([west = 0, south = 0, east = 0, north = 0]: readonly number[], proj4text: string): Bounds | null {
  try {
    const { forward } = proj4(proj4text, 'EPSG:4326');
    const at: number[][] = [];
    for (const x of [west, (west + east) / 2, east]) {
      for (const y of [south, (south + north) / 2, north]) at.push(forward([x, y]));
    }
    const lons = at.map(([lon]) => lon!);
    const lats = at.map(([, lat]) => lat!);
    if (!at.flat().every(Number.isFinite)) return null;
    const bounds = [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)] as const;
    return bounds[0] < -180 || bounds[2] > 180 || bounds[1] < -90 || bounds[3] > 90 ? null : bounds;
  } catch {
    return null;
  }
}

export const overlaps = (a: Bounds, b: Bounds) => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];

function distanceKm(a: Bounds, b: Bounds): number {
  const lat = (a[1] + a[3] - b[1] - b[3]) / 2;
  const lon = ((a[0] + a[2] - b[0] - b[2]) / 2) * Math.cos((((b[1] + b[3]) / 2) * Math.PI) / 180);
  return Math.hypot(lat, lon) * EARTH_KM_PER_DEGREE;
}
