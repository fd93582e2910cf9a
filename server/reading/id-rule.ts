// What tells a record from another: the id of its source, the id within a month or a file, or nothing.

import { BadInput } from '../errors.ts';
import type { IdRule } from '../tables/contract.ts';
import type { Row } from '../tables/read-csv.ts';
import { isMissing } from '../text/missing.ts';
import type { Incident } from './contract.ts';
import type { Columns } from './presets.ts';

/** Kept in the database beside ids of every length. */
const MAX_FILE_NAME = 120;

/** The key of an incident of a file by that name; where nothing was chosen, its id. */
export function keyBy(
  rule: IdRule | null,
  file: string,
): (incident: Pick<Incident, 'key' | 'occurredOn'>) => string | null {
  const name = file.slice(-MAX_FILE_NAME).toWellFormed();
  return ({ key, occurredOn }) => {
    if (key === null || rule === 'none') return null;
    if (rule === 'id+month') return withinMonth(key, occurredOn);
    return rule === 'id+file' ? `${key} @ ${name}` : key;
  };
}

/** As a record stored under its id alone is called where ids count within a month. */
export function withinMonth(id: string, day: string): string {
  return `${id} @ ${day.slice(0, 7)}`;
}

const FLOAT = /^\d+\.0+$/;

export const withoutFraction = (id: string): string => id.trim().replace(/\.0+$/, '');

/** Looks at the ids of rows. A row without one makes a column of numbers one of decimals in many a program: 1234.0 is 1234. */
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

/** Rows of each file of an archive that are compared with those of the others. */
const ROWS_COMPARED = 20_000;
/** From so many equal rows, and that share of a file, on, two files hold the same records. */
const FEWEST_EQUAL = 10;
const SHARE_EQUAL = 0.2;

/**
 * Compares the files of an archive: March, and March to April, would count March twice. Rows that say little may be equal
 * and yet two records, so only those with an id, an hour or a point are compared.
 */
export function watchOverlaps() {
  const fileOf = new Map<string, string>();
  return {
    open(file: string) {
      const own: string[] = [];
      const equal = new Map<string, number>();
      let looked = 0;
      return {
        look({ key, occurredOn, datePrecision, minuteOfDay, label, lon, lat }: Incident): void {
          if (looked >= ROWS_COMPARED) return;
          if (key === null && (datePrecision === 'month' || (minuteOfDay === null && lon === null))) return;
          looked++;
          const row = [key, occurredOn, minuteOfDay, label, lon, lat].join('\u001f');
          const other = fileOf.get(row);
          if (other !== undefined) equal.set(other, (equal.get(other) ?? 0) + 1);
          own.push(row);
        },
        /** After its last row. Throws BadInput('file') where it holds records of another. */
        check(): void {
          for (const [other, count] of equal)
            if (count >= FEWEST_EQUAL && count >= looked * SHARE_EQUAL)
              throw new BadInput(
                'file',
                `the files ${other} and ${file} of the archive hold ${count} equal rows, which would count twice: load them one after the other`,
              );
          for (const row of own) fileOf.set(row, file);
        },
      };
    },
  };
}
