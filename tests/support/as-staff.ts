// Who asks where routes are mounted without the doors: staff, who may see everything.

import type { NextFunction, Request, Response } from 'express';
import { STAFF } from '../../server/access/contract.ts';

export function asStaff(request: Request, _response: Response, next: NextFunction): void {
  request.viewer = STAFF;
  next();
}
