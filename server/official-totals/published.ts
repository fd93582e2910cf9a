// Up to which month a table of monthly totals was published: what stands there for later months is not zero but nothing.

import { fold } from '../text/fold.ts';

const NAMES = ['ene', 'feb', 'mar', 'abr', 'may', 'jun', 'jul', 'ago', 'sep', 'oct', 'nov', 'dic'];
/** `ago2026`, `agosto 2026`, `dic24`; the words of the month may be whole. */
const MONTH =
  /(?<![a-z])(ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic)(?:ro|rero|zo|il|o|io|sto|t|tiembre|ubre|iembre)?[\s._-]*(?:de[\s._-]*)?(20\d{2}|\d{2})(?!\d)/g;

/** The month a file's name ends its data with, YYYY-MM; null when it names none. */
export function monthInName(...names: readonly (string | null)[]): string | null {
  for (const name of names) {
    const last = [...fold(name ?? '').matchAll(MONTH)].at(-1);
    if (!last) continue;
    const year = Number(last[2]) < 100 ? 2000 + Number(last[2]) : Number(last[2]);
    return monthText(year, NAMES.indexOf(last[1]!));
  }
  return null;
}

/** `month` counts from 0. */
export function monthText(year: number, month: number): string {
  return `${year}-${String(month + 1).padStart(2, '0')}`;
}

/** For each year which months hold something, over every line of a file. */
export type Filled = Map<number, boolean[]>;

/**
 * First month, YYYY-MM, from which on a file tells nothing; null when it tells all of its years. After the month in its
 * name a file tells nothing, unless there are offences there all the same (`contradicted`); without one in its name, the
 * empty months its last year ends with are those not published yet.
 */
export function unpublishedFrom(
  filled: Filled,
  named: string | null,
): { readonly from: string | null; readonly contradicted: boolean } {
  const lastYear = Math.max(...filled.keys());
  const months = filled.get(lastYear);
  if (!months) return { from: null, contradicted: false };
  const last = months.lastIndexOf(true);
  const empty = last < 11 ? monthText(lastYear, last + 1) : null;
  if (named === null) return { from: empty, contradicted: false };
  const [year = 0, month = 0] = named.split('-').map(Number);
  const after = month === 12 ? monthText(year + 1, 0) : monthText(year, month);
  const told = last < 0 ? monthText(lastYear - 1, 11) : monthText(lastYear, last);
  if (told > named) return { from: empty, contradicted: true };
  return { from: after <= monthText(lastYear, 11) ? after : null, contradicted: false };
}
