// What tells a record from another: the id of its source, the id within a month or a file, or nothing.

import type { IdRule } from '../tables/contract.ts';
import { Doubt } from '../tables/doubt.ts';
import type { Row } from '../tables/read-csv.ts';
import { isMissing } from '../text/missing.ts';
import { recordHash } from './batch.ts';
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

/** Rows of an archive or workbook that are remembered to compare its parts; of more, the same share of every part. */
const ROWS_REMEMBERED = 100_000;
/** From so many equal rows, and that share of the smaller part, on, two parts hold the same records. */
const FEWEST_EQUAL = 10;
const SHARE_EQUAL = 0.2;
/** Clocks told by others say these minutes too often. */
const ROUND_MINUTES = 5;

/**
 * Compares the files of an archive, or the sheets of a workbook: March, and March to April, would count March twice. Rows
 * that say little may be equal and yet two records, so those are left out. `rule`: what somebody said tells records apart.
 */
export function watchOverlaps(rule: IdRule | null) {
  const areApart = rule === 'none' || rule === 'id+file';
  const parts: { readonly name: string; readonly rows: Set<bigint> }[] = [];
  let remembered = 0;
  /** Those whose hash is divisible by it are remembered, so that parts keep the same of what they share. */
  let oneOf = 1n;
  const thinOut = (): void => {
    oneOf *= 2n;
    remembered = 0;
    for (const { rows } of parts) {
      for (const row of rows) if (row % oneOf !== 0n) rows.delete(row);
      remembered += rows.size;
    }
  };
  return {
    /** Rows of the part by that name follow; to be checked before the next is opened. */
    open(name: string) {
      const rows = new Set<bigint>();
      const others = [...parts];
      if (!areApart) parts.push({ name, rows });
      return {
        look(incident: Incident): void {
          if (areApart || !isTelling(incident)) return;
          const row = recordHash(incident);
          if (row % oneOf !== 0n || rows.has(row)) return;
          rows.add(row);
          remembered++;
          while (remembered > ROWS_REMEMBERED) thinOut();
        },
        /** After its last row. Throws Doubt where it holds records of another. */
        check(): void {
          for (const other of others) {
            let equal = 0;
            for (const row of rows) if (other.rows.has(row)) equal++;
            if (equal >= FEWEST_EQUAL && equal >= SHARE_EQUAL * Math.min(rows.size, other.rows.size))
              throw new Doubt({ about: 'overlap', parts: [other.name, name], rows: equal });
          }
        },
      };
    },
  };
}

/** Whether another record is hardly written the same: it has an id, a point, an hour and a place, or an odd minute. */
function isTelling({ key, lon, minuteOfDay, datePrecision, placeText }: Incident): boolean {
  if (key !== null || lon !== null) return true;
  if (minuteOfDay === null) return false;
  return placeText !== null || (datePrecision === 'minute' && minuteOfDay % ROUND_MINUTES !== 0);
}
