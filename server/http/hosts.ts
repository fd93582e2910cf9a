// Which names this server answers to. A page of another site can point a name of its own at this machine (DNS rebinding)
// and would then read whatever a server that trusts the machine gives out, so the Host of every request is looked at.

import type { IncomingMessage } from 'node:http';
import { isIP, isIPv4 } from 'node:net';

export type Named = {
  /** Address the server listens on. */
  readonly host: string;
  /** Further names it answers to, as settings give them. */
  readonly hosts: readonly string[];
};

/** Why a request is not for this server, in the words of a problem's detail; null when it is. */
export type HostProblem = 'not-ours' | 'malformed' | null;

/**
 * Looks at the Host, at the authority of an absolute target, and at what a proxy says the Host was: all must be ours. A server on a loopback address answers to loopback names and to `hosts`; one open to others is behind a password whose
 * cookie belongs to a name, so it answers to every name until `hosts` lists some.
 */
export function hostProblem(request: IncomingMessage, named: Named): HostProblem {
  const given = request.rawHeaders.filter((text, i) => i % 2 === 0 && text.toLowerCase() === 'host');
  if (given.length !== 1) return 'malformed';
  const target = request.url ?? '';
  const forwarded = String(request.headers['x-forwarded-host'] ?? '');
  const authorities = [request.headers.host ?? '', ...(forwarded === '' ? [] : forwarded.split(','))];
  if (!target.startsWith('/')) {
    const absolute = /^https?:\/\/([^/?#]*)/i.exec(target);
    if (!absolute) return 'malformed';
    authorities.push(absolute[1]!);
  }
  const names = authorities.map((text) => hostnameOf(text.trim()));
  if (names.includes(null)) return 'malformed';
  const { host, hosts } = named;
  if (!isLoopback(host) && hosts.length === 0) return null;
  // The address the connection came to is this server, whoever wrote it there.
  const address = (request.socket.localAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
  return names.every((name) => isLoopback(name!) || name === address || hosts.includes(name!)) ? null : 'not-ours';
}

/** The name of an authority (`HOST[:PORT]`), in lower case and without brackets or final dot; null for what is none. */
export function hostnameOf(authority: string): string | null {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+))(?::\d{1,5})?$/i.exec(authority) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? bracketed.toLowerCase() : null;
  const name = plain?.toLowerCase().replace(/\.$/, '') ?? '';
  return name === '' || name.length > 253 || name.split('.').includes('') ? null : name;
}

/** True when only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
