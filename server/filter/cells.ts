// Cells of about 25 m: whoever may not see exact points is told of these, whatever they draw. All questions stand on the
// same cells, or on several of them together, so that no two answers differ by less than one.

import { sql } from 'kysely';
import type { Viewer } from '../access/contract.ts';
import { mayDo } from '../access/rights.ts';
import type { Database } from '../db/open.ts';
import type { Bounds } from '../geometry/contract.ts';
import { type GroundCell, UNITS_PER_DEGREE } from './ground-cell.ts';

const METRES_PER_DEGREE = 111_320;
export const CELL_M = 25;

/** The latitude that sets the width of the cells of a jurisdiction: whole degrees, so that new limits do not move them. */
export const cellLatitude = (bounds: Bounds | null): number => (bounds ? Math.round((bounds[1] + bounds[3]) / 2) : 0);

/** `metres` a multiple of 25: so many of the cells beside each other. */
export function cellAt(latitude: number, metres = CELL_M): GroundCell {
  const height = Math.round((CELL_M / METRES_PER_DEGREE) * UNITS_PER_DEGREE);
  const width = Math.round(height / Math.max(0.1, Math.cos((latitude * Math.PI) / 180)));
  const times = Math.round(metres / CELL_M);
  return { width: width * times, height: height * times };
}

/** The public are asked about points that are public; who may see each point exactly may ask about it so. */
export function seesExactly(viewer: Viewer): boolean {
  return viewer.role === 'public' || viewer.scope.level === 'protected' || mayDo(viewer, 'see-points');
}

/** The cells a viewer is told of; null for one who may see exact points. */
export async function cellFor({ db }: Database, jurisdictionId: number, viewer: Viewer): Promise<GroundCell | null> {
  if (seesExactly(viewer)) return null;
  const { rows } = await sql<{ box: Bounds }>`
    select array[west, south, east, north] as box from jurisdiction
    where jurisdiction_id = ${jurisdictionId} and west is not null`.execute(db);
  return cellAt(cellLatitude(rows[0]?.box ?? null));
}
