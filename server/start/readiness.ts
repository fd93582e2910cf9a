// What the server is doing until it can answer, for /readyz and the progress page.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HostProblem, hostProblem, type Named } from '../http/hosts.ts';
import { problemTitle } from '../i18n/problems.ts';
import { PAGE_CSS, page, wordsFor } from '../i18n/server-pages.ts';
import type { Readiness } from './progress.ts';

type Answer = readonly [status: number, type: string, body: string];

const RETRY_AFTER_SECONDS = 2;
const REFRESH_SECONDS = 1;

/** Answers while the portal is not ready: /healthz is well, /readyz is 503 with the step, every page shows progress. */
export function answerWhileStarting(
  readiness: Readiness,
  named: Named,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const stranger = hostProblem(request, named);
  const [status, type, body] = stranger ? refusal(stranger) : answerTo(readiness, request);
  response.writeHead(status, {
    'Content-Type': type,
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; style-src 'self'; img-src data:",
    'X-Content-Type-Options': 'nosniff',
    ...(status === 503 ? { 'Retry-After': RETRY_AFTER_SECONDS } : {}),
  });
  response.end(body);
}

function refusal(problem: HostProblem): Answer {
  const [status, type] = problem === 'malformed' ? [400, 'bad-request'] : [403, 'not-allowed'];
  return [status, 'application/problem+json', JSON.stringify({ type, title: problemTitle(type, 'es'), status })];
}

function answerTo(readiness: Readiness, request: IncomingMessage): Answer {
  const path = (request.url ?? '/').replace(/^https?:\/\/[^/?#]*/i, '').split('?')[0] || '/';
  if (path === '/healthz') return [200, 'application/json', '{"status":"ok"}'];
  if (path === '/server-pages.css') return [200, 'text/css', PAGE_CSS];
  if (path === '/readyz') return [503, 'application/json', JSON.stringify(readiness)];
  const words = wordsFor(request);
  if (path.startsWith('/api/') || path.startsWith('/tiles/')) {
    const problem = { type: 'unavailable', title: words.starting, status: 503, step: readiness.step };
    return [503, 'application/problem+json', JSON.stringify(problem)];
  }
  const step = readiness.step === 'ready' ? '' : words.steps[readiness.step];
  const bar = `<progress max="100" value="${readiness.percent}"></progress>`;
  const body = `<p>${words.starting}</p><p role="status">${step}…</p>${bar}`;
  return [200, 'text/html; charset=utf-8', page(words, body, REFRESH_SECONDS)];
}
