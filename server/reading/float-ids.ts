// Ids that a program wrote as decimals, because a row without one made a column of numbers of them: 1234.0 is 1234, if all
// of the column are such.

import type { Row } from '../tables/read-csv.ts';
import { isMissing } from '../text/missing.ts';
import type { Columns } from './presets.ts';

const FLOAT = /^\d+\.0+$/;

export const withoutFraction = (id: string): string => id.trim().replace(/\.0+$/, '');

/** Looks at the ids of rows. */
export function watchFloatIds() {
  let [floats, others] = [0, 0];
  return {
    look({ fields: { key } }: Columns, rows: readonly Row[]): void {
      if (!key) return;
      for (const { cells } of rows) {
        const id = (cells[key.index] ?? '').trim();
        if (isMissing(id)) continue;
        if (FLOAT.test(id)) floats++;
        else others++;
      }
    },
    areAll: (): boolean => floats > 0 && others === 0,
  };
}
