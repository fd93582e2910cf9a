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

/** Who somebody is to this installation. */
export const ROLES = ['public', 'planner', 'commander', 'gis', 'data', 'auditor', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

/** Where a role holds; null = everywhere there is. */
export type Scope = {
  /** Codes of jurisdictions. */
  readonly jurisdictions: readonly string[] | null;
  /** Areas within the one jurisdiction of the scope. */
  readonly areas: { readonly layer: string; readonly codes: readonly string[] } | null;
};
export const EVERYWHERE: Scope = { jurisdictions: null, areas: null };

export type Viewer = {
  readonly role: Role;
  /** Null = nobody signed in: the public, or whoever has the machine. */
  readonly account: { readonly id: number; readonly name: string } | null;
  readonly scope: Scope;
  /** Nothing is answered before the account has a second step: the installation asks for one of this role. */
  readonly lacksSecondStep?: true | undefined;
  /** Who came in by something else than an account. */
  readonly entry?: { readonly kind: 'demo' | 'key'; readonly name: string };
};
export const PUBLIC: Viewer = { role: 'public', account: null, scope: EVERYWHERE };
/** Whoever has the machine. */
export const STAFF: Viewer = { role: 'administrator', account: null, scope: EVERYWHERE };

/**
 * What of a viewer decides which data an answer is made of: two viewers with the same text may be given the same answer.
 * Every key of something remembered (an answer, a tile, a list) begins with it.
 */
export function rightsKey({ role, scope }: Viewer): string {
  const sorted = (codes: readonly string[]) => [...codes].sort().join(',');
  const where = scope.jurisdictions ? sorted(scope.jurisdictions) : '*';
  return [role, where, scope.areas ? `${scope.areas.layer}:${sorted(scope.areas.codes)}` : '*'].join(' ');
}

/** What somebody may do. Which role may do what, and which right each address needs, stands in rights.ts. */
export const RIGHTS = [
  'look',
  'count',
  'see-sensitive-places',
  'see-points',
  'export-incidents',
  'follow-events',
  'follow-jobs',
  'import',
  'manage-offences',
  'manage-places',
  'publish-layers',
  'add-jurisdictions',
  'read-audit',
  'read-accounts',
  'manage-accounts',
  'own-account',
  'own-second-step',
] as const;
export type Right = (typeof RIGHTS)[number];

/** What the page is told of whoever uses it. */
export type Me = {
  readonly role: Role;
  readonly name: string | null;
  readonly scope: Scope;
  readonly signedIn: boolean;
  /** Whether the demo is tried, rather than somebody signed in to an account. */
  readonly triesDemo: boolean;
  /** Roles in which the demo can be tried; null where no demo sessions are given. */
  readonly demo: readonly Role[] | null;
  readonly rights: readonly Right[];
  /** Codes of an authenticator are asked for: by the account, and by the installation of this role. */
  readonly secondStep: { readonly isOn: boolean; readonly isNeeded: boolean; readonly recoveryCodes: number };
  /** Where else people sign in, and whether this session began there; null = nowhere. */
  readonly provider: { readonly signIn: string; readonly isOfSession: boolean } | null;
  /** When the session ends at the latest, ISO 8601. */
  readonly expires: string | null;
};

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
