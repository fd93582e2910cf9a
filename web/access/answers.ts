// Who one is here, who else may come in, and what was done: addresses and answers.

import type { Role, Scope } from '../../server/access/contract.ts';
import type { Path } from '../store/api.ts';

/** Who the page speaks for, as the server says it. */
export type Me = {
  readonly role: Role;
  readonly name: string | null;
  readonly scope: Scope;
  readonly signedIn: boolean;
  /** Roles the sample city may be looked at as; null where there are real data. */
  readonly demo: readonly Role[] | null;
  readonly rights: readonly string[];
  readonly expires: string | null;
};

export type AccountRow = {
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly disabled: boolean;
  readonly totp: boolean;
  readonly lastSeen: string | null;
};
/** Told once: it opens the door to whoever holds it. */
export type OneTimeLink = { readonly token: string; readonly expires: string };
/** What a one-time link is for. */
export type LinkFor = {
  readonly for: 'first' | 'invitation' | 'reset';
  readonly name: string | null;
  readonly role: Role;
};

export type AuditRow = {
  readonly id: number;
  readonly at: string;
  readonly who: string | null;
  readonly role: Role;
  readonly from: string | null;
  readonly what: string;
  readonly jurisdiction: string | null;
  readonly filter: string | null;
  readonly rows: number | null;
  readonly outcome: string | null;
};
export type AuditPage = { readonly entries: readonly AuditRow[]; readonly next: string | null };
export type AuditQuestion = {
  readonly from: string;
  readonly until: string;
  readonly who: string;
  readonly what: string;
};

const V1 = '/api/v1';
const asked = (values: Record<string, string | null>) => {
  const given = Object.entries(values).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return given.length ? `?${new URLSearchParams(given)}` : '';
};

export const accessPaths = {
  me: (): Path<Me> => `${V1}/me`,
  session: (): Path<Me> => `${V1}/session`,
  sessions: (): Path<null> => `${V1}/sessions`,
  demo: (): Path<Me> => `${V1}/session/demo`,
  link: (): Path<Me> => `${V1}/session/link`,
  linkFor: (token: string): Path<LinkFor> => `${V1}/session/link/${encodeURIComponent(token)}`,
  password: (): Path<null> => `${V1}/me/password`,
  accounts: (): Path<AccountRow[]> => `${V1}/accounts`,
  invitations: (): Path<OneTimeLink> => `${V1}/accounts/invitations`,
  account: (name: string): Path<AccountRow> => `${V1}/accounts/${encodeURIComponent(name)}`,
  reset: (name: string): Path<OneTimeLink> => `${V1}/accounts/${encodeURIComponent(name)}/reset`,
  audit: (question: AuditQuestion, after: string | null): Path<AuditPage> =>
    `${V1}/audit${asked({ ...question, after, limit: '100' })}`,
  auditFile: (question: AuditQuestion): string => `${V1}/audit${asked({ ...question, format: 'csv' })}`,
};
