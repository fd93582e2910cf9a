// Which other sites may show the public view in a frame. Only the page itself, opened to be embedded, is ever framable: it
// asks without cookies and shows nothing but what is public. Everything else refuses every frame.

import type { NextFunction, Request, Response } from 'express';
import type { Config } from '../config.ts';

const PAGES = ['/', '/index.html'];

/** Where whoever reaches the server is its administrator, nothing is shown in a frame. */
export const maySomeEmbed = ({ access, embedOrigins }: Pick<Config, 'access' | 'embedOrigins'>): boolean =>
  access === 'accounts' && embedOrigins.length > 0;

/** After the headers that refuse all frames. */
export function framable(config: Pick<Config, 'access' | 'embedOrigins'>) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const policy = response.getHeader('Content-Security-Policy');
    const isAsked = PAGES.includes(request.path) && request.query.embed !== undefined;
    if (isAsked && maySomeEmbed(config) && typeof policy === 'string') {
      response.removeHeader('X-Frame-Options');
      response.setHeader(
        'Content-Security-Policy',
        policy.replace(/frame-ancestors [^;]*/, `frame-ancestors ${config.embedOrigins.join(' ')}`),
      );
    }
    next();
  };
}
