// INEGI's census tables write the key of a row in columns of its own: state, municipality, locality, AGEB, block. Pure.

import type { Properties } from '../geometry/contract.ts';
import { cellText } from '../mapfiles/columns.ts';

/** The parts of a CVEGEO from the largest to the smallest, with their columns and lengths; noughts = the row adds up all of it. */
const PARTS = [
  [/^(?:entidad|ent|cve_?ent)$/i, 2],
  [/^(?:mun|cve_?mun)$/i, 3],
  [/^(?:loc|cve_?loc)$/i, 4],
  [/^(?:ageb|cve_?ageb)$/i, 4],
  [/^(?:mza|cve_?mza)$/i, 3],
] as const;
const KEY = 'CVEGEO';
const FEWEST_PARTS = 2;

/** The rows with the key that their columns make up, where they have none; else as they are. */
export function withInegiKey(rows: readonly Properties[]): readonly Properties[] {
  const columns = Object.keys(rows[0] ?? {});
  if (columns.some((column) => column.toUpperCase() === KEY)) return rows;
  const parts: { readonly column: string; readonly length: number }[] = [];
  for (const [name, length] of PARTS) {
    const column = columns.find((each) => name.test(each));
    if (column === undefined) break;
    parts.push({ column, length });
  }
  if (parts.length < FEWEST_PARTS) return rows;
  return rows.map((row) => {
    let key = '';
    for (const { column, length } of parts) {
      const text = (cellText(row[column]) ?? '').replace('-', '').padStart(length, '0');
      if (/^0+$/.test(text)) break;
      key += text;
    }
    return { [KEY]: key, ...row };
  });
}
