// Sends a change of a document; where others changed the same meanwhile, both texts come back and nothing is lost.

import type { EditConflict } from '../../server/problems/contract.ts';
import { Problem } from '../store/api.ts';
import { fetchAsOneself } from '../store/as-whom.ts';

export type Outcome<T> = { readonly done: T } | { readonly conflict: EditConflict };

/** Which of both texts stays where two changed the same. */
export type KeptText = 'theirs' | 'yours';

/**
 * What is sent once the reader chose, made of the version that both texts are known of. Fields nobody else wrote are kept
 * either way; nothing at all is still sent, for its answer is how everything stands now.
 */
export function afterConflict(
  { version, theirs }: Pick<EditConflict, 'version' | 'theirs'>,
  changes: Readonly<Record<string, unknown>>,
  kept: KeptText,
): { readonly version: number; readonly changes: Readonly<Record<string, unknown>> } {
  if (kept === 'yours') return { version, changes };
  return {
    version,
    changes: Object.fromEntries(Object.entries(changes).filter(([field]) => !Object.hasOwn(theirs, field))),
  };
}

/** Rejects with Problem. */
export async function sendChange<T>(
  method: 'PATCH' | 'POST',
  path: string,
  language: string,
  body: unknown,
): Promise<Outcome<T>> {
  const headers = { Accept: 'application/json', 'Accept-Language': language, 'Content-Type': 'application/json' };
  const response = await fetchAsOneself(path, { method, headers, body: JSON.stringify(body) }).catch(
    (error: unknown) => {
      throw new Problem(0, 'unreachable', String(error));
    },
  );
  const answer = await response.json().catch(() => null);
  if (response.ok) return { done: answer as T };
  if (response.status === 409 && answer?.type === 'conflict' && answer.theirs) return { conflict: answer };
  throw new Problem(response.status, String(answer?.type ?? 'internal'), String(answer?.detail ?? answer?.title ?? ''));
}
