// Who asks: the viewer of a request, and the jurisdiction its address names as far as they may know of it.

import type { Request } from 'express';
import type { Database } from '../db/open.ts';
import { type Jurisdiction, PUBLIC, STAFF, type Viewer } from './contract.ts';
import { findJurisdiction } from './jurisdictions.ts';

/** Whoever has the machine: commands, the watched folder and the start act for them. */
export const OPERATOR: Viewer = STAFF;

declare global {
  namespace Express {
    interface Request {
      /** Set by the doors, before any route. */
      viewer?: Viewer;
      /** Set by the guard for what is written down before it is answered. */
      tellRows?: (rows: number | null) => Promise<void>;
      /** What is to be written down beside the address of what was done. */
      toldBeside?: string;
    }
  }
}

/** Whoever the doors did not name is the public. */
export function viewerOf({ viewer }: Pick<Request, 'viewer'>): Viewer {
  return viewer ?? PUBLIC;
}

/**
 * Writes down that so many exact points leave, before they do; where it cannot be written they stay. The guard says of
 * which addresses that is.
 */
export async function tellRows(request: Pick<Request, 'tellRows'>, rows: number | null): Promise<void> {
  await request.tellRows?.(rows);
}

/** Throws NotFound; the same for a jurisdiction that does not exist and one the viewer may not know of. */
export function jurisdictionOf(database: Database, request: Request): Promise<Jurisdiction> {
  return findJurisdiction(database, viewerOf(request), String(request.params.jurisdiction));
}
