// What the server is doing until it can answer, for /readyz and the progress page.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { PAGE_CSS, page, type StartStep, wordsFor } from './i18n/server-pages.ts';

export type Readiness = { step: StartStep | 'ready'; percent: number };

/** Answers while the portal is not ready: /healthz is well, /readyz is 503 with the step, every page shows progress. */
export function answerWhileStarting(readiness: Readiness, request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? '/').split('?')[0];
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Security-Policy', "default-src 'none'; style-src 'self'; img-src data:");
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (path === '/healthz') return send(response, 200, 'application/json', '{"status":"ok"}');
  if (path === '/server-pages.css') return send(response, 200, 'text/css', PAGE_CSS);
  if (path === '/readyz') return send(response, 503, 'application/json', JSON.stringify(readiness));
  const words = wordsFor(request);
  if (path?.startsWith('/api/') || path?.startsWith('/tiles/')) {
    response.setHeader('Retry-After', '2');
    const problem = { type: 'unavailable', title: words.starting, status: 503, step: readiness.step };
    return send(response, 503, 'application/problem+json', JSON.stringify(problem));
  }
  const step = readiness.step === 'ready' ? '' : words.steps[readiness.step];
  const body = `<p>${words.starting}</p><p role="status">${step}…</p><progress max="100" value="${readiness.percent}"></progress>`;
  send(response, 200, 'text/html; charset=utf-8', page(words, body, 1));
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type });
  response.end(body);
}
