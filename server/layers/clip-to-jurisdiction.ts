// Which features of a file lie in the jurisdiction: state-wide files are normal, and one municipality is wanted.

import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import type { Properties } from '../geometry/contract.ts';
import { projection } from '../geometry/projection.ts';
import { readWkb } from '../geometry/read-wkb.ts';
import type { Corner, Line, Polygon, Ring } from '../geometry/shape.ts';
import { polygonsOfWkb } from '../geometry/wkb.ts';
import { cellText } from '../mapfiles/columns.ts';
import { areaIndex } from '../placing/area-index.ts';
import { loadLimit, loadMetricSystem } from '../placing/load.ts';
import { STREET_REACH_M, segmentIndex } from '../placing/segment-index.ts';
import type { Mine } from './contract.ts';

/** INEGI's columns that tell the municipality, the most exact first. */
const MUNICIPALITY = [/^cve_?mun$/i, /^(nom_?mun|municipio|alcaldia)$/i];
/** From this share of features elsewhere on, a file is taken for one of a larger region. */
const WIDER_FROM = 0.2;
/** A value of a column stands for the jurisdiction when so many of its features lie there, and of those there have it. */
const AGREEMENT = 0.9;

/** Lines are looked at this often: a street is then found to be in reach to within a quarter of a metre. */
const LOOK_EVERY_M = 10;
const M_PER_DEGREE = 111_200;

export const BY_PLACE = 'overlap';

/** Where the jurisdiction is: its limit, or else the box around its layers. */
export type Territory = {
  readonly hasLimit: boolean;
  holds(at: Corner): boolean;
  /** Whether a line comes so near that incidents of the jurisdiction are placed on it: border streets do. */
  reaches(line: Line): boolean;
};

/** Null while the jurisdiction has no place. */
export async function territoryOf(database: Database, jurisdiction: Jurisdiction): Promise<Territory | null> {
  const limit = await loadLimit(database, jurisdiction.id);
  if (limit) {
    const shape = readWkb(limit.wkb);
    const polygons = shape.kind === 'polygons' ? shape.polygons : [];
    const inside = areaIndex([{ placeId: 1, polygons }]);
    const project = projection(await loadMetricSystem(database, jurisdiction.srid));
    const border = segmentIndex(
      polygons.flat().map((line) => ({ placeId: 1, line })),
      { project },
    );
    const holds = ([lon, lat]: Corner) => inside.find(lon, lat) === 1;
    const near = (at: Corner) => holds(at) || border.find(at[0], at[1]) === 1;
    const box = boxAround(polygons.flat());
    return { hasLimit: true, holds, reaches: (line) => comesInto(line, box, near) };
  }
  if (jurisdiction.bounds === null) return null;
  const [west, south, east, north] = jurisdiction.bounds;
  const holds = ([lon, lat]: Corner) => lon >= west && lon <= east && lat >= south && lat <= north;
  return { hasLimit: false, holds, reaches: (line) => comesInto(line, [west, south, east, north], () => true) };
}

/** The limit of the jurisdiction, or null while it has none. */
export async function loadLimitPolygons(database: Database, jurisdictionId: number): Promise<Polygon[] | null> {
  const limit = await loadLimit(database, jurisdictionId);
  if (!limit) return null;
  const polygons = polygonsOfWkb(limit.wkb);
  return polygons.length === 0 ? null : polygons;
}

type Box = readonly [west: number, south: number, east: number, north: number];

function boxAround(rings: readonly Float64Array[]): Box {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      west = Math.min(west, ring[i]!);
      east = Math.max(east, ring[i]!);
      south = Math.min(south, ring[i + 1]!);
      north = Math.max(north, ring[i + 1]!);
    }
  }
  return [west, south, east, north];
}

/** True when the line, walked in short steps, is somewhere in the box grown by the reach of streets, and `near` there. */
function comesInto(line: Line, [west, south, east, north]: Box, near: (at: Corner) => boolean): boolean {
  const growLat = STREET_REACH_M / M_PER_DEGREE;
  const growLon = growLat / Math.cos((((south + north) / 2) * Math.PI) / 180);
  const [w, s, e, n] = [west - growLon, south - growLat, east + growLon, north + growLat];
  const inBox = ([lon, lat]: Corner) => lon >= w && lon <= e && lat >= s && lat <= n;
  for (const [i, at] of line.entries()) {
    if (inBox(at) && near(at)) return true;
    const next = line[i + 1];
    if (!next || Math.max(at[0], next[0]) < w || Math.min(at[0], next[0]) > e) continue;
    if (Math.max(at[1], next[1]) < s || Math.min(at[1], next[1]) > n) continue;
    const [dx, dy] = [next[0] - at[0], next[1] - at[1]];
    const steps = Math.ceil((Math.hypot(dx, dy) * M_PER_DEGREE) / LOOK_EVERY_M);
    for (let step = 1; step < steps; step++) {
      const between: Corner = [at[0] + (dx * step) / steps, at[1] + (dy * step) / steps];
      if (inBox(between) && near(between)) return true;
    }
  }
  return false;
}

type Row = { readonly properties: Properties };

/**
 * What to offer for rows of which `isMine` tells whether they lie in the jurisdiction: null when all do, or none. By the
 * column that tells the municipality where there is one, unless `byPlace`.
 */
function offerMine(rows: readonly Row[], isMine: readonly boolean[], byPlace = false): Mine | null {
  const count = isMine.filter(Boolean).length;
  if (count === 0 || count === rows.length) return null;
  const only = (byPlace ? null : columnValue(rows, isMine, count)) ?? BY_PLACE;
  return { only, inside: count, total: rows.length, on: count < rows.length * (1 - WIDER_FROM) };
}

/**
 * The rows meant by `only`: `overlap` or `COLUMN=VALUE`. `isMine` null: nobody knows where the jurisdiction is. Throws
 * BadInput when it leaves nothing.
 */
function keepMine<T extends Row>(rows: readonly T[], only: string, isMine: readonly boolean[] | null): readonly T[] {
  const [, column, value] = /^([^=]+)=(.*)$/.exec(only) ?? [];
  if (column === undefined && only !== BY_PLACE) throw new BadInput('only', `${BY_PLACE} or COLUMN=VALUE`);
  if (column === undefined && isMine === null)
    throw new BadInput('only', 'it is not known yet where the jurisdiction is');
  const kept = rows.filter(({ properties }, i) =>
    column === undefined ? isMine![i] : cellText(properties[column]) === value,
  );
  if (kept.length === 0) throw new BadInput('only', `no feature is left by ${only}`);
  return kept;
}

/** What is offered for the rows, what was chosen of it, and the rows that leaves. `only` undefined: as offered. */
export function chooseMine<T extends Row>(
  rows: readonly T[],
  isMine: readonly boolean[] | null,
  only: string | null | undefined,
  byPlace = false,
): { readonly mine: Mine | null; readonly only: string | null; readonly kept: readonly T[] } {
  const mine = isMine && offerMine(rows, isMine, byPlace);
  const wanted = only === undefined ? (mine?.on ? mine.only : null) : only;
  return { mine, only: wanted, kept: wanted === null ? rows : keepMine(rows, wanted, isMine) };
}

function columnValue(rows: readonly Row[], isMine: readonly boolean[], mine: number): string | null {
  const columns = [...new Set(rows.flatMap(({ properties }) => Object.keys(properties)))];
  for (const pattern of MUNICIPALITY) {
    const column = columns.find((name) => pattern.test(name));
    if (column === undefined) continue;
    const groups = new Map<string, { all: number; inside: number }>();
    for (const [index, { properties }] of rows.entries()) {
      const group = groups.get(cellText(properties[column]) ?? '') ?? { all: 0, inside: 0 };
      groups.set(cellText(properties[column]) ?? '', group);
      group.all += 1;
      if (isMine[index]) group.inside += 1;
    }
    const agreeing = [...groups].find(
      ([value, { all, inside }]) => value !== '' && inside >= all * AGREEMENT && inside >= mine * AGREEMENT,
    );
    if (agreeing) return `${column}=${agreeing[0]}`;
  }
  return null;
}

/** Of the largest outer ring. */
export function centroid(polygons: readonly Polygon[]): Corner {
  let best = { area: -1, at: [Number.NaN, Number.NaN] as Corner };
  for (const [shell] of polygons) {
    const next = shell && ringCentroid(shell);
    if (next && next.area > best.area) best = next;
  }
  return best.at;
}

function ringCentroid(ring: Ring): { area: number; at: Corner } {
  const [lon0, lat0] = ring[0]!;
  let [doubled, x, y] = [0, 0, 0];
  for (let i = 1; i < ring.length; i++) {
    const [x0, y0] = [ring[i - 1]![0] - lon0, ring[i - 1]![1] - lat0];
    const [x1, y1] = [ring[i]![0] - lon0, ring[i]![1] - lat0];
    const cross = x0 * y1 - x1 * y0;
    doubled += cross;
    x += (x0 + x1) * cross;
    y += (y0 + y1) * cross;
  }
  if (doubled === 0) return { area: 0, at: [lon0, lat0] };
  return { area: Math.abs(doubled / 2), at: [lon0 + x / (3 * doubled), lat0 + y / (3 * doubled)] };
}
