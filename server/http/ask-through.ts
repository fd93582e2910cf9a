// Asks the portal one of its own questions as whoever sent a request: over the socket they came to, by the same doors, with
// the same rights, so that what comes back is what they could have seen.

import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Request } from 'express';
import { askerLeaves } from '../db/costly.ts';
import { TooMany, Unavailable } from '../errors.ts';
import { ON_BEHALF, onBehalfOf } from './throttle.ts';

/** What says who somebody is, and where they came from. */
const CARRIED = ['cookie', 'authorization', 'host', 'x-forwarded-for', 'x-forwarded-proto', 'accept-language'] as const;
const WITHIN_MS = 60_000;

/** A question that was refused, and why in the words of the reader. */
export class QuestionRefused extends Error {
  override readonly name = 'QuestionRefused';
}

/** `address` from the root of the server. Throws QuestionRefused, or what says to come back. */
export async function askAsSender(sender: Request, address: string): Promise<unknown> {
  const { status, body } = await get(sender, address);
  if (status === 200) return JSON.parse(body);
  const { detail = '' } = readProblem(body);
  if (status === 429) throw new TooMany(detail, 30);
  if (status >= 500) throw new Unavailable(detail);
  throw new QuestionRefused(detail);
}

function get(sender: Request, path: string): Promise<{ readonly status: number; readonly body: string }> {
  const headers: Record<string, string> = { [ON_BEHALF]: onBehalfOf(sender) };
  for (const name of CARRIED) {
    const value = sender.get(name);
    if (value !== undefined) headers[name] = value;
  }
  // Of a sender who left, the socket knows no address: nothing may go to another door of this machine instead.
  const { localAddress: host, localPort: port } = sender.socket;
  if (!host || !port) throw new Unavailable('whoever asked has left');
  const signal = AbortSignal.any([AbortSignal.timeout(WITHIN_MS), askerLeaves()]);
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ host, port, path, headers, signal }, (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
    });
    asked.once('error', (error) => reject(new Unavailable(error.message)));
    asked.end();
  });
}

function readProblem(body: string): { readonly detail?: string } {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}
