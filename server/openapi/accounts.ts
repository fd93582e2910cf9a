// The part of the OpenAPI page about who asks: signing in, accounts, and the audit.

import * as z from 'zod';
import { type Me, RIGHTS, ROLES } from '../access/contract.ts';
import {
  type AccountRow,
  accountPatch,
  codeBody,
  confirmedBody,
  demoBody,
  invitationBody,
  LINK_PURPOSES,
  type LinkFor,
  type LinkMade,
  type LinkWaiting,
  linkBody,
  newPasskey,
  type Passkey,
  passkeyUsed,
  passwordBody,
  type RecoveryCodes,
  type SessionRow,
  scopeBody,
  signInBody,
  type TotpProposed,
} from '../accounts/contract.ts';
import { AUDIT_EVENTS, type AuditPage, auditQuery } from '../audit/contract.ts';
import { route } from './deliveries.ts';

const role = z.enum(ROLES);
const moment = z.string().describe('ISO 8601');
const scope = scopeBody.describe('where the role holds; null = everywhere');

const me = z.object({
  whose: z.string().describe('to be sent as Cuadra-As: where somebody else asks by then it is answered 401'),
  role,
  name: z.string().nullable(),
  scope,
  signedIn: z.boolean(),
  triesDemo: z.boolean().describe('a session of the demo, not of an account'),
  demo: z.array(role).nullable().describe('roles in which the demo can be tried'),
  rights: z.array(z.enum(RIGHTS)),
  secondStep: z
    .object({ isOn: z.boolean(), isNeeded: z.boolean(), recoveryCodes: z.number().int() })
    .describe('whether a code is asked for, whether this role needs one, and how many recovery codes are left'),
  provider: z.object({ signIn: z.string(), isOfSession: z.boolean() }).nullable().describe('where else people sign in'),
  expires: moment.nullable(),
}) satisfies z.ZodType<Me>;

const account = z.object({
  name: z.string(),
  role,
  scope,
  disabled: z.boolean(),
  totp: z.boolean(),
  passkeys: z.number().int(),
  createdAt: moment,
  seenAt: moment.nullable(),
}) satisfies z.ZodType<AccountRow>;

const link = z.object({ token: z.string(), path: z.string(), expires: moment }) satisfies z.ZodType<LinkMade>;
const linkFor = z.object({
  purpose: z.enum(LINK_PURPOSES),
  name: z.string().nullable(),
  role,
  expires: moment,
}) satisfies z.ZodType<LinkFor>;

const linkWaiting = z.object({
  id: z.string().describe('what it is recognised by; it opens nothing'),
  ...{ purpose: z.enum(LINK_PURPOSES), name: z.string().nullable(), role, scope },
  ...{ madeBy: z.string().nullable(), madeAt: moment.nullable(), expires: moment },
}) satisfies z.ZodType<LinkWaiting>;

const passkey = z.object({
  ...{ id: z.string(), name: z.string(), site: z.string(), createdAt: moment, usedAt: moment.nullable() },
}) satisfies z.ZodType<Passkey>;
const webAuthn = z
  .looseObject({ challenge: z.string() })
  .describe('options of WebAuthn, as browsers read them from JSON');

const proposed = z.object({ secret: z.string(), uri: z.string() }) satisfies z.ZodType<TotpProposed>;
const recovery = z.object({ recovery: z.array(z.string()) }) satisfies z.ZodType<RecoveryCodes>;

const session = z.object({
  since: moment,
  seen: moment,
  address: z.string(),
  device: z.string(),
  current: z.boolean(),
}) satisfies z.ZodType<SessionRow>;

const audit = z.object({
  rows: z.array(
    z.object({
      entry: z.number().int(),
      at: moment,
      who: z.string(),
      role: z.string(),
      address: z.string(),
      what: z.enum(AUDIT_EVENTS),
      jurisdiction: z.string().nullable(),
      detail: z.string(),
      rows: z.number().int().nullable(),
    }),
  ),
  next: z.number().int().nullable(),
}) satisfies z.ZodType<AuditPage>;

const none = z.object({});
const named = z.object({ name: z.string() });
const sent = (schema: z.ZodType, params: z.ZodObject = none) => ({
  params,
  body: { content: { 'application/json': { schema } } },
});

export const ACCOUNT_ROUTES = [
  route('get', '/me', 'Who asks, and what they may do', 200, me, {}),
  route('post', '/session', 'Sign in; the answer sets the cookie of the session', 200, me, sent(signInBody)),
  route('delete', '/session', 'Sign out', 204, null, {}),
  route('delete', '/sessions', 'Sign out everywhere', 204, null, {}),
  route('post', '/session/demo', 'Try the demo in a role', 200, me, sent(demoBody)),
  route('post', '/session/link', 'Use a link that is good once: choose a password', 200, me, sent(linkBody)),
  route('get', '/session/link/{token}', 'What a link is for', 200, linkFor, {
    params: z.object({ token: z.string() }),
  }),
  route('get', '/session/oidc', 'Sign in at the provider: leads there', 303, null, {}),
  route('get', '/session/oidc/callback', 'Back from the provider: leads to the page', 303, null, {
    query: z.object({ code: z.string().optional(), state: z.string().optional() }),
  }),
  route('get', '/session/oidc/sign-out', 'Leads to where a session at the provider ends', 303, null, {}),
  route('get', '/me/sessions', 'Where one is signed in', 200, z.array(session), {}),
  route('post', '/me/password', 'Change one’s password; other sessions end', 200, me, sent(passwordBody)),
  route('post', '/me/totp', 'A secret for codes by time', 200, proposed, sent(confirmedBody)),
  route('post', '/me/totp/confirm', 'From now on a code is asked for', 200, recovery, sent(codeBody)),
  route('post', '/me/totp/recovery', 'Other recovery codes', 200, recovery, sent(confirmedBody)),
  route('delete', '/me/totp', 'No code is asked for any more', 204, null, sent(confirmedBody)),
  route('get', '/me/passkeys', 'One’s passkeys', 200, z.array(passkey), {}),
  route(
    'post',
    '/me/passkeys/options',
    'What a device is asked to make a passkey of',
    200,
    webAuthn,
    sent(confirmedBody),
  ),
  route(
    'post',
    '/me/passkeys',
    'Keep the passkey a device made; other sessions end',
    201,
    z.array(passkey),
    sent(newPasskey),
  ),
  route('delete', '/me/passkeys/{id}', 'Remove a passkey', 200, z.array(passkey), {
    ...sent(confirmedBody, z.object({ id: z.string() })),
  }),
  route('post', '/session/passkey/options', 'What a device is asked to sign', 200, webAuthn, {}),
  route('post', '/session/passkey', 'Enter by a passkey: two factors at once', 200, me, sent(passkeyUsed)),
  route('get', '/accounts/links', 'Links that nobody used yet', 200, z.array(linkWaiting), {}),
  route('delete', '/accounts/links/{id}', 'Take a link back: it opens nothing any more', 204, null, {
    params: z.object({ id: z.string() }),
  }),
  route('get', '/accounts', 'Every account', 200, z.array(account), {}),
  route('post', '/accounts/invitations', 'A link by which somebody makes an account', 201, link, sent(invitationBody)),
  route('patch', '/accounts/{name}', 'Change role or scope, or disable', 200, account, sent(accountPatch, named)),
  route('post', '/accounts/{name}/reset', 'A link to choose another password', 201, link, { params: named }),
  route('get', '/audit', 'What was done, newest first; format=csv for all of it', 200, audit, { query: auditQuery }),
];
