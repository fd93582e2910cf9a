// Which features of a file lie in the jurisdiction: state-wide files are normal, and one municipality is wanted.

import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import { areaIndex } from '../placing/area-index.ts';
import { loadLimit } from '../placing/load.ts';
import { readWkb } from '../placing/read-wkb.ts';
import type { Shape } from './collect.ts';
import { textOf } from './columns.ts';
import type { Mine } from './contract.ts';
import type { Polygon, Position, Ring } from './validate.ts';

/** INEGI's columns that tell the municipality, the most exact first. */
const MUNICIPALITY = [/^cve_?mun$/i, /^(nom_?mun|municipio|alcaldia)$/i];
/** From this share of features elsewhere on, a file is taken for one of a larger region. */
const WIDER_FROM = 0.2;
/** A value of a column stands for the jurisdiction when so many of its features lie there, and of those there have it. */
const AGREEMENT = 0.9;

export const BY_PLACE = 'overlap';

/** True where the jurisdiction is, by its limit or else the box around its layers; null while it has no place. */
export async function insideOf(
  database: Database,
  jurisdiction: Jurisdiction,
): Promise<((at: Position) => boolean) | null> {
  const limit = await loadLimit(database, jurisdiction.id);
  if (limit) {
    const shape = readWkb(limit.wkb);
    const index = areaIndex(shape.kind === 'polygons' ? [{ placeId: 1, polygons: shape.polygons }] : []);
    return ([lon, lat]) => index.find(lon, lat) === 1;
  }
  if (jurisdiction.bounds === null) return null;
  const [west, south, east, north] = jurisdiction.bounds;
  return ([lon, lat]) => lon >= west && lon <= east && lat >= south && lat <= north;
}

/** The limit of the jurisdiction, or null while it has none. */
export async function loadLimitPolygons(database: Database, jurisdictionId: number): Promise<Polygon[] | null> {
  const limit = await loadLimit(database, jurisdictionId);
  if (!limit) return null;
  const shape = readWkb(limit.wkb);
  if (shape.kind !== 'polygons') return null;
  const positions = (run: ArrayLike<number>): Ring =>
    Array.from({ length: run.length / 2 }, (_, i): Position => [run[i * 2]!, run[i * 2 + 1]!]);
  return shape.polygons.map((rings) => rings.map(positions));
}

/** What to offer: null when all features are in the jurisdiction, or none, or nobody knows where it is. */
export function offerMine(shapes: readonly Shape[], inside: ((at: Position) => boolean) | null): Mine | null {
  if (inside === null) return null;
  const isMine = shapes.map(({ polygons }) => inside(centroid(polygons)));
  const count = isMine.filter(Boolean).length;
  if (count === 0 || count === shapes.length) return null;
  const only = columnValue(shapes, isMine, count) ?? BY_PLACE;
  return { only, inside: count, total: shapes.length, on: count < shapes.length * (1 - WIDER_FROM) };
}

/** The shapes meant by `only`: `overlap` or `COLUMN=VALUE`. Throws BadInput when it leaves nothing. */
export function keepMine(
  shapes: readonly Shape[],
  only: string,
  inside: ((at: Position) => boolean) | null,
): readonly Shape[] {
  const [, column, value] = /^([^=]+)=(.*)$/.exec(only) ?? [];
  if (column === undefined && only !== BY_PLACE) throw new BadInput('only', `${BY_PLACE} or COLUMN=VALUE`);
  if (column === undefined && inside === null)
    throw new BadInput('only', 'it is not known yet where the jurisdiction is');
  const kept = shapes.filter(({ properties, polygons }) =>
    column === undefined ? inside!(centroid(polygons)) : textOf(properties[column]) === value,
  );
  if (kept.length === 0) throw new BadInput('only', `no feature is left by ${only}`);
  return kept;
}

function columnValue(shapes: readonly Shape[], isMine: readonly boolean[], mine: number): string | null {
  const columns = [...new Set(shapes.flatMap(({ properties }) => Object.keys(properties)))];
  for (const pattern of MUNICIPALITY) {
    const column = columns.find((name) => pattern.test(name));
    if (column === undefined) continue;
    const groups = new Map<string, { all: number; inside: number }>();
    for (const [index, { properties }] of shapes.entries()) {
      const group = groups.get(textOf(properties[column]) ?? '') ?? { all: 0, inside: 0 };
      groups.set(textOf(properties[column]) ?? '', group);
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
function centroid(polygons: readonly Polygon[]): Position {
  let best = { area: -1, at: [Number.NaN, Number.NaN] as Position };
  for (const [shell] of polygons) {
    const next = shell && ringCentroid(shell);
    if (next && next.area > best.area) best = next;
  }
  return best.at;
}

function ringCentroid(ring: Ring): { area: number; at: Position } {
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
