// For whom the page was opened: every request says so. Where the server has somebody else by now, because the session ended
// or another began, it refuses, and the request waits until whoever was here is back: nothing that was typed is lost, and no
// answer made for another is shown.

import { SPEAKS_FOR, SPEAKS_FOR_NOBODY } from '../../server/access/contract.ts';

type Speaker = { readonly whose: string; readonly comesBack: (signal: AbortSignal | null) => Promise<void> };
let speaker: Speaker | null = null;

/** From here on requests speak for this one, and those refused wait for `comesBack`. */
export function speakFor(whose: string, comesBack: Speaker['comesBack']): void {
  speaker = { whose, comesBack };
}

/** What a request says beside what it asks; nothing where it is asked who one is, or to come in. */
export const spokenFor = (path: string): Record<string, string> =>
  speaker === null || /^\/api\/v1\/(me$|session)/.test(path) ? {} : { [SPEAKS_FOR]: speaker.whose };

export const isRefusedAsOther = (response: Response): boolean => response.headers.has(SPEAKS_FOR_NOBODY);

export const backAgain = (signal: AbortSignal | null = null): Promise<void> =>
  speaker?.comesBack(signal) ?? Promise.resolve();

/** As fetch. */
export async function fetchAsOneself(
  path: string,
  init: RequestInit & { readonly headers: Readonly<Record<string, string>> },
): Promise<Response> {
  for (;;) {
    const response = await fetch(path, { ...init, headers: { ...init.headers, ...spokenFor(path) } });
    if (!isRefusedAsOther(response)) return response;
    await backAgain(init.signal ?? null);
  }
}
