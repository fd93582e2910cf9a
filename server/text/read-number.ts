// Figures by the convention of their column: which mark stands for thousands and which for decimals is found over all of
// them, told, and can be stated; what sources write for "not known" is no figure.

import type { DecimalMark } from './contract.ts';

type Told = { readonly code: string; readonly count: number; readonly example: string | null };
/** How a column of counts is read; `decimal` null = no value has decimals, every mark parts thousands. */
export type Figures = { readonly decimal: DecimalMark | null; readonly notes: readonly Told[] };

/** Blanks of every width, and apostrophes, between groups of three digits. */
const GROUPING = /(?<=\d)[\s\u00a0\u2007\u2009\u202f'\u2019\u00b4](?=\d{3}(?!\d))/g;
const FIGURE = /^[+-]?(?:\d[\d.,]*|[.,]\d+)$/;
/** One mark that may part thousands or decimals. */
const EITHER = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;
const GROUPED = /^[+-]?\d{1,3}([.,])\d{3}(?:\1\d{3})*(?:[.,]\d+)?$/;
/** Five nines and more are no count. */
const NINES = /^9{5,}$/;
const MOST = 2 ** 31;

/** Looks at a whole column of counts. */
export function figuresOf(values: Iterable<unknown>, stated: DecimalMark | null): Figures {
  const proof: Record<DecimalMark, number> = { comma: 0, point: 0 };
  const marked: string[] = [];
  let fractions = 0;
  let fraction: string | null = null;
  const all = [...values];
  for (const value of all) {
    if (typeof value === 'number' && !Number.isInteger(value)) {
      fractions++;
      fraction ??= String(value);
    }
    if (typeof value !== 'string') continue;
    const text = bare(value);
    if (text !== value.trim()) marked.push(value);
    if (!FIGURE.test(text) || !/[.,]/.test(text)) continue;
    if (text === value.trim()) marked.push(value);
    const shown = decimalShown(text);
    if (shown) proof[shown]++;
  }
  const decimal = stated ?? (proof.comma > proof.point ? 'comma' : proof.point > 0 ? 'point' : null);
  const open = stated === null && proof.comma > 0 && proof.point > 0;
  const no = { sentinel: [] as string[], unread: [] as string[] };
  for (const value of all) {
    const read = figureOf(value, decimal);
    if (read === 'sentinel') no.sentinel.push(String(value));
    else if (read === null && value !== null && value !== undefined && String(value).trim() !== '')
      no.unread.push(String(value));
  }
  const [first] = marked;
  const example = first === undefined ? null : `${first.trim()} → ${figureOf(first, decimal) ?? '–'}`;
  const note = (code: string, count: number, shown: string | null) =>
    count ? [{ code, count, example: shown === null ? null : shown.slice(0, 200) }] : [];
  return {
    decimal,
    notes: [
      ...note(`numbers-${decimal ?? 'thousands'}`, marked.length, example),
      ...note('numbers-mixed', open ? Math.min(proof.comma, proof.point) : 0, example),
      ...note('numbers-fractions', fractions, fraction),
      ...note('residents-sentinel', no.sentinel.length, no.sentinel[0] ?? null),
      ...note('residents-unread', no.unread.length, no.unread[0] ?? null),
    ],
  };
}

/** A value as a count: `sentinel` where it stands for "not known", null where it is no number. */
export function figureOf(value: unknown, decimal: DecimalMark | null): number | 'sentinel' | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const number = typeof value === 'number' ? value : numberOf(value, decimal);
  if (number === null || !Number.isFinite(number)) return null;
  if (number < 0 || NINES.test(String(number))) return 'sentinel';
  return number < MOST ? Math.round(number) : null;
}

/** A text as a number by the decimal mark of its column; null where it is none. */
export function numberOf(text: string, decimal: DecimalMark | null): number | null {
  const plain = bare(text);
  if (/^[+-]?\d+(?:e[+-]?\d+)?$/i.test(plain)) return Number(plain);
  if (!FIGURE.test(plain)) return null;
  const mark = decimal === 'comma' ? ',' : decimal === 'point' ? '.' : null;
  const own = mark ?? (decimalShown(plain) === 'comma' ? ',' : decimalShown(plain) === 'point' ? '.' : null);
  const [whole = '', ...rest] = own === null ? [plain] : plain.split(own);
  if (rest.length > 1) return GROUPED.test(plain) ? Number(plain.replaceAll(/[.,]/g, '')) : null;
  if (/[.,]/.test(whole) && !GROUPED.test(whole)) return null;
  const digits = whole.replaceAll(/[.,]/g, '');
  return /[.,]/.test(rest[0] ?? '') ? null : Number(rest[0] === undefined ? digits : `${digits}.${rest[0]}`);
}

/** The mark that can only stand for decimals here. */
function decimalShown(text: string): DecimalMark | null {
  const marks = text.replaceAll(/[^.,]/g, '');
  const nameOf = (mark: string) => (mark === ',' ? 'comma' : 'point');
  if (marks.length === 0 || EITHER.test(text)) return null;
  if (marks.length === 1) return nameOf(marks);
  const last = marks.at(-1)!;
  return marks.slice(0, -1).includes(last) ? null : nameOf(last);
}

const bare = (text: string): string => text.trim().replaceAll(GROUPING, '');
