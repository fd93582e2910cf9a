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
    }
  }
}

/** Whoever the doors did not name is the public. */
export function viewerOf({ viewer }: Pick<Request, 'viewer'>): Viewer {
  return viewer ?? PUBLIC;
}

/** Until accounts exist everybody who passed the doors is staff. */
export function everybodyIsStaff(request: Request, _response: unknown, next: () => void): void {
  request.viewer = STAFF;
  next();
}

/** Throws NotFound; the same for a jurisdiction that does not exist and one the viewer may not know of. */
export function jurisdictionOf(database: Database, request: Request): Promise<Jurisdiction> {
  return findJurisdiction(database, viewerOf(request), String(request.params.jurisdiction));
}
