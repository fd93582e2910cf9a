// Who asks: the viewer of a request, and the jurisdiction its address names as far as they may know of it.

import type { Request } from 'express';
import type { Database } from '../db/open.ts';
import { type Jurisdiction, STAFF, type Viewer } from './contract.ts';
import { findJurisdiction } from './jurisdictions.ts';

/** Whoever has the machine: commands, the watched folder and the start act for them. */
export const OPERATOR: Viewer = STAFF;

/** Until accounts exist everybody who passed the doors is staff. */
export function viewerOf(_request: Pick<Request, 'headers'>): Viewer {
  return STAFF;
}

/** Throws NotFound; the same for a jurisdiction that does not exist and one the viewer may not know of. */
export function jurisdictionOf(database: Database, request: Request): Promise<Jurisdiction> {
  return findJurisdiction(database, viewerOf(request), String(request.params.jurisdiction));
}
