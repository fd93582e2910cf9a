// People at a server with accounts, as their browsers ask: each with a cookie of their own.

import { expect } from 'vitest';
import type { Me, Role, Scope } from '../../server/access/contract.ts';
import type { LinkMade } from '../../server/accounts/contract.ts';
import { runCuadra } from './cli.ts';
import type { TestServer } from './server.ts';

export const PASSWORD = 'un tapir camina de noche';

export type Person = {
  cookie: string | null;
  /** Asks as a page of the server does. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  get<T>(path: string): Promise<T>;
};

export function person({ origin }: Pick<TestServer, 'origin'>): Person {
  const self: Person = {
    cookie: null,
    async ask(method, path, body, headers = {}) {
      const answer = await fetch(`${origin}${path.startsWith('/') ? path : `/api/v1/${path}`}`, {
        method,
        headers: {
          ...(self.cookie === null ? {} : { Cookie: `cuadra_session=${self.cookie}` }),
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(method === 'GET' ? {} : { Origin: origin }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const set = answer.headers.getSetCookie().find((each) => each.startsWith('cuadra_session='));
      if (set) self.cookie = /=([^;]*)/.exec(set)![1] || null;
      return answer;
    },
    async get<T>(path: string) {
      const answer = await self.ask('GET', path);
      expect([path, answer.status]).toEqual([path, 200]);
      return (await answer.json()) as T;
    },
  };
  return self;
}

export async function signedIn(server: TestServer, name: string, password = PASSWORD): Promise<Person> {
  const somebody = person(server);
  const answer = await somebody.ask('POST', 'session', { name, password });
  expect([name, answer.status]).toEqual([name, 200]);
  return somebody;
}

/** The first administrator, made on the command line, signed in. */
export async function firstAdministrator(server: TestServer, name = 'admin'): Promise<Person> {
  const args = ['user', 'add', name, '--role', 'administrator', '--password-stdin', '--json'];
  const { status, stderr } = await runCuadra(server, args, undefined, `${PASSWORD}\n`);
  expect([status, stderr]).toEqual([0, '']);
  return signedIn(server, name);
}

/** Invited by an administrator and signed in by their link. */
export async function invited(
  server: TestServer,
  by: Person,
  name: string,
  role: Role,
  scope?: Scope,
): Promise<Person> {
  const invitation = await by.ask('POST', 'accounts/invitations', { name, role, ...(scope && { scope }) });
  expect([name, invitation.status]).toEqual([name, 201]);
  const { token } = (await invitation.json()) as LinkMade;
  const somebody = person(server);
  const answer = await somebody.ask('POST', 'session/link', { token, password: PASSWORD });
  expect(answer.status).toBe(200);
  expect((await answer.json()) as Me).toMatchObject({ role, name, signedIn: true });
  return somebody;
}
