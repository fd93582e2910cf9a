// A real provider of OpenID Connect on this machine, which lets in whoever is named, and a browser that goes there and back.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export type Somebody = {
  readonly sub: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly amr?: readonly string[];
};
export type IdentityProvider = {
  readonly issuer: string;
  readonly secret: string;
  /** Who signs in there next. */
  person: Somebody;
  close(): Promise<void>;
};
export const CLIENT_ID = 'cuadra';

export async function startProvider(origin: string): Promise<IdentityProvider> {
  const secret = 'a secret of the tests alone, long enough';
  const known = new Map<string, Somebody>();
  let handle: Parameters<typeof createServer>[1];
  const server: Server = createServer((request, response) =>
    (handle as (...asked: unknown[]) => void)(request, response),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        ...{
          client_id: CLIENT_ID,
          client_secret: secret,
          grant_types: ['authorization_code'],
          response_types: ['code'],
        },
        redirect_uris: [`${origin}/api/v1/session/oidc/callback`],
        post_logout_redirect_uris: [`${origin}/`],
      },
    ],
    features: { devInteractions: { enabled: false } },
    claims: { openid: ['sub', 'amr'], profile: ['preferred_username', 'groups'], email: [] },
    cookies: { keys: ['a key of the tests alone'] },
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
    pkce: { required: () => true },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: known.get(id)?.name, groups: known.get(id)?.groups }),
    }),
    loadExistingGrant: async ({ oidc }: { oidc: { session: { accountId: string } } }) => {
      const grant = new provider.Grant({ accountId: oidc.session.accountId, clientId: CLIENT_ID });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  });
  const self: IdentityProvider = {
    ...{ issuer, secret, person: { sub: '', name: '', groups: [] } },
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
  const callback = provider.callback();
  handle = (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return callback(request, response);
    const { sub, amr = ['pwd'] } = self.person;
    known.set(sub, self.person);
    void provider.interactionFinished(request, response, { login: { accountId: sub, amr } });
  };
  return self;
}

/** Follows redirects as a browser does, with the cookies of each place; stops at the page. */
export function browser() {
  const jars = new Map<string, Map<string, string>>();
  const visited: string[] = [];
  const ask = async (url: URL): Promise<Response> => {
    const jar = jars.get(url.host) ?? new Map<string, string>();
    jars.set(url.host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: cookie ? { cookie } : {} });
    for (const set of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)!;
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(set)) jar.delete(name!);
      else jar.set(name!, value!);
    }
    return answer;
  };
  return {
    visited,
    cookie: (host: string, name: string) => jars.get(host)?.get(name) ?? null,
    /** Where it ends up; `until` stops it before an address is opened. */
    async open(from: string, until: (url: URL) => boolean = ({ pathname }) => pathname === '/'): Promise<URL> {
      let url = new URL(from);
      for (let steps = 0; steps < 12 && !until(url); steps++) {
        visited.push(url.pathname);
        const answer = await ask(url);
        const to = answer.headers.get('location');
        if (to === null) throw new Error(`${url.pathname} answered ${answer.status}: ${await answer.text()}`);
        await answer.body?.cancel();
        url = new URL(to, url);
      }
      return url;
    },
  };
}
