// Who is asking, and about whose data. Both are required arguments of everything that reads tenant tables.

import * as z from 'zod';
import type { Bounds } from '../geometry/contract.ts';

export type JurisdictionRow = {
  readonly code: string;
  readonly name: string;
  readonly timezone: string;
  readonly bounds: readonly [number, number, number, number] | null;
  readonly dataVersion: number;
  /** First and last-plus-one day with incidents; null without data. */
  readonly from: string | null;
  readonly until: string | null;
  readonly through: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly synthetic: boolean;
};

/** Until accounts exist everybody who passes the door (loopback or the password) is staff and sees everything. */
export type Viewer = { readonly role: 'staff' };
export const STAFF: Viewer = { role: 'staff' };

export type Jurisdiction = {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  /** IANA zone; every date and hour is local to it. */
  readonly timezone: string;
  /** Metric reference system distances are measured in. */
  readonly srid: number;
  readonly bounds: Bounds | null;
  readonly hasLimit: boolean;
  readonly synthetic: boolean;
};

/** Codes as they stand in addresses. */
export const JURISDICTION_CODE = /^[a-z][a-z0-9-]{0,30}$/;

/** Body of a new jurisdiction. */
export const newJurisdiction = z.strictObject({
  code: z.string().regex(JURISDICTION_CODE, 'a letter, then small letters, digits or hyphens, at most 31'),
  name: z.string().trim().min(1).max(100),
  /** IANA zone. */
  timezone: z.string().max(60),
});
