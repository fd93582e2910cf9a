// Changes asked of the server: a command with its answer, and files sent with the share that has gone.

import { type Path, Problem } from '../store/api.ts';
import { backAgain, fetchAsOneself, spokenFor } from '../store/as-whom.ts';

/** Sends a command in the language of the moment. Rejects with Problem. */
export async function send<T>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: Path<T>,
  language: string,
  body: unknown = null,
): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language };
  if (body !== null) headers['Content-Type'] = 'application/json';
  let response: Response;
  try {
    response = await fetchAsOneself(path, {
      method,
      headers,
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw new Problem(0, 'unreachable', String(error));
  }
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  throw problemOf(response.status, answer);
}

/** Sends files as a form; `onSent` gets the bytes that have gone and how many there are. Rejects with Problem, or AbortError. */
export async function sendFiles<T>(...sent: Parameters<typeof sendOnce<T>>): Promise<T> {
  for (let refusals = 1; ; refusals++) {
    try {
      return await sendOnce(...sent);
    } catch (error) {
      if (!(error instanceof Problem) || error.type !== 'session-over') throw error;
      await backAgain(sent[4], refusals);
    }
  }
}

function sendOnce<T>(
  path: Path<T>,
  files: readonly File[],
  language: string,
  onSent: (bytes: number, total: number) => void,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  const form = new FormData();
  for (const file of files) form.append('file', file, file.name);
  // fetch cannot tell how much of a body has gone.
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.open('POST', path);
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('Accept-Language', language);
    for (const [name, value] of Object.entries(spokenFor(path))) request.setRequestHeader(name, value);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => onSent(loaded, total);
    request.onload = () =>
      request.status >= 200 && request.status < 300
        ? resolve(request.response)
        : reject(problemOf(request.status, request.response));
    request.onerror = () => reject(new Problem(0, 'unreachable', ''));
    request.onabort = () => reject(new DOMException('called off', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(form);
  });
}

type ProblemDocument = { readonly type?: unknown; readonly title?: unknown; readonly detail?: unknown } | null;

const problemOf = (status: number, body: ProblemDocument) =>
  new Problem(status, String(body?.type ?? 'internal'), String(body?.detail ?? body?.title ?? ''));
