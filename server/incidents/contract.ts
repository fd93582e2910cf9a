// What an incident is, and the filter every question about incidents is asked with.
// Pure: the page imports this file for the same parsing the server does.

import * as z from 'zod';
import { BadInput } from '../errors.ts';

/** Kinds are never added together. */
export const KINDS = ['incident', 'call', 'victim'] as const;
export type Kind = (typeof KINDS)[number];

/** How exactly the time is known; stored as the index in this list. */
export const DATE_PRECISIONS = ['minute', 'hour', 'day', 'month'] as const;
export type DatePrecision = (typeof DATE_PRECISIONS)[number];

/** How exactly the place is known; stored as the index in this list. `none` = no usable point. */
export const PLACE_PRECISIONS = ['point', 'street', 'crossing', 'area', 'none'] as const;
export type PlacePrecision = (typeof PLACE_PRECISIONS)[number];

/** The orders in which day, month and year stand in numbers; with the year first in full, `ymd` or `ydm`. */
export const DATE_ORDERS = ['dmy', 'mdy', 'ymd', 'ydm'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

/**
 * What times without an offset mean: `local` = as they stand, whatever offset is written; `utc` or an IANA zone = that
 * clock. Where nothing is chosen they are local, and those with an offset are converted.
 */
export const timesChoice = z
  .string()
  .max(60)
  .refine((text) => text === 'local' || text === 'utc' || isTimeZone(text), 'not local, utc or a time zone');

function isTimeZone(timeZone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone }));
  } catch {
    return false;
  }
}

/** A doubt about the order of dates, for somebody to decide. */
export type DateQuestion = {
  readonly column: string;
  /** Rows whose date reads differently, or that contradict each other. */
  readonly rows: number;
  /** What each order would make of the column. */
  readonly readings: readonly {
    readonly order: DateOrder;
    readonly example: { readonly text: string; readonly date: string };
    readonly months: readonly { readonly month: string; readonly count: number }[];
    /** Rows that cannot be read in this order, and the first of them. */
    readonly against: { readonly count: number; readonly line: number; readonly text: string } | null;
  }[];
};

/**
 * What tells a record from another when a file comes again: its id, its id within a month or a file, or nothing. Where
 * nothing is chosen it is the id, as long as it proves one.
 */
export const ID_RULES = ['id', 'id+month', 'id+file', 'none'] as const;
export type IdRule = (typeof ID_RULES)[number];

/** A doubt about the ids of a file: those it shares with what is stored lie on other days there. */
export type IdQuestion = {
  readonly about: 'ids';
  /** Records of the file with the id of a stored one, and how many of them change their date. */
  readonly rows: number;
  readonly moved: number;
  readonly example: { readonly id: string; readonly before: string; readonly after: string };
  readonly proposal: IdRule;
};
/** A doubt about the points of a file: too many are none, or lie where none is expected. */
export type PointQuestion = {
  readonly about: 'points';
  readonly rows: number;
  readonly doubtful: number;
  /** What is wrong with them, each with its count and example. */
  readonly kinds: readonly Note[];
};
/** A doubt about a column that counts the cases of each row and is not read. */
export type QuantityQuestion = {
  readonly about: 'quantity';
  readonly column: string;
  /** The first rows, and the cases the column counts in them. */
  readonly rows: number;
  readonly cases: number;
};
/** A doubt about the date: only a month would be read, and these columns hold days. */
export type UnreadDatesQuestion = {
  readonly about: 'unread-dates';
  readonly columns: readonly { readonly name: string; readonly example: string }[];
};
/** A doubt about the sheets of a workbook: several hold data, in different columns. */
export type SheetsQuestion = { readonly about: 'sheets'; readonly sheets: readonly string[] };
export type Question = IdQuestion | PointQuestion | QuantityQuestion | UnreadDatesQuestion | SheetsQuestion;

export const PERIODS = ['week', '28d', '12m', 'ytd'] as const;
export type Period = (typeof PERIODS)[number];

/** Most vertices of a drawn polygon, and the most offence codes or characters a filter may carry. */
export const MAX_POLYGON_VERTICES = 500;
const MAX_OFFENCES = 500;

export type Position = readonly [lon: number, lat: number];

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
};

export const CODE = /^[a-z0-9][a-z0-9._-]{0,119}$/;

/** A local day as it stands in a URL or a body. */
export const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'not a date (YYYY-MM-DD)')
  .refine((text) => {
    const parsed = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(parsed.valueOf()) && parsed.toISOString().startsWith(text);
  }, 'no such day');

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

const offences = z.string().transform((text, context) => {
  const codes = [...new Set(text.split(','))];
  if (codes.length > MAX_OFFENCES || codes.some((code) => !CODE.test(code))) {
    context.addIssue(`not offence codes (comma-separated, at most ${MAX_OFFENCES})`);
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
    offence: offences.optional(),
    theme: z.string().regex(CODE, 'not a theme code').optional(),
    hour: hours.optional(),
    weekday: weekdays.optional(),
    weekdayOf: z.enum(['clock', 'shift']).optional(),
    kind: z.enum(KINDS).optional(),
    source: z.string().regex(CODE, 'not a source code').optional(),
    within: within.optional(),
  })
  .refine((q) => !(q.from && q.until && q.from >= q.until), { path: ['until'], message: 'not after from' })
  .refine((q) => !(q.period && (q.from || q.until)), { path: ['period'], message: 'not together with from or until' })
  .refine((q) => !(q.offence && q.theme), { path: ['theme'], message: 'not together with offence' });

/** Parses with a zod schema and answers the first problem as BadInput naming the parameter. */
export function parseWith<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new BadInput(String(issue?.path[0] ?? ''), issue?.message ?? 'not usable');
}

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
  return query;
}

export function withinToText(within: Within): string {
  if (within.type === 'polygon') return `poly:${within.ring.map((position) => position.join(',')).join(';')}`;
  const version = within.version === null ? '' : `@${within.version}`;
  return `${within.layer}${version}:${'id' in within.place ? `#${within.place.id}` : within.place.code}`;
}

/** One incident as the importer hands it to placing and storing: checked, normalised, local time. */
export type Incident = {
  /** Line in the file, for messages. */
  readonly line: number;
  /** The source's own id, or null where it has none. */
  readonly key: string | null;
  /** Local date, YYYY-MM-DD; the first of the month when only the month is known. */
  readonly occurredOn: string;
  /** Minutes since local midnight, or null; only the hour counts at precision `hour`. */
  readonly minuteOfDay: number | null;
  readonly datePrecision: DatePrecision;
  /** Local date and minute until which it may have happened, where the source gives a range; the minute may be unknown. */
  readonly untilOn: string | null;
  readonly untilMinute: number | null;
  /** Local date and minute at which it was reported. */
  readonly reportedOn: string | null;
  readonly reportedMinute: number | null;
  /** Leaf code of the taxonomy, `scheme.slug`. */
  readonly offence: string;
  /** The label as the source wrote it. */
  readonly label: string;
  /** Degrees with seven decimals, or null: no usable point. */
  readonly lon: number | null;
  readonly lat: number | null;
  /** Where the source says it was, in its words (street, colonia); null when it says nothing. */
  readonly placeText: string | null;
  /** The same words apart, by which one without a point is looked for; null where the text is all there is. */
  readonly placeParts: PlaceParts | null;
};

/** What the words for a place name, from the smallest to the largest; what the source does not say is left out. */
export const PLACE_PARTS = ['street', 'crossing', 'place', 'neighbourhood', 'borough'] as const;
export type PlaceParts = Readonly<Partial<Record<(typeof PLACE_PARTS)[number], string>>>;
/** `parts` is empty where the text is all there is. */
export type PlaceText = { readonly text: string; readonly parts: PlaceParts };

/** Something worth telling about an import: how often, and one example. */
export type Note = { readonly code: string; readonly count: number; readonly example: string | null };

/** Labels no list knows, the commonest first, and what was said of others. */
export type LabelsAnswer = {
  readonly incidents: number;
  readonly labels: readonly { readonly label: string; readonly incidents: number }[];
  readonly choices: readonly { readonly label: string; readonly offence: string; readonly incidents: number }[];
};
const offenceLabel = z.string().trim().min(1).max(200);
export const labelQuery = z.strictObject({ label: offenceLabel });
export const labelChoice = z.strictObject({ label: offenceLabel, offence: z.string().max(120) });
