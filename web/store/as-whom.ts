// For whom the page was opened: every request says so. Where the server has somebody else by now, because the session ended
// or another began, it refuses, and the request waits until whoever was here is back: nothing that was typed is lost, and no
// answer made for another is shown.

import { SPEAKS_FOR, SPEAKS_FOR_NOBODY } from '../../server/access/contract.ts';
import { pause } from './pause.ts';

type Speaker = { readonly whose: string; readonly comesBack: (signal: AbortSignal | null) => Promise<void> };
let speaker: Speaker | null = null;

/** Milliseconds before a second question, and each after it, of one whom the server refuses though they are back. */
const REFUSED_AGAIN_MS = 1000;

/** From here on requests speak for this one, and those refused wait for `comesBack`. */
export function speakFor(whose: string, comesBack: Speaker['comesBack']): void {
  speaker = { whose, comesBack };
}

/** What a request says beside what it asks; nothing where it is asked who one is, or to come in. */
export const spokenFor = (path: string): Record<string, string> =>
  speaker === null || /^\/api\/v1\/(me$|session)/.test(path) ? {} : { [SPEAKS_FOR]: speaker.whose };

export const isRefusedAsOther = (response: Response): boolean => response.headers.has(SPEAKS_FOR_NOBODY);

/** Waits for whoever was here, after so many refusals of one request. Rejects where it is called off. */
export async function backAgain(signal: AbortSignal | null, refusals: number): Promise<void> {
  if (refusals > 1) await pause(REFUSED_AGAIN_MS, signal);
  await speaker?.comesBack(signal);
  signal?.throwIfAborted();
}

/** As fetch. */
export async function fetchAsOneself(
  path: string,
  init: RequestInit & { readonly headers: Readonly<Record<string, string>> },
): Promise<Response> {
  for (let refusals = 1; ; refusals++) {
    const response = await fetch(path, { ...init, headers: { ...init.headers, ...spokenFor(path) } });
    if (!isRefusedAsOther(response)) return response;
    await backAgain(init.signal ?? null, refusals);
  }
}
