// Rows that complete an earlier report of the same incident: they are no incidents of their own, so how many there are is
// told, and they are left out where somebody names the column that says so.

import type { Row } from '../tables/read-csv.ts';
import type { Note } from '../text/contract.ts';
import { fold, foldName } from '../text/fold.ts';

/** A column that says what kind of report a row is, or whether it is one at all. */
const KIND_NAME =
  /report.?type|type.?(of.?)?report|record.?type|tipo.?(de.?)?(reporte|registro|denuncia|informe|parte)|su(p)?plement/;
const SUPPLEMENT = /su(p)?plement|complementari|ampliaci|follow.?up|amended|amendment|addendum/;
const YES = /^(y|yes|s|si|true|t|1|x)$/;

/** Whether a cell says that its row is one; in a column named for that, by a mere yes. */
export function isSupplement(column: string, cell: string): boolean {
  const words = fold(cell).trim();
  return SUPPLEMENT.test(words) || (SUPPLEMENT.test(fold(column)) && YES.test(words));
}

/** What a column that is mapped to anything, `discard` included, says was seen already. */
export function watchSupplements(header: readonly string[], map: Readonly<Record<string, string>>) {
  const mapped = new Set(Object.keys(map).map(foldName));
  const columns = header.flatMap((name, index) =>
    KIND_NAME.test(fold(name)) && !mapped.has(foldName(name)) ? [{ name: name.trim(), index }] : [],
  );
  let [count, example] = [0, ''];
  return {
    look(rows: readonly Row[]): void {
      if (columns.length === 0) return;
      for (const { cells } of rows) {
        const column = columns.find(({ name, index }) => isSupplement(name, cells[index] ?? ''));
        if (!column) continue;
        count++;
        example ||= `${column.name}: ${cells[column.index]!.trim()}`.slice(0, 100).toWellFormed();
      }
    },
    notes: (): Note[] => (count ? [{ code: 'supplements', count, example }] : []),
  };
}
