// A request's query, parsed at the door: the filter, the parameters of the route, and nothing else.

import type { Request } from 'express';
import * as z from 'zod';
import { isDay } from '../calendar/days.ts';
import { BadInput } from '../errors.ts';
import { parseWith } from '../http/contract.ts';
import type { Language } from '../i18n/contract.ts';
import { type Filter, filterQuery, parseFilter, RANKED_BY } from './contract.ts';

const FILTER_PARAMETERS = new Set(Object.keys(filterQuery.shape));
const MAX_TOP = 1000;
const MAX_ZOOM = 24;

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, 'not a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `not between ${least} and ${most}`);

const bbox = z.string().transform((text, context) => {
  const [w, s, e, n, more] = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const ok = w! >= -180 && e! <= 180 && s! >= -90 && n! <= 90 && w! < e! && s! < n! && more === undefined;
  if (ok) return [w!, s!, e!, n!] as const;
  context.addIssue('not a box (west,south,east,north in degrees)');
  return z.NEVER;
});

const layer = z.string().min(1, 'a layer is needed').max(80);

/** A delivery's number, or the day whose last delivery is meant. */
const asOf = z
  .string()
  .regex(/^(\d{1,9}|\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))$/, 'not a delivery or a date (YYYY-MM-DD)')
  .refine((text) => !text.includes('-') || isDay(text), 'no such day')
  .optional();

/** A year of the calendar. */
export const yearAsked = whole(1900, 2100);

/** Parameters beside FILTER, by route. */
export const PARAMETERS = {
  counts: z.object({ layer, asOf }),
  summary: z.object({ layer: layer.optional() }),
  series: z.object({ step: z.enum(['day', 'week', 'month']).default('month'), asOf }),
  clock: z.object({}),
  offences: z.object({}),
  top: z.object({ layer, limit: whole(1, MAX_TOP).default(10), by: z.enum(RANKED_BY).default('count') }),
  benchmark: z.object({ asOf }),
  columns: z.object({}),
  heat: z.object({ zoom: whole(0, MAX_ZOOM).default(12), bbox: bbox.optional() }),
} as const;

export type AskedQuestion<T extends z.ZodType> = { readonly filter: Filter; readonly own: z.output<T> };

/** Throws BadInput for the first bad value, and for a parameter the route does not know. */
export function parseAsked<T extends z.ZodObject>(request: Request, schema: T): AskedQuestion<T> {
  languageOf(request); // only to refuse a language there is not
  const { lang: _, ...query } = request.query;
  const own: Record<string, unknown> = {};
  const filter: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(query)) {
    // PostgreSQL holds no NUL in a text: no code and no name has one.
    if (String(value).includes('\0')) throw new BadInput(name.slice(0, 60), 'not a text');
    if (FILTER_PARAMETERS.has(name)) filter[name] = value;
    else if (Object.hasOwn(schema.shape, name)) own[name] = value;
    else throw new BadInput(name.slice(0, 60), 'no such parameter');
  }
  return { filter: parseFilter(filter), own: parseWith(schema, own) };
}

/** For routes without FILTER. Throws BadInput for any parameter but `lang` and those `known`. */
export function refuseParameters(request: Pick<Request, 'query'>, known: readonly string[] = []): void {
  const unknown = Object.keys(request.query).find((name) => name !== 'lang' && !known.includes(name));
  if (unknown !== undefined) throw new BadInput(unknown.slice(0, 60), 'no such parameter');
}

/** `?lang=` before Accept-Language; Spanish unless English is asked for. */
export function languageOf(request: Request): Language {
  const { lang } = request.query;
  if (lang === 'en' || lang === 'es') return lang;
  if (lang !== undefined) throw new BadInput('lang', 'not es or en');
  return request.acceptsLanguages('es', 'en') === 'en' ? 'en' : 'es';
}
