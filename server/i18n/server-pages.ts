// The two pages the server writes itself, before the portal can: progress while it starts, and the password door.

import type { IncomingMessage } from 'node:http';

const es = {
  lang: 'es',
  starting: 'Cuadra está preparándose',
  signIn: 'Escriba la contraseña para entrar',
  password: 'Contraseña',
  enter: 'Entrar',
  wrongPassword: 'La contraseña no es correcta.',
  steps: {
    database: 'Abriendo la base de datos',
    demo: 'Cargando la ciudad de muestra',
    cube: 'Contando los delitos',
    failed: 'No se pudo iniciar; vea los mensajes del servidor',
  },
};
export type PageWords = typeof es;
export type StartStep = keyof PageWords['steps'];
const en: PageWords = {
  lang: 'en',
  starting: 'Cuadra is getting ready',
  signIn: 'Enter the password to come in',
  password: 'Password',
  enter: 'Enter',
  wrongPassword: 'The password is not right.',
  steps: {
    database: 'Opening the database',
    demo: 'Loading the demo city',
    cube: 'Counting the incidents',
    failed: 'Could not start; see the messages of the server',
  },
};

/** Spanish unless the browser puts English first. */
export function wordsFor(request: IncomingMessage): PageWords {
  return /^\s*en\b/i.test(request.headers['accept-language'] ?? '') ? en : es;
}

/** A whole page around `body`, which must be markup of our own. */
export function page(words: PageWords, body: string, refreshSeconds?: number): string {
  const refresh = refreshSeconds ? `<meta http-equiv="refresh" content="${refreshSeconds}">` : '';
  return `<!doctype html><html lang="${words.lang}"><head><meta charset="utf-8">${refresh}
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Cuadra</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/server-pages.css"></head><body><main><h1>Cuadra</h1>${body}</main></body></html>`;
}

/** Served at /server-pages.css: the strict CSP allows no styles inside the page. */
export const PAGE_CSS = `body{margin:0;background:#f6f7f5;color:#1b2530;font:16px/24px "Noto Sans",system-ui,sans-serif}
main{max-width:420px;margin:20vh auto 0;padding:24px;background:#fff;border:1px solid #d9dee2;border-radius:6px}
h1{margin:0 0 8px;font-size:20px}p{margin:0 0 12px}progress{width:100%;accent-color:#0b5c7a}label{display:block}
input,button{font:inherit;width:100%;box-sizing:border-box;min-height:40px;margin-top:8px;border-radius:6px;border:1px solid #87919a}
button{background:#0b5c7a;color:#fff;border:0}`;
