// Who one is here, who else may come in, and what was done: addresses and answers.

import type { Agreement, Me } from '../../server/access/contract.ts';
import type {
  AccountRow,
  LinkFor,
  LinkMade,
  LinkWaiting,
  Passkey,
  RecoveryCodes,
  TotpProposed,
} from '../../server/accounts/contract.ts';
import type { AuditPage } from '../../server/audit/contract.ts';
import type { ScopeAnswer } from '../../server/counts/contract.ts';
import type { Path } from '../store/api.ts';

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
  totp: (): Path<TotpProposed> => `${V1}/me/totp`,
  totpConfirm: (): Path<RecoveryCodes> => `${V1}/me/totp/confirm`,
  totpRecovery: (): Path<RecoveryCodes> => `${V1}/me/totp/recovery`,
  totpOff: (): Path<null> => `${V1}/me/totp`,
  passkeys: (): Path<readonly Passkey[]> => `${V1}/me/passkeys`,
  passkeyOptions: (): Path<PublicKeyCredentialCreationOptionsJSON> => `${V1}/me/passkeys/options`,
  passkey: (id: string): Path<readonly Passkey[]> => `${V1}/me/passkeys/${encodeURIComponent(id)}`,
  passkeyAsked: (): Path<PublicKeyCredentialRequestOptionsJSON> => `${V1}/session/passkey/options`,
  passkeyShown: (): Path<Me> => `${V1}/session/passkey`,
  scope: (city: string): Path<ScopeAnswer> => `${V1}/${city}/scope`,
  providerSignOut: (): string => `${V1}/session/oidc/sign-out`,
  accounts: (): Path<AccountRow[]> => `${V1}/accounts`,
  invitations: (): Path<LinkMade> => `${V1}/accounts/invitations`,
  links: (): Path<readonly LinkWaiting[]> => `${V1}/accounts/links`,
  waitingLink: (id: string): Path<null> => `${V1}/accounts/links/${encodeURIComponent(id)}`,
  account: (name: string): Path<AccountRow> => `${V1}/accounts/${encodeURIComponent(name)}`,
  reset: (name: string): Path<LinkMade> => `${V1}/accounts/${encodeURIComponent(name)}/reset`,
  agreements: (city: string): Path<{ readonly agreements: readonly Agreement[] }> =>
    `${V1}/${encodeURIComponent(city)}/agreements`,
  proposed: (city: string): Path<Agreement> => `${V1}/${encodeURIComponent(city)}/agreements`,
  answered: (city: string, id: string, answer: 'accept' | 'refuse' | 'end'): Path<Agreement> =>
    `${V1}/${encodeURIComponent(city)}/agreements/${encodeURIComponent(id)}/${answer}`,
  audit: (question: AuditQuestion, after: number | null): Path<AuditPage> =>
    `${V1}/audit${asked({ ...question, after: after === null ? null : String(after) })}`,
  auditFile: (question: AuditQuestion): string => `${V1}/audit${asked({ ...question, format: 'csv' })}`,
};
