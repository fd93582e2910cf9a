// The filter every question about incidents is asked with: its shape, and the same parsing for page and server. Pure.

import * as z from 'zod';
import { date } from '../calendar/contract.ts';
import { KINDS, type Kind } from '../db/contract.ts';
import type { Position } from '../geometry/contract.ts';
import { parseWith } from '../http/contract.ts';
import { CODE } from '../taxonomy/contract.ts';

export const PERIODS = ['week', '28d', '12m', 'ytd'] as const;
export type Period = (typeof PERIODS)[number];

/** Most vertices of a drawn polygon, and the most codes a filter may list. */
export const MAX_POLYGON_VERTICES = 500;
const MAX_CODES = 500;

/** `colonias:02-001`, `colonias@2:#17`, or a drawn polygon. */
export type Within =
  | { readonly type: 'place'; readonly layer: string; readonly version: number | null; readonly place: PlaceRef }
  | { readonly type: 'polygon'; readonly ring: readonly Position[] };
export type PlaceRef = { readonly code: string } | { readonly id: number };

/** A complete, read-only question; `null` = not filtered. Dates are local and half-open. */
export type Filter = {
  readonly from: string | null;
  readonly until: string | null;
  readonly period: Period | null;
  readonly offences: readonly string[];
  readonly theme: string | null;
  readonly hours: { readonly from: number; readonly until: number } | null;
  readonly weekdays: readonly number[];
  readonly weekdayOf: 'clock' | 'shift';
  readonly kind: Kind;
  readonly source: string | null;
  readonly within: Within | null;
  /** `LAYER` or `LAYER@VERSION`: what has a point in no place of it is left out; what has no point is not. */
  readonly inside: string | null;
  /** With `inside`, sources: of these what has no point is left out too, unless its words name a place of the layer. */
  readonly placed: readonly string[];
};

export const EVERYTHING: Filter = {
  from: null,
  until: null,
  period: null,
  offences: [],
  theme: null,
  hours: null,
  weekdays: [],
  weekdayOf: 'clock',
  kind: 'incident',
  source: null,
  within: null,
  inside: null,
  placed: [],
};

/** A layer as questions name it: its code, and its version where that is not the present one. */
export const LAYER = /^([a-z0-9][a-z0-9_-]{0,62})(?:@([1-9]\d{0,5}))?$/;

const hours = z.string().transform((text, context) => {
  const match = /^(\d{1,2})-(\d{1,2})$/.exec(text);
  const from = Number(match?.[1]);
  const until = Number(match?.[2]);
  if (!match || from > 23 || until > 24 || from === until) {
    context.addIssue('not an hour range (like 20-2, end exclusive)');
    return z.NEVER;
  }
  return { from, until };
});

const weekdays = z.string().transform((text, context) => {
  const parts = text.split(',');
  if (!parts.every((part) => /^[1-7]$/.test(part))) {
    context.addIssue('not ISO weekdays (1–7, comma-separated)');
    return z.NEVER;
  }
  return [...new Set(parts.map(Number))].sort();
});

const codesOf = (what: 'offence' | 'source') =>
  z.string().transform((text, context) => {
    const codes = [...new Set(text.split(','))];
    if (codes.length > MAX_CODES || codes.some((code) => !CODE.test(code))) {
      context.addIssue(`not ${what} codes (comma-separated, at most ${MAX_CODES})`);
      return z.NEVER;
    }
    return codes;
  });

const within = z.string().transform((text, context): Within => {
  const problem = (message: string): Within => {
    context.addIssue(message);
    return z.NEVER;
  };
  if (text.startsWith('poly:')) {
    const ring = text
      .slice(5)
      .split(';')
      .map((pair): Position => {
        const [lon, lat, more] = pair.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
        return more === undefined ? [lon ?? Number.NaN, lat ?? Number.NaN] : [Number.NaN, Number.NaN];
      });
    if (ring.length > MAX_POLYGON_VERTICES) return problem(`more than ${MAX_POLYGON_VERTICES} vertices`);
    if (ring.some(([lon, lat]) => !(Math.abs(lon) <= 180 && Math.abs(lat) <= 90))) {
      return problem('not a polygon (poly:lon,lat;lon,lat;…)');
    }
    const first = ring[0];
    const last = ring.at(-1);
    const open = first && last && first[0] === last[0] && first[1] === last[1] ? ring.slice(0, -1) : ring;
    if (new Set(open.map(String)).size < 3) return problem('a polygon needs three different corners');
    return { type: 'polygon', ring: open };
  }
  const match = /^([a-z0-9][a-z0-9_-]{0,62})(?:@(\d{1,6}))?:(?:#(\d{1,15})|([^#].{0,199}))$/u.exec(text);
  if (!match) return problem('not a place (LAYER:CODE, LAYER@VERSION:CODE or LAYER:#ID)');
  const [, layer = '', version, id, code = ''] = match;
  return {
    type: 'place',
    layer,
    version: version === undefined ? null : Number(version),
    place: id === undefined ? { code } : { id: Number(id) },
  };
});

/** The FILTER parameters as they stand in a URL; also the source of the OpenAPI page. */
export const filterQuery = z
  .object({
    from: date.optional(),
    until: date.optional(),
    period: z.enum(PERIODS).optional(),
    offence: codesOf('offence').optional(),
    theme: z.string().regex(CODE, 'not a theme code').optional(),
    hour: hours.optional(),
    weekday: weekdays.optional(),
    weekdayOf: z.enum(['clock', 'shift']).optional(),
    kind: z.enum(KINDS).optional(),
    source: z.string().regex(CODE, 'not a source code').optional(),
    within: within.optional(),
    inside: z.string().regex(LAYER, 'not a layer (LAYER or LAYER@VERSION)').optional(),
    placed: codesOf('source').optional(),
  })
  .refine((q) => !(q.from && q.until && q.from >= q.until), { path: ['until'], message: 'not after from' })
  .refine((q) => !(q.period && (q.from || q.until)), { path: ['period'], message: 'not together with from or until' })
  .refine((q) => !(q.placed && !q.inside), { path: ['placed'], message: 'only together with inside' })
  .refine((q) => !(q.offence && q.theme), { path: ['theme'], message: 'not together with offence' });

/** Query-string values to a Filter. Unknown keys are the caller's to refuse. Throws BadInput. */
export function parseFilter(query: Record<string, unknown>): Filter {
  const q = parseWith(filterQuery, query);
  return {
    from: q.from ?? null,
    until: q.until ?? null,
    period: q.period ?? null,
    offences: q.offence ?? [],
    theme: q.theme ?? null,
    hours: q.hour ?? null,
    weekdays: q.weekday ?? [],
    weekdayOf: q.weekdayOf ?? 'clock',
    kind: q.kind ?? 'incident',
    source: q.source ?? null,
    within: q.within ?? null,
    inside: q.inside ?? null,
    placed: q.placed ?? [],
  };
}

/** A Filter back to query-string values; parseFilter(filterToQuery(f)) equals f. */
export function filterToQuery(filter: Filter): Record<string, string> {
  const query: Record<string, string> = {};
  if (filter.from) query.from = filter.from;
  if (filter.until) query.until = filter.until;
  if (filter.period) query.period = filter.period;
  if (filter.offences.length) query.offence = filter.offences.join(',');
  if (filter.theme) query.theme = filter.theme;
  if (filter.hours) query.hour = `${filter.hours.from}-${filter.hours.until}`;
  if (filter.weekdays.length) query.weekday = filter.weekdays.join(',');
  if (filter.weekdayOf !== 'clock') query.weekdayOf = filter.weekdayOf;
  if (filter.kind !== 'incident') query.kind = filter.kind;
  if (filter.source) query.source = filter.source;
  if (filter.within) query.within = withinToText(filter.within);
  if (filter.inside) query.inside = filter.inside;
  if (filter.inside && filter.placed.length) query.placed = filter.placed.join(',');
  return query;
}

export function withinToText(within: Within): string {
  if (within.type === 'polygon') return `poly:${within.ring.map((position) => position.join(',')).join(';')}`;
  const version = within.version === null ? '' : `@${within.version}`;
  return `${within.layer}${version}:${'id' in within.place ? `#${within.place.id}` : within.place.code}`;
}

export type Excluded = { readonly partlyInRange: number; readonly unknownHour: number; readonly unknownDay: number };

export type Filler = { readonly hour: number; readonly minute: number; readonly count: number };

/** What the places of `/top` are ranked by. */
export const RANKED_BY = ['count', 'rate'] as const;
export type RankedBy = (typeof RANKED_BY)[number];
