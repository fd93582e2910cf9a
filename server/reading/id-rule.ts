// What tells a record from another: the id of its source, the id within a month or a file, or nothing.

import type { IdRule } from '../tables/contract.ts';
import type { Incident } from './contract.ts';

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
