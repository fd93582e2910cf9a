// The areas in a file as read: codes, names, parents, residents and closed rings, and what is wrong with them. Pure.

import type { Geometry, Properties } from '../geometry/contract.ts';
import { boundsOf, type Corner, type Polygon, polygonsOf, positionsOf } from '../geometry/shape.ts';
import { type ColumnChoice, cellText, codeOf, nameOf, residentsOf } from '../mapfiles/columns.ts';
import type { SourceFile } from '../mapfiles/contract.ts';
import type { Findings } from '../mapfiles/findings.ts';
import type { AreasOptions } from './contract.ts';
import type { AreaRow } from './store.ts';

const CONTEXT_CLASSES: readonly unknown[] = ['water', 'park'];

/** A feature with polygons; `feature` counts from 1 in the file. */
export type AreaShape = {
  readonly feature: number;
  readonly properties: Properties;
  readonly polygons: readonly Polygon[];
  readonly closed: boolean;
};
export type Area = AreaRow & { readonly feature: number; readonly closed: boolean };

/** The features with polygons, closed lines taken for such; the others are found to be what they are. */
export function shapesOf(source: SourceFile, findings: Findings): AreaShape[] {
  const shapes: AreaShape[] = [];
  for (const [index, { properties, geometry }] of source.features.entries()) {
    const feature = index + 1;
    const line = closedLine(geometry);
    const checked = polygonsOf(line ?? geometry);
    const at = placeOf(geometry);
    if (line) findings.add('closed-line-as-area', { feature, at });
    if (geometry && hasHeights(geometry)) findings.add('heights-dropped', { feature, at });
    if (checked.rejected !== null) {
      const detail = checked.rejected === 'geometry-type' ? (geometry?.type ?? null) : null;
      findings.add(checked.rejected, { feature, at, detail });
    } else shapes.push({ feature, properties, polygons: checked.parts, closed: checked.closed });
  }
  return shapes;
}

/** Codes, names and classes; rows without a code of their own, or of no known class, are left out. */
export function areasOf(
  shapes: readonly AreaShape[],
  columns: ColumnChoice,
  type: AreasOptions['type'],
  findings: Findings,
): Area[] {
  const seen = new Set<string>();
  const areas: Area[] = [];
  for (const { feature, properties, polygons, closed } of shapes) {
    const code = columns.code.length === 0 ? String(feature) : codeOf(properties, columns.code, columns.decimalCodes);
    const kind = type === 'context' ? properties.class : null;
    const at = middleOf(polygons);
    if (code === null) findings.add('code-missing', { feature, at });
    else if (seen.has(code)) findings.add('code-repeated', { feature, code, at });
    else if (type === 'context' && !CONTEXT_CLASSES.includes(kind))
      findings.add('class-unknown', { feature, code, at });
    else {
      seen.add(code);
      const name = columns.name === null ? code : (nameOf(properties[columns.name]) ?? code);
      const parent = columns.parent === null ? null : cellText(properties[columns.parent]);
      const residents = columns.populations.map(({ column }, i) =>
        residentsOf(properties[column], columns.figures[i]?.decimal ?? null),
      );
      areas.push({ feature, code, name, class: cellText(kind), parent, residents, polygons, closed });
    }
  }
  return areas;
}

/** Names and shapes that occur more than once. */
export function findRepeats(areas: readonly Area[], findings: Findings): void {
  const names = Map.groupBy(areas, ({ name, parent }) => `${parent ?? ''}\n${name.toLocaleUpperCase('es')}`);
  const shapes = Map.groupBy(areas, ({ polygons }) => JSON.stringify(polygons));
  const tell = (check: 'name-repeated' | 'geometry-repeated', groups: Iterable<readonly Area[]>) => {
    for (const [first, ...others] of groups) {
      for (const { feature, code, name, polygons } of others) {
        findings.add(check, { feature, code, name, at: middleOf(polygons), detail: first!.code });
      }
    }
  };
  tell('name-repeated', names.values());
  tell('geometry-repeated', shapes.values());
}

/** Middle of the box around polygons, to show where they are. */
export function middleOf(polygons: readonly Polygon[]): Corner | null {
  return middle(polygons.flatMap(([shell = []]) => shell));
}

export const placeOf = (geometry: Geometry | null) => (geometry ? middle(positionsOf(geometry)) : null);

function middle(positions: Iterable<Corner>): Corner | null {
  const [west, south, east, north] = boundsOf(positions);
  const at: Corner = [(west + east) / 2, (south + north) / 2];
  const onEarth = Math.abs(at[0]) <= 180 && Math.abs(at[1]) <= 90;
  return onEarth ? [Number(at[0].toFixed(6)), Number(at[1].toFixed(6))] : null;
}

const MIN_RING = 4;

/** Drawings hold areas as lines that end where they begin. */
function closedLine(geometry: Geometry | null): Geometry | null {
  if (geometry?.type !== 'LineString' || !Array.isArray(geometry.coordinates)) return null;
  const { coordinates } = geometry;
  const [first, last] = [coordinates[0], coordinates.at(-1)];
  if (coordinates.length < MIN_RING || !Array.isArray(first) || !Array.isArray(last)) return null;
  return first[0] === last[0] && first[1] === last[1] ? { type: 'Polygon', coordinates: [coordinates] } : null;
}

/** Judged by the first position, as all of a feature are alike; 0 stands for none. */
function hasHeights(geometry: Geometry): boolean {
  let nested: unknown = geometry.coordinates;
  while (Array.isArray(nested) && Array.isArray(nested[0])) nested = nested[0];
  return Array.isArray(nested) && nested.length > 2 && nested[2] !== 0;
}
