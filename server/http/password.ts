// The door of one password for all, for installations that have no accounts yet: with CUADRA_PASSWORD set, every page and
// call needs a cookie that only somebody who knew it can have, and whoever has it is administrator.

import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { page, wordsFor } from '../i18n/server-pages.ts';
import { SESSION_COOKIE } from './same-origin.ts';
import { throttle } from './throttle.ts';

const SESSION_MS = 12 * 3600_000;
const TRIES_PER_MINUTE = 10;

/** Express routes and guard; mount before everything else. */
export function passwordDoor(password: string, now: () => number): Router {
  const key = randomBytes(32); // a restart ends every session
  const sign = (expires: string) => createHmac('sha256', key).update(expires).digest('base64url');
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const wanted = digest(password);

  const isOpen = (request: Request): boolean => {
    const cookie = /(?:^|;\s*)cuadra_session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const [expires = '', signature = ''] = cookie.split('.');
    return timingSafeEqual(digest(signature), digest(sign(expires))) && Number(expires) > now();
  };

  const door = Router();
  door.post(
    '/login',
    throttle(TRIES_PER_MINUTE),
    express.urlencoded({ extended: false, limit: '4kb' }),
    (request, response) => {
      const given = String((request.body as Record<string, unknown> | undefined)?.password ?? '');
      if (!timingSafeEqual(digest(given), wanted)) return void login(request, response, 401, true);
      const expires = String(now() + SESSION_MS);
      response.cookie(SESSION_COOKIE, `${expires}.${sign(expires)}`, {
        httpOnly: true,
        sameSite: 'strict',
        secure: request.secure,
        maxAge: SESSION_MS,
      });
      response.redirect(303, '/');
    },
  );
  door.use((request: Request, response: Response, next: NextFunction) => {
    if (isOpen(request)) return next();
    if (request.method === 'GET' && request.accepts(['json', 'html']) === 'html')
      return login(request, response, 401, false);
    response
      .status(401)
      .type('application/problem+json')
      .send({ type: 'not-signed-in', title: wordsFor(request).signIn, status: 401 });
  });
  return door;
}

function login(request: Request, response: Response, status: number, wrong: boolean): void {
  const words = wordsFor(request);
  const message = wrong ? `<p role="alert">${words.wrongPassword}</p>` : '';
  const form = `${message}<form method="post" action="/login"><label>${words.password}
    <input type="password" name="password" autocomplete="current-password" required autofocus></label>
    <button>${words.enter}</button></form>`;
  response.status(status).set('Cache-Control', 'no-store').type('html').send(page(words, form));
}
