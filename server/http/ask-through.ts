// Asks the portal one of its own questions as whoever sent a request: over the socket they came to, by the same doors, with
// the same rights, so that what comes back is what they could have seen.

import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Request } from 'express';
import { NotSignedIn, TooMany, Unavailable } from '../errors.ts';

/** What says who somebody is, and where they came from. */
const CARRIED = ['cookie', 'authorization', 'host', 'x-forwarded-for', 'x-forwarded-proto', 'accept-language'] as const;
const WITHIN_MS = 60_000;

/** A question that was refused: its status, and why in the words of the reader. */
export class QuestionRefused extends Error {
  readonly status: number;
  constructor(status: number, detail: string) {
    super(detail);
    this.name = 'QuestionRefused';
    this.status = status;
  }
}

/** `address` from the root of the server. Throws QuestionRefused, or what says to come back. */
export async function askAsSender(sender: Request, address: string): Promise<unknown> {
  const { status, body } = await get(sender, address);
  if (status === 200) return JSON.parse(body);
  const { detail = '' } = readProblem(body);
  if (status === 429) throw new TooMany(detail, 30);
  if (status >= 500) throw new Unavailable(detail);
  if (status === 401) throw new NotSignedIn(detail);
  throw new QuestionRefused(status, detail);
}

function get(sender: Request, path: string): Promise<{ readonly status: number; readonly body: string }> {
  const headers: Record<string, string> = {};
  for (const name of CARRIED) {
    const value = sender.get(name);
    if (value !== undefined) headers[name] = value;
  }
  const { localAddress: host, localPort: port } = sender.socket;
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ host, port, path, headers, signal: AbortSignal.timeout(WITHIN_MS) }, (answer) => {
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
