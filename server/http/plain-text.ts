// No text that the database could not hold gets past the door: a NUL, or half a character, in an address or a body of JSON.

import type { NextFunction, Request, Response } from 'express';
import { BadInput, NotFound } from '../errors.ts';

/** Deeper than anything we ask for; what nests deeper was made to break whoever walks through it. */
const MOST_NESTED = 50;
const NOT_A_TEXT = 'not a text';

/** Before the routes; looks at path and query. */
export function plainAddress(request: Request, _response: Response, next: NextFunction): void {
  if (/%00|\0/.test(request.path)) throw new NotFound('nothing has such a name');
  for (const [name, value] of Object.entries(request.query)) {
    const named = nameOf(name);
    if (!isPlain(name)) throw new BadInput(named, 'no such parameter');
    if (typeof value !== 'string') throw new BadInput(named, 'given more than once');
    if (!isPlain(value)) throw new BadInput(named, NOT_A_TEXT);
  }
  next();
}

/** After the body was parsed. */
export function plainBody(request: Request, _response: Response, next: NextFunction): void {
  const left: (readonly [value: unknown, top: string, depth: number])[] = [[request.body, 'body', 0]];
  for (let each = left.pop(); each; each = left.pop()) {
    const [value, top, depth] = each;
    if (typeof value === 'string' && !isPlain(value)) throw new BadInput(nameOf(top), NOT_A_TEXT);
    if (typeof value !== 'object' || value === null) continue;
    if (depth > MOST_NESTED) throw new BadInput(nameOf(top), 'nested too deeply');
    const isObject = !Array.isArray(value);
    for (const [key, inside] of Object.entries(value)) {
      if (isObject && !isPlain(key)) throw new BadInput(nameOf(depth ? top : key), NOT_A_TEXT);
      left.push([inside, depth || !isObject ? top : key, depth + 1]);
    }
  }
  next();
}

const isPlain = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
const nameOf = (name: string): string => name.slice(0, 60).replaceAll('\0', '').toWellFormed();
