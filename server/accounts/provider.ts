// The provider of an installation, by OpenID Connect: where people are sent to sign in, and what it says of who came back.

import { readFileSync } from 'node:fs';
import type { Configuration } from 'openid-client';
import type { Logger } from 'pino';
import * as z from 'zod';
import { BadInput, CannotStart, Unavailable } from '../errors.ts';
import { isLoopback } from '../http/hosts.ts';
import { type ProviderRole, roleOfClaims } from './provider-roles.ts';

export type ProviderSettings = {
  readonly issuer: string;
  readonly clientId: string;
  readonly secretFile: string;
  /** The portal as people open it: scheme, host and port. */
  readonly origin: string;
  readonly roles: readonly ProviderRole[];
};

/** What a browser keeps while somebody is away at the provider. */
export type Away = { readonly state: string; readonly nonce: string; readonly verifier: string };
export type Known = {
  /** The provider and whom it means. */
  readonly subject: string;
  /** What to call a new account. */
  readonly name: string;
  /** Null: no claim names a role here. */
  readonly role: ProviderRole | null;
  /** How many factors the provider says it asked for. */
  readonly factors: 1 | 2;
};

export type Provider = {
  /** Whether claims decide on roles, rather than the accounts themselves. */
  readonly hasRoles: boolean;
  begin(): Promise<{ readonly url: URL; readonly away: Away }>;
  /** `query` as the provider sent somebody back. Throws BadInput for what is not the answer to what was asked. */
  end(query: string, away: Away): Promise<Known>;
  /** Where a session at the provider ends; null where it names no such place. */
  signOutUrl(): Promise<URL | null>;
};

export const PROVIDER_PATH = '/api/v1/session/oidc';
const TIMEOUT_S = 10;
const SCOPE = 'openid profile email';
/** Of RFC 8176 those that stand for more than a password. */
const SECOND_FACTORS = new Set(['mfa', 'otp', 'hwk', 'swk', 'sms', 'tel', 'sc', 'fpt', 'face', 'iris', 'pop']);

const claimsShape = z.looseObject({
  sub: z.string().min(1).max(255),
  preferred_username: z.string().optional(),
  email: z.string().optional(),
  amr: z.array(z.string()).optional(),
});

/** Only an installation with a provider needs it. */
const library = () => import('openid-client');

export function openProvider(
  { issuer, clientId, secretFile, origin, roles }: ProviderSettings,
  log: Pick<Logger, 'info' | 'warn'>,
): Provider {
  const secret = readSecret(secretFile);
  let found: Promise<Configuration> | null = null;
  // Looked up once it is needed, and again after it could not be reached.
  const discovered = async () => {
    const { allowInsecureRequests, ClientSecretBasic, discovery } = await library();
    const url = new URL(issuer);
    // On this machine alone a provider may speak without TLS, as those of tests do.
    const execute = url.protocol === 'http:' && isLoopback(url.hostname) ? [allowInsecureRequests] : [];
    return discovery(url, clientId, secret, ClientSecretBasic(secret), { execute, timeout: TIMEOUT_S });
  };
  const configuration = () => {
    found ??= discovered().catch((error: unknown) => {
      found = null;
      log.warn({ err: error, issuer }, 'the provider people sign in at does not answer');
      throw new Unavailable('the provider does not answer');
    });
    return found;
  };
  const redirect_uri = `${origin}${PROVIDER_PATH}/callback`;

  return {
    hasRoles: roles.length > 0,
    async begin() {
      const oidc = await library();
      const verifier = oidc.randomPKCECodeVerifier();
      const away = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier };
      const url = oidc.buildAuthorizationUrl(await configuration(), {
        ...{ redirect_uri, scope: SCOPE, state: away.state, nonce: away.nonce },
        ...{ code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
      });
      return { url, away };
    },
    async end(query, { state, nonce, verifier }) {
      const oidc = await library();
      const at = await configuration();
      const answered = async () => {
        const tokens = await oidc.authorizationCodeGrant(at, new URL(`${redirect_uri}?${query}`), {
          ...{ pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true },
        });
        const told = tokens.claims()!;
        const isNamed = roles.every(({ claim }) => claim in told);
        const more = isNamed ? {} : await oidc.fetchUserInfo(at, tokens.access_token, told.sub);
        return { iss: told.iss, claims: claimsShape.parse({ ...more, ...told }) };
      };
      const { iss, claims } = await answered().catch((error: unknown) => {
        // Not the whole of it, which may hold what was sent; and whoever sent it is told nothing.
        const { name, code, message } = error as Error & { readonly code?: unknown };
        log.info({ reason: String(code ?? name), message }, 'what the provider sent back let nobody in');
        throw new BadInput('code', 'the provider did not let anybody in');
      });
      const { sub, preferred_username, email, amr = [] } = claims;
      return {
        subject: `${iss} ${sub}`,
        name: preferred_username ?? email ?? sub,
        role: roleOfClaims(roles, claims),
        factors: amr.some((each) => SECOND_FACTORS.has(each)) ? 2 : 1,
      };
    },
    async signOutUrl() {
      const at = await configuration();
      if (!at.serverMetadata().end_session_endpoint) return null;
      return (await library()).buildEndSessionUrl(at, { post_logout_redirect_uri: `${origin}/` });
    },
  };
}

function readSecret(path: string): string {
  let secret = '';
  try {
    secret = readFileSync(path, 'utf8').trim();
  } catch {
    // Told below: what stands in the way is for whoever starts the server, not for the log.
  }
  if (secret === '') throw new CannotStart('CUADRA_OIDC_SECRET_FILE: there is no such file, or nothing in it');
  return secret;
}
