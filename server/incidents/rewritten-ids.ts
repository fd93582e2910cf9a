// Ids that a spreadsheet wrote anew: 1234.0, 01234, '01234 and 1,234 are 1234, and a record delivered under one of them is
// the same under another.

import type { Note } from '../text/contract.ts';

/**
 * Digits with what programs put around them; what belongs to the id may follow after a blank. 1.000 may be 1 or a thousand,
 * and is left as it is.
 */
const NUMBER = /^(?:'|=?")?(?!\d{1,3}\.000(?!\d))(\d{1,3}(?:,\d{3})+|\d+)(?:[.,]0+)?"?( .*)?$/s;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/** The id as a plain number with what belongs to it; the id itself where it is no number. */
export function plainId(id: string): string {
  const first = id.charCodeAt(0);
  const isMarked = first === 0x27 || first === 0x22 || first === 0x3d;
  if (!isMarked && (first < DIGIT_0 || first > DIGIT_9)) return id;
  const match = NUMBER.exec(id);
  return match ? `${match[1]!.replaceAll(',', '').replace(/^0+(?=\d)/, '')}${match[2] ?? ''}` : id;
}

/**
 * The records that are new in a file, by their ids written plainly. Two spellings are one record only where the day is the
 * same too; of another day they are told apart, and named.
 */
export function watchRewrittenIds() {
  /** Ids of the file that are not written plainly; null where it has several that would be one. */
  const odd = new Map<string, string | null>();
  const same = { count: 0, example: '' };
  const apart = { count: 0, example: '' };
  return {
    added(id: string): void {
      const plain = plainId(id);
      const before = odd.get(plain);
      if (plain !== id) odd.set(plain, before === undefined || before === id ? id : null);
    },
    /** The id of the file that writes a stored one otherwise; null where none does. */
    otherOf(stored: string, isNew: (id: string) => boolean): string | null {
      const plain = plainId(stored);
      const written = odd.get(plain);
      // A file that tells two spellings apart means two records.
      if (written === null || (written !== undefined && isNew(plain))) return null;
      const other = written ?? plain;
      return other !== stored && isNew(other) ? other : null;
    },
    tell(stored: string, other: string, isSame: boolean): void {
      const of = isSame ? same : apart;
      of.count++;
      of.example ||= `${stored} → ${other}`;
    },
    notes: (): Note[] => [
      ...(same.count ? [{ code: 'ids-rewritten', ...same }] : []),
      ...(apart.count ? [{ code: 'ids-alike', ...apart }] : []),
    ],
  };
}
