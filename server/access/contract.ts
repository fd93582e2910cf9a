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
  /** By an agreement with another authority, and what it lets one see; one's own unless said. */
  readonly shared?: ShareLevel;
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
  /** Codes of offences, each with all below it; all of them unless said. */
  readonly offences?: readonly string[] | null;
  /** By an agreement with whose data it is, and not as one's own. */
  readonly level?: ShareLevel;
};
/** What one authority lets another see: counts by area, what the public may know, or what it sees itself. */
export const SHARE_LEVELS = ['totals', 'protected', 'full'] as const;
export type ShareLevel = (typeof SHARE_LEVELS)[number];

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
  const areas = scope.areas ? `${scope.areas.layer}:${sorted(scope.areas.codes)}` : '*';
  return [role, where, areas, scope.offences ? sorted(scope.offences) : '*', scope.level ?? 'own'].join(' ');
}

/** What somebody may do. Which role may do what, and which right each address needs, stands in rights.ts. */
export const RIGHTS = [
  'look',
  'count',
  'count-sensitive',
  'see-sensitive-places',
  'see-points',
  'export-incidents',
  'follow-events',
  'follow-jobs',
  'import',
  'manage-offences',
  'manage-places',
  'publish-layers',
  'handle-tips',
  'manage-tips',
  'meet',
  'see-problems',
  'handle-problems',
  'evaluate-measures',
  'learn',
  'manage-courses',
  'add-jurisdictions',
  'share',
  'read-audit',
  'read-accounts',
  'manage-accounts',
  'own-account',
  'own-second-step',
] as const;
export type Right = (typeof RIGHTS)[number];

/** By this header a page says for whom it was opened (`whose` of /me); by the other it hears that the server has another. */
export const SPEAKS_FOR = 'Cuadra-As';
export const SPEAKS_FOR_NOBODY = 'Cuadra-Session-Over';

/** What the page is told of whoever uses it. */
export type Me = {
  /** Names whoever this is and their rights, to say in the header `Cuadra-As`: refused once somebody else asks. */
  readonly whose: string;
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
  /** What a viewer of another authority is let see of it, by an agreement; one's own unless said. */
  readonly shared?: Scope;
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

/** No more than an origin: whatever else stood there would end up in a header. */
export const isEmbedOrigin = (text: string): boolean =>
  text === '*' || /^https?:\/\/(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i.test(text);

/** Of what the page must know of the installation: the city whose public view would be shown in a frame. */
export const portalQuery = z.object({ city: z.string().max(40).optional() });

type AgreementState = 'proposed' | 'accepted' | 'refused' | 'ended' | 'expired';

export type AgreementTerms = {
  /** Codes of both authorities: whose data it is, and who is let see it. */
  readonly giver: string;
  readonly receiver: string;
  readonly level: ShareLevel;
  readonly offences: readonly string[] | null;
  readonly areas: Scope['areas'];
  /** The day it ends on, at its beginning, where the data are. */
  readonly until: string;
};

export type AgreementStep = {
  readonly what: 'proposed' | 'accepted' | 'refused' | 'ended';
  /** The code of the side that did it. */
  readonly side: string;
  readonly who: string;
  /** ISO 8601. */
  readonly at: string;
};

export type Agreement = AgreementTerms & {
  readonly id: string;
  readonly state: AgreementState;
  readonly proposedBy: string;
  readonly steps: readonly AgreementStep[];
};

/** Body of a proposal: what one gives, or asks for. */
export const agreementBody = z.strictObject({
  direction: z.enum(['give', 'ask']),
  with: z.string().regex(JURISDICTION_CODE),
  level: z.enum(SHARE_LEVELS),
  offences: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/))
    .min(1)
    .max(100)
    .nullable()
    .default(null),
  areas: z
    .strictObject({ layer: z.string().max(100), codes: z.array(z.string().max(200)).min(1).max(1000) })
    .nullable()
    .default(null),
  until: z.iso.date(),
});
